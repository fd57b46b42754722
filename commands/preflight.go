package commands

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// Preflight is what commands ask of the rules about the card of a working day: who is reminded
// until the next one comes.
type Preflight struct {
	// Day is the working day whose card holds now.
	Day func(v *ledger.View) ledger.Date
	// Ready prepares Rows outside of any transaction: within one they are then quick.
	Ready func() error
	// Rows are the contacts on it as they stand, the furthest steps first; Row is that of one
	// customer. Held are those of contacts that are held, whichever day's.
	Rows func(v *ledger.View) ([]PreflightRow, error)
	Row  func(v *ledger.View, c *ledger.Customer) (row PreflightRow, on bool, err error)
	Held func(v *ledger.View) []PreflightRow
	// Asks is what a contact on a day asks for, and of which invoices.
	Asks func(v *ledger.View, c *ledger.Customer, of PlannedWord) (about []*ledger.Invoice, sums map[ledger.Currency]ledger.Money)
	// Way is the channel that a word goes by, "" for none.
	Way func(v *ledger.View, c *ledger.Customer, w PlannedWord) string
	// Send makes the reminder that goes before its hour, and tells how long it waits all the same.
	// Why is why none is made.
	Send func(v *ledger.View, c *ledger.Customer) (n ledger.NoticeQueued, why PlannedWord, wait time.Duration)
	// HourOver reports whether the hour of a customer's contacts of this day is over.
	HourOver func(v *ledger.View, c *ledger.Customer) bool
	// HeldTo is who is told of a contact that is held for a reason.
	HeldTo func(c *ledger.Customer, why string) string
	// Reads is the message of a contact as it reads now, nil where nothing would be said.
	Reads func(v *ledger.View, c *ledger.Customer) (*card.Card, error)
	// Proposed are the entries of the bank that wait and are proposed as a customer's.
	Proposed func(v *ledger.View) map[ledger.CustomerID][]ledger.BankEntryID
}

// noPreflight is that of nobody.
func noPreflight() Preflight {
	return Preflight{
		Day:   func(v *ledger.View) ledger.Date { return v.Today() },
		Ready: func() error { return nil },
		Rows:  func(*ledger.View) ([]PreflightRow, error) { return nil, nil },
		Row: func(*ledger.View, *ledger.Customer) (PreflightRow, bool, error) {
			return PreflightRow{}, false, nil
		},
		Held: func(*ledger.View) []PreflightRow { return nil },
		Asks: func(*ledger.View, *ledger.Customer, PlannedWord) ([]*ledger.Invoice, map[ledger.Currency]ledger.Money) {
			return nil, nil
		},
		Way: func(*ledger.View, *ledger.Customer, PlannedWord) string { return "" },
		Send: func(*ledger.View, *ledger.Customer) (ledger.NoticeQueued, PlannedWord, time.Duration) {
			return ledger.NoticeQueued{}, PlannedWord{Why: "nothing"}, 0
		},
		HourOver: func(*ledger.View, *ledger.Customer) bool { return false },
		HeldTo:   func(*ledger.Customer, string) string { return "" },
		Reads:    func(*ledger.View, *ledger.Customer) (*card.Card, error) { return nil, nil },
		Proposed: func(*ledger.View) map[ledger.CustomerID][]ledger.BankEntryID { return nil },
	}
}

// PreflightRow is a contact on the card of a day.
type PreflightRow struct {
	PlannedWord
	Customer *ledger.Customer
	State    string // "goes", "held", "nobody", "skipped", "snoozed", "queued", "sent", "gone"
}

// open reports whether something can still be decided about a contact.
func (x *PreflightRow) open() bool {
	return slices.Contains([]string{"goes", "held", "nobody"}, x.State)
}

// preflightCommand shows who is reminded next, and stops, puts off, words, sends or releases it.
//
//	line = [ day ] [ act who { who } | customer | "several" ] .
//	act  = "skip" | "snooze" | "send" | "release" | "undo" | "edit" .
//	who  = customer | "all" | "mine" | "held" | "step" n .
//
// Behind "skip" may stand "because" and a reason, behind "snooze" "until" and a day, and behind
// "edit" with its customer "add" or "instead" and the words, or "off". The day is that of the card
// whose button was pressed: one of a card that is over changes nothing.
func preflightCommand() Command {
	return Command{
		Name: "preflight", Who: campaigners(),
		Usage: []string{`preflight skip <customer>|all|mine|held|step <n> [because <reason>]`, `preflight`, `preflight <customer>`, `preflight snooze <customer>|all|… until <date>`,
			`preflight send <customer>|all|…`, `preflight release <customer>|all|…`, `preflight undo <customer>|all|…`, `preflight edit <customer> add|instead <words>`, `preflight edit <customer> off`},
		Examples: []string{`preflight skip acme because they called`, `preflight`, `preflight snooze acme beta until friday`, `preflight release all`, `preflight edit acme add "Our new director looks forward to meeting you."`},
		Form:     preflightForm, Words: preflightWords,
		Ready: readyPreflight, Run: runPreflight,
	}
}

