package match_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"duebot/ledger"
	"duebot/ledger/match"
)

// The buyer's own number names his invoice where he is known to pay, and never posts by itself
// from somebody else.
func TestBuyersOrder(t *testing.T) {
	with := func(id ledger.InvoiceID, number, order string, minor int64) match.Item {
		x := inv(id, number, minor)
		x.Order = order
		return x
	}
	b := book(with(42, "INV-2026-000042", "PO-4500123", 11900), with(43, "INV-2026-000043", "PO-4500124", 5000), with(44, "INV-2026-000044", "PO-4500124", 700),
		with(45, "INV-2026-000045", "Mai 26", 900), with(46, "INV-2026-000046", "20.11.2026", 800))
	for _, text := range []string{"PO-4500123", "po 4500123 thanks", "Bestellung PO4500123", "order PO/4500123, KD 77"} {
		check(t, b, from("ACME MASCHINENBAU", 11900, text), "post | 42:11900")
		check(t, b, from("Stadtwerke AG", 11900, text), "propose | 42:11900")
		if v := b.Match(from("ACME MASCHINENBAU", 11900, text)); v.Candidates[0].Reasons[0].Key != "match.ref.order" {
			t.Errorf("%q: the reasons are %q", text, reasons(v.Candidates[0]))
		}
	}
	acme := func(minor int64, text string) ledger.BankLine { return from("Acme Maschinenbau GmbH", minor, text) }
	check(t, b, acme(5700, "PO-4500124"), "post | 43:5000, 44:700") // one order, two invoices
	check(t, b, acme(5000, "PO-4500124"), "post | 43:5000")
	check(t, b, acme(6000, "PO-4500124"), "propose | 43:5000, 44:700, rest 300 of 1")
	for text, minor := range map[string]int64{"PO-45001234": 11900, "PO-450012": 11900, "SPO-4500123": 11900, "Mai 26": 900, "20.11.2026": 800} {
		if v := b.Match(acme(minor, text)); v.Kind == match.Post {
			t.Errorf("%q was posted: %s", text, told(v))
		}
	}
	l := acme(11900, "")
	l.Documents = []string{"PO-4500123"}
	check(t, b, l, "post | 42:11900")
}

// A range names all that is open between its ends, in six languages; it posts only if the sum is
// that of all.
func TestRanges(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900), inv(43, "INV-2026-000043", 5000), inv(44, "INV-2026-000044", 700), inv(45, "INV-2026-000045", 100),
		of(2, inv(46, "INV-2026-000046", 100)), of(2, inv(12, "СЧ-000012", 300)), of(2, inv(13, "СЧ-000013", 400)), of(2, inv(15, "СЧ-000015", 500)))
	for _, text := range []string{"INV-2026-000042…45", "INV-2026-000042-000045", "INV-2026-000042 - 45", "INV-2026-000042 to 45", "INV-2026-000042 bis INV-2026-000045", "INV-2026-000042 – INV-2026-000045",
		"INV-2026-000042..45", "inv 2026 42 through 45", "фактуры INV-2026-000042 по 45"} {
		check(t, b, line(17700, text), "post | 42:11900, 43:5000, 44:700, 45:100")
		if v := b.Match(line(17600, text)); v.Kind == match.Post {
			t.Errorf("%q of another sum was posted: %s", text, told(v))
		}
	}
	for _, text := range []string{"invoices 12-15", "invoices from 12 to 15", "Rechnungen 12 bis 15", "Rechnungen Nr. 12–15", "счета 12-15", "счета с 12 по 15", "facturile 12-15", "facturi de la 12 la 15",
		"fatture 12-15", "fatture dal 12 al 15", "发票12至15", "发票 12-15", "فاکتورهای ۱۲ تا ۱۵", "فاکتورهای ۱۲-۱۵"} {
		check(t, b, from("ООО Ромашка", 1200, text), "post | 12:300, 13:400, 15:500")
		for _, l := range []ledger.BankLine{from("Acme Maschinenbau GmbH", 1200, text), line(1200, text), from("ООО Ромашка", 800, text), from("ООО Ромашка", 900, text)} {
			if v := b.Match(l); v.Kind == match.Post {
				t.Errorf("%q from %q, %s, was posted: %s", text, l.PartyName, l.Amount, told(v))
			}
		}
	}
	for _, text := range []string{"12-15", "Lieferung 12-15", "12.-15.11.2026", "invoices 12-14", "invoices 15-12", "invoices 12, 15"} {
		if v := b.Match(from("ООО Ромашка", 1200, text)); v.Kind == match.Post {
			t.Errorf("%q was posted: %s", text, told(v))
		}
	}
	for _, l := range []ledger.BankLine{line(17800, "INV-2026-000042 to 46"), line(17700, "INV-2026-000042 to 46"), from("ООО Ромашка", 700, "invoices 12-14")} { // the last is another customer's, or not open
		if v := b.Match(l); v.Kind == match.Post {
			t.Errorf("%q was posted: %s", l.Text, told(v))
		}
	}
}

