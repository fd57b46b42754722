package commands

import (
	"encoding/json"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// A draft is an invoice that is kept for later: the line as it was typed. It has no number and
// is in no sum. It is read anew when it is shown or issued, so that "today", days, terms and
// deposits are those of that day. Drafts are working state.
type draft struct {
	Number int       `json:"number"`
	By     string    `json:"by"` // Slack user
	At     time.Time `json:"at"`
	Line   string    `json:"line"` // what stands behind "invoice"
}

const (
	draftPrefix = "draft:"
	draftsMax   = 200 // kept at once
)

// draftCommand keeps an invoice for later, issues it, or drops it.
//
//	line = ( "issue" | "drop" ) number | ( as for invoice ) .
func draftCommand() Command {
	return Command{
		Name: "draft", Who: []Role{Sales, Finance, Manager},
		Usage:    []string{`draft <customer> [<quantity> x] <price> "<text>" [options as for an invoice]`, `draft issue <number>`, `draft drop <number>`},
		Examples: []string{`draft acme 1200 "May retainer" tax 19%`, `draft issue 3`, `draft drop 3`},
		Form:     draftForm, Words: invoiceWords,
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 2 && (c.Args[0].is("issue") || c.Args[0].is("drop")) {
				return c.actOnDraft(c.Args[0].is("issue"), c.Args[1].text)
			}
			if len(c.Args) < 2 {
				return card.Reply{}, usage("draft", "got", c.Line)
			}
			return c.keepDraft()
		},
	}
}

// draftsCommand lists the drafts.
func draftsCommand() Command {
	return Command{
		Name: "drafts", Who: anybody(), Reads: true,
		Usage: []string{`drafts`}, Examples: []string{`drafts`},
		Run: func(c *Call) (card.Reply, error) {
			all, err := draftsOf(c.View)
			if err != nil {
				return card.Reply{}, err
			}
			k := c.draftsCard(slices.DeleteFunc(all, func(d draft) bool { return c.mayDraft(d) != nil }))
			ownNote(c.View, k)
			return card.Reply{Card: k}, nil
		},
	}
}

// keepDraft reads the line, so that what cannot be an invoice is refused now, and keeps it.
func (c *Call) keepDraft() (card.Reply, error) {
	d, t, err := c.readDraft(c.Line)
	if err != nil {
		return card.Reply{}, err
	}
	all, err := draftsOf(c.View)
	if err != nil {
		return card.Reply{}, err
	}
	if len(all) >= draftsMax {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "draft.many", "max", draftsMax)
	}
	last, err := c.Get("draft.last")
	if err != nil {
		return card.Reply{}, err
	}
	n, _ := strconv.Atoi(string(last))
	n++
	data, err := json.Marshal(draft{n, c.Who.ID, c.Now, c.Line})
	if err != nil {
		return card.Reply{}, err
	}
	c.Tx.Put("draft.last", []byte(strconv.Itoa(n)))
	c.Tx.Put(draftPrefix+strconv.Itoa(n), data)
	k := draftCard(c.View, d, t)
	k.Title = card.T("draft.kept", "draft", strconv.Itoa(n), "customer", c.CustomerName(c.Customer(d.Customer)))
	k.Note = append(k.Note, card.T("draft.next", "draft", strconv.Itoa(n)))
	return card.Reply{Card: k}, nil
}

// readDraft reads a line as an invoice of today.
func (c *Call) readDraft(line string) (*ledger.Draft, ledger.Totals, error) {
	d, err := parseInvoice(c.View, split(line), c.Lang())
	if err != nil {
		return nil, ledger.Totals{}, err
	}
	t, err := c.Settled(d)
	return d, t, err
}

