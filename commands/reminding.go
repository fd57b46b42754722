package commands

import (
	"slices"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// Reminding is what commands ask of the rules of reminders.
type Reminding struct {
	// Now is what the rules say of a customer on this day of his.
	Now func(v *ledger.View, c *ledger.Customer) PlannedWord
	// Ahead are the contacts of the days to come through one, if nothing happens until then.
	Ahead func(v *ledger.View, c *ledger.Customer, through ledger.Date) []PlannedWord
	// Texts are the words of every tone in a language, as a customer would get them.
	Texts func(v *ledger.View, lang string) []ReminderText
	// Policies are those that there are.
	Policies func() []PolicyWords
	// Silenced is how many steps of an invoice count as said at an age in days.
	Silenced func(v *ledger.View) func(inv *ledger.Invoice, age int) int
	// Preflight is the card of a working day.
	Preflight Preflight
	// Statement is when a customer's next statement goes by itself. nil: none do.
	Statement func(v *ledger.View, c *ledger.Customer) StatementWord
	// Wording is the message of a notice, as the books stand. nil: nobody words any.
	Wording func(v *ledger.View, n *ledger.Notice) (card.Message, error)
}

func (r Reminding) statement(v *ledger.View, c *ledger.Customer) StatementWord {
	if r.Statement == nil {
		return StatementWord{Why: "off"}
	}
	return r.Statement(v, c)
}

func (r Reminding) wording(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	if r.Wording == nil {
		return card.Message{}, nil
	}
	return r.Wording(v, n)
}

// orNone is r, or where there are no rules, such as remind nobody.
func (r Reminding) orNone() Reminding {
	if r.Now != nil {
		return r
	}
	return Reminding{
		Now:      func(*ledger.View, *ledger.Customer) PlannedWord { return PlannedWord{Why: "nothing"} },
		Ahead:    func(*ledger.View, *ledger.Customer, ledger.Date) []PlannedWord { return nil },
		Policies: func() []PolicyWords { return nil },
		Texts:    func(*ledger.View, string) []ReminderText { return nil },
		Silenced: func(*ledger.View) func(*ledger.Invoice, int) int {
			return func(*ledger.Invoice, int) int { return 0 }
		},
		Preflight: noPreflight(),
	}
}

// PlannedWord is a contact of a day with a customer, or why there is none.
type PlannedWord struct {
	On      ledger.Date // of the customer
	Invoice *ledger.Invoice
	Step    int // of Steps; 0: before the due date
	Steps   int
	Tone    string
	Part    string // of a plan: "PL-2.1"
	Kind    string // what the step does: "message", "sms", "call", "letter"
	Policy  string // the policy's name
	Source  string // whose it is: "invoice", "customer", "habit", "segment", "company"
	Why     string // that it is kept back; "": it is made
	Until   ledger.Date
	At      time.Time         // its hour
	Also    []ledger.PlanStep // steps of other currencies, which are said with it
}

// Key names the contact.
func (p *PlannedWord) Key() ledger.ContactKey {
	return ledger.ContactKey{Invoice: p.Invoice.ID, Step: p.Step, Part: p.Part}
}

// PolicyWords is a policy, to be shown.
type PolicyWords struct {
	Name     string
	Company  bool // it holds where no other does
	Segments []string
	Before   []int
	After    []int
	Interval int
	Week     int
}

// remindAhead is how many days whyReminder looks ahead, and reminders at most.
const remindAhead = 90

// whyReminderCommand tells what a customer hears next, when, and why, or why nothing.
func whyReminderCommand() Command {
	return Command{
		Name: "why-reminder", Who: anybody(), Reads: true,
		Usage:    []string{`why-reminder <customer>`},
		Examples: []string{`why-reminder acme`},
		Form:     lookForm(card.T("form.whyreminder")), Words: accountWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) != 1 {
				return card.Reply{}, usage("why-reminder", "got", c.Line)
			}
			_, cust, err := invoiceOrCustomer(c.View, c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			return card.Reply{Card: c.whyReminder(cust)}, nil
		},
	}
}

