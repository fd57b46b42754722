package commands

import (
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// statementCommand shows a customer's account over a period: opening balance, every
// document, closing balance, per currency; or as a file; or sends it to him.
//
//	line = customer [ from [ to ] ] ( { past } [ "pdf" | "xlsx" | "csv" ] [ language ] | "send" ) .
func statementCommand() Command {
	return Command{
		Name: "statement", Who: anybody(), Reads: true,
		Usage:    []string{`statement <customer> [<from> [<to>]] [known-at <date>]`, `statement <customer> [<from> [<to>]] pdf|xlsx|csv [<language>]`, `statement <customer> [<from> [<to>]] send`},
		Examples: []string{`statement acme 2026-07-01 2026-09-30`, `statement acme`, `statement acme 2026-07-01 2026-09-30 pdf`, `statement acme 2026-07-01 2026-09-30 known-at 2026-10-05`},
		Form:     statementForm, Words: statementWords, Instead: statementSending,
		Run: func(c *Call) (card.Reply, error) {
			past, err := c.cutPast()
			if err != nil {
				return card.Reply{}, err
			}
			lang := c.cutLanguage()
			format, filed := c.cutFormat()
			if past.on != 0 || lang != "" && !filed {
				return card.Reply{}, usage("statement", "got", c.Line)
			}
			cust, p, err := c.accountDays(usage("statement", "got", c.Line), past)
			if err != nil {
				return card.Reply{}, err
			}
			if filed {
				return c.statementFile(cust, p, past, card.Paper{Format: format, Lang: lang})
			}
			k, err := statementCard(c.View, cust, p)
			if err == nil {
				past.knownNote(k)
				statementFiles(k, cust, p)
				if k.Table != nil && p.Known == 0 {
					k.Buttons = append(k.Buttons, c.sendButton(cust, p)...)
				}
			}
			return card.Reply{Card: k}, err
		},
	}
}

// statementFile is a statement as a file, of what is known today.
func (c *Call) statementFile(cust *ledger.Customer, days ledger.Period, past past, p card.Paper) (card.Reply, error) {
	if past.known != 0 {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "paper.known", "date", past.known)
	}
	p.Kind = card.PaperStatement
	return c.accountPaper(cust, days, p)
}

// statementFiles offers the same days as files, where they are shown as they are known today.
func statementFiles(k *card.Card, cust *ledger.Customer, days ledger.Period) {
	if k.Table == nil || days.Known != 0 {
		return
	}
	p := card.Paper{Kind: card.PaperStatement, Of: cust.Handle, From: dayDigits(days.From), To: dayDigits(days.To)}
	sheet, act := p, p
	sheet.Format, act.Kind = card.FormatXLSX, card.PaperReconciliation
	k.Buttons = append(k.Buttons, paperButton(card.T("button.file.pdf"), p), paperButton(card.T("button.file.xlsx"), sheet),
		paperButton(card.T("button.file.reconciliation"), act))
}

// accountDays reads whose account is meant, and which days of it: "<customer> [<from> [<to>]]".
// It returns unfit for a line of another form.
func (c *Call) accountDays(unfit error, past past) (cust *ledger.Customer, p ledger.Period, err error) {
	if len(c.Args) == 0 || len(c.Args) > 3 {
		return nil, p, unfit
	}
	if cust, err = c.CustomerNamed(c.Args[0].text); err != nil {
		return nil, p, err
	}
	p, err = c.period(c.Args[1:], past)
	return cust, p, err
}

// period reads the days of a statement: without them it runs from the first of this month,
// and without the second until today.
func (c *Call) period(words []token, past past) (p ledger.Period, err error) {
	today := c.Today()
	days := []ledger.Date{firstOfMonth(today), today}
	for i := 0; len(words) > 0; i++ {
		day, n, err := c.days().take(words)
		if err != nil {
			return p, err
		}
		if i == len(days) {
			return p, usage("statement", "got", c.Line)
		}
		days[i], words = day, words[n:]
	}
	if days[0] > days[1] {
		return p, ledger.Refuse(ledger.BadInput, "statement.period", "from", days[0], "to", days[1])
	}
	a, err := c.AsOfDay(min(days[1], today), past.known)
	return ledger.Period{From: days[0], To: days[1], Known: a.Known}, err
}

func firstOfMonth(d ledger.Date) ledger.Date {
	y, m, _ := d.Parts()
	return ledger.NewDate(y, m, 1)
}

func statementCard(v *ledger.View, cust *ledger.Customer, p ledger.Period) (*card.Card, error) {
	k := &card.Card{Title: card.T("statement.title", "customer", v.CustomerName(cust), "from", p.From, "to", p.To)}
	all := v.Statement(cust, p)
	if len(all) == 0 {
		k.Body = append(k.Body, card.T("statement.nothing"))
		return k, nil
	}
	k.Table = &card.Table{Head: []card.Text{card.T("field.date"), card.T("col.entry"), card.T("col.debit"), card.T("col.credit"), card.T("aging.total")},
		Right: []bool{false, false, true, true, true}}
	for i := range all {
		if err := statementLines(v, k.Table, &all[i], p); err != nil {
			return nil, err
		}
	}
	for i := range all {
		if len(k.Table.Rows) > pageRows { // the last row is pages away
			k.Fields = append(k.Fields, card.Field{Label: card.T("statement.closing"), Value: money(all[i].Closing)})
		}
	}
	k.Note = append(k.Note, card.T("statement.note"))
	return k, nil
}

