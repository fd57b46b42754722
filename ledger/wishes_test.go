package ledger

import (
	"pgregory.net/rapid"
)

// wishAct is one act of what customers want to have otherwise, and of what staff answer.
func wishAct(r *rapid.T, tx *Tx, c *Customer, inv *Invoice) error {
	waiting := tx.WaitingDeferrals()
	act := rapid.IntRange(0, 7).Draw(r, "wish")
	switch {
	case act == 0 && inv != nil:
		return askLater(r, tx, c, inv)
	case act == 1 && len(waiting) > 0:
		return tx.AgreeDeferral(waiting[0])
	case act == 2 && len(waiting) > 0:
		d := waiting[0]
		return tx.ChangeDeferral(d, someParts(r, tx, tx.DeferralDebt(d)), "other parts")
	case act == 3 && len(waiting) > 0:
		state := rapid.SampledFrom([]DeferralState{DeferralDeclined, DeferralRefused}).Draw(r, "state")
		return tx.EndDeferral(waiting[len(waiting)-1], state, "no")
	case act == 4 && inv != nil:
		return disputeAgain(r, tx, inv)
	case act == 5:
		return rateAsked(r, tx)
	case act == 6 && inv != nil:
		_, err := tx.ClaimPaid(NewPaidClaim{Invoice: inv, Amount: inv.OpenMoney(), Date: tx.Today().AddDays(-rapid.IntRange(0, 9).Draw(r, "back")), Pause: 5})
		return err
	}
	return saidAct(r, tx, c)
}

// askLater asks to pay one or two invoices later.
func askLater(r *rapid.T, tx *Tx, c *Customer, inv *Invoice) error {
	list := []*Invoice{inv}
	for _, other := range tx.OpenInvoices(c) {
		if other.ID != inv.ID && other.Currency == inv.Currency && rapid.Bool().Draw(r, "both") {
			list = append(list, other)
			break
		}
	}
	total := Money{0, inv.Currency}
	for _, x := range list {
		total = total.Add(x.Undisputed())
	}
	_, err := tx.RequestDeferral(c, list, someParts(r, tx, total), "telegram:1")
	return err
}

// someParts are those of a wish: one day, or some weeks.
func someParts(r *rapid.T, tx *Tx, total Money) []PlanPart {
	from := tx.Today().AddDays(rapid.IntRange(0, 20).Draw(r, "from"))
	return EvenParts(total, rapid.IntRange(1, 4).Draw(r, "parts"), func(i int) Date { return from.AddDays(7 * i) })
}

// disputeAgain disputes as a customer may by himself, or ends the dispute that is open.
func disputeAgain(r *rapid.T, tx *Tx, inv *Invoice) error {
	if d := tx.Dispute(inv.Dispute); d != nil {
		_, err := tx.Resolve(d, rapid.SampledFrom([]Outcome{Rejected, Withdrawn}).Draw(r, "outcome"), 0, "looked into")
		return err
	}
	again, ok := tx.MayDispute(inv)
	if !ok {
		return nil
	}
	n := NewDispute{Reason: ReasonQuality, Amount: Money{rapid.Int64Range(0, 9000).Draw(r, "disputed"), inv.Currency}, By: "telegram:1"}
	if again != nil {
		n.Again = again.ID
	}
	_, err := tx.Contest(inv, n)
	return err
}

// rateAsked answers a question for a rating, as often as people press.
func rateAsked(r *rapid.T, tx *Tx) error {
	for id := NoticeID(tx.s.notices.n); id > 0; id-- {
		if tx.RatedCustomer(id) != nil {
			_, err := tx.Rate(id, rapid.IntRange(1, RateMax).Draw(r, "stars"), "telegram:1")
			return err
		}
	}
	return nil
}

// checkWishes sees to it that each wish, claim, act and rating stands once, and is listed as
// waiting exactly while it is.
func checkWishes(r *rapid.T, v *View) {
	checkDeferrals(r, v)
	checkPaidClaims(r, v)
	checkDisputes(r, v)
	v.s.acts.each(func(a *Reconciliation) {
		if v.s.openActs[a.ID] != (a.Answer == ActUnanswered) || a.Answer != ActUnanswered && a.Bytes == (Hash{}) {
			r.Fatalf("%s is %q, open %t, of %s", a.Label(), a.Answer, v.s.openActs[a.ID], a.Bytes)
		}
	})
	rated := map[NoticeID]RatingID{}
	v.s.ratings.each(func(x *Rating) {
		if rated[x.asked] != 0 || x.Stars < 1 || x.Stars > RateMax {
			r.Fatalf("rating %d of %d answers what rating %d did", x.ID, x.Stars, rated[x.asked])
		}
		rated[x.asked] = x.ID
	})
}

