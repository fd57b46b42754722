package commands

import (
	"slices"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// "I have paid": a customer says when and how much, and sends what shows it if he likes. One
// message leads through it; what was chosen so far stands in its buttons. Nothing is booked but
// his word: staff look for the money, see claim.go.

// What the words of a chat are expected for here, see expected.
const (
	expectPaidDay   = "paid.day"   // about "7", the invoice
	expectPaidSum   = "paid.sum"   // about "7.20261014", with the day
	expectPaidProof = "paid.proof" // about "3", the claim
)

// paidButton lets a customer say that he paid inv, where that is not known yet.
func paidButton(v *ledger.View, inv *ledger.Invoice) []card.Button {
	if inv.Undisputed().Minor <= 0 || v.ClaimOn(inv) != nil {
		return nil
	}
	return []card.Button{{Label: card.T("button.ipaid"), Do: "paid", Arg: idArg(uint32(inv.ID))}}
}

// sayPaid leads from the day to the sum and to the claim: "7", "7.day", "7.20261014",
// "7.20261014.sum", "7.20261014.120000".
func sayPaid(c *ChatCall) (card.Reply, error) {
	inv, rest, err := c.mine()
	if err != nil {
		return card.Reply{}, err
	}
	if r, ended := c.unpayable(inv); ended {
		return r, nil
	}
	about := idArg(uint32(inv.ID))
	if err := c.leaveSteps(); err != nil {
		return card.Reply{}, err
	}
	first, second, _ := strings.Cut(rest, ".")
	day, isDay := readDay(first)
	switch {
	case rest == "":
		return c.askPaidDay(inv), c.Expect(expectPaidFiles, about)
	case rest == "back":
		return replaced(c.askPaidDay(inv)), c.Expect(expectPaidFiles, about)
	case rest == "no":
		c.Put(c.paidFilesRow(), nil)
		return replaced(card.Say("chat.paid.nothing")), nil
	case rest == "day":
		return replaced(c.askOtherDay(inv)), c.Expect(expectPaidDay, about)
	case !isDay:
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	case second == "":
		return replaced(c.askPaidSum(inv, day)), c.Expect(expectPaidFiles, about+"."+first)
	case second == "sum":
		back := card.Button{Label: card.T("button.back"), Do: "paid", Arg: about + "." + first}
		k := &card.Card{Title: paidTitle(inv), Body: []card.Text{card.T("chat.paid.writesum", "open", inv.OpenMoney())}, Buttons: []card.Button{back}}
		return card.Reply{Card: k, Replace: true}, c.Expect(expectPaidSum, about+"."+first)
	}
	minor, err := strconv.ParseInt(second, 10, 64)
	if err != nil {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	r, err := c.claimPaid(inv, dayOf(day), ledger.Money{Minor: minor, Currency: inv.Currency})
	return replaced(r), err
}

// unpayable answers where nothing can be said to be paid: the button is not his, the flow is for
// the two of us alone, nothing is open, or he said so already.
func (c *ChatCall) unpayable(inv *ledger.Invoice) (card.Reply, bool) {
	switch {
	case inv == nil:
		return card.Reply{Toast: card.T("chat.oldbutton")}, true
	case !c.In.Private:
		return c.privately(startMenu), true
	case inv.Open == 0:
		return card.Reply{Toast: card.T("refuse.invoice.closed", "number", inv.Number.String())}, true
	}
	if p := c.ClaimOn(inv); p != nil {
		return card.Reply{Toast: card.T("refuse.paid.again", "number", inv.Number.String(), "date", p.Made)}, true
	}
	return card.Reply{}, false
}

// leaveSteps ends that words are awaited by a step of this flow that was left by a button.
func (c *ChatCall) leaveSteps() error {
	x, ok, err := c.Expected(c.In.Chat)
	if ok && (x.Kind == expectPaidDay || x.Kind == expectPaidSum || x.Kind == expectPaidFiles) {
		c.ExpectNothing(c.In.Chat)
	}
	return err
}

func paidTitle(inv *ledger.Invoice) card.Text {
	return card.T("chat.paid.title", "number", inv.Number.String())
}

func paidDay(inv *ledger.Invoice, label card.Text, day ledger.Date) card.Button {
	return card.Button{Label: label, Do: "paid", Arg: idArg(uint32(inv.ID)) + "." + strconv.Itoa(dayDigits(day))}
}

func (c *ChatCall) askPaidDay(inv *ledger.Invoice) card.Reply {
	id, today := idArg(uint32(inv.ID)), c.today()
	return card.Reply{Card: &card.Card{Title: paidTitle(inv), Body: []card.Text{card.T("chat.paid.when")}, Buttons: []card.Button{
		paidDay(inv, card.T("button.today"), today), paidDay(inv, card.T("button.yesterday"), today.AddDays(-1)),
		{Label: card.T("button.otherday"), Do: "paid", Arg: id + ".day", Wide: true},
		{Label: card.T("button.notpaid"), Do: "paid", Arg: id + ".no", Wide: true},
	}}}
}

// paidDays is how many days before yesterday have a button.
const paidDays = 6

func (c *ChatCall) askOtherDay(inv *ledger.Invoice) card.Reply {
	k := &card.Card{Title: paidTitle(inv), Body: []card.Text{card.T("chat.paid.whichday")}}
	for i := range paidDays {
		day := c.today().AddDays(-2 - i)
		k.Buttons = append(k.Buttons, paidDay(inv, card.T("value", "value", day), day))
	}
	k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.back"), Do: "paid", Arg: idArg(uint32(inv.ID)) + ".back", Wide: true})
	return card.Reply{Card: k}
}

func (c *ChatCall) askPaidSum(inv *ledger.Invoice, day int) card.Reply {
	about := idArg(uint32(inv.ID)) + "." + strconv.Itoa(day)
	all := inv.Undisputed()
	return card.Reply{Card: &card.Card{Title: paidTitle(inv), Body: []card.Text{card.T("chat.paid.howmuch", "date", dayOf(day))}, Buttons: []card.Button{
		{Label: card.T("button.allofit", "amount", all), Do: "paid", Arg: about + "." + strconv.FormatInt(all.Minor, 10), Wide: true},
		{Label: card.T("button.othersum"), Do: "paid", Arg: about + ".sum", Wide: true},
		{Label: card.T("button.back"), Do: "paid", Arg: idArg(uint32(inv.ID)) + ".back", Wide: true},
	}}}
}

// takePaidDay takes a day that was typed.
func takePaidDay(c *ChatCall, about string) (card.Reply, error) {
	c.In.Arg = about
	inv, _, err := c.mine()
	if err != nil {
		return card.Reply{}, err
	}
	if r, ended := c.unpayable(inv); ended {
		return said(r), nil
	}
	text := split(c.In.Text)
	day, n, err := days{c.today(), c.Customer.Language}.take(text)
	wrong := err != nil || n != len(text) || day > c.today()
	if len(c.In.Files) > 0 && wrong {
		return c.askWithFiles(inv, "")
	}
	if len(c.In.Files) > 0 {
		return c.askWithFiles(inv, strconv.Itoa(dayDigits(day)))
	}
	if wrong {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "paid.dayform", "text", strings.TrimSpace(c.In.Text), "date", c.today())
	}
	about = idArg(uint32(inv.ID)) + "." + strconv.Itoa(dayDigits(day))
	return c.askPaidSum(inv, dayDigits(day)), c.Expect(expectPaidFiles, about)
}

// takePaidSum takes a sum that was typed.
func takePaidSum(c *ChatCall, about string) (card.Reply, error) {
	c.In.Arg = about
	inv, rest, err := c.mine()
	if err != nil {
		return card.Reply{}, err
	}
	day, ok := readDay(rest)
	if r, ended := c.unpayable(inv); ended || !ok {
		return said(r), nil
	}
	sum, after, err := sumOf(split(c.In.Text), c.Customer.Language, inv.Currency)
	if len(c.In.Files) > 0 && (err != nil || len(after) > 0) {
		return c.askWithFiles(inv, rest)
	}
	if len(c.In.Files) > 0 {
		if err := c.keepPaidFiles(inv); err != nil {
			return card.Reply{}, err
		}
	}
	if err != nil || len(after) > 0 {
		return card.Reply{}, ledger.Refuse(ledger.BadInput, "paid.sumform", "text", strings.TrimSpace(c.In.Text), "open", inv.OpenMoney())
	}
	return c.claimPaid(inv, dayOf(day), sum)
}

// said turns a word over the chat into a message: words that were typed have no place for it.
func said(r card.Reply) card.Reply {
	if r.Card == nil && !r.Toast.IsZero() {
		return card.Reply{Card: &card.Card{Body: []card.Text{r.Toast}}}
	}
	return r
}

// claimPaid books the claim, asks staff, and asks for what shows the payment.
func (c *ChatCall) claimPaid(inv *ledger.Invoice, day ledger.Date, sum ledger.Money) (card.Reply, error) {
	p, err := c.ClaimPaid(ledger.NewPaidClaim{Invoice: inv, Amount: sum, Date: day, Chat: c.In.Chat, Pause: c.Desk.ClaimPause})
	if err != nil {
		return card.Reply{}, err
	}
	proven, err := c.proveKept(p)
	if err != nil {
		return card.Reply{}, err
	}
	staff := ledger.NoticeQueued{Kind: ledger.NoticeClaim, Customer: inv.Customer, Invoice: inv.ID, Code: p.Label(), Who: c.In.Chat}
	if err := c.Desk.inThread(c.Tx, &staff); err != nil {
		return card.Reply{}, err
	}
	if err := c.Desk.Refresh(c.Tx, inv); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Title: card.T("chat.paid.noted", "amount", p.Amount, "number", inv.Number.String(), "date", p.Date),
		Body: []card.Text{card.T("chat.paid.willlook", "company", c.Company().Name)}}
	if p.Silent != 0 {
		k.Body = append(k.Body, card.T("chat.paid.silent", "date", p.Silent))
	}
	if proven {
		k.Body = append(k.Body, card.T("chat.paid.proven", "number", inv.Number.String(), "company", c.Company().Name))
	} else {
		k.Body = append(k.Body, card.T("chat.paid.proof"))
	}
	k.Buttons = []card.Button{{Label: card.T("button.unpaid"), Do: "unpaid", Arg: idArg(uint32(p.ID)), Wide: true}}
	return card.Reply{Card: k}, c.Expect(expectPaidProof, idArg(uint32(p.ID)))
}

