package main

import (
	"fmt"
	"strings"
	"testing"

	"duebot/adapters/bank"
)

// What a table leaves open becomes a button for each way to read it, and no two are the same.
func TestBankWays(t *testing.T) {
	both := bank.Mapping{Columns: []bank.Column{bank.ColDate, bank.ColDebit, bank.ColCredit}}
	one := bank.Mapping{Columns: []bank.Column{bank.ColDate, bank.ColAmount}}
	for name, c := range map[string]struct {
		ask  bank.NeedsMapping
		want string
	}{
		"whose it is": {bank.NeedsMapping{Proposed: one, Doubts: []string{"bank.doubt.account"}},
			"[date amount] DE1; [date amount] DE2; [date amount]"},
		"whose it is, and the order": {bank.NeedsMapping{Proposed: one, Doubts: []string{"bank.doubt.account", "bank.doubt.order"}},
			"[date amount] dmy DE1; [date amount] dmy DE2; [date amount] dmy; [date amount] mdy DE1; [date amount] mdy DE2; [date amount] mdy"},
		"nothing": {bank.NeedsMapping{Proposed: one}, "[date amount]"},
		"the order of days": {bank.NeedsMapping{Proposed: one, Doubts: []string{"bank.doubt.order"}},
			"[date amount] dmy; [date amount] mdy"},
		"the order and the point": {bank.NeedsMapping{Proposed: one, Doubts: []string{"bank.doubt.order", "bank.doubt.point"}},
			"[date amount] dmy .; [date amount] dmy ,; [date amount] mdy .; [date amount] mdy ,"},
		"which column is in": {bank.NeedsMapping{Proposed: both, Doubts: []string{"bank.doubt.sides"}},
			"[date debit credit]; [date credit debit]"},
		"whether all is in": {bank.NeedsMapping{Proposed: one, Doubts: []string{"bank.doubt.sign"}},
			"[date amount]; [date amount] inverse"},
	} {
		var got []string
		for _, w := range ways(&c.ask, []string{"DE1", "DE2"}) {
			m := w.mapping
			said := fmt.Sprintf("%v %s %s %s", m.Columns, m.Order, m.Point, m.Account)
			if m.Inverse {
				said += "inverse"
			}
			got = append(got, strings.Join(strings.Fields(said), " "))
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("%s: got %s, want %s", name, s, c.want)
		}
	}
	if both.Columns[1] != bank.ColDebit {
		t.Error("the proposal itself was changed")
	}
}
