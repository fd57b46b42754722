package ledger

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// Links: which chats belong to which customers. A chat of one person is private; a group's is
// read by all who are in it. One chat may speak for several customers, and one customer may
// have several chats.

// Position is what a person does at a customer's.
type Position string

// The positions. Whoever has said nothing has none.
const (
	Buyer      Position = "buyer"
	Accountant Position = "accountant"
	Director   Position = "director"
)

// Positions lists them in the order in which they are offered.
func Positions() []Position { return []Position{Buyer, Accountant, Director} }

// LinkState is how far a link has come.
type LinkState string

// The states of a link.
const (
	LinkAsks     LinkState = "asks"     // the invitation was followed, and staff are to let the person in
	LinkStands   LinkState = "stands"   // the chat is the customer's
	LinkEnded    LinkState = "ended"    // it was the customer's
	LinkDeclined LinkState = "declined" // staff did not let the person in
)

// Link is a chat and a customer. There is one of the two at most: the last.
type Link struct {
	Customer CustomerID
	Chat     string // "telegram:1001"
	Person   PersonID
	Name     TextRef // of the person, or the group's title
	Group    bool
	State    LinkState
	Since    time.Time // of the state
	By       string    // who brought it about: "slack:U…", "person:7"
	Position Position
	Sums     bool     // of a group: it may show sums and documents
	News     NoticeID // that told staff of it; 0: none

	token [16]byte // of the invitation
}

// Private reports whether l is the chat of one person, and stands.
func (l Link) Private() bool { return l.State == LinkStands && !l.Group }

// Discreet reports whether l is a group's in which no sum is named.
func (l Link) Discreet() bool { return l.Group && !l.Sums }

// linkKey names a link: chat and customer.
type linkKey string

func linkOf(chat string, c CustomerID) linkKey {
	return linkKey(chat + " " + strconv.FormatUint(uint64(c), 10))
}

// ChatLink returns the link of a chat with customer c, whatever its state; ok is false where there
// was never one.
func (v *View) ChatLink(chat string, c CustomerID) (l Link, ok bool) {
	l, ok = v.s.links[linkOf(chat, c)]
	return l, ok
}

// Links are the chats of c, first linked first, and behind them those who ask to be let in.
func (v *View) Links(c *Customer) (out []Link) {
	for _, chat := range c.Chats {
		if l, ok := v.ChatLink(chat, c.ID); ok {
			out = append(out, l)
		}
	}
	return append(out, v.LinksAsking(c)...)
}

// LinksAsking are those who wait to be let in, to c, or with nil to anybody; in order.
func (v *View) LinksAsking(c *Customer) (out []Link) {
	for _, l := range v.s.links {
		if l.State == LinkAsks && (c == nil || l.Customer == c.ID) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b Link) int { return int(a.Person) - int(b.Person) })
	return out
}

// LinkNumbered returns the link of c that has this person, if it stands or asks.
func (v *View) LinkNumbered(c *Customer, n PersonID) (l Link, ok bool) {
	for _, l := range v.Links(c) {
		if l.Person == n {
			return l, true
		}
	}
	return Link{}, false
}

// LinkName is what a link's person or group is called.
func (v *View) LinkName(l Link) string {
	name, _ := v.Text(l.Name)
	return name
}

// Groups are the groups of c that can be written to.
func (v *View) Groups(c *Customer) (out []Link) {
	for _, l := range v.Links(c) {
		if l.Group && l.State == LinkStands && !v.Shut(l.Chat) {
			out = append(out, l)
		}
	}
	return out
}

// Positioned reports whether anybody who is linked to c has said what he does there.
func (v *View) Positioned(c *Customer) bool {
	return slices.ContainsFunc(v.Links(c), func(l Link) bool { return l.Private() && l.Position != "" })
}

// Invitation is a link that was made for a customer and not used yet.
type Invitation struct {
	Customer CustomerID
	Expires  time.Time
	Group    bool // it is for a group, and not for a private chat
	hash     [16]byte
}

// Label names an invitation in the working state: nobody can follow it by that.
func (i Invitation) Label() string { return hex.EncodeToString(i.hash[:]) }

// Invitation returns the invitation of a token; ok is false for one that is unknown, used or
// too old.
func (v *View) Invitation(token string) (i Invitation, ok bool) {
	return v.invitation(tokenHash(token))
}

// InvitationLabelled is Invitation by what Label gave.
func (v *View) InvitationLabelled(label string) (i Invitation, ok bool) {
	raw, err := hex.DecodeString(label)
	if err != nil || len(raw) != 16 {
		return i, false
	}
	return v.invitation([16]byte(raw))
}

func (v *View) invitation(h [16]byte) (Invitation, bool) {
	x, ok := v.s.invites[h]
	return Invitation{x.Customer, x.Expires, x.Group, h}, ok && v.Now.Before(x.Expires) && !v.s.stale(h, x.Customer)
}

