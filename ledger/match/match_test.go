package match_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"duebot/ledger"
	"duebot/ledger/match"
)

var today = ledger.NewDate(2026, 11, 20)

func eur(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: "EUR"} }

// inv is an open invoice of customer 1 that is due in id days.
func inv(id ledger.InvoiceID, number string, minor int64) match.Item {
	return match.Item{Invoice: id, Customer: 1, Number: number, Date: today.AddDays(-40), Due: today.AddDays(int(id)), Open: eur(minor)}
}

func of(c ledger.CustomerID, x match.Item) match.Item {
	x.Customer = c
	return x
}

// book has Acme (1) and Ромашка (2), and these invoices.
func book(items ...match.Item) *match.Book {
	b := match.New(match.Rules{Tolerance: 1, Withheld: []decimal.Decimal{decimal.NewFromInt(20)}, Accounts: []string{"DE02 1203 0000 0000 2020 51"}, TaxID: "DE811907980"})
	b.Know(match.Customer{ID: 1, Names: []string{"Acme Maschinenbau GmbH"}, TaxID: "DE136695976"})
	b.Know(match.Customer{ID: 2, Names: []string{"ООО «Ромашка»"}, TaxID: "7707083893"})
	for _, x := range items {
		b.Put(x)
	}
	return b
}

func line(minor int64, text string) ledger.BankLine {
	return ledger.BankLine{Booked: today, Amount: eur(minor), Text: text}
}

// from is a line of a payer of that name.
func from(name string, minor int64, text string) ledger.BankLine {
	l := line(minor, text)
	l.PartyName = name
	return l
}

// told is a verdict in one line: its kind, and of each candidate what the invoices get.
func told(v match.Verdict) string {
	s := []string{string(v.Kind)}
	for _, c := range v.Candidates {
		parts := []string{}
		for _, p := range c.Parts {
			part := fmt.Sprintf("%d:%d", p.Invoice, p.Amount.Minor)
			for _, x := range []struct {
				name string
				m    ledger.Money
			}{{"discount", p.Discount}, {"fee", p.Fee}, {"tolerance", p.Tolerance}, {"withheld", p.Withheld}, {"split", p.Split}} {
				if x.m.Minor != 0 {
					part += fmt.Sprintf(" %s %d", x.name, x.m.Minor)
				}
			}
			parts = append(parts, part)
		}
		if c.Rest.Minor != 0 {
			parts = append(parts, fmt.Sprintf("rest %d of %d", c.Rest.Minor, c.Customer))
		}
		s = append(s, strings.Join(parts, ", "))
	}
	return strings.Join(s, " | ")
}

// check fails unless the verdict begins as said: later candidates may follow.
func check(t *testing.T, b *match.Book, l ledger.BankLine, want string) {
	t.Helper()
	if got := told(b.Match(l)); got != want && !strings.HasPrefix(got, want+" | ") {
		t.Errorf("%q from %q, %s: got %s, want %s", l.Text, l.PartyName, l.Amount, got, want)
	}
}

func reasons(c match.Candidate) (out []string) {
	for _, r := range c.Reasons {
		out = append(out, r.Key)
	}
	return out
}

// A number is found in any spelling.
func TestReferenceInAnySpelling(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900), inv(43, "INV-2026-000043", 11900), inv(7, "А-123/26", 11900), inv(8, "СЧ-000815", 11900), inv(9, "RE2024/1234", 11900), inv(10, "INV-2026-000111", 11900))
	for _, text := range []string{
		"INV-2026-000042", "inv 2026 42", "Inv.2026/0042", "INV_2026_000042", "INV 2026 000042.", "Payment for invoice INV-2026-000042 of 12.10.2026",
		"оплата по счету№INV2026000042", "Rechnung:INV20260042vom 12.10.2026", "发票INV-2026-000042货款", "INV202642", "INV-26-000042",
		"INV-2O26-OOO042", "lNV-2026-000042", "1NV-2O26-0OOO42", "ІNV-2026-000042", "ＩＮＶ－２０２６－００００４２", "INV-۲۰۲۶-۰۰۰۰۴۲", "INV-٢٠٢٦-٠٠٠٠٤٢",
		"I\u200bNV-2026-\u200f000042", "SVWZ+INV-2026-0000 42 Danke", "INV-20 26-000042", "IN V-2026-000042", "(INV-2026-000042)", "INV2026 000042", "2026-000042", "2026000042",
	} {
		check(t, b, line(11900, text), "post | 42:11900")
	}
	for text, id := range map[string]int{"А-123/26": 7, "A-123/26": 7, "a 123/26 za uslugi": 7, "по сч. СЧ-000815": 8, "RE 2024/1234": 9, "RE20241234": 9, "lNV-2026-000lll": 10, "INV-2026-00OII1": 10} {
		want := fmt.Sprintf("post | %d:11900", id)
		check(t, b, from("Acme Maschinenbau", 11900, text), want)
	}
}