// myClaim is the claim that a button or a file is about, if it is the customer's own.
func (c *ChatCall) myClaim(arg string) *ledger.PaidClaim {
	id, _ := cutArg(arg)
	p := c.PaidClaim(ledger.PaidClaimID(id))
	if p == nil || !c.ChatHas(c.In.Chat, p.Customer) {
		return nil
	}
	c.Customer = c.Tx.Customer(p.Customer)
	return p
}

// takeBackPaid ends a claim that was a mistake.
func takeBackPaid(c *ChatCall) (card.Reply, error) {
	p := c.myClaim(c.In.Arg)
	if p == nil || p.Outcome != ledger.ClaimWaits {
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	}
	if _, err := c.SettleClaim(p, ledger.ClaimTakenBack, 0, ""); err != nil {
		return card.Reply{}, err
	}
	c.ExpectNothing(c.In.Chat)
	return replaced(card.Say("chat.paid.takenback", "number", c.Invoice(p.Invoice).Number.String())), c.Desk.refreshClaim(c.Tx, p)
}

// askProof asks for what shows a payment that was not found.
func askProof(c *ChatCall) (card.Reply, error) {
	p := c.myClaim(c.In.Arg)
	switch {
	case p == nil || p.Outcome != ledger.ClaimNotFound && p.Outcome != ledger.ClaimWaits:
		return card.Reply{Toast: card.T("chat.oldbutton")}, nil
	case !c.In.Private:
		return c.privately(startMenu), nil
	}
	return card.Say("chat.paid.sendproof"), c.Expect(expectPaidProof, idArg(uint32(p.ID)))
}

