package commands

import (
	"context"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// OurBank reads, changes and prints the company's own bank details: how they lie in documents is
// not the desk's to know.
type OurBank interface {
	// Lines are the accounts, each in one line.
	Lines(d ledger.BankDetails) []string
	// Change puts an account in the place of number n, from 1; one more is added. Its error is a
	// Refusal for what is no account.
	Change(d ledger.BankDetails, n int, values map[string]string) (ledger.BankDetails, error)
	// Print has documents and chats show d from now on.
	Print(tx *ledger.Tx, d ledger.BankDetails) error
}

// bankDetailsCommand shows the company's own bank details with the change that waits and those
// before, and changes them: two people, a delay, a notice to customers.
//
//	line   = [ "change" [ n ] option { option } | "BC-" n ( "confirm" | "cancel" ) ] .
//	option = ( "iban=" | "bic=" | "bank=" | "holder=" | "account=" | "correspondent=" | "taxid=" | "kpp=" | "currency=" ) value .
func bankDetailsCommand() Command {
	return Command{
		Name: "bank-details", Who: []Role{Finance, Manager, Auditor},
		Usage:    []string{`bank-details change iban=<IBAN> [bic=<BIC>] [bank="<name>"]`, `bank-details`, `bank-details change <2> iban=<IBAN>`, `bank-details <BC-1> confirm`, `bank-details <BC-1> cancel`},
		Examples: []string{`bank-details change iban=DE02120300000000202051 bic=BYLADEM1001 bank="Beispielbank"`, `bank-details`, `bank-details BC-1 confirm`},
		Form:     bankDetailsForm,
		Words: func(v map[string]string, _ string) []token {
			out := word("change")
			for _, name := range bankFormFields {
				if v[name] != "" {
					out = append(append(out, token{text: name + "="}), token{text: v[name], quoted: true})
				}
			}
			return out
		},
		Run: runBankDetails,
	}
}

// bankFormFields are what the form asks; the others are typed.
var bankFormFields = []string{"iban", "bic", "bank", "holder", "account"}

func bankDetailsForm(c *Call) (*card.Form, error) {
	if !c.asking {
		return nil, nil
	}
	if part := (Command{Name: "bank-details", Who: bankers()}); !may(part, c.Who.Role) {
		return nil, forbidden(part, c.Who.Role)
	}
	f := &card.Form{Title: card.T("form.bankdetails"), Submit: card.T("form.do.ask"), Body: []card.Text{card.T("bankchange.how", "hours", c.Desk.bankHours())}}
	for _, name := range bankFormFields {
		in := c.lineField(name, card.T("bankfield."+name), "")
		in.Optional = true
		f.Fields = append(f.Fields, in)
	}
	return f, nil
}

func runBankDetails(c *Call) (card.Reply, error) {
	if len(c.Args) == 0 {
		return card.Reply{Card: c.bankDetailsCard()}, nil
	}
	if part := (Command{Name: "bank-details", Who: bankers()}); len(c.Args) > 1 && !may(part, c.Who.Role) {
		return card.Reply{}, forbidden(part, c.Who.Role)
	}
	if c.Args[0].is("change") && len(c.Args) > 1 && c.Desk.OurBank != nil {
		return c.askBankChange(c.Args[1:])
	}
	x := c.BankChange(ledger.ParseBankChange(c.Args[0].text))
	if x == nil {
		if ledger.ParseBankChange(c.Args[0].text) == 0 {
			return card.Reply{}, usage("bank-details", "got", c.Line)
		}
		return card.Reply{}, ledger.Refuse(ledger.NotFound, "bankchange.unknown", "text", c.Args[0].text)
	}
	var err error
	switch {
	case len(c.Args) == 1:
	case len(c.Args) == 2 && c.Args[1].is("confirm"):
		err = c.Tx.ConfirmBankChange(x, c.Desk.bankDelay())
	case len(c.Args) == 2 && c.Args[1].is("cancel"):
		err = c.Tx.CancelBankChange(x)
	default:
		return card.Reply{}, usage("bank-details", "got", c.Line)
	}
	if err == nil && len(c.Args) > 1 {
		err = c.Desk.tellBankChange(c.Tx, x)
	}
	k := c.Desk.bankChangeCard(c.View, x)
	if !may(Command{Who: bankers()}, c.Who.Role) {
		k.Buttons = nil
	}
	return card.Reply{Card: k}, err
}

// askBankChange reads the account that is to count: "change 2 iban=…".
func (c *Call) askBankChange(args []token) (card.Reply, error) {
	now, _ := c.BankDetails()
	n, values := 1, map[string]string{}
	if at, err := strconv.Atoi(args[0].text); err == nil && !args[0].quoted {
		n, args = at, args[1:]
	} else if count := len(c.Desk.OurBank.Lines(now)); count > 1 {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "bankchange.which", "accounts", count)
	}
	for len(args) > 0 {
		key, value, ok := strings.Cut(args[0].text, "=")
		if args[0].quoted || !ok {
			return card.Reply{}, usage("bank-details", "got", c.Line)
		}
		args = args[1:]
		for len(args) > 0 && (value == "" && args[0].quoted || !args[0].quoted && !strings.Contains(args[0].text, "=")) { // an IBAN in groups
			value, args = strings.TrimSpace(value+" "+args[0].text), args[1:]
		}
		values[strings.ToLower(key)] = value
	}
	d, err := c.Desk.OurBank.Change(now, n, values)
	if err != nil {
		return card.Reply{}, err
	}
	x, err := c.Tx.AskBankChange(d)
	if err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: c.Desk.bankChangeCard(c.View, x)}, c.Desk.tellBankChange(c.Tx, x)
}