// References are matched as whole tokens: 1001 never matches 10012.
func TestWholeTokens(t *testing.T) {
	b := book(inv(1, "1001", 11900), inv(2, "INV-2026-001001", 500))
	for _, text := range []string{"10012", "Rechnung 10012", "INV-2026-0010012", "INV-2026-010010", "110011001", "INV-2025-001001", "2025-001001", "21001", "77-1001", "1001-5", "PO-1001", "IBAN DE1001"} {
		for _, minor := range []int64{11900, 500} {
			if v := b.Match(from("Acme Maschinenbau GmbH", minor, text)); v.Kind == match.Post {
				t.Errorf("%q was posted: %s", text, told(v))
			}
		}
	}
	b.Put(inv(3, "А-123/26", 11900))
	for _, text := range []string{"А-123/267", "А-1234/26", "А-0/123/26"} {
		if v := b.Match(from("Acme Maschinenbau GmbH", 11900, text)); v.Kind == match.Post {
			t.Errorf("%q was posted: %s", text, told(v))
		}
	}
	check(t, b, from("Acme Maschinenbau GmbH", 11900, "Rechnung 1001"), "post | 1:11900")
	check(t, b, from("Acme Maschinenbau GmbH", 500, "Rechnung 1001"), "post | 2:500")
}

// A part of a number counts with further evidence alone: who paid must be known.
func TestBareNumberNeedsThePayer(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900))
	for _, text := range []string{"000042", "Rechnung 0042", "INV-000042", "No 42"} {
		if v := b.Match(line(11900, text)); v.Kind != match.Propose {
			t.Errorf("%q from nobody: got %s, want a proposal", text, told(v))
		}
		if v := b.Match(from("ООО Ромашка", 11900, text)); v.Kind == match.Post {
			t.Errorf("%q from another customer was posted", text)
		}
		check(t, b, from("ACME MASCHINENBAU", 11900, text), "post | 42:11900")
	}
	for _, text := range []string{"2026-000042", "2026/0042"} { // nobody is told, and nothing speaks against it
		check(t, b, line(11900, text), "post | 42:11900")
		check(t, b, from("Stadtwerke AG", 11900, text), "propose | 42:11900")
	}
	for _, text := range []string{"2026", "2026-11", "42/11/2026", "20.11.42", "tel 42", "42"} {
		if v := b.Match(from("ACME MASCHINENBAU", 11900, text)); v.Kind == match.Post {
			t.Errorf("%q was posted", text)
		}
	}
}

// The payer's own number, as it is written, comes before another's that has lost its zeros.
func TestNumberOfWhoPays(t *testing.T) {
	b := book(of(2, inv(1, "INV-2026-070500", 120000)), inv(2, "2026-70500", 120000))
	check(t, b, from("Acme Maschinenbau GmbH", 120000, "Inv. 2026-70500 / PO 450012345"), "post | 2:120000")
	check(t, b, from("ООО Ромашка", 120000, "Inv. 2026-70500 / PO 450012345"), "post | 1:120000")
	check(t, b, from("Acme Maschinenbau GmbH", 120000, "INV-2026-070500"), "post | 1:120000")
}

