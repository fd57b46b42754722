package demo

import (
	"time"

	"duebot/ledger"
)

// storyteller picks the invoices that something befalls, no invoice and no customer's open
// dispute or promise twice.
type storyteller struct {
	*plan
	pool    []*bill
	clients map[*client]bool // who has an open story
}

// tell returns a storyteller over the invoices that fit, in random order.
func (p *plan) tell(fits func(*bill) bool) *storyteller {
	s := &storyteller{plan: p, clients: map[*client]bool{}}
	for _, b := range p.bills {
		if b.client.handle != "acme" && b.client.chat.ID != 0 && b.dispute == nil && b.promise == nil && b.refund == nil && b.part == 0 && fits(b) {
			s.pool = append(s.pool, b)
		}
	}
	p.shuffle(s.pool)
	return s
}

// next takes the first that fits, nil where none does.
func (s *storyteller) next(fits func(*bill) bool) *bill {
	for i, b := range s.pool {
		if !fits(b) || s.clients[b.client] {
			continue
		}
		s.pool = append(s.pool[:i], s.pool[i+1:]...)
		s.clients[b.client] = true
		return b
	}
	return nil
}

// each calls f with up to n that fit, whoever's they are.
func (s *storyteller) each(n int, fits func(*bill) bool, f func(b *bill, i int)) {
	for i := 0; i < n; i++ {
		s.clients = map[*client]bool{}
		if b := s.next(fits); b != nil {
			f(b, i)
		}
	}
}

// beforeCut reports whether t lies before the cut.
func (p *plan) beforeCut(t time.Time) bool { return !t.IsZero() && p.day(t) < p.cut }

// oldStories are what befell invoices before the cut: disputes settled, promises kept,
// duplicates taken back, parts paid, money too much.
func (p *plan) oldStories() {
	s := p.tell(func(b *bill) bool { return p.beforeCut(b.paid) })
	outcomes := []ledger.Outcome{ledger.Credited, ledger.Rejected, ledger.Credited, ledger.Withdrawn, ledger.Credited, ledger.Rejected, ledger.Credited}
	reasons := []ledger.Reason{ledger.ReasonSum, ledger.ReasonNotReceived, ledger.ReasonQuality, ledger.ReasonSum}
	s.each(len(outcomes), func(b *bill) bool { return p.day(b.paid)-b.date > 15 }, func(b *bill, i int) {
		day := b.date.AddDays(4)
		b.dispute = &quarrel{reason: reasons[i%len(reasons)], opened: p.between(day, 9, 17), answer: p.between(day.AddDays(2), 9, 12),
			ended: p.between(day.AddDays(5), 10, 17), outcome: outcomes[i], share: 10 + 5*(i%4)}
	})
	s.each(9, func(b *bill) bool { return p.day(b.paid)-b.due > 8 }, func(b *bill, _ int) {
		b.promise = &word{made: p.between(b.due.AddDays(4), 9, 17), by: p.day(b.paid)}
	})
	s.each(3, func(b *bill) bool { return p.day(b.paid)-b.date > 12 }, func(b *bill, _ int) {
		b.refund = &refund{at: p.between(p.bankDay(b.date.AddDays(2)), 14, 17), share: 100, reason: "issued twice by mistake"}
		b.paid = time.Time{}
	})
	recent := func(b *bill) bool { return b.date > p.cut.AddDays(-150) && !b.byLink }
	s.each(2, func(b *bill) bool {
		return recent(b) && len(b.lines) == 1 && b.date < p.cut.AddDays(-60) && b.client.habit != late
	}, func(b *bill, _ int) {
		if again := p.bankDay(p.day(b.paid).AddDays(3)); again < p.cut {
			b.twice = p.between(again, 9, 12)
		}
	})
	s.each(2, recent, func(b *bill, i int) { b.more = []int64{1000, 4500}[i] })
	p.lyingStories()
}

// lyingStories are what befell debts that are still open.
func (p *plan) lyingStories() {
	s := p.tell(func(b *bill) bool { return b.isOpen() && b.date < p.cut })
	aged := func(from, to int) func(*bill) bool {
		return func(b *bill) bool { return p.age(b) >= from && p.age(b) <= to }
	}
	for i, percent := range []int{50, 30, 60, 40, 25, 50} {
		s.clients = map[*client]bool{}
		if b := s.next(aged([]int{32, 61, 91}[i%3], []int{60, 90, 130}[i%3])); b != nil {
			b.part, b.partAt = percent, p.between(p.bankDay(b.due.AddDays(5)), 9, 12)
		}
	}
	s.clients = map[*client]bool{}
	for i := range 2 {
		if b := s.next(aged(32, 75)); b != nil {
			day := b.due.AddDays(3)
			b.dispute = &quarrel{reason: []ledger.Reason{ledger.ReasonQuality, ledger.ReasonSum}[i], opened: p.between(day, 9, 17), answer: p.between(day.AddDays(1), 9, 17)}
		}
	}
	for i := range 2 {
		if b := s.next(aged(25, 120)); b != nil {
			b.promise = &word{made: p.between(p.cut.AddDays(-3-i), 9, 17), by: p.last.AddDays(5 + 3*i)}
		}
	}
}

