package commands

import (
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// deferCommand decides what customers ask for: a later day, or a plan.
//
//	line = [ "DF-" n [ "accept" | "decline" text | "offer" ( even | parts ) [ quoted text ] ] ] .
//
// Even and parts are those of a plan; a single day may be offered too.
func deferCommand() Command {
	return Command{
		Name: "defer", Who: anybody(),
		Usage:    []string{`defer <DF-1> accept`, `defer <DF-1> offer <count> monthly|weekly from <date> ["<words>"]`, `defer <DF-1> decline "<reason>"`, `defer`},
		Examples: []string{`defer DF-1 accept`, `defer DF-1 offer 3 monthly from 2026-12-01 "This is what we can do"`, `defer DF-1 decline "Please pay the oldest invoice first"`, `defer`},
		Form:     deferForm, Words: deferWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{Card: c.deferralsCard()}, nil
			}
			d, err := c.findDeferral(c.Args[0].text)
			switch {
			case err != nil:
				return card.Reply{}, err
			case len(c.Args) == 1:
				return card.Reply{Card: deferralCard(c.View, d)}, nil
			}
			return c.decideDeferral(d, c.Args[1], c.Args[2:])
		},
	}
}

// findDeferral reads "DF-3".
func (c *Call) findDeferral(word string) (*ledger.Deferral, error) {
	if rest, ok := strings.CutPrefix(strings.ToUpper(word), "DF-"); ok {
		if n, err := strconv.ParseUint(rest, 10, 32); err == nil {
			if d := c.Deferral(ledger.DeferralID(n)); d != nil {
				return d, c.Allowed(c.Customer(d.Customer))
			}
		}
	}
	return nil, ledger.Refuse(ledger.NotFound, "deferral.unknown", "text", word)
}

// waiting are the requests that staff have to decide and the asker may see.
func (c *Call) waiting() []*ledger.Deferral {
	return slices.DeleteFunc(c.WaitingDeferrals(), func(d *ledger.Deferral) bool {
		return d.State != ledger.DeferralAsked || !c.Sees(c.Customer(d.Customer))
	})
}

func (c *Call) deferralsCard() *card.Card {
	all := c.waiting()
	if len(all) == 0 {
		return &card.Card{Body: []card.Text{card.T("deferral.none")}}
	}
	k := &card.Card{Title: card.T("deferral.list", "count", len(all)), Table: &card.Table{
		Head:  []card.Text{card.T("col.request"), card.T("aging.customer"), card.T("col.wish"), card.T("col.since"), card.T("col.open")},
		Right: []bool{false, false, false, false, true}}}
	show := card.Pick{Label: card.T("button.details")}
	for _, d := range all {
		who := card.Plain(c.CustomerName(c.Customer(d.Customer)))
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(d.Label()), who, wishText(d.Parts, d.Currency), card.T("value", "value", d.On), money(c.DeferralDebt(d))})
	}
	for _, d := range onPage(all, c.Page) {
		show.Buttons = append(show.Buttons, lineButton(card.Join(card.Plain(d.Label()), card.Plain(c.CustomerName(c.Customer(d.Customer)))), "defer "+d.Label()))
	}
	k.Picks = []card.Pick{show}
	ownNote(c.View, k)
	return k
}

// wishText is what is asked for in a few words.
func wishText(parts []ledger.PlanPart, _ ledger.Currency) card.Text {
	if len(parts) == 1 {
		return card.T("deferral.day", "date", parts[0].Due)
	}
	return card.T("deferral.parts", "count", len(parts), "from", parts[0].Due, "until", parts[len(parts)-1].Due)
}

// mayDefer refuses those who may not decide d: a plan is for finance, a later day for all who
// may note a promise.
func (c *Call) mayDefer(d *ledger.Deferral) error {
	part := Command{Name: "defer", Who: []Role{Finance, Manager}}
	if d.ByDay() {
		part.Who = []Role{Sales, Finance, Manager}
	}
	if !may(part, c.Who.Role) {
		return forbidden(part, c.Who.Role)
	}
	return nil
}