// A number that is the line's own sum may be the sum, and names nothing by itself.
func TestSumsAreNoReferences(t *testing.T) {
	b := book(inv(1, "300777", 30077700), inv(2, "41900", 41900), inv(3, "300778", 100))
	for text, minor := range map[string]int64{"300777": 30077700, "300 777": 30077700, "Rechnung 300777": 30077700, "41900": 41900} {
		if v := b.Match(from("Acme Maschinenbau GmbH", minor, text)); v.Kind == match.Post {
			t.Errorf("%q was posted: %s", text, told(v))
		}
	}
	check(t, b, from("Acme Maschinenbau GmbH", 100, "300778"), "post | 3:100")
}

// Months and days are no numbers of invoices, whatever is open.
func TestDatesAreNoReferences(t *testing.T) {
	b := book(inv(11, "INV-2026-000011", 11900), inv(20, "INV-2026-000020", 11900), inv(3, "INV-2026-002026", 11900), inv(4, "INV-2026-001405", 11900))
	for _, text := range []string{"Miete 11/2026", "Abo 2026-11", "20.11.2026", "2026-11-20", "20261120", "за ноябрь 2026", "بابت مهر ۱۴۰۵", "11.20",
		"Rechnung 11/2026", "Invoice 2026-11", "Rechnungen 11/2026", "счёт за 11/2026", "счёт 2026-11"} {
		if v := b.Match(from("Acme Maschinenbau GmbH", 11900, text)); v.Kind == match.Post {
			t.Errorf("%q was posted: %s", text, told(v))
		}
	}
}

// Percentages, rates, times and days are read as no invoice at all, not even as a proposal, whoever
// pays; what stands beside them still is.
func TestMeasuresNameNothing(t *testing.T) {
	b := book()
	for n, main := range []int{625, 19, 2, 852, 1234, 14, 30, 20, 11, 2026, 12, 45} {
		b.Put(inv(ledger.InvoiceID(n+1), fmt.Sprintf("INV-2026-%06d", main), 11900))
	}
	b.Put(inv(42, "INV-2026-000042", 5000))
	for _, text := range []string{
		"0,0625 %", "fee 0.0625%", "0,0625", "VAT 19%", "19 % MwSt", "НДС 19 процентов", "۱۹٪", "Skonto 2 %", "комиссия 0,0625 %", "2‰",
		"Kurs 1,0852", "rate: 1.0852", "курс 95,1234", "FX 95.1234", "95,1234 RUB", "汇率 1.0852", "Umrechnungskurs=1,0852",
		"14:30", "14:30:45", "20.11.2026 14:30", "um 14.30 Uhr", "2026-11-20T14:30:45", "в 14.30 ч",
		"20.11.2026", "20.11.26", "2026-11-20", "12 November 2026", "20. Nov.", "12 ноября", "2026年11月20日", "за 2026", "11/20/2026",
	} {
		for _, c := range b.Match(from("Acme Maschinenbau GmbH", 11900, text)).Candidates {
			if keys := reasons(c); slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, "match.ref") }) {
				t.Errorf("%q was read as a reference: %v of %q", text, keys, told(match.Verdict{Candidates: []match.Candidate{c}}))
			}
		}
	}
	for _, text := range []string{"INV-2026-000042, 19% MwSt", "INV-2026-000042 14:30", "19 % INV-2026-42", "Rechnung 2026-000042 Kurs 1,0852", "inv. 42 of 20.11.2026", "INV-2026-000042%", "20.11.2026 14:30 INV-2026-000042"} {
		check(t, b, from("Acme Maschinenbau GmbH", 5000, text), "post | 42:5000")
	}
}

