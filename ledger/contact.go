package ledger

import (
	"net/mail"
	"slices"
	"strings"
	"unicode"
)

// Channels that messages to a customer can take. An address is a channel, a colon, and where
// it leads: "telegram:1001", "mail:ap@acme.example".
const (
	ChannelTelegram = "telegram"
	ChannelMail     = "mail"
	ChannelSMS      = "sms"
)

// ChannelOf is the channel of an address.
func ChannelOf(address string) string {
	channel, _, _ := strings.Cut(address, ":")
	return channel
}

// MailAdded is the fact that a customer can be reached by e-mail under an address from now
// on. The address is personal text of whoever reads there, as a chat's is.
type MailAdded struct {
	Customer CustomerID
	Person   PersonID
	Address  TextRef // "mail:ap@acme.example"
}

func (x *MailAdded) kind() factKind { return kindMailAdded }

func (x *MailAdded) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Person)
	c.text(&x.Address)
}

func (x *MailAdded) apply(s *state, _ *Fact) {
	c := s.customers.at(uint32(x.Customer))
	if c == nil {
		return
	}
	address, err := s.read(x.Address)
	if err != nil || address == "" {
		return // the text is damaged, which verify tells, or was erased
	}
	set(s, &c.Mails, append(without(c.Mails, address), address))
	put(s, s.people, address, ChatPerson{Person: x.Person, Address: x.Address})
	put(s, s.addresses, x.Person, address)
	s.openRoute(address, c.ID)
}

// MailRemoved is the fact that an address is a customer's no more.
type MailRemoved struct {
	Customer CustomerID
	Person   PersonID // whose address it is
}

func (x *MailRemoved) kind() factKind { return kindMailRemoved }

func (x *MailRemoved) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Person)
}

func (x *MailRemoved) apply(s *state, _ *Fact) {
	c, address := s.customers.at(uint32(x.Customer)), s.addresses[x.Person]
	if c != nil && address != "" {
		set(s, &c.Mails, without(c.Mails, address))
	}
}

// ChannelChosen is the fact that a customer is to be reached by a channel before others; ""
// leaves it to the company's order.
type ChannelChosen struct {
	Customer CustomerID
	Channel  string
}

func (x *ChannelChosen) kind() factKind { return kindChannelChosen }

func (x *ChannelChosen) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Channel)
}

func (x *ChannelChosen) apply(s *state, _ *Fact) {
	if c := s.customers.at(uint32(x.Customer)); c != nil {
		set(s, &c.Channel, x.Channel)
		s.opened(c.ID)
	}
}

// MailReminders is the fact that a customer gets no reminders by e-mail any more, or does
// again. Invoices and receipts come all the same.
type MailReminders struct {
	Customer CustomerID
	Stopped  bool
}

func (x *MailReminders) kind() factKind { return kindMailReminders }

func (x *MailReminders) code(c *coder) {
	num(c, &x.Customer)
	c.flag(&x.Stopped)
}

func (x *MailReminders) apply(s *state, _ *Fact) {
	if c := s.customers.at(uint32(x.Customer)); c != nil {
		set(s, &c.MailStopped, x.Stopped)
	}
}

func newContact(k factKind) Body {
	switch k {
	case kindMailAdded:
		return new(MailAdded)
	case kindMailRemoved:
		return new(MailRemoved)
	case kindChannelChosen:
		return new(ChannelChosen)
	case kindMailReminders:
		return new(MailReminders)
	}
	return nil
}

const (
	mailLengthMax = 254 // of an address, by RFC 5321
	labelMax      = 63  // of a part of a domain
	mailsMax      = 10  // addresses of one customer
)

