package commands

import (
	"context"
	"fmt"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Staff talk with a customer in a thread of Slack, he with them in his chat. What either side
// writes or sends is said in a matter: an open dispute, whose thread is that of its invoice's
// card, or a question, whose thread is its own message. One notice brings it to the other side,
// in the order in which it was said; when it is edited or taken back, another changes that copy.

// matter is what is talked about: one of the two.
type matter struct {
	dispute  *ledger.Dispute
	question *ledger.Question
}

func (m matter) none() bool { return m.dispute == nil && m.question == nil }

// over reports whether m was settled, or answered.
func (m matter) over() bool {
	if m.question != nil {
		return m.question.Closed()
	}
	return m.dispute.Outcome != ""
}

// customer is whose matter m is.
func (m matter) customer() ledger.CustomerID {
	if m.question != nil {
		return m.question.Customer
	}
	return m.dispute.Customer
}

// notice is a notice about m.
func (m matter) notice(kind ledger.NoticeKind) ledger.NoticeQueued {
	if m.question != nil {
		return ledger.NoticeQueued{Kind: kind, Customer: m.question.Customer, Invoice: m.question.Invoice, Question: m.question.ID}
	}
	return ledger.NoticeQueued{Kind: kind, Customer: m.dispute.Customer, Invoice: m.dispute.Invoice, Dispute: m.dispute.ID}
}

// saying is something said in m.
func (m matter) saying() ledger.Saying {
	if m.question != nil {
		return ledger.Saying{Question: m.question.ID}
	}
	return ledger.Saying{Dispute: m.dispute.ID}
}

// matterOf is what w was said in.
func matterOf(v *ledger.View, w *ledger.Words) matter {
	return matter{v.Dispute(w.Dispute), v.Question(w.Question)}
}

// inTalk queues a notice for the thread where staff talk about m.
func (d *Desk) inTalk(tx *ledger.Tx, m matter, n ledger.NoticeQueued) error {
	if m.question == nil {
		return d.inThread(tx, &n)
	}
	n.InThread, n.Address = true, m.question.Owner
	return tx.Notify(n)
}

// ThreadMessage is what somebody of staff wrote in a Slack thread, or did with what he had
// written.
type ThreadMessage struct {
	Key     string
	Who     Staff
	Channel string
	Thread  string // ts of the thread's first message
	Message string // ts of his own
	Text    string
	Files   []DroppedFile
	Direct  bool // in the direct messages with the bot

	Edited  bool   // Text is what it reads now
	Was     string // before
	Deleted bool
}

// inside reports whether a line of staff's stays inside.
func inside(text string) bool { return strings.HasPrefix(strings.TrimSpace(text), "//") }

// errCardUnderWay is returned while it is not known yet which card heads a thread: the
// platform tells the message again.
var errCardUnderWay = fmt.Errorf("a card of this channel is being posted: %w", card.ErrLater)

// Thread passes what staff write in the thread of a disputed invoice, or of a question, on to
// the customer. A line begun with // stays inside, and so does what is said in any other
// thread. It reports whether the thread is one of those: then the words are nothing else.
func (d *Desk) Thread(ctx context.Context, m ThreadMessage) (taken bool, err error) {
	if m.Who.Role == "" || m.Who.Role == Auditor {
		return false, nil
	}
	_, err = d.update(ctx, m.Key, m.Who.By(), m.Text, func(tx *ledger.Tx) (card.Reply, error) {
		about := threadMatter(&tx.View, m.Channel, m.Thread)
		taken = !about.none()
		if held, err := d.heldBack(tx, m, about); held || err != nil {
			return card.Reply{}, err
		}
		switch {
		case m.Edited, m.Deleted:
			return card.Reply{}, d.threadChanged(tx, m, about)
		case about.none() && !m.Direct && tx.CardUnderWay(m.Channel):
			return card.Reply{}, errCardUnderWay
		case about.none() || inside(m.Text):
			return card.Reply{}, nil
		}
		return card.Reply{}, d.staffSay(tx, m, about)
	})
	return taken, err
}

// heldBack keeps words of staff's from the customer that tell of bank details which are not ours:
// whoever is at a colleague's Slack must not turn money round. It tells so in the thread.
func (d *Desk) heldBack(tx *ledger.Tx, m ThreadMessage, about matter) (held bool, err error) {
	if said := tx.WordsAt("slack:"+m.Channel, m.Message); about.none() && len(said) > 0 {
		about = matterOf(&tx.View, said[0])
	}
	if about.none() || m.Deleted || inside(m.Text) {
		return false, nil
	}
	if held, err = d.lookAtWords(tx, tx.Customer(about.customer()), m.Text); !held || err != nil {
		return held, err
	}
	n := about.notice(ledger.NoticeTask)
	n.Code = "details"
	return true, d.inTalk(tx, about, n)
}

// threadMatter is what is talked about in a thread.
func threadMatter(v *ledger.View, channel, thread string) (m matter) {
	if q := v.ThreadQuestion("slack:"+channel, thread); q != nil && !q.Closed() {
		return matter{question: q}
	}
	if inv := v.ThreadInvoice("slack:"+channel, thread); inv != nil {
		m.dispute = v.Dispute(inv.Dispute)
	}
	return m
}

// staffSay says staff's words, and the files that come with them, each once it is fetched.
func (d *Desk) staffSay(tx *ledger.Tx, m ThreadMessage, about matter) error {
	tx.May = d.lens(m.Who, disputeCommand())
	if !tx.Sees(tx.Customer(about.customer())) {
		return d.othersTalk(tx, about)
	}
	x := about.saying()
	x.Staff, x.Who, x.Chat, x.Message = true, m.Who.By(), "slack:"+m.Channel, m.Message
	if x.Text = strings.TrimSpace(m.Text); x.Text != "" {
		if _, err := replies(tx, about, x); err != nil {
			return err
		}
	}
	list, err := attachments(&tx.View)
	if err != nil || len(m.Files) == 0 {
		return err
	}
	x.Text, x.Awaits = "", true
	for _, f := range m.Files[:min(len(m.Files), attachOpen)] {
		w, err := replies(tx, about, x)
		if err != nil {
			return err
		}
		list = append(list, Attachment{N: nextAttachment(list), Words: w.ID, By: m.Who.By(), File: f.ID, Name: f.Name})
	}
	return putAttachments(tx, list)
}

// othersTalk tells in a thread that what was written there was not passed on: silence would look
// as if the customer had got the words.
func (d *Desk) othersTalk(tx *ledger.Tx, about matter) error {
	n := about.notice(ledger.NoticeTask)
	n.Code = "others"
	return d.inTalk(tx, about, n)
}

// replies says something of staff's and queues it for the customer.
func replies(tx *ledger.Tx, about matter, x ledger.Saying) (*ledger.Words, error) {
	w, err := tx.SayWords(x)
	if err != nil {
		return nil, err
	}
	n := about.notice(ledger.NoticeReply)
	n.Words, n.Text, n.Who = w.ID, w.Text, x.Who
	return w, tx.Notify(n)
}

// threadChanged edits or takes back what somebody of staff had said in a thread. A line that
// he turns into one for inside is taken back, and one that he turns out is said. Who may not
// write to the customer any more may take back, and no more.
func (d *Desk) threadChanged(tx *ledger.Tx, m ThreadMessage, about matter) error {
	said := tx.WordsAt("slack:"+m.Channel, m.Message)
	text := strings.TrimSpace(m.Text)
	if len(said) == 0 {
		if m.Edited && !about.none() && inside(m.Was) && !inside(text) {
			return d.staffSay(tx, m, about)
		}
		return nil
	}
	tx.May = d.lens(m.Who, disputeCommand())
	for _, w := range said {
		if !w.Staff {
			continue
		}
		var changed bool
		var err error
		switch {
		case m.Deleted, inside(text), w.File == 0 && !w.Awaits && text == "":
			changed, err = tx.WithdrawWords(w)
		case !tx.Sees(tx.Customer(w.Customer)):
			return d.othersTalk(tx, matterOf(&tx.View, w))
		case w.File == 0 && !w.Awaits:
			changed, err = tx.EditWords(w, text)
		}
		if err != nil {
			return err
		}
		if changed {
			if err := tx.NotifyWordsEdit(w, matterOf(&tx.View, w).notice(ledger.NoticeReplyEdit)); err != nil {
				return err
			}
		}
	}
	return nil
}

// saidFile books the file that words of staff's consist of, or takes these back and tells in the
// thread why.
func (d *Desk) saidFile(tx *ledger.Tx, w *ledger.Words, file ledger.NewFile, failed error) error {
	if failed == nil {
		_, err := tx.KeepWordsFile(w, file)
		return err
	}
	why, ok := ledger.AsRefusal(failed)
	if !ok {
		return failed
	}
	if _, err := tx.WithdrawWords(w); err != nil {
		return err
	}
	about := matterOf(&tx.View, w)
	n := about.notice(ledger.NoticeKept)
	n.Code = why.Key
	var err error
	if n.Text, err = tx.Keep(w.Customer, ledger.CleanFileName(file.Name, file.Type)); err != nil {
		return err
	}
	return d.inTalk(tx, about, n)
}

// TellUnsaid tells in the thread that what staff wrote, or an edit of it, did not reach the
// customer.
func (d *Desk) TellUnsaid(tx *ledger.Tx, n *ledger.Notice, code string) error {
	w := tx.Words(n.Words)
	if w == nil || n.Kind != ledger.NoticeReply && n.Kind != ledger.NoticeReplyEdit {
		return nil
	}
	about := matterOf(&tx.View, w)
	x := about.notice(ledger.NoticeUnsaid)
	x.Words, x.Code = w.ID, code
	return d.inTalk(tx, about, x)
}

// replyNews brings what staff said to the customer, as it reads now.
func (d *Desk) replyNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	w := v.Words(n.Words)
	if w == nil { // from before words had numbers
		return quoted(v, n, card.T("dispute.reply", "number", v.Invoice(n.Invoice).Number.String(), "company", v.Company().Name))
	}
	text, err := v.Text(w.Text)
	if err != nil {
		return card.Message{}, err
	}
	k := &card.Card{Title: d.replyTitle(v, w), Quote: card.Plain(text)}
	file := v.File(w.File)
	switch {
	case w.Withdrawn && n.Kind == ledger.NoticeReply:
		return card.Message{Withdraw: "it was taken back before it was sent"}, nil
	case w.Withdrawn:
		k.Quote, k.Body = card.Text{}, []card.Text{card.T("talk.withdrawn")}
		if file != nil || w.Awaits {
			k.Paper = &card.Paper{Kind: card.PaperWithdrawn, Lang: v.Customer(w.Customer).Language}
		}
		return card.Message{Card: k}, nil
	case file != nil:
		k.Paper = filePaper(file)
		k.Body = []card.Text{card.T("talk.file", "name", v.FileName(file))}
	}
	if w.Edited {
		k.Note = []card.Text{card.T("talk.edited")}
	}
	return card.Message{Card: k}, nil
}