// Fields that are made for references are believed: RF with its check digits, a KID with its
// digit, a symbol, the numbers of documents.
func TestStructuredReferences(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900), inv(43, "INV-2026-000043", 5000))
	for _, l := range []ledger.BankLine{
		{Creditor: "RF54INV2026000042"}, {Creditor: "RF54 INV2 0260 0004 2"}, {Creditor: "2026000042"}, {Creditor: "20260000425"}, {Creditor: "20260000420"},
		{Documents: []string{"INV-2026-000042"}}, {Text: "ref RF54 INV2 0260 0004 2 thanks"},
	} {
		l.Booked, l.Amount = today, eur(11900)
		if got := told(b.Match(l)); !strings.HasPrefix(got, "post | 42:11900") {
			t.Errorf("%q %q %q: got %s", l.Creditor, l.Documents, l.Text, got)
		}
	}
	for _, l := range []ledger.BankLine{{Creditor: "RF55INV2026000042"}, {Creditor: "20260000427"}, {Creditor: "12026000042"}} { // check digits that are wrong
		l.Booked, l.Amount = today, eur(11900)
		if v := b.Match(l); v.Kind == match.Post {
			t.Errorf("%q was posted: %s", l.Creditor, told(v))
		}
	}
	check(t, b, ledger.BankLine{Booked: today, Amount: eur(16900), Documents: []string{"INV-2026-000042", "INV-2026-000043"}}, "post | 42:11900, 43:5000")
}

// Only a reference may post by itself: the same line without one is a proposal, whatever else
// speaks for it.
func TestOnlyReferencesPost(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900))
	b.LearnAccount("DE89 3704 0044 0532 0130 00", 1)
	l := from("Acme Maschinenbau GmbH", 11900, "thank you")
	l.Party.Number, l.PartyTax = "DE89370400440532013000", "136695976"
	v := b.Match(l)
	if v.Kind != match.Propose || !strings.HasPrefix(told(v), "propose | 42:11900") {
		t.Errorf("without a reference: got %s", told(v))
	}
	if got, want := reasons(v.Candidates[0]), []string{"match.sum.exact", "match.account", "match.tax", "match.name"}; !slices.Equal(got, want) {
		t.Errorf("the reasons are %q, want %q", got, want)
	}
	l.Text = "INV-2026-000042"
	check(t, b, l, "post | 42:11900")
	l.Pending = true
	check(t, b, l, "propose | 42:11900")
}

// A reference posts only with a sum that fits: not a part, not too much.
func TestReferencePostsOnlyWhatFits(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900))
	for minor, want := range map[int64]string{
		11900: "post | 42:11900", 11899: "post | 42:11899 tolerance 1", 11901: "propose | 42:11900, rest 1 of 1", 5000: "propose | 42:5000",
		11898: "propose | 42:11898 fee 2", 9520: "propose | 42:9520 withheld 2380", 23800: "propose | 42:11900, rest 11900 of 1",
	} {
		check(t, b, line(minor, "INV-2026-000042"), want)
	}
	l := line(10400, "INV-2026-000042")
	l.Fees = eur(1500)
	check(t, b, l, "post | 42:10400 fee 1500")
	l.Fees, l.Instructed = ledger.Money{}, eur(11900)
	check(t, b, l, "post | 42:10400 fee 1500")
	l.Instructed = eur(12000)
	check(t, b, l, "propose | 42:10400")
}

// Early-payment amounts are tried first, and only when exact and in time.
func TestEarlyFirstAndExact(t *testing.T) {
	x := inv(42, "INV-2026-000042", 10000)
	x.Early = match.Early{Pay: 9800, Until: today}
	b := book(x, inv(43, "INV-2026-000043", 9800))
	check(t, b, line(9800, "INV-2026-000042"), "post | 42:9800 discount 200")
	check(t, b, line(9801, "INV-2026-000042"), "propose | 42:9801 fee 199")
	check(t, b, from("Acme Maschinenbau", 9800, ""), "propose | 42:9800 discount 200 | 43:9800")
	check(t, b, line(19600, "INV-2026-000042, INV-2026-000043"), "post | 42:9800 discount 200, 43:9800")
	late := line(9800, "INV-2026-000042")
	late.Booked = today.AddDays(1)
	check(t, b, late, "propose | 42:9800 fee 200")
}

// What is due next of instalments fits.
func TestInstalments(t *testing.T) {
	x := inv(42, "INV-2026-000042", 9000)
	x.Parts = []int64{2000, 3000, 4000}
	b := book(x)
	check(t, b, line(2000, "INV-2026-000042"), "post | 42:2000")
	check(t, b, line(5000, "INV-2026-000042"), "post | 42:5000")
	check(t, b, line(3000, "INV-2026-000042"), "propose | 42:3000")
}

