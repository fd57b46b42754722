package commands

import (
	"fmt"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Notice makes the message of a notice from the books as they stand now. Reminders and the
// digest are made by package reminders.
func (d *Desk) Notice(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	switch n.Kind {
	case ledger.NoticeInvoice, ledger.NoticeEdit:
		return d.customerInvoice(v, n)
	case ledger.NoticeDigest:
		return d.digestNews(v, n)
	case ledger.NoticeDigestCode:
		return digestCodeNews(v, n), nil
	case ledger.NoticeDigestLinked:
		return digestLinkedNews(v, n), nil
	case ledger.NoticeReceipt:
		return d.receipt(v, n)
	case ledger.NoticeCreditNote, ledger.NoticeCredited:
		return d.creditNote(v, n)
	case ledger.NoticeFile:
		return fileNews(v, n)
	case ledger.NoticeClaim, ledger.NoticeClaimEdit:
		return claimNews(v, n)
	case ledger.NoticeEntry, ledger.NoticeEntryEdit:
		return entryNews(v, n)
	case ledger.NoticeCheque, ledger.NoticeChequeEdit:
		return chequeNews(v, n)
	case ledger.NoticeChequeTask:
		return chequeTask(v, n)
	case ledger.NoticeChequeWord:
		return chequeWord(v, n)
	case ledger.NoticeBankChange, ledger.NoticeBankChangeEdit, ledger.NoticeBankWarn:
		return d.bankChangeNews(v, n)
	case ledger.NoticeBankNews:
		return payerNews(v, n)
	case ledger.NoticeOdd, ledger.NoticeOddEdit:
		return oddNews(v, n)
	case ledger.NoticeWork, ledger.NoticeWorkEdit:
		return d.taskNews(v, n)
	case ledger.NoticeWorkLate:
		return d.lateTasks(v, n)
	case ledger.NoticeWaiting, ledger.NoticeWaitingEdit:
		return d.waitingMoney(v, n)
	case ledger.NoticePreflight, ledger.NoticePreflightEdit:
		return d.preflightNews(v, n)
	case ledger.NoticeHeld, ledger.NoticeHeldEdit:
		return d.heldNews(v, n)
	case ledger.NoticeWhatFor:
		return whatForNews(v, n)
	case ledger.NoticeAnnulled:
		return annulledNews(v, n), nil
	case ledger.NoticeClaimWord:
		return d.claimWord(v, n)
	case ledger.NoticeAct, ledger.NoticeActAgain:
		return d.actNews(v, n)
	case ledger.NoticeActAnswer:
		return d.actAnswer(v, n)
	case ledger.NoticeRating:
		return ratingQuestion(v, n)
	case ledger.NoticeRated:
		return ratedNews(v, n)
	case ledger.NoticeStatement:
		return statementNews(v, n)
	case ledger.NoticeKept:
		return d.keptNews(v, n)
	case ledger.NoticeReply, ledger.NoticeReplyEdit:
		return d.replyNews(v, n)
	case ledger.NoticeOutcomeWord:
		return d.outcome(v, n)
	case ledger.NoticeCard, ledger.NoticeCardEdit:
		k, err := invoiceCard(v, v.Invoice(n.Invoice), false)
		return card.Message{Card: k}, err
	case ledger.NoticeWish, ledger.NoticeWishDone:
		return wishNews(v, n)
	case ledger.NoticeThread:
		return threadNews(v, n)
	case ledger.NoticePaper:
		return paperNews(v, n), nil
	case ledger.NoticePaid:
		return paidNews(v, n)
	case ledger.NoticeDispute, ledger.NoticeDisputeEdit:
		if n.Code == ledger.DisputeNear {
			return d.disputeDue(v, n)
		}
		return disputeNews(v, n)
	case ledger.NoticeWords, ledger.NoticeWordsEdit:
		return wordsNews(v, n)
	case ledger.NoticeQuestion, ledger.NoticeQuestionEdit:
		return questionNews(v, n)
	case ledger.NoticeUnsaid:
		return unsaidNews(v, n)
	case ledger.NoticeResolved:
		return d.outcome(v, n)
	case ledger.NoticeDisputeDue:
		return d.disputeDue(v, n)
	case ledger.NoticeJudged:
		return judgedNews(v, n), nil
	case ledger.NoticeMailAsk:
		return mailAskNews(v, n)
	case ledger.NoticeMailDecided:
		return mailDecided(v, n)
	case ledger.NoticeDeferral, ledger.NoticeDeferralEdit:
		return deferralNews(v, n), nil
	case ledger.NoticeTerms:
		return d.termsNews(v, n)
	case ledger.NoticePlanAgreed:
		return planAgreedNews(v, n), nil
	case ledger.NoticePlanOver:
		return d.planOverNews(v, n), nil
	case ledger.NoticeLinked, ledger.NoticeLinkedEdit:
		return linkedNews(v, n), nil
	case ledger.NoticeAccess:
		return access(v, n), nil
	case ledger.NoticeGroup, ledger.NoticeGroupEdit:
		return d.groupNews(v, n)
	case ledger.NoticeApproval, ledger.NoticeApprovalEdit, ledger.NoticeApprovalDone:
		return d.approvalNews(v, n)
	case ledger.NoticeCampaign, ledger.NoticeCampaignEdit:
		return campaignNews(v, n)
	case ledger.NoticeDoubt, ledger.NoticeDoubtEdit:
		return doubtNews(v, n), nil
	case ledger.NoticeImport, ledger.NoticeImportEdit, ledger.NoticeImportRows:
		return importNews(v, n)
	case ledger.NoticeTask:
		if n.Code == "question.waits" {
			return d.waitingNews(v, n)
		}
		if n.Code == "contract" {
			return d.contractTask(v, n)
		}
		if n.Code == "recurring" {
			return d.announcedNews(v, n)
		}
		return taskNews(v, n), nil
	}
	return card.Message{}, fmt.Errorf("notice %d of kind %q has no words", n.ID, n.Kind)
}

// messageLines is how many lines of an invoice a message shows.
const messageLines = 25

// customerInvoice is the invoice as its customer sees it: lines while nothing has come of
// it, and its state, with the buttons that fit.
func (d *Desk) customerInvoice(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	inv := v.Invoice(n.Invoice)
	cust := v.Customer(inv.Customer)
	doc, err := v.InvoiceDetail(inv)
	if err != nil {
		return card.Message{}, err
	}
	today := ledger.DateOf(v.Now, cust.Zone)
	k := &card.Card{Title: card.T("inv.title", "number", inv.Number.String(), "company", v.Company().Name)}
	if old := v.Invoice(inv.Corrects); old != nil {
		k.Body = append(k.Body, card.T("inv.replaces", "number", old.Number.String()))
	}
	if by := v.Invoice(inv.ReplacedBy); by != nil {
		k.Body = append(k.Body, card.T("inv.replacedby", "number", by.Number.String()))
	}
	k.Body = append(k.Body, chargeWords(v, inv)...)
	for i, l := range doc.Lines {
		if i == messageLines {
			k.Body = append(k.Body, card.T("inv.more", "count", len(doc.Lines)-messageLines))
			break
		}
		k.Body = append(k.Body, card.T("inv.line", "text", lineWords(l), "quantity", number(l.Quantity), "price", priceText(l.Price, inv.Currency)))
	}
	if doc.Deposit {
		k.Title = card.T("inv.deposit.title", "number", inv.Number.String(), "company", v.Company().Name)
	}
	k.Fields = sums(v, &doc.Draft, doc.Sums())
	k.Fields = append(k.Fields, dueFields(inv.Due, inv.Instalments(), inv.Currency)...)
	k.Fields = append(k.Fields, discountFields(inv)...)
	k.Body = append(k.Body, earlyOffer(v, inv)...)
	state := inv.State(today)
	if state != ledger.StateOpen {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.state"), Value: customerState(inv, today)})
	}
	if inv.Open > 0 && inv.Open < inv.Total {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.open"), Value: money(inv.OpenMoney())})
	}
	k.Fields = append(k.Fields, disputedParts(inv)...)
	k.Fields = append(k.Fields, chequeFields(v, inv)...)
	k.Note = append(legend(&doc.Draft, doc.Taxes), foreignTax(v, &doc.Draft, doc.Sums())...)
	if doc.Deposit && inv.Undisputed().Minor > 0 {
		k.Note = append(k.Note, card.T("inv.deposit.note"))
	}
	d.payOrDispute(v, k, inv)
	k.Buttons = append(k.Buttons, papersButton(v, inv)...)
	if k.Paper = invoicePaperOf(inv); k.Paper != nil {
		k.Short = captionOf(v, k, inv, doc)
	}
	return card.Message{Card: k}, nil
}

// customerState is an invoice's state as its customer is told: that a debt was given up is
// the company's own matter.
func customerState(inv *ledger.Invoice, on ledger.Date) card.Text {
	if inv.State(on) == ledger.StateWrittenOff {
		return card.T("state.closed")
	}
	return cardState(inv, on)
}

// payOrDispute adds the two buttons under an invoice, and bank details where it cannot be
// paid by a button.
func (d *Desk) payOrDispute(v *ledger.View, k *card.Card, inv *ledger.Invoice) {
	pay := d.payButton(v, inv, false)
	k.Buttons = append(k.Buttons, pay...)
	if bank := v.Company().BankLine; inv.Undisputed().Minor > 0 && bank != "" {
		k.Note = append(k.Note, card.T("inv.bank", "details", bank, "number", inv.Number.String()))
	}
	k.Buttons = append(k.Buttons, disputeButtons(v, inv)...)
	if ledger.DaysOverdue(inv.Carrying(), ledger.DateOf(v.Now, v.Customer(inv.Customer).Zone)) > 0 {
		k.Buttons = append(k.Buttons, d.TermsButtons(v, inv, true)...)
		k.Buttons = append(k.Buttons, paidButton(v, inv)...)
	}
}

func (d *Desk) receipt(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	if r := v.RefundOf(n.Refund); r != nil {
		body := card.T("receipt.refund.body", "amount", r.Amount, "date", r.Date, "company", v.Company().Name)
		if ledger.Online(r.Method) {
			body = card.T("receipt.refund.link", "amount", r.Amount, "date", r.Date, "company", v.Company().Name)
		} else if r.Voucher.N != 0 {
			body = card.T("receipt.refund.cash", "amount", r.Amount, "date", r.Date, "company", v.Company().Name, "number", r.Voucher.String())
		}
		k := &card.Card{Title: card.T("receipt.refund.title", "amount", r.Amount), Body: []card.Text{body}}
		if r.Voucher.N != 0 {
			k.Paper = &card.Paper{Kind: card.PaperVoucher, Of: r.Voucher.String()}
		}
		return card.Message{Card: k}, nil
	}
	p := v.Payment(n.Payment)
	if co := v.Company(); n.Code == receiptPaidBack {
		return card.Message{Card: &card.Card{Title: card.T("receipt.refund.title", "amount", p.Amount),
			Body: []card.Text{card.T("receipt.refund.link", "amount", p.Amount, "date", ledger.DateOf(n.At, co.Zone()), "company", co.Name)}}}, nil
	}
	if p.Returned {
		return card.Message{Withdraw: "the payment was returned"}, nil
	}
	k := &card.Card{Title: card.T("receipt.title", "amount", p.Amount),
		Body: []card.Text{card.T("receipt.body", "amount", p.Amount, "date", p.Date, "company", v.Company().Name)}}
	k.Body = append(append(k.Body, claimThanks(v, p)...), receiptLines(v, p)...)
	k.Body = append(k.Body, orderNote(v, settledBy(v, p))...)
	if p.OnAcct > 0 {
		k.Body = append(k.Body, card.T("receipt.onaccount", "amount", p.Unapplied()))
	}
	if number, ok := v.CashNumber(p); ok {
		k.Body = append(k.Body, card.T("receipt.cash", "number", number.String()))
	} else if q := v.ChequeOf(p); q != nil {
		k.Body = append(k.Body, card.T("receipt.cheque", "number", q.Number))
	}
	k.Paper = &card.Paper{Kind: card.PaperReceipt, Of: p.Label()}
	return card.Message{Card: k}, nil
}

// receiptLines tell a customer what his payment settled, invoice by invoice.
func receiptLines(v *ledger.View, p *ledger.Payment) (out []card.Text) {
	seen := map[ledger.InvoiceID]bool{}
	all := v.Settlements(p)
	for _, st := range all {
		inv := v.Invoice(st.Invoice)
		if st.Reversed || seen[st.Invoice] {
			continue
		}
		seen[st.Invoice] = true
		if st.Taken.Currency != "" {
			out = append(out, card.T("receipt.converted", "taken", st.Taken, "number", inv.Number.String(),
				"settled", ledger.Money{Minor: st.Minor, Currency: inv.Currency}))
		}
		until, missed := discountMissed(inv, p)
		switch {
		case inv.Open == 0:
			out = append(out, card.T("receipt.closed", "number", inv.Number.String()))
		case missed:
			out = append(out, card.T("receipt.missed", "number", inv.Number.String(), "open", inv.OpenMoney(), "until", until))
		default:
			out = append(out, card.T("receipt.left", "number", inv.Number.String(), "open", inv.OpenMoney()))
		}
	}
	for _, st := range all {
		sum := ledger.Money{Minor: st.Minor, Currency: v.Invoice(st.Invoice).Currency}
		switch {
		case st.Reversed:
		case st.Cause == ledger.ByWithholding:
			out = append(out, card.T("receipt.withheld", "amount", sum))
		case st.Cause == ledger.ByFee:
			out = append(out, card.T("receipt.fee", "amount", sum))
		case st.Cause == ledger.BySplit:
			out = append(out, card.T("receipt.split", "amount", sum))
		case st.Cause == ledger.ByOffset:
			out = append(out, card.T("receipt.offset", "amount", sum))
		case st.Cause == ledger.ByDiscount:
			out = append(out, card.T("receipt.discount", "amount", sum))
		}
	}
	return out
}

// whoText names an actor of the books: a mention in Slack, a name for a chat.
func whoText(v *ledger.View, by string) any {
	if id, ok := strings.CutPrefix(by, "slack:"); ok {
		return card.User(id)
	}
	if name := v.ChatName(by); name != "" {
		return name
	}
	return by
}

// quoted is a card that hands on words of a person.
func quoted(v *ledger.View, n *ledger.Notice, title card.Text) (card.Message, error) {
	words, err := v.Text(n.Text)
	return card.Message{Card: &card.Card{Title: title, Quote: card.Plain(words)}}, err
}

func paidNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	p := v.Payment(n.Payment)
	cust := v.Customer(n.Customer)
	k := &card.Card{Title: card.T("paid.title", "amount", p.Amount, "customer", v.CustomerName(cust))}
	if p.Returned {
		k.Title = card.T("paid.returned", "amount", p.Amount, "customer", v.CustomerName(cust))
		if p.PaidBack {
			k.Title = card.T("paid.paidback", "amount", p.Amount, "customer", v.CustomerName(cust))
		}
	}
	if r := v.RefundOf(n.Refund); r != nil {
		k.Title = card.T("paid.refunded", "back", r.Amount, "amount", p.Amount, "customer", v.CustomerName(cust))
		if r.Taken {
			k.Title = card.T("paid.charged", "back", r.Amount, "amount", p.Amount, "customer", v.CustomerName(cust))
		}
	}
	k.Fields = []card.Field{
		{Label: card.T("field.payment"), Value: card.Plain(p.Label())},
		{Label: card.T("field.date"), Value: card.T("value", "value", p.Date)},
		{Label: card.T("field.method"), Value: card.T("method." + p.Method)},
	}
	if inv := v.Invoice(n.Invoice); inv != nil && n.InThread {
		return paidLine(v, k.Title, p, inv)
	}
	if inv := v.Invoice(n.Invoice); inv != nil {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.open"), Value: card.T("paid.open", "number", inv.Number.String(), "open", inv.OpenMoney())})
	}
	if p.OnAcct > 0 {
		k.Fields = append(k.Fields, card.Field{Label: card.T("aging.onaccount"), Value: money(p.Unapplied())})
	}
	return card.Message{Card: k}, nil
}

