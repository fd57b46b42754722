// Package commands is what people may ask of the bot: staff by a typed line or a button,
// customers by a chat command, a button or words. One file holds one command; Table lists
// them all.
//
// A command runs in one transaction of the books, touches no network, and returns a reply.
// What somebody else must hear it leaves as a notice in the same transaction; the cards of
// notices are made here too (notices.go), when their turn to be sent comes.
package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"duebot/commands/card"
	"duebot/ledger"
)

// Role is what a member of staff may do.
type Role string

// The roles.
const (
	Sales   Role = "sales"
	Finance Role = "finance"
	Manager Role = "manager"
	Auditor Role = "auditor"
)

// anybody are all roles; a person without one may do nothing.
func anybody() []Role { return []Role{Sales, Finance, Manager, Auditor} }

// Settings are what the desk needs of the configuration.
type Settings struct {
	InvoiceChannel string // Slack channel where invoices have their cards
	FinanceChannel string // Slack channel for tasks and news of finance
	// ChannelFor is the channel of a customer's invoices where it is another, by his segment
	// and owner; nil: there is one for all.
	ChannelFor func(segment, owner string) string
	// ApprovalChannel is where approvals are asked for; "" for the finance channel.
	ApprovalChannel string
	// SendDelay is how long an issued invoice waits, with an Undo, before it goes out.
	SendDelay time.Duration
	Languages []string
	// InviteURL turns an invitation token into a link ("https://t.me/<bot>?start=<token>"); ""
	// while the bot does not know its own name.
	InviteURL func(token string) string
	// GroupURL is InviteURL for a group; ChatURL is a link to the bot's private chat that opens
	// it with a word. nil: there are no links.
	GroupURL func(token string) string
	ChatURL  func(start string) string
	// LinkAsk is what is asked beside an invitation: AskTaxID, AskApproval, or "" for nothing.
	LinkAsk string
	// PaperInvite is what stands before the token of an invitation on a document; "" where
	// documents carry none. nil: none ever do.
	PaperInvite func() string
	// PayURL returns the link that pays an invoice, for its customer alone; "" where people
	// ask the bot instead. Payable reports whether a customer of a time zone can pay a sum by
	// link at all.
	PayURL  func(inv ledger.InvoiceID, customer ledger.CustomerID) string
	Payable func(ledger.Money, *time.Location) bool
	// PayInChat reports whether he can pay it in the chat itself; nil: nobody can.
	PayInChat func(ledger.Money, *time.Location) bool
	// Mail reports whether e-mail goes out.
	Mail bool
	// WordsIn are the words of a language, for what people send on by themselves.
	WordsIn func(lang string) card.Words
	// ReadTable reads a file of customers, invoices or payments. Its error is a Refusal for
	// one that is no such table.
	ReadTable   func(data []byte, language string, how ledger.ImportAnswers) (*ledger.ImportFile, error)
	FolderAlone bool // a statement in the watched folder that adds up is taken by itself
	// ProviderWords are words by which banks name a payment provider that pays out.
	ProviderWords func(provider string) []string
	PayoutDays    int // after which a payout that the bank did not bring is late; 0: 5
	// IsBank reports whether a file, by its first bytes, is one that only banks write. ReadBank
	// reads one: BankProblems for one that cannot be read, *BankColumns for a table that needs a
	// mapping of its columns. nil: none are read.
	IsBank   func(head []byte) bool
	ReadBank func(src io.ReaderAt, size int64, mapping []byte, sink BankSink) error
	// OurBank is about the company's own bank details; nil: they cannot be changed. BankDelay is
	// how long a confirmed change waits; 0 for what is usual.
	OurBank   OurBank
	BankDelay time.Duration
	// Boxes lists the characters of a text that no font has, for people to read: documents have
	// boxes in their place. nil: nobody knows.
	Boxes func(v *ledger.View, text string) string
	// ClaimPause is how many business days reminders of an invoice wait when its customer says that
	// he has paid.
	ClaimPause int
	// FileMB is how large a document may be that is handed in with an invoice.
	FileMB int
	// ReminderHours are those of a customer's day in which he may be reminded.
	ReminderHours ledger.Hours
	// MonthName is a month's name in a language, alone: 1 is January.
	MonthName func(lang string, month int) string
	// Calendar tells the day that weeks begin with in a language, 0 for Sunday, and whether its
	// days are told in the Persian calendar. nil: Monday, in ours.
	Calendar func(lang string) (first int, jalali bool)
	// WeeklyReminders lets customers choose a week between two reminders.
	WeeklyReminders bool
	// Terms are what customers may have by themselves.
	Terms Terms
	// PaperLanguages are those that documents are drawn in.
	PaperLanguages []string
	// MessageURL is a link to a message of Slack, by "slack:C…" and the message's id; "" where
	// none can be made. nil: none can.
	MessageURL func(chat, message string) string
	// NameOf is what a Slack user is called. nil: nobody knows.
	NameOf func(user string) string
	// QuestionChannel is where customers' questions are asked; "" for whoever looks after them.
	QuestionChannel string
	// AnswerHours is how many hours of work a question may wait before its owner is reminded.
	AnswerHours int
	// EntryOwner is how an entry of a bank statement that waits gets its owner, EntryHour when he is
	// told, -1 for never, and after EntryDays business days those above him are, 0 for never.
	EntryOwner string
	EntryHour  int
	EntryDays  int
	// Tasks are what is set about tasks.
	Tasks TaskRules
	// Remind plans reminders by hand.
	Remind Reminder
	// Reminding are the rules of reminders.
	Reminding Reminding
	// Digest is about readers of the digest.
	Digest DigestDesk
	// AnswerDays is how many business days staff have to settle a dispute; 0 for what is usual.
	AnswerDays int
	// EscalateTo is the Slack user who is told of a dispute whose deadline has passed; "" for the
	// managers.
	EscalateTo string
	// RecurNotice is how many days before an invoice of a contract staff are told of it: 0 for the
	// day before, -1 for never.
	RecurNotice int
	// SalesSeeAll lets sales see and change all customers, not only their own.
	SalesSeeAll bool
	// Refused is told that somebody was refused what is not his to do or see, and the key of
	// the words that he was told ("role.none"). nil: nobody wants to know.
	Refused func(key string)
	// StaffOf is what is known of a Slack user, and People are those of a role: an approval
	// needs others than whoever asks. nil: nobody is known.
	StaffOf func(user string) Staff
	People  func(role Role) []string
}