// NewLink is who follows an invitation: a person in his own chat, or a group.
type NewLink struct {
	Chat, Name string
	Language   string // of the person's program, as one of ours; "" for another
	Group      bool
}

// Follow uses up an invitation: the chat belongs to its customer from now on.
func (tx *Tx) Follow(i Invitation, n NewLink) (*Customer, error) {
	who, err := tx.newChatPerson(n)
	if err != nil {
		return nil, err
	}
	if _, err = tx.append(tx.Today(), &ChatLinked{i.Customer, i.hash, who}); err == nil {
		err = tx.showUnseen(n.Chat)
	}
	return tx.Customer(i.Customer), err
}

func (tx *Tx) newChatPerson(n NewLink) (who ChatPerson, err error) {
	who = ChatPerson{Person: tx.newPerson(), Language: cmp.Or(tx.s.people[n.Chat].Language, n.Language), Group: n.Group}
	if who.Name, err = tx.keep(who.Person, n.Name); err != nil {
		return who, err
	}
	who.Address, err = tx.keep(who.Person, n.Chat)
	return who, err
}

// LinkAsked is the fact that somebody followed an invitation, and waits for staff to let him
// in. The invitation is used up.
type LinkAsked struct {
	Customer CustomerID
	Token    [16]byte
	Who      ChatPerson
}

func (x *LinkAsked) kind() factKind { return kindLinkAsked }

func (x *LinkAsked) code(c *coder) {
	num(c, &x.Customer)
	c.fixed(x.Token[:])
	x.Who.code(c)
}

func (x *LinkAsked) apply(s *state, f *Fact) {
	drop(s, s.invites, x.Token)
	chat, err := s.read(x.Who.Address)
	if err != nil || chat == "" {
		return
	}
	if _, known := s.people[chat]; !known {
		put(s, s.people, chat, x.Who)
	}
	put(s, s.addresses, x.Who.Person, chat)
	put(s, s.links, linkOf(chat, x.Customer), newLink(x.Customer, chat, &x.Who, x.Token, LinkAsks, f))
}

func newLink(c CustomerID, chat string, who *ChatPerson, token [16]byte, at LinkState, f *Fact) Link {
	return Link{Customer: c, Chat: chat, Person: who.Person, Name: who.Name, Group: who.Group, State: at,
		Since: f.Recorded, By: f.By, token: token}
}

// linked notes that a chat is a customer's. Of one that was his already, or that asked to be
// his, it stays what was known.
func (s *state) linked(x *ChatLinked, chat string, f *Fact) {
	key := linkOf(chat, x.Customer)
	l := newLink(x.Customer, chat, &x.Who, x.Token, LinkStands, f)
	switch was := s.links[key]; {
	case was.State == LinkStands:
		l.Position, l.Sums = was.Position, was.Sums && l.Group
	case was.State == LinkAsks && was.Person == l.Person:
		l.News = was.News
	}
	put(s, s.links, key, l)
}

// parted notes that a chat is no customer's any more, or never became his.
func (s *state) parted(chat string, c CustomerID, became LinkState, f *Fact) {
	key := linkOf(chat, c)
	if l, ok := s.links[key]; ok {
		l.State, l.Since, l.By, l.Position, l.Sums = became, f.Recorded, f.By, "", false
		put(s, s.links, key, l)
	}
}

// moveLinks takes the links of a chat to its new address.
func (s *state) moveLinks(from, to string) {
	for _, id := range s.chats[from] {
		if l, ok := s.links[linkOf(from, id)]; ok {
			l.Chat = to
			drop(s, s.links, linkOf(from, id))
			put(s, s.links, linkOf(to, id), l)
		}
	}
}

// told notes which message tells staff of a link.
func (s *state) told(chat string, c CustomerID, news NoticeID) {
	key := linkOf(chat, c)
	if l, ok := s.links[key]; ok {
		l.News = news
		put(s, s.links, key, l)
	}
}

// AskToLink uses up an invitation: the chat waits to be let in.
func (tx *Tx) AskToLink(i Invitation, n NewLink) (Link, error) {
	who, err := tx.newChatPerson(n)
	if err == nil {
		_, err = tx.append(tx.Today(), &LinkAsked{i.Customer, i.hash, who})
	}
	l, _ := tx.ChatLink(n.Chat, i.Customer)
	return l, err
}

// LetIn books that who asked belongs to the customer from now on. It returns a Conflict
// refusal where nobody asks any more.
func (tx *Tx) LetIn(l Link) error {
	if l.State != LinkAsks {
		return Refuse(Conflict, "link.over")
	}
	f := &ChatLinked{l.Customer, l.token, ChatPerson{Person: l.Person, Name: l.Name, Language: tx.s.people[l.Chat].Language, Group: l.Group}}
	var err error
	if f.Who.Address, err = tx.keep(l.Person, l.Chat); err == nil {
		_, err = tx.append(tx.Today(), f)
	}
	if err == nil {
		err = tx.showUnseen(l.Chat)
	}
	return err
}