// actOnDraft shows a draft for its confirm, or drops it.
func (c *Call) actOnDraft(issue bool, word string) (card.Reply, error) {
	d, err := draftNamed(c.View, word)
	if err != nil {
		return card.Reply{}, err
	}
	if err := c.mayDraft(d); err != nil {
		return card.Reply{}, err
	}
	c.draftNo = strconv.Itoa(d.Number)
	if !issue {
		return card.Say("draft.dropped", "draft", c.draftNo), c.dropDraft()
	}
	inv, err := parseInvoice(c.View, split(d.Line), c.Lang())
	if err != nil {
		return card.Reply{}, err
	}
	k, err := c.preview(inv)
	if err != nil {
		return card.Reply{}, err
	}
	k.Title = card.T("draft.preview", "draft", c.draftNo, "customer", c.CustomerName(c.Customer(inv.Customer)))
	return card.Reply{Card: k}, nil
}

// draftOf is the number of the draft that preview id was made of, "" for none. It returns a
// Conflict refusal when that draft was issued or dropped meanwhile.
func (c *Call) draftOf(id string) (string, error) {
	number, err := c.Get(previewDraft(id))
	if err != nil || number == nil {
		return "", err
	}
	c.Tx.Put(previewDraft(id), nil)
	data, err := c.Get(draftPrefix + string(number))
	if err == nil && data == nil && c.Where.Do != "cancel" {
		err = ledger.Refuse(ledger.Conflict, "draft.gone", "draft", string(number))
	}
	return string(number), err
}

// dropDraft forgets the draft that c is about, if it is about one.
func (c *Call) dropDraft() error {
	if c.draftNo != "" {
		c.Tx.Put(draftPrefix+c.draftNo, nil)
	}
	return nil
}

func draftNamed(v *ledger.View, word string) (d draft, err error) {
	number := strings.TrimPrefix(word, "#")
	if _, bad := strconv.ParseUint(number, 10, 31); bad != nil {
		return d, ledger.Refuse(ledger.BadInput, "draft.unknown", "text", word)
	}
	data, err := v.Get(draftPrefix + number)
	if err == nil && data == nil {
		return d, ledger.Refuse(ledger.NotFound, "draft.unknown", "text", word)
	}
	if err == nil {
		err = json.Unmarshal(data, &d)
	}
	return d, err
}

// mayDraft refuses a draft for a customer whom somebody else looks after.
func (c *Call) mayDraft(d draft) error {
	_, err := c.CustomerNamed(split(d.Line)[0].text)
	if r, ok := ledger.AsRefusal(err); ok && r.Kind != ledger.Forbidden {
		return nil // a customer who is called otherwise by now: issuing says so
	}
	return err
}

// draftsOf lists all drafts, oldest first.
func draftsOf(v *ledger.View) (out []draft, err error) {
	err = v.Each(draftPrefix, func(_ string, value []byte) error {
		var d draft
		if err := json.Unmarshal(value, &d); err != nil {
			return err
		}
		out = append(out, d)
		return nil
	})
	sort.Slice(out, func(i, j int) bool { return out[i].Number < out[j].Number })
	return out, err
}

func (c *Call) draftsCard(all []draft) *card.Card {
	if len(all) == 0 {
		return &card.Card{Body: []card.Text{card.T("draft.none")}}
	}
	k := &card.Card{Title: card.T("draft.list", "count", len(all)), Table: &card.Table{
		Head:  []card.Text{card.T("col.draft"), card.T("aging.customer"), card.T("col.since"), card.T("col.who"), card.T("col.amount")},
		Right: []bool{true, false, false, false, true}}}
	zone := c.Company()
	for _, d := range all {
		// A draft whose line does not fit any more (its deposit was used) has no sum.
		name, sum := card.Plain(d.Line), card.Plain("–")
		if inv, t, err := c.readDraft(d.Line); err == nil {
			name, sum = card.Plain(c.CustomerName(c.Customer(inv.Customer))), money(t.Total)
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(strconv.Itoa(d.Number)), name,
			card.T("value", "value", ledger.DateOf(d.At, zone.Zone())), card.T("value", "value", card.User(d.By)), sum})
	}
	k.Note = append(k.Note, card.T("draft.next", "draft", strconv.Itoa(all[0].Number)))
	return k
}