// paidLine tells of a payment in the thread of an invoice that it settles: one quiet line.
func paidLine(v *ledger.View, title card.Text, p *ledger.Payment, inv *ledger.Invoice) (card.Message, error) {
	f, err := v.PaymentFact(p)
	if err != nil {
		return card.Message{}, err
	}
	items := []card.Text{title, card.Plain(p.Label()), card.T("value", "value", p.Date), card.T("method." + p.Method)}
	if words, err := v.Text(v.Describe(f).Words); err == nil && words != "" {
		items = append(items, card.T("story.words", "words", words))
	}
	items = append(items, card.T("paid.left", "number", inv.Number.String(), "open", inv.OpenMoney()))
	if p.OnAcct > 0 {
		items = append(items, card.Join(card.T("aging.onaccount"), money(p.Unapplied())))
	}
	if f.By != p.Method {
		items = append(items, actor(v, f.By))
	}
	return card.Message{Card: &card.Card{Note: []card.Text{card.Join(items...)}}}, nil
}

// taskNews tells staff what needs a person. Code is "kind" or "kind.detail".
func taskNews(v *ledger.View, n *ledger.Notice) card.Message {
	who, name := "", ""
	if cust := v.Customer(n.Customer); cust != nil {
		who, name = cust.Handle, v.CustomerName(cust)
	}
	number := ""
	if inv := v.Invoice(n.Invoice); inv != nil {
		number = inv.Number.String()
	}
	switch n.Code {
	case "unknown":
		for _, u := range v.UnknownNotices() {
			if u.Customer == n.Customer && u.Invoice == n.Invoice {
				return card.Message{Card: unknownCard(v, u)}
			}
		}
		return card.Message{Withdraw: "settled meanwhile"}
	case "noroute", "shut":
		if cust := v.Customer(n.Customer); cust != nil && v.Reaches(cust, true, true) {
			return card.Message{Withdraw: "linked meanwhile"}
		}
	}
	if rest, ok := strings.CutPrefix(n.Code, "guesses."); ok {
		return guessNews(rest)
	}
	k := &card.Card{Title: card.T("task.title"), Body: []card.Text{card.T("task."+n.Code, "handle", who, "customer", name, "number", number, "detail", taskDetail(v, n))}}
	if n.Code == "rates" && n.For != 0 {
		k.Body = append(k.Body, card.T("rates.last", "date", n.For))
	}
	return card.Message{Card: k}
}

// taskDetail is what a task names beside its customer and invoice.
func taskDetail(v *ledger.View, n *ledger.Notice) any {
	switch n.Code {
	case "channel":
		return strings.TrimPrefix(n.Who, "slack:")
	case "question.moved":
		return whoText(v, n.Who)
	case "question.waits":
		return v.Question(n.Question).Label()
	}
	detail, _ := v.Text(n.Text)
	return detail
}

// guessNews tells how many wrong invitations were tried lately, and from how many chats:
// "37.4".
func guessNews(figures string) card.Message {
	tries, chats, _ := strings.Cut(figures, ".")
	n, _ := strconv.Atoi(tries)
	m, _ := strconv.Atoi(chats)
	return card.Message{Card: &card.Card{Title: card.T("task.title"), Body: []card.Text{card.T("task.guesses", "count", n, "from", card.T("task.guesses.from", "count", m))}}}
}