func (c *Call) whyReminder(cust *ledger.Customer) *card.Card {
	k := &card.Card{Title: card.T("reminding.title", "customer", c.CustomerName(cust))}
	ahead := c.Desk.Reminding.orNone().Ahead(c.View, cust, ledger.DateOf(c.Now, cust.Zone).AddDays(remindAhead))
	if len(ahead) == 0 {
		k.Body = append(k.Body, card.T("reminding.never", "count", remindAhead))
	} else {
		k.Body = append(k.Body, plannedText(ahead[0]))
	}
	now := c.Desk.Reminding.orNone().Now(c.View, cust)
	switch said := c.allSaid(cust, now); {
	case len(ahead) == 0 && said != nil:
		k.Body = append(k.Body, card.T("reminding.said", "number", said.Number.String(), "handle", cust.Handle))
	case now.Why != "":
		k.Body = append(k.Body, keptText(c.View, cust, now))
	}
	if c.Outside(cust) {
		k.Body = append(k.Body, card.T("reminding.pilot", "handle", cust.Handle))
	}
	k.Body = append(k.Body, c.silences(cust)...)
	k.Body = append(k.Body, c.ownStatement(cust)...)
	follows := now
	if now.Invoice == nil && len(ahead) > 0 {
		follows = ahead[0]
	}
	if p, ok := c.policyNamed(follows.Policy); ok {
		k.Body = append(k.Body, card.T("reminding.policy."+follows.Source, "policy", p.Name, "version", c.PolicyVersion()), rhythm(p))
	}
	for _, p := range ahead[min(1, len(ahead)):] {
		k.Fields = append(k.Fields, card.Field{Label: card.T("value", "value", p.On), Value: wordText(p)})
		if len(k.Fields) == remindShown {
			break
		}
	}
	if c.HoldOf(cust, 0) == nil {
		k.Buttons = append(k.Buttons, formButton(card.T("button.hold"), "hold", cust.Handle))
	} else {
		k.Buttons = append(k.Buttons, lineButton(card.T("button.unhold"), "unhold "+cust.Handle))
	}
	return k
}

// allSaid is the oldest overdue invoice that may be asked for, where every step of its policy was
// said of it; nil where that is not what keeps reminders away.
func (c *Call) allSaid(cust *ledger.Customer, now PlannedWord) (oldest *ledger.Invoice) {
	today := ledger.DateOf(c.Now, cust.Zone)
	for _, inv := range c.OpenInvoices(cust) {
		if _, silent := c.Silence(inv, today); silent || inv.Plan != 0 || inv.UndisputedBy(today.AddDays(-1)).Minor <= 0 {
			continue
		}
		if oldest == nil || inv.Carrying() < oldest.Carrying() {
			oldest = inv
		}
	}
	p, ok := c.policyNamed(now.Policy)
	if !ok || now.Why != "nothing" || oldest == nil || int(oldest.Step) < len(p.After) {
		return nil
	}
	return oldest
}

// remindShown is how many contacts behind the next one are shown.
const remindShown = 5

// plannedText tells the next contact.
func plannedText(p PlannedWord) card.Text {
	number := p.Invoice.Number.String()
	switch {
	case p.Part != "":
		return card.T("reminding.next.part", "date", p.On, "part", p.Part)
	case p.Step == 0:
		return card.T("reminding.next.nudge", "date", p.On, "number", number, "due", p.Invoice.Carrying())
	}
	if staffStep(p.Kind) {
		return card.T("reminding.next.work", "date", p.On, "step", p.Step, "steps", p.Steps, "what", card.T("step."+p.Kind), "number", number,
			"count", ledger.DaysOverdue(p.Invoice.Carrying(), p.On))
	}
	return card.T("reminding.next.step", "date", p.On, "step", p.Step, "steps", p.Steps, "tone", card.T("tone."+p.Tone), "number", number,
		"count", ledger.DaysOverdue(p.Invoice.Carrying(), p.On))
}