// Several references post together when their sum is exact, in whatever way the list is written.
func TestSeveralReferences(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900), inv(43, "INV-2026-000043", 5000), inv(44, "INV-2026-000044", 700), of(2, inv(51, "INV-2026-000051", 100)))
	for _, text := range []string{"INV-2026-000042, INV-2026-000043, INV-2026-000044", "INV-2026-000042/000043/000044", "INV-2026-000042, 43, 44 vom 12.10.2026", "INV-2026-000042+43+44", "INV-2026-42 und 43 und 44",
		"inv 2026 42; inv 2026 43; inv 2026 44"} {
		check(t, b, line(17600, text), "post | 42:11900, 43:5000, 44:700")
	}
	check(t, b, line(12000, "INV-2026-000042 INV-2026-000051"), "post | 42:11900, 51:100")
	if v := b.Match(line(12000, "INV-2026-000042, 51")); v.Kind == match.Post { // a list is of one customer
		t.Errorf("another customer's invoice was posted by a bare number: %s", told(v))
	}
	check(t, b, line(5000, "INV-2026-000042 paid before, now INV-2026-000043"), "post | 43:5000")
	check(t, b, line(16900, "INV-2026-000042"), "propose | 42:11900, 43:5000")
	check(t, b, line(10000, "INV-2026-000042, INV-2026-000043"), "propose | 42:10000")
}

// Candidates rank by the number of references, then the due date, then the number.
func TestRankOfCandidates(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 5000), inv(43, "INV-2026-000043", 5000))
	v := b.Match(line(5000, "INV-2026-000043, INV-2026-000042"))
	if got := told(v); !strings.HasPrefix(got, "propose | 42:5000 | 43:5000") {
		t.Errorf("two invoices of one sum, both named: got %s", got)
	}
	b = book(inv(42, "INV-2026-000042", 5000), inv(43, "INV-2026-000043", 5000), inv(44, "INV-2026-000044", 5000))
	check(t, b, from("Acme Maschinenbau", 5000, ""), "propose | 42:5000 | 43:5000 | 44:5000")
	check(t, b, line(6000, "INV-2026-000044, INV-2026-000043"), "propose | 43:5000, 44:1000")
	// Due dates need not follow the numbers; and the number alone decides where they are the same,
	// in whatever order the invoices came.
	late, same := inv(42, "INV-2026-000042", 5000), inv(44, "INV-2026-000044", 5000)
	late.Due, same.Due = today.AddDays(9), today.AddDays(2)
	first := inv(43, "INV-2026-000043", 5000)
	first.Due = same.Due
	for name, text := range map[string]string{"Acme Maschinenbau": "", "": "INV-2026-000044, INV-2026-000043, INV-2026-000042"} {
		check(t, book(same, late, first), from(name, 5000, text), "propose | 43:5000 | 44:5000 | 42:5000")
	}
}

// One exact sum beats any group; then the smallest group, then the oldest.
func TestGroups(t *testing.T) {
	b := book(inv(1, "A1", 1000), inv(2, "A2", 2000), inv(3, "A3", 3000), inv(4, "A4", 700), inv(5, "A5", 2300), inv(6, "A6", 111), inv(9, "A9", 50000))
	acme := func(minor int64) ledger.BankLine { return from("Acme Maschinenbau", minor, "") }
	check(t, b, acme(3000), "propose | 3:3000")
	check(t, b, acme(2700), "propose | 2:2000, 4:700")
	check(t, b, acme(5300), "propose | 3:3000, 5:2300")
	check(t, b, acme(3811), "propose | 3:3000, 4:700, 6:111")
	check(t, b, acme(6411), "propose | 1:1000, 3:3000, 5:2300, 6:111")
	check(t, b, acme(8111), "propose | 2:2000, 3:3000, 4:700, 5:2300, 6:111")
	check(t, b, acme(59111), "propose | 1:1000, 2:2000, 3:3000, 4:700, 5:2300, 6:111, 9:50000")
}

