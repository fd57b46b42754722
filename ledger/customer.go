package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CustomerID numbers customers from 1 in order of arrival.
type CustomerID uint32

// Customer is who owes us.
type Customer struct {
	ID       CustomerID
	Handle   string // "acme": how staff call him
	Person   PersonID
	Name     TextRef
	Currency Currency // of new invoices
	Language string   // "en", "ru", …: what the bot speaks with him
	Zone     *time.Location
	ZoneName string
	Terms    Terms
	Owner    string // Slack user who looks after him, "" for nobody
	Limited  bool   // he has a credit limit
	Limit    int64  // minor units of Currency

	Substitute string        // Slack user who stands in for the owner, "" for nobody
	Requires   []Requirement // what his invoices must carry
	Segment    string        // "retail": a group that reports and policies tell apart, "" for none

	Chats []string // linked chats, "telegram:1001", first linked first

	Mails       []string // "mail:ap@acme.example", first named first
	Channel     string   // by which he is reached before others, "" for the company's order
	MailStopped bool     // he gets no reminders by e-mail
	Hours       Hours    // in which he wants reminders
	Daily       bool     // a reminder tells all that is due, once a day

	// What reminders need to know. A contact is one message of the bot's about overdue debt.
	LastContact Date     // local day of the last contact that a platform accepted
	Contacts    []Date   // local days of the contacts of the last month, in order
	Reminder    NoticeID // a reminder that is on its way, or whose fate is unknown
	NextCall    Date     // when staff are to call him, 0: no day is set
	Phone       TextRef  // by which they do; see View.Phone

	firstOpen InvoiceID // list of open invoices, newest first
	openCount int
	lastMove  uint32 // of what he owes; see history.go
	lastStep  uint32 // of the facts that concern him; see trail.go
	fact      uint64

	PromisesKept   int // promises to pay that came true
	PromisesBroken int // and that did not

	interest interestTerms // what was agreed about late payment

	faces []face // what he was called, oldest first

	lastNote    NoteID       // list of notes of staff, newest first
	lastPayment PaymentID    // list of payments, newest first
	lastCredit  CreditNoteID // list of credit notes on any invoice, newest first
}

// CustomerAdded is the fact of a new customer.
type CustomerAdded struct {
	Handle   string
	Person   PersonID
	Name     TextRef
	Currency Currency
	Language string
	ZoneName string
	Terms    Terms
	Owner    string

	Segment string
}

func (x *CustomerAdded) kind() factKind { return kindCustomer }

func (x *CustomerAdded) code(c *coder) {
	str(c, &x.Handle)
	num(c, &x.Person)
	c.text(&x.Name)
	str(c, &x.Currency)
	str(c, &x.Language)
	str(c, &x.ZoneName)
	x.Terms.code(c)
	str(c, &x.Owner)
	if c.version >= 2 {
		str(c, &x.Segment)
	}
}

func (x *CustomerAdded) apply(s *state, f *Fact) {
	id := CustomerID(s.customers.n + 1)
	s.customers.add(s, Customer{ID: id, Handle: x.Handle, Person: x.Person, Name: x.Name, Currency: x.Currency,
		Language: x.Language, Zone: loadZone(x.ZoneName), ZoneName: x.ZoneName, Terms: x.Terms, Owner: x.Owner, Segment: x.Segment, fact: f.Seq,
		faces: []face{{since: f.Seq, name: x.Name, language: x.Language}}})
	put(s, s.handles, x.Handle, id)
}

// NewCustomer is what AddCustomer needs; empty fields take the company's.
type NewCustomer struct {
	Handle, Name string
	Currency     Currency
	Language     string
	ZoneName     string
	Terms        *Terms
	Owner        string
	Segment      string
}

// Handles start with a letter, so that no number and no sum is ever taken for one.
var handlePattern = regexp.MustCompile(`^\p{L}[\p{L}\p{N}._-]{0,31}$`)