// decideDeferral accepts d, declines it, or offers other parts.
func (c *Call) decideDeferral(d *ledger.Deferral, verb token, rest []token) (card.Reply, error) {
	if err := c.mayDefer(d); err != nil {
		return card.Reply{}, err
	}
	var err error
	switch {
	case verb.is("accept") && d.State == ledger.DeferralOffered:
		err = ledger.Refuse(ledger.Conflict, "deferral.offered", "deferral", d.Label())
	case verb.is("accept") && len(rest) == 0:
		err = c.Tx.AgreeDeferral(d)
	case verb.is("decline") && strings.TrimSpace(join(rest)) == "":
		err = ledger.Refuse(ledger.BadInput, "deferral.why", "deferral", d.Label())
	case verb.is("decline"):
		err = c.Tx.EndDeferral(d, ledger.DeferralDeclined, join(rest))
	case verb.is("offer") && len(rest) > 0:
		err = c.offerParts(d, rest)
	default:
		err = usage("defer", "got", join(append([]token{verb}, rest...)))
	}
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.tellDecision(c.Tx, d); err != nil {
		return card.Reply{}, err
	}
	return card.Say("deferral.told."+string(d.State), "deferral", d.Label(), "customer", c.CustomerName(c.Customer(d.Customer))), nil
}

// offerParts offers what is written in place of what the customer asked for: parts, or one
// day, and words behind them.
func (c *Call) offerParts(d *ledger.Deferral, rest []token) error {
	words := ""
	if last := rest[len(rest)-1]; last.quoted {
		words, rest = last.text, rest[:len(rest)-1]
	}
	debt := c.DeferralDebt(d)
	if day, err := c.days().all(rest); err == nil {
		return c.Tx.ChangeDeferral(d, []ledger.PlanPart{{Due: day, Minor: debt.Minor}}, words)
	}
	parts, err := c.planParts(rest, debt)
	if err != nil {
		return err
	}
	return c.Tx.ChangeDeferral(d, parts, words)
}

// tellDeferral puts a request before staff: in the thread of its first invoice.
func (d *Desk) tellDeferral(tx *ledger.Tx, x *ledger.Deferral) error {
	return d.inThread(tx, &ledger.NoticeQueued{Kind: ledger.NoticeDeferral, Customer: x.Customer, Invoice: x.Claims[0].Invoice,
		Code: strconv.Itoa(int(x.ID)), Who: x.Chat})
}

// tellDecision tells the customer, and shows it where staff were asked and where the invoices
// stand.
func (d *Desk) tellDecision(tx *ledger.Tx, x *ledger.Deferral) error {
	about := ledger.NoticeQueued{Kind: ledger.NoticeTerms, Customer: x.Customer, Invoice: x.Claims[0].Invoice, Code: strconv.Itoa(int(x.ID))}
	if x.State != ledger.DeferralRefused && x.EndedBy != x.Chat {
		if err := tx.Notify(about); err != nil {
			return err
		}
	}
	return d.showDecision(tx, x)
}

// showDecision edits what shows a request and its invoices.
func (d *Desk) showDecision(tx *ledger.Tx, x *ledger.Deferral) error {
	about := ledger.NoticeQueued{Kind: ledger.NoticeDeferralEdit, Customer: x.Customer, Invoice: x.Claims[0].Invoice, Code: strconv.Itoa(int(x.ID)),
		Address: d.CardChannel(tx.Customer(x.Customer)), Who: x.Chat}
	if x.Notice != 0 {
		if err := tx.Notify(about); err != nil {
			return err
		}
	}
	for _, p := range x.Claims {
		if err := d.Refresh(tx, tx.Invoice(p.Invoice)); err != nil {
			return err
		}
	}
	return nil
}