// wordText is a contact in a few words.
func wordText(p PlannedWord) card.Text {
	switch {
	case p.Part != "":
		return card.T("reminding.word.part", "part", p.Part)
	case p.Step == 0:
		return card.T("reminding.word.nudge", "number", p.Invoice.Number.String())
	}
	if p.Kind != "message" && p.Kind != "" {
		return card.T("reminding.word.work", "step", p.Step, "steps", p.Steps, "what", card.T("step."+p.Kind), "tone", card.T("tone."+p.Tone), "number", p.Invoice.Number.String())
	}
	return card.T("reminding.word.step", "step", p.Step, "steps", p.Steps, "tone", card.T("tone."+p.Tone), "number", p.Invoice.Number.String())
}

// staffStep reports whether a person does a step of a kind.
func staffStep(kind string) bool { return kind == "call" || kind == "letter" }

// keptText tells what keeps a contact of today back.
func keptText(v *ledger.View, cust *ledger.Customer, p PlannedWord) card.Text {
	data := []any{"handle", cust.Handle}
	if p.Until != 0 {
		data = append(data, "until", p.Until)
	}
	if h, ok := v.Days().Holiday(p.On, v.CountryOf(cust)); ok && p.Why == "freeday" {
		return card.T("reminding.kept.holiday", "until", p.Until, "date", p.On, "holiday", holidayName(h))
	}
	return card.T("reminding.kept."+p.Why, data...)
}

// holidayName is what a public holiday is called: by the company, or in the reader's language.
func holidayName(h ledger.Special) card.Text {
	switch {
	case h.Name != "":
		return card.Plain(h.Name)
	case h.Key != "":
		return card.T("holiday." + h.Key)
	}
	return card.T("holiday.public")
}

// holidaysOn tell where a day is a public holiday, among the countries of the customers who owe
// something.
func (c *Call) holidaysOn(day ledger.Date) (out []card.Text) {
	var seen []ledger.Country
	c.Customers(func(cust *ledger.Customer) {
		of := c.CountryOf(cust)
		if !cust.HasOpen() || !c.Sees(cust) || slices.Contains(seen, of) {
			return
		}
		seen = append(seen, of)
		if h, ok := c.Days().Holiday(day, of); ok && len(out) < silencesShown {
			out = append(out, card.T("reminders.holiday", "date", day, "holiday", holidayName(h), "place", string(of)))
		}
	})
	return out
}

// silences tell what keeps reminders of a customer's invoices away.
func (c *Call) silences(cust *ledger.Customer) (out []card.Text) {
	today := ledger.DateOf(c.Now, cust.Zone)
	if h := c.HoldOf(cust, 0); h != nil {
		out = append(out, c.holdText(h))
	}
	for _, inv := range c.OpenInvoices(cust) {
		number := inv.Number.String()
		s, silent := c.Silence(inv, today)
		switch {
		case inv.Plan != 0:
			out = append(out, card.T("reminding.silence.plan", "number", number, "plan", c.Plan(inv.Plan).Label()))
		case inv.Undisputed().Minor <= 0:
			out = append(out, card.T("reminding.silence.dispute", "number", number))
		case silent && s.Hold != nil && s.Hold.Invoice == 0: // told above, for all of them
		case silent && s.Hold != nil:
			out = append(out, c.holdText(s.Hold))
		case silent:
			out = append(out, card.T("reminding.silence."+string(s.Why), "number", number, "until", s.Until))
		}
		if len(out) == silencesShown {
			break
		}
	}
	return out
}

// silencesShown is how many invoices that nothing is said of are told.
const silencesShown = 8

