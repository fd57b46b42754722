package commands

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Many entries at once: those that somebody ticked, or all that are beyond doubt. Each is placed
// by the rules of one; what cannot be stays as it was and is named. One button takes back all that
// was done.

// bulkMost is how many entries one press places: others wait that long.
const bulkMost = 100

// bulkActs are what can be done with many, by the word that says it.
func bulkActs() map[string]func(*Call, *ledger.BankEntry) error {
	return map[string]func(*Call, *ledger.BankEntry) error{
		"best": func(c *Call, e *ledger.BankEntry) error {
			all, err := proposals(c.View, e)
			if err == nil && len(all) == 0 {
				err = ledger.Refuse(ledger.NotFound, "entry.nobest", "entry", e.ID.Label())
			}
			if err != nil {
				return err
			}
			return c.Desk.takeProposal(c.Tx, e, &all[0])
		},
		"onaccount": func(c *Call, e *ledger.BankEntry) error {
			all, err := proposals(c.View, e)
			if err != nil {
				return err
			}
			l, err := c.View.Line(e)
			if err != nil {
				return err
			}
			cust := likely(c.View, e, all, &l)
			if cust == nil {
				return ledger.Refuse(ledger.NotFound, "entry.nopayer", "entry", e.ID.Label())
			}
			return c.Desk.placeEntry(c.Tx, e, []ledger.EntryShare{{Customer: cust.ID, Minor: e.Amount.Minor}}, false, []string{"picked"})
		},
		"notours": func(c *Call, e *ledger.BankEntry) error { return c.Tx.LeaveEntry(e, ledger.LeftNotOurs, false) },
	}
}

// bulk is what one press did with many entries. It is working state: the facts are of each.
type bulk struct {
	By   string     `json:"by"`
	Done []bulkDone `json:"done"`
}

// bulkDone is an entry as it was left.
type bulkDone struct {
	Entry    ledger.BankEntryID `json:"entry"`
	Payments []ledger.PaymentID `json:"payments,omitempty"`
}

func bulkRow(n int) string { return "bank.bulk:" + strconv.Itoa(n) }

// bulkLabel is how people name one: "BB-3".
func bulkLabel(n int) string { return "BB-" + strconv.Itoa(n) }

// applyMany does an act with the entries that are named: "notours BE-1 BE-2".
func (c *Call) applyMany(act string, names []token) (card.Reply, error) {
	var all []*ledger.BankEntry
	for _, t := range names {
		e := c.BankEntry(ledger.ParseBankEntry(t.text))
		if e == nil {
			return card.Reply{}, ledger.Refuse(ledger.NotFound, "entry.unknown", "text", t.text)
		}
		if !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	if len(all) == 0 {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "entry.noneticked")
	}
	return c.doMany(all, act)
}

// applySure applies the first proposal of every entry where it is beyond doubt.
func (c *Call) applySure() (card.Reply, error) {
	sure, err := c.sureEntries(ledger.ByAgeAndSum(c.WaitingEntries()))
	if err != nil {
		return card.Reply{}, err
	}
	if len(sure) == 0 {
		return card.Reply{}, ledger.Refuse(ledger.NotFound, "entry.nonesure")
	}
	return c.doMany(sure, "best")
}

// doMany does an act with each of all, and says what came of it.
func (c *Call) doMany(all []*ledger.BankEntry, act string) (card.Reply, error) {
	done, kept, err := c.eachEntry(all[:min(len(all), bulkMost)], func(e *ledger.BankEntry) error { return bulkActs()[act](c, e) })
	if err != nil {
		return card.Reply{}, err
	}
	sums, b := map[ledger.Currency]int64{}, bulk{By: c.Who.ID}
	for _, e := range done {
		b.Done = append(b.Done, bulkDone{e.ID, e.Payments})
		sums[e.Amount.Currency] += e.Amount.Minor
	}
	said := card.T("bank.applied", "count", len(done), "sums", eachOwed(sums))
	if act == "notours" {
		said = card.T("bank.setaside", "count", len(done), "sums", eachOwed(sums))
	}
	return c.toldMany(b, said, kept)
}

// eachEntry does an act with each of all, and shows it as it stands then. What is refused stays as
// it was; kept says why. Of one entry the refusal itself is the error.
func (c *Call) eachEntry(all []*ledger.BankEntry, act func(*ledger.BankEntry) error) (done []*ledger.BankEntry, kept []card.Text, err error) {
	for _, e := range all {
		err := c.Tx.Whole(func() error { return act(e) })
		if r, refused := ledger.AsRefusal(err); refused && len(all) > 1 {
			kept = append(kept, card.T("bank.keptback", "entry", e.ID.Label(), "why", card.T("refuse."+r.Key, r.Args...)))
			continue
		}
		if err == nil {
			err = c.Desk.showEntry(c.Tx, e)
		}
		if err != nil {
			return nil, nil, err
		}
		done = append(done, e)
	}
	return done, kept, nil
}

