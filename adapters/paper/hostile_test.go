package paper

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"testing"
	"time"

	"duebot/ledger"
)

// hostile are words of people that break layouts.
func hostile(r *rand.Rand) string {
	parts := []string{"Müller", "ООО «Ромашка»", "شرکت آریا (سهامی)", "镕堃", strings.Repeat("x", 2000), strings.Repeat("中", 600), strings.Repeat("گ", 900), "a\u0301\u0327\u0323\u0300\u0302",
		"👩\u200d👩\u200d👧\u200d👦🏳\ufe0f\u200d🌈", "\u202eevil\u202c", "\u2067ب\u2069", "\u200b\u200d\u200c", "line\nline\r\nline", "\t\x00\x1b", "ﷺ", "W W W W", "\u200f\u200e", "क्षत्रिय", "한국", "()[]{}<>%/\\", "{name} {amount}",
		"\xed\xa0\x80lone\xed\xbf\xbf", "\xff\xfe\xc0\xaf", "\u2068\u2068\u2068open", "\u2069\u2069closed", "\u2028line\u2029paragraph", "\ufeff\ufffd", "e" + strings.Repeat("\u0301", 60), "ไทยไม่มีช่องว่าง", "\U000e0041\U0001f468\U0001f3fd", "1,234.50 ۱۲۳ 一二三", "\u00ad-\u2011\u00a0\u202f", "=1+1|@cmd", "</x>&amp;\"'"}
	out := ""
	for range r.Intn(4) {
		out += parts[r.Intn(len(parts))] + []string{"", " "}[r.Intn(2)]
	}
	return out
}

// hostileDocument is one of any kind, full of such words.
func hostileDocument(r *rand.Rand, lang string) *Document {
	d := kinds(lang, r.Intn(20))[kindList[r.Intn(len(kindList))]]
	d.Seller.Name, d.Seller.Address = hostile(r), hostile(r)
	d.Buyer = Party{Name: hostile(r), Address: hostile(r), TaxID: hostile(r), Lines: []string{hostile(r)}}
	d.Number, d.Reason, d.Note, d.Method, d.Letter = hostile(r), hostile(r), hostile(r), hostile(r), hostile(r)
	for j := range d.Claims {
		d.Claims[j].Number = hostile(r)
	}
	for j := range d.Credits {
		d.Credits[j].Text = hostile(r)
	}
	for j := range d.Settled {
		d.Settled[j].Number = hostile(r)
	}
	d.References = []Reference{{"order", hostile(r)}}
	d.Banks = append(d.Banks, Bank{Text: hostile(r)}, Bank{Holder: hostile(r), Bank: hostile(r), IBAN: hostile(r)})
	for j := range d.Lines {
		d.Lines[j].Text, d.Lines[j].Unit = hostile(r), hostile(r)
		if r.Intn(9) == 0 {
			d.Lines[j].Amount.Minor = 999_999_999_999_999
			d.Lines[j].Price = dec("9999999999999.999999")
		}
	}
	for j := range d.Accounts {
		for k := range d.Accounts[j].Entries {
			d.Accounts[j].Entries[k].Text = hostile(r)
		}
	}
	if r.Intn(6) == 0 {
		manyRates(r, d)
	}
	return d
}

// manyRates gives d a hundred rates of tax, each with its reason.
func manyRates(r *rand.Rand, d *Document) {
	for i := range 100 {
		kind := []ledger.TaxKind{ledger.TaxStandard, ledger.TaxReduced, ledger.TaxExempt, ledger.TaxReverse}[i%4]
		d.Taxes = append(d.Taxes, ledger.TaxSum{Rate: dec(fmt.Sprintf("%d.%06d", i, r.Intn(1_000_000))), Kind: kind,
			Base: ledger.Money{Minor: r.Int63n(1e14), Currency: d.Currency}, Tax: ledger.Money{Minor: r.Int63n(1e12), Currency: d.Currency}, Why: hostile(r)})
	}
}

// said is what people wrote into a document, and must find there.
func said(d *Document) (out []string) {
	for _, p := range []*Party{&d.Seller, &d.Buyer} {
		out = append(append(out, p.Name, p.Address, p.TaxID), p.Lines...)
	}
	for _, x := range d.References {
		out = append(out, x.Text)
	}
	out = append(out, d.Method)
	switch d.Kind {
	case Statement, Reconciliation:
		for _, a := range d.Accounts {
			for _, e := range a.Entries {
				out = append(out, e.Text)
			}
		}
	case Receipt:
		for _, x := range d.Settled {
			out = append(out, x.Number)
		}
		out = append(out, d.Note)
	case Voucher:
		out = append(out, d.Reason, d.Note)
	case Dunning:
		for _, c := range d.Claims {
			out = append(out, c.Number)
		}
		for _, c := range d.Credits {
			out = append(out, c.Text)
		}
		out = append(out, d.Letter)
	default:
		for i := range d.Lines {
			out = append(out, d.Lines[i].Text, d.Lines[i].Unit)
		}
		out = append(out, d.Reason)
		if d.Kind != Delivery {
			out = append(out, d.Note)
			for i := range d.Taxes {
				if k := d.Taxes[i].Kind; k == ledger.TaxExempt || k == ledger.TaxReverse {
					out = append(out, d.Taxes[i].Why)
				}
			}
		}
	}
	if d.Kind != Reconciliation && d.Kind != Receipt && d.Kind != Voucher && d.Kind != Credit && d.Kind != Act && d.Kind != Delivery {
		for i := range d.Banks {
			out = append(out, d.Banks[i].Holder, d.Banks[i].Bank, d.Banks[i].Text)
		}
	}
	return out
}

// Whatever people write, no two words overlap, none leaves the page and none is lost. make
// soak tries for as long as DUEBOT_SOAK says, from a seed that it prints.
func TestHostileDocuments(t *testing.T) {
	seed, until, most := int64(20261121), time.Time{}, 30
	if s, err := time.ParseDuration(os.Getenv("DUEBOT_SOAK")); err == nil {
		seed, until, most = time.Now().UnixNano(), time.Now().Add(s), 1<<30
	}
	r := rand.New(rand.NewSource(seed))
	n := 0
	for ; n < most && (until.IsZero() || time.Now().Before(until)); n++ {
		lang := Languages[n%len(Languages)]
		d := hostileDocument(r, lang)
		h := house()
		if n%3 == 0 { // without a logo the name stands there
			h = &House{Footer: map[string]string{lang: hostile(r)}}
		}
		var b bytes.Buffer
		s, err := h.draw(&b, d, true)
		if err != nil {
			t.Fatalf("seed %d, document %d: %v", seed, n, err)
		}
		checkLayout(t, fmt.Sprintf("seed %d, document %d, %s in %s", seed, n, d.Kind, lang), s, said(d))
		checkArchive(t, fmt.Sprintf("seed %d, document %d", seed, n), b.Bytes())
		if t.Failed() {
			break
		}
	}
	t.Logf("seed %d: %d documents", seed, n)
}

// An invoice of 3,000 lines carries its sum from page to page.
func TestManyLines(t *testing.T) {
	d := invoice("ru", 2997)
	var b bytes.Buffer
	s, err := house().draw(&b, d, true)
	if err != nil {
		t.Fatal(err)
	}
	checkLayout(t, "3000 lines", s, nil)
	carried := 0
	for _, x := range s.boxes {
		if x.text == s.words.say("carried") {
			carried++
		}
	}
	if carried != len(s.pages)-1 && carried != len(s.pages)-2 || len(s.pages) < 60 {
		t.Errorf("%d pages, and %d sums carried", len(s.pages), carried)
	}
}
