package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Who reads the daily digest chooses for himself where it comes, on which days and at what
// hour. Readers are members of staff: a chat or an address that gets their digest is theirs
// alone, and never a customer's.

// What readers of the digest choose: 214 to 219.
const (
	kindDigestWished    factKind = 214
	kindDigestInvited   factKind = 215
	kindDigestLinked    factKind = 216
	kindDigestUnlinked  factKind = 217
	kindDigestMailAsked factKind = 218
	kindDigestMailTold  factKind = 219
)

func newDigestFact(k factKind) Body {
	switch k {
	case kindDigestWished:
		return new(DigestWished)
	case kindDigestInvited:
		return new(DigestInvited)
	case kindDigestLinked:
		return new(DigestLinked)
	case kindDigestUnlinked:
		return new(DigestUnlinked)
	case kindDigestMailAsked:
		return new(DigestMailAsked)
	case kindDigestMailTold:
		return new(DigestMailTold)
	}
	return nil
}

// Where a digest comes.
const (
	DigestBySlack    = "slack"
	DigestByTelegram = ChannelTelegram
	DigestByMail     = ChannelMail
)

// DigestDays are days of a digest: a bit for each day of the week, Sunday's the lowest, or
// DigestWorking. 0 leaves it to the company.
type DigestDays int

// The days that have a name.
const (
	DigestEvery   DigestDays = 1<<7 - 1
	DigestWorking DigestDays = 1 << 7 // business days of the country of the reader's zone
)

// On reports whether there is a digest on a day, for a reader of a country.
func (d DigestDays) On(day Date, works Days, of Country) bool {
	if d == DigestWorking {
		return works.Business(day, of)
	}
	return d&(1<<day.Weekday()) != 0
}

// DigestWish is what a reader wants. The zero wish leaves all to the company.
type DigestWish struct {
	Way    string // DigestBySlack, …
	Days   DigestDays
	Minute int  // of his day, from 1; 0: when the company has it
	Until  Date // no digest before that day, 0: there is no pause
}

// Or fills what w leaves open.
func (w DigestWish) Or(usual DigestWish) DigestWish {
	if w.Way == "" {
		w.Way = usual.Way
	}
	if w.Days == 0 {
		w.Days = usual.Days
	}
	if w.Minute == 0 {
		w.Minute = usual.Minute
	}
	return w
}

// DigestReader is what is known of a reader.
type DigestReader struct {
	Wish  DigestWish
	Chat  string // "telegram:1001", "" for none
	Mail  string // "mail:…", "" for none
	Asked string // an address that waits to be confirmed
	asked PersonID
}

// DigestReader is what is known of a reader, by his Slack user id.
func (v *View) DigestReader(user string) DigestReader { return v.s.readers[user] }

// DigestReaderAt is whose digest comes to a chat or an address, "" for nobody's.
func (v *View) DigestReaderAt(address string) string { return v.s.readerAt[address] }

// DigestPlace is where a digest goes that is to come by a way: "" where there is no such place, or
// where it cannot be written to.
func (v *View) DigestPlace(user, way string) string {
	r, place := v.s.readers[user], ""
	switch way {
	case DigestByTelegram:
		place = r.Chat
	case DigestByMail:
		place = r.Mail
	}
	if place == "" || v.Shut(place) {
		return ""
	}
	return place
}

// DigestWished is the fact that a reader chose.
type DigestWished struct {
	Reader string // Slack user
	Wish   DigestWish
}

func (x *DigestWished) kind() factKind { return kindDigestWished }

func (x *DigestWished) code(c *coder) {
	str(c, &x.Reader)
	str(c, &x.Wish.Way)
	num(c, &x.Wish.Days)
	num(c, &x.Wish.Minute)
	num(c, &x.Wish.Until)
}

func (x *DigestWished) apply(s *state, _ *Fact) {
	r := s.readers[x.Reader]
	r.Wish = x.Wish
	put(s, s.readers, x.Reader, r)
}

// WishDigest books what a reader wants, if that is news.
func (tx *Tx) WishDigest(user string, w DigestWish) error {
	if tx.s.readers[user].Wish == w {
		return nil
	}
	_, err := tx.append(tx.Today(), &DigestWished{user, w})
	return err
}

