package commands

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// A line that cannot be taken as it stands is often one word off. The refusal then brings up
// to three buttons, each of which runs the same line with another word in that place: what a
// day or a sum may have meant, the nearest verb, customer or number. The lines are kept here
// and not in the buttons; one of them is run, once, for whoever typed it, with the rights
// that he has then.

// reading is a word that may have been meant.
type reading struct {
	words string // what takes the place of what was typed
	label card.Text
}

// doubt is a refusal of what may mean several things.
type doubt struct {
	*ledger.Refusal
	word     string // what was typed
	readings []reading
}

func (d *doubt) Unwrap() error { return d.Refusal }

// either refuses word, which may mean each of the readings.
func either(refusal error, word string, readings ...reading) error {
	r, ok := ledger.AsRefusal(refusal)
	if !ok {
		return refusal
	}
	return &doubt{r, word, readings}
}

func isDoubt(err error) bool { return errors.As(err, new(*doubt)) }

// offerLife is how long the buttons of an offer work, and offersMax how many it has.
const (
	offerLife = 30 * time.Minute
	offersMax = 3
)

// offer is what is kept of the buttons under a refusal.
type offer struct {
	Who     string    `json:"who"`
	Until   time.Time `json:"until"`
	Channel string    `json:"channel,omitempty"`
	Thread  string    `json:"thread,omitempty"`
	Lines   []string  `json:"lines"`
}

// offered adds to a refusal the buttons that run what may have been meant.
func (d *Desk) offered(ctx context.Context, l Line, args []token, why error, reply card.Reply) (card.Reply, error) {
	if l.Who.Role == "" { // who may do nothing is offered nothing
		return reply, nil
	}
	word, readings := d.readings(l.Who, args, why)
	o := offer{Who: l.Who.ID, Channel: l.Channel, Thread: l.Thread}
	var labels []card.Text
	for _, r := range readings {
		if line, ok := instead(args, word, r.words); ok && len(o.Lines) < offersMax {
			o.Lines, labels = append(o.Lines, line), append(labels, r.label)
		}
	}
	if len(o.Lines) == 0 || reply.Card == nil {
		return reply, nil
	}
	id, err := d.keepOffer(ctx, o)
	if err != nil {
		return reply, err
	}
	for i, label := range labels {
		reply.Card.Buttons = append(reply.Card.Buttons, card.Button{Label: label, Do: "run", Arg: id + "." + strconv.Itoa(i)})
	}
	return reply, nil
}

// readings are the words that may have been meant, best first, by the one that a refusal is
// about.
func (d *Desk) readings(who Staff, args []token, why error) (word string, out []reading) {
	var q *doubt
	if errors.As(why, &q) {
		return q.word, q.readings
	}
	r, ok := ledger.AsRefusal(why)
	if !ok || len(r.Args) < 2 {
		return "", nil
	}
	word, _ = r.Args[1].(string)
	switch r.Key {
	case "customer.unknown", "customer.unknown.near", "number.form", "invoice.unknown":
	default:
		return word, nil
	}
	d.Books.View(func(v *ledger.View) error {
		v.May = d.lens(who, Command{})
		for _, inv := range v.NumbersNear(word, offersMax) {
			out = append(out, reading{inv.Number.String(), card.Plain(label(v, inv))})
		}
		for _, c := range v.CustomersNear(word, offersMax) {
			out = append(out, reading{c.Handle, card.Plain(c.Handle + " · " + v.CustomerName(c))})
		}
		return nil
	})
	return word, out
}