// A group is sought among so many only, however large an account is.
func TestGroupsAreBounded(t *testing.T) {
	b := book()
	for i := range ledger.InvoiceID(5000) {
		b.Put(inv(i+1, fmt.Sprintf("INV-2026-%06d", i+1), 1000+2*int64(i)*int64(i%97)))
	}
	for i := range int64(20) {
		if v := b.Match(from("Acme Maschinenbau", 123457+2*i, "")); v.Kind == match.Post {
			t.Errorf("posted: %s", told(v))
		}
	}
}

// An account, a name, a tax number that was learnt or is known tells the payer; one account may
// be of several, and then they are settled together.
func TestPayers(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900), of(2, inv(51, "INV-2026-000051", 5000)))
	b.LearnAccount("XX99 0001", 1)
	b.LearnAccount("XX99-0002", 1, 2)
	b.LearnName("Lindenhof Holding AG", 2)
	for _, x := range []struct {
		line ledger.BankLine
		want string
		why  string
	}{
		{ledger.BankLine{Party: ledger.BankAccount{Number: "XX990001"}, Amount: eur(11900)}, "propose | 42:11900", "match.account"},
		{ledger.BankLine{PartyName: "LINDENHOF HOLDING", Amount: eur(5000)}, "propose | 51:5000", "match.alias"},
		{ledger.BankLine{PartyTax: "7707083893", Amount: eur(5000)}, "propose | 51:5000", "match.tax"},
		{ledger.BankLine{PartyName: "OOO ROMASHKA", Amount: eur(5000)}, "propose | 51:5000", "match.name"},
		{ledger.BankLine{PartyName: "PayEx", Text: "on behalf of Acme Maschinenbau GmbH", Amount: eur(11900)}, "propose | 42:11900", "match.intext"},
		{ledger.BankLine{Party: ledger.BankAccount{Number: "XX990002"}, Amount: eur(16900)}, "propose | 42:11900, 51:5000", "match.account"},
	} {
		x.line.Booked = today
		check(t, b, x.line, x.want)
		if v := b.Match(x.line); !slices.Contains(reasons(v.Candidates[0]), x.why) {
			t.Errorf("%s: the reasons are %q, want %s among them", x.want, reasons(v.Candidates[0]), x.why)
		}
	}
	check(t, b, ledger.BankLine{PartyName: "Unknown Ltd", Booked: today, Amount: eur(333)}, "none")
}

// Names are one across scripts, spellings and legal forms; others are not.
func TestNamesOfPayers(t *testing.T) {
	for customer, written := range map[string][]string{
		"ООО «Ромашка»":                      {"ROMASHKA OOO", "Romashka LLC", "Общество с ограниченной ответственностью \"Ромашка\"", "РОМАШКА ООО"},
		"ЗАО Чайковский и Ко":                {"ZAO TCHAIKOVSKY I KO", "АО «Чайковский и Ко»"},
		"Müller & Söhne GmbH & Co. KG":       {"MUELLER UND SOEHNE GMBH CO KG", "Muller Sohne", "MULLER & SOHNE GMBH & C"},
		"Costruzioni Bianchi S.p.A.":         {"COSTRUZIONI BIANCHI SPA", "Bianchi Costruzioni S P A"},
		"Brăila Construct S.R.L.":            {"BRAILA CONSTRUCT SRL", "S.C. BRAILA CONSTRUCT S.R.L."},
		"上海红星贸易有限公司":                         {"SHANGHAI HONGXING TRADING CO LTD", "SHANGHAI HONG XING MAOYI CO", "上海红星贸易"},
		"深圳市鑫达电子有限公司":                        {"SHENZHEN XINDA ELECTRONICS CO.,LTD", "SHENZHEN XINDA DIANZI"},
		"شرکت بازرگانی سپهر آذر (سهامی خاص)": {"SEPEHR AZAR BAZARGANI CO", "Bazargani Sepehr Azar", "شركت بازرگاني سپهر آذر"},
		"شرکت تجارت اروند":                   {"ARVAND TEJARAT"},
	} {
		b := match.New(match.Rules{})
		b.Know(match.Customer{ID: 1, Names: []string{customer}})
		b.Know(match.Customer{ID: 2, Names: []string{"Acne Studios AB"}})
		b.Put(inv(1, "X-1", 500))
		for _, name := range written {
			if v := b.Match(from(name, 500, "")); len(v.Candidates) == 0 || !slices.Contains(reasons(v.Candidates[0]), "match.name") {
				t.Errorf("%s is not known as %s: %s", name, customer, told(v))
			}
		}
		for _, other := range []string{"Acne Studios AB", "GmbH", "ООО Василёк", "BEIJING HUALONG FOOD CO LTD", "", "شرکت"} {
			if v := b.Match(from(other, 777, "")); len(v.Candidates) > 0 && v.Candidates[0].Customer == 1 {
				t.Errorf("%q is taken for %s: %s", other, customer, told(v))
			}
		}
	}
}

