package commands

import (
	"maps"
	"slices"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// The digest: what a manager reads in half a minute on his telephone. What needs a decision
// stands first, then the figures, each of which leads to its lines, then who owes most. A day on
// which nothing happened is one line.

// DigestDesk is what the desk has to know of readers of the digest.
type DigestDesk struct {
	Reads func(user string) bool           // he is to have one; nil: nobody is
	Zone  func(user string) *time.Location // of his day
	Usual ledger.DigestWish                // what holds for who chose nothing
}

// reads reports whether the digest is for a Slack user.
func (x DigestDesk) reads(user string) bool { return x.Reads != nil && x.Reads(user) }

// today is the day of a reader.
func (x DigestDesk) today(v *ledger.View, user string) ledger.Date {
	return ledger.DateOf(v.Now, x.Zone(user))
}

// digestNews makes the digest of a notice as the books stand when it is sent.
func (d *Desk) digestNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	if !d.Digest.reads(n.Address) {
		return card.Message{Withdraw: "he reads no digest any more"}, nil
	}
	p, ok := ledger.ParseDigestPeriod(n.Code)
	if !ok { // of the first version
		var err error
		if p, err = v.PeriodSince(n.For.AddDays(-1), n.For); err != nil {
			return card.Message{}, err
		}
	}
	return card.Message{Card: d.digestCard(v, n.Address, p)}, nil
}

// digestOf is one digest being made.
type digestOf struct {
	*Call
	p    ledger.DigestPeriod
	base ledger.Currency
	k    *card.Card
	pick card.Pick // of what stands behind the figures

	waits    bool // something needs a decision
	rows     []ledger.AgingRow
	forecast *ledger.Forecast // nil: it is made when it is asked for
}

// digestCard is the digest of a period for a reader.
func (d *Desk) digestCard(v *ledger.View, user string, p ledger.DigestPeriod) *card.Card {
	x := d.newDigest(user, p)
	for _, step := range x.steps() {
		if x.View = v; !step() {
			break
		}
	}
	return x.k
}