// takeProof takes the files that show a payment. Words go where all words go, and so does a file
// that shows none, where words came with it.
func takeProof(c *ChatCall, about string) (card.Reply, error) {
	p := c.myClaim(about)
	if p == nil || len(c.In.Files) == 0 || c.In.Text != "" && slices.ContainsFunc(c.In.Files, showsNone) {
		return c.unasked()
	}
	inv := c.Invoice(p.Invoice)
	if p.Outcome == ledger.ClaimNotFound && inv.Open > 0 && c.ClaimOn(inv) == nil { // it is looked for again
		again, err := c.claimAgain(p)
		if err != nil {
			return card.Reply{}, err
		}
		p = again
	}
	for i := range c.In.Files {
		f := &c.In.Files[i]
		if err := proofType(f); err != nil {
			return card.Reply{}, err
		}
		if err := c.ProvePaid(p, f.NewFile, f.Order); err != nil {
			return card.Reply{}, err
		}
	}
	if err := c.Desk.refreshClaim(c.Tx, p); err != nil {
		return card.Reply{}, err
	}
	k := &card.Card{Body: []card.Text{card.T("chat.paid.proven", "number", inv.Number.String(), "company", c.Company().Name)}}
	if c.In.Text != "" {
		c.In.Files = nil
		passed, err := c.unasked()
		if err != nil {
			return card.Reply{}, err
		}
		k.Body = append(k.Body, passed.Card.Body...)
	}
	return card.Reply{Card: k}, c.Expect(expectPaidProof, idArg(uint32(p.ID))) // there may be a second page
}

// showsNone reports whether a file, of a kind that is kept, can show no payment.
func showsNone(f ChatFile) bool {
	return f.Why == nil && f.Type != "pdf" && f.Type != "png" && f.Type != "jpg"
}

// claimAgain makes a claim like one whose payment was not found.
func (c *ChatCall) claimAgain(old *ledger.PaidClaim) (*ledger.PaidClaim, error) {
	inv := c.Invoice(old.Invoice)
	p, err := c.ClaimPaid(ledger.NewPaidClaim{Invoice: inv, Amount: old.Amount, Date: old.Date, Chat: c.In.Chat, Pause: c.Desk.ClaimPause})
	if err != nil {
		return nil, err
	}
	staff := ledger.NoticeQueued{Kind: ledger.NoticeClaim, Customer: inv.Customer, Invoice: inv.ID, Code: p.Label(), Who: c.In.Chat}
	return p, c.Desk.inThread(c.Tx, &staff)
}
