package ledger

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// After any sequence of commands over any days: what is said of a past day, as known at a
// past moment, is what a ledger says that stopped there.
func TestAsOfEqualsALedgerStoppedThere(t *testing.T) {
	inOrder = true
	defer func() { inOrder = false }()
	rapid.Check(t, func(r *rapid.T) {
		path := filepath.Join(t.TempDir(), "duebot.db")
		now := testNow
		b, err := Open(path, Options{Now: func() time.Time { return now }})
		if err != nil {
			r.Fatal(err)
		}
		defer b.Close()
		do(t, b, "", func(tx *Tx) error {
			return tx.SetCompany(CompanySet{Name: "L", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN"})
		})
		c := addAcme(t, b)
		for step := range rapid.IntRange(1, 25).Draw(r, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 72).Draw(r, "hours")) * time.Hour)
			err := try(b, fmt.Sprintf("k%d", step), func(tx *Tx) error { return randomAct(r, tx, c) })
			if _, refused := AsRefusal(err); err != nil && !refused && !errors.Is(err, errChanged) {
				r.Fatalf("step %d: %v", step, err)
			}
		}
		b.View(func(v *View) error {
			checkPast(r, v, c)
			checkStatement(r, v, c)
			return nil
		})
	})
}

// checkPast compares with a state into which only those facts went that a question covers.
func checkPast(r *rapid.T, v *View, c CustomerID) {
	for range 6 {
		a := AsOf{On: v.Today().AddDays(-rapid.IntRange(-3, 60).Draw(r, "ago")),
			Known: uint64(rapid.IntRange(2, int(v.s.head.Seq)).Draw(r, "known"))}
		if rapid.Bool().Draw(r, "now") {
			a.Known = 0
		}
		stopped := newState()
		stopped.replay = true
		stopped.read = v.Text
		err := v.Facts(1, func(f *Fact) error {
			if a.Known != 0 && f.Seq > a.Known {
				return nil
			}
			// What changes no sum counts from when it was recorded: customers are not dated back.
			if dated := len(f.Postings) > 0 || isDispute(f.Body); !dated || f.Effective <= a.On {
				stopped.apply(f)
			} else if _, ok := f.Body.(*InvoiceIssued); ok {
				stopped.invoices.add(stopped, Invoice{ID: InvoiceID(stopped.invoices.n + 1)}) // it takes its place, and no more
			} else if _, ok := f.Body.(*PaymentReceived); ok {
				f.Postings = nil // it takes its number, which later allocations name, and no more
				stopped.apply(f)
			}
			return nil
		})
		if err != nil {
			r.Fatal(err)
		}
		then := &View{b: v.b, s: stopped, Now: v.Now}
		got, want := v.AgingOfAsOf(v.Customer(c), a), then.AgingOf(then.Customer(c), a.On)
		if !slices.Equal(got, want) {
			r.Fatalf("as of %s, known %d: got %v, want %v", a.On, a.Known, got, want)
		}
		owed := map[Currency]int64{}
		for i := range got {
			owed[got[i].Currency] = got[i].Total().Minor
		}
		for _, st := range v.Statement(v.Customer(c), Period{From: 1, To: a.On, Known: a.Known}) {
			if st.Closing.Minor != owed[st.Currency] {
				r.Fatalf("as of %s, known %d: the statement ends with %s, aging says %d", a.On, a.Known, st.Closing, owed[st.Currency])
			}
			delete(owed, st.Currency)
		}
		for cur, minor := range owed {
			if minor != 0 {
				r.Fatalf("as of %s, known %d: aging says %d %s, and no statement", a.On, a.Known, minor, cur)
			}
		}
		v.Invoices(func(i *Invoice) {
			want := Money{0, i.Currency}
			stopped.invoices.each(func(j *Invoice) {
				if j.Number == i.Number {
					want.Minor = j.Open
				}
			})
			if got := v.OpenOn(i, a); got != want {
				r.Fatalf("%s as of %s, known %d: open %s, want %s", i.Number, a.On, a.Known, got, want)
			}
		})
	}
}

