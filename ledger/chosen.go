package ledger

import (
	"fmt"
	"io"
	"time"
)

// What customers choose for themselves in their chats: the language of a person, the hours in
// which reminders may come, one message a day, and by which addresses they are reached.

// Kinds of what customers choose: 113 to 118.
const (
	kindPersonLanguage factKind = 113
	kindHours          factKind = 114
	kindDailyDigest    factKind = 115
	kindMailAsked      factKind = 116
	kindMailDecided    factKind = 117
)

func newChosen(k factKind) Body {
	switch k {
	case kindPersonLanguage:
		return new(PersonLanguage)
	case kindHours:
		return new(HoursChosen)
	case kindDailyDigest:
		return new(DigestChosen)
	case kindMailAsked:
		return new(MailAsked)
	case kindMailDecided:
		return new(MailDecided)
	}
	return nil
}

// PersonLanguage is the fact that a person chose the language that is spoken with him. The
// documents of his company stay in the company's.
type PersonLanguage struct {
	Customer CustomerID
	Person   PersonID
	Language string
}

func (x *PersonLanguage) kind() factKind { return kindPersonLanguage }

func (x *PersonLanguage) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Person)
	str(c, &x.Language)
}

func (x *PersonLanguage) apply(s *state, _ *Fact) {
	chat := s.addresses[x.Person]
	if who, ok := s.people[chat]; ok {
		who.Language = x.Language
		put(s, s.people, chat, who)
	}
}

// SpeakIn books that the person behind chat, one of c's, is spoken with in lang.
func (tx *Tx) SpeakIn(c *Customer, chat, lang string) error {
	who, ok := tx.s.people[chat]
	if !ok || who.Language == lang {
		return nil
	}
	_, err := tx.append(tx.Today(), &PersonLanguage{c.ID, who.Person, lang})
	return err
}

// SpokenIn is the language in which to speak in a chat of c's: that of its person, or else c's.
func (v *View) SpokenIn(chat string, c *Customer) string {
	if who := v.s.people[chat]; who.Language != "" {
		return who.Language
	}
	return c.Language
}

// Hours are those of a customer's day in which reminders may come: from the full hour From on,
// and before Until. The zero Hours are all that the company allows.
type Hours struct{ From, Until int }

// Chosen reports whether h narrows what the company allows.
func (h Hours) Chosen() bool { return h.Until > h.From }

// Near is the hour of h that is nearest to hour.
func (h Hours) Near(hour int) int {
	if !h.Chosen() {
		return hour
	}
	return max(h.From, min(hour, h.Until-1))
}

// Wait is how long it is, at a moment in the customer's zone, until h allows a reminder.
func (h Hours) Wait(at time.Time) time.Duration {
	if !h.Chosen() || at.Hour() >= h.From && at.Hour() < h.Until {
		return 0
	}
	day := DateOf(at, at.Location())
	if at.Hour() >= h.Until {
		day = day.AddDays(1)
	}
	return max(day.At(h.From, 0, at.Location()).Sub(at), time.Minute)
}

// HoursChosen is the fact that a customer wants reminders at these hours alone.
type HoursChosen struct {
	Customer CustomerID
	Hours    Hours
}

func (x *HoursChosen) kind() factKind { return kindHours }

func (x *HoursChosen) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Hours.From)
	num(c, &x.Hours.Until)
}

func (x *HoursChosen) apply(s *state, _ *Fact) {
	if c := s.customers.at(uint32(x.Customer)); c != nil {
		set(s, &c.Hours, x.Hours)
		s.opened(c.ID) // a reminder may have waited for other hours
	}
}

// ChooseHours books at which hours c may be reminded, within what the company allows; the zero
// Hours end the choice. It returns a BadInput refusal for others.
func (tx *Tx) ChooseHours(c *Customer, h, allowed Hours) error {
	if h != (Hours{}) && (!h.Chosen() || h.From < allowed.From || h.Until > allowed.Until) {
		return Refuse(BadInput, "hours.outside", "from", allowed.From, "until", allowed.Until)
	}
	if h == c.Hours {
		return nil
	}
	_, err := tx.append(tx.Today(), &HoursChosen{c.ID, h})
	return err
}