// holdText tells a hold: of what, until when, by whom and why.
func (c *Call) holdText(h *ledger.Hold) card.Text {
	of := card.T("reminding.all")
	if h.Invoice != 0 {
		of = card.Plain(c.Invoice(h.Invoice).Number.String())
	}
	who := actor(c.View, h.By)
	words, err := c.Text(h.Reason)
	said := err == nil && words != ""
	switch {
	case h.Until != 0 && said:
		return card.T("hold.until.because", "of", of, "who", who, "until", h.Until, "words", words)
	case h.Until != 0:
		return card.T("hold.until", "of", of, "who", who, "until", h.Until)
	case said:
		return card.T("hold.open.because", "of", of, "who", who, "words", words)
	}
	return card.T("hold.open", "of", of, "who", who)
}

// holdCommand keeps reminders away from a customer or of an invoice; alone it lists what is held.
//
//	line = [ ( number | customer ) [ [ "until" ] day ] [ [ "because" ] word { word } ] ] .
//
// The day may also stand at the end, behind "until".
func holdCommand() Command {
	return Command{
		Name: "hold", Who: []Role{Sales, Finance, Manager},
		Usage:    []string{`hold <invoice or customer> [until <date>] [because <reason>]`, `hold`},
		Examples: []string{`hold acme until 2026-12-15 because their accountant is ill`, `hold INV-2026-000001`, `hold`},
		Form:     holdForm, Words: holdWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{Card: c.holdsCard()}, nil
			}
			return c.setHold()
		},
	}
}

func (c *Call) setHold() (card.Reply, error) {
	inv, cust, err := invoiceOrCustomer(c.View, c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	until, rest, err := c.lastDay(c.Args[1:])
	if err != nil {
		return card.Reply{}, err
	}
	h, err := c.Tx.Hold(cust, idOf(inv), until, because(rest))
	if err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: &card.Card{Title: card.Plain(c.CustomerName(cust)), Body: []card.Text{c.holdText(h)},
		Buttons: []card.Button{lineButton(card.T("button.unhold"), "unhold "+c.Args[0].text)}}}, nil
}

// lastDay reads through which day something is kept back: at the beginning of words, with "until"
// or without, or at their end with it. Nobody means a day alone as a reason, and as one it would
// keep back for ever. What is left is the reason.
func (c *Call) lastDay(words []token) (day ledger.Date, rest []token, err error) {
	if len(words) > 0 && words[0].is("until") {
		day, n, err := c.days().take(words[1:])
		return day, words[min(1+n, len(words)):], err
	}
	day, n, err := c.days().optional(words)
	if n > 0 || err != nil {
		return day, words[n:], err
	}
	for i := len(words) - 2; i >= 0; i-- {
		if !words[i].is("until") {
			continue
		}
		if day, err := c.days().all(words[i+1:]); err == nil || isDoubt(err) {
			return day, words[:i], err
		}
	}
	return 0, words, nil
}

func idOf(inv *ledger.Invoice) ledger.InvoiceID {
	if inv == nil {
		return 0
	}
	return inv.ID
}

func (c *Call) holdsCard() *card.Card {
	holds := slices.DeleteFunc(c.OpenHolds(), func(h *ledger.Hold) bool { return !c.Sees(c.Customer(h.Customer)) })
	if len(holds) == 0 {
		return &card.Card{Body: []card.Text{card.T("hold.none")}}
	}
	k := &card.Card{Title: card.T("hold.list", "count", len(holds)), Table: &card.Table{
		Head: []card.Text{card.T("aging.customer"), card.T("col.invoice"), card.T("col.until"), card.T("col.who"), card.T("col.reason")}}}
	for _, h := range holds {
		number, until := card.T("reminding.all"), card.Plain("–")
		if h.Invoice != 0 {
			number = card.Plain(c.Invoice(h.Invoice).Number.String())
		}
		if h.Until != 0 {
			until = card.T("value", "value", h.Until)
		}
		words, err := c.Text(h.Reason)
		if err != nil || words == "" {
			words = "–"
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(c.CustomerName(c.Customer(h.Customer))), number, until, actor(c.View, h.By), card.Plain(words)})
	}
	end := card.Pick{Label: card.T("button.unhold")}
	for _, h := range onPage(holds, c.Page) {
		of := c.Customer(h.Customer).Handle
		if h.Invoice != 0 {
			of = c.Invoice(h.Invoice).Number.String()
		}
		end.Buttons = append(end.Buttons, lineButton(card.Plain(of), "unhold "+of))
	}
	k.Picks = []card.Pick{end}
	ownNote(c.View, k)
	return k
}

