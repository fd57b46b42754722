package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// recurCommand makes contracts that issue their invoices by themselves, lists and stops
// them. A price changes by stopping one and making another.
//
//	line     = customer schedule item { "+" item } { option | whole }   as for an invoice
//	         | "list" [ customer ] | "stop" label .
//	schedule = ( "weekly" | "monthly" | "quarterly" | "yearly" ) [ "on" ( day | "last" ) ]
//	           "from" date [ "until" date ] .
//
// {month} and {year} in a text become those of the day, in the customer's language.
func recurCommand() Command {
	return Command{
		Name: "recur", Who: []Role{Sales, Finance, Manager},
		Usage: []string{`recur <customer> weekly|monthly|quarterly|yearly [on <day>|last] from <date> [until <date>] <price> "<text>" [tax <rate>%] …`,
			`recur list [<customer>]`, `recur stop R-1`},
		Examples: []string{`recur acme monthly on 1 from 2026-11-01 1200 "Retainer, {month} {year}" tax 19%`, `recur list`, `recur stop R-1`},
		Form:     recurForm, Words: recurWords,
		Run: func(c *Call) (card.Reply, error) {
			switch {
			case len(c.Args) == 0:
				return card.Reply{}, usage("recur", "got", "")
			case c.Args[0].is("list"):
				return listContracts(c)
			case c.Args[0].is("stop"):
				return stopContract(c)
			}
			return makeContract(c)
		},
	}
}

func makeContract(c *Call) (card.Reply, error) {
	cust, err := c.CustomerNamed(c.Args[0].text)
	if err != nil {
		return card.Reply{}, err
	}
	x := ledger.ContractMade{Customer: cust.ID}
	rest, err := c.schedule(c.Args[1:], &x)
	if err != nil {
		return card.Reply{}, err
	}
	p := newInvoiceParser(c.View, cust, rest, c.Lang())
	draft, err := p.parse()
	if err != nil {
		return card.Reply{}, err
	}
	if draft.Date != c.Today() || p.dueIsSet && !p.dueTerms || len(draft.Instalments)+len(draft.Deposits) > 0 {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "recur.dates")
	}
	x.Draft, x.OwnTerms, x.Terms = *draft, p.dueTerms, p.terms
	con, err := c.Tx.MakeContract(x)
	if err != nil {
		return card.Reply{}, err
	}
	totals, err := c.Settled(draft)
	if err != nil {
		return card.Reply{}, err
	}
	k := draftCard(c.View, draft, totals)
	k.Title = card.T("recur.made", "contract", con.Label(), "customer", c.CustomerName(cust))
	k.Fields = append(sums(c.View, draft, totals), contractFields(con)...)
	k.Body = append(k.Body, card.T("recur.note", "contract", con.Label()))
	return card.Reply{Card: k}, nil
}

// schedule reads the words up to the first item.
func (c *Call) schedule(words []token, x *ledger.ContractMade) (rest []token, err error) {
	next := func() token {
		if len(words) == 0 {
			return token{}
		}
		t := words[0]
		words = words[1:]
		return t
	}
	every, ok := ledger.ParseEvery(strings.ToLower(next().text))
	if !ok {
		return nil, usage("recur", "got", c.Line)
	}
	x.Schedule.Every = every
	if len(words) > 0 && words[0].is("on") && every != ledger.Weekly {
		next()
		if t := next(); t.is("last") {
			x.Schedule.Day = 31
		} else if x.Schedule.Day, err = strconv.Atoi(t.text); err != nil {
			return nil, ledger.Refuse(ledger.BadInput, "recur.day", "text", t.text)
		}
	}
	if !next().is("from") {
		return nil, usage("recur", "got", c.Line)
	}
	n := 0
	if x.From, n, err = c.days().take(words); err != nil {
		return nil, err
	}
	words = words[n:]
	if every != ledger.Weekly && x.Schedule.Day == 0 {
		_, _, x.Schedule.Day = x.From.Parts()
	}
	if len(words) > 0 && words[0].is("until") {
		next()
		if x.Until, n, err = c.days().take(words); err != nil {
			return nil, err
		}
		words = words[n:]
	}
	return words, nil
}

// contractFields tell when a contract comes round.
func contractFields(x *ledger.Contract) []card.Field {
	out := []card.Field{{Label: card.T("field.schedule"), Value: scheduleText(x.Schedule)}}
	if !x.Over() {
		out = append(out, card.Field{Label: card.T("field.next"), Value: card.T("value", "value", x.Next)})
	}
	if x.Until != 0 {
		out = append(out, card.Field{Label: card.T("field.until"), Value: card.T("value", "value", x.Until)})
	}
	return out
}

func scheduleText(s ledger.Schedule) card.Text {
	every := card.T("every." + s.Every.String())
	switch s.Day {
	case 0:
		return every
	case 31:
		return card.Join(every, card.T("every.last"))
	}
	return card.Join(every, card.T("every.day", "day", s.Day))
}

