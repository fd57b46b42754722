package commands

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// What customers write and send without a command: an answer to what the bot asked, or words in
// the matter that is open. Whatever nothing else takes is a question, so that nothing is lost.

// expected lists what takes the words and files that a chat was asked for, by the kind that
// Expect names. A taker that asks again, because it cannot read them, answers with a Refusal:
// then they are still expected. Of an album it is called for each file; those after the first
// have In.More.
func expected() map[string]func(c *ChatCall, about string) (card.Reply, error) {
	return map[string]func(c *ChatCall, about string) (card.Reply, error){
		questionKind:    questionWords,
		"dispute.sum":   takeDisputedSum,
		newMailKind:     takeNewMail,
		expectPaidDay:   takePaidDay,
		expectPaidSum:   takePaidSum,
		expectPaidProof: takeProof,
		expectPaidFiles: takePaidFiles,
		expectDiffers:   takeDiffers,
		expectRating:    takeRatingWords,
		expectPromise:   typedDay,
		expectPlan:      typedFirst,
	}
}

// ChatFile is a file that came with a message. It is among the files of the books, unless Why
// says why it is not kept: a Refusal.
type ChatFile struct {
	ledger.NewFile
	Why error

	Order   ledger.OrderRead     // what its text says, where it is a payment order
	List    []ledger.AccountLine // where it is the customer's own list of his account
	ListWhy error                // why it is no such list, of a table: a Refusal
}

// expectLife is how long the bot waits for words that it asked for.
const expectLife = time.Hour

// Expect has the next words and files of this chat taken by kind, see expected.
func (c *ChatCall) Expect(kind, about string) error {
	return c.Tx.Expect(c.In.Chat, kind, about, c.Now.Add(expectLife))
}

// words takes what a customer wrote or sent.
func (c *ChatCall) words() (card.Reply, error) {
	c.In.Text = strings.TrimSpace(c.In.Text)
	c.filesToday()
	if c.In.Text == "" && len(c.In.Files) == 0 {
		return c.oddity()
	}
	var r card.Reply
	err := c.Whole(func() (err error) { r, err = c.takeWords(); return err })
	if why, ok := ledger.AsRefusal(err); ok && c.counted { // its files lie there all the same, and count
		return refused(why), nil
	}
	if err == nil && c.In.More && r.Card != nil && !c.refusedFiles() {
		r.Card = nil // the first of the album was answered
	}
	return r, err
}

// oddity answers what is not taken: a voice, a sticker.
func (c *ChatCall) oddity() (card.Reply, error) {
	if c.In.Odd == "" || !c.In.Private {
		return card.Reply{}, nil
	}
	return card.Say("chat.odd." + c.In.Odd), nil
}

// takeWords hands words to whatever they are for: the rest of an album to what took its
// beginning, then what the bot asked for.
func (c *ChatCall) takeWords() (card.Reply, error) {
	taker, err := c.album()
	if err != nil {
		return card.Reply{}, err
	}
	if taker.Kind == "" {
		x, ok, err := c.Expected(c.In.Chat)
		if err != nil {
			return card.Reply{}, err
		}
		if ok && expected()[x.Kind] != nil {
			taker = albumRow{Kind: x.Kind, About: x.About}
			c.ExpectNothing(c.In.Chat) // a Refusal takes this back
		}
	}
	if take := expected()[taker.Kind]; take != nil {
		if err := c.keepAlbum(taker); err != nil {
			return card.Reply{}, err
		}
		return take(c, taker.About)
	}
	return c.unasked()
}

// unasked takes words that nothing asked for, or that whoever asked has no use for: they belong
// to what the message is about that they answer, to the matter that is open, or are a question.
func (c *ChatCall) unasked() (card.Reply, error) {
	about, inv := c.answered()
	switch {
	case !about.none():
	case inv != nil || c.In.ReplyTo != "" && c.openMatter().none():
		return c.ask(inv)
	case !c.In.Private && c.In.ReplyTo == "":
		return card.Reply{}, nil // people of a group talk to each other
	default:
		about = c.openMatter()
	}
	if about.none() {
		return c.ask(nil)
	}
	return c.sayIn(about)
}

// albumRow is what took the first of several messages that were sent at once, so that the
// others go the same way. It is working state.
type albumRow struct{ Album, Kind, About string }

func (c *ChatCall) albumKey() string { return "album:" + c.ActorOf(c.In.Chat) }

