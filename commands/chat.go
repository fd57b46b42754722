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
		"reason":   askPart,
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
		"paid":     sayPaid,
		"unpaid":   takeBackPaid,
		"credit":   useCredit,
		"proof":    askProof,
		"whatfor":  sayWhatFor,
		"agree":    agreeAct,
		"differ":   differAct,
		"actpaper": giveAct,
		"rated":    giveRating,
		"digest":   digestInChat,
		"promise":  promiseInChat,
		"plan":     planInChat,
		"terms":    answerTerms,

		"part":        pickLines,
		"contest":     contest,
		"partsum":     askSum,
		"mydispute":   showDispute,
		"disputefile": sendDisputeFile,

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

	counted  bool   // its files are
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
		if err == nil {
			reply, err = c.warnOfDetails(reply)
		}
		return c.signed(reply), err
	})
}

func (c *ChatCall) route(chosen bool) (card.Reply, error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(c.In.Text), " ")
	c.Words = strings.TrimSpace(rest)
	name, isCommand := strings.CutPrefix(word, "/")
	name, _, _ = strings.Cut(strings.ToLower(name), "@") // "/help@duebot" in a group
	if isCommand && len(c.In.Files) == 0 {
		if err := c.goesOn(); err != nil {
			return card.Reply{}, err
		}
	}
	if isCommand && name == "start" {
		return c.start()
	}
	if reply, answered, err := c.proof(); answered || err != nil {
		return reply, err
	}
	if c.In.Do == "digest" {
		return digestInChat(c)
	}
	if reply, ours, err := c.inDigest(); ours || err != nil {
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
// one that it is about first, or say that it is paid.
func (d *Desk) PayOrDispute(v *ledger.View, invoices []*ledger.Invoice) (out []card.Button) {
	for i, inv := range invoices {
		if i == remindedButtons {
			break
		}
		out = append(out, d.payButton(v, inv, len(invoices) > 1)...)
	}
	if len(invoices) > 0 {
		out = append(out, creditButton(v, invoices)...)
		out = append(out, disputeButtons(v, invoices[0])...)
	}
	if len(invoices) > 0 {
		out = append(out, paidButton(v, invoices[0])...)
		out = append(out, d.TermsButtons(v, invoices[0], offersPlan(v, invoices[0]))...)
	}
	return out
}

// remindedButtons is how many invoices of a reminder have a button to pay them.
const remindedButtons = 5

// payButton is the button that pays what is asked for on inv; none where nothing is, or no
// provider takes the currency. Named tells the invoice in its label.
func (d *Desk) payButton(v *ledger.View, inv *ledger.Invoice, named bool) []card.Button {
	due, _ := payable(v, inv)
	if due.Minor <= 0 || d.Payable == nil || !d.Payable(due, v.Customer(inv.Customer).Zone) {
		return nil
	}
	b := card.Button{Label: card.T("button.pay", "amount", due), Do: "pay", Arg: idArg(uint32(inv.ID)), Wide: true}
	if named {
		b.Label = card.T("button.paynamed", "amount", due, "number", inv.Number.String())
	}
	if d.PayURL != nil {
		b.URL = d.PayURL(inv.ID, inv.Customer)
		b.Ask = d.PayInChat != nil && d.PayInChat(due, v.Customer(inv.Customer).Zone)
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
