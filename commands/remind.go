package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Reminder is what a customer would be reminded of by hand now, or why nothing: "" when
// there is a reminder, else one of the Silences. With soon also what falls due in the next
// days is a reason.
type Reminder func(v *ledger.View, c *ledger.Customer, soon bool) (n ledger.NoticeQueued, why string)

// Silences are the reasons why a customer is not reminded, in the order in which they are
// told.
func Silences() []string { return []string{"pilot", "onitsway", "toosoon", "nobody", "nothing"} }

// remindCommand reminds by hand: all who are overdue, a segment, or one customer. Every
// rule of reminders holds for each of them, and it counts as a contact.
//
//	line = "overdue" | "all" | "segment" name | customer .
func remindCommand() Command {
	return Command{
		Name: "remind", Who: campaigners(),
		Usage:    []string{`remind overdue|all`, `remind segment <name>`, `remind <customer>`},
		Examples: []string{`remind overdue`, `remind segment retail`, `remind acme`},
		Form:     remindForm, Words: remindWords,
		Run: func(c *Call) (card.Reply, error) {
			var words []string
			for _, t := range c.Args {
				words = append(words, strings.ToLower(t.text))
			}
			p, err := c.remindPlan(strings.Join(words, " "))
			if err != nil {
				return card.Reply{}, err
			}
			return c.previewRemind(p)
		},
	}
}

// remindPlan is whom a line reminds, and whom it leaves out.
type remindPlan struct {
	what    string
	due     []ledger.NoticeQueued
	silent  map[string]int
	sums    map[ledger.Currency]ledger.Money
	onAcct  []string // handles of those who have money on account
	skipped int      // of onAcct, those that are not named
}

// namedMax is how many customers a preview names.
const namedMax = 8

func (c *Call) remindPlan(what string) (*remindPlan, error) {
	p := &remindPlan{what: what, silent: map[string]int{}, sums: map[ledger.Currency]ledger.Money{}}
	kind, name, _ := strings.Cut(what, " ")
	switch {
	case what == "":
		return nil, usage("remind", "got", "")
	case kind == "segment" && name != "":
		c.Customers(func(x *ledger.Customer) {
			if x.Segment == name {
				c.planFor(p, x, false)
			}
		})
		if len(p.due)+len(p.silent) == 0 {
			return nil, ledger.Refuse(ledger.NotFound, "segment.none", "text", name)
		}
	case what == "overdue" || what == "all":
		c.Customers(func(x *ledger.Customer) { c.planFor(p, x, what == "all") })
	default:
		x, err := c.CustomerNamed(what)
		if err != nil {
			return nil, err
		}
		c.planFor(p, x, true)
	}
	return p, nil
}

// planFor adds one customer to a plan.
func (c *Call) planFor(p *remindPlan, x *ledger.Customer, soon bool) {
	if !x.HasOpen() {
		p.silent["nothing"]++
		return
	}
	n, why := c.Desk.Remind(c.View, x, soon)
	if why != "" {
		p.silent[why]++
		return
	}
	p.due = append(p.due, n)
	rows := c.AgingOf(x, c.Today())
	for i := range rows {
		r := &rows[i]
		if o := r.Overdue().Sub(r.OverdueDisputed()); o.Minor > 0 {
			p.sums[r.Currency] = p.sums[r.Currency].Add(o)
		}
		if r.OnAcct > 0 && len(p.onAcct) < namedMax && !slices.Contains(p.onAcct, x.Handle) {
			p.onAcct = append(p.onAcct, x.Handle)
		} else if r.OnAcct > 0 {
			p.skipped++
		}
	}
}

