package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// Where a digest may come beside Slack: a private chat, which the reader opens by a link that is
// his alone, and an e-mail address, which he proves to read by a code.

// wishDigest books what a reader chose; a way that is not his yet has to be proven first.
func (c *Call) wishDigest(w ledger.DigestWish, way, address string) (card.Reply, error) {
	r := c.DigestReader(c.Who.ID)
	link := false
	switch {
	case way == "":
	case way == ledger.DigestBySlack:
		w.Way = way
	case way == ledger.DigestByTelegram && c.Desk.InviteURL("") == "":
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "digest.notelegram")
	case way == ledger.DigestByTelegram && c.DigestPlace(c.Who.ID, way) == "":
		link = true
	case way == ledger.DigestByTelegram:
		w.Way = way
	case way != ledger.DigestByMail:
		return card.Reply{}, usage("digest", "got", c.Line)
	case !c.Desk.Mail:
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "digest.nomail")
	case r.Mail != "" && (address == "" || r.Mail == ledger.ChannelMail+":"+address):
		w.Way, address = way, ""
	case address == "":
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "digest.address", "text", "")
	}
	if err := c.Tx.WishDigest(c.Who.ID, w); err != nil {
		return card.Reply{}, err
	}
	if address != "" {
		return c.askDigestMail(address)
	}
	if link {
		return c.linkDigest()
	}
	return card.Reply{Card: c.digestSettings()}, nil
}

// linkDigest answers with a link that brings the digest into a private chat.
func (c *Call) linkDigest() (card.Reply, error) {
	token, expires, err := c.Tx.InviteDigest(c.Who.ID)
	if err != nil {
		return card.Reply{}, err
	}
	link, title := c.Desk.InviteURL(token), card.T("digest.settings")
	return card.Reply{Alone: true, Card: &card.Card{Title: title,
		Body:    []card.Text{card.Plain(link), card.T("digest.link", "until", card.Instant{At: expires, Zone: c.Desk.Digest.Zone(c.Who.ID)}, "company", c.Company().Name)},
		Picture: &card.Picture{Kind: card.PictureCode, Title: title, Code: link, Alt: []card.Text{title, card.Plain(link)}},
	}}, nil
}

// The bounds of a code: how often a wrong one may be given, how long it is good, and how many a reader
// gets in a day, and an address of his.
const (
	digestTries    = 5
	digestCodeLife = 24 * time.Hour
	digestCodesMax = 5
	digestCodesTo  = 3
)

// digestCodesRow holds a day and to which addresses a reader had codes sent on it, as their seals.
func digestCodesRow(user string) string { return "digest.codes:" + user }

// countDigestCode counts one more code to an address, and refuses it where there were enough today:
// each could be guessed anew, and the address may be a stranger's.
func (c *Call) countDigestCode(address string) error {
	row, err := c.Get(digestCodesRow(c.Who.ID))
	if err != nil {
		return err
	}
	day, sent, _ := strings.Cut(string(row), " ")
	if day != c.Today().String() {
		sent = ""
	}
	seals, seal := strings.Fields(sent), c.Seal("digest.codes", strings.ToLower(address))
	to := len(seals) - len(slices.DeleteFunc(slices.Clone(seals), func(s string) bool { return s == seal }))
	switch {
	case to >= digestCodesTo:
		return ledger.Refuse(ledger.Conflict, "digest.codesto", "max", digestCodesTo, "address", address)
	case len(seals) >= digestCodesMax:
		return ledger.Refuse(ledger.Conflict, "digest.codes", "max", digestCodesMax)
	}
	c.Tx.Put(digestCodesRow(c.Who.ID), []byte(strings.Join(append([]string{c.Today().String()}, append(seals, seal)...), " ")))
	return nil
}

// digestTriesRow holds since when a code is waited for, and how many wrong ones came.
func digestTriesRow(user string) string { return "digest.code:" + user }