// Desk is where requests come in.
type Desk struct {
	Books *ledger.Books
	Settings

	judge judge         // of what money on the bank account is for
	read  readProposals // for what waits on it
}

// Staff is a member of staff who asks.
type Staff struct {
	ID     string // Slack user id
	Role   Role   // what he may do; "" for none
	Audits bool   // he is an auditor too, and may look at all
	Lang   string
}

// By is how the books name him.
func (s Staff) By() string { return "slack:" + s.ID }

// Line is a typed command: "invoice acme 1200 …".
type Line struct {
	Key     string // the platform's own id of the request
	Who     Staff
	Channel string
	Thread  string // ts of the first message of the thread where it was written, "" for none
	Text    string
}

// Press is a button pressed: its verb and what it is about.
type Press struct {
	Key     string
	Who     Staff
	Channel string
	Message string // the platform's id of the message that has the button
	Do, Arg string
}

// Command is one verb of /ar.
type Command struct {
	Name     string
	Aliases  []string // slash commands of their own, without the slash
	Who      []Role
	Usage    []string // forms, as they are typed after /ar
	Examples []string
	Reads    bool // changes nothing
	Shows    bool // changes nothing but what hangs in a thread
	Run      func(c *Call) (card.Reply, error)

	// Ready, where it is not nil, is called before the transaction in which Run is: what takes long
	// to find is looked for there, and keeps nobody waiting who writes.
	Ready func(c *Call) error

	// Instead is the command that the words after the verb mean, where they mean another one.
	Instead func(rest string) (Command, bool)

	// Form asks for the words where there are too few, and is nil where they suffice. Words
	// are those of the filled form, about what the form was about.
	Form  func(c *Call) (*card.Form, error)
	Words func(values map[string]string, arg string) []token
}

// Table lists the commands in the order of help.
func Table() []Command {
	table.once.Do(func() { table.list = commandList() })
	return table.list
}

// table is made once: each line that is typed looks into it.
var table struct {
	once sync.Once
	list []Command
}

