package ledger

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// Routes: whether a chat can be written to. A platform tells that it cannot be (blocked,
// left, closed); that is a fact, and nothing is tried there until the person writes again,
// lets the bot in, or is linked anew.

// RouteReason is why a chat cannot be written to.
type RouteReason string

// The reasons.
const (
	RouteBlocked RouteReason = "blocked" // the person blocked the bot
	RouteDeleted RouteReason = "deleted" // the account is no more
	RouteRemoved RouteReason = "removed" // the bot was taken out of the group or channel
	RouteClosed  RouteReason = "closed"  // the chat is archived, deleted or unknown
	RouteRefused RouteReason = "refused" // a mail server does not take mail for it
	RouteBounced RouteReason = "bounced" // mail to it came back, somebody said
	RouteStopped RouteReason = "stopped" // the person wants no messages there
)

// Route is what is known of a chat that cannot be written to.
type Route struct {
	Reason RouteReason
	Since  time.Time
}

// RouteBroken is the fact that a platform does not let us write to a chat.
type RouteBroken struct {
	Customer CustomerID // whose chat it is; 0 for staff
	Chat     string     // "slack:C…"; of a customer "person:7"
	Reason   RouteReason
}

func (x *RouteBroken) kind() factKind { return kindRouteBroken }

func (x *RouteBroken) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Chat)
	str(c, &x.Reason)
}

func (x *RouteBroken) apply(s *state, f *Fact) {
	if chat := s.addressOf(x.Chat); chat != "" {
		put(s, s.broken, chat, Route{x.Reason, f.Recorded})
	}
}

// RouteMended is the fact that a chat can be written to again.
type RouteMended struct {
	Customer CustomerID
	Chat     string
}

func (x *RouteMended) kind() factKind { return kindRouteMended }

func (x *RouteMended) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Chat)
}

func (x *RouteMended) apply(s *state, _ *Fact) {
	if chat := s.addressOf(x.Chat); chat != "" {
		s.openRoute(chat, append(without(s.chats[chat], x.Customer), x.Customer)...)
	}
}

// openRoute notes that an address can be written to, and that these customers may have
// waited for that.
func (s *state) openRoute(address string, customers ...CustomerID) {
	drop(s, s.broken, address)
	s.opened(customers...)
}

// opened notes that these customers may be reached in another way than before.
func (s *state) opened(customers ...CustomerID) {
	set(s, &s.routed, append(s.routed, customers...))
}

// BreakRoute books that chat, of c where it is a customer's, cannot be written to, and
// reports whether that is news. Of what was known it is noted again after a while.
func (tx *Tx) BreakRoute(c CustomerID, chat string, reason RouteReason, after time.Duration) (news bool, err error) {
	_, known := tx.s.people[chat]
	r, broken := tx.s.broken[chat]
	if c != 0 && !known || broken && (c != 0 || tx.Now.Sub(r.Since) < after) {
		return false, nil
	}
	_, err = tx.append(tx.Today(), &RouteBroken{c, tx.s.actorOf(chat), reason})
	return !broken, err
}

// MendRoute books that chat can be written to again, if it could not. What its person stopped
// he alone resumes: see Resume.
func (tx *Tx) MendRoute(chat string) error {
	if r, broken := tx.s.broken[chat]; !broken || r.Reason == RouteStopped {
		return nil
	}
	return tx.mend(chat)
}

func (tx *Tx) mend(chat string) error {
	x := &RouteMended{Chat: tx.s.actorOf(chat)}
	if c := tx.ChatOwner(chat); c != nil {
		x.Customer = c.ID
	} else if ChannelOf(chat) != ChannelTelegram {
		tx.Customers(func(c *Customer) {
			if slices.Contains(c.Mails, chat) || ChannelOf(chat) == ChannelSMS && tx.SMSAddress(c) == chat {
				x.Customer = c.ID
			}
		})
	}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return err
	}
	return tx.showUnseen(chat)
}