func listContracts(c *Call) (card.Reply, error) {
	only := ledger.CustomerID(0)
	if len(c.Args) > 1 {
		cust, err := c.CustomerNamed(c.Args[1].text)
		if err != nil {
			return card.Reply{}, err
		}
		only = cust.ID
	}
	k := &card.Card{Title: card.T("recur.list"), Table: &card.Table{
		Head:  []card.Text{card.T("col.contract"), card.T("aging.customer"), card.T("field.schedule"), card.T("col.next"), card.T("col.amount")},
		Right: []bool{false, false, false, false, true}}}
	var failed error
	c.Contracts(func(x *ledger.Contract) {
		if x.Over() || only != 0 && x.Customer != only || failed != nil || !c.Sees(c.Customer(x.Customer)) {
			return
		}
		body, err := c.ContractDetail(x)
		if err != nil {
			failed = err
			return
		}
		t, err := body.Draft.Totals()
		if err != nil {
			failed = err
			return
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(x.Label()), card.Plain(c.CustomerName(c.Customer(x.Customer))),
			scheduleText(x.Schedule), card.T("value", "value", x.Next), money(t.Total)})
	})
	if failed == nil && len(k.Table.Rows) == 0 {
		return card.Say("recur.none"), nil
	}
	ownNote(c.View, k)
	return card.Reply{Card: k}, failed
}

func stopContract(c *Call) (card.Reply, error) {
	if len(c.Args) != 2 {
		return card.Reply{}, usage("recur", "got", c.Line)
	}
	text := strings.ToUpper(c.Args[1].text)
	n, err := strconv.Atoi(strings.TrimPrefix(text, "R-"))
	con := c.Contract(ledger.ContractID(max(n, 0)))
	if err != nil || con == nil {
		return card.Reply{}, ledger.Refuse(ledger.NotFound, "recur.unknown", "text", text)
	}
	if err := c.Allowed(c.Customer(con.Customer)); err != nil {
		return card.Reply{}, err
	}
	if err := c.Tx.StopContract(con); err != nil {
		return card.Reply{}, err
	}
	return card.Say("recur.stopped", "contract", con.Label(), "customer", c.CustomerName(c.Customer(con.Customer))), nil
}

// issueHour is when contracts issue their invoices, in the company's zone.
const issueHour = 8

// RunContracts issues every invoice of a contract that is due by now, each once, oldest
// first, and returns when the next is. After an outage the missed ones are issued, each
// with the day of its schedule. One that cannot be issued waits, and finance is told once.
func (d *Desk) RunContracts(ctx context.Context, now time.Time) (next time.Time, err error) {
	for {
		var due []ledger.ContractID
		var on ledger.Date
		err := d.Books.View(func(v *ledger.View) error {
			company := v.Company()
			on = ledger.DateOf(now.Add(-issueHour*time.Hour), company.Zone())
			for _, x := range v.DueContracts(on) {
				if told, err := v.Get(failedOccurrence(x)); err != nil || string(told) >= now.UTC().Format(time.RFC3339) {
					if err != nil {
						return err
					}
					continue
				}
				due = append(due, x.ID)
			}
			next = v.NextContract(issueHour)
			return nil
		})
		if err != nil || len(due) == 0 {
			if !next.After(now) {
				next = time.Time{} // what waits is tried again with the next look
			}
			return next, err
		}
		for _, id := range due {
			if err := d.runContract(ctx, id, on, now); err != nil {
				return next, fmt.Errorf("contract R-%d: %w", id, err)
			}
		}
	}
}

// failedOccurrence is the name under which it is kept until when an occurrence that was
// refused is left alone.
func failedOccurrence(x *ledger.Contract) string {
	return "contract:" + x.Label() + ":" + x.Next.String()
}

// runContract issues the next invoice of a contract, if it is still due on a day: it may have
// been stopped, or issued by another, since it was looked at.
func (d *Desk) runContract(ctx context.Context, id ledger.ContractID, on ledger.Date, now time.Time) error {
	_, err := d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		x := tx.Contract(id)
		if x.Over() || x.Next > on {
			return nil, nil
		}
		lang := tx.Customer(x.Customer).Language
		inv, err := tx.IssueOccurrence(x, func(text string, day ledger.Date) string { return d.fillPeriod(text, lang, day) })
		if err != nil {
			return nil, err
		}
		return nil, d.AnnounceInvoice(tx, inv)
	}})
	if _, refused := ledger.AsRefusal(err); !refused {
		return err
	}
	_, err = d.Books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		x := tx.Contract(id)
		name := failedOccurrence(x)
		told, err := tx.Get(name)
		if err != nil {
			return nil, err
		}
		tx.Put(name, []byte(now.UTC().Add(time.Hour).Format(time.RFC3339)))
		if told != nil {
			return nil, nil
		}
		return nil, tx.NotifyText(ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: x.Customer, Address: d.FinanceChannel, Code: "contract"}, x.Label())
	}})
	return err
}

// fillPeriod puts month and year into the places of a text.
func (d *Desk) fillPeriod(text, lang string, day ledger.Date) string {
	year, month, _ := day.Parts()
	name := fmt.Sprintf("%02d", int(month))
	if d.MonthName != nil {
		name = d.MonthName(lang, int(month))
	}
	return strings.NewReplacer("{month}", name, "{year}", strconv.Itoa(year)).Replace(text)
}