// commandList is the table. It is a function because help reads it.
func commandList() []Command {
	return []Command{
		invoiceCommand(), paymentCommand(), agingCommand(), showCommand(), customerCommand(), peopleCommand(),
		depositCommand(), draftCommand(), draftsCommand(), creditCommand(), reissueCommand(), voidCommand(),
		applyCommand(), unapplyCommand(), paymentsCommand(), refundCommand(), writeOffCommand(), chargebackCommand(), certificateCommand(),
		disputeCommand(), questionCommand(), claimCommand(), bankCommand(), oddCommand(), bankDetailsCommand(), chequeCommand(), chequesCommand(), cashCommand(), payoutsCommand(), promiseCommand(), planCommand(), deferCommand(), interestCommand(), recurCommand(), recurringCommand(), remindCommand(), remindersCommand(), whyReminderCommand(), holdCommand(), unholdCommand(), policyCommand(), digestCommand(), pilotCommand(), statementsCommand(), loyaltyCommand(), campaignsCommand(), importCommand(), attachCommand(), setupCommand(), noticeCommand(), unknownCommand(), bouncedCommand(), preflightCommand(),
		noteCommand(), callsCommand(), tasksCommand(), taskCommand(), findCommand(),
		statementCommand(), actCommand(), reconcileCommand(), ratingsCommand(), pdfCommand(), deliveryCommand(), historyCommand(), whyCommand(), periodCommand(), rateCommand(), ratesCommand(), approvalsCommand(), helpCommand(),
	}
}

// buttons are what staff's buttons do, by verb.
func buttons() map[string]Command {
	buttonTable.once.Do(func() { buttonTable.byVerb = buttonList() })
	return buttonTable.byVerb
}

var buttonTable struct {
	once   sync.Once
	byVerb map[string]Command
}

func buttonList() map[string]Command {
	return map[string]Command{
		"confirm":  {Name: "confirm", Who: []Role{Sales, Finance, Manager}, Run: confirmInvoice},
		"override": {Name: "override", Who: []Role{Finance, Manager}, Run: overrideLimit},
		"charge":   {Name: "charge", Who: []Role{Finance, Manager}, Run: chargeInterest},
		"cancel":   {Name: "cancel", Who: anybody(), Run: cancelPreview},
		"take":     {Name: "dispute", Who: []Role{Sales, Finance, Manager}, Run: takeByButton},
		"claim":    {Name: "claim", Who: claimers(), Run: claimByButton},
		"defer":    {Name: "defer", Who: []Role{Sales, Finance, Manager}, Run: deferByButton},
		"mailask":  {Name: "mailask", Who: []Role{Sales, Finance, Manager}, Run: decideMail},
		"unlink":   {Name: "unlink", Who: []Role{Sales, Finance, Manager}, Run: unlinkByButton},
		"setup":    {Name: "setup", Who: setters(), Run: setupByButton},
		"import":   {Name: "import", Who: importers(), Run: importByButton},
		"campaign": {Name: "campaign", Who: campaigners(), Run: changeCampaign},
		"remind":   {Name: "remind", Who: campaigners(), Run: confirmRemind},
		"settle":   {Name: "settle", Who: []Role{Sales, Finance, Manager}, Run: settleNotice},
		"doubts":   {Name: "doubts", Who: anybody(), Reads: true, Run: lineByButton},
		"doubt":    {Name: "doubt", Who: campaigners(), Run: clearDoubts},
		"found":    {Name: "find", Who: anybody(), Reads: true, Run: showFound},
		"run":      {Name: "run", Who: anybody(), Run: offerByButton},
		"unnote":   {Name: "note", Who: []Role{Sales, Finance, Manager}, Run: undoNote},
		"call":     {Name: "calls", Who: []Role{Sales, Finance, Manager}, Run: noteCall},
		"rate":     {Name: "rate", Who: rateSetters(), Run: rateByButton},
		"ask":      {Name: "ask", Who: []Role{Sales, Finance, Manager, Auditor}, Run: askByButton},
		"wish":     {Name: "wish", Who: []Role{Sales, Finance, Manager}, Run: grantByButton},
		"approve":  {Name: "approve", Who: []Role{Finance, Manager}, Run: approveByButton},
		"decline":  {Name: "decline", Who: []Role{Sales, Finance, Manager}, Run: declineByButton},
		"answered": {Name: "question close", Who: answerers(), Run: answeredByButton},
		"share":    {Name: "attach", Who: attachers(), Run: shareFile},
		"unshare":  {Name: "attach", Who: attachers(), Run: unshareFile},
		"show":     {Name: "show", Who: anybody(), Reads: true, Run: showByButton},
		"aging":    {Name: "aging", Who: anybody(), Reads: true, Run: agingByButton},
		"paper":    {Name: "pdf", Who: anybody(), Shows: true, Run: paperByButton},
		"undo":     {Name: "undo", Who: []Role{Sales, Finance, Manager}, Run: undoInvoice},
		"line":     {Name: "line", Who: anybody(), Run: lineByButton},
		"page":     {Name: "page", Who: anybody(), Run: lineByButton},
		"form":     {Name: "form", Who: anybody(), Reads: true, Run: lineByButton},
	}
}