// statementLines adds one currency: opening, lines, turnovers, closing.
func statementLines(v *ledger.View, t *card.Table, st *ledger.Statement, p ledger.Period) error {
	row := func(day ledger.Date, what card.Text, debit, credit, balance card.Text) {
		t.Rows = append(t.Rows, []card.Text{card.T("value", "value", day), what, debit, credit, balance})
	}
	none := card.Plain("–")
	row(p.From, card.T("statement.opening"), none, none, money(st.Opening))
	for i := range st.Lines {
		l := &st.Lines[i]
		what, err := entryText(v, l.Fact)
		if err != nil {
			return err
		}
		row(l.Date, what, moneyOrDash(l.Debit().Minor, st.Currency), moneyOrDash(l.Credit().Minor, st.Currency), money(l.Balance))
	}
	row(p.To, card.T("statement.closing"), money(st.Debits), money(st.Credits), money(st.Closing))
	return nil
}

// entryText is a fact in a few words: what it is, which documents it names, and a payment's
// reference.
func entryText(v *ledger.View, seq uint64) (card.Text, error) {
	f, err := v.Fact(seq)
	if err != nil {
		return card.Text{}, err
	}
	d := v.Describe(f)
	text := card.T("entry", "what", card.T("fact."+string(d.Name)), "refs", strings.Join(d.Refs, ", "))
	if x, paid := f.Body.(*ledger.PaymentReceived); !paid || ledger.Online(x.Method) { // whose own reference tells nobody anything
		return text, nil
	}
	if words, err := v.Text(d.Words); err == nil && words != "" { // an erased text is left out
		text = card.Join(text, card.Plain(words))
	}
	return text, nil
}

// askPeriod asks a customer for which days he wants his statement.
func askPeriod(c *ChatCall) (card.Reply, error) {
	k := &card.Card{Body: []card.Text{card.T("chat.statement.which", "company", c.Company().Name)}}
	for _, name := range chatPeriods {
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.period." + name), Do: "period", Arg: name, Wide: true})
	}
	return c.menuPage(k, "home")
}

// chatPeriods are the periods that a customer is offered.
var chatPeriods = []string{"month", "lastmonth", "year"}

// chatPeriod is the days behind a button, on the customer's today.
func chatPeriod(name string, today ledger.Date) (p ledger.Period, ok bool) {
	first := firstOfMonth(today)
	y, _, _ := today.Parts()
	switch name {
	case "month":
		return ledger.Period{From: first, To: today}, true
	case "lastmonth":
		return ledger.Period{From: firstOfMonth(first.AddDays(-1)), To: first.AddDays(-1)}, true
	case "year":
		return ledger.Period{From: ledger.NewDate(y, 1, 1), To: today}, true
	}
	return p, false
}

// chatLines is how many lines of a statement one message of a chat shows.
const chatLines = 25

// showStatement answers the statement of the period whose button was pressed.
func showStatement(c *ChatCall) (card.Reply, error) {
	p, ok := chatPeriod(c.In.Arg, ledger.DateOf(c.Now, c.Customer.Zone))
	if !ok {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	k := &card.Card{Title: card.T("chat.statement.title", "company", c.Company().Name, "from", p.From, "to", p.To)}
	all := c.Statement(c.Customer, p)
	if len(all) == 0 {
		k.Body = append(k.Body, card.T("chat.statement.nothing"))
	}
	for i := range all {
		if err := chatStatement(&c.View, k, &all[i], chatLines/len(all)); err != nil {
			return card.Reply{}, err
		}
	}
	k.Buttons = c.periodButtons(p)
	for _, name := range chatPeriods {
		if name != c.In.Arg {
			k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.period." + name), Do: "period", Arg: name, Row: 1})
		}
	}
	return c.menuPage(k, "home")
}

func chatStatement(v *ledger.View, k *card.Card, st *ledger.Statement, most int) error {
	field := func(label, value card.Text) { k.Fields = append(k.Fields, card.Field{Label: label, Value: value}) }
	field(card.T("statement.opening"), money(st.Opening))
	lines := st.Lines
	if hidden := len(lines) - most; hidden > 0 {
		field(card.T("statement.forward", "count", hidden), money(lines[hidden-1].Balance))
		lines = lines[hidden:]
	}
	for i := range lines {
		l := &lines[i]
		what, err := entryText(v, l.Fact)
		if err != nil {
			return err
		}
		field(card.T("value", "value", l.Date), card.T("chat.statement.line", "what", what, "amount", l.Amount, "balance", l.Balance))
	}
	field(card.T("statement.closing"), money(st.Closing))
	return nil
}
