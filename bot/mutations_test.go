package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mutation is one mistake that somebody could make in a rule: in File, From becomes To.
type mutation struct {
	name, file, from, to string
}

// mutations are killed by the tests of ledger, commands, reminders and text; one that
// survives shows a rule that nothing holds.
var mutations = []mutation{
	{"due today is overdue", "ledger/date.go", "int(on - due)", "int(on-due) + 1"},
	{"a bucket's upper edge belongs to the next", "ledger/aging.go", "days <= edge", "days < edge"},
	{"due today is in the first bucket", "ledger/aging.go", "days <= 0", "days < 0"},
	{"half a cent is cut off", "ledger/money.go", "r := d.Shift(c.Exponent()).Round(0)", "r := d.Shift(c.Exponent()).Truncate(0)"},
	{"a sum finer than the currency is rounded in silence", "ledger/money.go", "if !d.Shift(c.Exponent()).IsInteger()", "if false"},
	{"a sum has no upper bound", "ledger/money.go", "r.Abs().GreaterThan(decimal.New(moneyMax, 0))", "false"},
	{"more is disputed than is open", "ledger/invoice.go", "minMinor(i.Disputed, i.Open)", "i.Disputed"},
	{"numbers have gaps", "ledger/invoice.go", "uint32(len(v.s.numbers[ser]) + 1)", "uint32(len(v.s.numbers[ser])*2 + 1)"},
	{"a closed invoice stays in the list of open ones", "ledger/invoice.go", "		s.unlink(inv)\n", ""},
	{"an allocation exceeds what is open", "ledger/early.go", "minor: minMinor(money, item.Open.Minor)", "minor: money"},
	{"the newest due is paid first", "ledger/instalment.go", "return items[i].Due < items[j].Due", "return items[i].Due > items[j].Due"},
	{"money of tomorrow is booked", "ledger/payment.go", "if n.Date > tx.Today()", "if false"},
	{"a credit note has no cap", "ledger/creditnote.go", "case amount.Minor > left.Minor:", "case false:"},
	{"an invoice is disputed twice", "ledger/dispute.go", "if inv.Dispute != 0", "if false"},
	{"a settled dispute keeps its sum out", "ledger/dispute.go", "		s.dispute(inv, 0, 0, f.Effective)\n", ""},
	{"a promise may be made for yesterday", "ledger/promise.go", "by < tx.Today() || ", ""},
	{"a refused command leaves its facts", "ledger/books.go", "		s.rollback(mark)\n", "		_ = mark\n"},
	{"a key is applied twice", "ledger/books.go", "if row, ok := tx.s.keys[key]; ok {", "if row, ok := tx.s.keys[key]; ok && false {"},
	{"a key with other input is believed", "ledger/books.go", "if r.Input != sha256.Sum256([]byte(tx.cmd.Input))", "if false"},
	{"unbalanced postings are booked", "ledger/posting.go", "		if sum != 0 {", "		if false {"},
	{"the chain is not followed", "ledger/replay.go", "!bytes.Equal(f.Hash[:], rec[n:])", "bytes.Equal(nil, rec[n:])"},
	{"what an early layout left unvalued cannot be settled", "ledger/posting.go", "&& p.Amount.Minor != 0 {", "&& p.Account != ExchangeDifferences {"},
	{"verify does not miss a cut tail", "ledger/verify.go", `if v.wantHead != "" && !v.gotHead`, "if false"},
	{"verify does not check rows", "ledger/store.go", "if len(stored) < 4 || binary.BigEndian.Uint32(stored) != rowSum(t, key, stored[4:])", "if len(stored) < 4"},
	{"day 31 runs over into the next month", "ledger/terms.go", "min(t.Day, length)", "max(t.Day, length-31)"},
	{"a step is skipped", "reminders/reminders.go", "Step: first.Step + 1}, true", "Step: byAge}, true"},
	{"a step is said again", "reminders/reminders.go", "if byAge > first.Step", "if byAge >= first.Step && byAge > 0"},
	{"a promise ends before it is judged", "ledger/promise.go", "p.Outcome == PromiseAwaited && on <= v.nextBusinessDay(p.By, v.Customer(inv.Customer))", "false"},
	{"a promise is broken at midnight", "ledger/promise.go", "case late, today <= v.nextBusinessDay(p.By, c):", "case late, today <= p.By:"},
	{"a promise counts money by the day of booking", "ledger/promise.go", "a := AsOf{On: day}", "a := AsOf{On: v.Today()}"},
	{"interest begins on the due date", "ledger/charge.go", "max(inv.FirstDue(), through)+1", "max(inv.FirstDue(), through)"},
	{"a day of interest is charged twice", "ledger/charge.go", "max(inv.FirstDue(), through)+1", "max(inv.FirstDue(), 0*through)+1"},
	{"interest bears interest", "ledger/charge.go", "inv.Nature != NaturePrincipal || ", ""},
	{"the day of payment bears no interest", "ledger/interest.go", "			if dayOf(m) < day {\n", "			if dayOf(m) <= day {\n"},
	{"a change of rate counts within the half-year", "ledger/interest.go", "at, until = halfYear(day)", "_, until = halfYear(day)"},
	{"principal is paid before costs", "ledger/claims.go", "rank(list[i]) < rank(list[j])", "rank(list[i]) > rank(list[j])"},
	{"a missed part breaks no plan", "ledger/plan.go", "v.PlanPaid(p, part.Due).Minor < due", "false"},
	{"the last part does not take the residue", "ledger/plan.go", "		if i == n-1 {\n", "		if false {\n"},
	{"a contract skips an occurrence", "ledger/contract.go", "con.Schedule.At(con.From, con.Issued)", "con.Schedule.At(con.From, con.Issued+1)"},
	{"reminders follow the invoices of a plan", "reminders/reminders.go", "inv.Plan == 0 && ", ""},
	{"contacts may follow at once", "reminders/reminders.go", "case c.LastContact != 0 && int(on-c.LastContact) < p.Interval:", "case false:"},
	{"a disputed sum is reminded of", "reminders/reminders.go", "if inv.Undisputed().Minor > 0 &&", "if inv.OpenMoney().Minor > 0 &&"},
	{"somebody is reminded of what was paid", "reminders/reminders.go", "if !carries {", "if false {"},
	{"a lost reminder is not counted as said", "ledger/notice.go", "if became != NoticeSent && became != NoticeUnknown {", "if became != NoticeSent {"},
	{"a discount outlives its last day", "ledger/early.go", "day > c.early.Until", "day > c.early.Until+1"},
	{"a discount is taken for too little", "ledger/early.go", "money < o.Pay.Minor", "money < o.Pay.Minor-1"},
	{"a discount is taken after a part at the full price", "ledger/early.go", " || i.touched()", ""},
	{"the last instalment loses the residue", "ledger/instalment.go", "out[len(out)-1] = left", "out[len(out)-1] = part(total, percents[len(percents)-1], hundred).Minor"},
	{"an instalment is due with the whole", "ledger/instalment.go", "f(p.Due, p.Minor-took)", "f(i.LastDue, p.Minor-took)"},
	{"a deposit is deducted twice", "ledger/deposit.go", "case by != nil && by.ID != d.Corrects:", "case false:"},
	{"a deposit stays used when the final invoice is credited", "ledger/creditnote.go", "		s.release(inv)\n", ""},
	{"more tax is split than there is", "ledger/settle.go", "if split.Minor > tax.Minor", "if false"},
	{"what is worth less than a coin takes all the money", "ledger/carry.go", "need.Minor = max(need.Minor, 1)", "_ = need.Minor"},
	{"an early payment in another currency earns nothing", "ledger/carry.go", "if err != nil || settled != o.Pay {", "if err != nil || settled == o.Pay {"},
	{"interest runs on after the money came", "ledger/interest.go", "if p.paidOn() < st.Date {", "if false {"},
	{"a dispute keeps a plan", "ledger/plan.go", "v.planPaidNow(p, false) >=", "v.planPaidNow(p, true) >="},
	{"terms give any discount", "ledger/approval.go", "if l.Set && t.Discount.GreaterThan(", "if false && t.Discount.GreaterThan("},
	{"a link over the discounted price dies at once", "commands/pay.go", "return ok && inv.Dispute == 0 && amount == o.Pay", "return ok && inv.Dispute == 0 && amount != o.Pay"},
	{"a rate of last month holds", "ledger/rates.go", "case r.Date < day.AddDays(-rateDays):", "case false:"},
	{"a rate of tomorrow is known", "ledger/rates.go", "if r.Date > v.Today() {", "if false {"},
	{"a known rate is booked again", "ledger/rates.go", "return known != nil && known.same(r)", "return known != nil && known.same(r) && r.Per.IsZero()"},
	{"a rate far off is not doubted", "commands/rate.go", "case far.GreaterThan(decimal.NewFromInt(20)):", "case false:"},
	{"a rate the wrong way round is not doubted", "commands/rate.go", `return "inverse"`, `return ""`},
	{"one person may do what is at the ceiling's cent above", "ledger/approval.go", "return m.Minor > l.Minor", "return m.Minor > l.Minor+1"},
	{"whoever asks approves it himself", "ledger/approval.go", "if a.By == tx.actor() {\n		return nil, Refuse", "if false {\n		return nil, Refuse"},
	{"what was approved books something else", "ledger/approval.go", "|| Hash(g.effect.Sum(nil)) != a.effect", ""},
	{"a request is decided twice", "ledger/approval.go", "case a.State != ApprovalWaiting:", "case false:"},
	{"a request waits for ever", "ledger/approval.go", "case !tx.Now.Before(a.Expires):", "case false:"},
	{"a forgotten approval is no refusal", "ledger/books.go", "if err == nil && len(tx.gauge.needs) > 0 {", "if false {"},
	{"a sum without a rate passes alone", "ledger/approval.go", "		if err != nil {\n			return true\n		}\n		if m, err", "		if err != nil {\n			return false\n		}\n		if m, err"},
	{"sales may name everybody's customers", "ledger/customer.go", "return c, v.Allowed(c)", "return c, nil"},
	{"finance decides what finance asks", "commands/approval.go", "role == Finance && asks == Sales", "role == Finance"},
	{"who lost his role is carried out", "commands/approval.go", "if !who.may(cmd) {", "if false {"},
	{"a substitute is a stranger", "ledger/customer.go", "(c.Owner == user || c.Substitute == user)", "c.Owner == user"},
	{"one invoice is asked about twice", "ledger/deferral.go", "case tx.DeferralOn(inv) != nil:", "case false:"},
	{"a wish is decided twice", "ledger/deferral.go", "state DeferralState, words string) error {\n	if d.Over() {", "state DeferralState, words string) error {\n	if false {"},
	{"a day may be asked for in ten years", "ledger/deferral.go", "day > v.Today().AddDays(deferralDaysMax)", "day > v.Today().AddDays(10*deferralDaysMax)"},
	{"what was asked about is asked about for ever", "ledger/deferral.go", "	drop(s, s.waiting, d.ID)\n", ""},
	{"a plan takes in what is in dispute", "ledger/plan.go", "		due := inv.Undisputed()\n", "		due := inv.OpenMoney()\n"},
	{"who says each week that he paid is never reminded", "ledger/paidclaim.go", "p.Made < today.AddDays(-silenceEvery)", "p.Made < today.AddDays(-7)"},
	{"what was not found stays silent", "ledger/paidclaim.go", "p.Outcome != ClaimNotFound && p.Outcome != ClaimTakenBack && on", "p.Outcome != ClaimTakenBack && on"},
	{"what was taken back stays silent", "ledger/paidclaim.go", "p.Outcome != ClaimNotFound && p.Outcome != ClaimTakenBack && on", "p.Outcome != ClaimNotFound && on"},
	{"a claim silences for ever", "ledger/paidclaim.go", "&& on <= p.Silent", "&& on > 0"},
	{"two claims wait for one payment", "ledger/paidclaim.go", "case before != nil:", "case false:"},
	{"another sum is what was claimed", "ledger/paidclaim.go", "&& -off <= c.Amount.Minor/50", "&& true"},
	{"money of last year is what was claimed", "ledger/paidclaim.go", "near := day >= c.Date.AddDays(-claimNearDays) &&", "near := true &&"},
	{"what was agreed to is contested", "ledger/reconciliation.go", "if r.Answer == ActAgreed {", "if false {"},
	{"an act is agreed to that nobody has got", "ledger/reconciliation.go", "	if r.Bytes == (Hash{}) {", "	if false {"},
	{"the same act goes out twice", "ledger/reconciliation.go", "if r.Customer == c.ID && r.From == from && r.To == to {", "if false {"},
	{"a dispute is taken up again twice", "ledger/disputework.go", "	case last.Again != 0:\n", "	case false:\n"},
	{"a dispute may be taken up again for a year", "ledger/disputework.go", "AddDays(reopenDays) >= v.Today()", "AddDays(12*reopenDays) >= v.Today()"},
	{"one question is rated twice", "ledger/rating.go", "if r := tx.RatingOf(asked); r != nil {", "if r := tx.RatingOf(asked); r != nil && false {"},
	{"somebody is asked for a rating each week", "ledger/rating.go", "on.AddDays(-ratingEvery)", "on.AddDays(-7)"},
	{"an old matter is asked about", "ledger/rating.go", "if o.on < on.AddDays(-ratingFresh) || ", "if "},
	{"words are taken for what was asked last week", "ledger/expect.go", "v.Now.Before(x.Until), nil", "true, nil"},
	{"a comma groups digits wherever it stands", "commands/numbers.go", "!numberForm.MatchString(t)", "false && !numberForm.MatchString(t)"},
	{"a number ends within another", "ledger/match/judge.go", "	if r.end < len(t.runes) && t.gaps[r.end] == joined && isDigit(t.runes[r.end]) {\n		return gradeNone", "	if false {\n		return gradeNone"},
	{"a number begins within another", "ledger/match/reach.go", "isDigit(t.runes[p]) && isDigit(t.runes[p-1])", "false"},
	{"a part of a contract's number is an invoice's", "ledger/match/judge.go", "case t.composite(r, n):", "case false:"},
	{"a date is an invoice's number", "ledger/match/judge.go", "case len(atoms) > 1 && t.monthLike(tok):", "case false:"},
	{"a bare number posts whoever paid", "ledger/match/match.go", "(e != nil && e.sure() ||", "(e == nil || e.sure() ||"},
	{"a reference posts a sum that does not fit", "ledger/match/match.go", "c.posts = trust && f.exact", "c.posts = trust"},
	{"a hint posts", "ledger/match/match.go", "m.settle([]hit{h}, false)", "m.settle([]hit{h}, true)"},
	{"what is pending is posted", "ledger/match/match.go", " && !m.line.Pending", ""},
	{"two ways to post are no doubt", "ledger/match/match.go", "first.posts && !others", "first.posts && (others || !others)"},
	{"the company's own money is a payment", "ledger/match/match.go", `line.Party.Number != "" && b.own[`, `false && b.own[`},
	{"a surplus is forgiven", "ledger/match/fit.go", "if short <= 0 || short > m.book.rules.Tolerance {", "if short > m.book.rules.Tolerance {"},
	{"a line takes a discount after its last day", "ledger/match/fit.go", "it.Early.Pay > 0 && on <= it.Early.Until", "it.Early.Pay > 0"},
	{"euros pay dollars", "ledger/match/fit.go", "it.Open.Minor > 0 && it.Open.Currency == m.line.Amount.Currency", "it.Open.Minor > 0"},
	{"the newest of equal sums comes first", "ledger/match/fit.go", "cmp.Compare(a.Due, b.Due)", "cmp.Compare(b.Due, a.Due)"},
	{"the largest group is sought first", "ledger/match/group.go", "size := 2; size <= groupMax && len(out) == 0; size++", "size := groupMax; size >= 2 && len(out) == 0; size--"},
	{"a list takes other customers' invoices", "ledger/match/list.go", " || b.items[slot].Customer != b.items[h.slot].Customer", ""},
	{"check digits are not checked", "ledger/match/structured.go", "return sum == 1", "return true"},
	{"a payment of tomorrow is taken back today", "ledger/match/returned.go", "p.Date > line.Booked || ", ""},
	{"a claim of last month explains a line", "ledger/match/propose.go", " && m.line.Booked <= d+claimDays", ""},
	{"who pays for two pays for one", "ledger/match/propose.go", "if several < 2 {", "if several >= 2 {"},
	{"a credited invoice stays in the Book", "ledger/match/follow.go", "if inv.Open <= 0 && inv.Paid <= 0 {", "if inv == nil {"},
}

// A mutation whose place has been rewritten would mutate nothing: whoever rewrites it says where
// the same mistake could be made now.
func TestMutationsHaveTheirPlaces(t *testing.T) { havePlaces(t) }

func havePlaces(t *testing.T) {
	for _, m := range mutations {
		src, err := os.ReadFile(filepath.Join("..", m.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(src), m.from); n != 1 {
			t.Errorf("%s: %q stands %d times in %s, want once", m.name, m.from, n, m.file)
		}
	}
}