// Call is a command under way: the books, who asks, and the words after the verb.
type Call struct {
	*ledger.View
	Tx    *ledger.Tx // nil for a command that only reads
	Desk  *Desk
	Who   Staff
	Where Press   // the button, if it was one
	Line  string  // the words after the verb, as typed
	Args  []token // the same, cut into words

	Page  int         // of a list, from 0
	place *agingPlace // in the aging: pages keep it

	refused error             // why Run said no
	asking  bool              // a form is wanted, whatever the words
	holds   map[string]string // what a form that is made again holds
	more    bool              // it is to have a field for one more line
	wish    string            // number of the wish that it grants, "" for none

	verb string // of the command

	draft   *ledger.Draft // the previewed invoice that a button issues
	draftNo string        // number of the draft that a preview is of, "" for none

	confirmed bool   // its preview was
	usedUp    string // the preview that it confirms, "" for none
}

// Lang is the language in which the company writes numbers.
func (c *Call) Lang() string { return c.Company().Language }

// Line runs a typed line. Whatever happens, the reply is for the asker; the error is for
// the log, and then the books are as they were.
func (d *Desk) Line(ctx context.Context, l Line) (card.Reply, error) {
	text, err := d.spoken(l)
	if err != nil {
		return answered(card.Reply{}, err)
	}
	verb, rest := cutWord(text)
	cmd, ok := meant(verb, rest)
	if verb == "" {
		cmd, ok = helpCommand(), true
	}
	if !ok {
		reply, near := unknownVerb(verb)
		return d.offered(ctx, l, split(text), &doubt{word: verb, readings: near}, reply)
	}
	if !l.Who.may(cmd) {
		return d.forbid(cmd, l.Who, strings.TrimSpace(cmd.Name+" "+rest)), nil
	}
	call := &Call{Desk: d, Who: l.Who, Line: strings.TrimSpace(rest), Args: split(rest)}
	if f, err := d.form(call, cmd); err != nil || f != nil {
		return answered(asked(cmd, f, call), err)
	}
	reply, err := d.run(ctx, cmd, l.Key, l.Text, call)
	if err == nil && call.refused != nil {
		return d.offered(ctx, l, split(text), call.refused, reply)
	}
	return reply, err
}

// cutWord cuts s at its first space, of whatever kind: phones type no-break ones.
func cutWord(s string) (word, rest string) {
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		return s[:i], strings.TrimSpace(s[i:])
	}
	return s, ""
}

// Press runs a button of a message in Slack.
func (d *Desk) Press(ctx context.Context, p Press) (card.Reply, error) {
	if p.Do == "run" {
		return d.runOffered(ctx, p)
	}
	cmd, ok := buttons()[p.Do]
	if !ok {
		return card.Say("button.old"), nil
	}
	if p.Do == "form" {
		return d.formByButton(p)
	}
	if p.Do == "wish" {
		if reply, asks, err := d.wishByForm(p); asks || err != nil {
			return reply, err
		}
	}
	if line, page, ok := p.line(); ok {
		return d.lineOf(ctx, p, line, page)
	}
	if !p.Who.may(cmd) {
		return d.forbid(cmd, p.Who, ""), nil
	}
	return d.run(ctx, cmd, p.Key, p.Do+":"+p.Arg, &Call{Desk: d, Who: p.Who, Where: p})
}

// run runs cmd in a transaction and stores its reply under key.
func (d *Desk) run(ctx context.Context, cmd Command, key, input string, call *Call) (card.Reply, error) {
	var reply card.Reply
	var refusal *ledger.Refusal
	call.verb = cmd.Name
	if cmd.Ready != nil {
		if err := cmd.Ready(call); err != nil {
			return reply, err
		}
	}
	if cmd.Reads {
		err := d.Books.View(func(v *ledger.View) (err error) {
			call.View, v.May = v, d.lens(call.Who, cmd)
			if reply, err = cmd.Run(call); err == nil {
				call.turn(reply.Card, cmd.Name)
			}
			call.refused = err
			return d.noted(err)
		})
		return d.replied(call, reply, err)
	}
	reply, err := d.update(ctx, key, call.Who.By(), input, func(tx *ledger.Tx) (card.Reply, error) {
		call.Tx, call.View = tx, &tx.View
		tx.May = d.lens(call.Who, cmd)
		reply, err := d.guarded(call, cmd)
		if r, ok := ledger.AsRefusal(err); ok {
			refusal = r
		}
		return reply, err
	})
	if refusal != nil && err == nil && reply.Card != nil {
		d.offer(reply.Card, call.Who, refusal, call.typed())
	}
	return reply, err
}

