package commands

import (
	"context"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Chat is what somebody wrote in a customer's chat, or a button that he pressed there.
type Chat struct {
	Key     string
	Chat    string // "telegram:1001"
	Person  string // whose act it is, as his private chat; "" for that of Chat
	Name    string // the person's, as the platform tells it
	Title   string // of a group
	Lang    string // of the person's program, as one of ours
	Text    string // what was written; "" for a button
	Do, Arg string // the button
	Private bool   // a chat with one person

	Message string     // the platform's id of what was written, "" for a button
	Edited  bool       // it was written before, and reads so now
	Album   string     // what several messages share that were sent at once
	Files   []ChatFile // what came with the words
	More    bool       // it goes on with an album whose beginning was taken
	Odd     string     // what came and is not taken: "voice", "sticker"
	ReplyTo string     // the words of our own message that it answers
}

// ChatCommand is one command of the customers' menu.
type ChatCommand struct {
	Name  string
	Run   func(c *ChatCall) (card.Reply, error)
	Group bool // it stands in the menu of groups too
}

// ChatTable lists the customers' commands in the order of the menu.
func ChatTable() []ChatCommand {
	return []ChatCommand{
		{"invoices", showInvoices, true}, {"balance", showBalance, false}, {"pay", place(showPay), false}, {"statement", askPeriod, false},
		{"history", place(showPast), false}, {"dispute", place(pickDisputed), false}, {"question", askQuestion, false},
		{"settings", place(showSettings), true}, {"language", askLanguage, false}, {"stop", place(askStop), false}, {"help", chatHelp, true},
	}
}

// chatButtons lists what customers' buttons do, by verb.
func chatButtons() map[string]func(c *ChatCall) (card.Reply, error) {
	return map[string]func(c *ChatCall) (card.Reply, error){
		"dispute":  askReason,
		"reason":   openDispute,
		"keep":     keepInvoice,
		"withdraw": withdrawDispute,
		"invoices": showInvoices,
		"go":       showPlace,
		"item":     showItem,
		"set":      change,
		"lang":     setLanguage,
		"file":     sendDocument,
		"period":   showStatement,
		"paper":    givePaper,
		"papers":   showPapers,
		"promise":  promiseInChat,
		"plan":     planInChat,
		"terms":    answerTerms,

		"position":  setPosition,
		"positions": askPosition,
		"speak":     speakFor,
		"groupsums": setGroupSums,
	}
}

// ChatCall is a customer's request under way.
type ChatCall struct {
	*ledger.Tx
	Desk     *Desk
	In       Chat
	Customer *ledger.Customer // nil for a stranger
	Words    string           // after the command

	atPage   string // of the menu that is shown, "" for none
	unsigned bool   // it does not matter for which of several customers
}

// Customer runs what a customer asks. Whoever is not linked to a customer learns nothing.
func (d *Desk) Customer(ctx context.Context, in Chat) (card.Reply, error) {
	return d.update(ctx, in.Key, in.Chat, in.Text+"\x00"+in.Do+":"+in.Arg, func(tx *ledger.Tx) (card.Reply, error) {
		if in.Private || in.Person == "" {
			in.Person = in.Chat
		}
		c := &ChatCall{Tx: tx, Desk: d, In: in}
		var chosen bool
		c.Customer, chosen = SpeaksFor(&tx.View, in.Chat)
		if err := tx.MendRoute(in.Chat); err != nil { // whoever writes can be written to
			return card.Reply{}, err
		}
		if c.Customer != nil {
			tx.Put(seenRow(in.Chat), strconv.AppendInt(nil, tx.Now.Unix(), 10))
		}
		reply, err := c.route(chosen)
		return c.signed(reply), err
	})
}

func (c *ChatCall) route(chosen bool) (card.Reply, error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(c.In.Text), " ")
	c.Words = strings.TrimSpace(rest)
	name, isCommand := strings.CutPrefix(word, "/")
	name, _, _ = strings.Cut(strings.ToLower(name), "@") // "/help@duebot" in a group
	if isCommand && name == "start" {
		return c.start()
	}
	if reply, answered, err := c.proof(); answered || err != nil {
		return reply, err
	}
	if c.Customer == nil {
		c.Desk.turnedAway("chat.stranger")
		return card.Say("chat.stranger"), nil
	}
	if !isCommand {
		name = ""
	}
	if reply, answered := c.inGroup(name); answered {
		return reply, nil
	}
	if c.In.Do == "go" && pageNamed(c.In.Arg) != nil {
		if c.atPage = c.In.Arg; !chosen {
			reply := c.askWhom(c.In.Arg)
			reply.Replace = true
			return reply, nil
		}
	}
	if c.In.Do != "" {
		if run, ok := chatButtons()[c.In.Do]; ok {
			return run(c)
		}
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if c.In.Edited {
		if said, err := c.editSaid(); said || err != nil {
			return card.Reply{}, err
		}
	}
	if isCommand && (len(c.In.Files) == 0 || name == "question") { // what comes with a file is about that
		for _, cmd := range ChatTable() {
			if cmd.Name != name {
				continue
			}
			if c.atPage = name; !chosen && name != "help" {
				return c.askWhom(name), nil
			}
			return cmd.Run(c)
		}
		if c.Words == "" || !c.In.Private {
			return chatHelp(c)
		}
	}
	return c.words()
}

func chatHelp(c *ChatCall) (card.Reply, error) {
	k := &card.Card{Title: card.T("chat.help.title", "company", c.Company().Name)}
	for _, cmd := range ChatTable() {
		k.Body = append(k.Body, card.T("chat.help.line", "name", "/"+cmd.Name, "what", card.T("menu."+cmd.Name)))
	}
	k.Note = []card.Text{card.T("chat.help.note")}
	return c.menuPage(k, "home")
}

// PayOrDispute are the buttons under a reminder: pay each of a few invoices, and dispute the
// one that it is about first.
func (d *Desk) PayOrDispute(v *ledger.View, invoices []*ledger.Invoice) (out []card.Button) {
	for i, inv := range invoices {
		if i == remindedButtons {
			break
		}
		out = append(out, d.payButton(v, inv, len(invoices) > 1)...)
	}
	if len(invoices) > 0 && invoices[0].Dispute == 0 {
		out = append(out, card.Button{Label: card.T("button.dispute"), Do: "dispute", Arg: idArg(uint32(invoices[0].ID))})
	}
	if len(invoices) > 0 {
		out = append(out, d.TermsButtons(v, invoices[0], invoices[0].Step >= remindedFirst)...)
	}
	return out
}

// remindedButtons is how many invoices of a reminder have a button to pay them.
const remindedButtons = 5

// payButton is the button that pays what is asked for on inv; none where nothing is, or no
// provider takes the currency. Named tells the invoice in its label.
func (d *Desk) payButton(v *ledger.View, inv *ledger.Invoice, named bool) []card.Button {
	due, _ := payable(v, inv)
	if due.Minor <= 0 || d.Payable == nil || !d.Payable(due) {
		return nil
	}
	b := card.Button{Label: card.T("button.pay", "amount", due), Do: "pay", Arg: idArg(uint32(inv.ID)), Wide: true}
	if named {
		b.Label = card.T("button.paynamed", "amount", due, "number", inv.Number.String())
	}
	if d.PayURL != nil {
		b.URL = d.PayURL(inv.ID, inv.Customer)
	}
	return []card.Button{b}
}

func showBalance(c *ChatCall) (card.Reply, error) {
	rows := c.AgingOf(c.Customer, c.today())
	if len(rows) == 0 {
		return c.menuPage(&card.Card{Body: []card.Text{card.T("chat.nobalance")}}, "home")
	}
	k := &card.Card{Title: card.T("chat.balance", "company", c.Company().Name), Fields: append(agingFields(rows), c.nextDue()...)}
	if c.Customer.HasOpen() {
		k.Buttons = []card.Button{{Label: card.T("button.myinvoices"), Do: "invoices"}}
	}
	return c.menuPage(k, "home")
}

func askLanguage(c *ChatCall) (card.Reply, error) {
	k := &card.Card{Body: []card.Text{card.T("chat.language")}}
	for _, lang := range c.Desk.Languages {
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("language." + lang), Do: "lang", Arg: lang})
	}
	k.Note = []card.Text{card.T("chat.language.papers", "language", card.T("language."+c.companyLanguage()))}
	return c.menuPage(k, "settings")
}