// askDigestMail sends a code to an address.
func (c *Call) askDigestMail(address string) (card.Reply, error) {
	to, err := ledger.ParseMail(address)
	if err != nil {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "digest.address", "text", address)
	}
	if err := c.countDigestCode(to); err != nil {
		return card.Reply{}, err
	}
	if err := c.Tx.AskDigestMail(c.Who.ID, address); err != nil {
		return card.Reply{}, err
	}
	c.Tx.Put(digestTriesRow(c.Who.ID), fmt.Appendf(nil, "%d 0", c.Now.Unix()))
	err = c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeDigestCode, Address: c.Who.ID})
	return card.Reply{Card: &card.Card{Body: []card.Text{card.T("digest.mail.sent", "address", strings.TrimPrefix(c.DigestReader(c.Who.ID).Asked, "mail:"))}}}, err
}

// digestCode takes the code that came by mail.
func (c *Call) digestCode(code string) (card.Reply, error) {
	user := c.Who.ID
	want := c.DigestCode(user)
	row, err := c.Get(digestTriesRow(user))
	if err != nil {
		return card.Reply{}, err
	}
	since, wrong := int64(0), 0
	fmt.Sscan(string(row), &since, &wrong)
	if want == "" || c.Now.Sub(time.Unix(since, 0)) > digestCodeLife {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "digest.nocode")
	}
	if strings.TrimSpace(code) == want {
		if err := c.Tx.EndDigestMail(user, true); err != nil {
			return card.Reply{}, err
		}
		if err := c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeDigestLinked, Address: user, Code: ledger.DigestByMail}); err != nil {
			return card.Reply{}, err
		}
		return card.Reply{Card: c.digestSettings()}, nil
	}
	if wrong++; wrong >= digestTries {
		return card.Say("digest.code.over"), c.Tx.EndDigestMail(user, false)
	}
	c.Tx.Put(digestTriesRow(user), []byte(strconv.FormatInt(since, 10)+" "+strconv.Itoa(wrong)))
	return card.Say("digest.code.wrong", "count", digestTries-wrong), nil
}

// unlinkDigest ends a way that the digest may take.
func (c *Call) unlinkDigest(way string) (card.Reply, error) {
	r := c.DigestReader(c.Who.ID)
	place := map[string]string{ledger.DigestByTelegram: r.Chat, ledger.DigestByMail: r.Mail}
	if _, ok := place[way]; !ok {
		return card.Reply{}, usage("digest", "got", c.Line)
	}
	if err := c.Tx.UnlinkDigest(place[way]); err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: c.digestSettings()}, nil
}

// digestCodeNews is the mail with a code.
func digestCodeNews(v *ledger.View, n *ledger.Notice) card.Message {
	code := v.DigestCode(n.Address)
	if code == "" {
		return card.Message{Withdraw: "there is nothing to confirm any more"}
	}
	company := v.Company().Name
	return card.Message{Card: &card.Card{Title: card.T("digest.code.title", "company", company),
		Body: []card.Text{card.T("digest.code.body", "company", company, "code", code)}, Note: []card.Text{card.T("digest.code.note", "company", company)}}}
}

// digestLinkedNews tells a reader in Slack that his digest comes elsewhere: it may not have been
// he who opened the link.
func digestLinkedNews(v *ledger.View, n *ledger.Notice) card.Message {
	way := card.T("digest.way." + n.Code)
	if v.DigestPlace(n.Address, n.Code) == "" {
		return card.Message{Withdraw: "it does so no more"}
	}
	return card.Message{Card: &card.Card{Body: []card.Text{card.T("digest.linked", "way", way)},
		Buttons: []card.Button{lineButton(card.T("button.digest.unlink."+n.Code), "digest unlink "+n.Code), lineButton(card.T("button.digest.settings"), "digest settings")}}}
}

// startDigest follows a link that brings a reader's digest into a private chat; ok is false for
// any other.
func (c *ChatCall) startDigest() (reply card.Reply, ok bool, err error) {
	user, ok := c.DigestInvitation(c.Words)
	if !ok || !c.Desk.Digest.reads(user) {
		return reply, false, nil
	}
	if !c.In.Private {
		c.Desk.turnedAway("chat.linkprivately")
		return card.Say("chat.linkprivately"), true, nil
	}
	if _, err := c.FollowDigest(c.Words, c.linker()); err != nil {
		return reply, true, err
	}
	err = c.Notify(ledger.NoticeQueued{Kind: ledger.NoticeDigestLinked, Address: user, Code: ledger.DigestByTelegram})
	return card.Say("digest.chat.linked", "company", c.Company().Name), true, err
}