// replyTitle tells a customer who answers him, and about what.
func (d *Desk) replyTitle(v *ledger.View, w *ledger.Words) card.Text {
	about := matterOf(v, w)
	args := []any{"company", v.Company().Name, "who", d.firstName(w.Who)}
	if about.question != nil {
		args = append(args, "matter", about.question.Label())
		if d.firstName(w.Who) == "" {
			return card.T("talk.from.question.company", args...)
		}
		return card.T("talk.from.question", args...)
	}
	args = append(args, "matter", about.dispute.Label(), "number", v.Invoice(about.dispute.Invoice).Number.String())
	if d.firstName(w.Who) == "" {
		return card.T("talk.from.dispute.company", args...)
	}
	return card.T("talk.from.dispute", args...)
}

// firstName is what a customer calls somebody of staff, "" where Slack did not tell.
func (d *Desk) firstName(by string) string {
	user, ok := strings.CutPrefix(by, "slack:")
	if !ok || d.NameOf == nil {
		return ""
	}
	first, _, _ := strings.Cut(d.NameOf(user), " ")
	return first
}

// wordsNews brings what a customer said to staff, as it reads now.
func wordsNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	cust := v.Customer(n.Customer)
	w := v.Words(n.Words)
	if w == nil { // from before words had numbers
		return quoted(v, n, card.T("dispute.words", "who", v.ChatName(n.Who), "customer", v.CustomerName(cust)))
	}
	text, err := v.Text(w.Text)
	k := &card.Card{Title: card.T("dispute.words", "who", speaker(v, v.WhoSaid(w), cust), "customer", v.CustomerName(cust)), Quote: card.Plain(text)}
	if w.Edited {
		k.Note = []card.Text{card.T("talk.edited")}
	}
	return card.Message{Card: k}, err
}