func isDispute(b Body) bool {
	switch b.(type) {
	case *DisputeOpened, *DisputeMessage, *DisputeResolved:
		return true
	}
	return false
}

// checkStatement: a statement's lines lead from its opening to its closing balance, the
// closing balance of one is the opening of the next, and the last one is the balance.
func checkStatement(r *rapid.T, v *View, c CustomerID) {
	cust := v.Customer(c)
	cut := v.Today().AddDays(-rapid.IntRange(-3, 60).Draw(r, "cut"))
	early := byCurrency(v.Statement(cust, Period{From: 1, To: cut}))
	late := byCurrency(v.Statement(cust, Period{From: cut.AddDays(1), To: v.Today().AddDays(1000)}))
	for _, cur := range v.s.currencies {
		first, second := early[cur], late[cur]
		if first.Opening.Minor != 0 || first.Closing.Minor != second.Opening.Minor {
			r.Fatalf("%s: the first statement goes from %s to %s, the second begins with %s", cur, first.Opening, first.Closing, second.Opening)
		}
		if want := v.owed(c, cur).Minor; second.Closing.Minor != want {
			r.Fatalf("%s: the statement ends with %s, the balance is %d", cur, second.Closing, want)
		}
		for _, st := range []Statement{first, second} {
			sum := st.Opening.Minor
			for i, l := range st.Lines {
				if sum += l.Amount.Minor; l.Balance.Minor != sum || l.Amount.Minor == 0 {
					r.Fatalf("%s: line %d of %s: balance %s, want %d", cur, i, l.Amount, l.Balance, sum)
				}
			}
			if sum != st.Closing.Minor {
				r.Fatalf("%s: the lines lead to %d, not to %s", cur, sum, st.Closing)
			}
		}
		aged := int64(0)
		for _, row := range v.AgingOfAsOf(cust, AsOf{On: cut}) {
			if row.Currency == cur {
				aged = row.Total().Minor
			}
		}
		if aged != first.Closing.Minor {
			r.Fatalf("%s on %s: aging says %d, the statement %s", cur, cut, aged, first.Closing)
		}
	}
	checkWhy(r, v, cust)
}

func byCurrency(list []Statement) map[Currency]Statement {
	out := map[Currency]Statement{}
	for _, st := range list {
		out[st.Currency] = st
	}
	return out
}

func checkWhy(r *rapid.T, v *View, cust *Customer) {
	v.Invoices(func(i *Invoice) {
		why := v.WhyOpen(i)
		if why[0].Amount != i.TotalMoney() || why[len(why)-1].Left != i.OpenMoney() {
			r.Fatalf("%s of %s, open %s: got %v", i.Number, i.TotalMoney(), i.OpenMoney(), why)
		}
	})
	limit := rapid.IntRange(1, 20).Draw(r, "max")
	whys := v.WhyBalance(cust, limit)
	balance := v.Balance(cust)
	if len(whys) != len(balance) {
		r.Fatalf("balances %v, explained %v", balance, whys)
	}
	for i, w := range whys {
		if n := len(w.Facts); n == 0 || n > limit || w.Facts[n-1].Left != balance[i] || n < limit && w.Before.Minor != 0 {
			r.Fatalf("balance %s, at most %d facts: got %v", balance[i], limit, w)
		}
	}
}

func TestKnownAtIsTheLastFactRecordedBefore(t *testing.T) {
	b, _ := testBooks(t)
	addAcme(t, b)
	b.View(func(v *View) error {
		for _, tt := range []struct {
			name string
			at   time.Time
			want uint64
		}{
			{"before the books", testNow.Add(-time.Hour), 0},
			{"at the moment of the first fact", testNow, 0},
			{"a moment later", testNow.Add(time.Millisecond), v.s.head.Seq},
		} {
			if got, err := v.KnownAt(tt.at); err != nil || got != tt.want {
				t.Errorf("%s: got %d, %v, want %d", tt.name, got, err, tt.want)
			}
		}
		return nil
	})
}