// unholdCommand ends a hold.
func unholdCommand() Command {
	return Command{
		Name: "unhold", Who: []Role{Sales, Finance, Manager},
		Usage:    []string{`unhold <invoice or customer>`},
		Examples: []string{`unhold acme`, `unhold INV-2026-000001`},
		Form:     unholdForm, Words: accountWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) != 1 {
				return card.Reply{}, usage("unhold", "got", c.Line)
			}
			inv, cust, err := invoiceOrCustomer(c.View, c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			h := c.HoldOf(cust, idOf(inv))
			if h == nil {
				return card.Reply{}, ledger.Refuse(ledger.NotFound, "hold.unknown", "text", c.Args[0].text)
			}
			if err := c.Tx.EndHold(h, c.Desk.Reminding.orNone().Silenced(c.View)); err != nil {
				return card.Reply{}, err
			}
			return card.Say("hold.ended", "of", c.Args[0].text), nil
		},
	}
}

func unholdForm(c *Call) (*card.Form, error) {
	f, err := lookForm(card.T("form.unhold"))(c)
	if f != nil {
		f.Submit = card.T("button.unhold") // it does not only show
	}
	return f, err
}

// policyCommand tells the policies of reminders, and gives one to a customer or an invoice.
//
//	line = [ ( number | customer ) ( name | "none" ) ] .
func policyCommand() Command {
	return Command{
		Name: "policy", Who: []Role{Finance, Manager},
		Usage:    []string{`policy <invoice or customer> <name>|none`, `policy`},
		Examples: []string{`policy acme gentle`, `policy INV-2026-000001 strict`, `policy acme none`, `policy`},
		Form:     policyForm, Words: policyWords,
		Run: func(c *Call) (card.Reply, error) {
			switch len(c.Args) {
			case 0:
				return card.Reply{Card: c.policiesCard()}, nil
			case 2:
				return c.givePolicy(c.Args[0].text, c.Args[1].text)
			}
			return card.Reply{}, usage("policy", "got", c.Line)
		},
	}
}

func (c *Call) givePolicy(of, name string) (card.Reply, error) {
	inv, cust, err := invoiceOrCustomer(c.View, of)
	if err != nil {
		return card.Reply{}, err
	}
	key := "policy.given"
	if p, ok := c.policyNamed(name); ok {
		name = p.Name
	} else if strings.EqualFold(name, "none") {
		name, key = "", "policy.taken"
	} else {
		var names []string
		for _, p := range c.Desk.Reminding.orNone().Policies() {
			names = append(names, p.Name)
		}
		return card.Reply{}, ledger.Refuse(ledger.NotFound, "policy.unknown", "text", name, "names", strings.Join(names, ", "))
	}
	if err := c.Tx.GivePolicy(cust, idOf(inv), name); err != nil {
		return card.Reply{}, err
	}
	return card.Say(key, "of", of, "policy", name), nil
}

// policyNamed finds a policy, in whichever case its name is written.
func (c *Call) policyNamed(name string) (PolicyWords, bool) {
	all := c.Desk.Reminding.orNone().Policies()
	i := slices.IndexFunc(all, func(p PolicyWords) bool { return p.Name == name })
	if i < 0 {
		i = slices.IndexFunc(all, func(p PolicyWords) bool { return strings.EqualFold(p.Name, name) })
	}
	if i < 0 {
		return PolicyWords{}, false
	}
	return all[i], true
}