// AddCustomer books a new customer. It returns a BadInput refusal for a handle of wrong
// form, an unknown currency or zone, and a Conflict for a handle in use.
func (tx *Tx) AddCustomer(n NewCustomer) (*Customer, error) {
	h := strings.ToLower(n.Handle)
	if !handlePattern.MatchString(h) || LooksLikeNumber(h) {
		return nil, Refuse(BadInput, "customer.badhandle", "text", n.Handle)
	}
	if _, taken := tx.s.handles[h]; taken {
		return nil, Refuse(Conflict, "customer.exists", "customer", h)
	}
	if err := tx.reserved(); err != nil {
		return nil, err
	}
	co := tx.s.company
	x := &CustomerAdded{Handle: h, Currency: n.Currency, Language: n.Language, ZoneName: n.ZoneName, Terms: DefaultTerms, Owner: n.Owner}
	if x.Currency == "" {
		x.Currency = co.Currency
	}
	if x.Language == "" {
		x.Language = co.Language
	}
	if x.ZoneName == "" {
		x.ZoneName = co.ZoneName
	}
	if n.Terms != nil {
		x.Terms = *n.Terms
	}
	if !x.Currency.Valid() {
		return nil, Refuse(BadInput, "currency.unknown", "text", string(x.Currency))
	}
	if _, err := time.LoadLocation(x.ZoneName); err != nil || x.ZoneName == "Local" {
		return nil, Refuse(BadInput, "zone.unknown", "text", x.ZoneName)
	}
	var err error
	if x.Segment, err = segment(n.Segment); err != nil {
		return nil, err
	}
	name := strings.TrimSpace(n.Name)
	if name == "" {
		name = n.Handle
	}
	x.Person = tx.newPerson()
	if x.Name, err = tx.keep(x.Person, name); err != nil {
		return nil, err
	}
	if _, err := tx.append(tx.Today(), x); err != nil {
		return nil, err
	}
	return tx.s.customers.at(tx.s.customers.n), nil
}

var segmentPattern = regexp.MustCompile(`^\p{L}[\p{L}\p{N}._-]{0,31}$`)

// segment is a segment as the books keep it: one word in small letters, or "" for none.
func segment(s string) (string, error) {
	if s != "" && !segmentPattern.MatchString(s) {
		return "", Refuse(BadInput, "segment.form", "text", s)
	}
	return strings.ToLower(s), nil
}

// LookedAfterBy reports whether a Slack user looks after c: as owner, as substitute, or
// because nobody else does.
func (c *Customer) LookedAfterBy(user string) bool {
	return c.Owner == "" && c.Substitute == "" || user != "" && (c.Owner == user || c.Substitute == user)
}

// Customer returns customer id, nil where there is none.
func (v *View) Customer(id CustomerID) *Customer { return v.s.customers.at(uint32(id)) }

// CustomerNamed returns the customer of that handle. It returns a NotFound refusal that
// names the nearest handle, and that of View.May for a customer whom the asker may not name.
func (v *View) CustomerNamed(handle string) (*Customer, error) {
	h := strings.ToLower(strings.TrimSpace(handle))
	if id, ok := v.s.handles[h]; ok {
		c := v.Customer(id)
		return c, v.Allowed(c)
	}
	if near := v.nearestHandle(h); near != "" {
		return nil, Refuse(NotFound, "customer.unknown.near", "text", handle, "near", near)
	}
	return nil, Refuse(NotFound, "customer.unknown", "text", handle)
}

func (v *View) nearestHandle(h string) string {
	best, found := 3, ""
	v.s.customers.each(func(c *Customer) {
		if !v.Sees(c) {
			return
		}
		if d := Distance(h, c.Handle); d < best || d == best && found != "" && c.Handle < found {
			best, found = d, c.Handle
		}
	})
	return found
}

// CustomerName is c's name as people write it.
func (v *View) CustomerName(c *Customer) string {
	name, err := v.Text(c.Name)
	if err != nil || name == "" {
		return c.Handle
	}
	return name
}

// Customers calls f with every customer in order of arrival.
func (v *View) Customers(f func(*Customer)) { v.s.customers.each(f) }

// customersAtOnce is how many customers EachCustomer reads in one View: some milliseconds, if much is
// asked of each.
const customersAtOnce = 500

