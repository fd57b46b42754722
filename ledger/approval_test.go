package ledger

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// as runs f by a member of staff.
func as(tx *Tx, user string, f func() error) error {
	cmd := *tx.cmd
	defer func() { tx.cmd = &cmd }()
	tx.cmd = &Command{Key: cmd.Key, By: "slack:" + user}
	return f()
}

// staffAct does one thing that a ceiling may stop, as its request says.
func staffAct(tx *Tx, arg string) error {
	var kind string
	var c CustomerID
	var id InvoiceID
	var minor int64
	if _, err := fmt.Sscan(arg, &kind, &c, &id, &minor); err != nil {
		return err
	}
	inv, cust := tx.Invoice(id), tx.Customer(c)
	euros := Money{minor, "EUR"}
	var err error
	switch kind {
	case "issue":
		_, err = tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Off: dec("12.5"), Lines: []Line{line("a", "1", euros.Decimal().String(), "19")}})
	case "credit":
		_, err = tx.Credit(inv, Money{minor, inv.Currency}, "because")
	case "full":
		_, err = tx.Credit(inv, inv.Creditable(), "because")
	case "writeoff":
		_, err = tx.WriteOff(inv, Money{}, "insolvent")
	case "refund":
		_, err = tx.Refund(cust, euros, tx.Today(), "paid twice")
	case "limit":
		_, err = tx.ChangeCustomer(cust, CustomerChange{Limit: &euros, NoLimit: minor%5 == 0})
	case "reopen":
		err = tx.ReopenPeriod(tx.ClosedThrough(), "again")
	}
	return err
}

// askOrDo has user do what arg says, or ask for it.
func askOrDo(tx *Tx, user, arg string) error {
	return as(tx, user, func() error {
		asked, err := tx.Guard(func() error { return staffAct(tx, arg) })
		if asked != nil {
			_, _, err = tx.Ask(Request{Do: "act", Arg: arg}, asked)
		}
		return err
	})
}

// approve has user approve a.
func approve(tx *Tx, user string, a *Approval) (why *Refusal, err error) {
	r, err := tx.RequestOf(a)
	if err == nil {
		err = as(tx, user, func() error { why, err = tx.Approve(a, func() error { return staffAct(tx, r.Arg) }); return err })
	}
	return why, err
}

func ceilings(minor int64) Ceilings {
	c := Ceiling{true, minor}
	return Ceilings{Invoice: c, Discount: Ceiling{true, 1000}, Credit: c, WriteOff: c, Refund: c, Limit: c, Reopen: true}
}

// approvalAct is one act around approvals for the state machine (invariants_test.go).
func approvalAct(r *rapid.T, tx *Tx, c *Customer, inv *Invoice, amount Money) error {
	user := rapid.SampledFrom([]string{"U1", "U2"}).Draw(r, "user")
	waiting := tx.WaitingApprovals()
	switch n := rapid.IntRange(0, 5).Draw(r, "approval"); {
	case n == 0:
		co := tx.s.company
		co.Approvals = ceilings(rapid.Int64Range(0, 20000).Draw(r, "ceiling"))
		return tx.SetCompany(co)
	case n < 4 || len(waiting) == 0:
		kind, id := rapid.SampledFrom([]string{"issue", "credit", "full", "writeoff", "refund", "limit", "reopen"}).Draw(r, "kind"), InvoiceID(0)
		if inv != nil {
			id = inv.ID
		} else {
			kind = "issue"
		}
		return askOrDo(tx, user, fmt.Sprintf("%s %d %d %d", kind, c.ID, id, amount.Minor))
	case n == 4:
		return as(tx, user, func() error { return tx.Decline(waiting[0]) })
	}
	_, err := approve(tx, user, waiting[rapid.IntRange(0, len(waiting)-1).Draw(r, "which")])
	return err
}