// deferByButton accepts a request from its card of before, whose button stood for no line: "<id>.accept".
func deferByButton(c *Call) (card.Reply, error) {
	id, how := cutArg(c.Where.Arg)
	d := c.Deferral(ledger.DeferralID(id))
	if d == nil || how != "accept" {
		return card.Say("button.old"), nil
	}
	if err := c.Allowed(c.Customer(d.Customer)); err != nil {
		return card.Reply{}, err
	}
	return c.decideDeferral(d, token{text: how}, nil)
}

// deferralCard is a request as staff see it: who asks for what, how things stand with him,
// and the ways to answer.
func deferralCard(v *ledger.View, d *ledger.Deferral) *card.Card {
	cust := v.Customer(d.Customer)
	k := &card.Card{Title: card.T("deferral.title", "deferral", d.Label(), "customer", v.CustomerName(cust), "wish", wishText(d.Asked, d.Currency))}
	var numbers []string
	for _, x := range d.Claims[:min(len(d.Claims), settlesMax)] {
		numbers = append(numbers, v.Invoice(x.Invoice).Number.String())
	}
	if len(d.Claims) > settlesMax {
		numbers = append(numbers, "…")
	}
	k.Body = []card.Text{card.T("plan.about", "numbers", strings.Join(numbers, ", "))}
	k.Fields = []card.Field{
		{Label: card.T("col.open"), Value: money(v.DeferralDebt(d))},
		{Label: card.T("field.promises"), Value: card.T("promise.record", "kept", cust.PromisesKept, "broken", cust.PromisesBroken)},
	}
	if first := v.Invoice(d.Claims[0].Invoice); len(v.PromisesOn(first)) > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.promisedon", "number", first.Number.String()), Value: promiseHistory(v, first)})
	}
	if h := v.PayingHabit(cust); h.Of > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.habit"), Value: delayText(h.Days)})
	}
	if d.Chat != "" {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.who"), Value: card.T("value", "value", whoText(v, d.Chat))})
	}
	if !d.ByDay() {
		k.Table = partsTable(d.Parts, d.Currency)
	}
	if words, err := v.Text(d.Words); err == nil && words != "" {
		k.Quote = card.Plain(words)
	}
	switch {
	case d.Over():
		co := v.Company()
		what := card.Join(card.T("deferral.state."+string(d.State)), actor(v, d.EndedBy))
		k.Note = []card.Text{card.T("outcome.line", "what", what, "at", card.Instant{At: d.Ended, Zone: co.Zone()})}
		return k
	case d.State == ledger.DeferralOffered:
		k.Note = []card.Text{card.T("deferral.state.offered")}
	default:
		k.Note = []card.Text{card.T("deferral.how", "deferral", d.Label())}
		accept := lineButton(card.T("button.accept"), "defer "+d.Label()+" accept")
		accept.Style, accept.Confirm = card.Primary, card.T("confirm.defer", "customer", v.CustomerName(cust), "wish", wishText(d.Parts, d.Currency))
		k.Buttons = []card.Button{accept}
	}
	k.Buttons = append(k.Buttons, formButton(card.T("button.changeparts"), "defer", d.Label()+" offer"), formButton(card.T("button.declinewords"), "defer", d.Label()+" decline"))
	return k
}

// delayText are days from the due date; less than none are before it.
func delayText(days int) card.Text {
	key := "habit.late"
	switch {
	case days < 0:
		key, days = "habit.early", -days
	case days == 0:
		key = "habit.ontime"
	}
	return card.T(key, "count", days)
}

// promisesTold is how many promises of an invoice are listed.
const promisesTold = 5

// promiseHistory lists the promises to pay inv, newest first, and what became of each.
func promiseHistory(v *ledger.View, inv *ledger.Invoice) card.Text {
	all := v.PromisesOn(inv)
	var items []card.Text
	for _, p := range all[:min(len(all), promisesTold)] {
		outcome := string(p.Outcome)
		if p.Outcome == ledger.PromiseAwaited {
			outcome = "awaited"
		}
		items = append(items, card.T("promise.outcome."+outcome, "date", p.By))
	}
	return card.Join(items...)
}

