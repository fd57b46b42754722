package commands

import (
	"slices"
	"strconv"

	"duebot/commands/card"
)

// The forms of recurring invoices: a new contract, and for one that runs other lines, a pause and
// an end. The subject of a change is "R-3 lines", "R-3 pause" or "R-3 until".

func recurForm(c *Call) (*card.Form, error) {
	if len(c.Args) > 0 && contractForm.MatchString(c.Args[0].text) {
		if !c.asking {
			return nil, nil
		}
		return c.changeForm()
	}
	if !c.few(2) || len(c.Args) == 1 && (c.Args[0].is("list") || c.Args[0].is("stop")) {
		return nil, nil
	}
	f := &card.Form{Title: card.T("form.recur"), Submit: card.T("form.do.preview"), Body: []card.Text{card.T("ask.recur")}}
	_, unfolded := c.holds["until"]
	folded := !unfolded && !c.more
	if !unfolded { // the first press of the button unfolds, and the next ones add lines
		c.more = false
	}
	err := c.invoiceFields(f, true)
	if folded {
		f.Fields = slices.DeleteFunc(f.Fields, func(in card.Input) bool { return slices.Contains(recurRare, in.Name) })
		f.More = card.T("button.morefields")
	}
	return f, err
}

// recurRare are the fields that a form of a recurring invoice shows when more are wanted: the
// contract has no end, and the customer's own terms, without them.
var recurRare = []string{"on", "billing", "prorate", "until", "due"}

// scheduleFields ask how often, from when and until when.
func (c *Call) scheduleFields() []card.Input {
	from := c.Today().AddDays(1)
	return []card.Input{
		c.choiceField("every", card.T("field.schedule"), "monthly", card.Option{Value: "weekly", Label: card.T("every.weekly")},
			card.Option{Value: "monthly", Label: card.T("every.monthly")}, card.Option{Value: "quarterly", Label: card.T("every.quarterly")},
			card.Option{Value: "yearly", Label: card.T("every.yearly")}),
		c.dayField("from", card.T("ask.from"), from),
		optional(c.lineField("on", card.T("ask.on"), ""), card.T("ask.on.hint")),
		c.choiceField("billing", card.T("ask.billing"), "advance", card.Option{Value: "advance", Label: card.T("every.advance")},
			card.Option{Value: "arrears", Label: card.T("every.arrears")}),
		c.choiceField("prorate", card.T("ask.prorate"), "no", card.Option{Value: "no", Label: card.T("ask.prorate.no")},
			card.Option{Value: "yes", Label: card.T("ask.prorate.yes")}),
		optional(c.dayField("until", card.T("field.until"), 0), card.Text{}),
	}
}

// recurWords makes the line of a new contract, or of a change.
func recurWords(v map[string]string, arg string) []token {
	if about := split(arg); len(about) == 2 && contractForm.MatchString(about[0].text) {
		return changeWords(v, about)
	}
	var billing, prorate []token
	if v["billing"] == "arrears" {
		billing = word("arrears")
	}
	if v["prorate"] == "yes" {
		prorate = word("prorate")
	}
	return row(chosen(v["customer"], arg), word(v["every"]), option("on", split(v["on"])), billing, option("from", word(v["from"])), option("until", word(v["until"])),
		prorate, itemWords(v), documentWords(v))
}

func changeWords(v map[string]string, about []token) []token {
	switch {
	case about[1].is("lines"):
		return row(about, option("from", word(v["from"])), itemWords(v), documentWords(v))
	case about[1].is("pause"):
		return row(about, option("until", word(v["until"])), quote(v["why"]))
	}
	if v["until"] == "" {
		return row(about, word("open"))
	}
	return row(about, word(v["until"]))
}

// changeForm asks for a change of a contract, filled with what holds.
func (c *Call) changeForm() (*card.Form, error) {
	x, err := c.contractNamed(c.Args[0].text)
	if err != nil || len(c.Args) < 2 {
		return nil, err
	}
	until := optional(c.dayField("until", card.T("field.until"), 0), card.Text{})
	f := &card.Form{Arg: x.Label() + " " + c.Args[1].text, Submit: card.T("form.do.preview")}
	switch {
	case c.Args[1].is("pause"):
		f.Title, f.Submit = card.T("form.recur.pause"), card.T("button.pause")
		f.Fields = []card.Input{until, c.whyField(card.T("col.reason"), true)}
		return f, nil
	case c.Args[1].is("until"):
		f.Title = card.T("form.recur.end")
		f.Fields = []card.Input{optional(c.dayField("until", card.T("field.until"), x.Until), card.T("ask.end.hint"))}
		return f, nil
	}
	next := x.Occurrence(x.Passed)
	l, err := c.LinesFor(x, next.From)
	if err != nil {
		return nil, err
	}
	now := map[string]string{}
	c.docFields(now, &l.Draft)
	if l.OwnTerms {
		now["due"] = l.Terms.String()
	}
	cust := c.Customer(x.Customer)
	f.Title, f.Body = card.T("form.recur.lines"), []card.Text{card.T("ask.recur")}
	f.Fields = append([]card.Input{c.dayField("from", card.T("ask.recur.from"), next.From)}, c.itemFields(cust, nil, now)...)
	f.Fields = append(f.Fields, optional(c.lineField("tax", card.T("ask.tax"), now["tax"]), card.T("ask.tax.hint")),
		optional(c.lineField("due", card.T("field.due"), now["due"]), card.T("ask.due.hint")))
	f.Fields = append(f.Fields, c.referenceFields(cust, now)...)
	if _, full := now["text"+strconv.Itoa(formLines)]; !full {
		f.More = card.T("button.addline")
	}
	return f, nil
}