// InvitationEnded is the fact that an invitation came to nothing: with a person, that staff
// did not let him in; without, that it was answered wrongly too often.
type InvitationEnded struct {
	Customer CustomerID
	Token    [16]byte
	Person   PersonID
}

func (x *InvitationEnded) kind() factKind { return kindInvitationEnded }

func (x *InvitationEnded) code(c *coder) {
	num(c, &x.Customer)
	c.fixed(x.Token[:])
	num(c, &x.Person)
}

func (x *InvitationEnded) apply(s *state, f *Fact) {
	drop(s, s.invites, x.Token)
	if chat := s.addresses[x.Person]; chat != "" {
		s.parted(chat, x.Customer, LinkDeclined, f)
	}
}

// EndInvitation books that an invitation works no more.
func (tx *Tx) EndInvitation(i Invitation) error {
	_, err := tx.append(tx.Today(), &InvitationEnded{Customer: i.Customer, Token: i.hash})
	return err
}

// TurnAway books that who asked is not let in. It returns a Conflict refusal where nobody asks
// any more.
func (tx *Tx) TurnAway(l Link) error {
	if l.State != LinkAsks {
		return Refuse(Conflict, "link.over")
	}
	_, err := tx.append(tx.Today(), &InvitationEnded{l.Customer, l.token, l.Person})
	return err
}

// PositionSet is the fact of what a person does at a customer's.
type PositionSet struct {
	Customer CustomerID
	Person   PersonID
	Position Position // "" for nothing that was said
}

func (x *PositionSet) kind() factKind { return kindPosition }

func (x *PositionSet) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Person)
	str(c, &x.Position)
}

func (x *PositionSet) apply(s *state, _ *Fact) {
	key := linkOf(s.addresses[x.Person], x.Customer)
	if l, ok := s.links[key]; ok {
		l.Position = x.Position
		put(s, s.links, key, l)
	}
}

// SetPosition books what the person of a link does at the customer's.
func (tx *Tx) SetPosition(l Link, p Position) error {
	if l.Position == p || !l.Private() {
		return nil
	}
	_, err := tx.append(tx.Today(), &PositionSet{l.Customer, l.Person, p})
	return err
}

// GroupSumsSet is the fact that a group may be shown sums and documents, or not any more.
type GroupSumsSet struct {
	Customer CustomerID
	Group    PersonID // as which the group is kept
	Who      PersonID // who decided
	Shown    bool
}

func (x *GroupSumsSet) kind() factKind { return kindGroupSums }

func (x *GroupSumsSet) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Group)
	num(c, &x.Who)
	c.flag(&x.Shown)
}

func (x *GroupSumsSet) apply(s *state, _ *Fact) {
	key := linkOf(s.addresses[x.Group], x.Customer)
	if l, ok := s.links[key]; ok && l.Group {
		l.Sums = x.Shown
		put(s, s.links, key, l)
	}
}

// ShowSums books whether a group is shown sums and documents, as who decides it.
func (tx *Tx) ShowSums(group Link, who Link, shown bool) error {
	if group.Sums == shown || !group.Group {
		return nil
	}
	_, err := tx.append(tx.Today(), &GroupSumsSet{group.Customer, group.Person, who.Person, shown})
	return err
}

// newLinkFact makes the bodies of this file's kinds.
func newLinkFact(k factKind) Body {
	switch k {
	case kindLinkAsked:
		return new(LinkAsked)
	case kindInvitationEnded:
		return new(InvitationEnded)
	case kindPosition:
		return new(PositionSet)
	case kindGroupSums:
		return new(GroupSumsSet)
	}
	return nil
}

// The names of what happens to links.
const (
	FactLinkAsked       FactName = "linkasked"
	FactInvitationEnded FactName = "invitationended"
	FactPosition        FactName = "position"
	FactSumsShown       FactName = "sumsshown"
	FactSumsHidden      FactName = "sumshidden"
)

func (v *View) describeLink(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *LinkAsked:
		return Description{Name: FactLinkAsked, Refs: v.handle(x.Customer)}, true
	case *InvitationEnded:
		return Description{Name: FactInvitationEnded, Refs: v.handle(x.Customer)}, true
	case *PositionSet:
		return Description{Name: FactPosition, Refs: append(v.handle(x.Customer), string(x.Position))}, true
	case *GroupSumsSet:
		if x.Shown {
			return Description{Name: FactSumsShown, Refs: v.handle(x.Customer)}, true
		}
		return Description{Name: FactSumsHidden, Refs: v.handle(x.Customer)}, true
	}
	return Description{}, false
}

func dumpLinks(w io.Writer, s *state) {
	lines(w, "link", s.links, func(l Link) string {
		return fmt.Sprintf("person %d group %t %s since %s by %q %q sums %t news %d", l.Person, l.Group, l.State, l.Since, l.By, l.Position, l.Sums, l.News)
	})
}
