package commands

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// bankCommand shows which entries of bank statements wait for somebody to say whose they are,
// and says it.
//
//	line   = [ "list" | "mine" | place | "statements" | "sure" | many entry { entry } | "undo" "BB-" n | entry [ act ] ] .
//	place  = "posted" | "account" | "returned" | "left" .
//	many   = "best" | "onaccount" | "notours" .
//	entry  = "BE-" n .
//	act    = "apply" n | "to" target { "+" target } | "notours" | "return" payment
//	       | "payout" ( provider | number ) | "refund" customer
//	       | "ask" customer | "mine" | "owner" user | "again" | "undo" .
//	target = ( number | customer ) [ sum ] .
//
// "apply 2" takes the second of what is proposed. After "to" an invoice gets a sum, or what is
// open on it; a customer gets a sum on account, or what is left. "sure" applies the first
// proposal of every entry where it is beyond doubt, "best" that of those which are named.
func bankCommand() Command {
	return Command{
		Name: "bank", Who: []Role{Finance, Manager, Auditor},
		Usage: []string{`bank <BE-1> apply <1>`, `bank`, `bank <BE-1>`, `bank <BE-1> to <invoice or customer> [<sum>] [+ <invoice or customer> [<sum>]]`,
			`bank <BE-1> notours`, `bank <BE-1> return <P-1>`, `bank <BE-1> payout <provider or number>`, `bank <BE-1> refund <customer>`, `bank <BE-1> ask <customer>`, `bank <BE-1> mine`, `bank <BE-1> owner @<person>`, `bank <BE-1> again`, `bank <BE-1> undo`, `bank sure`, `bank best <BE-1> [<BE-2> …]`, `bank onaccount <BE-1> [<BE-2> …]`, `bank notours <BE-1> [<BE-2> …]`,
			`bank undo <BB-1>`, `bank mine`, `bank posted|account|returned|left`, `bank statements`},
		Examples: []string{`bank BE-1 to INV-2026-000001 500 + acme`, `bank`, `bank BE-1 notours`, `bank statements`},
		Form:     bankForm, Words: bankWords,
		Run: runBank,
	}
}

// bankers place entries: whoever books money.
func bankers() []Role { return []Role{Finance, Manager} }

func runBank(c *Call) (card.Reply, error) {
	switch {
	case len(c.Args) == 0 || c.Args[0].is("list") && len(c.Args) == 1:
		return c.bankList(false)
	case c.Args[0].is("mine") && len(c.Args) == 1:
		return c.bankList(true)
	case slices.Contains(bankPlaces(), ledger.EntryKind(strings.ToLower(c.Args[0].text))) && len(c.Args) == 1:
		return c.bankPlace(ledger.EntryKind(strings.ToLower(c.Args[0].text)))
	case c.Args[0].is("statements") && len(c.Args) == 1:
		return c.bankStatements(), nil
	}
	sure := c.Args[0].is("sure") && len(c.Args) == 1
	if part := (Command{Name: "bank", Who: bankers()}); (sure || len(c.Args) > 1) && !may(part, c.Who.Role) {
		return card.Reply{}, forbidden(part, c.Who.Role)
	}
	switch word := strings.ToLower(c.Args[0].text); {
	case sure:
		return c.applySure()
	case bulkActs()[word] != nil:
		return c.applyMany(word, c.Args[1:])
	case word == "undo" && len(c.Args) == 2:
		return c.undoMany(c.Args[1])
	}
	e := c.BankEntry(ledger.ParseBankEntry(c.Args[0].text))
	if e == nil {
		return card.Reply{}, ledger.Refuse(ledger.NotFound, "entry.unknown", "text", c.Args[0].text)
	}
	if len(c.Args) == 1 {
		k, err := entryCard(c.View, e)
		if err == nil && !may(Command{Who: bankers()}, c.Who.Role) {
			k.Buttons, k.Picks = nil, nil
		}
		return card.Reply{Card: k}, err
	}
	act, ok := entryActs()[strings.ToLower(c.Args[1].text)]
	if !ok {
		return card.Reply{}, usage("bank", "got", c.Line)
	}
	if err := act(c, e, c.Args[2:]); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.showEntry(c.Tx, e); err != nil {
		return card.Reply{}, err
	}
	k, err := entryCard(c.View, c.BankEntry(e.ID))
	return card.Reply{Card: k}, err
}

// entryActs are what can be done with an entry, by the word that says it.
func entryActs() map[string]func(*Call, *ledger.BankEntry, []token) error {
	return map[string]func(*Call, *ledger.BankEntry, []token) error{
		"apply": applyProposal, "to": applyTo, "return": returnPayment, "payout": takePayout, "refund": takeRefund, "ask": askPayer, "owner": ownEntry,
		"notours": func(c *Call, e *ledger.BankEntry, rest []token) error {
			return errors.Join(c.nothingAfter(rest), c.Tx.LeaveEntry(e, ledger.LeftNotOurs, false))
		},
		"mine": func(c *Call, e *ledger.BankEntry, rest []token) error {
			if err := c.nothingAfter(rest); err != nil {
				return err
			}
			return c.handEntry(e, c.Who.ID)
		},
		"again": func(c *Call, e *ledger.BankEntry, rest []token) error {
			if err := c.nothingAfter(rest); err != nil {
				return err
			}
			return c.Desk.propose(c.Tx, e)
		},
		"undo": func(c *Call, e *ledger.BankEntry, rest []token) error {
			if err := c.nothingAfter(rest); err != nil {
				return err
			}
			return c.Desk.reopenEntry(c.Tx, e)
		},
	}
}

