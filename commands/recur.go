package commands

import (
	"regexp"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// recurCommand makes contracts that issue their invoices by themselves, and changes them. What
// makes or changes one is shown first, with the invoices that will come of it, and set by its
// confirm.
//
//	line     = customer schedule item { "+" item } { option | whole }   as for an invoice
//	         | label act | "list" [ customer ] | "stop" label .
//	schedule = every [ "on" ( day | "last" | "workday" ) ] { "workday" | "advance" | "arrears" }
//	           "from" date { "until" date | "times" n | "prorate" } .
//	every    = "weekly" | "monthly" | "quarterly" | "yearly" | "every" n ( "weeks" | "months" ) .
//	act      = "price" number [ "from" date ] | "lines" [ "from" date ] item { "+" item } { option | whole }
//	         | "skip" [ date | "missed" ] [ reason ] | "pause" [ "until" date ] [ reason ] | "resume" [ "all" ]
//	         | "until" ( date | "open" ) | "issue" [ "all" ] [ "anyway" ] [ date ] | "stop" .
//	reason   = [ "because" ] word { word } .
//
// "on workday" is the first business day of a month, and "workday" after a day has the invoice
// wait for the next one where the day is free. "arrears" invoices the period that is over,
// "advance" that which begins; a contract on the last day of a month invoices that month. With
// "prorate" the days before the first whole period are invoiced in proportion. What a text may
// have for its period: see fillPeriod.
func recurCommand() Command {
	return Command{
		Name: "recur", Who: []Role{Sales, Finance, Manager},
		Usage: []string{`recur <customer> weekly|monthly|quarterly|yearly|every <n> weeks|months [on <day>|last|workday] [workday] [arrears] from <date> [until <date>|times <n>] [prorate] <price> "<text>" [tax <rate>%] …`,
			`recur <contract> price <price> from <date>`, `recur <contract> lines from <date> <price> "<text>" …`,
			`recur <contract> skip [because <reason>]`, `recur <contract> pause [until <date>] [because <reason>]`, `recur <contract> resume [all]|until <date>|issue|stop`},
		Examples: []string{`recur acme monthly on 1 from 2026-12-01 1200 "Retainer, {month} {year}" tax 19%`, `recur acme every 2 weeks from 2026-12-04 arrears 300 "Cleaning, {from} – {to}"`,
			`recur R-1 price 1300 from 2027-01-01`, `recur R-1 skip`, `recur R-1 pause until 2027-01-31 because the works stand still`, `recur R-1 resume`, `recur R-1 until 2027-06-30`},
		Form: recurForm, Words: recurWords, Run: runRecur,
	}
}

func runRecur(c *Call) (card.Reply, error) {
	switch {
	case len(c.Args) == 0:
		return card.Reply{}, usage("recur", "got", "")
	case c.Args[0].is("list"):
		return c.recurring(c.Args[1:])
	case c.Args[0].is("confirm") && len(c.Args) == 2:
		return c.confirmRecur(c.Args[1].text)
	case c.Args[0].is("stop") && (len(c.Args) == 2 || len(c.Args) > 2 && c.Args[2].is("because")):
		return c.changeNamed(c.Args[1], c.Args[:1])
	case contractForm.MatchString(c.Args[0].text):
		return c.changeNamed(c.Args[0], c.Args[1:])
	}
	return c.makeContract()
}

var contractForm = regexp.MustCompile(`^[rR]-(\d{1,9})$`)

// contractNamed reads "R-3".
func (c *Call) contractNamed(word string) (*ledger.Contract, error) {
	if m := contractForm.FindStringSubmatch(word); m != nil {
		n, _ := strconv.Atoi(m[1])
		if x := c.Contract(ledger.ContractID(n)); x != nil {
			return x, c.Allowed(c.Customer(x.Customer))
		}
	}
	return nil, ledger.Refuse(ledger.NotFound, "recur.unknown", "text", strings.ToUpper(word))
}

// makeContract previews a contract, or sets it where that was confirmed.
func (c *Call) makeContract() (card.Reply, error) {
	x, line, err := c.readContract()
	if err != nil {
		return card.Reply{}, err
	}
	twin := c.contractTwin(x)
	var k *card.Card
	set := func() error {
		con, err := c.Tx.MakeContract(*x)
		if err == nil {
			k, err = c.contractCard(con)
		}
		if err == nil {
			k.Title = card.T("recur.made", "contract", con.Label(), "customer", c.CustomerName(c.Customer(x.Customer)))
		}
		if err == nil && twin != nil && !c.confirmed && !c.Tx.CarriesOut() {
			k.Body = append([]card.Text{card.T("recur.twin", "contract", twin.Label())}, k.Body...)
		}
		return err
	}
	return c.previewed(set, &k, line, card.T("recur.preview", "customer", c.CustomerName(c.Customer(x.Customer))))
}

// contractTwin is a contract of the customer's that runs and has the days and the lines of x: whoever
// is not sure that his line went through writes it again.
func (c *Call) contractTwin(x *ledger.ContractMade) (twin *ledger.Contract) {
	c.Contracts(func(con *ledger.Contract) {
		if twin != nil || con.Customer != x.Customer || con.Over() || con.Schedule != x.Schedule {
			return
		}
		l, err := c.LinesFor(con, con.Next)
		if err == nil && l.Draft.Currency == x.Draft.Currency && sameLines(l.Draft.Lines, x.Draft.Lines) {
			twin = con
		}
	})
	return twin
}

// readContract reads the line of a new contract, and writes it as it means the same tomorrow.
func (c *Call) readContract() (x *ledger.ContractMade, line string, err error) {
	cust, err := c.CustomerNamed(c.Args[0].text)
	if err != nil {
		return nil, "", err
	}
	x = &ledger.ContractMade{Customer: cust.ID}
	r := scheduleReader{c: c, words: c.Args[1:], x: x}
	if err := r.read(); err != nil {
		return nil, "", err
	}
	l, err := c.contractLines(cust, r.words)
	if noLines(err) {
		err = usage("recur", "got", c.Line)
	}
	if err != nil {
		return nil, "", err
	}
	x.Draft, x.OwnTerms, x.Terms = l.Draft, l.OwnTerms, l.Terms
	return x, lineOf(row(word(cust.Handle), scheduleWords(x), r.words)), nil
}

// noLines reports whether words were refused as no lines of an invoice: what an invoice by hand is
// written like helps nobody who writes a contract.
func noLines(err error) bool {
	r, ok := ledger.AsRefusal(err)
	return ok && r.Key == "usage.invoice"
}

// contractLines reads what a contract invoices.
func (c *Call) contractLines(cust *ledger.Customer, words []token) (l ledger.ContractLines, err error) {
	p := newInvoiceParser(c.View, cust, words, c.Lang())
	draft, err := p.parse()
	if err != nil {
		return l, err
	}
	if draft.Date != c.Today() || p.dueIsSet && !p.dueTerms || len(draft.Instalments)+len(draft.Deposits) > 0 {
		return l, ledger.Refuse(ledger.BadInput, "recur.dates")
	}
	if missing := c.Missing(draft); len(missing) > 0 {
		return l, ledger.Refuse(ledger.BadInput, "requires."+string(missing[0]), "customer", cust.Handle)
	}
	return ledger.ContractLines{Draft: *draft, OwnTerms: p.dueTerms, Terms: p.terms}, nil
}

// previewed runs what was confirmed or approved. Else it shows what set would make, which is
// taken back, and keeps the line for its confirm.
func (c *Call) previewed(set func() error, k **card.Card, line string, title card.Text) (card.Reply, error) {
	if c.confirmed || c.Tx.CarriesOut() {
		err := set()
		return card.Reply{Card: *k, Replace: c.confirmed}, err
	}
	asked, err := c.Tx.Forecast(set)
	if err != nil {
		return card.Reply{}, err
	}
	id, err := c.keepWords("", []byte(line))
	if err != nil {
		return card.Reply{}, err
	}
	out := *k
	out.Title, out.Picks = title, nil
	out.Note = append(out.Note, card.T("preview.note"))
	if asked != nil {
		out.Body = append(append(out.Body, card.T("approval.preview")), needTexts(asked.Needs)...)
	}
	yes := lineButton(card.T("button.confirm"), "recur confirm "+id)
	yes.Style = card.Primary
	out.Buttons = []card.Button{yes, {Label: card.T("button.cancel"), Do: "cancel", Arg: id}}
	return card.Reply{Card: out}, nil
}

// confirmRecur runs the line that was previewed, once.
func (c *Call) confirmRecur(id string) (card.Reply, error) {
	p, err := c.takeKept(id)
	if err != nil {
		return card.Reply{}, err
	}
	c.usedUp, c.confirmed = id, true
	c.Line = string(p.draft)
	c.Args = split(c.Line)
	return runRecur(c)
}

// scheduleReader reads the words of a contract up to its first item.
type scheduleReader struct {
	c     *Call
	words []token
	x     *ledger.ContractMade
}

func (r *scheduleReader) next() token {
	if len(r.words) == 0 {
		return token{}
	}
	t := r.words[0]
	r.words = r.words[1:]
	return t
}

// take reads one of some words, if it comes next.
func (r *scheduleReader) take(words ...string) string {
	for _, w := range words {
		if len(r.words) > 0 && r.words[0].is(w) {
			r.next()
			return w
		}
	}
	return ""
}

func (r *scheduleReader) read() (err error) {
	s := &r.x.Schedule
	if err := r.every(); err != nil {
		return err
	}
	if err := r.on(); err != nil {
		return err
	}
	for w := "-"; w != ""; {
		switch w = r.take("workday", "advance", "arrears"); w {
		case "workday":
			s.Workday = true
		case "advance":
			s.Billing = ledger.Advance
		case "arrears":
			s.Billing = ledger.Arrears
		}
	}
	if r.take("from") == "" {
		return usage("recur", "got", r.c.Line)
	}
	if r.x.From, err = r.day(); err != nil {
		return err
	}
	if s.Every != ledger.Weekly && s.Day == 0 {
		_, _, s.Day = r.x.From.Parts()
	}
	return r.ends()
}

var wholeNumber = regexp.MustCompile(`^[+-]?[0-9]+$`)

// every reads how often.
func (r *scheduleReader) every() error {
	s := &r.x.Schedule
	first := r.next()
	if !first.is("every") {
		every, ok := ledger.ParseEvery(strings.ToLower(first.text))
		if s.Every = every; !ok {
			return usage("recur", "got", r.c.Line)
		}
		return nil
	}
	counted := ""
	if len(r.words) > 0 && wholeNumber.MatchString(names.Digits(r.words[0].text)) {
		counted = names.Digits(r.next().text)
	}
	unit := r.take("week", "weeks", "month", "months", "quarter", "year")
	if counted != "" && unit != "" {
		n, err := strconv.Atoi(counted)
		if s.N = n; err != nil || n < 1 || n > ledger.ScheduleEach || n > 1 && (unit == "quarter" || unit == "year") {
			return ledger.Refuse(ledger.BadInput, "recur.each", "text", counted+" "+unit, "max", ledger.ScheduleEach)
		}
	}
	switch unit {
	case "week", "weeks":
		s.Every = ledger.Weekly
	case "month", "months":
		s.Every = ledger.Monthly
	case "quarter":
		s.Every = ledger.Quarterly
	case "year":
		s.Every = ledger.Yearly
	default:
		return usage("recur", "got", r.c.Line)
	}
	return nil
}

// on reads the day of the month.
func (r *scheduleReader) on() (err error) {
	s := &r.x.Schedule
	if s.Every == ledger.Weekly || r.take("on") == "" {
		return nil
	}
	switch t := r.next(); {
	case t.is("last"):
		s.Day = 31
	case t.is("first"):
		s.Day = 1
	case t.is("workday"):
		s.Day, s.Workday = 1, true
	default:
		if s.Day, err = strconv.Atoi(names.Digits(t.text)); err != nil || s.Day < 1 {
			return ledger.Refuse(ledger.BadInput, "recur.day", "text", t.text)
		}
	}
	return nil
}

// ends reads how long, and whether a first part of a period is invoiced.
func (r *scheduleReader) ends() (err error) {
	for w := "-"; w != ""; {
		switch w = r.take("until", "times", "prorate"); w {
		case "until":
			r.x.Until, err = r.day()
		case "times":
			if r.x.Times, err = strconv.Atoi(names.Digits(r.next().text)); err != nil || r.x.Times < 1 {
				err = usage("recur", "got", r.c.Line)
			}
		case "prorate":
			r.x.Start = r.x.From
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *scheduleReader) day() (ledger.Date, error) {
	day, n, err := r.c.days().take(r.words)
	if err == nil {
		r.words = r.words[n:]
	}
	return day, err
}

// scheduleWords write what scheduleReader reads, with days in figures.
func scheduleWords(x *ledger.ContractMade) []token {
	s := x.Schedule
	every := s.Every.String()
	if s.N > 1 {
		every = "every " + strconv.Itoa(s.N) + " " + strings.TrimSuffix(every, "ly") + "s"
	}
	out := split(every)
	if s.Every != ledger.Weekly {
		day := strconv.Itoa(s.Day)
		if s.Day == 31 {
			day = "last"
		}
		out = append(out, option("on", word(day))...)
	}
	if s.Workday {
		out = append(out, token{text: "workday"})
	}
	switch s.Billing {
	case ledger.Advance:
		out = append(out, token{text: "advance"})
	case ledger.Arrears:
		out = append(out, token{text: "arrears"})
	}
	out = append(out, option("from", word(x.From.String()))...)
	out = append(out, option("until", word(x.Until.String()))...)
	if x.Times > 0 {
		out = append(out, option("times", word(strconv.Itoa(x.Times)))...)
	}
	if x.Start != 0 {
		out = append(out, token{text: "prorate"})
	}
	return out
}