// DigestChosen is the fact that a customer wants one reminder a day with all that is due, or
// reminders about what is due first again.
type DigestChosen struct {
	Customer CustomerID
	Daily    bool
}

func (x *DigestChosen) kind() factKind { return kindDailyDigest }

func (x *DigestChosen) code(c *coder) {
	num(c, &x.Customer)
	c.flag(&x.Daily)
}

func (x *DigestChosen) apply(s *state, _ *Fact) {
	if c := s.customers.at(uint32(x.Customer)); c != nil {
		set(s, &c.Daily, x.Daily)
	}
}

// ChooseDigest books whether c's reminders tell all that is due in one message.
func (tx *Tx) ChooseDigest(c *Customer, daily bool) error {
	if c.Daily == daily {
		return nil
	}
	_, err := tx.append(tx.Today(), &DigestChosen{c.ID, daily})
	return err
}

// Stop books that the person behind chat, one of c's, wants no more messages there. The chat
// stays linked: Resume takes it back.
func (tx *Tx) Stop(c *Customer, chat string) error {
	_, err := tx.BreakRoute(c.ID, chat, RouteStopped, 0)
	return err
}

// Stopped reports whether the person behind chat wants no messages there.
func (v *View) Stopped(chat string) bool {
	r, shut := v.Route(chat)
	return shut && r.Reason == RouteStopped
}

// Resume books that the person behind chat wants messages again, and reports whether that is
// news.
func (tx *Tx) Resume(chat string) (bool, error) {
	if !tx.Stopped(chat) {
		return false, nil
	}
	return true, tx.mend(chat)
}

// MailAskID numbers the addresses that customers asked for, from 1.
type MailAskID uint32

// MailAsk is an e-mail address that a person of a customer wants to be used. Invoices would go
// there, so staff decide.
type MailAsk struct {
	ID       MailAskID
	Customer CustomerID
	By       string // whose wish it is: "telegram:1001"
	At       time.Time
	Address  TextRef
	Decided  bool
	Granted  bool
}

// MailAsked is the fact of such a wish.
type MailAsked struct {
	Customer CustomerID
	Address  TextRef
	Who      string // "person:7"
}

func (x *MailAsked) kind() factKind { return kindMailAsked }

func (x *MailAsked) code(c *coder) {
	num(c, &x.Customer)
	c.text(&x.Address)
	str(c, &x.Who)
}

func (x *MailAsked) apply(s *state, f *Fact) {
	s.mailAsks.add(s, MailAsk{ID: MailAskID(s.mailAsks.n + 1), Customer: x.Customer, By: s.addressOf(x.Who), At: f.Recorded, Address: x.Address})
	put(s, s.mailAsked, MailAskID(s.mailAsks.n), true)
}

// mailAsksMax is how many addresses of one customer may wait for staff.
const mailAsksMax = 3

// AskMail books that the person behind chat wants address to be used for c. It returns a
// BadInput refusal for what is no address, and a Conflict for one in use or asked for already,
// and where several wait.
func (tx *Tx) AskMail(c *Customer, chat, address string) (*MailAsk, error) {
	address, err := ParseMail(address)
	if err != nil {
		return nil, err
	}
	if len(c.Mails) >= mailsMax {
		return nil, Refuse(BadInput, "mail.many", "max", mailsMax)
	}
	for _, have := range c.MailAddresses() {
		if have == address {
			return nil, Refuse(Conflict, "mail.used", "address", address)
		}
	}
	waiting := 0
	for _, a := range tx.MailAsks() {
		if a.Customer != c.ID {
			continue
		}
		waiting++
		if have, err := tx.Text(a.Address); err != nil || have == address {
			return nil, Refuse(Conflict, "mail.asked", "address", address)
		}
	}
	if waiting >= mailAsksMax {
		return nil, Refuse(Conflict, "mail.waits")
	}
	x := &MailAsked{Customer: c.ID, Who: tx.s.actorOf(chat)}
	if x.Address, err = tx.keep(tx.newPerson(), address); err != nil {
		return nil, err
	}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.s.mailAsks.at(tx.s.mailAsks.n), nil
}

