package commands

import (
	"strings"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// What customers write and send without a command: an answer to what the bot asked, or words in
// the matter that is open.

// expected lists what takes the words that a chat was asked for, by the kind that Tx.Expect
// names. A taker that asks again, because it cannot read them, answers with a Refusal: then
// they are still expected.
func expected() map[string]func(c *ChatCall, about string) (card.Reply, error) {
	return map[string]func(c *ChatCall, about string) (card.Reply, error){
		expectPaidDay:   takePaidDay,
		expectPaidSum:   takePaidSum,
		expectPaidProof: takeProof,
		expectDiffers:   takeDiffers,
		expectRating:    takeRatingWords,
		expectPromise:   typedDay,
		expectPlan:      typedFirst,
	}
}

// ChatFile is a file that came with a message. It is among the files of the books, unless Why
// says why it is not kept: a Refusal.
type ChatFile struct {
	ledger.NewFile
	Why error

	Order   ledger.OrderRead     // what its text says, where it is a payment order
	List    []ledger.AccountLine // where it is the customer's own list of his account
	ListWhy error                // why it is no such list, of a table: a Refusal
}

// expectLife is how long the bot waits for words that it asked for.
const expectLife = time.Hour

// Expect has the next words and files of this chat taken by kind, see expected.
func (c *ChatCall) Expect(kind, about string) error {
	return c.Tx.Expect(c.In.Chat, kind, about, c.Now.Add(expectLife))
}

// words takes what a customer wrote: what the bot asked for, or else words of his open dispute,
// the newest if there are several. Without one the answer says what can be asked.
func (c *ChatCall) words() (card.Reply, error) {
	x, ok, err := c.Expected(c.In.Chat)
	if err != nil {
		return card.Reply{}, err
	}
	if take := expected()[x.Kind]; ok && take != nil {
		c.ExpectNothing(c.In.Chat) // a Refusal takes this back
		return take(c, x.About)
	}
	return c.unasked()
}

// unasked takes words that nothing asked for.
func (c *ChatCall) unasked() (card.Reply, error) {
	text := strings.TrimSpace(c.In.Text)
	var disp *ledger.Dispute
	for _, cust := range c.ChatCustomers(c.In.Chat) {
		for _, inv := range c.OpenInvoices(cust) {
			if d := c.Dispute(inv.Dispute); d != nil && (disp == nil || d.ID > disp.ID) {
				disp = d
			}
		}
	}
	if text == "" || disp == nil {
		return card.Say("chat.notunderstood"), nil
	}
	ref, err := c.Say(disp, false, c.In.Chat, text)
	if err != nil {
		return card.Reply{}, err
	}
	inv := c.Invoice(disp.Invoice)
	staff := ledger.NoticeQueued{Kind: ledger.NoticeWords, Customer: inv.Customer, Invoice: inv.ID, Dispute: disp.ID, Text: ref, Who: c.In.Chat}
	if err := c.Desk.inThread(c.Tx, &staff); err != nil {
		return card.Reply{}, err
	}
	return card.Say("chat.passedon", "dispute", disp.Label(), "number", inv.Number.String()), nil
}