func (c *Call) policiesCard() *card.Card {
	k := &card.Card{Title: card.T("policy.list", "version", c.PolicyVersion())}
	for _, p := range c.Desk.Reminding.orNone().Policies() {
		label := card.Plain(p.Name)
		switch {
		case p.Company:
			label = card.T("policy.company", "policy", p.Name)
		case len(p.Segments) > 0:
			label = card.T("policy.segments", "policy", p.Name, "segments", strings.Join(p.Segments, ", "))
		}
		k.Fields = append(k.Fields, card.Field{Label: label, Value: rhythm(p)})
	}
	k.Note = []card.Text{card.T("policy.note")}
	return k
}

// rhythm tells when a policy speaks.
func rhythm(p PolicyWords) card.Text {
	var said []card.Text
	if before := slices.DeleteFunc(slices.Clone(p.Before), func(days int) bool { return days == 0 }); len(before) > 0 {
		said = append(said, daysText("policy.before", before))
	}
	if slices.Contains(p.Before, 0) {
		said = append(said, card.T("policy.onday"))
	}
	if len(p.After) > 0 {
		said = append(said, daysText("policy.after", p.After))
	}
	said = append(said, card.T("policy.interval", "count", p.Interval))
	if p.Week > 0 {
		said = append(said, card.T("policy.week", "count", p.Week))
	}
	return card.Join(said...)
}

// daysText says several numbers of days in one text, whose plural is that of the last: "3, 7 and
// 14 days".
func daysText(key string, days []int) card.Text {
	last := len(days) - 1
	said := card.T("value", "value", days[0])
	for i, n := range days[1:] {
		joint := "policy.list.more"
		if i+1 == last {
			joint = "policy.list.last"
		}
		said = card.T(joint, "first", said, "n", n)
	}
	return card.T(key, "days", said, "count", days[last])
}

// remindersCommand is a dry run: who hears what on a day, if nothing happens until then.
//
//	line = [ [ "on" ] day | "texts" [ language ] ] .
func remindersCommand() Command {
	return Command{
		Name: "reminders", Who: anybody(), Reads: true,
		Usage:    []string{`reminders [on <date>]`, `reminders texts [<language>]`},
		Examples: []string{`reminders`, `reminders on 2026-12-01`, `reminders texts ro`},
		Form:     remindersForm, Words: remindersWords,
		Run: func(c *Call) (card.Reply, error) {
			day := c.Today()
			if len(c.Args) > 0 && c.Args[0].is("texts") {
				return c.reminderTexts()
			}
			if len(c.Args) > 0 {
				args := c.Args
				if args[0].is("on") {
					args = args[1:]
				}
				var err error
				if day, err = c.days().all(args); err != nil {
					return card.Reply{}, err
				}
			}
			if day < c.Today() || day > c.Today().AddDays(remindAhead) {
				return card.Reply{}, ledger.Refuse(ledger.BadInput, "reminders.day", "from", c.Today(), "to", c.Today().AddDays(remindAhead))
			}
			return card.Reply{Card: c.remindersOn(day)}, nil
		},
	}
}