// DigestAhead makes the digest of a notice before it is sent, each of its figures as the books stand
// then: whoever writes waits for one of them at most. It is nil where it is not to be sent.
func (d *Desk) DigestAhead(n *ledger.Notice) (*card.Card, error) {
	p, ok := ledger.ParseDigestPeriod(n.Code)
	if !ok || !d.Digest.reads(n.Address) {
		return nil, nil
	}
	x := d.newDigest(n.Address, p)
	f, err := d.Books.Forecast(p.On)
	if err != nil {
		return nil, err
	}
	x.forecast = &f
	more := true
	for _, step := range x.steps() {
		if !more {
			break
		}
		err := d.Books.View(func(v *ledger.View) error {
			x.View = v
			more = step()
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return x.k, nil
}

func (d *Desk) newDigest(user string, p ledger.DigestPeriod) *digestOf {
	who := Staff{ID: user, Role: Manager}
	if d.StaffOf != nil {
		who = d.StaffOf(user)
	}
	return &digestOf{Call: &Call{Desk: d, Who: who}, p: p, pick: card.Pick{Label: card.T("digest.lines")}}
}

// steps make the digest, one after the other, until one returns false. Each reads the books, and
// none takes long.
func (x *digestOf) steps() []func() (more bool) {
	and := func(f func()) func() bool { return func() bool { f(); return true } }
	return []func() bool{
		and(x.begin), and(x.cash), and(x.newly), and(x.moved), and(x.came),
		func() bool {
			if x.waits || len(x.k.Fields) > 0 {
				return true
			}
			x.k = x.nothing()
			return false
		},
		and(func() { x.rows = x.Aging(x.p.On) }), and(func() { x.standing(x.rows) }), and(x.expected), and(func() { x.sales(x.rows) }),
		and(func() { x.k.Table = x.debtors() }), and(func() { x.picture(x.rows) }),
		and(func() { x.k.Picks = append(x.k.Picks, x.pick); x.foot() }),
	}
}

// begin begins the card with what needs a decision.
func (x *digestOf) begin() {
	x.base = x.Company().Currency
	x.k = &card.Card{Title: card.T("digest.title", "date", x.p.On, "company", x.Company().Name)}
	x.waits = x.matters()
}

// nothing is the digest of a day on which nothing happened.
func (x *digestOf) nothing() *card.Card {
	says := card.T("digest.nothing.clear", "company", x.Company().Name, "date", x.p.On, "since", x.p.Since)
	if overdue := x.overdue(); len(overdue) > 0 {
		says = card.T("digest.nothing", "company", x.Company().Name, "date", x.p.On, "since", x.p.Since, "sums", sumsText(overdue))
	}
	k := &card.Card{Body: []card.Text{says}}
	x.k = k
	x.foot()
	return k
}

// foot says how fresh the bank's data is, and names the head of the books: who has an old digest
// can find out whether their tail was cut off.
func (x *digestOf) foot() {
	head := x.Head()
	x.k.Note = append(x.k.Note, staleBank(x.View)...)
	x.k.Note = append(x.k.Note, card.T("digest.head", "hash", head.Hash.Short(), "count", int(head.Seq)))
}

// sumsText is sums of several currencies in a row.
func sumsText(sums map[ledger.Currency]ledger.Money) card.Text {
	var out []card.Text
	for _, cur := range digestCurrencies(sums) {
		out = append(out, money(sums[cur]))
	}
	if len(out) == 0 {
		return card.Plain("–")
	}
	return card.Join(out...)
}

func digestCurrencies(sums map[ledger.Currency]ledger.Money) []ledger.Currency {
	return slices.Sorted(maps.Keys(sums))
}

// figure adds a figure with the way to its lines. More than one word about it stands on a line
// below.
func (x *digestOf) figure(name string, value card.Text, more ...card.Text) {
	if len(more) > 0 {
		value = card.T(digestFigureKey, "first", value, "rest", card.Join(more...))
	}
	label := card.T("digest." + name)
	x.k.Fields = append(x.k.Fields, card.Field{Label: label, Value: value})
	x.pick.Buttons = append(x.pick.Buttons, lineButton(label, digestLine(name, x.p)))
}

// digestFigureKey is the text of a figure with more words about it.
const digestFigureKey = "digest.figure"

// digestLine is the line that shows what stands behind a figure of a period.
func digestLine(name string, p ledger.DigestPeriod) string {
	return strings.Join([]string{"digest", name, p.String()}, " ")
}

// counted is how many of something there are, and what they come to.
func counted(key string, lines []ledger.DigestLine) card.Text {
	return card.T(key, "number", len(lines), "sums", sumsText(ledger.SumLines(lines)))
}

// cash adds the money that came in since the digest before.
func (x *digestOf) cash() {
	if cash := x.DigestCash(x.p); len(cash) > 0 {
		x.figure("cash", sumsText(ledger.SumLines(cash)), x.ways(cash)...)
	}
}

// newly adds what became overdue since the digest before.
func (x *digestOf) newly() {
	if newly := x.DigestOverdue(x.p); len(newly) > 0 {
		x.figure("newly", sumsText(ledger.SumLines(newly)))
	}
}

// moved adds what grew older since the digest before.
func (x *digestOf) moved() {
	if moved := x.DigestMoved(x.p); len(moved) > 0 {
		x.figure("moved", card.Join(x.buckets(moved)...))
	}
}

// came adds what broke or was contested since the digest before, and what is due today.
func (x *digestOf) came() {
	if broken := x.DigestBroken(x.p); len(broken) > 0 {
		x.figure("broken", counted("digest.counted", broken))
	}
	var today []card.Text
	for _, part := range x.today() {
		if len(part.lines) > 0 {
			today = append(today, counted("digest.today."+part.name, part.lines))
		}
	}
	if len(today) > 0 {
		x.figure("today", card.Join(today...))
	}
	if opened := x.DigestDisputes(x.p); len(opened) > 0 {
		x.figure("contested", counted("digest.counted", opened))
	}
	if held := x.DigestPiloted(x.p); len(held) > 0 {
		x.figure("piloted", card.T("digest.counted", "number", messages(held), "sums", sumsText(ledger.SumLines(held))))
	}
}

// messages is how many messages some lines are of.
func messages(held []ledger.DigestLine) (n int) {
	for i := range held {
		if i == 0 || held[i].Held != held[i-1].Held {
			n++
		}
	}
	return n
}

// digestPart is a kind of what is due on the day of a digest.
type digestPart struct {
	name  string
	lines []ledger.DigestLine
}

// today is what is due on the day of a digest, by kind.
func (x *digestOf) today() []digestPart {
	return []digestPart{{"promises", x.DigestPromises(x.p.On)}, {"parts", x.DigestParts(x.p.On)}, {"cheques", x.DigestCheques(x.p.On)}}
}

// ways are the sums of money by the way that it took.
func (x *digestOf) ways(cash []ledger.DigestLine) (out []card.Text) {
	by := map[string][]ledger.DigestLine{}
	for _, l := range cash {
		by[l.Way] = append(by[l.Way], l)
	}
	for _, way := range slices.Sorted(maps.Keys(by)) {
		sums := ledger.SumLines(by[way])
		for _, cur := range digestCurrencies(sums) {
			out = append(out, card.T("digest.of", "what", card.T("method."+way), "sum", sums[cur]))
		}
	}
	if len(out) == 1 { // the sum stands beside it
		return []card.Text{card.T("method." + cash[0].Way)}
	}
	return out
}

// buckets are the sums of debts by the bucket into which they moved.
func (x *digestOf) buckets(moved []ledger.DigestLine) (out []card.Text) {
	for b := 2; b < ledger.Buckets; b++ {
		sums := ledger.SumLines(slices.DeleteFunc(slices.Clone(moved), func(l ledger.DigestLine) bool { return l.Bucket != b }))
		for _, cur := range digestCurrencies(sums) {
			out = append(out, card.T("digest.into", "bucket", bucketText(x.View, b), "sum", sums[cur]))
		}
	}
	return out
}

// overdue is what is overdue in all, per currency.
func (x *digestOf) overdue() map[ledger.Currency]ledger.Money {
	sums := map[ledger.Currency]ledger.Money{}
	for _, t := range ledger.AgingTotals(x.Aging(x.p.On)) {
		if o := t.Overdue(); o.Minor > 0 {
			sums[t.Currency] = o
		}
	}
	return sums
}

// standing adds what is overdue, what is in dispute, and what has been on hold for long, as of the
// day.
func (x *digestOf) standing(rows []ledger.AgingRow) {
	overdue, disputed := map[ledger.Currency]ledger.Money{}, map[ledger.Currency]ledger.Money{}
	for _, t := range ledger.AgingTotals(rows) {
		if o := t.Overdue(); o.Minor > 0 {
			overdue[t.Currency] = o
		}
		if o := t.OverdueDisputed(); o.Minor > 0 {
			disputed[t.Currency] = o
		}
	}
	if len(overdue) > 0 {
		var more []card.Text
		if len(disputed) > 0 {
			more = append(more, card.T("digest.ofdisputed", "sums", sumsText(disputed)))
		}
		x.figure("overdue", sumsText(overdue), more...)
	}
	if open := x.DigestDisputed(); len(open) > 0 {
		var more []card.Text
		if due := x.DigestDisputesDue(x.p.On); len(due) > 0 {
			more = append(more, counted("digest.settle", due))
		}
		x.figure("disputed", counted("digest.counted", open), more...)
	}
	if held := x.DigestOnHold(x.p.On); len(held) > 0 {
		x.figure("onhold", counted("digest.counted", held))
	}
}

// expected adds what is expected in the days to come, week by week in the company's currency.
func (x *digestOf) expected() {
	f := x.forecast
	if f == nil {
		made := x.Forecast(x.p.On)
		f = &made
	}
	var all []ledger.DigestLine
	for _, l := range f.Lines {
		all = append(all, l.DigestLine)
	}
	if len(all) == 0 {
		return
	}
	var weeks []card.Text
	for _, w := range forecastWeeks(x.p.On) {
		sum := ledger.Money{Currency: x.base}
		for _, l := range f.Lines {
			if l.Amount.Currency == x.base && l.Date >= w.from && l.Date <= w.to {
				sum = sum.Add(l.Amount)
			}
		}
		if sum.Minor == 0 {
			continue
		}
		weeks = append(weeks, card.T("digest.week", "from", int(w.from-x.p.On)+1, "to", int(w.to-x.p.On)+1, "sum", sum))
	}
	x.figure("forecast", sumsText(ledger.SumLines(all)), weeks...)
}

// week is some days of a forecast.
type week struct{ from, to ledger.Date }

// forecastWeeks are the weeks of a forecast: the last one has the days that are left over.
func forecastWeeks(on ledger.Date) (out []week) {
	for from := on; from.AddDays(6) < on.AddDays(ledger.ForecastDays); from = from.AddDays(7) {
		out = append(out, week{from, from.AddDays(6)})
	}
	out[len(out)-1].to = on.AddDays(ledger.ForecastDays - 1)
	return out
}

// sales adds days sales outstanding, and how they changed since the digest before, which told them
// before the rest of its day.
func (x *digestOf) sales(rows []ledger.AgingRow) {
	now := x.DaysSales(rows, x.base, x.p.On)
	if now.Simple < 0 {
		return
	}
	was, err := x.DaysSalesThen(x.base, ledger.AsOf{On: x.p.Since, Known: x.p.From})
	value := card.T("count.days", "count", now.CountBack)
	if now.Beyond {
		value = card.T("digest.dso.over", "count", now.CountBack)
	}
	var more []card.Text
	if err == nil && was.Simple >= 0 && !was.Beyond && !now.Beyond && was.CountBack != now.CountBack {
		more = append(more, card.T("digest.dso.was", "count", was.CountBack, "date", x.p.Since))
	}
	x.figure("dso", value, append(more, card.T("digest.dso.simple", "number", now.Simple))...)
}

// digestDebtors is how many of the largest debtors the digest names.
const digestDebtors = 5

// debtors lists the largest overdue sums in the company's currency.
func (x *digestOf) debtors() *card.Table {
	lines := x.DigestDebtors(x.p.On, x.base, digestDebtors)
	if len(lines) == 0 {
		return nil
	}
	t := &card.Table{Head: []card.Text{card.T("digest.top"), card.T("account.overdue")}, Right: []bool{false, true}}
	for _, l := range lines {
		t.Rows = append(t.Rows, []card.Text{card.Plain(x.CustomerName(x.Customer(l.Customer))), money(l.Amount)})
	}
	return t
}

// picture is the aging by bucket, with the outline of what it was at the digest before.
func (x *digestOf) picture(rows []ledger.AgingRow) {
	if len(rows) == 0 {
		return
	}
	before := x.AgingAsOf(ledger.AsOf{On: x.p.Since, Known: x.p.From})
	p := agingPictureSince(card.T("aging.title", "date", x.p.On), x.Call, rows, ledger.ByBucket, ledger.AgingTotals(before))
	p.Legend = append(p.Legend, card.Tone{Outline: true, Label: card.T("picture.before", "date", x.p.Since)})
	x.k.Picture = p
}
