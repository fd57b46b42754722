package bank

import (
	"strings"
	"testing"

	"duebot/ledger"
)

// Years of two digits are Persian where the table says so in Persian, or with whole years; where
// nobody can tell they are refused at their line, and elsewhere they are what they were.
func TestShortPersianYears(t *testing.T) {
	const headings, english = "تاریخ,شرح,واریز,برداشت,مانده\n", "Date,Description,Deposit,Withdrawal,Balance\n"
	rial := Options{Language: "fa", Currency: "IRR", Account: "OWN"}
	for _, x := range []struct {
		name, file string
		o          Options
		want       string
	}{
		{"Persian headings", headings + "05/07/14,فاکتور ۴۲,1200000,,1200000\n05/07/15,کارمزد,,5000,1195000\n", rial, "2026-10-06 2026-10-07"},
		{"Persian digits", headings + "۰۵/۰۷/۱۴,فاکتور ۴۲,1200000,,1200000\n", rial, "2026-10-06"},
		{"the last day of a year", headings + "04/12/29,فاکتور ۴۲,1200000,,1200000\n05-01-01,فاکتور ۴۳,5000,,1205000\n", rial, "2026-03-20 2026-03-21"},
		{"of the last century", headings + "99/12/30,فاکتور ۴۲,1200000,,1200000\n00/01/01,x,5000,,1205000\n", rial, "2021-03-20 2021-03-21"},
		{"with a time", headings + "05/07/14 10:31:22,فاکتور ۴۲,1200000,,1200000\n", rial, "2026-10-06"},
		{"a day that only the Persian calendar has", headings + "05/02/31,فاکتور ۴۲,1200000,,1200000\n", rial, "2026-05-21"},
		{"whole years beside", "Date,Value date,Description,Amount\n05/07/14,1405/07/15,INV 42,1200000\n", rial, "2026-10-06"},
		{"English headings, and rials", english + "05/07/14,INV 42,1200000,,1200000\n", rial, "line 2 shortyear"},
		{"English headings, and an account in Iran", english + "05/07/14,INV 42,1200000,,1200000\n", Options{Language: "fa", Currency: "IRR", Account: "IR820540102680020817909002"}, "line 2 shortyear"},
		{"Persian headings, days first", headings + "14/07/05,فاکتور ۴۲,1200000,,1200000\n28/07/05,x,5000,,1205000\n", rial, "line 2 shortyear"},
		{"Persian headings, no such month", headings + "05/07/14,فاکتور ۴۲,1200000,,1200000\n05/14/07,x,5000,,1205000\n", rial, "line 2 shortyear"},
		{"Persian headings, and years of another calendar", "تاریخ,تاریخ ارزش,شرح,مبلغ\n05/07/14,2026-10-06,واریز,1200000\n", rial, "line 2 shortyear"},
		{"a bank in London", "Date,Description,Paid in,Paid out\n14/07/05,INV 42,1200.00,\n", Options{Language: "en", Currency: "GBP", Account: "OWN"}, "2005-07-14"},
		{"a Persian company's account in Germany", "Buchungstag;Text;Betrag\n05.07.26;INV 42;1200,00\n", Options{Language: "fa", Currency: "EUR", Account: "OWN"}, "2026-07-05"},
	} {
		k, err := takeAs([]byte(x.file), x.o)
		var got []string
		for _, list := range k.lines {
			for _, l := range list {
				got = append(got, l.Booked.String())
			}
		}
		if err != nil {
			got = []string{strings.TrimSpace(strings.ReplaceAll(strings.TrimPrefix(figures(k, err), "refused: "), "bank.problem.", ""))}
		}
		if s := strings.Join(got, " "); s != x.want {
			t.Errorf("%s: got %s, want %s", x.name, s, x.want)
		}
	}
}

// A day of another calendar that looks like one of ours lies far ahead, and is refused; what comes
// next month is not.
func TestDaysFarAhead(t *testing.T) {
	o := Options{Language: "en", Currency: "THB", Account: "OWN", Today: ledger.NewDate(2026, 11, 23)}
	for day, want := range map[string]string{"20-11-69": "line 2 date", "2083-08-04": "line 2 date", "20-11-26": "2026-11-20", "2026-12-24": "2026-12-24"} {
		k, err := takeAs([]byte("Date,Description,Amount\n"+day+",INV-2026-000042,1200.00\n"), o)
		got := strings.TrimSpace(strings.ReplaceAll(strings.TrimPrefix(figures(k, err), "refused: "), "bank.problem.", ""))
		if err == nil {
			got = k.lines[0][0].Booked.String()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", day, got, want)
		}
	}
}

// Where only one of two sides has a heading that is known, the balances tell which is which, though
// the other writes its sums with a minus.
func TestSideWithMinus(t *testing.T) {
	k, err := takeAs([]byte("Date,Details,Paid In,Ulichotoa,Balance\n2026-11-20,INV-2026-000042,1250.00,,5250.00\n2026-11-21,Charge,,-25.00,5225.00\n"), ownOptions)
	if err != nil || k.lines[0][0].Amount.Minor != 125000 || k.lines[0][1].Amount.Minor != -2500 {
		t.Errorf("got %s", told(k, err))
	}
}