// MailDecided is the fact that staff took such a wish up, or did not.
type MailDecided struct {
	Ask      MailAskID
	Customer CustomerID
	Granted  bool
}

func (x *MailDecided) kind() factKind { return kindMailDecided }

func (x *MailDecided) code(c *coder) {
	num(c, &x.Ask)
	num(c, &x.Customer)
	c.flag(&x.Granted)
}

func (x *MailDecided) apply(s *state, _ *Fact) {
	if a := s.mailAsks.at(uint32(x.Ask)); a != nil {
		set(s, &a.Decided, true)
		set(s, &a.Granted, x.Granted)
		drop(s, s.mailAsked, x.Ask)
	}
}

// DecideMail books what staff decided about a, and the address where it is to be used. It
// returns a Conflict refusal where that was decided already.
func (tx *Tx) DecideMail(a *MailAsk, granted bool) error {
	if a.Decided {
		return Refuse(Conflict, "mail.decided")
	}
	if _, err := tx.append(tx.Today(), &MailDecided{a.ID, a.Customer, granted}); err != nil || !granted {
		return err
	}
	address, err := tx.Text(a.Address)
	if err != nil {
		return err
	}
	c := tx.Customer(a.Customer)
	_, err = tx.SetMails(c, append(c.MailAddresses(), address))
	return err
}

// MailAsk returns wish id, nil where there is none.
func (v *View) MailAsk(id MailAskID) *MailAsk { return v.s.mailAsks.at(uint32(id)) }

// MailAsks lists the wishes that wait for staff, oldest first.
func (v *View) MailAsks() []*MailAsk {
	return sortedByID(v.s.mailAsked, func(id MailAskID, _ bool) *MailAsk { return v.MailAsk(id) }, func(a *MailAsk) MailAskID { return a.ID })
}

// The names of facts about what customers choose.
const (
	FactSpokenIn FactName = "spokenin"
	FactHours    FactName = "hours"
	FactDaily    FactName = "daily"
	FactSingly   FactName = "singly"
	FactMailAsk  FactName = "mailasked"
	FactMailYes  FactName = "mailgranted"
	FactMailNo   FactName = "maildeclined"
)

// describeChosen tells facts about what customers choose.
func (v *View) describeChosen(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *PersonLanguage:
		return Description{Name: FactSpokenIn, Refs: append(v.handle(x.Customer), x.Language)}, true
	case *HoursChosen:
		return Description{Name: FactHours, Refs: append(v.handle(x.Customer), fmt.Sprintf("%d-%d", x.Hours.From, x.Hours.Until))}, true
	case *DigestChosen:
		if x.Daily {
			return Description{Name: FactDaily, Refs: v.handle(x.Customer)}, true
		}
		return Description{Name: FactSingly, Refs: v.handle(x.Customer)}, true
	case *MailAsked:
		return Description{Name: FactMailAsk, Refs: v.handle(x.Customer)}, true
	case *MailDecided:
		if x.Granted {
			return Description{Name: FactMailYes, Refs: v.handle(x.Customer)}, true
		}
		return Description{Name: FactMailNo, Refs: v.handle(x.Customer)}, true
	}
	return Description{}, false
}

func dumpChosen(w io.Writer, v *View) {
	s := v.s
	s.customers.each(func(c *Customer) {
		if c.Hours.Chosen() || c.Daily {
			fmt.Fprintf(w, "chosen %d hours %d-%d daily %t\n", c.ID, c.Hours.From, c.Hours.Until, c.Daily)
		}
	})
	lines(w, "spoken", s.people, func(p ChatPerson) string { return p.Language })
	s.mailAsks.each(func(a *MailAsk) {
		address, _ := v.Text(a.Address)
		fmt.Fprintf(w, "mail asked %d customer %d by %q %q decided %t %t\n", a.ID, a.Customer, a.By, address, a.Decided, a.Granted)
	})
}

// PersonAt is whose an address of the books is, 0 for nobody's.
func (v *View) PersonAt(address string) PersonID { return v.s.people[address].Person }
