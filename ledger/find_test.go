package ledger

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

func found(t testing.TB, v *View, words ...QueryWord) (out []string) {
	t.Helper()
	all, err := v.Find(words, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		switch {
		case x.Invoice != nil:
			out = append(out, x.Invoice.Number.String())
		case x.Payment != nil:
			out = append(out, x.Payment.Label())
		default:
			out = append(out, x.Customer.Handle)
		}
		out[len(out)-1] += fmt.Sprint(x.Why)
	}
	return out
}

func word(s string) QueryWord {
	w := QueryWord{Text: s}
	if d, err := decimal.NewFromString(s); err == nil {
		w.Sums = []decimal.Decimal{d}
	}
	return w
}

// The index follows the books: a new name, a new sum, a payment's reference, and what is open
// by now.
func TestFindFollowsTheBooks(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "duebot.db"))
	defer b.Close()
	c := addAcme(t, b)
	check := func(want string, words ...QueryWord) {
		t.Helper()
		b.View(func(v *View) error {
			if got := fmt.Sprint(found(t, v, words...)); got != want {
				t.Errorf("%v: got %s, want %s", words, got, want)
			}
			return nil
		})
	}
	check("[acme[handle]]", word("ACME"))
	check("[acme[oneoff]]", word("amce"))
	check("[]", word("mueller"))
	name := "Müller & Söhne"
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.ChangeCustomer(tx.Customer(c), CustomerChange{Name: &name})
		return err
	})
	check("[acme[name]]", word("мюлер"))
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.Issue(Draft{Customer: c, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Reference: "PO 4711", Lines: []Line{line("Tea", "1", "1200", "0")}})
		return err
	})
	check("[INV-2026-000001[name open]]", word("мюлер"), word("1200"))
	check("[INV-2026-000001[reference]]", word("po 4711"))
	do(t, b, "", func(tx *Tx) error {
		_, _, err := tx.Receive(NewPayment{Customer: c, Invoice: 1, Date: tx.Today(), Amount: Money{50000, "EUR"}, Reference: "SEPA ref77881"})
		return err
	})
	check("[P-1[reference]]", word("REF77881"))
	check("[INV-2026-000001[open]]", word("700"))
	check("[INV-2026-000001[total]]", word("1200"))
	check("[P-1[paid]]", word("500"))
	check("[]", word("lindenhof"), word("500"))
	// What is refused leaves nothing behind.
	try(b, "", func(tx *Tx) error {
		if _, err := tx.AddCustomer(NewCustomer{Handle: "ghost"}); err != nil {
			return err
		}
		return Refuse(Conflict, "test")
	})
	check("[]", word("ghost"))
}

// A question costs no more than a search of people may take, however many customers there are.
func BenchmarkFind(b *testing.B) {
	const customers = 50_000
	books := openTest(b, filepath.Join(b.TempDir(), "duebot.db"))
	defer books.Close()
	first := []string{"Müller", "Schmidt", "Иванов", "Petrov", "Ștefan", "Rossi", "Ahmadi", "Nowak", "Lindgren", "Dubois"}
	second := []string{"Handel", "Bau", "Логистика", "Consulting", "Trade", "Servicii", "Impianti", "Software", "Medien", "Export"}
	for made := 0; made < customers; {
		do(b, books, "", func(tx *Tx) error {
			for range 1000 {
				name := fmt.Sprintf("%s%c %s %c%c GmbH", first[made%10], 'a'+rune(made/10%26), second[made/260%10], 'A'+rune(made/7%26), 'a'+rune(made/3%26))
				c, err := tx.AddCustomer(NewCustomer{Handle: fmt.Sprintf("c%d", made), Name: name})
				if err != nil {
					return err
				}
				for k := range 4 {
					if _, err := tx.Issue(Draft{Customer: c.ID, Date: tx.Today(), Due: tx.Today(), Currency: "EUR",
						Lines: []Line{line("Tea", "1", fmt.Sprint(100+(made*7+k*13)%9000), "0")}}); err != nil {
						return err
					}
				}
				made++
			}
			return nil
		})
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	books.View(func(v *View) error { found(b, v, word("x")); return nil }) // the index is made
	b.Logf("the index of %d customers and %d invoices is made in %s", customers, 4*customers, time.Since(began).Round(time.Millisecond))
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.Logf("it takes %.1f MB", (float64(after.HeapAlloc)-float64(before.HeapAlloc))/1e6)
	for _, words := range [][]QueryWord{{word("мюлер")}, {word("мюлер"), word("1200")}, {word("shmit"), word("export")}, {word("1200")}, {word("zzzzzzzz")}} {
		b.Run(fmt.Sprint(words[0].Text, len(words)), func(b *testing.B) {
			for b.Loop() {
				books.View(func(v *View) error { found(b, v, words...); return nil })
			}
		})
	}
}
