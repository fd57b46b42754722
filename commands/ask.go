package commands

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// Whoever is refused for his role, or because a customer is somebody else's, is told whom to
// ask, with a button that asks: a message with the line, which somebody who may runs by one
// press, once. Who ran it is on record; who asked is told.

// wish is a line that somebody asks others to run. It is working state.
type wish struct {
	By   string    `json:"by"` // Slack user
	Line string    `json:"line"`
	At   time.Time `json:"at"`
	Done string    `json:"done,omitempty"` // Slack user who ran it
}

func wishKey(id string) string { return "wish:" + id }

// lineMax is the longest line that a button can carry.
const lineMax = 1500

// whomToAsk is for whom a refusal is no matter: a group of roles, or who looks after the
// customer.
func whomToAsk(r *ledger.Refusal) (label card.Text, whom string) {
	roles := ""
	for i := 0; i+1 < len(r.Args); i += 2 {
		if name, _ := r.Args[i].(string); name == "who" {
			roles, _ = r.Args[i+1].(string)
		}
	}
	switch {
	case r.Key == "role.not" && strings.Contains(roles, string(Finance)):
		return card.T("button.ask.finance"), "finance"
	case r.Key == "role.not" && strings.Contains(roles, string(Manager)):
		return card.T("button.ask.manager"), "manager"
	case r.Key == "customer.others":
		for i := 0; i+1 < len(r.Args); i += 2 {
			if owner, ok := r.Args[i+1].(card.User); ok && owner != "" {
				return card.T("button.ask.owner"), string(owner)
			}
		}
	}
	return card.Text{}, ""
}

// offer adds to a refusal the button that asks somebody who may.
func (d *Desk) offer(k *card.Card, who Staff, r *ledger.Refusal, line string) {
	label, whom := whomToAsk(r)
	ask := askButton(label, who, whom, line)
	if len(ask) == 0 {
		return
	}
	if people := d.peopleOf(whom); len(people) > 0 && r.Key == "role.not" {
		k.Body = append(k.Body, card.T("ask.who", "who", card.Join(people...)))
	}
	k.Buttons = append(k.Buttons, ask...)
}

// askButton asks somebody to run a line; none where there is nobody, or no line.
func askButton(label card.Text, who Staff, whom, line string) []card.Button {
	if whom == "" || line == "" || len(line) > lineMax {
		return nil
	}
	return []card.Button{{Label: label, Do: "ask", Arg: who.ID + " " + whom + " " + line}}
}

// peopleOf names those of a role, as far as they are known.
func (d *Desk) peopleOf(whom string) (out []card.Text) {
	if d.People == nil || whom != string(Finance) && whom != string(Manager) {
		return nil
	}
	for _, user := range d.People(Role(whom)) {
		out = append(out, userText(user))
	}
	return out
}

// askByButton asks others to run a line. The button is for the one who was refused.
func askByButton(c *Call) (card.Reply, error) {
	by, rest, _ := strings.Cut(c.Where.Arg, " ")
	whom, line, _ := strings.Cut(rest, " ")
	if by != c.Who.ID {
		return card.Reply{}, ledger.Refuse(ledger.Forbidden, "ask.others")
	}
	to, shown := c.Desk.wishAddress(whom)
	sent := card.Reply{Card: &card.Card{Body: []card.Text{card.T("ask.sent", "who", shown)}}, Replace: true}
	id, fresh, err := c.makeWish(line)
	if err != nil || !fresh {
		return sent, err
	}
	return sent, c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeWish, Address: to, Code: id})
}

// makeWish keeps what the asker wishes. The same line that he asked for before and that nobody
// has run is the same wish, so that two of those who are asked do not both run it; fresh is
// false where he asked just now.
func (c *Call) makeWish(line string) (id string, fresh bool, err error) {
	sum := sha256.Sum256([]byte(c.Who.ID + " " + line))
	same := "wish.of:" + hex.EncodeToString(sum[:12])
	known, err := c.Get(same)
	if err != nil {
		return "", false, err
	}
	w, err := wishOf(c.View, string(known))
	if err != nil {
		return "", false, err
	}
	age := c.Now.Sub(w.At)
	if id, fresh = string(known), age > twinAge; w.By == "" || w.Done != "" || age > wishLife {
		last, err := c.Get("wish.last")
		if err != nil {
			return "", false, err
		}
		n, _ := strconv.Atoi(string(last))
		id, fresh = strconv.Itoa(n+1), true
		c.Tx.Put("wish.last", []byte(id))
		c.Tx.Put(same, []byte(id))
	}
	if !fresh {
		return id, false, nil
	}
	return id, true, putWish(c.Tx, id, wish{By: c.Who.ID, Line: line, At: c.Now})
}

// wishAddress is where a wish goes: to a person, or to the finance channel.
func (d *Desk) wishAddress(whom string) (to string, shown card.Text) {
	switch whom {
	case string(Finance):
		return d.FinanceChannel, card.T("ask.finance")
	case string(Manager):
		if d.People != nil {
			if all := d.People(Manager); len(all) > 0 {
				return all[0], userText(all[0])
			}
		}
		return d.FinanceChannel, card.T("ask.finance")
	}
	return whom, userText(whom)
}

