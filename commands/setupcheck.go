package commands

import (
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// setupTotal takes what the old program says is owed: by all, or by one customer.
func (c *Call) setupTotal(s *setup, args []token) error {
	var cust *ledger.Customer
	if len(args) > 1 && !looksLikeNumber(args[0].text) {
		var err error
		if cust, err = c.CustomerNamed(args[0].text); err != nil {
			return err
		}
		args = args[1:]
	}
	if len(args) == 0 || len(args) > 2 {
		return usage("setup", "got", c.Line)
	}
	cur := c.Company().Currency
	if cust != nil {
		cur = cust.Currency
	}
	if len(args) == 2 {
		var err error
		if cur, err = ledger.ParseCurrency(args[1].text); err != nil {
			return err
		}
	}
	sum, err := parseSum(args[0].text, c.Lang(), cur)
	if err != nil {
		return err
	}
	s.keepTotal(cust, sum)
	s.Step = slices.IndexFunc(setupSteps(), func(x setupStep) bool { return x.name == "check" })
	return nil
}

// keepTotal keeps a sum in place of the one of its currency before.
func (s *setup) keepTotal(cust *ledger.Customer, sum ledger.Money) {
	if cust == nil {
		if s.Totals == nil {
			s.Totals = map[ledger.Currency]int64{}
		}
		s.Totals[sum.Currency] = sum.Minor
		return
	}
	if s.Of == nil {
		s.Of = map[ledger.CustomerID][]owedOf{}
	}
	s.Of[cust.ID] = slices.DeleteFunc(s.Of[cust.ID], func(o owedOf) bool { return o.Currency == sum.Currency })
	s.Of[cust.ID] = append(s.Of[cust.ID], owedOf{sum.Currency, sum.Minor})
}

// checkRows is how many customers the check shows.
const checkRows = 15

// showCheck compares what is owed here with what the old program said, by currency and by
// customer: those whose sums were typed, else those who owe most.
func showCheck(c *Call, s *setup, k *card.Card) bool {
	sums := c.owedSums()
	for cur := range s.Totals {
		if _, here := sums[cur]; !here {
			sums[cur] = 0
		}
	}
	agree := len(s.Totals) > 0
	for _, cur := range currenciesOf(sums) {
		here := ledger.Money{Minor: sums[cur], Currency: cur}
		old, told := s.Totals[cur]
		text := card.T("setup.untold", "here", here)
		switch diff := here.Minor - old; {
		case told && diff == 0:
			text = card.T("setup.agrees", "here", here)
		case told:
			agree = false
			text = card.T("setup.differs", "here", here, "old", ledger.Money{Minor: old, Currency: cur}, "diff", ledger.Money{Minor: diff, Currency: cur})
			k.Body = append(k.Body, c.suspects(ledger.Money{Minor: diff, Currency: cur})...)
		default:
			agree = false
		}
		k.Fields = append(k.Fields, card.Field{Label: card.Plain(string(cur)), Value: text})
	}
	if len(sums) == 0 {
		k.Body = append(k.Body, card.T("setup.nothingowed"))
	}
	k.Body = append(k.Body, card.T("setup.check.how"))
	k.Table = c.checkTable(s)
	k.Buttons = []card.Button{{Label: card.T("button.setup.total"), Do: "form", Arg: "setup.total"}}
	return agree
}

func currenciesOf(sums map[ledger.Currency]int64) (out []ledger.Currency) {
	for cur := range sums {
		out = append(out, cur)
	}
	slices.Sort(out)
	return out
}

// suspectsMax is how many explanations of a difference are offered.
const suspectsMax = 5

// suspects are what may explain a difference: an invoice or a customer of exactly that sum is
// here and not there, or has come twice.
func (c *Call) suspects(diff ledger.Money) (out []card.Text) {
	if diff.Minor < 0 {
		return []card.Text{card.T("setup.missing", "sum", ledger.Money{Minor: -diff.Minor, Currency: diff.Currency})}
	}
	c.Customers(func(x *ledger.Customer) {
		if len(out) >= suspectsMax {
			return
		}
		for _, inv := range c.OpenInvoices(x) {
			if inv.OpenMoney() == diff {
				out = append(out, card.T("setup.suspect.invoice", "number", shownNumber(inv), "customer", c.CustomerName(x), "sum", diff))
				return
			}
		}
		if slices.Contains(c.Balance(x), diff) {
			out = append(out, card.T("setup.suspect.customer", "customer", c.CustomerName(x), "handle", x.Handle, "sum", diff))
		}
	})
	return out
}

// shownNumber is the number by which people know an invoice: the old program's, if it had one.
func shownNumber(inv *ledger.Invoice) string {
	if inv.OldNumber != "" {
		return inv.OldNumber
	}
	return inv.Number.String()
}

// checkRow is what a customer owes here and there, in one currency.
type checkRow struct {
	cust      *ledger.Customer
	here, old ledger.Money
	told      bool
}

// checkTable shows customers: the typed ones with their differences first, then the largest.
func (c *Call) checkTable(s *setup) *card.Table {
	var rows []checkRow
	c.Customers(func(x *ledger.Customer) {
		here := c.Balance(x)
		for _, o := range s.Of[x.ID] {
			row := checkRow{x, ledger.Money{Currency: o.Currency}, ledger.Money{Minor: o.Minor, Currency: o.Currency}, true}
			here = slices.DeleteFunc(here, func(m ledger.Money) bool {
				if m.Currency == o.Currency {
					row.here = m
				}
				return m.Currency == o.Currency
			})
			rows = append(rows, row)
		}
		for _, m := range here {
			rows = append(rows, checkRow{cust: x, here: m})
		}
	})
	if len(rows) == 0 {
		return nil
	}
	slices.SortStableFunc(rows, func(a, b checkRow) int {
		switch {
		case a.told != b.told:
			return boolOrder(b.told, a.told)
		case a.here.Minor != b.here.Minor:
			return boolOrder(a.here.Minor < b.here.Minor, a.here.Minor > b.here.Minor)
		}
		return int(a.cust.ID) - int(b.cust.ID)
	})
	t := &card.Table{Head: []card.Text{card.T("col.name"), card.T("col.here"), card.T("col.old"), card.T("col.diff")}, Right: []bool{false, true, true, true}}
	for _, r := range rows[:min(len(rows), checkRows)] {
		old, diff := card.Plain("–"), card.Plain("–")
		if r.told {
			old, diff = money(r.old), money(r.here.Sub(r.old))
		}
		t.Rows = append(t.Rows, []card.Text{card.Plain(c.CustomerName(r.cust)), money(r.here), old, diff})
	}
	return t
}

// boolOrder orders by which of two holds: 1 where the first does.
func boolOrder(after, before bool) int {
	switch {
	case after:
		return 1
	case before:
		return -1
	}
	return 0
}

// invitedMax is how many invitations one file has.
const invitedMax = 500

func showInvite(c *Call, s *setup, k *card.Card) bool {
	all, linked := c.linkedCount()
	k.Body = []card.Text{card.T("setup.linked", "count", all, "linked", linked), card.T("setup.invite.how")}
	if s.Invited > 0 {
		k.Body = append(k.Body, card.T("setup.invited", "count", s.Invited))
	}
	if n := min(all-linked, invitedMax); n > 0 {
		k.Buttons = []card.Button{{Label: card.T("button.setup.invite", "count", n), Do: "setup", Arg: strconv.Itoa(s.Step) + ".invite"}}
	}
	return linked == all || s.Invited > 0
}

// inviteAll makes an invitation for each customer who has no chat, as a file for whoever asked
// alone. The links are told once: they are in no stored reply.
func (c *Call) inviteAll(s *setup) (card.Reply, error) {
	t := &card.Table{Head: []card.Text{card.T("col.handle"), card.T("col.name"), card.T("field.mail"), card.T("field.language"), card.T("col.link"), card.T("col.words")}}
	var list []*ledger.Customer
	c.Customers(func(x *ledger.Customer) {
		if len(x.Chats) == 0 && len(list) < invitedMax {
			list = append(list, x)
		}
	})
	if len(list) > 0 && c.Desk.InviteURL("") == "" {
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "invite.notyet", "handle", list[0].Handle)
	}
	for _, x := range list {
		token, expires, err := c.Tx.Invite(x)
		if err != nil {
			return card.Reply{}, err
		}
		mail, link := "", c.Desk.InviteURL(token)
		if len(x.Mails) > 0 {
			mail = strings.TrimPrefix(x.Mails[0], ledger.ChannelMail+":")
		}
		words := c.Desk.WordsIn(x.Language)(card.T("mail.invitation", "customer", c.CustomerName(x), "company", c.Company().Name, "link", link,
			"until", card.Instant{At: expires, Zone: x.Zone}))
		t.Rows = append(t.Rows, []card.Text{card.Plain(x.Handle), card.Plain(c.CustomerName(x)), card.Plain(mail), card.Plain(x.Language), card.Plain(link), card.Plain(words)})
	}
	if s.Invited = len(list); len(list) == 0 {
		return c.showSetup(s, true)
	}
	r, err := c.showSetup(s, true)
	if err == nil {
		r.Card.File = &card.File{Name: "invitations.csv", Text: card.T("setup.file", "count", len(list)), Table: t}
	}
	return r, err
}

// setupForm asks what the old program says is owed. Without words `/ar setup` shows the step.
func setupForm(c *Call) (*card.Form, error) {
	if !c.asking && (len(c.Args) != 1 || !c.Args[0].is("total")) {
		return nil, nil
	}
	who := c.customerField(nil)
	return &card.Form{Title: card.T("form.oldsum"), Submit: card.T("form.do.compare"), Arg: "total", Fields: []card.Input{
		c.lineField("sum", card.T("ask.oldsum"), ""), optional(who, card.T("ask.oldsum.whose")),
		optional(c.lineField("currency", card.T("field.currency"), ""), card.T("ask.oldsum.currency", "currency", string(c.Company().Currency)))}}, nil
}

func setupWords(v map[string]string, _ string) []token {
	return row(word("total"), word(v["customer"]), word(v["sum"]), word(v["currency"]))
}
