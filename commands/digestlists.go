package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// What stands behind the figures of a digest: the same lines of which a figure is the sum, as
// the books stand when somebody looks.

// digestList is a figure whose lines can be shown.
type digestList struct {
	name  string
	lines func(x *digestOf) []ledger.DigestLine
	what  func(x *digestOf, l *ledger.DigestLine) card.Text
}

// digestLists are those figures that are sums of lines.
func digestLists() []digestList {
	return []digestList{
		{"cash", func(x *digestOf) []ledger.DigestLine { return x.DigestCash(x.p) }, paidWords},
		{"newly", func(x *digestOf) []ledger.DigestLine { return x.DigestOverdue(x.p) }, dueWords},
		{"moved", func(x *digestOf) []ledger.DigestLine { return x.DigestMoved(x.p) }, bucketWordsOf},
		{"broken", func(x *digestOf) []ledger.DigestLine { return x.DigestBroken(x.p) }, aboutWords},
		{"today", func(x *digestOf) (all []ledger.DigestLine) {
			for _, part := range x.today() {
				all = append(all, part.lines...)
			}
			return all
		}, aboutWords},
		{"contested", func(x *digestOf) []ledger.DigestLine { return x.DigestDisputes(x.p) }, aboutWords},
		{"overdue", func(x *digestOf) []ledger.DigestLine { return x.DigestAllOverdue(x.p.On) }, dueWords},
		{"disputed", func(x *digestOf) []ledger.DigestLine { return x.DigestDisputed() }, aboutWords},
		{"piloted", func(x *digestOf) []ledger.DigestLine { return x.DigestPiloted(x.p) }, pilotedWords},
		{"onhold", func(x *digestOf) []ledger.DigestLine { return x.DigestOnHold(x.p.On) }, heldWords},
		{"forecast", func(x *digestOf) (all []ledger.DigestLine) {
			for _, l := range x.Forecast(x.p.On).Lines {
				all = append(all, l.DigestLine)
			}
			return all
		}, nil},
	}
}

// digestListNamed is the list of a figure; ok is false where there is none.
func digestListNamed(name string) (l digestList, ok bool) {
	lists := digestLists()
	i := slices.IndexFunc(lists, func(l digestList) bool { return l.name == name })
	if i < 0 {
		return l, false
	}
	return lists[i], true
}

// list shows what stands behind a figure.
func (x *digestOf) list(name string) *card.Card {
	if name == "dso" {
		return x.salesCard()
	}
	l, ok := digestListNamed(name)
	if !ok {
		return nil
	}
	lines := l.lines(x)
	title := card.T("digest.list", "what", card.T("digest."+name), "sums", sumsText(ledger.SumLines(lines)))
	if len(lines) == 0 {
		return &card.Card{Body: []card.Text{card.T("digest.list.none", "what", card.T("digest."+name))}}
	}
	k := &card.Card{Title: title, Table: &card.Table{Head: []card.Text{card.T("aging.customer"), card.T("col.what"), card.T("col.amount")}, Right: []bool{false, false, true}}}
	var why []ledger.ForecastLine
	if name == "forecast" {
		f := x.Forecast(x.p.On)
		why = f.Lines
		k.Note = x.leftOut(f)
	}
	for i := range lines {
		what := card.Text{}
		if why != nil {
			what = x.expectedWords(&why[i])
		} else {
			what = l.what(x, &lines[i])
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(x.CustomerName(x.Customer(lines[i].Customer))), what, moneyOrDash(lines[i].Amount.Minor, lines[i].Amount.Currency)})
	}
	k.Note = append(k.Note, card.T("digest.list.note", "since", x.p.Since, "date", x.p.On))
	return k
}

func paidWords(_ *digestOf, l *ledger.DigestLine) card.Text {
	return card.Join(card.Plain(ledger.PaymentLabel(l.Payment)), card.T("value", "value", l.Date), card.T("method."+l.Way))
}

func dueWords(x *digestOf, l *ledger.DigestLine) card.Text {
	return card.Join(card.Plain(x.Invoice(l.Invoice).Number.String()), card.T("digest.due", "date", l.Date))
}

func bucketWordsOf(x *digestOf, l *ledger.DigestLine) card.Text {
	return card.Join(card.Plain(x.Invoice(l.Invoice).Number.String()), card.T("picture.days", "bucket", bucketText(x.View, l.Bucket)))
}

func pilotedWords(x *digestOf, l *ledger.DigestLine) card.Text {
	return card.Join(x.heldText(l.Held), card.T("value", "value", l.Date))
}