// Route is what is known of a chat that cannot be written to; ok is false for any other.
func (v *View) Route(chat string) (r Route, ok bool) {
	r, ok = v.s.broken[chat]
	return r, ok
}

// Shut reports whether an address is known not to take anything.
func (v *View) Shut(address string) bool { _, shut := v.s.broken[address]; return shut }

// OpenChats are the chats of c that can be written to, first linked first.
func (v *View) OpenChats(c *Customer) (out []string) {
	for _, chat := range c.Chats {
		if _, broken := v.s.broken[chat]; !broken {
			out = append(out, chat)
		}
	}
	return out
}

// Reaches reports whether c can be sent anything, or with reminder a reminder, by a way that
// is not known to be shut; mail says whether e-mail goes out at all.
func (v *View) Reaches(c *Customer, mail, reminder bool) bool {
	if len(v.OpenChats(c)) > 0 {
		return true
	}
	return mail && !(reminder && c.MailStopped) && slices.ContainsFunc(c.Mails, func(a string) bool { return !v.Shut(a) })
}

// RoutesSince lists the customers that a chat was opened for, after the first n of all.
func (v *View) RoutesSince(n int) []CustomerID {
	return slices.Clone(v.s.routed[min(n, len(v.s.routed)):])
}

// ChatMoved is the fact that a chat has a new address: a group that became a supergroup.
type ChatMoved struct {
	Customer CustomerID
	Person   PersonID // who linked it
	Address  TextRef  // the new one
}

func (x *ChatMoved) kind() factKind { return kindChatMoved }

func (x *ChatMoved) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Person)
	c.text(&x.Address)
}

func (x *ChatMoved) apply(s *state, f *Fact) {
	from := s.addresses[x.Person]
	to, err := s.read(x.Address)
	if err != nil || to == "" || from == "" || from == to {
		return // the text is damaged, which verify tells, or was erased
	}
	s.moveLinks(from, to)
	for _, id := range s.chats[from] {
		c := s.customers.at(uint32(id))
		set(s, &c.Chats, relocate(c.Chats, from, to))
		put(s, s.chats, to, append(without(s.chats[to], id), id))
	}
	drop(s, s.chats, from)
	who := s.people[from]
	who.Address = x.Address
	put(s, s.people, to, who)
	drop(s, s.people, from)
	for person, address := range s.addresses {
		if address == from {
			put(s, s.addresses, person, to)
		}
	}
	drop(s, s.broken, from)
	put(s, s.relocated, to, factNo(f.Seq))
	s.openRoute(to, s.chats[to]...)
}

// relocate is list with to in the place of from, once.
func relocate(list []string, from, to string) []string {
	list = without(list, to)
	if i := slices.Index(list, from); i >= 0 {
		list[i] = to
	}
	return list
}

// MoveChat books that the chat from is now to: what is linked to it goes on there. Messages
// that it had stay where they were, and cannot be edited any more.
func (tx *Tx) MoveChat(from, to string) error {
	who, ok := tx.s.people[from]
	if !ok || from == to {
		return nil
	}
	x := &ChatMoved{Person: who.Person}
	if c := tx.ChatOwner(from); c != nil {
		x.Customer = c.ID
	}
	var err error
	if x.Address, err = tx.keep(who.Person, to); err == nil {
		_, err = tx.append(tx.Today(), x)
	}
	return err
}

// beforeMove reports whether what was sent in a chat lies in the one that it was before it
// moved.
func (s *state) beforeMove(chat string, sent factNo) bool { return sent < s.relocated[chat] }

func dumpRoutes(w io.Writer, s *state) {
	lines(w, "broken", s.broken, func(r Route) string { return fmt.Sprintf("%s since %s", r.Reason, r.Since) })
	lines(w, "moved", s.relocated, func(n factNo) string { return fmt.Sprint(n) })
	fmt.Fprintf(w, "routed %d\n", s.routed)
}