// replied turns a refusal into a reply that says whom to ask.
func (d *Desk) replied(c *Call, reply card.Reply, err error) (card.Reply, error) {
	r, ok := ledger.AsRefusal(err)
	if reply, err = answered(reply, err); ok {
		d.offer(reply.Card, c.Who, r, c.typed())
	}
	return reply, err
}

// typed is the line that c runs; "" for a button that stands for none.
func (c *Call) typed() string {
	if _, _, isLine := c.Where.line(); c.Where.Do != "" && !isLine {
		return ""
	}
	return strings.TrimSpace(c.verb + " " + c.Line)
}

// update runs fn as one command of the books; the same key gives the stored reply.
func (d *Desk) update(ctx context.Context, key, by, input string, fn func(*ledger.Tx) (card.Reply, error)) (card.Reply, error) {
	stored, err := d.Books.Update(ctx, ledger.Command{Key: key, By: by, Input: input, Run: func(tx *ledger.Tx) ([]byte, error) {
		before := tx.Head().Seq
		reply, err := fn(tx)
		if err != nil {
			return nil, err
		}
		reply.Booked = tx.Head().Seq > before && !reply.Alone
		return json.Marshal(reply)
	}})
	var reply card.Reply
	if err == nil && stored.Data != nil {
		err = json.Unmarshal(stored.Data, &reply)
	} else if err == nil {
		reply = card.Say("done.already")
	}
	return answered(reply, err)
}

// answered turns a refusal into a reply.
func answered(reply card.Reply, err error) (card.Reply, error) {
	if r, ok := ledger.AsRefusal(err); ok {
		return refused(r), nil
	}
	return reply, err
}

// refused is the sentence of a refusal, which says what to do.
func refused(r *ledger.Refusal) card.Reply {
	return card.Reply{Card: &card.Card{Body: []card.Text{sentence(r)}}}
}

// repeatMost is how many letters of what was typed an answer says again: behind a whole letter that
// was pasted nobody would find what to do, and Slack would cut it off.
const repeatMost = 400

func repeated(s string) string {
	if utf8.RuneCountInString(s) <= repeatMost {
		return s
	}
	return string([]rune(s)[:repeatMost]) + "…"
}

// sentence is that of a refusal.
func sentence(r *ledger.Refusal) card.Text {
	args := slices.Clone(r.Args)
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = repeated(s)
		}
	}
	return card.T("refuse."+r.Key, args...)
}

func find(verb string) (Command, bool) {
	for _, cmd := range Table() {
		if strings.EqualFold(cmd.Name, verb) {
			return cmd, true
		}
	}
	return Command{}, false
}

// meant is the command of a line.
func meant(verb, rest string) (Command, bool) {
	cmd, ok := find(verb)
	if ok && cmd.Instead != nil {
		if other, is := cmd.Instead(rest); is {
			return other, true
		}
	}
	return cmd, ok
}

// usage is the refusal of a line that does not fit: what is wrong, and the right form.
func usage(cmd string, args ...any) error {
	c, _ := find(cmd)
	args = append(args, "usage", "/ar "+c.Usage[0], "example", "/ar "+c.Examples[0])
	return ledger.Refuse(ledger.BadInput, "usage."+cmd, args...)
}

// invoiceOrCustomer reads the word that names either.
func invoiceOrCustomer(v *ledger.View, word string) (*ledger.Invoice, *ledger.Customer, error) {
	if ledger.LooksLikeNumber(word) {
		inv, err := v.InvoiceNumbered(word)
		if err != nil {
			return nil, nil, err
		}
		return inv, v.Customer(inv.Customer), nil
	}
	c, err := v.CustomerNamed(word)
	if inv := v.InvoiceReferenced(word); err != nil && inv != nil {
		c = v.Customer(inv.Customer)
		return inv, c, v.Allowed(c)
	}
	return nil, c, err
}

// label is an invoice as people name it: number and customer.
func label(v *ledger.View, inv *ledger.Invoice) string {
	return fmt.Sprintf("%s · %s", inv.Number, v.CustomerName(v.Customer(inv.Customer)))
}