// keptLines name what stayed as it was, the first few of many.
func keptLines(kept []card.Text) []card.Text {
	if more := len(kept) - wrongShown; more > 0 {
		return append(kept[:wrongShown:wrongShown], card.T("bank.keptmore", "count", more))
	}
	return kept
}

// toldMany says what was done, with the button that takes it back.
func (c *Call) toldMany(b bulk, said card.Text, kept []card.Text) (card.Reply, error) {
	k := &card.Card{Body: []card.Text{card.T("bank.placednone")}}
	if len(b.Done) > 0 {
		n, err := c.keepBulk(b)
		if err != nil {
			return card.Reply{}, err
		}
		k.Body = []card.Text{said}
		k.Buttons = []card.Button{lineButton(card.T("button.undo"), "bank undo "+bulkLabel(n))}
	}
	k.Body = append(k.Body, keptLines(kept)...)
	k.Buttons = append(k.Buttons, lineButton(card.T("button.showall"), "bank"))
	return card.Reply{Card: k, Booked: len(b.Done) > 0}, nil
}

func (c *Call) keepBulk(b bulk) (n int, err error) {
	data, err := c.View.Get("bank.bulks")
	if err != nil {
		return 0, err
	}
	n, _ = strconv.Atoi(string(data))
	n++
	if data, err = json.Marshal(b); err == nil {
		c.Tx.Put(bulkRow(n), data)
		c.Tx.Put("bank.bulks", strconv.AppendInt(nil, int64(n), 10))
	}
	return n, err
}

// undoMany takes back what one press did: "undo BB-3". What was done with an entry since then
// stays.
func (c *Call) undoMany(name token) (card.Reply, error) {
	n, bad := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(name.text), "BB-"))
	data, err := c.View.Get(bulkRow(n))
	if err != nil {
		return card.Reply{}, err
	}
	if bad != nil || data == nil {
		return card.Reply{}, ledger.Refuse(ledger.NotFound, "entry.nobulk", "text", name.text)
	}
	var b bulk
	if err := json.Unmarshal(data, &b); err != nil {
		return card.Reply{}, err
	}
	c.Tx.Put(bulkRow(n), nil)
	var all []*ledger.BankEntry
	payments := map[ledger.BankEntryID][]ledger.PaymentID{}
	for _, x := range b.Done {
		all, payments[x.Entry] = append(all, c.BankEntry(x.Entry)), x.Payments
	}
	done, kept, err := c.eachEntry(all, func(e *ledger.BankEntry) error {
		if e.Place == ledger.EntryWaits || !slices.Equal(e.Payments, payments[e.ID]) {
			return ledger.Refuse(ledger.Conflict, "entry.since", "entry", e.ID.Label())
		}
		return c.Desk.reopenEntry(c.Tx, e)
	})
	if err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Body: append([]card.Text{card.T("bank.undone", "count", len(done))}, keptLines(kept)...)}
	k.Buttons = []card.Button{lineButton(card.T("button.showall"), "bank")}
	return card.Reply{Card: k, Booked: len(done) > 0}, nil
}

// severalForm has a tick for each entry of a page, and asks what is to be done with them.
func (c *Call) severalForm() (*card.Form, error) {
	page, mine := 1, false
	for _, t := range c.Args[1:] {
		if n, err := strconv.Atoi(t.text); err == nil {
			page = n
		}
		mine = mine || t.is("mine")
	}
	waiting := ledger.ByAgeAndSum(c.WaitingEntries())
	if mine {
		waiting = slices.DeleteFunc(waiting, func(e *ledger.BankEntry) bool { return e.Owner != c.Who.ID })
	}
	if len(waiting) == 0 {
		return nil, ledger.Refuse(ledger.NotFound, "entry.nonewaits")
	}
	f := &card.Form{Title: card.T("form.several"), Submit: card.T("form.do.save"), Arg: "several"}
	act := c.choiceField("act", card.T("ask.several"), "best")
	act.Kind = card.InputChoice
	for _, name := range []string{"best", "onaccount", "notours"} {
		act.Options = append(act.Options, card.Option{Value: name, Label: card.T("ask.several." + name)})
	}
	f.Fields = append(f.Fields, act)
	for _, e := range onPage(waiting, page-1) {
		row := make([]card.Text, 7)
		if err := c.entryRow(row, e); err != nil {
			return nil, err
		}
		name := tickOf + strings.ToLower(e.ID.Label())
		f.Fields = append(f.Fields, card.Input{Name: name, Kind: card.InputTick, Label: card.Join(row[0], row[2]), Shown: card.Join(row[3], row[4]), Value: c.hold(name, ""), Optional: true})
	}
	return f, nil
}

// tickOf begins the name of a tick beside an entry.
const tickOf = "tick."

// severalWords are the entries that were ticked.
func severalWords(v map[string]string) (out []token) {
	var names []string
	for name, value := range v {
		if label, ok := strings.CutPrefix(name, tickOf); ok && value == "yes" {
			names = append(names, label)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return int(ledger.ParseBankEntry(a)) - int(ledger.ParseBankEntry(b)) })
	out = word(v["act"])
	for _, name := range names {
		out = append(out, token{text: strings.ToUpper(name)})
	}
	return out
}