// DigestInvited is the fact that a reader has a link by which he alone brings his digest into
// a chat of his.
type DigestInvited struct {
	Reader  string
	Token   [16]byte // a hash
	Expires time.Time
}

func (x *DigestInvited) kind() factKind { return kindDigestInvited }

func (x *DigestInvited) code(c *coder) {
	str(c, &x.Reader)
	c.fixed(x.Token[:])
	c.instant(&x.Expires)
}

func (x *DigestInvited) apply(s *state, _ *Fact) {
	for token, other := range s.digestInvites {
		if other.reader == x.Reader { // the last link alone is good
			drop(s, s.digestInvites, token)
		}
	}
	put(s, s.digestInvites, x.Token, digestInvite{x.Reader, x.Expires})
}

type digestInvite struct {
	reader  string
	expires time.Time
}

// digestInviteLife is how long a link for the digest is good: who asks for one has his telephone
// at hand.
const digestInviteLife = time.Hour

// InviteDigest makes a one-time token that brings a reader's digest into a private chat. The
// command's reply, which tells it, is not stored.
func (tx *Tx) InviteDigest(user string) (token string, expires time.Time, err error) {
	raw := make([]byte, 18)
	rand.Read(raw)
	token = base64.RawURLEncoding.EncodeToString(raw)
	x := &DigestInvited{Reader: user, Token: tokenHash(token), Expires: tx.Now.Add(digestInviteLife)}
	tx.secret = true
	_, err = tx.append(tx.Today(), x)
	return token, x.Expires, err
}

// DigestInvitation is whose digest a token is for; ok is false for one that is unknown, used or
// too old.
func (v *View) DigestInvitation(token string) (user string, ok bool) {
	x, ok := v.s.digestInvites[tokenHash(token)]
	return x.reader, ok && v.Now.Before(x.expires)
}

// DigestLinked is the fact that a reader's digest comes to a chat from now on.
type DigestLinked struct {
	Reader string
	Token  [16]byte // used up by this
	Who    ChatPerson
}

func (x *DigestLinked) kind() factKind { return kindDigestLinked }

func (x *DigestLinked) code(c *coder) {
	str(c, &x.Reader)
	c.fixed(x.Token[:])
	x.Who.code(c)
}

func (x *DigestLinked) apply(s *state, _ *Fact) {
	drop(s, s.digestInvites, x.Token)
	chat, err := s.read(x.Who.Address)
	if err != nil || chat == "" {
		return // the text is damaged, which verify tells, or was erased
	}
	if _, known := s.people[chat]; !known {
		put(s, s.people, chat, x.Who)
	}
	put(s, s.addresses, x.Who.Person, chat)
	s.openRoute(chat)
	s.reads(x.Reader, chat)
}

// reads notes that a reader's digest may come to an address. It was nobody else's.
func (s *state) reads(user, address string) {
	if other := s.readerAt[address]; other != "" && other != user {
		s.readsNot(other, address)
	}
	r := s.readers[user]
	at := &r.Mail
	if ChannelOf(address) == ChannelTelegram {
		at = &r.Chat
	}
	if *at != "" {
		drop(s, s.readerAt, *at)
	}
	*at, r.Wish.Way = address, ChannelOf(address)
	put(s, s.readers, user, r)
	put(s, s.readerAt, address, user)
}

// readsNot notes that a reader's digest comes to an address no more.
func (s *state) readsNot(user, address string) {
	r := s.readers[user]
	if ChannelOf(address) == ChannelTelegram {
		r.Chat = ""
	} else {
		r.Mail = ""
	}
	if r.Wish.Way == ChannelOf(address) {
		r.Wish.Way = DigestBySlack
	}
	put(s, s.readers, user, r)
	drop(s, s.readerAt, address)
}

// FollowDigest uses up a token: its reader's digest comes to a private chat from now on. It
// returns a NotFound refusal for a token that is unknown, used or too old.
func (tx *Tx) FollowDigest(token string, n NewLink) (user string, err error) {
	user, ok := tx.DigestInvitation(token)
	if !ok || n.Group {
		return "", Refuse(NotFound, "link.unknown")
	}
	who, err := tx.newChatPerson(n)
	if err == nil {
		_, err = tx.append(tx.Today(), &DigestLinked{user, tokenHash(token), who})
	}
	return user, err
}

