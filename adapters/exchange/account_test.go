package exchange

import (
	"fmt"
	"strings"
	"testing"

	"duebot/ledger"
)

func TestReadAccount(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"English", "Date,Number,Debit,Credit\n2026-09-03,P-1,200.00,\n2026-09-01,INV-2026-000001,,1200.00\nTotal,,200.00,1200.00\n", "2 2026-09-03 P-1 200 0|3 2026-09-01 INV-2026-000001 0 1200"},
		{"Russian", "Акт;;;\nДата;Документ;Дебет;Кредит\n01.09.2026;INV-2026-000001;;1 200,50\n", "3 2026-09-01 INV-2026-000001 0 1200.5"},
		{"one sum", "Number\tDate\tAmount\nA-1\t01/13/2026\t-5\n", "2 2026-01-13 A-1 -5 0"},
		{"Persian", "شماره,تاریخ,بدهکار,بستانکار\nINV-1,۱۴۰۵/۰۶/۱۰,,۱۲۰۰\n", "2 2026-09-01 INV-1 0 1200"},
		{"Chinese", "编号,日期,借方,贷方\nINV-1,2026-09-01,,1200\n", "2 2026-09-01 INV-1 0 1200"},
	} {
		lines, err := ReadAccount([]byte(c.data), "en")
		var got []string
		for _, l := range lines {
			got = append(got, fmt.Sprintf("%d %s %s %s %s", l.Line, l.Date, l.Number, l.Debit, l.Credit))
		}
		if s := strings.Join(got, "|"); err != nil || s != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, s, err, c.want)
		}
	}
	_, err := ReadAccount([]byte("a,b\n1,2\n"), "en")
	if r, ok := ledger.AsRefusal(err); !ok || r.Key != "account.columns" {
		t.Errorf("another table: %v", err)
	}
}
