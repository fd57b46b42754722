package paper

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"duebot/adapters/paper/pdf/pdftest"
	"duebot/adapters/paper/shape"
	"duebot/ledger"
)

// kinds makes a document of every kind out of an invoice.
func kinds(lang string, n int) map[Kind]*Document {
	w := samples[lang]
	out := map[Kind]*Document{}
	for _, kind := range kindList {
		d := invoice(lang, n)
		d.Kind = kind
		cur := d.Currency
		money := func(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: cur} }
		switch kind {
		case Deposit:
			d.Instalments = []Instalment{{d.Due, money(200000)}, {d.Due.AddDays(30), d.Total.Sub(money(200000))}}
			d.Deposits = []Deducted{{"INV-2026-000007", money(50000)}}
			d.Inclusive, d.Off = true, dec("5")
			d.Discount = money((d.Net.Minor*5 + 50) / 100)
			d.Net = d.Total.Sub(d.Taxes[0].Tax).Sub(d.Taxes[1].Tax)
			d.Copy = true
		case Credit:
			d.Number, d.Due, d.Early, d.Reason, d.OnAccount = "CN-2026-000003", 0, nil, w.reason, money(11781)
			d.References = []Reference{{"about", "INV-2026-000042"}}
			d.Lines[1].Kind, d.Lines[1].Tax, d.Lines[2].Kind, d.Lines[2].Tax = ledger.TaxExempt, dec("0"), ledger.TaxReverse, dec("0")
			d.Taxes = []ledger.TaxSum{d.Taxes[0], {Kind: ledger.TaxExempt, Base: money(8955), Tax: money(0), Why: w.exempt}, {Kind: ledger.TaxReverse, Base: money(61750), Tax: money(0), Why: "Art. 196 2006/112/EC"}}
			d.Taxes[0].Base, d.Taxes[0].Tax = d.Net.Sub(money(70705)), ledger.Money{Minor: (d.Net.Minor - 70705) * 19 / 100, Currency: cur}
			d.Total = d.Net.Add(d.Taxes[0].Tax)
			d.Foreign = &Foreign{Tax: ledger.Money{Minor: d.Taxes[0].Tax.Minor * 5, Currency: "RON"}, Rate: dec("4.9767")}
		case Act, Delivery:
			d.Due, d.Early, d.Note = 0, nil, ""
		case Receipt:
			d.Number, d.Due, d.Supplied, d.Lines, d.Early = "P-12", 0, 0, nil, nil
			d.Total, d.OnAccount = money(500000), money(80552)
			d.Settled = []Settled{{"INV-2026-000042", money(419448), money(0)}}
			d.Method = w.bank.Bank
		case Voucher:
			d.Number, d.Due, d.Supplied, d.Lines, d.Early, d.References = "CASHOUT-2026-000001", 0, 0, nil, nil, nil
			d.Total, d.OnAccount, d.Reason = money(11781), money(0), w.reason
		case Dunning:
			d.Number, d.Supplied, d.Due, d.Lines, d.Early, d.References = "", 0, 0, nil, nil, nil
			d.Letter = w.letter
			for i := range 3 + n {
				d.Claims = append(d.Claims, Claim{fmt.Sprintf("INV-2026-%06d", 17+i), ledger.NewDate(2026, 10, 1+i), 51 - i, money(119000 + int64(i))})
			}
			if n > 4 { // the frozen ones have nothing to set off
				d.Credits = []Credited{{"CN-2026-000003", money(11781)}}
			}
		case Statement, Reconciliation:
			d.Number, d.Due, d.Supplied, d.Early, d.References = "", 0, 0, nil, nil
			d.From, d.To = ledger.NewDate(2026, 7, 1), ledger.NewDate(2026, 9, 30)
			a := Account{Currency: cur, Opening: money(1205000), Debits: money(0), Credits: money(0)}
			balance := a.Opening
			for i := range 3 + n {
				e := Entry{Date: ledger.NewDate(2026, 7, 3+2*i), Text: w.entries[i%3], Debit: money(0), Credit: money(0)}
				if i%3 == 0 {
					e.Debit = money(119000)
					a.Debits = a.Debits.Add(e.Debit)
				} else {
					e.Credit = money(60000 + int64(i))
					a.Credits = a.Credits.Add(e.Credit)
				}
				balance = balance.Add(e.Debit).Sub(e.Credit)
				e.Balance = balance
				a.Entries = append(a.Entries, e)
			}
			a.Closing = balance
			second := Account{Currency: "USD", Opening: ledger.Money{Currency: "USD"}, Debits: ledger.Money{Currency: "USD"}, Credits: ledger.Money{Minor: 12000, Currency: "USD"}, Closing: ledger.Money{Minor: -12000, Currency: "USD"}}
			second.Entries = []Entry{{Date: d.To, Text: w.entries[1], Credit: second.Credits, Balance: second.Closing}}
			d.Accounts = []Account{a, second}
		}
		out[kind] = d
	}
	return out
}

