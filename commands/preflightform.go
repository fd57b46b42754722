package commands

import (
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// preflightForm asks why a contact is left out, until when it waits, in which words it goes, or of
// several what is to be done with which.
func preflightForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	args, err := c.preflightDay(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 || args[0].is("several") {
		return c.severalContacts(args)
	}
	if len(args) < 2 {
		return nil, usage("preflight", "got", c.Line)
	}
	cust, err := c.CustomerNamed(args[1].text)
	if err != nil {
		return nil, err
	}
	row, err := c.contactOf(cust)
	if err != nil {
		return nil, err
	}
	f := &card.Form{Arg: c.Line, Body: []card.Text{card.T("preflight.about", "customer", c.CustomerName(cust), "what", wordText(row.PlannedWord))}}
	switch {
	case args[0].is("skip"):
		f.Title, f.Submit = card.T("form.skip"), card.T("button.skipcontact")
		f.Fields = []card.Input{c.whyField(card.T("col.reason"), true)}
	case args[0].is("snooze"):
		f.Title, f.Submit = card.T("form.snooze"), card.T("button.snoozeuntil")
		f.Fields = []card.Input{c.dayField("until", card.T("col.until"), row.On.AddDays(snoozeDays))}
	case args[0].is("edit"):
		err = c.wordForm(f, cust, &row)
	default:
		err = usage("preflight", "got", c.Line)
	}
	return f, err
}

// snoozeDays is how many days a contact is put off where nobody chooses another day.
const snoozeDays = 3

// wordForm shows the message as its customer reads it, and asks for staff's own words.
func (c *Call) wordForm(f *card.Form, cust *ledger.Customer, row *PreflightRow) error {
	f.Title, f.Submit = card.T("form.editwords"), card.T("form.do.save")
	words, instead, err := c.ContactWords(cust, row.Key(), false)
	if err != nil {
		return err
	}
	read, err := c.readsTo(cust)
	if err != nil {
		return err
	}
	f.Body = append(f.Body, read...)
	how := "add"
	if instead {
		how = "instead"
	}
	text := card.Input{Name: "words", Kind: card.InputText, Label: card.T("ask.contactwords"), Hint: card.T("ask.contactwords.hint"), Value: c.hold("words", words), Optional: true}
	f.Fields = []card.Input{c.choiceField("how", card.T("ask.contacthow"), how,
		card.Option{Value: "add", Label: card.T("ask.contacthow.add")}, card.Option{Value: "instead", Label: card.T("ask.contacthow.instead")}), text}
	return nil
}

// readsTo is how a customer's next message reads, in his language.
func (c *Call) readsTo(cust *ledger.Customer) ([]card.Text, error) {
	k, err := c.preflight().Reads(c.View, cust)
	if err != nil || k == nil || c.Desk.WordsIn == nil {
		return nil, err
	}
	words := c.Desk.WordsIn(cust.Language)
	lines := []string{words(k.Title)}
	for _, t := range k.Body {
		lines = append(lines, words(t))
	}
	for _, x := range k.Fields {
		lines = append(lines, words.Named(words(x.Label))+words(x.Value))
	}
	out := []card.Text{card.T("preflight.reads")}
	for _, l := range lines[:min(len(lines), readLines)] {
		out = append(out, card.Plain(l))
	}
	return out, nil
}

// readLines is how much of a message is shown.
const readLines = 12

// editContact has one contact say staff's own words: "acme add "…"", or no more: "acme off".
func (c *Call) editContact(args []token) (card.Reply, error) {
	if len(args) < 2 {
		return card.Reply{}, usage("preflight", "got", c.Line)
	}
	cust, err := c.CustomerNamed(args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	row, err := c.contactOf(cust)
	if err != nil {
		return card.Reply{}, err
	}
	words := wordsAfter(c.Line, len(c.Args)-len(args)+2)
	how := args[1].is("add") || args[1].is("instead")
	off := args[1].is("off") || words == "" && how
	switch {
	case !row.open() && row.State != "snoozed":
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "preflight.state", "customer", c.CustomerName(cust), "state", card.T("preflight.state."+row.State))
	case !off && !how: // words of which nobody said where they go
		return card.Reply{}, usage("preflight", "got", c.Line)
	case off:
		words = ""
	}
	if err := c.Tx.WordContact(cust, row.Key(), words, args[1].is("instead")); err != nil {
		return card.Reply{}, err
	}
	said := card.T("preflight.worded", "customer", c.CustomerName(cust))
	if off {
		said = card.T("preflight.unworded", "customer", c.CustomerName(cust))
	}
	read, err := c.readsTo(cust)
	if err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: &card.Card{Body: append([]card.Text{said}, read...)}}, c.Desk.preflightMoved(c.Tx)
}