// album is what took the beginning of the album that this message goes on with.
func (c *ChatCall) album() (row albumRow, err error) {
	if c.In.Album == "" {
		return row, nil
	}
	data, err := c.Get(c.albumKey())
	if err != nil || data == nil {
		return row, err
	}
	if err := json.Unmarshal(data, &row); err != nil || row.Album != c.In.Album {
		return albumRow{}, err
	}
	c.In.More = true
	return row, nil
}

func (c *ChatCall) keepAlbum(row albumRow) error {
	if c.In.Album == "" {
		return nil
	}
	row.Album = c.In.Album
	data, err := json.Marshal(row)
	c.Put(c.albumKey(), data)
	return err
}

// named finds what our own messages are about: D-7, Q-7, a number of an invoice, in any script.
var named = regexp.MustCompile(`[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)+`)

// answered is what the message of ours is about that a customer answers: a matter that is open,
// or an invoice of his.
func (c *ChatCall) answered() (m matter, inv *ledger.Invoice) {
	for _, word := range named.FindAllString(c.In.ReplyTo, -1) {
		id, _ := strconv.ParseUint(word[2:], 10, 32)
		if d := c.Dispute(ledger.DisputeID(id)); word[:2] == "D-" && d != nil && d.Outcome == "" && c.ChatHas(c.In.Chat, d.Customer) {
			return matter{dispute: d}, nil
		}
		if q := c.Question(ledger.QuestionID(id)); word[:2] == "Q-" && q != nil && !q.Closed() && c.Asker(q) == c.In.Chat {
			return matter{question: q}, nil
		}
		if x, err := c.InvoiceNumbered(word); err == nil && inv == nil && c.ChatHas(c.In.Chat, x.Customer) {
			inv = x
		}
	}
	if inv != nil && inv.Dispute != 0 {
		return matter{dispute: c.Dispute(inv.Dispute)}, nil
	}
	return m, inv
}

// sayIn says what came in a matter, and answers that it was passed on.
func (c *ChatCall) sayIn(about matter) (card.Reply, error) {
	if err := c.sayAll(about); err != nil {
		return card.Reply{}, err
	}
	if about.question != nil {
		return c.received(card.T("chat.passedon.question", "question", about.question.Label())), nil
	}
	inv := c.Invoice(about.dispute.Invoice)
	return c.received(card.T("chat.passedon", "dispute", about.dispute.Label(), "number", inv.Number.String())), nil
}

// received answers words: that they were passed on, and which files were not.
func (c *ChatCall) received(passed card.Text) card.Reply {
	k := &card.Card{}
	kept := slices.ContainsFunc(c.In.Files, func(f ChatFile) bool { return f.Why == nil })
	if c.In.Text != "" || kept {
		k.Body = append(k.Body, passed)
	}
	for _, f := range c.In.Files {
		if r, ok := ledger.AsRefusal(f.Why); ok {
			k.Body = append(k.Body, card.T("refuse."+r.Key, r.Args...))
		}
	}
	if c.In.Odd != "" {
		k.Body = append(k.Body, card.T("chat.odd."+c.In.Odd))
	}
	return card.Reply{Card: k}
}

func (c *ChatCall) refusedFiles() bool {
	return slices.ContainsFunc(c.In.Files, func(f ChatFile) bool { return f.Why != nil })
}

// sayAll says the text and the files of a message in a matter, and brings them to staff. The
// first words of a question are in the message that brings it.
func (c *ChatCall) sayAll(about matter) error {
	x := about.saying()
	x.Who, x.Chat, x.Message, x.Text = c.In.Chat, c.In.Chat, c.In.Message, c.In.Text
	if x.Text != "" {
		w, err := c.SayWords(x)
		if err != nil {
			return err
		}
		n := about.notice(ledger.NoticeWords)
		n.Words, n.Text, n.Who = w.ID, w.Text, c.In.Chat
		if about.question != nil && about.question.Notice == 0 {
			n.Kind, n.Address = ledger.NoticeQuestion, about.question.Owner
			err = c.Notify(n)
		} else {
			err = c.Desk.inTalk(c.Tx, about, n)
		}
		if err != nil {
			return err
		}
	}
	for _, f := range c.In.Files {
		if f.Why != nil {
			continue
		}
		if err := c.sayFile(about, f.NewFile); err != nil {
			return err
		}
	}
	return c.keepAlbum(albumRow{})
}