func (c *Call) remindersOn(day ledger.Date) *card.Card {
	var words []PlannedWord
	c.Customers(func(cust *ledger.Customer) {
		if !cust.HasOpen() || !c.Sees(cust) {
			return
		}
		for _, p := range c.Desk.Reminding.orNone().Ahead(c.View, cust, day) {
			if p.On == day {
				words = append(words, p)
			}
		}
	})
	if len(words) == 0 {
		return &card.Card{Body: append([]card.Text{card.T("reminders.none", "date", day)}, c.holidaysOn(day)...)}
	}
	slices.SortStableFunc(words, func(a, b PlannedWord) int { return b.Step - a.Step })
	rows, goes := make([]PreflightRow, len(words)), 0
	for i, p := range words {
		rows[i] = PreflightRow{PlannedWord: p, Customer: c.Customer(p.Invoice.Customer), State: dryState(p)}
		if rows[i].State == "goes" { // as the morning's card counts them
			goes++
		}
	}
	k := &card.Card{Title: card.T("reminders.title", "count", goes, "date", day), Table: c.Desk.contactTable(c.View, rows, c.Page)}
	k.Note = append(c.holidaysOn(day), card.T("reminders.note"))
	ownNote(c.View, k)
	return k
}

// overdueOn says what of a customer's debt is overdue on a day and may be asked for.
func (c *Call) overdueOn(cust *ledger.Customer, day ledger.Date) card.Text {
	sums := c.mayAsk(cust, day)
	if len(sums) == 0 {
		return card.Plain("–")
	}
	return eachSum(sums)
}

// mayAsk is what of a customer's debt is overdue on a day and may be asked for.
func (c *Call) mayAsk(cust *ledger.Customer, day ledger.Date) map[ledger.Currency]ledger.Money {
	sums := map[ledger.Currency]ledger.Money{}
	for _, inv := range c.OpenInvoices(cust) {
		if m := inv.UndisputedBy(day.AddDays(-1)); m.Minor > 0 && inv.Plan == 0 {
			sums[inv.Currency] = sums[inv.Currency].Add(m)
		}
	}
	return sums
}

// dryState is how it would stand with a contact of a day to come.
func dryState(p PlannedWord) string {
	switch p.Why {
	case "":
		return "goes"
	case "nobody":
		return "nobody"
	}
	return "held"
}

// holdForm asks until when and why, and of whom where that is not said.
func holdForm(c *Call) (*card.Form, error) {
	until := c.dayField("until", card.T("col.until"), 0)
	until.Optional = true
	return c.remindingForm(&card.Form{Title: card.T("form.hold"), Submit: card.T("button.hold"), Fields: []card.Input{until, c.whyField(card.T("col.reason"), true)}})
}

// remindingForm completes a form about an invoice or a customer; typed words need none.
func (c *Call) remindingForm(f *card.Form) (*card.Form, error) {
	switch {
	case !c.asking:
		return nil, nil
	case len(c.Args) == 0:
		f.Fields = append([]card.Input{c.accountField()}, f.Fields...)
		return f, nil
	}
	f.Arg = c.Args[0].text
	_, _, err := invoiceOrCustomer(c.View, f.Arg)
	return f, err
}

func holdWords(v map[string]string, arg string) []token {
	words := chosen(v["account"], arg)
	if v["until"] != "" {
		words = append(words, token{text: "until"}, token{text: v["until"]})
	}
	return append(words, quote(v["why"])...)
}

// policyForm asks for the policy of a customer or an invoice.
func policyForm(c *Call) (*card.Form, error) {
	options := []card.Option{{Value: "none", Label: card.T("policy.none")}}
	for _, p := range c.Desk.Reminding.orNone().Policies() {
		options = append(options, card.Option{Value: p.Name, Label: card.Plain(p.Name)})
	}
	return c.remindingForm(&card.Form{Title: card.T("form.policy"), Submit: card.T("form.do.save"), Fields: []card.Input{c.choiceField("policy", card.T("col.policy"), "none", options...)}})
}

func policyWords(v map[string]string, arg string) []token {
	return append(chosen(v["account"], arg), token{text: v["policy"]})
}

// remindersForm asks for a day.
func remindersForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	return &card.Form{Title: card.T("form.reminders"), Submit: card.T("form.do.show"), Fields: []card.Input{c.dayField("day", card.T("col.day"), c.Today())}}, nil
}

func remindersWords(v map[string]string, _ string) []token { return row(word("on"), word(v["day"])) }
