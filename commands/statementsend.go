package commands

import (
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// A statement that staff send goes to its customer as a file with a few words, by the way on
// which he is reached. It is what the books say when it goes out.

// sendWord at the end of a line has a statement go to its customer.
const sendWord = "send"

// statementSending is the command that a line of statement means if it ends in "send": unlike
// the others it says something to the customer, and so not everybody may give it.
func statementSending(rest string) (Command, bool) {
	words := strings.Fields(rest)
	if len(words) == 0 || !strings.EqualFold(words[len(words)-1], sendWord) {
		return Command{}, false
	}
	return Command{Name: "statement", Who: []Role{Sales, Finance, Manager}, Run: sendStatement}, true
}

func sendStatement(c *Call) (card.Reply, error) {
	c.Args = c.Args[:len(c.Args)-1]
	cust, days, err := c.accountDays(usage("statement", "got", c.Line), past{})
	if err != nil {
		return card.Reply{}, err
	}
	switch {
	case len(c.Statement(cust, days)) == 0:
		return card.Say("statement.nothing"), nil
	case !c.Reaches(cust, c.Desk.Mail, false):
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "statement.noway", "handle", cust.Handle)
	}
	if err := c.Tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeStatement, Customer: cust.ID, Code: daysCode(days)}); err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: &card.Card{
		Title:   card.T("statement.title", "customer", c.CustomerName(cust), "from", days.From, "to", days.To),
		Body:    []card.Text{card.T("statement.goes", "handle", cust.Handle)},
		Buttons: []card.Button{lineButton(card.T("button.history"), "history "+cust.Handle)},
	}}, nil
}

// sendButton sends a statement that somebody looks at.
func (c *Call) sendButton(cust *ledger.Customer, days ledger.Period) []card.Button {
	line := "statement " + cust.Handle + " " + days.From.String() + " " + days.To.String() + " " + sendWord
	if cmd, _ := statementSending(line); !c.Who.may(cmd) || !c.Reaches(cust, c.Desk.Mail, false) {
		return nil
	}
	b := lineButton(card.T("button.sendstatement"), line)
	b.Confirm = card.T("confirm.sendstatement", "customer", c.CustomerName(cust))
	return []card.Button{b}
}

// daysCode writes the days of a statement into a notice.
func daysCode(days ledger.Period) string {
	return strconv.Itoa(dayDigits(days.From)) + "." + strconv.Itoa(dayDigits(days.To))
}

// statementNews brings a customer the statement that staff send him.
func statementNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	from, to, _ := strings.Cut(n.Code, ".")
	first, _ := readDay(from)
	last, _ := readDay(to)
	cust := v.Customer(n.Customer)
	days := ledger.Period{From: dayOf(first), To: dayOf(last)}
	all := v.Statement(cust, days)
	k := &card.Card{Title: card.T("chat.statement.title", "company", v.Company().Name, "from", days.From, "to", days.To)}
	switch {
	case len(all) == 0 && n.For != 0 && v.StatementsOf(cust).Always: // he wants to hear that too
		k.Body = []card.Text{card.T("chat.statement.nothing")}
		return card.Message{Card: k}, nil
	case len(all) == 0:
		return card.Message{Withdraw: "nothing stands in the statement any more"}, nil
	}
	for i := range all {
		if err := chatStatement(v, k, &all[i], chatLines/len(all)); err != nil {
			return card.Message{}, err
		}
	}
	k.Paper = &card.Paper{Kind: card.PaperStatement, Of: cust.Handle, From: first, To: last, Sent: true}
	k.Short = &card.Card{Title: k.Title}
	for i := range all {
		k.Short.Fields = append(k.Short.Fields, card.Field{Label: card.T("statement.closing"), Value: money(all[i].Closing)})
	}
	return card.Message{Card: k}, nil
}