// bankDelay is how long a confirmed change waits.
func (d *Desk) bankDelay() time.Duration {
	if d.BankDelay == 0 {
		return 24 * time.Hour
	}
	return d.BankDelay
}

func (d *Desk) bankHours() int { return int(d.bankDelay() / time.Hour) }

// bankLines are accounts as cards show them.
func (d *Desk) bankLines(x ledger.BankDetails) (out []card.Text) {
	lines := []string{x.Line}
	if d.OurBank != nil && x.Data != "" {
		lines = d.OurBank.Lines(x)
	}
	for _, l := range lines {
		if l != "" {
			out = append(out, card.Plain(l))
		}
	}
	if len(out) == 0 {
		out = []card.Text{card.T("bankchange.nothing")}
	}
	return out
}

// TellBank takes what the configuration names, at a start: before is what counted in books that
// keep no details of their own.
func (d *Desk) TellBank(tx *ledger.Tx, now, before ledger.BankDetails) error {
	waited := tx.PendingBankChange()
	x, err := tx.TellBank(now, before)
	if err == nil && waited != nil && waited.Over() {
		err = d.tellBankChange(tx, waited)
	}
	if err != nil || x == nil {
		return err
	}
	return d.tellBankChange(tx, x)
}

// tellBankChange tells all who may confirm or cancel a change how it stands: in the channel of
// finance, and each of them, at once.
func (d *Desk) tellBankChange(tx *ledger.Tx, x *ledger.BankChange) error {
	n := ledger.NoticeQueued{Kind: ledger.NoticeBankChange, Address: d.FinanceChannel, Code: x.ID.Label()}
	if x.Card != 0 {
		n.Kind = ledger.NoticeBankChangeEdit
	}
	if err := tx.Notify(n); err != nil || d.People == nil {
		return err
	}
	told := map[string]bool{}
	for _, role := range []Role{Manager, Finance} {
		for _, user := range d.People(role) {
			if told[user] {
				continue
			}
			told[user] = true
			if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeBankWarn, Address: user, Code: x.ID.Label()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// RunBankChange lets a confirmed change count once its time has come, and returns when that will
// be; zero where none waits for it. Customers with open invoices are told.
func (d *Desk) RunBankChange(ctx context.Context) (next time.Time, err error) {
	due := false
	err = d.Books.View(func(v *ledger.View) error {
		if x := v.PendingBankChange(); x != nil && x.State == ledger.BankChangeConfirmed {
			next, due = x.Due, !v.Now.Before(x.Due)
		}
		return nil
	})
	if err != nil || !due {
		return next, err
	}
	_, err = d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		x := tx.PendingBankChange()
		if x == nil {
			return nil, nil
		}
		if taken, err := tx.TakeBankChange(x); err != nil || !taken {
			return nil, err
		}
		if d.OurBank != nil {
			if err := d.OurBank.Print(tx, x.New); err != nil {
				return nil, err
			}
		}
		if err := d.tellBankChange(tx, x); err != nil {
			return nil, err
		}
		return nil, d.tellPayers(tx, x)
	}})
	return time.Time{}, err
}

// tellPayers tells all customers with open invoices where they pay from now on, as one campaign.
func (d *Desk) tellPayers(tx *ledger.Tx, x *ledger.BankChange) error {
	var to []ledger.CustomerID
	tx.Customers(func(c *ledger.Customer) {
		if c.HasOpen() {
			to = append(to, c.ID)
		}
	})
	if len(to) == 0 {
		return nil
	}
	k, err := tx.BeginCampaign("bank", d.FinanceChannel)
	if err != nil {
		return err
	}
	campaign := k.ID
	for _, id := range to {
		if err := tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeBankNews, Customer: id, Code: x.ID.Label(), Campaign: campaign}); err != nil {
			return err
		}
	}
	return nil
}