// DigestUnlinked is the fact that a reader's digest comes to a chat or an address no more.
type DigestUnlinked struct {
	Reader string
	Person PersonID // whose it is
}

func (x *DigestUnlinked) kind() factKind { return kindDigestUnlinked }

func (x *DigestUnlinked) code(c *coder) {
	str(c, &x.Reader)
	num(c, &x.Person)
}

func (x *DigestUnlinked) apply(s *state, _ *Fact) {
	if address := s.addresses[x.Person]; address != "" && s.readerAt[address] == x.Reader {
		s.readsNot(x.Reader, address)
	}
}

// UnlinkDigest books that a reader's digest comes to an address no more, if it does.
func (tx *Tx) UnlinkDigest(address string) error {
	user := tx.s.readerAt[address]
	if user == "" {
		return nil
	}
	_, err := tx.append(tx.Today(), &DigestUnlinked{user, tx.s.people[address].Person})
	return err
}

// DigestMailAsked is the fact that a reader named an e-mail address for his digest. Nothing but
// a code goes there before it is confirmed.
type DigestMailAsked struct {
	Reader  string
	Person  PersonID
	Address TextRef // "mail:…"
}

func (x *DigestMailAsked) kind() factKind { return kindDigestMailAsked }

func (x *DigestMailAsked) code(c *coder) {
	str(c, &x.Reader)
	num(c, &x.Person)
	c.text(&x.Address)
}

func (x *DigestMailAsked) apply(s *state, _ *Fact) {
	r := s.readers[x.Reader]
	r.asked, r.Asked = x.Person, ""
	if address, err := s.read(x.Address); err == nil && address != "" {
		r.Asked = address
		if _, known := s.people[address]; !known {
			put(s, s.people, address, ChatPerson{Person: x.Person, Address: x.Address})
		}
		put(s, s.addresses, x.Person, address)
		s.openRoute(address)
	}
	put(s, s.readers, x.Reader, r)
}

// AskDigestMail books an address that a reader names. It returns a BadInput refusal for what is
// no address.
func (tx *Tx) AskDigestMail(user, address string) error {
	a, err := ParseMail(address)
	if err != nil {
		return err
	}
	x := &DigestMailAsked{Reader: user, Person: tx.newPerson()}
	if x.Address, err = tx.keep(x.Person, ChannelMail+":"+a); err == nil {
		_, err = tx.append(tx.Today(), x)
	}
	return err
}

// DigestCode is what proves that a reader reads the address that he named: six digits, others for
// each time that he names one. It is "" where none waits.
func (v *View) DigestCode(user string) string {
	r := v.s.readers[user]
	if r.Asked == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(v.Seal("digest.mail", fmt.Sprintf("%s %d", user, r.asked))))
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(sum[:])%1_000_000)
}

// DigestMailTold is the fact that what was asked about an address came to an end: it was
// confirmed, or wrong codes were given too often.
type DigestMailTold struct {
	Reader    string
	Person    PersonID
	Confirmed bool
}

func (x *DigestMailTold) kind() factKind { return kindDigestMailTold }

func (x *DigestMailTold) code(c *coder) {
	str(c, &x.Reader)
	num(c, &x.Person)
	c.flag(&x.Confirmed)
}

func (x *DigestMailTold) apply(s *state, _ *Fact) {
	r := s.readers[x.Reader]
	if r.asked != x.Person {
		return
	}
	address := r.Asked
	r.asked, r.Asked = 0, ""
	put(s, s.readers, x.Reader, r)
	if x.Confirmed && address != "" {
		s.reads(x.Reader, address)
	}
}

// EndDigestMail books that the address which a reader named is his, or that it is not asked
// about any more.
func (tx *Tx) EndDigestMail(user string, confirmed bool) error {
	_, err := tx.append(tx.Today(), &DigestMailTold{user, tx.s.readers[user].asked, confirmed})
	return err
}

