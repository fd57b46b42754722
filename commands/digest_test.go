package commands

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// sumsIn is what the sums in a text come to, in minor units by currency.
func sumsIn(t card.Text, into map[string]int64) map[string]int64 {
	for _, a := range t.Args {
		if a.Kind == card.KindMoney {
			into[a.S] += a.N
		}
		if a.Text != nil {
			sumsIn(*a.Text, into)
		}
	}
	for _, item := range t.Items {
		sumsIn(item, into)
	}
	return into
}

// What stands behind each figure of a digest adds up to it.
func TestDigestFiguresAddUp(t *testing.T) {
	d, who := formDesk(t)
	d.Digest.Usual = ledger.DigestWish{Way: ledger.DigestBySlack, Days: ledger.DigestEvery, Minute: 540}
	_, err := d.Books.Update(context.Background(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		c, err := tx.AddCustomer(ledger.NewCustomer{Handle: "late", Name: "Late Ltd", Currency: "EUR"})
		for _, ago := range []int{1, 31, 61, 40, 5} {
			if err != nil {
				return nil, err
			}
			due := tx.Today().AddDays(-ago)
			var inv *ledger.Invoice
			if inv, err = tx.Issue(ledger.Draft{Customer: c.ID, Date: due, Due: due, Currency: "EUR",
				Lines: []ledger.Line{{Text: "a", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(100)}}}); err != nil {
				return nil, err
			}
			switch ago {
			case 5:
				_, _, err = tx.Receive(ledger.NewPayment{Customer: c.ID, Invoice: inv.ID, Date: tx.Today(), Amount: ledger.Money{Minor: 1000, Currency: "EUR"}, Method: "bank"})
			case 40:
				_, err = tx.OpenDispute(inv, ledger.ReasonSum, ledger.Money{Minor: 500, Currency: "EUR"}, "slack:U1")
			case 61:
				err = tx.Promise(inv, tx.Today())
			}
		}
		if err == nil {
			err = tx.HoldBack(ledger.NoticeQueued{Kind: ledger.NoticeReminder, Customer: c.ID, Invoice: 1, Step: 1, For: tx.Today().AddDays(-1)}, "telegram",
				[]ledger.Money{{Minor: 4200, Currency: "EUR"}, {Minor: 99, Currency: "USD"}})
		}
		if err == nil {
			_, err = tx.Hold(c, 0, 0, "")
		}
		return nil, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	var figures []string
	d.Books.View(func(v *ledger.View) error {
		p, err := v.PeriodSince(v.Today().AddDays(-1), v.Today())
		if err != nil {
			t.Fatal(err)
		}
		later := p
		later.On = p.On.AddDays(ledger.LongHold)
		for _, p := range []ledger.DigestPeriod{p, later} {
			figures = append(figures, addUp(t, &digestOf{Call: &Call{View: v, Desk: d, Who: who}, p: p, base: v.Company().Currency})...)
		}
		return nil
	})
	for _, name := range digestNames() {
		if name != "dso" && name != "broken" && !slices.Contains(figures, name) {
			t.Errorf("the figure %s was not looked at; %v were", name, figures)
		}
	}
}

// addUp holds the figures of a digest against the lines that each opens, and returns their names.
func addUp(t *testing.T, x *digestOf) (names []string) {
	k := x.Desk.digestCard(x.View, x.Who.ID, x.p)
	for i, b := range k.Picks[0].Buttons {
		name := strings.Fields(b.Arg)[1]
		if name == "dso" {
			continue
		}
		list := x.list(name)
		rows := map[string]int64{}
		for _, row := range list.Table.Rows {
			sumsIn(row[2], rows)
		}
		figure := k.Fields[i].Value
		if figure.Key == "digest.figure" { // what stands below says it otherwise
			figure = *figure.Args[0].Text
		}
		said := sumsIn(figure, map[string]int64{})
		if !maps.Equal(said, rows) {
			t.Errorf("%s: the figure is %v, and its lines come to %v", name, said, rows)
		}
		if title := sumsIn(list.Title, map[string]int64{}); !maps.Equal(title, rows) {
			t.Errorf("%s: the list says %v, and its lines come to %v", name, title, rows)
		}
		names = append(names, name)
	}
	return names
}

// Buttons of digests that are in chats keep their figures, and each list has one.
func TestDigestFiguresKeepTheirNumbers(t *testing.T) {
	for number, name := range []string{"broken", "cash", "contested", "disputed", "dso", "forecast", "moved", "newly", "overdue", "today"} {
		if got := digestFull(strconv.Itoa(number)); got != name {
			t.Errorf("%d is %s, and was %s in digests of before", number, got, name)
		}
	}
	for _, l := range digestLists() {
		if digestFull(digestShort(l.name)) != l.name {
			t.Errorf("%s can't be asked for in a chat", l.name)
		}
	}
}

// A line chooses where, when and on which days; what it cannot be is refused.
func TestDigestDaysAndHours(t *testing.T) {
	for s, want := range map[string]ledger.DigestDays{
		"working": ledger.DigestWorking, "every": ledger.DigestEvery, "mon-fri": 0b0111110, "sat,sun": 0b1000001, "fri-mon": 0b1100011, "Wednesday": 0b0001000,
	} {
		if got, err := digestDays(s); got != want || err != nil {
			t.Errorf("%q: got %07b, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "mo", "mon-", "holiday", "mon,,fri"} {
		if got, err := digestDays(s); err == nil {
			t.Errorf("%q is read as %07b", s, got)
		}
	}
	for s, want := range map[string]int{"8:30": 510, "9": 540, "08.05": 485, "۸:۳۰": 510, "21:00": 1260} {
		if got, err := digestMinute(s); got != want || err != nil {
			t.Errorf("%q: got %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"4:59", "21:01", "8:60", "noon", "8:3", "-9"} {
		if got, err := digestMinute(s); err == nil {
			t.Errorf("%q is read as %d", s, got)
		}
	}
}