// A claim that somebody paid is found by its sum and day, or by the number of his order.
func TestClaims(t *testing.T) {
	b := book(inv(41, "INV-2026-000041", 5000), inv(42, "INV-2026-000042", 5000))
	b.PutClaim(match.Claim{ID: 3, Invoice: 42, Customer: 1, Amounts: []ledger.Money{eur(5000)}, Dates: []ledger.Date{today.AddDays(-3)}, Reference: "PO 778899"})
	v := b.Match(from("Acme Maschinenbau", 5000, ""))
	if got := told(v); !strings.HasPrefix(got, "propose | 42:5000") || v.Candidates[0].Claim != 3 || reasons(v.Candidates[0])[0] != "match.claim" {
		t.Errorf("got %s, claim %d, %q", got, v.Candidates[0].Claim, reasons(v.Candidates[0]))
	}
	check(t, b, line(4100, "order PO-778899"), "propose | 42:4100")
	late := from("Acme Maschinenbau", 5000, "")
	late.Booked = today.AddDays(30)
	check(t, b, late, "propose | 41:5000")
}

// Money that goes back is matched to the payment that it takes back, and to nothing else.
func TestReturns(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900))
	b.PutPaid(match.Paid{Payment: 7, Customer: 1, Amount: eur(11900), Date: today.AddDays(-9), Account: "DE89 3704", BankRef: "AB-4711-9"})
	b.PutPaid(match.Paid{Payment: 8, Customer: 2, Amount: eur(11900), Date: today.AddDays(-5)})
	b.PutPaid(match.Paid{Payment: 9, Customer: 2, Amount: eur(11900), Date: today.AddDays(5)})
	for _, x := range []struct {
		line  ledger.BankLine
		kind  match.Kind
		first ledger.PaymentID
	}{
		{ledger.BankLine{Amount: eur(-11900), Reversal: true, Text: "RETOURE AB-4711-9"}, match.Return, 7},
		{ledger.BankLine{Amount: eur(-11900), Return: "MD06"}, match.Return, 8},
		{ledger.BankLine{Amount: eur(-11900), Party: ledger.BankAccount{Number: "DE893704"}}, match.Return, 7},
		{ledger.BankLine{Amount: eur(-11900), Text: "Miete INV-2026-000042", PartyName: "Immobilien AG"}, match.None, 0},
		{ledger.BankLine{Amount: eur(-100), Reversal: true}, match.Return, 0},
		{ledger.BankLine{Amount: eur(11900), Reversal: true, Text: "INV-2026-000042"}, match.None, 0},
	} {
		x.line.Booked = today
		v, first := b.Match(x.line), ledger.PaymentID(0)
		if len(v.Candidates) > 0 {
			first = v.Candidates[0].Payment
		}
		if v.Kind != x.kind || first != x.first {
			t.Errorf("%+v: got %s of payment %d, want %s of %d", x.line.Text, v.Kind, first, x.kind, x.first)
		}
	}
}