// sayFile says a file in a matter and hangs it into the thread where staff talk about it.
func (c *ChatCall) sayFile(about matter, f ledger.NewFile) error {
	if about.question != nil && about.question.Notice == 0 { // it came without words
		n := about.notice(ledger.NoticeQuestion)
		n.Who, n.Address = c.In.Chat, about.question.Owner
		if err := c.Notify(n); err != nil {
			return err
		}
	}
	x := about.saying()
	x.Who, x.Chat, x.Message, x.Awaits = c.In.Chat, c.In.Chat, c.In.Message, true
	w, err := c.SayWords(x)
	if err != nil {
		return err
	}
	if _, err := c.KeepWordsFile(w, f); err != nil {
		return err
	}
	n := about.notice(ledger.NoticePaper)
	n.Words, n.Who, n.Code = w.ID, c.In.Chat, card.PaperFile
	return c.Desk.inTalk(c.Tx, about, n)
}

// editSaid changes what a customer had said and now edits; mine is false where that was
// nothing said: then it is taken as new. For a customer whose chat it is no more nobody speaks.
func (c *ChatCall) editSaid() (mine bool, err error) {
	said := c.WordsAt(c.In.Chat, c.In.Message)
	if len(said) == 0 {
		return false, nil
	}
	for _, w := range said {
		if w.Staff || w.Awaits || c.In.Text == "" || !c.ChatHas(c.In.Chat, w.Customer) {
			continue
		}
		changed, err := c.EditWords(w, c.In.Text)
		if err != nil {
			return true, err
		}
		if changed {
			if err := c.Desk.showEdit(c.Tx, w); err != nil {
				return true, err
			}
		}
	}
	return true, c.editFiles(said)
}

// editFiles says the files that an edit put in the place of others, where their matter is open.
func (c *ChatCall) editFiles(said []*ledger.Words) error {
	c.filesToday()
	about := matterOf(&c.View, said[0])
	if !c.ChatHas(c.In.Chat, said[0].Customer) || about.over() {
		return nil
	}
	for _, f := range c.In.Files {
		there := slices.ContainsFunc(said, func(w *ledger.Words) bool { kept := c.File(w.File); return kept != nil && kept.Bytes == f.Bytes })
		if f.Why != nil || there {
			continue
		}
		if err := c.sayFile(about, f.NewFile); err != nil {
			return err
		}
	}
	return nil
}

// showEdit queues an edit of the message that brought a customer's words to staff.
func (d *Desk) showEdit(tx *ledger.Tx, w *ledger.Words) error {
	about := matterOf(&tx.View, w)
	n := about.notice(ledger.NoticeWordsEdit)
	if q := about.question; q != nil {
		if n.Address = q.Owner; w.Copy == q.Notice {
			n.Kind = ledger.NoticeQuestionEdit
		}
	} else {
		n.Address = d.CardChannel(tx.Customer(w.Customer))
	}
	return tx.NotifyWordsEdit(w, n)
}

// filesPerDay is how many files a chat may send in a day: they stay in the books for ever.
const filesPerDay = 60

// FilesLeft is how many files more of a chat are taken today: those beyond need not be fetched.
func FilesLeft(v *ledger.View, chat string) int { return max(filesPerDay-filesSent(v, chat), 0) }

// ManyFiles is why a file beyond those is not taken.
func ManyFiles() error {
	return ledger.Refuse(ledger.Conflict, "chat.file.many", "max", filesPerDay)
}

// filesSent is how many files a chat has sent today.
func filesSent(v *ledger.View, chat string) int {
	data, _ := v.Get(filesRow(v, chat))
	day, count, _ := strings.Cut(string(data), " ")
	if day != v.Today().String() {
		return 0
	}
	n, _ := strconv.Atoi(count)
	return n
}

func filesRow(v *ledger.View, chat string) string { return "files:" + v.ActorOf(chat) }

// filesToday refuses the files of a chat that are too many.
func (c *ChatCall) filesToday() {
	if len(c.In.Files) == 0 || c.counted {
		return
	}
	c.counted = true
	n := filesSent(&c.View, c.In.Chat)
	for i := range c.In.Files {
		if n++; n > filesPerDay && c.In.Files[i].Why == nil {
			c.In.Files[i].Why = ManyFiles()
		}
	}
	c.Put(filesRow(&c.View, c.In.Chat), []byte(c.Today().String()+" "+strconv.Itoa(n)))
}
