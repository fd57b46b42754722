package commands

import (
	"maps"
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// chequeCommand records a cheque of a customer, and what becomes of it.
//
//	line   = target { "+" number } sum [ currency ] { about } | cheque [ act ] .
//	about  = "no" word | "dated" date | "bank" word | "drawer" word | "sayad" word | "received" date | "replaces" cheque .
//	cheque = "CH-" n .
//	act    = "deposited" [ date ] | "cleared" [ date | payment | "anyway" ] | "bounced" why [ "fee" sum ] [ date ]
//	       | "returned" why | "undo" .
//
// A cheque is for the invoices that it names, in this order, or for whatever the customer owes, due
// first. It settles them when the bank has paid it: see package ledger, cheque.go.
func chequeCommand() Command {
	return Command{
		Name: "cheque", Who: anybody(),
		Usage: []string{`cheque <invoice or customer> <sum> no <number> dated <date> [bank "<bank>"] [drawer "<name>"]`, `cheque <invoice> + <invoice> <sum> no <number> dated <date> [sayad <16 digits>] [received <date>] [replaces <CH-1>]`,
			`cheque <CH-1>`, `cheque <CH-1> deposited [<date>]`, `cheque <CH-1> cleared [<date>]`, `cheque <CH-1> cleared <P-1>`, `cheque <CH-1> bounced "<why>" [fee <sum>] [<date>]`, `cheque <CH-1> returned "<why>"`, `cheque <CH-1> undo`},
		Examples: []string{`cheque INV-2026-000001 500 no 004711 dated 2026-12-15 bank "BCR"`, `cheque acme 1500 no 004712 dated 2027-01-15`, `cheque CH-1 deposited`, `cheque CH-1 bounced "no funds" fee 15`},
		Form:     chequeForm, Words: chequeFormWords,
		Run: runCheque,
	}
}

// cashiers record cheques and cash: whoever books money.
func cashiers() []Role { return []Role{Finance, Manager} }

func (c *Call) mayCash(name string) error {
	if part := (Command{Name: name, Who: cashiers()}); !may(part, c.Who.Role) {
		return forbidden(part, c.Who.Role)
	}
	return nil
}

func runCheque(c *Call) (card.Reply, error) {
	if len(c.Args) == 0 {
		if err := c.mayCash("cheque"); err != nil {
			return card.Reply{}, err
		}
		return card.Reply{}, usage("cheque", "got", c.Line)
	}
	known := strings.HasPrefix(strings.ToUpper(c.Args[0].text), "CH-")
	if !known || len(c.Args) > 1 {
		if err := c.mayCash("cheque"); err != nil {
			return card.Reply{}, err
		}
	}
	if !known {
		return c.takeCheque()
	}
	q, err := chequeNamed(c.View, c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	if len(c.Args) > 1 {
		act, ok := chequeActs()[strings.ToLower(c.Args[1].text)]
		if !ok {
			return card.Reply{}, usage("cheque", "got", c.Line)
		}
		if err := act(c, q, c.Args[2:]); err != nil {
			return card.Reply{}, err
		}
	}
	return c.showCheque(q)
}

// chequeNamed reads "CH-3".
func chequeNamed(v *ledger.View, name string) (*ledger.Cheque, error) {
	q := v.Cheque(ledger.ParseCheque(name))
	if q == nil {
		return nil, ledger.Refuse(ledger.NotFound, "cheque.unknown", "text", name)
	}
	return q, v.Allowed(v.Customer(q.Customer))
}

func (c *Call) showCheque(q *ledger.Cheque) (card.Reply, error) {
	k, err := chequeCard(c.View, q)
	if err == nil && !may(Command{Who: cashiers()}, c.Who.Role) {
		k.Buttons = nil
	}
	return card.Reply{Card: k}, err
}

// takeCheque records one.
func (c *Call) takeCheque() (card.Reply, error) {
	n, rest, err := c.chequeTarget()
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.chequeOptions(&n, rest); err != nil {
		return card.Reply{}, err
	}
	if n.Number == "" || n.Dated == 0 {
		return card.Reply{}, usage("cheque", "got", c.Line)
	}
	before := c.Covers(c.Customer(n.Customer))
	q, err := c.Tx.ReceiveCheque(n)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.tellCheque(c.Tx, q, before, chequeTold{word: chequeWordReceived}); err != nil {
		return card.Reply{}, err
	}
	if old := c.Cheque(n.Replaces); old != nil {
		if err := c.Desk.editCheque(c.Tx, old); err != nil {
			return card.Reply{}, err
		}
	}
	return c.showCheque(q)
}

// chequeTarget reads whose cheque it is, what for, and its sum.
func (c *Call) chequeTarget() (n ledger.NewCheque, rest []token, err error) {
	n.Received = c.Today()
	currency, rest := ledger.Currency(""), c.Args
	for first := true; first || len(rest) > 0 && rest[0].is("+"); first = false {
		if !first {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			return n, nil, usage("cheque", "got", c.Line)
		}
		inv, cust, err := invoiceOrCustomer(c.View, rest[0].text)
		if err != nil {
			return n, nil, err
		}
		if !first && (inv == nil || len(n.For) == 0 || cust.ID != n.Customer) {
			return n, nil, ledger.Refuse(ledger.BadInput, "cheque.invoices")
		}
		n.Customer, currency, rest = cust.ID, cust.Currency, rest[1:]
		if inv != nil {
			n.For, currency = append(n.For, inv.ID), inv.Currency
		}
	}
	if len(rest) == 0 {
		return n, nil, usage("cheque", "got", c.Line)
	}
	sum, said, rest, err := takeSum(rest, c.Lang(), currency)
	if err != nil {
		return n, nil, err
	}
	if said != "" {
		currency = said
	}
	n.Amount, err = ledger.Exact(sum, currency)
	return n, rest, err
}

// chequeOptions reads what stands on a cheque.
func (c *Call) chequeOptions(n *ledger.NewCheque, rest []token) error {
	texts := map[string]*string{"no": &n.Number, "bank": &n.Bank, "drawer": &n.Drawer, "sayad": &n.Sayad}
	days := map[string]*ledger.Date{"dated": &n.Dated, "received": &n.Received}
	for len(rest) > 0 {
		name := strings.ToLower(rest[0].text)
		if rest[0].quoted || len(rest) < 2 {
			return usage("cheque", "got", c.Line)
		}
		into, isText := texts[name]
		day, isDay := days[name]
		switch {
		case isText:
			*into, rest = strings.TrimSpace(rest[1].text), rest[2:]
		case isDay:
			d, used, err := c.days().take(rest[1:])
			if err != nil {
				return err
			}
			*day, rest = d, rest[1+used:]
		case name == "replaces":
			old, err := chequeNamed(c.View, rest[1].text)
			if err != nil {
				return err
			}
			n.Replaces, rest = old.ID, rest[2:]
			if len(n.For) == 0 && old.Customer == n.Customer {
				n.For = slices.DeleteFunc(slices.Clone(old.For), func(id ledger.InvoiceID) bool { return c.Invoice(id).Open == 0 })
			}
		default:
			return usage("cheque", "got", c.Line)
		}
	}
	n.Number, n.Sayad = names.Digits(n.Number), strings.Join(strings.Fields(names.Digits(n.Sayad)), "")
	return nil
}

// chequeActs are what can be done with a cheque, by the word that says it.
func chequeActs() map[string]func(*Call, *ledger.Cheque, []token) error {
	return map[string]func(*Call, *ledger.Cheque, []token) error{
		"deposited": func(c *Call, q *ledger.Cheque, rest []token) error {
			day, err := c.chequeDay(rest)
			if err == nil {
				err = c.Tx.DepositCheque(q, day)
			}
			if err != nil {
				return err
			}
			return c.Desk.editCheque(c.Tx, q)
		},
		"cleared": clearCheque, "bounced": bounceCheque, "returned": giveBackCheque, "undo": undoCheque,
	}
}

// chequeDay reads the day that ends a line, today where there is none.
func (c *Call) chequeDay(rest []token) (ledger.Date, error) {
	if len(rest) == 0 {
		return c.Today(), nil
	}
	return c.days().all(rest)
}

func clearCheque(c *Call, q *ledger.Cheque, rest []token) error {
	before := c.Covers(c.Customer(q.Customer))
	if len(rest) == 1 && strings.HasPrefix(strings.ToUpper(rest[0].text), "P-") {
		p, err := findPayment(c.View, rest[0].text)
		if err != nil {
			return err
		}
		if err := c.Tx.PaidByCheque(q, p); err != nil {
			return err
		}
		return c.Desk.tellCheque(c.Tx, q, before, chequeTold{})
	}
	anyway := len(rest) == 1 && rest[0].is("anyway")
	if p := c.PaidLike(q); p != nil && !anyway {
		return ledger.Refuse(ledger.Conflict, "cheque.maybe", "cheque", q.ID.Label(), "payment", p.Label(), "date", p.Date)
	}
	if anyway {
		rest = nil
	}
	day, err := c.chequeDay(rest)
	if err != nil {
		return err
	}
	_, err = c.Desk.clearCheque(c.Tx, q, day, c.Desk.receiptFor(c.Tx))
	return err
}

// receiptFor books payments and tells of them.
func (d *Desk) receiptFor(tx *ledger.Tx) func(ledger.NewPayment) (*ledger.Payment, error) {
	return func(n ledger.NewPayment) (*ledger.Payment, error) {
		p, _, err := d.Receive(tx, n)
		return p, err
	}
}

// clearCheque books that the bank paid a cheque, and brings up to date what shows it. Book books
// the payment, and tells of it.
func (d *Desk) clearCheque(tx *ledger.Tx, q *ledger.Cheque, day ledger.Date, book func(ledger.NewPayment) (*ledger.Payment, error)) (*ledger.Payment, error) {
	before := tx.Covers(tx.Customer(q.Customer))
	p, err := tx.ClearCheque(q, day, book)
	if err != nil {
		return nil, err
	}
	return p, d.tellCheque(tx, q, before, chequeTold{})
}

func bounceCheque(c *Call, q *ledger.Cheque, rest []token) error {
	why, fee, day := []token(nil), ledger.Money{Currency: q.Amount.Currency}, c.Today()
	for len(rest) > 0 {
		if rest[0].is("fee") && len(rest) > 1 {
			sum, after, err := sumOf(rest[1:], c.Lang(), q.Amount.Currency)
			if err != nil {
				return err
			}
			fee, rest = sum, after
			continue
		}
		if d, n, err := c.days().optional(rest); err != nil {
			return err
		} else if n > 0 {
			day, rest = d, rest[n:]
			continue
		}
		why, rest = append(why, rest[0]), rest[1:]
	}
	before, paid := c.Covers(c.Customer(q.Customer)), c.Payment(q.Payment)
	cleared := q.State == ledger.ChequeCleared
	open, err := c.Tx.BounceCheque(q, day, join(why), fee)
	if err != nil {
		return err
	}
	if cleared {
		return c.Desk.tellReturned(c.Tx, paid, open)
	}
	return c.Desk.tellCheque(c.Tx, q, before, chequeTold{word: chequeWordBounced, task: true})
}

func giveBackCheque(c *Call, q *ledger.Cheque, rest []token) error {
	before := c.Covers(c.Customer(q.Customer))
	if err := c.Tx.GiveBackCheque(q, join(rest)); err != nil {
		return err
	}
	return c.Desk.tellCheque(c.Tx, q, before, chequeTold{word: chequeWordReturned})
}

func undoCheque(c *Call, q *ledger.Cheque, rest []token) error {
	if len(rest) > 0 {
		return usage("cheque", "got", c.Line)
	}
	before, was, paid := c.Covers(c.Customer(q.Customer)), q.State, c.Payment(q.Payment)
	open, err := c.Tx.UndoCheque(q)
	if err != nil {
		return err
	}
	for _, inv := range open {
		if err := c.Desk.Refresh(c.Tx, inv); err != nil {
			return err
		}
	}
	told := chequeTold{}
	switch {
	case was == ledger.ChequeCleared && paid.Annulled:
		if err := c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeAnnulled, Customer: q.Customer, Payment: paid.ID}); err != nil {
			return err
		}
	case was == ledger.ChequeHeld, was == ledger.ChequeBounced, was == ledger.ChequeGivenBack:
		told.word = chequeWordMistake
	}
	if old := c.Cheque(q.Replaces); old != nil && q.State == ledger.ChequeVoid {
		if err := c.Desk.editCheque(c.Tx, old); err != nil {
			return err
		}
	}
	return c.Desk.tellCheque(c.Tx, q, before, told)
}