// deferralNews puts a request before staff, as it stands now.
func deferralNews(v *ledger.View, n *ledger.Notice) card.Message {
	d := v.Deferral(n.DeferralID())
	if d == nil {
		return card.Message{Withdraw: "no request"}
	}
	return card.Message{Card: deferralCard(v, d)}
}

// termsNews tells a customer what came of what he asked for.
func (d *Desk) termsNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	x := v.Deferral(n.DeferralID())
	if x == nil || x.State == ledger.DeferralAsked || x.State == ledger.DeferralRefused {
		return card.Message{Withdraw: "no answer to tell"}, nil
	}
	words, err := v.Text(x.Words)
	if err != nil {
		return card.Message{}, err
	}
	inv := v.Invoice(x.Claims[0].Invoice)
	var list []*ledger.Invoice
	for _, p := range x.Claims {
		list = append(list, v.Invoice(p.Invoice))
	}
	args := []any{"what", aboutInvoices(list), "date", x.Parts[0].Due, "company", v.Company().Name}
	kind := "plan"
	if x.ByDay() {
		kind = "day"
	}
	k := &card.Card{Title: card.T("chat.terms."+string(x.State), args...), Quote: card.Plain(words)}
	if x.State != ledger.DeferralDeclined {
		k.Body = []card.Text{card.T("chat.terms."+string(x.State)+"."+kind, args...)}
	} else {
		k.Body = []card.Text{card.T("chat.terms.declined.body", args...)}
		k.Buttons = append(d.payButton(v, inv, false), d.TermsButtons(v, inv, true)...)
	}
	if !x.ByDay() && x.State != ledger.DeferralDeclined {
		k.Table = partsTable(x.Parts, x.Currency)
	}
	switch x.State {
	case ledger.DeferralAgreed:
		if !x.ByDay() {
			k.Note = []card.Text{card.T("chat.plan.note")}
		}
	case ledger.DeferralOffered:
		arg := idArg(uint32(inv.ID)) + "." + idArg(uint32(x.ID)) + "." + strconv.Itoa(x.Changes)
		k.Buttons = []card.Button{
			{Label: card.T("button.agree"), Do: "terms", Arg: arg + ".yes"},
			{Label: card.T("button.no"), Do: "terms", Arg: arg + ".no"},
		}
	}
	return card.Message{Card: k}, nil
}

// answerTerms is what a customer says to what staff offered.
func answerTerms(c *ChatCall) (card.Reply, error) {
	inv, rest, err := c.mine()
	if err != nil || inv == nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, err
	}
	id, rest := cutArg(rest)
	changes, how := cutArg(rest)
	d := c.Deferral(ledger.DeferralID(id))
	if d == nil || d.Customer != c.Customer.ID || d.State != ledger.DeferralOffered || int(changes) != d.Changes {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if !c.may(toAgree) {
		return c.notHis(), nil
	}
	about := aboutInvoices(c.DeferralInvoices(d))
	reply := card.Say("chat.terms.refused")
	switch agreed := how == "yes"; {
	case agreed && (!c.DeferralFits(d) || d.Parts[0].Due < c.Today()):
		reply = card.Say("chat.terms.late")
		if !c.DeferralFits(d) {
			reply = card.Say("chat.terms.moved")
		}
		if err := c.EndDeferral(d, ledger.DeferralRefused, ""); err != nil {
			return card.Reply{}, err
		}
		reply.Card.Buttons = c.Desk.TermsButtons(&c.View, inv, true)
	case agreed:
		if err := c.AgreeDeferral(d); err != nil {
			return card.Reply{}, err
		}
		reply = card.Reply{Card: agreedPlan(d.Parts, d.Currency)}
		if d.ByDay() {
			reply = card.Say("chat.terms.agreed.day", "date", d.Parts[0].Due, "what", about, "company", c.Company().Name)
		}
	default:
		if err := c.EndDeferral(d, ledger.DeferralRefused, ""); err != nil {
			return card.Reply{}, err
		}
	}
	reply.Replace = true
	return reply, c.Desk.showDecision(c.Tx, d)
}

