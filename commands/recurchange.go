package commands

import (
	"slices"
	"unicode/utf8"

	"duebot/commands/card"
	"duebot/ledger"
)

// What people do to a contract that runs. Another price, other lines and another end are
// previewed with the invoices that follow; a skip, a pause and their like are done at once: they
// are taken back as easily.

// changeNamed does what the words behind a contract's label say.
func (c *Call) changeNamed(label token, words []token) (card.Reply, error) {
	x, err := c.contractNamed(label.text)
	if err != nil {
		return card.Reply{}, err
	}
	if len(words) == 0 {
		k, err := c.contractPage(x)
		return card.Reply{Card: k}, err
	}
	act, rest := words[0], words[1:]
	switch {
	case act.is("price"):
		return c.changePrice(x, rest)
	case act.is("lines"):
		return c.changeLines(x, rest)
	case act.is("until"):
		return c.changeEnd(x, rest)
	case act.is("skip"):
		return c.skipOccurrence(x, rest)
	case act.is("pause"):
		return c.pauseContract(x, rest)
	case act.is("resume"):
		all := len(rest) == 1 && rest[0].is("all")
		switch {
		case len(rest) > 0 && !all: // nobody is to find later that a day was not read
			return card.Reply{}, c.contractUnread(x)
		case x.Over():
			return card.Reply{}, contractOver(x)
		}
		return c.contractDone(x, "recur.resumed", c.Tx.ResumeContract(x, all))
	case act.is("issue"):
		return c.issueContract(x, rest)
	case act.is("stop"):
		if len(rest) > 0 && !rest[0].is("because") {
			return card.Reply{}, c.contractUnread(x)
		}
		if err := c.Tx.StopContract(x); err != nil {
			return card.Reply{}, err
		}
		return card.Say("recur.stopped", "contract", x.Label(), "customer", c.CustomerName(c.Customer(x.Customer))), nil
	}
	return card.Reply{}, c.contractUnread(x)
}

// contractUnread refuses a line about a contract that there is, of which some words mean nothing.
func (c *Call) contractUnread(x *ledger.Contract) error {
	return ledger.Refuse(ledger.BadInput, "recur.act", "contract", x.Label(), "text", c.Line)
}

func contractOver(x *ledger.Contract) error {
	return ledger.Refuse(ledger.Conflict, "recur.over", "contract", x.Label())
}

// contractDone shows x after something was done to it.
func (c *Call) contractDone(x *ledger.Contract, key string, err error) (card.Reply, error) {
	if err != nil {
		return card.Reply{}, err
	}
	k, err := c.contractPage(x)
	if err == nil {
		k.Body = append([]card.Text{card.T(key, "contract", x.Label(), "date", c.IssueDay(x))}, k.Body...)
	}
	return card.Reply{Card: k}, err
}

// takeFrom reads "from" and a day; without it the day is that on which the next period begins.
func (c *Call) takeFrom(x *ledger.Contract, words []token) (ledger.Date, []token, error) {
	if len(words) == 0 || !words[0].is("from") {
		return x.Occurrence(x.Passed).From, words, nil
	}
	day, n, err := c.days().take(words[1:])
	if err != nil {
		return 0, nil, err
	}
	return day, words[1+n:], nil
}

func (c *Call) changePrice(x *ledger.Contract, words []token) (card.Reply, error) {
	if len(words) == 0 {
		return card.Reply{}, c.contractUnread(x)
	}
	price, err := parseAmount(words[0].text, c.Lang())
	if err != nil {
		return card.Reply{}, err
	}
	from, rest, err := c.takeFrom(x, words[1:])
	if err != nil {
		return card.Reply{}, err
	}
	l, err := c.LinesFor(x, from)
	switch {
	case err != nil:
		return card.Reply{}, err
	case len(rest) > 0:
		return card.Reply{}, c.contractUnread(x)
	case len(l.Draft.Lines) != 1:
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "recur.lines", "contract", x.Label(), "n", len(l.Draft.Lines))
	}
	l.Draft.Lines = slices.Clone(l.Draft.Lines)
	l.Draft.Lines[0].Price = price
	line := row(word(x.Label()), word("price"), words[:1], option("from", word(from.String())))
	return c.changeTo(x, from, *l, line)
}

func (c *Call) changeLines(x *ledger.Contract, words []token) (card.Reply, error) {
	from, rest, err := c.takeFrom(x, words)
	if err != nil {
		return card.Reply{}, err
	}
	l, err := c.contractLines(c.Customer(x.Customer), rest)
	if noLines(err) {
		err = c.contractUnread(x)
	}
	if err != nil {
		return card.Reply{}, err
	}
	return c.changeTo(x, from, l, row(word(x.Label()), word("lines"), option("from", word(from.String())), rest))
}

// changeTo previews or sets what x invoices from a day on.
func (c *Call) changeTo(x *ledger.Contract, from ledger.Date, l ledger.ContractLines, line []token) (card.Reply, error) {
	set := func() error {
		return c.Tx.ChangeContract(ledger.ContractChanged{Contract: x.ID, From: from, OwnTerms: l.OwnTerms, Terms: l.Terms, Draft: l.Draft})
	}
	return c.change(x, set, lineOf(line))
}