// nothingAfter refuses words behind an act that takes none.
func (c *Call) nothingAfter(rest []token) error {
	if len(rest) > 0 {
		return usage("bank", "got", c.Line)
	}
	return nil
}

// applyProposal takes one of what is proposed: "apply 2".
func applyProposal(c *Call, e *ledger.BankEntry, rest []token) error {
	if len(rest) != 1 {
		return usage("bank", "got", c.Line)
	}
	if e.Place != ledger.EntryWaits {
		return ledger.Refuse(ledger.Conflict, "entry.placed", "entry", e.ID.Label())
	}
	all, err := proposals(c.View, e)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(rest[0].text)
	if err != nil || n < 1 || n > len(all) {
		return ledger.Refuse(ledger.NotFound, "entry.noproposal", "entry", e.ID.Label(), "text", rest[0].text)
	}
	return c.Desk.takeProposal(c.Tx, e, &all[n-1])
}

// applyTo divides an entry over invoices and customers: "to INV-1 500 + acme".
func applyTo(c *Call, e *ledger.BankEntry, rest []token) error {
	var shares []ledger.EntryShare
	left := e.Amount
	for _, target := range splitTokens(rest) {
		if len(target) == 0 {
			return usage("bank", "got", c.Line)
		}
		inv, cust, err := invoiceOrCustomer(c.View, target[0].text)
		if err != nil {
			return err
		}
		sum := left
		if inv != nil && inv.Open < sum.Minor {
			sum = ledger.Money{Minor: inv.Open, Currency: sum.Currency}
		}
		if len(target) > 1 {
			if sum, target, err = sumOf(target[1:], c.Lang(), e.Amount.Currency); err != nil {
				return err
			}
			if len(target) > 0 {
				return usage("bank", "got", c.Line)
			}
		}
		if inv != nil && inv.Currency != e.Amount.Currency && sum != e.Amount {
			return ledger.Refuse(ledger.BadInput, "entry.currency", "entry", e.ID.Label(), "number", inv.Number.String())
		}
		left.Minor -= sum.Minor
		shares = addShare(shares, e, inv, cust, sum.Minor)
	}
	if left.Minor > 0 && len(shares) == 1 { // what one customer sent is his, whatever it is for
		shares[0].Minor += left.Minor
	}
	return c.Desk.placeEntry(c.Tx, e, shares, false, []string{"picked"})
}

// addShare adds what an invoice or a customer gets to what the customer has already.
func addShare(shares []ledger.EntryShare, e *ledger.BankEntry, inv *ledger.Invoice, cust *ledger.Customer, minor int64) []ledger.EntryShare {
	at := slices.IndexFunc(shares, func(s ledger.EntryShare) bool { return s.Customer == cust.ID })
	if at < 0 {
		at, shares = len(shares), append(shares, ledger.EntryShare{Customer: cust.ID})
	}
	sh := &shares[at]
	sh.Minor += minor
	switch {
	case inv == nil:
	case inv.Currency != e.Amount.Currency:
		sh.Invoice = inv.ID
	default:
		sh.Parts = append(sh.Parts, ledger.Part{Invoice: inv.ID, Minor: min(minor, inv.Open)})
	}
	return shares
}

// splitTokens cuts a line at its "+".
func splitTokens(line []token) (out [][]token) {
	from := 0
	for i, t := range line {
		if t.is("+") {
			out, from = append(out, line[from:i]), i+1
		}
	}
	return append(out, line[from:])
}

// returnPayment says which payment an entry took back: "return P-12".
func returnPayment(c *Call, e *ledger.BankEntry, rest []token) error {
	if len(rest) != 1 {
		return usage("bank", "got", c.Line)
	}
	p, err := findPayment(c.View, rest[0].text)
	if err != nil {
		return err
	}
	return c.Desk.returnEntry(c.Tx, e, p, false)
}

// askPayer asks a customer what an entry is for: "ask acme".
func askPayer(c *Call, e *ledger.BankEntry, rest []token) error {
	if len(rest) != 1 {
		return usage("bank", "got", c.Line)
	}
	cust, err := c.CustomerNamed(rest[0].text)
	if err != nil {
		return err
	}
	if err := c.Tx.AssignEntry(e, firstOf(e.Owner, c.Who.ID), cust.ID); err != nil {
		return err
	}
	return c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeWhatFor, Customer: cust.ID, Code: e.ID.Label()})
}