// deferForm asks for other parts, or for the reason why a request is declined; where nothing
// is named, for all of it.
func deferForm(c *Call) (*card.Form, error) {
	if c.asking && len(c.Args) < 2 {
		return c.anyDeferral(), nil
	}
	if !c.asking && len(c.Args) != 2 {
		return nil, nil
	}
	d, err := c.findDeferral(c.Args[0].text)
	if err != nil {
		return nil, err
	}
	if err := c.mayDefer(d); err != nil {
		return nil, err
	}
	f := &card.Form{Arg: d.Label() + " " + c.Args[1].text,
		Body: []card.Text{card.T("ask.about", "what", c.CustomerName(c.Customer(d.Customer)), "open", c.DeferralDebt(d))}}
	switch {
	case c.Args[1].is("decline"):
		f.Title, f.Submit = card.T("form.decline"), card.T("form.do.decline")
		f.Fields = []card.Input{c.whyField(card.T("ask.why.customer"), false)}
	case c.Args[1].is("offer"):
		f.Title, f.Submit = card.T("form.offer"), card.T("form.do.offer")
		count, from := max(len(d.Parts), 1), d.Parts[0].Due
		f.Fields = []card.Input{
			optional(c.lineField("count", card.T("ask.count"), strconv.Itoa(count)), card.Text{}),
			c.choiceField("every", card.T("field.schedule"), "monthly", card.Option{Value: "weekly", Label: card.T("every.weekly")},
				card.Option{Value: "monthly", Label: card.T("every.monthly")}),
			optional(c.dayField("from", card.T("ask.from"), from), card.Text{}),
			optional(c.lineField("parts", card.T("ask.parts"), ""), card.T("ask.parts.hint")),
			c.whyField(card.T("ask.words.customer"), true),
		}
	default:
		return nil, nil
	}
	return f, nil
}

// anyDeferral asks which request is decided, and how.
func (c *Call) anyDeferral() *card.Form {
	var waiting []card.Option
	for _, d := range c.waiting() {
		if len(waiting) < optionsMax {
			waiting = append(waiting, card.Option{Value: d.Label(), Label: card.Join(card.Plain(d.Label()), card.Plain(c.CustomerName(c.Customer(d.Customer))))})
		}
	}
	known := ""
	if len(c.Args) > 0 {
		known = c.Args[0].text
	}
	return &card.Form{Title: card.T("form.defer"), Submit: card.T("form.do.settle"), Fields: []card.Input{
		c.choiceField("request", card.T("col.request"), known, waiting...),
		c.choiceField("how", card.T("ask.how"), "accept", card.Option{Value: "accept", Label: card.T("button.accept")},
			card.Option{Value: "offer", Label: card.T("button.changeparts")}, card.Option{Value: "decline", Label: card.T("button.declinewords")}),
		optional(c.lineField("parts", card.T("ask.parts"), ""), card.T("ask.parts.hint")),
		c.whyField(card.T("ask.words.customer"), true),
	}}
}

// deferWords are those that decide; one part is a day.
func deferWords(v map[string]string, arg string) []token {
	if how, all := v["how"]; all {
		out := row(word(v["request"]), word(how))
		if how == "offer" {
			out = row(out, sumWords(v["parts"]))
		}
		if v["why"] != "" && how != "accept" {
			out = append(out, token{text: v["why"], quoted: true})
		}
		return out
	}
	out := split(arg)
	why := token{text: v["why"], quoted: true}
	if _, offers := v["count"]; !offers {
		return row(out, []token{why})
	}
	switch parts := sumWords(v["parts"]); {
	case len(parts) > 0:
		out = row(out, parts)
	case v["count"] == "1" || v["count"] == "":
		out = row(out, word(v["from"]))
	default:
		out = row(out, word(v["count"]), word(v["every"]), option("from", word(v["from"])))
	}
	if v["why"] != "" {
		out = append(out, why)
	}
	return out
}