// wordsAfter is what stands in a line behind so many words, as it was typed: a customer reads it,
// and so its commas and quotes stay what they are. Quotes around all of it are left away.
func wordsAfter(line string, n int) string {
	for range n {
		_, line = cutWord(line)
	}
	runes := []rune(strings.TrimSpace(line))
	if last := len(runes) - 1; last > 0 && slices.Contains([]string{`""`, "“”", "„“", "«»", "「」"}, string(runes[0])+string(runes[last])) {
		runes = runes[1:last]
	}
	return strings.TrimSpace(string(runes))
}

// severalContacts has a tick for each contact of a page, and asks what is to be done with them, or
// with all of some kind.
func (c *Call) severalContacts(args []token) (*card.Form, error) {
	page := 1
	if len(args) > 1 {
		page, _ = strconv.Atoi(args[1].text)
	}
	rows, err := c.preflight().Rows(c.View)
	if err != nil {
		return nil, err
	}
	shown := onPage(rows, max(page-1, 0))
	rows = slices.DeleteFunc(slices.Clone(rows), func(x PreflightRow) bool { return !x.open() || !c.Sees(x.Customer) })
	f := &card.Form{Title: card.T("form.severalcontacts"), Submit: card.T("form.do.save"), Arg: c.dayWord() + " several"}
	act := c.choiceField("act", card.T("ask.preflight"), "skip")
	act.Kind = card.InputChoice
	for _, name := range []string{"skip", "snooze", "send", "release"} {
		act.Options = append(act.Options, card.Option{Value: name, Label: card.T("ask.preflight." + name)})
	}
	whom := c.choiceField("whom", card.T("ask.preflight.whom"), "ticked", whomOptions(rows)...)
	until := c.dayField("until", card.T("col.until"), 0)
	until.Optional = true
	f.Fields = append(f.Fields, act, whom, until, c.whyField(card.T("col.reason"), true))
	for i := range shown {
		x := &shown[i]
		if name := tickOf + x.Customer.Handle; x.open() && c.Sees(x.Customer) {
			_, sums := c.preflight().Asks(c.View, x.Customer, x.PlannedWord)
			f.Fields = append(f.Fields, card.Input{Name: name, Kind: card.InputTick, Label: card.Join(card.Plain(c.CustomerName(x.Customer)), eachSum(sums)), Shown: wordText(x.PlannedWord), Value: c.hold(name, ""), Optional: true})
		}
	}
	return f, nil
}

// whomOptions are those whom an act may be about: who is ticked, all, or all of a step.
func whomOptions(rows []PreflightRow) []card.Option {
	out := []card.Option{{Value: "ticked", Label: card.T("ask.preflight.ticked")}, {Value: "all", Label: card.T("ask.preflight.all", "count", len(rows))}}
	counts := map[int]int{}
	for _, x := range rows {
		counts[x.Step]++
	}
	var order []int
	for step := range counts {
		order = append(order, step)
	}
	slices.Sort(order)
	for _, step := range order {
		label := card.T("ask.preflight.soon", "count", counts[step])
		if step > 0 {
			label = card.T("ask.preflight.step", "step", step, "count", counts[step])
		}
		out = append(out, card.Option{Value: "step" + strconv.Itoa(step), Label: label})
	}
	return out
}

// preflightWords are those of a filled form.
func preflightWords(v map[string]string, arg string) []token {
	words := split(arg)
	at := slices.IndexFunc(words, func(t token) bool { return t.is("several") })
	if at < 0 {
		words = append(words, option("until", word(v["until"]))...)
		if v["how"] != "" {
			words = append(append(words, word(v["how"])...), quote(v["words"])...)
		}
		return append(words, option("because", quote(v["why"]))...)
	}
	out := append(words[:at:at], word(v["act"])...)
	switch whom := v["whom"]; {
	case strings.HasPrefix(whom, "step"):
		out = append(out, token{text: "step"}, token{text: strings.TrimPrefix(whom, "step")})
	case whom == "all":
		out = append(out, token{text: "all"})
	default:
		out = append(out, ticked(v)...)
	}
	out = append(out, option("until", word(v["until"]))...)
	return append(out, option("because", quote(v["why"]))...)
}

// ticked are the customers whose tick is set, in order.
func ticked(v map[string]string) (out []token) {
	for name, value := range v {
		if handle, ok := strings.CutPrefix(name, tickOf); ok && value == "yes" {
			out = append(out, token{text: handle})
		}
	}
	slices.SortFunc(out, func(a, b token) int { return strings.Compare(a.text, b.text) })
	return out
}