// newStories are what happens in the three weeks: three disputes, of which one is answered,
// one settled and one fresh; two promises; a part paid; a credit note for goodwill.
func (p *plan) newStories() {
	s := p.tell(func(b *bill) bool { return b.isOpen() && b.date < p.cut })
	for _, b := range p.bills { // no customer has two open stories
		if b.isOpen() && (b.dispute != nil || b.promise != nil) {
			s.clients[b.client] = true
		}
	}
	after := func(days, from, to int) time.Time { return p.between(p.storyDay(days), from, to) }
	young := func(b *bill) bool { return p.age(b) >= -5 && p.age(b) <= 25 }
	some := func(b *bill) bool { return p.age(b) <= 60 }
	old := func(b *bill) bool { return p.age(b) >= 20 && p.age(b) <= 110 }
	// Days may fall together around holidays: the hours keep the order.
	if b := s.first(young, some); b != nil {
		b.dispute = &quarrel{reason: ledger.ReasonSum, opened: after(3, 9, 11), answer: after(5, 11, 13), ended: after(8, 14, 16),
			outcome: ledger.Credited, share: 15}
		b.byLink, b.paid = true, after(12, 16, 18)
	}
	if b := s.first(young, some); b != nil {
		b.dispute = &quarrel{reason: ledger.ReasonQuality, opened: after(10, 9, 12), answer: after(10, 14, 17)}
	}
	if b := s.first(young, some); b != nil {
		b.dispute = &quarrel{reason: ledger.ReasonNotReceived, opened: after(windowDays, 12, 17)}
	}
	for i, day := range []int{9, 17} {
		if b := s.first(old, some); b != nil {
			b.promise = &word{made: after(day, 13, 17), by: p.last.AddDays(2 + 5*i)}
		}
	}
	if b := s.first(old, some); b != nil {
		b.part, b.partAt = 40, after(14, 9, 12)
	}
	fresh := p.tell(func(b *bill) bool { return b.isOpen() && p.day(b.at) > p.cut && p.day(b.at) < p.last.AddDays(-4) })
	if b := fresh.next(func(b *bill) bool { return true }); b != nil {
		b.refund = &refund{at: after(windowDays-1, 13, 17), share: 10, reason: "goodwill for the late delivery"}
	}
}

// first takes one that fits, or else one that almost does.
func (s *storyteller) first(fits, almost func(*bill) bool) *bill {
	if b := s.next(fits); b != nil {
		return b
	}
	return s.next(almost)
}

// storyDay is a working day of the three weeks.
func (p *plan) storyDay(days int) ledger.Date { return p.issueDay(p.cut.AddDays(days)) }

// complaints are what customers write when they dispute, by reason.
func complaints() map[ledger.Reason]phrase {
	return map[ledger.Reason]phrase{
		ledger.ReasonSum: {"We agreed on a lower price in March. Please check the offer.", "В договоре была другая сумма. Проверьте, пожалуйста, наше предложение от марта.",
			"Am convenit o altă sumă. Vă rugăm să verificați oferta din martie.", "Avevamo concordato un altro importo. Controllate l'offerta di marzo, per favore.",
			"金额与我们三月确认的报价不符，请核对。", "مبلغ با پیشنهاد ماه مارس ما نمی\u200cخواند. لطفاً بررسی کنید."},
		ledger.ReasonQuality: {"The form still loses entries on our phones. We pay once that is fixed.", "Форма на телефонах всё ещё теряет заявки. Оплатим, когда исправите.",
			"Formularul încă pierde înscrieri pe telefon. Plătim după remediere.", "Il modulo perde ancora i dati sul telefono. Paghiamo appena è risolto.",
			"手机端的表单仍会丢失数据，修复后我们会付款。", "فرم در گوشی هنوز داده\u200cها را از دست می\u200cدهد. پس از رفع مشکل می\u200cپردازیم."},
		ledger.ReasonNotReceived: {"We have not received the final files yet.", "Мы ещё не получили итоговые файлы.", "Încă nu am primit fișierele finale.",
			"Non abbiamo ancora ricevuto i file definitivi.", "我们还没有收到最终文件。", "هنوز فایل\u200cهای نهایی را دریافت نکرده\u200cایم."},
	}
}

// answers are what staff write back, by reason.
func answers() map[ledger.Reason]string {
	return map[ledger.Reason]string{
		ledger.ReasonSum:         "Thank you for telling us. We are comparing it with the offer and will come back to you this week.",
		ledger.ReasonQuality:     "Sorry about that. The fix is in testing and goes live tomorrow morning.",
		ledger.ReasonNotReceived: "We have sent the link to the files again, please have a look in your inbox.",
	}
}

// closings are staff's last words, by outcome.
func closings() map[ledger.Outcome]string {
	return map[ledger.Outcome]string{
		ledger.Credited: "You are right about the price. Here is the credit note, the rest stays due.",
		ledger.Rejected: "We enclose the signed offer, the sum stays due.",
	}
}

// reference is what a payer writes on his transfer.
func (b *bill) reference() string {
	return phrase{"Invoice " + b.number, "Оплата по счёту " + b.number, "Plata facturii " + b.number, "Saldo fattura " + b.number,
		"付款 " + b.number, "پرداخت صورت\u200cحساب " + b.number}.in(b.client.speech())
}