// EachCustomer calls f with every customer in order, some of them in one View and the next in another:
// so whoever writes does not wait for all of them. Each is seen as he stands then.
func (b *Books) EachCustomer(f func(v *View, c *Customer)) error {
	for from, all := uint32(1), uint32(1); from <= all; from += customersAtOnce {
		err := b.View(func(v *View) error {
			all = v.s.customers.n
			for id := from; id <= min(all, from+customersAtOnce-1); id++ {
				f(v, v.s.customers.at(id))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// LanguageSet is the fact that a customer chose the language that the bot speaks with him.
type LanguageSet struct {
	Customer CustomerID
	Language string
}

func (x *LanguageSet) kind() factKind { return kindLanguage }

func (x *LanguageSet) code(c *coder) {
	num(c, &x.Customer)
	str(c, &x.Language)
}

func (x *LanguageSet) apply(s *state, f *Fact) {
	if c := s.customers.at(uint32(x.Customer)); c != nil {
		set(s, &c.Language, x.Language)
		c.turn(s, f.Seq, c.details())
	}
}

// SetLanguage books that c is spoken with in lang.
func (tx *Tx) SetLanguage(c *Customer, lang string) error {
	if c.Language == lang {
		return nil
	}
	_, err := tx.append(tx.Today(), &LanguageSet{c.ID, lang})
	return err
}

// inviteLife is how long an invitation link works.
const inviteLife = 7 * 24 * time.Hour

// invite is an invitation that was not used yet.
type invite struct {
	Customer CustomerID
	Expires  time.Time
	Group    bool
}

// CustomerInvited is the fact that a one-time link was made for a customer. It holds a
// hash; the token itself is told once and kept nowhere.
type CustomerInvited struct {
	Customer CustomerID
	Token    [16]byte // first half of the token's SHA-256
	Expires  time.Time
	Group    bool // it is for a group, and not for a private chat
}

func (x *CustomerInvited) kind() factKind { return kindInvited }

func (x *CustomerInvited) code(c *coder) {
	num(c, &x.Customer)
	c.fixed(x.Token[:])
	c.instant(&x.Expires)
	if c.version >= 4 {
		c.flag(&x.Group)
	}
}

func (x *CustomerInvited) apply(s *state, _ *Fact) {
	put(s, s.invites, x.Token, invite{x.Customer, x.Expires, x.Group})
}

// Invite makes a one-time token that links a private chat to c, good for seven days. The
// command's reply, which tells it, is not stored.
func (tx *Tx) Invite(c *Customer) (token string, expires time.Time, err error) {
	return tx.invite(c, false)
}

// InviteGroup is Invite for a group.
func (tx *Tx) InviteGroup(c *Customer) (token string, expires time.Time, err error) {
	return tx.invite(c, true)
}

func (tx *Tx) invite(c *Customer, group bool) (token string, expires time.Time, err error) {
	raw := make([]byte, 18)
	rand.Read(raw)
	token = base64.RawURLEncoding.EncodeToString(raw)
	x := &CustomerInvited{Customer: c.ID, Token: tokenHash(token), Expires: tx.Now.Add(inviteLife), Group: group}
	tx.secret = true
	_, err = tx.append(tx.Today(), x)
	return token, x.Expires, err
}

func tokenHash(token string) [16]byte {
	sum := sha256.Sum256([]byte(token))
	return [16]byte(sum[:16])
}

// ChatPerson is who linked a chat. Where he can be reached is personal text as his name is:
// facts call him by his number ("person:7"), see actorOf.
type ChatPerson struct {
	Person   PersonID
	Name     TextRef
	Address  TextRef // "telegram:1001"
	Language string
	Group    bool // it is no person but a group, and Name is its title
}

func (w *ChatPerson) code(c *coder) {
	num(c, &w.Person)
	c.text(&w.Name)
	c.text(&w.Address)
	str(c, &w.Language)
	if c.version >= 4 {
		c.flag(&w.Group)
	}
}

// ChatLinked is the fact that a chat belongs to a customer from now on.
type ChatLinked struct {
	Customer CustomerID
	Token    [16]byte // of the invitation, used up by this
	Who      ChatPerson
}

func (x *ChatLinked) kind() factKind { return kindLinked }

func (x *ChatLinked) code(c *coder) {
	num(c, &x.Customer)
	c.fixed(x.Token[:])
	x.Who.code(c)
}

func (x *ChatLinked) apply(s *state, f *Fact) {
	drop(s, s.invites, x.Token)
	c := s.customers.at(uint32(x.Customer))
	if c == nil {
		return
	}
	chat, err := s.read(x.Who.Address)
	if err != nil || chat == "" {
		return // the text is damaged, which verify tells, or was erased
	}
	set(s, &c.Chats, append(without(c.Chats, chat), chat))
	put(s, s.chats, chat, append(without(s.chats[chat], x.Customer), x.Customer))
	put(s, s.people, chat, x.Who)
	put(s, s.addresses, x.Who.Person, chat)
	s.linked(x, chat, f)
	s.openRoute(chat, s.chats[chat]...)
}

// Link uses up an invitation: chat belongs to its customer from now on. The person is spoken
// with in lang, unless he has chosen before; "" is the customer's language. It returns a NotFound refusal for a token that is unknown,
// used or too old: a stranger learns nothing from which it was.
func (tx *Tx) Link(token, chat, name, lang string) (*Customer, error) {
	inv, ok := tx.Invitation(token)
	if !ok {
		return nil, Refuse(NotFound, "link.unknown")
	}
	return tx.Follow(inv, NewLink{Chat: chat, Name: name, Language: lang})
}

// ChatUnlinked is the fact that a chat does not belong to a customer any more.
type ChatUnlinked struct {
	Customer CustomerID
	Person   PersonID // whose chat it is
}

func (x *ChatUnlinked) kind() factKind { return kindUnlinked }

func (x *ChatUnlinked) code(c *coder) {
	num(c, &x.Customer)
	num(c, &x.Person)
}

func (x *ChatUnlinked) apply(s *state, f *Fact) {
	c, chat := s.customers.at(uint32(x.Customer)), s.addresses[x.Person]
	if c == nil || chat == "" {
		return
	}
	set(s, &c.Chats, without(c.Chats, chat))
	put(s, s.chats, chat, without(s.chats[chat], x.Customer))
	s.parted(chat, x.Customer, LinkEnded, f)
}

// Unlink books that chat does not belong to c any more.
func (tx *Tx) Unlink(c *Customer, chat string) error {
	for _, have := range c.Chats {
		if have == chat {
			_, err := tx.append(tx.Today(), &ChatUnlinked{c.ID, tx.s.people[chat].Person})
			return err
		}
	}
	return Refuse(NotFound, "link.none", "customer", c.Handle)
}

// ChatOwner returns the customer that chat is linked to, nil for a stranger's chat. A chat
// of several customers gives the one linked last.
func (v *View) ChatOwner(chat string) *Customer {
	ids := v.s.chats[chat]
	if len(ids) == 0 {
		return nil
	}
	return v.Customer(ids[len(ids)-1])
}

// ChatHas reports whether chat is linked to customer id, be it one of several.
func (v *View) ChatHas(chat string, id CustomerID) bool { return slices.Contains(v.s.chats[chat], id) }

// ChatCustomers returns the customers that chat is linked to, the last linked first.
func (v *View) ChatCustomers(chat string) (out []*Customer) {
	for _, id := range slices.Backward(v.s.chats[chat]) {
		out = append(out, v.Customer(id))
	}
	return out
}

// ChatName is the name of the person who linked chat.
func (v *View) ChatName(chat string) string {
	name, _ := v.Text(v.s.people[chat].Name)
	return name
}

// actorOf is what a fact calls whoever acts: Slack users and programs by their names, the
// people behind chats by their numbers, so that erasing a person erases the last trace of
// where he was reached.
func (s *state) actorOf(address string) string {
	if p, ok := s.people[address]; ok {
		return "person:" + strconv.FormatUint(uint64(p.Person), 10)
	}
	if platform, _, _ := strings.Cut(address, ":"); platform == ChannelTelegram || platform == ChannelMail || platform == ChannelSMS {
		return platform // a stranger
	}
	return address
}

// addressOf is the address behind what a fact calls somebody, "" for an erased person.
func (s *state) addressOf(actor string) string {
	if n, ok := strings.CutPrefix(actor, "person:"); ok {
		id, _ := strconv.ParseUint(n, 10, 32)
		return s.addresses[PersonID(id)]
	}
	return actor
}

// without returns a new list of list's items but x.
func without[T comparable](list []T, x T) []T {
	out := make([]T, 0, len(list)+1)
	for _, y := range list {
		if y != x {
			out = append(out, y)
		}
	}
	return out
}

// Distance is the number of letters to add, drop, change or swap with a neighbour that
// makes a into b (Damerau and Levenshtein, restricted form).
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, prev, cur := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(y)]
}