// ownEntry gives an entry to somebody: "owner <@U123>".
func ownEntry(c *Call, e *ledger.BankEntry, rest []token) error {
	if len(rest) != 1 {
		return usage("bank", "got", c.Line)
	}
	user, err := userOrNone(rest[0].text)
	if err != nil {
		return err
	}
	if user != "" && !c.Desk.banks(user) {
		return ledger.Refuse(ledger.BadInput, "entry.nobanker", "who", card.User(user))
	}
	return c.handEntry(e, user)
}

// handEntry gives an entry to somebody, who is told unless he took it himself.
func (c *Call) handEntry(e *ledger.BankEntry, user string) error {
	before := e.Owner
	if err := c.Tx.AssignEntry(e, user, e.Asked); err != nil {
		return err
	}
	return c.Desk.entryMoved(c.Tx, e, before, c.Who.ID)
}

func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// payerOf names who paid, as the bank does.
func payerOf(l *ledger.BankLine) string {
	return cut(firstOf(l.PartyName, l.Party.Number, l.Text, "–"), 40)
}

// cut cuts a text that is too long for its place.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// bankStatements shows how fresh the books' knowledge of each account is.
func (c *Call) bankStatements() card.Reply {
	k := &card.Card{Title: card.T("bank.statements")}
	fresh := c.BankFresh()
	if len(fresh) == 0 {
		k.Body = []card.Text{card.T("bank.nostatements")}
		return card.Reply{Card: k}
	}
	k.Table = &card.Table{Head: []card.Text{card.T("col.bankaccount"), card.T("col.until"), card.T("col.bankbalance"), card.T("col.banklines")}, Right: []bool{false, false, true, true}}
	for _, st := range fresh {
		balance := card.Plain("–")
		if st.Closing != nil {
			balance = money(st.Closing.Amount)
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(st.Account), card.T("value", "value", st.To), balance, card.T("value", "value", st.Lines)})
	}
	return card.Reply{Card: k}
}

// bankForm asks to what an entry goes.
func bankForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	if part := (Command{Name: "bank", Who: bankers()}); !may(part, c.Who.Role) {
		return nil, forbidden(part, c.Who.Role)
	}
	if len(c.Args) > 0 && c.Args[0].is("several") {
		return c.severalForm()
	}
	if len(c.Args) == 2 && c.Args[1].is("owner") {
		return c.handForm(c.Args[0])
	}
	f := &card.Form{Title: card.T("form.bank"), Submit: card.T("form.do.apply")}
	if len(c.Args) == 0 {
		var options []card.Option
		waiting := c.WaitingEntries()
		for _, e := range waiting[:min(len(waiting), optionsMax)] {
			l, err := c.View.Line(e)
			if err != nil {
				return nil, err
			}
			options = append(options, card.Option{Value: e.ID.Label(), Label: card.Join(card.Plain(e.ID.Label()), money(e.Amount), card.Plain(payerOf(&l)))})
		}
		f.Fields = append(f.Fields, c.choiceField("entry", card.T("col.bankline"), "", options...))
	} else {
		e := c.BankEntry(ledger.ParseBankEntry(c.Args[0].text))
		if e == nil {
			return nil, ledger.Refuse(ledger.NotFound, "entry.unknown", "text", c.Args[0].text)
		}
		l, err := c.View.Line(e)
		if err != nil {
			return nil, err
		}
		f.Arg, f.Body = e.ID.Label(), []card.Text{card.Join(card.Plain(e.ID.Label()), money(e.Amount), card.Plain(payerOf(&l)))}
		if len(c.Args) == 2 && (c.Args[1].is("to") || c.Args[1].is("ask")) { // whose it is
			f.Arg, f.Fields = f.Arg+" "+c.Args[1].text, []card.Input{c.customerField(nil)}
			return f, nil
		}
	}
	to := c.lineField("to", card.T("ask.entry.to"), "")
	to.Hint = card.T("ask.entry.to.hint")
	f.Fields = append(f.Fields, to)
	return f, nil
}

// handForm asks who is to look after an entry.
func (c *Call) handForm(entry token) (*card.Form, error) {
	e := c.BankEntry(ledger.ParseBankEntry(entry.text))
	if e == nil {
		return nil, ledger.Refuse(ledger.NotFound, "entry.unknown", "text", entry.text)
	}
	return &card.Form{Title: card.T("form.hand"), Submit: card.T("form.do.hand"), Arg: e.ID.Label(), Body: []card.Text{card.Join(card.Plain(e.ID.Label()), money(e.Amount))},
		Fields: []card.Input{{Name: "owner", Kind: card.InputPerson, Label: card.T("col.owner"), Value: c.hold("owner", e.Owner)}}}, nil
}

func bankWords(v map[string]string, arg string) []token {
	if customer := word(v["customer"]); customer != nil {
		return row(split(arg), customer)
	}
	if arg == "several" {
		return severalWords(v)
	}
	if v["owner"] != "" {
		return row(word(arg), word("owner"), word("<@"+v["owner"]+">"))
	}
	return row(chosen(v["entry"], arg), word("to"), split(v["to"]))
}