// inDigest answers in a chat to which a reader's digest comes, and which is no customer's: it is
// for that alone. ok is false for any other.
func (c *ChatCall) inDigest() (reply card.Reply, ok bool, err error) {
	if user := c.DigestReaderAt(c.In.Chat); c.Customer != nil || user == "" || !c.Desk.Digest.reads(user) {
		return reply, false, nil
	}
	word, _ := cutWord(strings.TrimSpace(c.In.Text))
	if strings.EqualFold(word, "/stop") {
		return card.Say("digest.chat.stopped"), true, c.UnlinkDigest(c.In.Chat)
	}
	return card.Say("digest.chat", "company", c.Company().Name), true, nil
}

// digestInChat shows in a reader's chat what stands behind a figure of a digest that came there.
func digestInChat(c *ChatCall) (card.Reply, error) {
	user := c.DigestReaderAt(c.In.Chat)
	name, code, _ := strings.Cut(c.In.Arg, " ")
	p, ok := ledger.ParseDigestPeriod(code)
	if !ok || user == "" || !c.Desk.Digest.reads(user) {
		c.Desk.turnedAway("chat.oldbutton")
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	x := &digestOf{Call: &Call{View: &c.View, Desk: c.Desk, Who: Staff{ID: user, Role: Manager}}, p: p, base: c.Company().Currency}
	k := x.list(digestFull(name))
	if k == nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	x.turn(k, "")
	k.Buttons = nil // pages are turned in Slack
	return card.Reply{Card: k}, nil
}

// digestShort and digestFull are a figure's name as a chat's button carries it, and back: no more
// than a few characters fit.
func digestShort(name string) string {
	for i, n := range digestNames() {
		if n == name {
			return strconv.Itoa(i)
		}
	}
	return ""
}

func digestFull(short string) string {
	i, err := strconv.Atoi(short)
	if all := digestNames(); err == nil && i >= 0 && i < len(all) {
		return all[i]
	}
	return ""
}

// DigestElsewhere is a digest as it goes to a chat or by mail: what needs a decision is decided in
// Slack, and a chat has buttons for what stands behind the figures.
func (d *Desk) DigestElsewhere(n *ledger.Notice, chat string, k *card.Card) *card.Card {
	if n.Kind != ledger.NoticeDigest || ledger.ChannelOf(chat) == "slack" {
		return k
	}
	out := *k
	if len(k.Buttons) > 0 {
		out.Body = append(append([]card.Text(nil), k.Body...), card.T("digest.inslack"))
	}
	out.Buttons, out.Picks = nil, nil
	if ledger.ChannelOf(chat) != ledger.ChannelTelegram {
		return &out
	}
	for _, pick := range k.Picks {
		for _, b := range pick.Buttons {
			if parts := strings.Fields(b.Arg); b.Do == "line" && len(parts) == 3 && parts[0] == "digest" {
				out.Buttons = append(out.Buttons, card.Button{Label: b.Label, Do: "digest", Arg: digestShort(parts[1]) + " " + parts[2]})
			}
		}
	}
	if k.Table != nil { // a chat shows no heads of columns
		t := *k.Table
		t.Rows = append([][]card.Text{t.Head[:1]}, t.Rows...)
		out.Table = &t
	}
	if out.Picture != nil {
		out.Short = underPicture(out)
	}
	return &out
}

// underPicture is a digest in ever fewer words, as fewer fit below a picture than into a message:
// without the largest debtors, then without what stands below a figure. The figures' buttons lead
// to both.
func underPicture(k card.Card) *card.Card {
	k.Table, k.Picture, k.Buttons = nil, nil, nil
	brief := k
	brief.Fields = slices.Clone(k.Fields)
	for i, f := range brief.Fields {
		if f.Value.Key == digestFigureKey {
			brief.Fields[i].Value = *f.Value.Args[0].Text
		}
	}
	k.Short = &brief
	return &k
}