// heldWords tell what is on hold, since when, until when where it has an end, and by whom.
func heldWords(x *digestOf, l *ledger.DigestLine) card.Text {
	what := card.T("reminding.all")
	if l.Invoice != 0 {
		what = card.Plain(x.Invoice(l.Invoice).Number.String())
	}
	out := []card.Text{what, card.T("home.since", "date", l.Date)}
	h := x.HoldOf(x.Customer(l.Customer), l.Invoice)
	if h.Until != 0 {
		out = append(out, card.T("home.until", "at", h.Until))
	}
	return card.Join(append(out, actor(x.View, h.By))...)
}

// aboutWords name what a line is about, with its day.
func aboutWords(x *digestOf, l *ledger.DigestLine) card.Text {
	var out []card.Text
	switch {
	case l.Dispute != 0:
		out = append(out, card.Plain(x.Dispute(l.Dispute).Label()), card.Plain(x.Invoice(l.Invoice).Number.String()))
		if l.Date != 0 {
			out = append(out, card.T("digest.settleby", "date", l.Date))
		}
		return card.Join(out...)
	case l.Plan != 0 && l.Part != 0:
		out = append(out, card.T("digest.part", "plan", x.Plan(l.Plan).Label(), "part", l.Part))
	case l.Plan != 0:
		out = append(out, card.Plain(x.Plan(l.Plan).Label()))
	case l.Cheque != 0:
		out = append(out, card.Plain(l.Cheque.Label()))
	case l.Invoice != 0:
		out = append(out, card.T("digest.promised", "number", x.Invoice(l.Invoice).Number.String()))
	}
	return card.Join(append(out, card.T("value", "value", l.Date))...)
}

// expectedWords tell when a sum is expected, and by what.
func (x *digestOf) expectedWords(l *ledger.ForecastLine) card.Text {
	about := card.Text{}
	switch {
	case l.Invoice != 0:
		about = card.Plain(x.Invoice(l.Invoice).Number.String())
	case l.Cheque != 0:
		about = card.Plain(l.Cheque.Label())
	default:
		about = card.T("digest.part", "plan", x.Plan(l.Plan).Label(), "part", l.Part)
	}
	return card.Join(card.T("value", "value", l.Date), about, card.T("digest.by."+string(l.By)))
}

// leftOut tells what of the debts a forecast leaves out.
func (x *digestOf) leftOut(f ledger.Forecast) (out []card.Text) {
	for _, left := range []struct {
		name string
		sums map[ledger.Currency]ledger.Money
	}{{"disputed", f.Disputed}, {"held", f.Held}, {"unsaid", f.Unsaid}} {
		if len(left.sums) > 0 {
			out = append(out, card.T("digest.without."+left.name, "sums", sumsText(left.sums)))
		}
	}
	return append(out, card.T("digest.rule"))
}

// salesCard tells how days sales outstanding come about.
func (x *digestOf) salesCard() *card.Card {
	rows := x.Aging(x.p.On)
	d := x.DaysSales(rows, x.base, x.p.On)
	if d.Simple < 0 {
		return &card.Card{Body: []card.Text{card.T("digest.list.none", "what", card.T("digest.dso"))}}
	}
	owed := ledger.Money{Currency: x.base}
	for i := range rows {
		if rows[i].Currency == x.base {
			owed = owed.Add(rows[i].Total())
		}
	}
	days := card.T("count.days", "count", d.CountBack)
	if d.Beyond {
		days = card.T("digest.dso.over", "count", d.CountBack)
	}
	k := &card.Card{Title: card.T("digest.dso"), Fields: []card.Field{
		{Label: card.T("digest.dso.owed"), Value: money(owed)},
		{Label: card.T("digest.dso.billed"), Value: money(x.Billed(x.base, x.p.On))},
		{Label: card.T("digest.dso.back"), Value: days},
		{Label: card.T("digest.dso.formula"), Value: card.T("count.days", "count", d.Simple)},
		{Label: card.T("digest.dso.best"), Value: card.T("count.days", "count", d.Best)},
	}, Note: []card.Text{card.T("digest.dso.note")}}
	if days, ok := x.MeanDelayOfAll(x.base, x.p.On); ok {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.delay"), Value: delayText(days)})
		k.Note = append(k.Note, card.T("digest.dso.delay"))
	}
	return k
}

// digestNames are the figures that can be asked for, as the buttons in chats number them: a new one
// comes last, for buttons of old digests keep their numbers.
func digestNames() []string {
	return []string{"broken", "cash", "contested", "disputed", "dso", "forecast", "moved", "newly", "overdue", "today", "piloted", "onhold"}
}