// speaker names a customer's person to staff: his name, and what he is there, where that is
// known.
func speaker(v *ledger.View, chat string, cust *ledger.Customer) card.Text {
	name := card.Plain(v.ChatName(chat))
	if l, _ := v.ChatLink(chat, cust.ID); l.Position != "" {
		return card.T("talk.speaker", "who", name, "position", positionText(l.Position))
	}
	return name
}

// saidPaper is a file that a customer sent, in the thread where staff talk with him.
func saidPaper(v *ledger.View, w *ledger.Words) card.Message {
	f := v.File(w.File)
	if f == nil || w.Withdrawn {
		return card.Message{Withdraw: "there is no file"}
	}
	cust := v.Customer(w.Customer)
	who := card.T("talk.sent", "who", speaker(v, v.WhoSaid(w), cust), "customer", v.CustomerName(cust), "name", v.FileName(f))
	return card.Message{Card: &card.Card{Body: []card.Text{who}, Paper: filePaper(f)}}
}

// unsaidNews tells staff which of their words did not reach the customer.
func unsaidNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	w := v.Words(n.Words)
	text, err := v.Text(w.Text)
	k := &card.Card{Title: card.T("unsaid."+n.Code, "customer", v.CustomerName(v.Customer(w.Customer)))}
	if f := v.File(w.File); f != nil {
		text = v.FileName(f)
	}
	k.Quote = card.Plain(text)
	return card.Message{Card: k}, err
}

// threadFiles reports whether files that were dropped into a thread are said to the customer.
func threadFiles(v *ledger.View, f *FileDrop) bool {
	return !inside(f.Text) && !threadMatter(v, f.Channel, f.Thread).none()
}

// nextAttachment is the number of the next file to be fetched.
func nextAttachment(list []Attachment) int {
	if len(list) == 0 {
		return 1
	}
	return list[len(list)-1].N + 1
}

// openMatter is what the next words of this chat belong to: of what it asked or disputes itself,
// or what staff opened for one of its customers, whatever was touched last.
func (c *ChatCall) openMatter() (m matter) {
	last := uint64(0)
	for _, disp := range c.OpenDisputes() {
		own := disp.Chat == c.In.Chat || ledger.ChannelOf(disp.Chat) != ledger.ChannelTelegram
		at := c.DisputeTouched(disp)
		if own && at > last && c.ChatHas(c.In.Chat, disp.Customer) {
			m, last = matter{dispute: disp}, at
		}
	}
	for _, q := range c.OpenQuestions() {
		if at := c.QuestionTouched(q); c.Asker(q) == c.In.Chat && at > last && c.ChatHas(c.In.Chat, q.Customer) {
			m, last = matter{question: q}, at
		}
	}
	return m
}