func setLanguage(c *ChatCall) (card.Reply, error) {
	if !contains(c.Desk.Languages, c.In.Arg) {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if err := c.SpeakIn(c.Customer, c.In.Chat, c.In.Arg); err != nil {
		return card.Reply{}, err
	}
	return c.menuPage(&card.Card{Body: []card.Text{card.T("chat.languageset", "language", card.T("language."+c.In.Arg))}}, "home")
}

// mine returns the invoice that a button is about, if it is the customer's own: of a chat
// that speaks for several, any one's.
func (c *ChatCall) mine() (inv *ledger.Invoice, rest string, err error) {
	id, rest := cutArg(c.In.Arg)
	if inv = c.Invoice(ledger.InvoiceID(id)); inv == nil || !c.ChatHas(c.In.Chat, inv.Customer) {
		return nil, "", nil
	}
	c.Customer = c.Tx.Customer(inv.Customer)
	if err := c.Open(inv); err != nil { // he has it before him
		return nil, "", err
	}
	return inv, rest, nil
}

// askReason asks why an invoice is disputed.
func askReason(c *ChatCall) (card.Reply, error) {
	inv, _, err := c.mine()
	switch {
	case err != nil:
		return card.Reply{}, err
	case inv == nil:
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	case inv.Open == 0:
		return card.Reply{Toast: card.T("refuse.invoice.closed", "number", inv.Number.String())}, nil
	case inv.Dispute != 0:
		return card.Reply{Toast: card.T("chat.disputed.already", "number", inv.Number.String())}, nil
	}
	id := idArg(uint32(inv.ID))
	k := &card.Card{Title: card.T("chat.why.title", "number", inv.Number.String()), Body: []card.Text{card.T("chat.why.body")}}
	for _, r := range ledger.Reasons() {
		k.Buttons = append(k.Buttons, card.Button{Label: reasonText(r), Do: "reason", Arg: id + "." + string(r), Wide: true})
	}
	k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.never"), Do: "keep", Arg: id, Wide: true})
	return card.Reply{Card: k}, nil
}

func keepInvoice(*ChatCall) (card.Reply, error) {
	r := card.Say("chat.kept")
	r.Replace = true
	return r, nil
}

// openDispute opens the dispute with the reason picked, so that reminders stop at once, and
// asks for words. What the customer writes next belongs to it.
func openDispute(c *ChatCall) (card.Reply, error) {
	inv, reason, err := c.mine()
	if err != nil {
		return card.Reply{}, err
	}
	if inv == nil || !knownReason(reason) {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	disp, err := c.OpenDispute(inv, ledger.Reason(reason), ledger.Money{}, c.In.Chat)
	if err != nil {
		return card.Reply{}, err
	}
	staff := ledger.NoticeQueued{Kind: ledger.NoticeDispute, Customer: inv.Customer, Invoice: inv.ID, Dispute: disp.ID, Who: c.In.Chat}
	if err := c.Desk.inThread(c.Tx, &staff); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.Refresh(c.Tx, inv); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{
		Title: card.T("chat.opened.title", "dispute", disp.Label(), "number", inv.Number.String()),
		Body:  []card.Text{card.T("chat.opened.body", "reason", reasonText(disp.Reason)), card.T("chat.opened.words")},
		Buttons: []card.Button{{Label: card.T("button.withdraw"), Do: "withdraw", Arg: idArg(uint32(inv.ID)) + "." + idArg(uint32(disp.ID)),
			Wide: true}},
	}
	return card.Reply{Card: k, Replace: true}, nil
}

func knownReason(reason string) bool {
	for _, r := range ledger.Reasons() {
		if string(r) == reason {
			return true
		}
	}
	return false
}

// withdrawDispute ends a dispute that the customer does not want any more.
func withdrawDispute(c *ChatCall) (card.Reply, error) {
	inv, id, err := c.mine()
	if err != nil {
		return card.Reply{}, err
	}
	if inv == nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	n, _ := cutArg(id)
	disp := c.Dispute(ledger.DisputeID(n))
	if disp == nil || disp.Invoice != inv.ID {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if _, err := c.Resolve(disp, ledger.Withdrawn, 0, ""); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.refreshDispute(c.Tx, disp); err != nil {
		return card.Reply{}, err
	}
	staff := ledger.NoticeQueued{Kind: ledger.NoticeResolved, Customer: inv.Customer, Invoice: inv.ID, Dispute: disp.ID, Who: c.In.Chat}
	if err := c.Desk.inThread(c.Tx, &staff); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.Refresh(c.Tx, inv); err != nil {
		return card.Reply{}, err
	}
	r := card.Say("chat.withdrawn", "dispute", disp.Label(), "number", inv.Number.String())
	r.Replace = true
	return r, nil
}
