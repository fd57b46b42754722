package commands

import "duebot/commands/card"

// noteForm asks what was said, and when to call again. A promise is read from the words, as
// from a typed line.
func noteForm(c *Call) (*card.Form, error) {
	if !c.few(2) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.note"), Submit: card.T("form.do.note")}
	if len(c.Args) > 0 {
		f.Arg = c.Args[0].text
		_, cust, err := c.named("account")
		if err != nil {
			return nil, err
		}
		f.Body = []card.Text{card.T("value", "value", c.CustomerName(cust))}
	} else {
		f.Fields = append(f.Fields, c.accountField())
	}
	said := c.lineField("said", card.T("ask.said"), "")
	said.Kind, said.Hint = card.InputText, card.T("ask.said.hint")
	f.Fields = append(f.Fields, said, optional(c.dayField("next", card.T("field.nextcall"), 0), card.Text{}))
	return f, nil
}

func noteWords(v map[string]string, arg string) []token {
	return row(chosen(v["account"], arg), split(v["said"]), option("next", word(v["next"])))
}

// findForm asks what to look for.
func findForm(c *Call) (*card.Form, error) {
	if !c.few(1) {
		return nil, nil
	}
	what := c.lineField("what", card.T("ask.query"), "")
	what.Hint = card.T("ask.query.hint")
	return &card.Form{Title: card.T("form.find"), Submit: card.T("form.do.find"), Fields: []card.Input{what}}, nil
}

func findWords(v map[string]string, _ string) []token { return split(v["what"]) }