// readyPreflight prepares the rows for a line that is about all of them.
func readyPreflight(c *Call) error {
	about := func(t token) bool { return t.is("all") || t.is("mine") || t.is("held") || t.is("step") }
	if len(c.Args) > 0 && !slices.ContainsFunc(c.Args, about) {
		return nil
	}
	return c.preflight().Ready()
}

func runPreflight(c *Call) (card.Reply, error) {
	args, err := c.preflightDay(c.Args)
	switch {
	case err != nil:
		return card.Reply{}, err
	case len(args) == 0:
		k, err := c.preflightList()
		return card.Reply{Card: k}, err
	}
	act, ok := preflightActs()[strings.ToLower(args[0].text)]
	switch {
	case args[0].is("edit"):
		return c.editContact(args[1:])
	case ok:
		return c.actOnContacts(act, args[1:])
	case len(args) > 1:
		return card.Reply{}, usage("preflight", "got", c.Line)
	}
	cust, err := c.CustomerNamed(args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	row, err := c.contactOf(cust)
	return card.Reply{Card: c.contactCard(&row)}, err
}

// preflightDay takes the day off a line that a button of a card runs. That of a card which is over
// is refused.
func (c *Call) preflightDay(args []token) ([]token, error) {
	if len(args) == 0 {
		return nil, nil
	}
	day, err := ledger.ParseDate(args[0].text)
	if err != nil {
		return args, nil
	}
	if now := c.preflight().Day(c.View); day != now {
		return nil, ledger.Refuse(ledger.Conflict, "preflight.old", "date", day)
	}
	return args[1:], nil
}

func (c *Call) preflight() Preflight { return c.Desk.Reminding.orNone().Preflight }

// contactOf is the contact of one customer on the card. It returns a NotFound refusal where he has
// none.
func (c *Call) contactOf(cust *ledger.Customer) (PreflightRow, error) {
	row, on, err := c.preflight().Row(c.View, cust)
	if err == nil && !on {
		err = ledger.Refuse(ledger.NotFound, "preflight.none", "customer", c.CustomerName(cust), "handle", cust.Handle)
	}
	return row, err
}

// preflightAct is what can be done with contacts.
type preflightAct struct {
	said string // the key of what is said of it
	fits func(x *PreflightRow) bool
	do   func(c *Call, x *PreflightRow, how preflightHow) (card.Text, error) // nothing to say: a zero Text
}

// preflightHow is what stands behind those whom an act is about.
type preflightHow struct {
	until ledger.Date
	why   string
}

// preflightActs are the acts, by their word.
func preflightActs() map[string]preflightAct {
	return map[string]preflightAct{
		"skip":    {"preflight.skipped", (*PreflightRow).open, skipContact},
		"snooze":  {"preflight.snoozed", (*PreflightRow).open, snoozeContact},
		"send":    {"preflight.sent", func(x *PreflightRow) bool { return x.State == "goes" || x.State == "held" }, sendContact},
		"release": {"preflight.released", func(x *PreflightRow) bool { return x.State == "held" }, releaseContact},
		"undo":    {"preflight.undone", func(x *PreflightRow) bool { return x.State == "skipped" || x.State == "snoozed" }, undoContact},
	}
}

// actOnContacts does an act with those who are named, or with all of some kind whom it fits.
func (c *Call) actOnContacts(act preflightAct, args []token) (card.Reply, error) {
	how, args, err := c.preflightHow(args, act.said == "preflight.snoozed")
	if err == nil && how.until != 0 && act.said != "preflight.snoozed" { // whoever names a day wants nothing done today
		err = ledger.Refuse(ledger.BadInput, "preflight.day", "act", c.actWord())
	}
	if err != nil {
		return card.Reply{}, err
	}
	rows, err := c.preflightRows(args, act.fits)
	if err != nil {
		return card.Reply{}, err
	}
	var done, kept []card.Text
	for i := range rows {
		x := &rows[i]
		var said card.Text
		err := c.Tx.Whole(func() (err error) {
			if !act.fits(x) {
				return ledger.Refuse(ledger.Conflict, "preflight.state", "customer", c.CustomerName(x.Customer), "state", card.T("preflight.state."+x.State))
			}
			said, err = act.do(c, x, how)
			return err
		})
		if r, refused := ledger.AsRefusal(err); refused && len(rows) > 1 {
			kept = append(kept, card.T("preflight.kept", "customer", c.CustomerName(x.Customer), "why", card.T("refuse."+r.Key, r.Args...)))
			continue
		}
		if err != nil {
			return card.Reply{}, err
		}
		done = append(done, said)
	}
	if len(done) > 0 {
		err = c.Desk.preflightMoved(c.Tx)
	}
	return card.Reply{Card: c.actedCard(act, rows, done, kept)}, err
}

// actedCard says what was done, with what stayed as it was, and the button that takes it back.
func (c *Call) actedCard(act preflightAct, rows []PreflightRow, done, kept []card.Text) *card.Card {
	k := &card.Card{}
	switch {
	case len(done) == 1:
		k.Body = []card.Text{done[0]}
	case len(done) > 0:
		k.Body = []card.Text{card.T(act.said, "count", len(done))}
	}
	if more := len(kept) - wrongShown; more > 0 {
		kept = append(kept[:wrongShown:wrongShown], card.T("preflight.keptmore", "count", more))
	}
	k.Body = append(k.Body, kept...)
	if back := act.said == "preflight.skipped" || act.said == "preflight.snoozed"; back && len(done) > 0 && len(rows) <= undoMost {
		words := []string{c.dayWord(), "undo"}
		for _, x := range rows {
			words = append(words, x.Customer.Handle)
		}
		k.Buttons = []card.Button{preflightButton("button.undo", words...)}
	}
	return k
}

// undoMost is how many contacts one button takes back: more would not find room in it.
const undoMost = 25

// dayWord is the day of the card that holds, as buttons carry it.
func (c *Call) dayWord() string { return c.preflight().Day(c.View).String() }

func preflightButton(label string, words ...string) card.Button {
	return lineButton(card.T(label), "preflight "+strings.Join(words, " "))
}

// preflightHow reads what stands behind the names: until when, or why. Where something is put off
// the day may stand alone.
func (c *Call) preflightHow(args []token, off bool) (how preflightHow, rest []token, err error) {
	at := slices.IndexFunc(args, func(t token) bool { return t.is("until") || t.is("because") })
	day := -1
	if off && (at < 0 || args[at].is("because")) {
		day = c.dayAmong(args[:cmp.Or(max(at, 0), len(args))])
	}
	switch {
	case day >= 0:
		at, rest = day, args[day:]
	case at < 0:
		return how, args, nil
	default:
		rest = args[at+1:]
	}
	if day >= 0 || args[at].is("until") {
		var n int
		if how.until, n, err = c.days().take(rest); err != nil {
			return how, nil, err
		}
		if rest = rest[n:]; len(rest) > 0 && rest[0].is("because") {
			rest = rest[1:]
		} else if len(rest) > 0 {
			return how, nil, usage("preflight", "got", c.Line)
		}
	}
	how.why = join(rest)
	return how, args[:at], shortReason(how.why)
}

// dayAmong is where a day stands behind customers' names, -1 for nowhere. A handle is no day,
// whatever it reads like.
func (c *Call) dayAmong(args []token) int {
	for i := range args {
		if _, err := c.CustomerNamed(args[i].text); err == nil {
			continue
		}
		if _, n, _ := c.days().optional(args[i:]); n > 0 {
			return i
		}
	}
	return -1
}

// actWord is the act of a line, as it is typed.
func (c *Call) actWord() string {
	for _, t := range c.Args {
		if word := strings.ToLower(t.text); preflightActs()[word].said != "" {
			return word
		}
	}
	return ""
}

// preflightRows are the contacts that words name: customers, or "all", "mine", "held" and "step 2"
// of those whom an act fits.
func (c *Call) preflightRows(args []token, fits func(*PreflightRow) bool) (rows []PreflightRow, err error) {
	if len(args) == 0 {
		return nil, ledger.Refuse(ledger.BadInput, "preflight.whom")
	}
	pick := func(x *PreflightRow) bool { return fits(x) }
	switch word := args[0]; {
	case word.is("all") && len(args) == 1:
	case word.is("held") && len(args) == 1:
		pick = func(x *PreflightRow) bool { return fits(x) && x.State == "held" }
	case word.is("mine") && len(args) == 1:
		pick = func(x *PreflightRow) bool { return fits(x) && x.Customer.Owner == c.Who.ID }
	case word.is("step") && len(args) == 2:
		step, err := strconv.Atoi(names.Digits(args[1].text))
		if err != nil || step < 0 {
			return nil, ledger.Refuse(ledger.BadInput, "preflight.step", "text", args[1].text)
		}
		pick = func(x *PreflightRow) bool { return fits(x) && x.Step == step }
	default:
		return c.namedContacts(args)
	}
	all, err := c.preflight().Rows(c.View)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if pick(&all[i]) && c.Sees(all[i].Customer) {
			rows = append(rows, all[i])
		}
	}
	if len(rows) == 0 {
		return nil, ledger.Refuse(ledger.NotFound, "preflight.nobody")
	}
	return rows, nil
}