// instead is the line of args with other words in the place of a word, or of several in a
// row. ok is false where the word is not there.
func instead(args []token, word, by string) (line string, ok bool) {
	n := max(1, len(strings.Fields(word)))
	for i := 0; i+n <= len(args); i++ {
		if said, plain := phrase(args[i : i+n]); !plain || !strings.EqualFold(strings.TrimSuffix(said, ","), strings.TrimSuffix(word, ",")) {
			continue
		}
		with := append(append(append([]token{}, args[:i]...), token{text: by}), args[i+n:]...)
		return typedLine(with), true
	}
	for i, t := range args { // "limit=1.200"
		if !t.quoted && word != "" && strings.Contains(t.text, word) {
			with := append([]token{}, args...)
			with[i].text = strings.Replace(t.text, word, by, 1)
			return typedLine(with), true
		}
	}
	return "", false
}

// typedLine is tokens as they would be typed.
func typedLine(args []token) string {
	words := make([]string, len(args))
	for i, t := range args {
		if words[i] = t.text; t.quoted {
			words[i] = `"` + t.text + `"`
		}
	}
	return strings.Join(words, " ")
}

// keepOffer keeps the lines of an offer, and forgets old ones.
func (d *Desk) keepOffer(ctx context.Context, o offer) (id string, err error) {
	_, err = d.Books.Update(ctx, ledger.Command{By: "slack:" + o.Who, Run: func(tx *ledger.Tx) ([]byte, error) {
		last, err := tx.Get("offer.last")
		if err != nil {
			return nil, err
		}
		n, _ := strconv.Atoi(string(last))
		id = strconv.Itoa(n + 1)
		o.Until = tx.Now.Add(offerLife)
		data, err := json.Marshal(o)
		if err != nil {
			return nil, err
		}
		tx.Put("offer.last", []byte(id))
		tx.Put("offer:"+id, data)
		return nil, sweep(tx, "offer", n, func(data []byte) bool {
			var old offer
			return json.Unmarshal(data, &old) != nil || tx.Now.After(old.Until)
		})
	}})
	return id, err
}

// offerByButton answers a button of an offer that cannot be read; runOffered runs the others.
func offerByButton(*Call) (card.Reply, error) { return card.Say("button.old"), nil }

// runOffered runs the line of a button under a refusal.
func (d *Desk) runOffered(ctx context.Context, p Press) (card.Reply, error) {
	var o offer
	var line string
	_, err := d.Books.Update(ctx, ledger.Command{By: p.Who.By(), Run: func(tx *ledger.Tx) ([]byte, error) {
		id, n, _ := strings.Cut(p.Arg, ".")
		data, err := tx.Get("offer:" + id)
		if err != nil {
			return nil, err
		}
		if data == nil || json.Unmarshal(data, &o) != nil || tx.Now.After(o.Until) {
			return nil, ledger.Refuse(ledger.Conflict, "offer.used")
		}
		i, err := strconv.Atoi(n)
		switch {
		case o.Who != p.Who.ID:
			return nil, ledger.Refuse(ledger.Forbidden, "offer.others")
		case err != nil || i < 0 || i >= len(o.Lines):
			return nil, ledger.Refuse(ledger.Conflict, "offer.used")
		}
		line = o.Lines[i]
		tx.Put("offer:"+id, nil)
		return nil, nil
	}})
	if err != nil {
		return answered(card.Reply{}, d.noted(err))
	}
	reply, err := d.Line(ctx, Line{Key: p.Key, Who: p.Who, Channel: o.Channel, Thread: o.Thread, Text: line})
	reply.Replace = !reply.Public && reply.Card != nil
	return reply, err
}

// verbsNear are the verbs that may have been meant, best first: typed on another keyboard, or
// with a slip or two of the finger.
func verbsNear(word string) (out []string) {
	for _, w := range []string{word, names.OtherLayout(word)} {
		if verb, ok := aliasOf(w); ok {
			return []string{verb}
		}
		if cmd, ok := find(w); ok && w != "" {
			return []string{cmd.Name}
		}
	}
	for off := 1; off <= 2; off++ {
		for _, cmd := range Table() {
			if names.Distance(strings.ToLower(word), cmd.Name, off) == off && len(cmd.Name) > off+1 && len(out) < offersMax {
				out = append(out, cmd.Name)
			}
		}
	}
	return out
}