func putWish(tx *ledger.Tx, id string, w wish) error {
	data, err := json.Marshal(w)
	tx.Put(wishKey(id), data)
	return err
}

func wishOf(v *ledger.View, id string) (w wish, err error) {
	data, err := v.Get(wishKey(id))
	if err == nil && data != nil {
		err = json.Unmarshal(data, &w)
	}
	return w, err
}

// wishNews is the message that asks, or the one that tells who asked that it was done.
func wishNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	w, err := wishOf(v, n.Code)
	switch {
	case err != nil:
		return card.Message{}, err
	case w.By == "":
		return card.Message{Withdraw: "nobody asks for it any more"}, nil
	case n.Kind == ledger.NoticeWishDone:
		return card.Message{Card: &card.Card{Title: card.T("ask.told", "who", card.User(w.Done)), Quote: card.Plain("/ar " + w.Line)}}, nil
	}
	k := wishCard(w)
	k.Buttons = []card.Button{{Label: card.T("button.doit"), Do: "wish", Arg: n.Code, Style: card.Primary, Confirm: card.T("confirm.doit", "line", "/ar "+w.Line)}}
	return card.Message{Card: k}, nil
}

func wishCard(w wish) *card.Card {
	return &card.Card{Title: card.T("ask.title", "who", card.User(w.By)), Quote: card.Plain("/ar " + w.Line)}
}

// wishLife is how long a wish may be granted.
const wishLife = 7 * 24 * time.Hour

// wishByForm asks the one who is to run a line for the words that it lacks: nobody who may not
// record money types its sum. asks is false where the line is whole.
func (d *Desk) wishByForm(p Press) (reply card.Reply, asks bool, err error) {
	var w wish
	err = d.Books.View(func(v *ledger.View) (err error) {
		if w, err = wishOf(v, p.Arg); w.stale(v.Now) {
			w = wish{}
		}
		return err
	})
	verb, rest := cutWord(w.Line)
	cmd, ok := find(verb)
	if err != nil || !ok || w.Done != "" || !p.Who.may(cmd) {
		return card.Reply{}, false, err // grantByButton says what is wrong
	}
	c := &Call{Desk: d, Who: p.Who, Line: rest, Args: split(rest), wish: p.Arg}
	f, err := d.form(c, cmd)
	if err == nil && f == nil {
		return card.Reply{}, false, nil
	}
	reply, err = answered(asked(cmd, f, c), err)
	return reply, true, err
}

// stale reports whether there is no wish, or one that is too old to be granted.
func (w *wish) stale(now time.Time) bool { return w.By == "" || now.Sub(w.At) > wishLife }

// grantByButton runs the line that somebody asked for, as whoever presses.
func grantByButton(c *Call) (card.Reply, error) {
	id := c.Where.Arg
	w, err := wishOf(c.View, id)
	if err != nil || w.stale(c.Now) {
		return card.Say("button.old"), err
	}
	if w.Done != "" {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "ask.done", "who", card.User(w.Done))
	}
	verb, rest := cutWord(w.Line)
	cmd, ok := find(verb)
	if !ok {
		return card.Say("button.old"), nil
	}
	if !c.Who.may(cmd) {
		return card.Reply{}, forbidden(cmd, c.Who.Role)
	}
	c.Tx.May = c.Desk.lens(c.Who, cmd)
	c.verb, c.Line, c.Args = cmd.Name, rest, split(rest)
	reply, err := cmd.Run(c)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.granted(id); err != nil || reply.Alone {
		return reply, err
	}
	c.turn(reply.Card, cmd.Name)
	k := wishCard(w)
	if done := reply.Card; done != nil {
		k.Body = append([]card.Text{done.Title}, done.Body...)
		k.Body = slices.DeleteFunc(k.Body, card.Text.IsZero)
		k.Fields, k.Table, k.Note, k.Buttons = done.Fields, done.Table, done.Note, done.Buttons
	}
	k.Note = append(k.Note, card.T("ask.did", "who", card.User(c.Who.ID), "at", card.Instant{At: c.Now, Zone: c.zone()}))
	return card.Reply{Card: k, Replace: true}, nil
}

// granted notes that the asker has done what was wished, and has whoever wished it told.
func (c *Call) granted(id string) error {
	w, err := wishOf(c.View, id)
	switch {
	case err != nil:
		return err
	case w.stale(c.Now):
		return nil // what he did stands for itself
	case w.Done != "":
		return ledger.Refuse(ledger.Conflict, "ask.done", "who", card.User(w.Done))
	}
	w.Done = c.Who.ID
	if err := putWish(c.Tx, id, w); err != nil {
		return err
	}
	return c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeWishDone, Address: w.By, Code: id})
}

// zone is the company's.
func (c *Call) zone() *time.Location {
	co := c.Company()
	return co.Zone()
}
