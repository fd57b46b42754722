package ledger

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
)

// sampleFile is the one file of the books of a sample: whatever is handed in there is this.
const sampleFile = "a delivery note"

// talkActs are what staff and customers say to each other: links, questions, disputes, claims,
// acts, documents, files.
func talkActs(t *testing.T, b *Books) {
	file, err := b.Files().Put([]byte(sampleFile))
	if err != nil {
		t.Fatal(err)
	}
	s := &talkSample{file: NewFile{Bytes: file, Size: int64(len(sampleFile)), Type: "pdf", Name: "note.pdf"}, chat: "telegram:88"}
	acts := []func(tx *Tx) error{
		s.papers, s.paperInvitation, s.links, s.chosen, s.mails, s.files,
		s.question, s.questionEnd, s.disputes, s.claims, s.acts, s.deferral, s.deferralEnd, s.rating,
	}
	for i, act := range acts {
		if err := try(b, fmt.Sprintf("talk%d", i), act); err != nil {
			t.Errorf("act %d: %v", i, err)
		}
	}
}

// talkSample is what the acts of talkActs share.
type talkSample struct {
	c    *Customer
	file NewFile
	chat string
}

func (s *talkSample) issue(tx *Tx) *Invoice {
	inv, err := tx.Issue(Draft{Customer: s.c.ID, Date: tx.Today().AddDays(-30), Due: tx.Today().AddDays(-16), Currency: "EUR",
		Lines: []Line{line("a", "1", "1000", "19"), line("b", "2", "50", "7")}})
	if err != nil {
		panic(err)
	}
	return inv
}

func (s *talkSample) papers(tx *Tx) (err error) {
	if s.c, err = tx.AddCustomer(NewCustomer{Handle: "talk", Name: "گفتگو Ltd"}); err != nil {
		return err
	}
	if _, err = tx.SetLetterhead(1, `{"name":"Lindenhof Studio GmbH"}`); err != nil {
		return err
	}
	_, err = tx.SetParty(s.c, Party{Name: "Talk Limited", Address: "1 High Street\nLeeds", TaxID: "GB123456789", Lines: []string{"Company 42"}})
	return err
}

func (s *talkSample) paperInvitation(tx *Tx) error {
	inv := s.issue(tx)
	if err := tx.InviteOnInvoice(inv, "https://t.me/duebot?start="); err != nil {
		return err
	}
	return tx.NoteDocument(DocumentMade{Kind: "invoice", Customer: s.c.ID, Invoice: inv.ID, Lang: "fa", Bytes: Hash{2}, Size: 4711})
}

func (s *talkSample) follow(tx *Tx, chat, name string, ask bool) (Link, error) {
	n := NewLink{Chat: chat, Name: name, Language: "fa", Group: chat[len("telegram:")] == '-'}
	invite := tx.Invite
	if n.Group {
		invite = tx.InviteGroup
	}
	token, _, err := invite(s.c)
	if err != nil {
		return Link{}, err
	}
	i, _ := tx.Invitation(token)
	if ask {
		return tx.AskToLink(i, n)
	}
	_, err = tx.Follow(i, n)
	l, _ := tx.ChatLink(chat, s.c.ID)
	return l, err
}

func (s *talkSample) links(tx *Tx) error {
	asks, err := s.follow(tx, s.chat, "Rita", true)
	if err == nil {
		err = tx.LetIn(asks)
	}
	if err != nil {
		return err
	}
	rita, _ := tx.ChatLink(s.chat, s.c.ID)
	if err := tx.SetPosition(rita, Director); err != nil {
		return err
	}
	group, err := s.follow(tx, "telegram:-99", "Talk & us", false)
	if err == nil {
		err = tx.ShowSums(group, rita, true)
	}
	if err != nil {
		return err
	}
	stranger, err := s.follow(tx, "telegram:90", "Nobody", true)
	if err == nil {
		err = tx.TurnAway(stranger)
	}
	return err
}

func (s *talkSample) chosen(tx *Tx) error {
	if err := tx.SpeakIn(s.c, s.chat, "ru"); err != nil {
		return err
	}
	if err := tx.ChooseHours(s.c, Hours{From: 10, Until: 17}, Hours{From: 8, Until: 20}); err != nil {
		return err
	}
	if _, err := tx.ChooseChannel(s.c, "mail"); err != nil {
		return err
	}
	return tx.ChooseDigest(s.c, true)
}