// ParseMail reads an e-mail address without a name, in any script. It returns a BadInput
// refusal for anything else.
func ParseMail(s string) (string, error) {
	bad := Refuse(BadInput, "mail.form", "text", s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > mailLengthMax {
		return "", bad
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], strings.ToLower(s[at+1:])
	if strings.ContainsFunc(local, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune(`"<>(),:;\`, r)
	}) {
		return "", bad
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len([]rune(l)) > labelMax || strings.HasPrefix(l, "-") || strings.HasSuffix(l, "-") ||
			strings.ContainsFunc(l, func(r rune) bool {
				return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '-'
			}) {
			return "", bad
		}
	}
	if len(labels) < 2 {
		return "", bad
	}
	return local + "@" + domain, nil
}

// SetMails books that c is reached by e-mail under these addresses and no others, and
// reports whether that is news. It returns a BadInput refusal for what is no address.
func (tx *Tx) SetMails(c *Customer, addresses []string) (changed bool, err error) {
	if len(addresses) > mailsMax {
		return false, Refuse(BadInput, "mail.many", "max", mailsMax)
	}
	var want []string
	for _, s := range addresses {
		a, err := ParseMail(s)
		if err != nil {
			return false, err
		}
		if a = ChannelMail + ":" + a; !slices.Contains(want, a) {
			want = append(want, a)
		}
	}
	for _, have := range c.Mails {
		if !slices.Contains(want, have) {
			changed = true
			if _, err := tx.append(tx.Today(), &MailRemoved{c.ID, tx.s.people[have].Person}); err != nil {
				return false, err
			}
		}
	}
	for _, a := range want {
		if slices.Contains(c.Mails, a) { // named again: it may be tried again
			if err := tx.MendRoute(a); err != nil {
				return false, err
			}
			continue
		}
		changed = true
		x := &MailAdded{Customer: c.ID, Person: tx.newPerson()}
		if x.Address, err = tx.keep(x.Person, a); err != nil {
			return false, err
		}
		if _, err := tx.append(tx.Today(), x); err != nil {
			return false, err
		}
	}
	return changed, nil
}

// ChooseChannel books by which channel c is reached before others, and reports whether that
// is news.
func (tx *Tx) ChooseChannel(c *Customer, channel string) (changed bool, err error) {
	if channel != "" && channel != ChannelTelegram && channel != ChannelMail {
		return false, Refuse(BadInput, "channel.unknown", "text", channel)
	}
	if c.Channel == channel {
		return false, nil
	}
	_, err = tx.append(tx.Today(), &ChannelChosen{c.ID, channel})
	return err == nil, err
}

// StopMailReminders books whether c gets no reminders by e-mail, and reports whether that is
// news.
func (tx *Tx) StopMailReminders(c *Customer, stopped bool) (changed bool, err error) {
	if c.MailStopped == stopped {
		return false, nil
	}
	_, err = tx.append(tx.Today(), &MailReminders{c.ID, stopped})
	return err == nil, err
}

// MailAddresses are where c is reached by e-mail, first named first.
func (c *Customer) MailAddresses() (out []string) {
	for _, a := range c.Mails {
		out = append(out, strings.TrimPrefix(a, ChannelMail+":"))
	}
	return out
}

// Reachable reports whether c can be sent anything, or with reminder a reminder; mail says
// whether e-mail goes out at all.
func (c *Customer) Reachable(mail, reminder bool) bool {
	return len(c.Chats) > 0 || mail && len(c.Mails) > 0 && !(reminder && c.MailStopped)
}

// describeContact tells facts about how a customer is reached.
func (v *View) describeContact(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *MailAdded:
		return Description{Name: FactMailAdded, Refs: v.handle(x.Customer)}, true
	case *MailRemoved:
		return Description{Name: FactMailRemoved, Refs: v.handle(x.Customer)}, true
	case *ChannelChosen:
		return Description{Name: FactChannel, Refs: append(v.handle(x.Customer), x.Channel)}, true
	case *MailReminders:
		if x.Stopped {
			return Description{Name: FactMailStopped, Refs: v.handle(x.Customer)}, true
		}
		return Description{Name: FactMailResumed, Refs: v.handle(x.Customer)}, true
	}
	return Description{}, false
}

// The names of facts about how a customer is reached.
const (
	FactMailAdded   FactName = "mailadded"
	FactMailRemoved FactName = "mailremoved"
	FactChannel     FactName = "channel"
	FactMailStopped FactName = "mailstopped"
	FactMailResumed FactName = "mailresumed"
)