func (c *Call) changeEnd(x *ledger.Contract, words []token) (card.Reply, error) {
	until, open := ledger.Date(0), len(words) == 1 && words[0].is("open")
	if !open {
		day, err := c.days().all(words)
		if err != nil {
			return card.Reply{}, err
		}
		until = day
	}
	end := until.String()
	if open {
		end = "open"
	}
	return c.change(x, func() error { return c.Tx.EndContract(x, until) }, x.Label()+" until "+end)
}

// change previews or sets a change of x.
func (c *Call) change(x *ledger.Contract, set func() error, line string) (card.Reply, error) {
	var k *card.Card
	label, name := x.Label(), c.CustomerName(c.Customer(x.Customer))
	run := func() error {
		err := set()
		if err == nil {
			k, err = c.contractCard(c.Contract(x.ID))
		}
		if err == nil {
			k.Title = card.T("recur.changed", "contract", label, "customer", name)
		}
		return err
	}
	return c.previewed(run, &k, line, card.T("recur.changing", "contract", label, "customer", name))
}

// because reads the reason at the end of a line.
func because(words []token) string {
	if len(words) > 0 && words[0].is("because") {
		words = words[1:]
	}
	return join(words)
}

// reasonMost is how many letters a reason has, as that of a hold: behind a longer one nobody would
// see the rest of a history.
const reasonMost = 300

func shortReason(words string) error {
	if utf8.RuneCountInString(words) > reasonMost {
		return ledger.Refuse(ledger.BadInput, "hold.long", "max", reasonMost)
	}
	return nil
}

// pinned reads the day of the occurrence that a button, or a person, was about. It returns a
// Conflict refusal where that is not the next: an old button does nothing, and whoever names a
// later day does not lose the next invoice.
func (c *Call) pinned(x *ledger.Contract, words []token) ([]token, error) {
	day, n, err := c.days().optional(words)
	switch {
	case err != nil:
		return nil, err
	case n > 0 && x.Over():
		return nil, contractOver(x)
	case n > 0 && day > x.Next:
		return nil, ledger.Refuse(ledger.Conflict, "recur.notnext", "contract", x.Label(), "date", day, "next", x.Next)
	case n > 0 && day < x.Next:
		return nil, ledger.Refuse(ledger.Conflict, "recur.passed", "contract", x.Label(), "date", day, "next", x.Next)
	}
	return words[n:], nil
}

func (c *Call) skipOccurrence(x *ledger.Contract, words []token) (card.Reply, error) {
	through := ledger.Date(0)
	if len(words) > 0 && words[0].is("missed") {
		through, words = c.MissedThrough(x, c.Today()), words[1:]
		if through == 0 {
			return card.Reply{}, ledger.Refuse(ledger.Conflict, "recur.early", "contract", x.Label(), "date", c.IssueDay(x))
		}
	}
	words, err := c.pinned(x, words)
	if err != nil {
		return card.Reply{}, err
	}
	if err := shortReason(because(words)); err != nil {
		return card.Reply{}, err
	}
	return c.contractDone(x, "recur.skipped", c.Tx.SkipOccurrences(x, through, because(words)))
}

func (c *Call) pauseContract(x *ledger.Contract, words []token) (card.Reply, error) {
	until, rest, err := c.lastDay(words)
	if err == nil {
		err = shortReason(because(rest))
	}
	if err != nil {
		return card.Reply{}, err
	}
	return c.contractDone(x, "recur.paused", c.Tx.PauseContract(x, until, because(rest)))
}

// issueContract issues what waits, at the word of whoever says so: the next invoice, or all that
// were missed; "anyway" lets it pass the customer's credit limit, for those who may.
func (c *Call) issueContract(x *ledger.Contract, words []token) (card.Reply, error) {
	if x.Over() {
		return card.Reply{}, contractOver(x)
	}
	most, override := 1, ""
	if len(words) > 0 && words[0].is("all") {
		most, words = c.Missed(x, c.Today()), words[1:]
	}
	if len(words) > 0 && words[0].is("anyway") {
		if words = words[1:]; may(buttons()["override"], c.Who.Role) {
			override = c.Who.By()
		}
	}
	if _, err := c.pinned(x, words); err != nil {
		return card.Reply{}, err
	}
	if c.IssueDay(x) > c.Today() {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "recur.early", "contract", x.Label(), "date", c.IssueDay(x))
	}
	k := &card.Card{Title: card.T("recur.issued", "contract", x.Label(), "customer", c.CustomerName(c.Customer(x.Customer)))}
	for range most {
		inv, err := c.Desk.issueNext(c.Tx, x, override)
		if err != nil {
			return card.Reply{}, err
		}
		k.Body = append(k.Body, card.T("recur.issued.line", "number", inv.Number.String(), "amount", inv.TotalMoney()))
	}
	return card.Reply{Card: k}, nil
}