// The company's own accounts pay nothing.
func TestOwnTransfers(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900))
	for _, minor := range []int64{11900, -11900} {
		l := line(minor, "INV-2026-000042")
		l.Party.Number = "DE02120300000000202051"
		check(t, b, l, "own")
		l.Party.Number, l.PartyTax = "", "811907980"
		check(t, b, l, "own")
	}
}

// An invoice that is paid takes nothing more, and is still known by its number.
func TestPaidAgain(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900))
	x := inv(42, "INV-2026-000042", 0)
	b.Put(x)
	v := b.Match(line(11900, "INV-2026-000042"))
	if got := told(v); got != "propose | rest 11900 of 1" || reasons(v.Candidates[0])[1] != "match.paid" {
		t.Errorf("got %s", got)
	}
	b.Put(inv(43, "INV-2026-000043", 5000))
	b.Put(inv(44, "INV-2026-000044", 11900))
	v = b.Match(line(11900, "INV-2026-000042"))
	if v.Kind != match.Propose || len(v.Candidates) < 2 || v.Candidates[1].Parts[0].Invoice != 44 || reasons(v.Candidates[1])[2] != "match.instead" {
		t.Errorf("got %s", told(v))
	}
	b.Drop(43)
	b.Drop(44)
	b.Drop(42)
	b.Drop(42)
	check(t, b, line(11900, "INV-2026-000042"), "none")
	if b.Open() != 0 {
		t.Errorf("%d invoices are left", b.Open())
	}
}

// Money in another currency than the invoice is never posted.
func TestOtherCurrency(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900))
	l := line(11900, "INV-2026-000042")
	l.Amount.Currency = "USD"
	if v := b.Match(l); v.Kind != match.Propose || reasons(v.Candidates[0])[1] != "match.currency" {
		t.Errorf("got %s", told(v))
	}
}

// Whatever a line says, no allocation exceeds what is open or what came, and only what was named
// is posted.
func FuzzMatch(f *testing.F) {
	for _, s := range []string{"INV-2026-000042, 43", "RF54INV2026000042", "20261120", "О0О0О0 lll III", "1 2 3 4 5 6 7 8 9", "INV-99999999999999999999999999", "№№№", "۱۲۳", strings.Repeat("1 ", 900), "А-123/26-000042/77", "INV-2026-000042 to 43", "invoices 42-43", "payment of INV-2026-000042, INV-2026-0000", "PO-4500123", "р/с 42 шт", "INV-2026-00004²"} {
		f.Add(s, "Acme GmbH", s, int64(11900))
	}
	b := book(inv(42, "INV-2026-000042", 11900), inv(43, "INV-2026-000043", 5000), inv(44, "А-123/26", 700), inv(45, "1", 1), inv(46, "", 9), inv(47, "2026", 3))
	ordered := inv(48, "INV-2026-000048", 900)
	ordered.Order, ordered.Early, ordered.Net, ordered.Parts = "PO-4500123", match.Early{Pay: 880, Until: today}, 750, []int64{400, 500}
	b.Put(ordered)
	open := map[ledger.InvoiceID]int64{42: 11900, 43: 5000, 44: 700, 45: 1, 46: 9, 47: 3, 48: 900}
	f.Fuzz(func(t *testing.T, text, name, creditor string, minor int64) {
		l := from(name, minor, text)
		l.Creditor, l.EndToEnd = creditor, name
		l.Documents = strings.Fields(creditor)
		for i := range l.Documents {
			l.Sums = append(l.Sums, eur(minor/int64(len(l.Documents))+int64(i)))
		}
		v := b.Match(l)
		for _, c := range v.Candidates {
			sum := c.Rest.Minor
			for _, p := range c.Parts {
				took := p.Amount.Minor + p.Discount.Minor + p.Fee.Minor + p.Tolerance.Minor + p.Withheld.Minor + p.Split.Minor
				if p.Amount.Minor <= 0 || took > open[p.Invoice] {
					t.Errorf("%q: invoice %d takes %d of %d", text, p.Invoice, took, open[p.Invoice])
				}
				sum += p.Amount.Minor
			}
			if sum != minor && v.Kind != match.Return {
				t.Errorf("%q: %d of %d is settled", text, sum, minor)
			}
		}
	})
}