func (s *talkSample) mails(tx *Tx) error {
	for _, granted := range []bool{true, false} {
		ask, err := tx.AskMail(s.c, s.chat, fmt.Sprintf("%t@talk.example", granted))
		if err == nil {
			err = tx.DecideMail(ask, granted)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *talkSample) files(tx *Tx) error {
	n := s.file
	n.Invoice = s.issue(tx).ID
	f, err := tx.KeepFile(n)
	if err == nil {
		err = tx.ShareFile(f)
	}
	if err == nil {
		err = tx.WithdrawFile(f)
	}
	return err
}

func (s *talkSample) question(tx *Tx) error {
	q, err := tx.AskQuestion(s.c, s.issue(tx).ID, s.chat, "U1")
	if err != nil {
		return err
	}
	words, err := tx.SayWords(Saying{Question: q.ID, Who: s.chat, Text: "چه وقت؟", Chat: s.chat, Message: "5"})
	if err != nil {
		return err
	}
	if _, err := tx.EditWords(words, "کی؟"); err != nil {
		return err
	}
	if err := tx.PressQuestion(q); err != nil {
		return err
	}
	if err := tx.AssignQuestion(q, "U2"); err != nil {
		return err
	}
	said, err := tx.SayWords(Saying{Question: q.ID, Staff: true, Who: "slack:U2", Text: "Soon", Chat: "slack:C1", Message: "1.5"})
	if err == nil {
		err = tx.Notify(NoticeQueued{Kind: NoticeReply, Customer: s.c.ID, Question: q.ID, Words: said.ID, Text: said.Text, Who: "slack:U2"})
	}
	if err == nil {
		_, err = tx.WithdrawWords(said)
	}
	return err
}

func (s *talkSample) questionEnd(tx *Tx) error {
	q := tx.OpenQuestions()[0]
	w, err := tx.SayWords(Saying{Question: q.ID, Who: s.chat, Awaits: true, Chat: s.chat, Message: "6"})
	if err == nil {
		_, err = tx.KeepWordsFile(w, s.file)
	}
	if err == nil {
		err = tx.CloseQuestion(q)
	}
	return err
}

func (s *talkSample) disputes(tx *Tx) error {
	d, err := tx.Contest(s.issue(tx), NewDispute{Reason: ReasonSum, Amount: euros(500), Lines: []int{2}, By: s.chat, Owner: "U1", AnswerBy: tx.Today().AddDays(5)})
	if err == nil {
		err = tx.TakeDispute(d, "U2")
	}
	if err == nil {
		err = tx.PressDispute(d, Escalated)
	}
	if err == nil {
		_, err = tx.Resolve(d, Rejected, 0, "It was ordered")
	}
	if err == nil {
		_, err = tx.Contest(tx.Invoice(d.Invoice), NewDispute{Reason: ReasonSum, By: s.chat, Again: d.ID})
	}
	return err
}

func (s *talkSample) claims(tx *Tx) error {
	inv := s.issue(tx)
	p, err := tx.ClaimPaid(NewPaidClaim{Invoice: inv, Amount: inv.OpenMoney(), Date: tx.Today().AddDays(-2), Chat: s.chat, Pause: 5})
	if err != nil {
		return err
	}
	read := OrderRead{Amounts: []decimal.Decimal{dec("1297")}, Dates: []Date{tx.Today()}, Reference: "INV"}
	if err := tx.ProvePaid(p, s.file, read); err != nil {
		return err
	}
	if _, err := tx.SettleClaim(p, ClaimNotFound, 0, "Nothing came"); err != nil {
		return err
	}
	return judgeClaims(tx, func(*Invoice, int) int { return 1 })
}

func (s *talkSample) acts(tx *Tx) error {
	r, err := tx.SendAct(s.c, tx.Today().AddDays(-40), tx.Today())
	if err == nil {
		err = tx.DrawnAct(r, "fa", s.file.Bytes, s.file.Size)
	}
	if err == nil {
		err = tx.Answer(r, AnswerAct{Answer: ActDiffers, Chat: s.chat, Words: "Two lines", List: s.file.Bytes, Type: "csv"})
	}
	return err
}

func (s *talkSample) deferral(tx *Tx) error {
	inv := s.issue(tx)
	half := inv.Open / 2
	day := tx.Today()
	d, err := tx.RequestDeferral(s.c, []*Invoice{inv}, []PlanPart{{day.AddDays(10), half}, {day.AddDays(40), inv.Open - half}}, s.chat)
	if err == nil {
		err = tx.ChangeDeferral(d, []PlanPart{{day.AddDays(5), half}, {day.AddDays(35), inv.Open - half}}, "A little sooner")
	}
	return err
}

func (s *talkSample) deferralEnd(tx *Tx) error {
	return tx.EndDeferral(tx.s.deferrals.at(tx.s.deferrals.n), DeferralRefused, "Too soon")
}

func (s *talkSample) rating(tx *Tx) error {
	if err := tx.Notify(NoticeQueued{Kind: NoticeRating, Customer: s.c.ID, For: tx.Today()}); err != nil {
		return err
	}
	r, err := tx.Rate(NoticeID(tx.s.notices.n), 4, s.chat)
	if err == nil {
		err = tx.RateWords(r, "Friendly")
	}
	return err
}