// What is without tax, of who pays it straight to the state, is proposed and never posted.
func TestNetSums(t *testing.T) {
	x := inv(42, "INV-2026-000042", 12200)
	x.Net = 10000
	y := inv(43, "INV-2026-000043", 6100)
	y.Net = 5000
	b := book(x, y)
	for _, l := range []ledger.BankLine{line(10000, "INV-2026-000042"), line(15000, "INV-2026-000042, INV-2026-000043"), from("Acme Maschinenbau GmbH", 10000, "grazie")} {
		v := b.Match(l)
		c := v.Candidates[0]
		if v.Kind != match.Propose || !slices.Contains(reasons(c), "match.sum.net") || c.Parts[0].Split.Minor+c.Parts[0].Amount.Minor != 12200 && len(c.Parts) == 1 {
			t.Errorf("%q: got %s, %q", l.Text, told(v), reasons(c))
		}
	}
	check(t, b, line(10200, "INV-2026-000042"), "propose | 42:10200 withheld 2000") // 20 % of the net
}

// Sums that the payer tells for each document are what it pays of it, also a part; sums that are
// not the line's, or more than is open, tell nothing.
func TestSumsOfDocuments(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900), inv(43, "INV-2026-000043", 5000))
	l := ledger.BankLine{Booked: today, Amount: eur(15000), Documents: []string{"INV-2026-000042", "INV-2026-000043"}, Sums: []ledger.Money{eur(11900), eur(3100)}}
	check(t, b, l, "post | 42:11900, 43:3100")
	if v := b.Match(l); v.Candidates[0].Reasons[2].Key != "match.sum.said" {
		t.Errorf("the reasons are %q", reasons(v.Candidates[0]))
	}
	for name, change := range map[string]func(*ledger.BankLine){
		"another sum":        func(l *ledger.BankLine) { l.Amount = eur(15001) },
		"more than is open":  func(l *ledger.BankLine) { l.Sums = []ledger.Money{eur(9900), eur(5100)} },
		"a credit":           func(l *ledger.BankLine) { l.Sums = []ledger.Money{eur(15100), eur(-100)} },
		"another currency":   func(l *ledger.BankLine) { l.Sums[1].Currency = "USD" },
		"unknown":            func(l *ledger.BankLine) { l.Documents[1] = "INV-2026-000099" },
		"the same one twice": func(l *ledger.BankLine) { l.Documents[1] = "INV-2026-000042" },
		"sums of some":       func(l *ledger.BankLine) { l.Sums = l.Sums[:1] },
		"pending":            func(l *ledger.BankLine) { l.Pending = true },
	} {
		x := l
		x.Documents, x.Sums = slices.Clone(l.Documents), slices.Clone(l.Sums)
		change(&x)
		if v := b.Match(x); v.Kind == match.Post {
			t.Errorf("%s: posted: %s", name, told(v))
		}
	}
}

