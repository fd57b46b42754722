package commands

import (
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// agingForm narrows a report, and is opened by its button: typed without words, the verb shows
// all. It holds what the report is narrowed to, and its answer takes the report's place.
func agingForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	look := *c
	past, err := look.cutPast()
	if err != nil {
		return nil, err
	}
	q, _, err := look.agingQuestion()
	if err != nil {
		return nil, err
	}
	f := &card.Form{Title: card.T("form.aging"), Submit: card.T("form.do.show"), Arg: lineOf(q.kept()), Instead: true}
	if q.filter.Currency != "" {
		f.Body = []card.Text{card.T("aging.of.currency", "currency", string(q.filter.Currency))}
	}
	f.Fields = []card.Input{c.choiceField("by", card.T("ask.by"), string(q.by), byOptions()...),
		optional(c.choiceField("only", card.T("ask.over"), q.only(c.View), onlyOptions(c.View)...), card.Text{}),
		optional(card.Input{Name: "owner", Kind: card.InputPerson, Label: card.T("field.owner"), Value: c.hold("owner", q.filter.Owner)}, card.Text{}),
		optional(c.lineField("segment", card.T("field.segment"), q.filter.Segment), card.Text{}),
		optional(c.dayField("on", card.T("ask.ason"), past.on), card.T("ask.ason.hint")),
		optional(c.dayField("known", card.T("ask.known"), past.known), card.T("ask.known.hint"))}
	return f, nil
}

// kept are the words of a question that its form does not ask for.
func (q *agingQuestion) kept() (out []token) {
	out = option("currency", word(string(q.filter.Currency)))
	if q.filter.Unowned {
		out = append(out, token{text: "owner"}, token{text: "none"})
	}
	return out
}

// only is the option of onlyOptions that a question has.
func (q *agingQuestion) only(v *ledger.View) string {
	switch f := q.filter; {
	case f.Only > 0:
		return "bucket." + bucketWords(v)[f.Only-1]
	case f.From > 1:
		return strconv.Itoa(v.Edges().From(f.From) - 1)
	case f.From == 1:
		return "overdue"
	}
	return ""
}

func byOptions() (out []card.Option) {
	for _, by := range agingDimensions() {
		label := card.T("aging.by." + string(by))
		if by == ledger.ByCustomer {
			label = card.T("aging.customer")
		}
		out = append(out, card.Option{Value: string(by), Label: label})
	}
	return out
}

// onlyOptions are what is overdue, overdue for longer than so many days, or in one bucket.
func onlyOptions(v *ledger.View) []card.Option {
	out := []card.Option{{Value: "overdue", Label: card.T("ask.over.overdue")}}
	for _, days := range overWords(v) {
		out = append(out, card.Option{Value: days, Label: card.T("ask.over.days", "days", days)})
	}
	for i, name := range bucketWords(v) {
		label := bucketText(v, i)
		switch i {
		case ledger.Buckets - 1: // which is over the last of them
			continue
		case 0, ledger.Buckets:
		default:
			label = card.T("ask.over.bucket", "bucket", label)
		}
		out = append(out, card.Option{Value: "bucket." + name, Label: label})
	}
	return out
}

func agingWords(v map[string]string, arg string) []token {
	only := word(v["only"])
	switch bucket, one := strings.CutPrefix(v["only"], "bucket."); {
	case one:
		only = option("bucket", word(bucket))
	case len(only) > 0 && !only[0].is("overdue"):
		only = option("over", only)
	}
	return row(option("by", word(v["by"])), split(arg), only, option("owner", word(v["owner"])), option("segment", word(v["segment"])),
		option("as-of", word(v["on"])), option("known-at", word(v["known"])))
}

// narrow is the button that opens the form at a place.
func (p agingPlace) narrow(v *ledger.View) card.Button {
	values := map[string]string{"by": string(p.by), "only": p.only(v), "owner": p.filter.Owner, "segment": p.filter.Segment}
	if p.filter.Bare {
		values["segment"] = "none"
	}
	if p.past.on != 0 {
		values["on"] = p.past.on.String()
	}
	if p.past.known != 0 {
		values["known"] = p.past.known.String()
	}
	return formButton(card.T("button.narrow"), "aging", lineOf(agingWords(values, lineOf(p.kept()))))
}