// previewRemind shows whom a line would remind, and keeps it for its confirm: one for each
// member of staff, the newest.
func (c *Call) previewRemind(p *remindPlan) (card.Reply, error) {
	k := &card.Card{Title: card.T("remindhand.title", "count", len(p.due))}
	if len(p.sums) > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("account.overdue"), Value: eachSum(p.sums)})
	}
	for _, why := range Silences() {
		if n := p.silent[why]; n > 0 && (why != "nothing" || len(p.due) == 0) {
			k.Body = append(k.Body, card.T("remindhand."+why, "count", n))
		}
	}
	if len(p.onAcct) > 0 {
		k.Body = append(k.Body, card.T("remindhand.onaccount", "who", strings.Join(p.onAcct, ", "), "count", len(p.onAcct)+p.skipped))
	}
	k.Note = append(k.Note, bankNews(c.View))
	if len(p.due) == 0 {
		return card.Reply{Card: k}, nil
	}
	last, err := c.Get("remind.last")
	if err != nil {
		return card.Reply{}, err
	}
	n, _ := strconv.Atoi(string(last))
	id := strconv.Itoa(n + 1)
	c.Tx.Put("remind.last", []byte(id))
	c.Tx.Put("remind:"+c.Who.ID, fmt.Appendf(nil, "%s %d\n%s", id, c.Now.Add(previewLife).Unix(), p.what))
	k.Note = append(k.Note, card.T("remindhand.note"))
	k.Buttons = []card.Button{{Label: card.T("button.remind", "count", len(p.due)), Do: "remind", Arg: id, Style: card.Primary}}
	return card.Reply{Card: k}, nil
}

func eachSum(sums map[ledger.Currency]ledger.Money) card.Text {
	var cur []ledger.Currency
	for c := range sums {
		cur = append(cur, c)
	}
	slices.Sort(cur)
	var out []card.Text
	for _, c := range cur {
		out = append(out, money(sums[c]))
	}
	return card.Join(out...)
}

// bankSearch is how many payments are looked at for the newest by bank.
const bankSearch = 1000

// bankNews says how fresh what is known of the bank is: who has just paid must not be
// reminded.
func bankNews(v *ledger.View) card.Text {
	for id, n := v.LastPayment(), 0; id > 0 && n < bankSearch; id, n = id-1, n+1 {
		if p := v.Payment(id); p != nil && p.Method == "bank" {
			return card.T("remindhand.bank", "date", p.Date)
		}
	}
	return card.T("remindhand.nobank")
}

// confirmRemind sends what was previewed, to whom the rules let it go now. More than one is
// a campaign.
func confirmRemind(c *Call) (card.Reply, error) {
	key := "remind:" + c.Who.ID
	data, err := c.Get(key)
	if err != nil {
		return card.Reply{}, err
	}
	kept := openPreview(data)
	id, until, what := kept.who, kept.until, kept.draft
	switch {
	case id == "" || id != c.Where.Arg:
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "remind.used")
	case c.Now.After(until):
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "remind.late")
	}
	c.Tx.Put(key, nil)
	p, err := c.remindPlan(string(what))
	if err != nil {
		return card.Reply{}, err
	}
	if len(p.due) == 0 {
		return replaced(card.Say("remindhand.nobodyleft")), nil
	}
	var campaign *ledger.Campaign
	if len(p.due) > 1 {
		if campaign, err = c.Tx.BeginCampaign(p.what, c.Desk.FinanceChannel); err != nil {
			return card.Reply{}, err
		}
	}
	for _, n := range p.due {
		if campaign != nil {
			n.Campaign = campaign.ID
		}
		if err := c.Tx.Notify(n); err != nil {
			return card.Reply{}, err
		}
	}
	if campaign == nil {
		return replaced(card.Say("remindhand.one", "customer", c.CustomerName(c.Customer(p.due[0].Customer)))), nil
	}
	return replaced(card.Say("remindhand.begun", "count", len(p.due), "campaign", campaign.Label())), nil
}

func replaced(r card.Reply) card.Reply {
	r.Replace = true
	return r
}

// routeNotes say which chats of a customer cannot be written to.
func routeNotes(v *ledger.View, cust *ledger.Customer) (out []card.Text) {
	co := v.Company()
	for _, chat := range cust.Chats {
		if r, broken := v.Route(chat); broken {
			out = append(out, card.T("account.shut", "who", v.ChatName(chat), "date", ledger.DateOf(r.Since, co.Zone()),
				"reason", card.T("route."+string(r.Reason)), "handle", cust.Handle))
		}
	}
	for i, address := range cust.MailAddresses() {
		if r, broken := v.Route(cust.Mails[i]); broken {
			out = append(out, card.T("account.shutmail", "who", address, "date", ledger.DateOf(r.Since, co.Zone()), "handle", cust.Handle))
		}
	}
	return out
}