// A list that the bank cut off is completed where one choice alone of what else the customer owes
// makes the sum, and goes on with what the text began.
func TestListsThatAreCutOff(t *testing.T) {
	const list = "payment of INV-2026-000042, INV-2026-000043, INV-2026-0000"
	items := []match.Item{inv(42, "INV-2026-000042", 11900), inv(43, "INV-2026-000043", 5000), inv(44, "INV-2026-000044", 733), inv(45, "INV-2026-000045", 1010), inv(46, "INV-2026-000046", 90000)}
	b := book(items...)
	check(t, b, line(17633, list), "post | 42:11900, 43:5000, 44:733")
	check(t, b, line(18643, list), "post | 42:11900, 43:5000, 44:733, 45:1010")
	check(t, b, line(18643, "payment of INV-2026-000042, INV-2026-000043,"), "post | 42:11900, 43:5000, 44:733, 45:1010")
	if v := b.Match(line(17633, list)); !slices.Contains(reasons(v.Candidates[0]), "match.sum.completed") {
		t.Errorf("the reasons are %q", reasons(v.Candidates[0]))
	}
	for name, l := range map[string]ledger.BankLine{
		"no choice makes it":      line(17634, list),
		"the text is short":       line(12633, "INV-2026-000042, INV-2"),
		"it goes on elsewhere":    line(17633, "payment of INV-2026-000042, INV-2026-000043, thank you"),
		"another's number begins": line(17633, "payment of INV-2026-000042, INV-2026-000043, BK/26"),
		"one, and no beginning":   line(12633, "payment of our last invoice INV-2026-000042"),
		"one, and a letter":       line(12633, "payment of our last invoice INV-2026-000042 I"),
	} {
		if v := b.Match(l); v.Kind == match.Post {
			t.Errorf("%s: posted: %s", name, told(v))
		}
	}
	two := book(append(items, inv(47, "INV-2026-000047", 733))...)
	check(t, two, line(17633, list), "propose | 42:11900, 43:5000, 44:733 | 42:11900, 43:5000, 47:733")
	many := book(items...)
	for i := range ledger.InvoiceID(10) {
		many.Put(inv(60+i, fmt.Sprintf("INV-2026-%06d", 60+i), 100_000+int64(i)))
	}
	check(t, many, line(17633, list), "propose | 42:11900, 43:5000, 44:733") // too many choices
}

// A number without letters counts beside others of the same customer, where the sum is that of
// all; what was paid before is named in vain.
func TestNumbersBesideOthers(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900), inv(43, "300777", 5000), of(2, inv(51, "300888", 100)), inv(44, "INV-2026-000044", 0))
	check(t, b, from("PayEx", 16900, "INV-2026-000042; 300777"), "post | 42:11900, 43:5000")
	check(t, b, from("PayEx", 11900, "INV-2026-000042 KD 300777"), "post | 42:11900")
	check(t, b, from("PayEx", 11900, "INV-2026-000044, INV-2026-000042"), "post | 42:11900")
	for _, l := range []ledger.BankLine{from("PayEx", 12000, "INV-2026-000042; 300888"), from("PayEx", 5000, "INV-2026-000042; 300777")} {
		if v := b.Match(l); v.Kind == match.Post {
			t.Errorf("%q, %s: posted: %s", l.Text, l.Amount, told(v))
		}
	}
}

// The payer's own id of the payment is read as his words are.
func TestEndToEnd(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900))
	l := line(11900, "thank you")
	l.EndToEnd = "INV-2026-000042"
	check(t, b, l, "post | 42:11900")
	for _, id := range []string{"NOTPROVIDED", "20261120-000042", "E2E000042", "XINV-2026-0000421"} {
		if l.EndToEnd = id; b.Match(l).Kind == match.Post {
			t.Errorf("%q was posted: %s", id, told(b.Match(l)))
		}
	}
}

// Whose an account was is forgotten when somebody says so.
func TestForgottenPayers(t *testing.T) {
	b := book(inv(42, "INV-2026-000042", 11900))
	b.LearnAccount("XX99 0001", 1)
	b.LearnName("Lindenhof Holding", 1)
	l := ledger.BankLine{Booked: today, Amount: eur(333), Party: ledger.BankAccount{Number: "XX990001"}, PartyName: "LINDENHOF HOLDING"}
	check(t, b, l, "propose | 42:333")
	b.LearnAccount("XX990001")
	b.LearnName("Lindenhof Holding")
	check(t, b, l, "none")
	b.PutPaid(match.Paid{Payment: 7, Customer: 1, Amount: eur(500), Date: today})
	b.DropPaid(7)
	back := ledger.BankLine{Booked: today, Amount: eur(-500), Return: "MD06"}
	if v := b.Match(back); v.Kind != match.Return || len(v.Candidates) > 0 {
		t.Errorf("a payment that came back before: got %s", strings.TrimSpace(told(v)))
	}
}