// chequeTold is whom a step of a cheque is told to: the customer by a word, and staff by a task.
type chequeTold struct {
	word string
	task bool
}

// tellCheque queues what has to be said of a step of a cheque, and edits of all that shows it, or
// an invoice that it covers or covered before.
func (d *Desk) tellCheque(tx *ledger.Tx, q *ledger.Cheque, before map[ledger.InvoiceID]ledger.Cover, told chequeTold) error {
	if err := d.editCheque(tx, q); err != nil {
		return err
	}
	if told.word != "" {
		n := ledger.NoticeQueued{Kind: ledger.NoticeChequeWord, Customer: q.Customer, Code: q.ID.Label() + " " + told.word}
		if err := tx.Notify(n); err != nil {
			return err
		}
	}
	if told.task {
		n := ledger.NoticeQueued{Kind: ledger.NoticeChequeTask, Customer: q.Customer, Code: q.ID.Label(), Address: firstOf(tx.Customer(q.Customer).Owner, d.FinanceChannel)}
		if err := tx.Notify(n); err != nil {
			return err
		}
	}
	after := tx.Covers(tx.Customer(q.Customer))
	for _, id := range slices.Sorted(maps.Keys(unionOf(before, after))) {
		if before[id] == after[id] {
			continue
		}
		if err := d.Refresh(tx, tx.Invoice(id)); err != nil {
			return err
		}
	}
	return nil
}

func unionOf[K comparable, V any](a, b map[K]V) map[K]V {
	out := maps.Clone(a)
	if out == nil {
		out = map[K]V{}
	}
	maps.Copy(out, b)
	return out
}

// editCheque queues the message of a cheque in Slack, or an edit of it.
func (d *Desk) editCheque(tx *ledger.Tx, q *ledger.Cheque) error {
	n := ledger.NoticeQueued{Kind: ledger.NoticeCheque, Customer: q.Customer, Address: d.FinanceChannel, Code: q.ID.Label()}
	if q.Card != 0 {
		n.Kind = ledger.NoticeChequeEdit
	}
	return tx.Notify(n)
}