// payerNews tells a customer where he pays from now on.
func payerNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	x := v.BankChangeOfNotice(&n.NoticeQueued)
	if now, _ := v.BankDetails(); now != x.New {
		return card.Message{Withdraw: "they have changed again"}, nil
	}
	co := v.Company()
	return card.Message{Card: &card.Card{Title: card.T("chat.bank.title", "company", co.Name),
		Body: []card.Text{card.T("chat.bank.new", "details", co.BankLine), card.T("chat.bank.sure", "company", co.Name, "date", ledger.DateOf(x.Ended, co.Zone()))},
		Note: []card.Text{card.T("chat.bank.note")}}}, nil
}

// bankChangeNews is the message of a change as it stands; what one person is told leads to the
// command, since that message is never edited.
func (d *Desk) bankChangeNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	k := d.bankChangeCard(v, v.BankChangeOfNotice(&n.NoticeQueued))
	if n.Kind == ledger.NoticeBankWarn {
		k.Buttons = []card.Button{lineButton(card.T("button.look"), "bank-details "+n.Code)}
	}
	return card.Message{Card: k}, nil
}

// bankChangeCard shows a change: from what to what, who stands for it, from when on it counts.
func (d *Desk) bankChangeCard(v *ledger.View, x *ledger.BankChange) *card.Card {
	co := v.Company()
	at := func(t time.Time) card.Instant { return card.Instant{At: t, Zone: co.Zone()} }
	k := &card.Card{Title: card.T("bankchange.title", "change", x.ID.Label(), "state", card.T("bankchange.state."+string(x.State)))}
	if x.Config {
		k.Body = append(k.Body, card.T("bankchange.config"))
	}
	k.Fields = []card.Field{{Label: card.T("bankchange.old"), Value: card.Join(d.bankLines(x.Old)...)}, {Label: card.T("bankchange.new"), Value: card.Join(d.bankLines(x.New)...)}}
	var people []card.Text
	for _, who := range x.People {
		people = append(people, actor(v, who))
	}
	if len(people) > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("bankchange.people"), Value: card.Join(people...)})
	}
	label := "bank-details " + x.ID.Label() + " "
	cancel := lineButton(card.T("button.bankchange.cancel"), label+"cancel")
	cancel.Style = card.Danger
	switch x.State {
	case ledger.BankChangeAsked:
		k.Body = append(k.Body, card.T("bankchange.why"), card.T("bankchange.how", "hours", d.bankHours()))
		confirm := lineButton(card.T("button.bankchange.confirm"), label+"confirm")
		confirm.Confirm = card.T("confirm.bankchange", "hours", d.bankHours())
		k.Buttons = []card.Button{confirm, cancel}
	case ledger.BankChangeConfirmed:
		k.Body = append(k.Body, card.T("bankchange.why"), card.T("bankchange.due", "at", at(x.Due)))
		k.Buttons = []card.Button{cancel}
	default:
		k.Note = []card.Text{card.Join(card.T("bankchange.state."+string(x.State)), actor(v, x.EndedBy), card.T("value", "value", at(x.Ended)))}
	}
	return k
}

// bankChangesShown is how many changes are listed.
const bankChangesShown = 20

// bankDetailsCard shows what counts, what waits, and what was before.
func (c *Call) bankDetailsCard() *card.Card {
	now, ok := c.BankDetails()
	if !ok {
		now.Line = c.Company().BankLine
	}
	k := &card.Card{Title: card.T("bankchange.present"), Body: c.Desk.bankLines(now)}
	co := c.Company()
	table := &card.Table{Head: []card.Text{card.T("bankchange.change"), card.T("col.begun"), card.T("col.state"), card.T("bankchange.new")}}
	c.BankChanges(func(x *ledger.BankChange) bool {
		table.Rows = append(table.Rows, []card.Text{card.Plain(x.ID.Label()), card.T("value", "value", card.Instant{At: x.Asked, Zone: co.Zone()}),
			card.T("bankchange.state." + string(x.State)), card.Join(c.Desk.bankLines(x.New)...)})
		return len(table.Rows) < bankChangesShown
	})
	if len(table.Rows) > 0 {
		k.Table = table
	}
	if !may(Command{Who: bankers()}, c.Who.Role) {
		return k
	}
	if x := c.PendingBankChange(); x != nil {
		k.Buttons = []card.Button{lineButton(card.T("button.look"), "bank-details "+x.ID.Label())}
	} else {
		k.Buttons = []card.Button{formButton(card.T("button.bankchange.ask"), "bank-details", "")}
	}
	return k
}