// checkLayout fails where two texts overlap, one leaves the page's margins, or words of the
// document are not on it.
func checkLayout(t *testing.T, name string, s *sheet, texts []string) {
	t.Helper()
	byPage := map[int][]box{}
	var all strings.Builder
	for _, b := range s.boxes {
		if b.x < edge-pt || b.x+b.w > pageWidth-edge+pt || b.y < 20*pt || b.y+b.h > pageHeight-8*pt {
			t.Errorf("%s: page %d: %.40q at %d,%d, %d wide and %d high, is outside", name, b.page, b.text, b.x, b.y, b.w, b.h)
		}
		byPage[b.page] = append(byPage[b.page], b)
		all.WriteString(b.text)
	}
	for page, boxes := range byPage {
		slices.SortFunc(boxes, func(a, b box) int { return int(a.y - b.y) })
		for i, a := range boxes {
			for _, b := range boxes[i+1:] {
				if b.y >= a.y+a.h {
					break
				}
				if a.x < b.x+b.w && b.x < a.x+a.w {
					t.Errorf("%s: page %d: %.40q overlaps %.40q", name, page, a.text, b.text)
				}
			}
		}
	}
	have := map[rune]int{}
	for _, r := range all.String() {
		have[r]++
	}
	for _, text := range texts {
		for _, r := range shape.Clean(text) {
			if have[r]--; have[r] < 0 && !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) {
				t.Errorf("%s: %q of %.40q is not on the page", name, r, text)
				break
			}
		}
	}
}

// checkArchive fails where a file is against the rules of archives.
func checkArchive(t *testing.T, name string, data []byte) {
	t.Helper()
	for _, fault := range pdftest.Archive(data) {
		t.Errorf("%s: %.300s", name, fault)
	}
}

func TestEveryDocument(t *testing.T) {
	for _, lang := range Languages {
		for _, n := range []int{0, 25} {
			for kind, d := range kinds(lang, n) {
				var b bytes.Buffer
				s, err := house().draw(&b, d, true)
				if err != nil {
					t.Fatal(err)
				}
				name := fmt.Sprintf("%s-%s-%d", kind, lang, n)
				checkLayout(t, name, s, said(d))
				checkArchive(t, name, b.Bytes())
				keep(t, name+".pdf", b.Bytes())
			}
		}
	}
}

// What the code says is in every file, and what is in a file is said.
func TestTexts(t *testing.T) {
	var code strings.Builder
	files, _ := filepath.Glob("*.go")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f, "_test.go") {
			code.Write(data)
		}
	}
	english, err := speechOf("en", nil)
	if err != nil {
		t.Fatal(err)
	}
	for key := range english.texts {
		if !strings.Contains(code.String(), `"`+key+`"`) {
			t.Errorf("nothing says %q", key)
		}
	}
	for _, lang := range Languages {
		s, err := speechOf(lang, nil)
		if err != nil {
			t.Fatal(err)
		}
		for key, text := range english.texts {
			if s.texts[key] == "" {
				t.Errorf("%s: %q is missing", lang, key)
			}
			for _, name := range []string{"{name}", "{currency}", "{date}", "{amount}", "{percent}", "{base}", "{why}", "{words}", "{page}", "{pages}", "{number}", "{id}", "{pay}", "{until}", "{save}", "{buyer}", "{seller}", "{tax}", "{rate}"} {
				if strings.Contains(text, name) != strings.Contains(s.texts[key], name) && key != "long" && key != "short" {
					t.Errorf("%s: %q has %s in one language only", lang, key, name)
				}
			}
		}
		for key := range s.texts {
			if english.texts[key] == "" && key != "digits" && key != "calendar" && key != "heads" {
				t.Errorf("%s: %q is in no other language", lang, key)
			}
		}
		if len(s.months) != 12 {
			t.Errorf("%s has %d months", lang, len(s.months))
		}
		for _, word := range []string{"счёт-фактура", "Счёт-фактура", "发票", "fattura", "Fattura", "factură", "Factură"} {
			for key, text := range s.texts {
				if strings.Contains(text, word) {
					t.Errorf("%s: %q calls a document by the name of a state's form: %q", lang, key, text)
				}
			}
		}
	}
}

// What is carried over is the sum of the figures above it, also where a row is torn apart.
func TestCarriedSums(t *testing.T) {
	d := invoice("en", 30)
	d.Lines[4].Text = strings.Repeat("one two three ", 400)
	var b bytes.Buffer
	s, err := house().draw(&b, d, true)
	if err != nil {
		t.Fatal(err)
	}
	sum, line, carries := ledger.Money{Currency: d.Currency}, 0, 0
	for i, x := range s.boxes {
		if line < len(d.Lines) && x.text == s.words.sum(d.Lines[line].Amount) && i > 0 && strings.HasSuffix(s.boxes[i-1].text, "%") {
			sum = sum.Add(d.Lines[line].Amount)
			line++
		}
		if x.text == "Carried forward" || x.text == "Brought forward" {
			carries++
			if got := s.boxes[i+1].text; got != s.words.sum(sum) {
				t.Errorf("page %d: %s says %s, the lines make %s", x.page, x.text, got, s.words.sum(sum))
			}
		}
	}
	if carries < 4 || line != len(d.Lines) {
		t.Errorf("%d carries, %d of %d lines seen", carries, line, len(d.Lines))
	}
}