// The names of facts about readers of the digest.
const (
	FactDigestWish     FactName = "digestwish"
	FactDigestInvited  FactName = "digestinvited"
	FactDigestLinked   FactName = "digestlinked"
	FactDigestUnlinked FactName = "digestunlinked"
	FactDigestMail     FactName = "digestmail"
	FactDigestMailYes  FactName = "digestmailyes"
	FactDigestMailNo   FactName = "digestmailno"
)

// describeDigest tells facts about readers of the digest.
func describeDigest(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *DigestWished:
		return Description{Name: FactDigestWish, Refs: []string{x.Reader}}, true
	case *DigestInvited:
		return Description{Name: FactDigestInvited, Refs: []string{x.Reader}}, true
	case *DigestLinked:
		return Description{Name: FactDigestLinked, Refs: []string{x.Reader}}, true
	case *DigestUnlinked:
		return Description{Name: FactDigestUnlinked, Refs: []string{x.Reader}}, true
	case *DigestMailAsked:
		return Description{Name: FactDigestMail, Refs: []string{x.Reader}}, true
	case *DigestMailTold:
		if x.Confirmed {
			return Description{Name: FactDigestMailYes, Refs: []string{x.Reader}}, true
		}
		return Description{Name: FactDigestMailNo, Refs: []string{x.Reader}}, true
	}
	return Description{}, false
}

func dumpDigests(w io.Writer, s *state) {
	lines(w, "reader", s.readers, func(r DigestReader) string {
		return fmt.Sprintf("%+v %q %q %q %d", r.Wish, r.Chat, r.Mail, r.Asked, r.asked)
	})
	lines(w, "digest at", s.readerAt, func(user string) string { return user })
	var rest []string
	for token, x := range s.digestInvites {
		rest = append(rest, fmt.Sprintf("digest invitation %x of %s until %s", token, x.reader, x.expires.UTC().Format(time.RFC3339)))
	}
	for k, minor := range s.billed {
		rest = append(rest, fmt.Sprintf("billed on %s %s", k.day, Money{minor, s.currencies[k.currency]}))
	}
	slices.Sort(rest)
	for _, line := range rest {
		fmt.Fprintln(w, line)
	}
	s.broke.each(func(b *breach) { fmt.Fprintf(w, "broke %s\n", b) })
}

// digestRow holds when a reader had his last digest, and of what: its day, and the period.
func digestRow(user string) string { return "digest:" + user }

// LastDigest is the period of a reader's last digest; ok is false where he had none.
func (v *View) LastDigest(user string) (p DigestPeriod, ok bool, err error) {
	row, err := v.Get(digestRow(user))
	if err != nil || row == nil {
		return p, false, err
	}
	day, rest, _ := strings.Cut(string(row), " ")
	if p, ok = ParseDigestPeriod(rest); ok {
		return p, true, nil
	}
	// The first version wrote the newest payment behind the day, and no more.
	if p.On, err = ParseDate(day); err != nil {
		return p, false, nil
	}
	n, _ := strconv.ParseUint(rest, 10, 32)
	p.Since, p.Through = p.On.AddDays(-1), PaymentID(n)
	p.To, err = v.KnownAt(p.On.At(9, 0, v.s.company.Zone()))
	return p, true, err
}

// NextDigest is what a reader's next digest tells of, on a day of his: what was not in one
// before. With again it is that day's digest once more, if he had it, with what came since.
func (v *View) NextDigest(user string, on Date, again bool) (DigestPeriod, error) {
	last, ok, err := v.LastDigest(user)
	switch {
	case err != nil:
		return last, err
	case !ok || last.On > on:
		return v.PeriodSince(on.AddDays(-1), on)
	case again && last.On == on:
		last.Through, last.To = v.LastPayment(), v.Head().Seq
		return last, nil
	}
	return v.PeriodAfter(last, on), nil
}

// DigestDone reports whether a reader had his digest of a day, or of a later one: also where
// his clock was set back since.
func (v *View) DigestDone(user string, on Date) (bool, error) {
	row, err := v.Get(digestRow(user))
	return string(row) >= on.String(), err
}

// TakeDigest writes down that a reader's digest of a day is on its way.
func (tx *Tx) TakeDigest(user string, p DigestPeriod) {
	tx.Put(digestRow(user), []byte(p.On.String()+" "+p.String()))
}