// checkApprovals walks the facts: what staff booked above a ceiling names a request that a
// different person had approved, and no request ends twice.
func checkApprovals(r *rapid.T, v *View) {
	var set Ceilings
	asker, decided := map[ApprovalID]string{}, map[ApprovalID]*Fact{}
	err := v.Facts(1, func(f *Fact) error {
		above := false
		passes := func(l Ceiling, m Money) bool {
			return l.Set && inEuros(v, m, DateOf(f.Recorded, v.s.company.Zone())) > l.Minor
		}
		switch x := f.Body.(type) {
		case *CompanySet:
			set = x.Approvals
		case *ApprovalAsked:
			asker[ApprovalID(len(asker)+1)] = f.By
		case *ApprovalDecided:
			if decided[x.Approval] != nil {
				return fmt.Errorf("request %d ends twice", x.Approval)
			}
			decided[x.Approval] = f
			if same := f.By == asker[x.Approval]; same != (x.State == ApprovalWithdrawn) {
				return fmt.Errorf("request %d by %s is %s by %s", x.Approval, asker[x.Approval], x.State, f.By)
			}
		case *InvoiceIssued:
			above = passes(set.Invoice, x.Total) || set.Discount.Set && x.Off.Shift(2).IntPart() > set.Discount.Minor
		case *CreditNoteIssued:
			above = passes(set.Credit, x.Total)
		case *WrittenOff:
			above = passes(set.WriteOff, x.Amount)
		case *Refunded:
			above = passes(set.Refund, x.Amount)
		case *PeriodReopened:
			above = set.Reopen
		}
		if above && f.By[:2] == "sl" && f.Approval == 0 {
			return fmt.Errorf("fact %d (%T, %+v) passes a ceiling of %+v, and nobody approved it", f.Seq, f.Body, f.Postings, set)
		}
		if d := decided[f.Approval]; f.Approval != 0 && (d == nil || d.By == f.By || f.By != asker[f.Approval] || d.Body.(*ApprovalDecided).State != ApprovalApproved) {
			return fmt.Errorf("fact %d by %s names request %d by %s, decided by %v", f.Seq, f.By, f.Approval, asker[f.Approval], d)
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	if len(v.WaitingApprovals()) != len(asker)-len(decided) {
		r.Fatalf("%d requests wait, of %d asked and %d decided", len(v.WaitingApprovals()), len(asker), len(decided))
	}
}

// approvalBooks are books with ceilings of 100.00, an invoice of 500.00 and a clock.
func approvalBooks(t *testing.T) (b *Books, now *time.Time, c CustomerID, inv InvoiceID) {
	t.Helper()
	at := testNow
	now = &at
	path := t.TempDir() + "/duebot.db"
	b, err := Open(path, Options{Now: func() time.Time { return *now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close(); checkFile(t, path) })
	do(t, b, "", func(tx *Tx) error {
		return tx.SetCompany(CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN", Approvals: ceilings(10000)})
	})
	c = addAcme(t, b)
	inv = issue(t, b, c, line("a", "1", "500", "0"))
	return b, now, c, inv
}

// What passes a ceiling leaves nothing but a request; at the ceiling it is done at once.
func TestCeilings(t *testing.T) {
	for _, tt := range []struct {
		name, act string
		waits     bool
		before    func(tx *Tx, c *Customer, inv *Invoice) error
	}{
		{"an invoice at the ceiling", "issue 1 0 9603", false, noDiscount}, // 96.03 less 12.5 % with 19 % tax is 100.00
		{"an invoice a cent above", "issue 1 0 9605", true, noDiscount},
		{"a discount above its ceiling", "issue 1 0 100", true, nil},
		{"a credit note at the ceiling", "credit 1 1 10000", false, nil},
		{"a credit note a cent above", "credit 1 1 10001", true, nil},
		{"a credit note over all that is left", "full 1 1 0", true, nil},
		{"a write-off of all that is open", "writeoff 1 1 0", true, nil},
		{"a refund above", "refund 1 1 10001", true, onAccount},
		{"a refund at the ceiling", "refund 1 1 10000", false, onAccount},
		{"a limit where there was none", "limit 1 1 99999", false, nil},
		{"a limit raised past the ceiling", "limit 1 1 10001", true, limited},
		{"a limit raised to the ceiling", "limit 1 1 9999", false, limited},
		{"a limit taken away", "limit 1 1 20000", true, limited},
		{"a limit lowered", "limit 1 1 1001", false, highLimit},
		{"a month reopened", "reopen 1 1 1", true, func(tx *Tx, _ *Customer, _ *Invoice) error { return tx.ClosePeriod(MonthOf(tx.Today()) - 1) }},
		{"another currency without a rate", "credit 1 2 1", true, inDollars(false)},
		{"another currency at a known rate, below", "credit 1 2 10000", false, inDollars(true)},
		{"another currency at a known rate, above", "credit 1 2 20002", true, inDollars(true)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _, c, inv := approvalBooks(t)
			do(t, b, "", func(tx *Tx) error {
				if tt.before == nil {
					return nil
				}
				return tt.before(tx, tx.Customer(c), tx.Invoice(inv))
			})
			before := headOf(b)
			do(t, b, "", func(tx *Tx) error { return askOrDo(tx, "U1", tt.act) })
			b.View(func(v *View) error {
				if got := len(v.WaitingApprovals()); got != map[bool]int{true: 1}[tt.waits] {
					t.Errorf("%d requests wait, and the ceiling is passed: %t", got, tt.waits)
				}
				return nil
			})
			if headOf(b) == before {
				t.Error("nothing happened at all")
			}
		})
	}
}

func headOf(b *Books) (h Head) {
	b.View(func(v *View) error { h = v.Head(); return nil })
	return h
}

func noDiscount(tx *Tx, _ *Customer, _ *Invoice) error {
	co := tx.s.company
	co.Approvals.Discount.Set = false
	return tx.SetCompany(co)
}

func onAccount(tx *Tx, c *Customer, _ *Invoice) error {
	if _, _, err := tx.Receive(NewPayment{Customer: c.ID, Date: tx.Today(), Amount: Money{100000, "EUR"}}); err != nil {
		return err
	}
	return nil
}

func limited(tx *Tx, c *Customer, _ *Invoice) error {
	limit := Money{5000, "EUR"}
	_, err := tx.ChangeCustomer(c, CustomerChange{Limit: &limit})
	return err
}

func highLimit(tx *Tx, c *Customer, _ *Invoice) error {
	limit := Money{500000, "EUR"}
	_, err := tx.ChangeCustomer(c, CustomerChange{Limit: &limit})
	return err
}

// inDollars issues an invoice in dollars, of which two make a euro.
func inDollars(rated bool) func(tx *Tx, c *Customer, _ *Invoice) error {
	return func(tx *Tx, c *Customer, _ *Invoice) error {
		_, err := tx.SetRates("entered", []Rate{{Currency: "USD", Date: tx.Today(), Value: dec("1"), Per: dec("2")}})
		if err == nil {
			_, err = tx.Issue(Draft{Customer: c.ID, Date: tx.Today(), Due: tx.Today(), Currency: "USD", Lines: []Line{line("a", "1", "900", "0")}})
		}
		if !rated {
			tx.s.rates = map[Currency][]Rate{}
		}
		return err
	}
}

// An approved command is booked once, by the one who asked, and its facts name the request.
func TestApprovedCommandIsBookedOnce(t *testing.T) {
	b, _, _, inv := approvalBooks(t)
	ask := func(tx *Tx) error { return askOrDo(tx, "U1", "writeoff 1 1 0") }
	do(t, b, "k1", ask)
	do(t, b, "k2", ask)
	var got []string
	try2 := func(user string) error {
		return try(b, "", func(tx *Tx) error { _, err := approve(tx, user, tx.Approval(1)); return err })
	}
	wantRefusal(t, try2("U1"), "approval.own")
	do(t, b, "k3", func(tx *Tx) error { why, err := approve(tx, "U2", tx.Approval(1)); return firstOf(err, why) })
	wantRefusal(t, try2("U3"), "approval.over")
	wantRefusal(t, try(b, "", func(tx *Tx) error { return as(tx, "U3", func() error { return tx.Decline(tx.Approval(1)) }) }), "approval.over")
	b.View(func(v *View) error {
		if a := v.Approval(1); len(v.WaitingApprovals()) != 0 || v.s.approvals.n != 1 || a.State != ApprovalApproved || a.Decided != "slack:U2" || v.Invoice(inv).Open != 0 {
			t.Errorf("%d requests, the first is %+v", v.s.approvals.n, a)
		}
		return v.Facts(1, func(f *Fact) error {
			if f.Approval != 0 {
				got = append(got, fmt.Sprintf("%T by %s via %s, %s by %s", f.Body, f.By, f.Via, v.Approval(f.Approval).Label(), v.ApprovedBy(f.Approval)))
			}
			return nil
		})
	})
	if want := "[*ledger.WrittenOff by slack:U1 via k3, A-1 by slack:U2]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func firstOf(err error, why *Refusal) error {
	if err == nil && why != nil {
		return why
	}
	return err
}

// Where the books moved on, what was approved is not done.
func TestStaleApproval(t *testing.T) {
	for _, tt := range []struct {
		name, act, key string
		between        func(tx *Tx, c *Customer, inv *Invoice) error
	}{
		{"less is open", "writeoff 1 1 0", "approval.stale", func(tx *Tx, c *Customer, inv *Invoice) error {
			_, _, err := tx.Receive(NewPayment{Customer: c.ID, Invoice: inv.ID, Date: tx.Today(), Amount: Money{100, "EUR"}})
			return err
		}},
		{"nothing is open", "writeoff 1 1 0", "invoice.closed", func(tx *Tx, c *Customer, inv *Invoice) error {
			_, _, err := tx.Receive(NewPayment{Customer: c.ID, Invoice: inv.ID, Date: tx.Today(), Amount: Money{50000, "EUR"}})
			return err
		}},
		{"a credit note would leave money on account", "credit 1 1 40000", "approval.stale", func(tx *Tx, c *Customer, inv *Invoice) error {
			_, _, err := tx.Receive(NewPayment{Customer: c.ID, Invoice: inv.ID, Date: tx.Today(), Amount: Money{20000, "EUR"}})
			return err
		}},
		{"the limit passed is passed by more", "issue 1 0 50000", "approval.stale", func(tx *Tx, c *Customer, _ *Invoice) error {
			limit := Money{1000, "EUR"}
			_, err := tx.ChangeCustomer(c, CustomerChange{Limit: &limit})
			return err
		}},
		{"the limit was changed meanwhile", "limit 1 1 88888", "approval.stale", func(tx *Tx, c *Customer, _ *Invoice) error {
			limit := Money{2000, "EUR"}
			_, err := tx.ChangeCustomer(c, CustomerChange{Limit: &limit})
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, _, c, inv := approvalBooks(t)
			do(t, b, "", func(tx *Tx) error { return limited(tx, tx.Customer(c), nil) })
			do(t, b, "", func(tx *Tx) error { return askOrDo(tx, "U1", tt.act) })
			do(t, b, "", func(tx *Tx) error { return tt.between(tx, tx.Customer(c), tx.Invoice(inv)) })
			var why *Refusal
			do(t, b, "", func(tx *Tx) (err error) { why, err = approve(tx, "U2", tx.Approval(1)); return err })
			if why == nil || why.Key != tt.key {
				t.Errorf("got %v, want %s", why, tt.key)
			}
			b.View(func(v *View) error {
				if a := v.Approval(1); a.State != ApprovalStale {
					t.Errorf("the request is %s", a.State)
				}
				return v.Facts(1, func(f *Fact) error {
					if f.Approval != 0 {
						t.Errorf("fact %d was booked", f.Seq)
					}
					return nil
				})
			})
		})
	}
}

// A request waits for its days and no longer; the same line asks anew after that. A restart
// between changes nothing.
func TestApprovalExpires(t *testing.T) {
	b, now, _, _ := approvalBooks(t)
	ask := func(tx *Tx) error { return askOrDo(tx, "U1", "writeoff 1 1 0") }
	do(t, b, "", ask)
	*now = testNow.AddDate(0, 0, 7)
	wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := approve(tx, "U2", tx.Approval(1)); return err }), "approval.late")
	wantRefusal(t, try(b, "", func(tx *Tx) error { return as(tx, "U2", func() error { return tx.Decline(tx.Approval(1)) }) }), "approval.late")
	do(t, b, "", func(tx *Tx) error { return tx.ExpireApproval(tx.Approval(1)) })
	do(t, b, "", ask)
	do(t, b, "", func(tx *Tx) error { return tx.ExpireApproval(tx.Approval(2)) })
	do(t, b, "", func(tx *Tx) error { return as(tx, "U1", func() error { return tx.Decline(tx.Approval(2)) }) })
	b.View(func(v *View) error {
		for id, want := range []ApprovalState{ApprovalExpired, ApprovalWithdrawn} {
			if got := v.Approval(ApprovalID(id + 1)).State; got != want {
				t.Errorf("request %d is %s, want %s", id+1, got, want)
			}
		}
		return nil
	})
}

// An override by a second person is his: he is on record as the one who let it pass.
func TestApprovalIsAnOverride(t *testing.T) {
	b, _, c, _ := approvalBooks(t)
	do(t, b, "", func(tx *Tx) error { return noDiscount(tx, nil, nil) })
	do(t, b, "", func(tx *Tx) error { return limited(tx, tx.Customer(c), nil) })
	do(t, b, "", func(tx *Tx) error { return askOrDo(tx, "U1", "issue 1 0 100") })
	do(t, b, "", func(tx *Tx) error { why, err := approve(tx, "U2", tx.Approval(1)); return firstOf(err, why) })
	b.View(func(v *View) error {
		doc, err := v.InvoiceDetail(v.Invoice(2))
		if err != nil || doc.Override != "slack:U2" || v.Approval(1).Needs[0].Kind != NeedOverride {
			t.Errorf("override %q, needs %v (%v)", doc.Override, v.Approval(1).Needs, err)
		}
		return nil
	})
}

// What passes a ceiling and was not asked for through Guard is refused, whoever forgot it;
// the program itself is not measured.
func TestCeilingsHoldWithoutGuard(t *testing.T) {
	b, _, _, _ := approvalBooks(t)
	act := func(by string) error {
		_, err := b.Update(context.Background(), Command{By: by, Run: func(tx *Tx) ([]byte, error) { return nil, staffAct(tx, "credit 1 1 20000") }})
		return err
	}
	wantRefusal(t, act("slack:U1"), "approval.needed")
	if err := act("duebot"); err != nil {
		t.Error(err)
	}
}

// What an early payment saves is a discount too: in a customer's terms, in a contract's, and
// on an invoice that gives more than was agreed.
func TestDiscountsInTermsNeedASecondPerson(t *testing.T) {
	terms := func(s string) *Terms {
		x, err := ParseTerms(s)
		if err != nil {
			t.Fatal(err)
		}
		return &x
	}
	issueWith := func(early, off string) func(tx *Tx, c *Customer) error {
		return func(tx *Tx, c *Customer) error {
			d := Draft{Customer: c.ID, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Off: dec(off), Lines: []Line{line("a", "1", "10", "19")}}
			if early != "0" {
				d.Early = EarlyDiscount{Percent: dec(early), Until: tx.Today()}
			}
			_, err := tx.Issue(d)
			return err
		}
	}
	set := func(s string) func(tx *Tx, c *Customer) error {
		return func(tx *Tx, c *Customer) error {
			_, err := tx.ChangeCustomer(c, CustomerChange{Terms: terms(s)})
			return err
		}
	}
	contract := func(s string) func(tx *Tx, c *Customer) error {
		return func(tx *Tx, c *Customer) error {
			_, err := tx.MakeContract(ContractMade{Customer: c.ID, Schedule: Schedule{Every: Monthly, Day: 1}, From: tx.Today(), OwnTerms: true, Terms: *terms(s),
				Draft: Draft{Customer: c.ID, Currency: "EUR", Lines: []Line{line("a", "1", "10", "19")}}})
			return err
		}
	}
	for name, tt := range map[string]struct {
		agreed string // the customer's terms, set by the program
		act    func(tx *Tx, c *Customer) error
		want   string // percent, "" where nobody is asked
	}{
		"terms above the ceiling":          {"net30", set("10.01/10net30"), "10.01"},
		"terms at the ceiling":             {"net30", set("10/10net30"), ""},
		"terms that give less than before": {"50/10net30", set("40/10net30"), ""},
		"a new customer's terms": {"net30", func(tx *Tx, _ *Customer) error {
			_, err := tx.AddCustomer(NewCustomer{Handle: "new", Currency: "EUR", Terms: terms("50/10net30")})
			return err
		}, "50"},
		"a contract's own terms":               {"net30", contract("50/10net30"), "50"},
		"an invoice's own":                     {"net30", issueWith("50", "0"), "50"},
		"as it was agreed":                     {"50/10net30", issueWith("50", "0"), ""},
		"more than was agreed":                 {"50/10net30", issueWith("51", "0"), "51"},
		"together with the document's":         {"net30", issueWith("6", "6"), "11.64"},
		"the document's beside what is agreed": {"6/10net30", issueWith("6", "6"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			b, _, c, _ := approvalBooks(t)
			do(t, b, "", func(tx *Tx) error { return set(tt.agreed)(tx, tx.Customer(c)) })
			do(t, b, "", func(tx *Tx) error {
				return as(tx, "U1", func() error {
					asked, err := tx.Guard(func() error { return tt.act(tx, tx.Customer(c)) })
					got := ""
					if asked != nil {
						got = asked.Needs[0].Percent.String()
					}
					if err != nil || got != tt.want || asked != nil && (len(asked.Needs) != 1 || asked.Needs[0].Kind != NeedDiscount) {
						return errOr(err, "asked %+v, want %q", asked, tt.want)
					}
					return nil
				})
			})
		})
	}
}
