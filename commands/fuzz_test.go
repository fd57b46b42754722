package commands

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// fuzzDesk is a desk with a customer, an invoice and a payment, at which anything may be typed.
func fuzzDesk(f *testing.F) *Desk {
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	books, err := ledger.Open(f.TempDir()+"/f.db", ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { books.Close() })
	d := &Desk{Books: books, Settings: Settings{InvoiceChannel: "C1", FinanceChannel: "C2", Remind: noReminder, Languages: []string{"en", "ru"},
		InviteURL: func(token string) string { return "https://t.me/x?start=" + token },
		PayURL:    func(ledger.InvoiceID, ledger.CustomerID) string { return "" },
		Payable:   func(ledger.Money, *time.Location) bool { return true }}}
	_, err = books.Update(f.Context(), ledger.Command{By: "slack:U1", Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"}); err != nil {
			return nil, err
		}
		one := decimal.NewFromInt(1)
		if _, err := tx.SetRates("entered", []ledger.Rate{{Currency: "USD", Date: tx.Today(), Value: one, Per: one}}); err != nil {
			return nil, err
		}
		c, err := tx.AddCustomer(ledger.NewCustomer{Handle: "acme"})
		if err != nil {
			return nil, err
		}
		inv, err := tx.Issue(ledger.Draft{Customer: c.ID, Date: tx.Today(), Due: tx.Today(), Currency: "EUR",
			Lines: []ledger.Line{{Text: "a", Quantity: one, Price: decimal.NewFromInt(1000)}}})
		if err != nil {
			return nil, err
		}
		_, _, err = tx.Receive(ledger.NewPayment{Customer: c.ID, Invoice: inv.ID, Date: tx.Today(), Amount: ledger.Money{Minor: 1000, Currency: "EUR"}})
		return nil, err
	}})
	if err != nil {
		f.Fatal(err)
	}
	return d
}

// checkAnswer sees to it that there is an answer, and no error of the program's own.
func checkAnswer(t *testing.T, what string, r card.Reply, err error) {
	if err != nil {
		t.Errorf("%s: %v", what, err)
	} else if r.Card == nil && r.Toast.IsZero() {
		t.Errorf("%s: nobody is told anything", what)
	}
}

// Whatever staff type, they get an answer, and the books hold what they say they hold.
func FuzzStaffLine(f *testing.F) {
	d := fuzzDesk(f)
	for _, cmd := range Table() {
		for _, s := range cmd.Examples {
			f.Add(s, uint8(2))
		}
		f.Add(cmd.Name, uint8(1))
	}
	for _, s := range []string{"", "invoice acme 1e9 x", "payment acme -5", "aging as-of 2026-02-30", "credit INV-2026-000001 full", "rate USD 0", "customer set acme limit=1e99", "“invoice” acme 「1」", "find 1 200,50", "note acme pays next fri next 2026-12-01", "штмщшсу acme 5", "payment acme €1,200 EUR", "payment acme 1.200", "show https://x.slack.com/archives/C1/p1234567890123456", "dispute open INV-2026-000001 5 \"x\"", "invoice acme 1 200 300", "plan acme 5 in 2 weeks, 5 31.12."} {
		f.Add(s, uint8(0))
	}
	n := 0
	f.Fuzz(func(t *testing.T, line string, role uint8) {
		n++
		who := Staff{ID: "U1", Role: []Role{Sales, Finance, Manager, Auditor, ""}[role%5], Lang: "en"}
		r, err := d.Line(context.Background(), Line{Key: fmt.Sprintf("slack:trigger:%d", n), Who: who, Channel: "C1", Text: line})
		checkAnswer(t, fmt.Sprintf("%q as %s", line, who.Role), r, err)
		d.Books.View(func(v *ledger.View) error { checkBooks(t, v); return nil })
	})
}

// checkBooks compares what is owed, as aging tells it, with the accounts.
func checkBooks(t *testing.T, v *ledger.View) {
	totals := map[ledger.Currency]int64{}
	for _, row := range v.Aging(v.Today()) {
		totals[row.Currency] += row.Total().Minor
	}
	for cur, sum := range totals {
		want := v.AccountBalance(ledger.Receivables, 0, cur).Add(v.AccountBalance(ledger.OnAccount, 0, cur)).Minor
		if sum != want {
			t.Errorf("aging says %d %s, the accounts %d", sum, cur, want)
		}
	}
}

// Whatever a customer writes or presses, he gets an answer; a stranger learns nothing.
func FuzzChat(f *testing.F) {
	d := fuzzDesk(f)
	var token string
	_, err := d.Books.Update(f.Context(), ledger.Command{By: "slack:U1", Run: func(tx *ledger.Tx) (_ []byte, err error) {
		token, _, err = tx.Invite(tx.Customer(1))
		return nil, err
	}})
	if err != nil {
		f.Fatal(err)
	}
	start := Chat{Key: "telegram:message:1:1:0", Chat: "telegram:1", Name: "Ann", Lang: "en", Private: true, Text: "/start " + token}
	if _, err := d.Customer(f.Context(), start); err != nil {
		f.Fatal(err)
	}
	for _, cmd := range ChatTable() {
		f.Add("/"+cmd.Name, "", "", true)
	}
	for verb := range chatButtons() {
		f.Add("", verb, "1", true)
		f.Add("", verb, "1:sum", false)
	}
	f.Add("I paid already", "", "", true)
	f.Add("/start 123", "", "", false)
	n := 1
	f.Fuzz(func(t *testing.T, text, do, arg string, linked bool) {
		n++
		in := Chat{Key: fmt.Sprintf("telegram:message:1:%d:0", n), Chat: "telegram:1", Name: "Ann", Lang: "en", Text: text, Do: do, Arg: arg, Private: true}
		if !linked {
			in.Chat = "telegram:2"
		}
		r, err := d.Customer(context.Background(), in)
		if err == nil && r.Card == nil && r.Toast.IsZero() && strings.TrimSpace(text) == "" && do == "" {
			return // a photo, a sticker: there is nothing to say
		}
		checkAnswer(t, fmt.Sprintf("%q, %s:%s", text, do, arg), r, err)
		if !linked && strings.Contains(fmt.Sprintf("%+v", r), "INV-") {
			t.Errorf("a stranger was told %+v", r)
		}
	})
}

// Numbers and days mean one thing or are refused, in whatever way the company writes them.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1,200.50", "1.200,50", "1 200,50", "1'200.50", "1k", "-3", "0.125", "31.12.", "2026-02-29", "14d", "friday", "１２００", "۱٬۲۰۰", "next fri", "через 2 недели", "31 dec", "03/04/2027", "12月31日"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, english bool) {
		lang := map[bool]string{true: "en", false: "de"}[english]
		if d, err := parseNumber(s, lang); err == nil {
			digits := strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r
				}
				return -1
			}, names.Digits(s))
			if again := strings.Trim(strings.TrimLeft(strings.NewReplacer(".", "", "-", "").Replace(d.String()), "0"), "0"); again != strings.Trim(digits, "0") {
				t.Errorf("%q in %s is %s: its digits are others", s, lang, d)
			}
		}
		today := ledger.NewDate(2026, 10, 1)
		if d, err := parseDate(s, today); err == nil && (d.Year() < yearMin || d.Year() > yearMax) {
			t.Errorf("%q is day %s", s, d)
		}
	})
}