func checkDeferrals(r *rapid.T, v *View) {
	asked := map[InvoiceID]DeferralID{}
	v.s.deferrals.each(func(d *Deferral) {
		if d.Over() == v.s.waiting[d.ID] {
			r.Fatalf("%s is %s, waiting %t", d.Label(), d.State, v.s.waiting[d.ID])
		}
		if want := sumOfParts(d.Asked, d.Currency); len(d.Asked) > 1 && want != d.Total() {
			r.Fatalf("%s asks for %s of %s", d.Label(), want, d.Total())
		}
		for _, x := range d.Claims {
			if !d.Over() && asked[x.Invoice] != 0 {
				r.Fatalf("invoice %d is asked about by %d and %d", x.Invoice, asked[x.Invoice], d.ID)
			}
			if !d.Over() {
				asked[x.Invoice] = d.ID
			}
		}
		if v.DeferralFits(d) && !d.ByDay() && sumOfParts(d.Parts, d.Currency) != v.DeferralDebt(d) {
			r.Fatalf("%s of %v does not add up to %s", d.Label(), d.Parts, v.DeferralDebt(d))
		}
	})
	for id, by := range asked {
		if on := v.DeferralOn(v.Invoice(id)); on == nil || on.ID != by {
			r.Fatalf("invoice %d is asked about by %d, and the books say %v", id, by, on)
		}
	}
}

// checkPaidClaims sees to it that an invoice has one claim that waits at most, that a silence is
// granted once in sixty days, and that what was found was paid.
func checkPaidClaims(r *rapid.T, v *View) {
	waits, silent := map[InvoiceID]PaidClaimID{}, map[InvoiceID]Date{}
	v.s.paidClaims.each(func(p *PaidClaim) {
		if (p.Outcome == ClaimWaits) != v.s.waitingClaims[p.ID] {
			r.Fatalf("%s is %q, waiting %t", p.Label(), p.Outcome, v.s.waitingClaims[p.ID])
		}
		if p.Outcome == ClaimWaits {
			if waits[p.Invoice] != 0 {
				r.Fatalf("claims %d and %d wait for one payment", waits[p.Invoice], p.ID)
			}
			waits[p.Invoice] = p.ID
		}
		if p.Silent != 0 {
			if before, ok := silent[p.Invoice]; ok && p.Made <= before.AddDays(silenceEvery-1) {
				r.Fatalf("%s of %s is silent, as one of %s was", p.Label(), p.Made, before)
			}
			silent[p.Invoice] = p.Made
		}
		if p.Outcome == ClaimNotFound && v.s.silences[p.Invoice] == p.ID && v.silentFor(v.Invoice(p.Invoice), v.Today()) {
			r.Fatalf("%s was not found, and is silent", p.Label())
		}
	})
	for id, claim := range waits {
		if on := v.ClaimOn(v.Invoice(id)); on == nil || on.ID != claim {
			r.Fatalf("claim %d waits on invoice %d, and the books say %v", claim, id, on)
		}
	}
}

// checkDisputes sees to it that an invoice has one dispute that is open at most, and that each is
// taken up again once.
func checkDisputes(r *rapid.T, v *View) {
	open := map[InvoiceID]DisputeID{}
	v.s.disputes.each(func(d *Dispute) {
		if (d.Outcome == "") != v.s.openDispute[d.ID] {
			r.Fatalf("%s is %q, open %t", d.Label(), d.Outcome, v.s.openDispute[d.ID])
		}
		if d.Outcome == "" {
			open[d.Invoice] = d.ID
		}
		if first := v.Dispute(d.Again); first != nil && (first.TakenUp != d.ID || first.Again != 0 || first.Outcome == "") {
			r.Fatalf("%s takes %s up again, which is %q and was taken up by %d", d.Label(), first.Label(), first.Outcome, first.TakenUp)
		}
	})
	v.Invoices(func(i *Invoice) {
		if i.Dispute != open[i.ID] || i.Dispute == 0 && i.DisputedMoney().Minor != 0 {
			r.Fatalf("%s says dispute %d over %s, the disputes %d", i.Number, i.Dispute, i.DisputedMoney(), open[i.ID])
		}
	})
}
