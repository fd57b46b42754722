package commands

import (
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// resolveForm settles a dispute. The way stands in the words that a button gives, or is chosen
// in the form: a credit note over what is in dispute, a rejection with its reason, a corrected
// invoice, a plan, or that the customer took it back.
func resolveForm(c *Call) (*card.Form, error) {
	if len(c.Args) > 0 && c.Args[0].is("open") {
		return disputeOpenForm(c)
	}
	resolve := len(c.Args) > 0 && c.Args[0].is("resolve")
	if !c.asking && (!resolve || len(c.Args) > 2) {
		return nil, nil
	}
	if part := (Command{Name: "dispute resolve", Who: []Role{Finance, Manager}}); !may(part, c.Who.Role) {
		return nil, forbidden(part, c.Who.Role)
	}
	if resolve {
		c.Args = c.Args[1:]
	}
	f := &card.Form{Title: card.T("form.dispute"), Submit: card.T("form.do.settle")}
	name, how := c.hold("dispute", ""), c.hold("how", "credit")
	if name == "" && len(c.Args) > 0 {
		name = c.Args[0].text
	}
	var disp *ledger.Dispute
	if name != "" {
		var err error
		if disp, err = findDispute(c.View, name); err != nil {
			return nil, err
		}
		f.Body = []card.Text{card.T("ask.disputed", "what", label(c.View, c.Invoice(disp.Invoice)), "amount", c.Invoice(disp.Invoice).DisputedMoney())}
	}
	fixed := len(c.Args) > 1
	switch {
	case fixed:
		how, f.Arg = c.Args[1].text, c.Args[0].text+" "+c.Args[1].text
	case len(c.Args) > 0:
		f.Arg = c.Args[0].text
	default:
		in := c.choiceField("dispute", card.T("col.dispute"), "", c.openDisputes()...)
		f.Fields = append(f.Fields, in)
	}
	if how == "reissue" && disp != nil {
		c.Args = []token{{text: c.Invoice(disp.Invoice).Number.String()}}
		return reissueForm(c)
	}
	if !fixed {
		f.Fields = append(f.Fields, c.howField())
	}
	return f, c.settleFields(f, disp, how)
}

// howField asks how a dispute ends; what else is asked follows from it.
func (c *Call) howField() card.Input {
	var options []card.Option
	for _, x := range [][2]string{{"credit", "button.credit"}, {"reject", "button.reject"}, {"reissue", "form.reissue"}, {"plan", "button.plan"}, {"withdraw", "button.takenback"}} {
		options = append(options, card.Option{Value: x[0], Label: card.T(x[1])})
	}
	in := c.choiceField("how", card.T("ask.how"), "credit", options...)
	in.Again = true
	return in
}

// settleFields ask what a way to end disp needs; disp is nil while none was chosen.
func (c *Call) settleFields(f *card.Form, disp *ledger.Dispute, how string) error {
	switch how {
	case "reject":
		f.Fields = append(f.Fields, c.whyField(card.T("ask.why.customer"), false))
		return nil
	case "withdraw":
		f.Fields = append(f.Fields, c.whyField(card.T("ask.objection"), true))
		return nil
	case "plan":
		plan := *c
		plan.Args, plan.asking = nil, true
		if disp != nil {
			plan.Args = []token{{text: c.Invoice(disp.Invoice).Number.String()}}
		}
		asked, err := planForm(&plan)
		if err == nil && asked != nil && disp != nil {
			f.Fields = append(f.Fields, asked.Fields...)
		}
		return err
	}
	sum, lines, err := c.creditKnown(disp)
	if err != nil {
		return err
	}
	f.Fields = append(f.Fields, optional(c.lineField("sum", card.T("col.amount"), sum), card.T("ask.disputed.hint")),
		optional(c.lineField("lines", card.T("ask.lines"), lines), card.T("ask.lines.hint")),
		c.whyField(card.T("ask.why.customer"), true))
	return nil
}

// creditKnown is what a credit note that settles disp is over: the lines in question, where their
// sum is what is in dispute, else the sum.
func (c *Call) creditKnown(disp *ledger.Dispute) (sum, lines string, err error) {
	if disp == nil {
		return "", "", nil
	}
	inv := c.Invoice(disp.Invoice)
	left, err := c.LinesLeft(inv)
	if err != nil {
		return "", "", err
	}
	total := ledger.Money{Currency: inv.Currency}
	var numbers []string
	for _, n := range disp.Lines {
		if n <= len(left) {
			total, numbers = total.Add(left[n-1]), append(numbers, strconv.Itoa(n))
		}
	}
	if len(numbers) > 0 && total == inv.DisputedMoney() {
		return "", strings.Join(numbers, " + "), nil
	}
	return c.sumFigure(inv.DisputedMoney()), "", nil
}

// resolveWords are those of a dispute that is settled, or opened.
func resolveWords(v map[string]string, arg string) []token {
	if subject, opens := strings.CutPrefix(arg, "open"); opens {
		return row([]token{{text: "open"}}, chosen(v["invoice"], subject), word(v["reason"]), word(v["sum"]), quote(v["why"]))
	}
	name, how, _ := strings.Cut(arg, " ")
	if v["how"] != "" {
		how = v["how"]
	}
	out := row([]token{{text: "resolve"}}, chosen(v["dispute"], name), word(how))
	switch how {
	case "plan":
		return row(out, planWords(v, ""))
	case "credit":
		if sum := word(v["sum"]); sum != nil {
			return row(out, sum, quote(v["why"]))
		}
		for part := range strings.SplitSeq(v["lines"], "+") {
			if line := split(part); len(line) > 0 {
				out = row(out, option("line", line))
			}
		}
	}
	return row(out, quote(v["why"]))
}