// namedContacts are the contacts of customers who are named, each once.
func (c *Call) namedContacts(names []token) (rows []PreflightRow, err error) {
	for _, t := range names {
		cust, err := c.CustomerNamed(t.text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(rows, func(x PreflightRow) bool { return x.Customer.ID == cust.ID }) {
			continue
		}
		row, err := c.contactOf(cust)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// skipContact leaves a contact out: its steps count as said.
func skipContact(c *Call, x *PreflightRow, how preflightHow) (card.Text, error) {
	said := append([]ledger.PlanStep{{Invoice: x.Invoice.ID, Step: x.Step}}, x.Also...)
	err := c.Tx.SkipSteps(x.Customer, x.On, said, ledger.SkipContact, how.why)
	return card.T("preflight.skip.done", "customer", c.CustomerName(x.Customer), "what", wordText(x.PlannedWord)), err
}

// snoozeContact puts a contact off.
func snoozeContact(c *Call, x *PreflightRow, how preflightHow) (card.Text, error) {
	if how.until == 0 {
		return card.Text{}, ledger.Refuse(ledger.BadInput, "date.missing")
	}
	err := c.Tx.Snooze(x.Customer, x.On, how.until)
	return card.T("preflight.snooze.done", "customer", c.CustomerName(x.Customer), "until", how.until), err
}

// undoContact takes back that a contact was left out or put off, until its hour.
func undoContact(c *Call, x *PreflightRow, _ preflightHow) (card.Text, error) {
	said := card.T("preflight.undo.done", "customer", c.CustomerName(x.Customer), "at", card.Instant{At: x.At, Zone: x.Customer.Zone})
	switch {
	case !c.Now.Before(x.At):
		return card.Text{}, ledger.Refuse(ledger.Conflict, "preflight.late", "customer", c.CustomerName(x.Customer), "handle", x.Customer.Handle)
	case x.State == "snoozed":
		return said, c.Tx.Snooze(x.Customer, x.On, 0)
	}
	return said, c.Tx.UndoSkip(x.Customer)
}

// sendContact has a contact made before its hour.
func sendContact(c *Call, x *PreflightRow, _ preflightHow) (card.Text, error) {
	n, why, wait := c.preflight().Send(c.View, x.Customer)
	if why.Why != "" {
		return card.Text{}, ledger.Refuse(ledger.Conflict, "preflight.notyet", "customer", c.CustomerName(x.Customer), "why", keptText(c.View, x.Customer, why), "date", x.On)
	}
	if err := c.Tx.Notify(n); err != nil {
		return card.Text{}, err
	}
	return c.sentText(x, wait), nil
}

// sentText says that a reminder goes, and when where that is not now.
func (c *Call) sentText(x *PreflightRow, wait time.Duration) card.Text {
	if wait > 0 {
		return card.T("preflight.sent.later", "customer", c.CustomerName(x.Customer), "at", card.Instant{At: c.Now.Add(wait), Zone: x.Customer.Zone})
	}
	return card.T("preflight.sent.now", "customer", c.CustomerName(x.Customer))
}

// releaseContact lets a contact go that is held: at its hour, or at once where that is over.
func releaseContact(c *Call, x *PreflightRow, _ preflightHow) (card.Text, error) {
	if err := c.Tx.ReleaseContact(x.Customer, x.Key()); err != nil {
		return card.Text{}, err
	}
	if !c.preflight().HourOver(c.View, x.Customer) {
		return card.T("preflight.release.done", "customer", c.CustomerName(x.Customer), "at", card.Instant{At: x.At, Zone: x.Customer.Zone}), nil
	}
	if _, why, _ := c.preflight().Send(c.View, x.Customer); why.Why == "task" { // a call or a letter: the next run gives it to somebody
		return card.T("preflight.release.done", "customer", c.CustomerName(x.Customer), "at", card.Instant{At: x.At.AddDate(0, 0, 1), Zone: x.Customer.Zone}), nil
	}
	return sendContact(c, x, preflightHow{})
}

// preflightMoved has the cards of the day, and the messages about what is held, follow what became
// of a contact.
func (d *Desk) preflightMoved(tx *ledger.Tx) error {
	day := d.Reminding.orNone().Preflight.Day(&tx.View)
	for _, x := range []struct {
		card, edit ledger.NoticeKind
		since      ledger.Date
	}{{ledger.NoticePreflight, ledger.NoticePreflightEdit, day}, {ledger.NoticeHeld, ledger.NoticeHeldEdit, day.AddDays(-heldShownDays)}} {
		for _, to := range tx.DayCards(x.card, x.since) {
			if err := tx.Notify(ledger.NoticeQueued{Kind: x.edit, Address: to, For: day}); err != nil {
				return err
			}
		}
	}
	return nil
}

// heldShownDays is for how many days a message about what is held follows what becomes of it.
const heldShownDays = 14
