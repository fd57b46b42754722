package ledger

import "testing"

func TestPaidTwice(t *testing.T) {
	day := NewDate(2026, 9, 14)
	past := func(id PaymentID, minor int64, days int, invoices ...InvoiceID) PastPayment {
		return PastPayment{id, euros(minor), day.AddDays(-days), invoices}
	}
	for name, c := range map[string]struct {
		now    PastPayment
		before []PastPayment
		neat   bool
		want   PaymentID
	}{
		"the same sum for the same invoice, two days later": {past(9, 500, 0, 1), []PastPayment{past(3, 500, 2, 1)}, false, 3},
		"the newest of two":                      {past(9, 500, 0, 1), []PastPayment{past(4, 500, 1, 1), past(3, 500, 2, 1)}, false, 4},
		"without a word of what it is for":       {past(9, 500, 0), []PastPayment{past(3, 500, 10, 1)}, false, 3},
		"booked later, and dated before":         {past(9, 500, 4, 1), []PastPayment{past(3, 500, 2, 1)}, false, 3},
		"it settles another invoice to the cent": {past(9, 500, 0, 2), []PastPayment{past(3, 500, 2, 1)}, true, 0},
		"another invoice":                        {past(9, 500, 0, 2), []PastPayment{past(3, 500, 2, 1)}, false, 0},
		"a fortnight later":                      {past(9, 500, 0, 1), []PastPayment{past(3, 500, 14, 1)}, false, 0},
		"another sum":                            {past(9, 501, 0, 1), []PastPayment{past(3, 500, 2, 1)}, false, 0},
		"he pays that sum every week":            {past(9, 500, 0), []PastPayment{past(4, 500, 7), past(3, 500, 14), past(2, 500, 21)}, false, 0},
		"the first payment of all":               {past(9, 500, 0), nil, false, 0},
	} {
		if got, odd := PaidTwice(c.now, c.before, c.neat); odd != (c.want != 0) || odd && got != c.want {
			t.Errorf("%s: got %d %t, want %d", name, got, odd, c.want)
		}
	}
}

func TestOtherAccount(t *testing.T) {
	for name, c := range map[string]struct {
		now    string
		before []string
		learnt string
		want   string
	}{
		"another than twice before":        {"B", []string{"A", "A"}, "", "A"},
		"another than once before":         {"B", []string{"A"}, "", ""},
		"once, and finance said it is his": {"B", []string{"A"}, "A", "A"},
		"the same":                         {"A", []string{"A", "A"}, "", ""},
		"an older one of his":              {"B", []string{"A", "A", "B"}, "", ""},
		"one that finance said is his":     {"B", []string{"A", "A"}, "B", ""},
		"the bank does not tell":           {"", []string{"A", "A"}, "", ""},
		"the bank told seldom":             {"B", []string{"", "A", "", "A"}, "", "A"},
		"he pays from everywhere":          {"D", []string{"A", "A", "B", "C"}, "", ""},
		"nothing is known":                 {"A", nil, "", ""},
	} {
		got, odd := OtherAccount(c.now, c.before, func(a string) bool { return a != "" && a == c.learnt })
		if odd != (c.want != "") || odd && got != c.want {
			t.Errorf("%s: got %q %t, want %q", name, got, odd, c.want)
		}
	}
}

func TestUnlikeSum(t *testing.T) {
	for name, c := range map[string]struct {
		sum        int64
		open, paid []int64
		neat       bool
		want       SumCompare
		usual      int64
	}{
		"ten times what he owes, and new":         {5000, []int64{500}, nil, false, SumLarge, 500},
		"ten times what he ever paid":             {5000, nil, []int64{480, 500, 510}, false, SumLarge, 500},
		"one slip before hides no other":          {5000, nil, []int64{480, 5000, 500, 510}, false, SumLarge, 510},
		"all that he owes, however much":          {5000, []int64{2000, 3000}, []int64{5, 5, 5}, false, SumUsual, 0},
		"three times is still usual":              {1500, []int64{500}, []int64{400, 500}, false, SumUsual, 0},
		"an advance of somebody new":              {5000, nil, nil, false, SumUsual, 0},
		"a cent, of who pays hundreds":            {1, []int64{50000}, []int64{40000, 50000, 60000}, false, SumSmall, 40000},
		"a cent that closes an invoice":           {1, []int64{1}, []int64{40000, 50000, 60000}, true, SumUsual, 0},
		"a cent, of who pays cents too":           {1, []int64{50000}, []int64{40000, 10, 60000}, false, SumUsual, 0},
		"a cent, and an invoice of ten":           {1, []int64{10}, []int64{40000, 50000, 60000}, false, SumUsual, 0},
		"a small part, of whom little is known":   {1, []int64{50000}, []int64{40000}, false, SumUsual, 0},
		"a sum near the end of what can be said":  {9_000_000_000_000_000_000, []int64{500}, nil, false, SumLarge, 500},
		"a tenth of an invoice, as an instalment": {5000, []int64{50000}, []int64{50000, 50000, 50000}, false, SumUsual, 0},
	} {
		if got, usual := UnlikeSum(c.sum, c.open, c.paid, c.neat); got != c.want || usual != c.usual {
			t.Errorf("%s: got %q %d, want %q %d", name, got, usual, c.want, c.usual)
		}
	}
}

const ourBank = "Beispielbank Berlin, IBAN DE02 1203 0000 0000 2020 51, BIC BYLADEM1001"

func TestReadBankWords(t *testing.T) {
	for text, want := range map[string]BankWords{
		"Please note that our bank details have changed.":                             {Changed: true},
		"From now on pay to our new account number, see below":                        {Changed: true},
		"IBAN: GB82 WEST 1234 5698 7654 32":                                           {Number: "GB82WEST12345698765432"},
		"please refund to de89370400440532013000 thanks":                              {Number: "DE89370400440532013000"},
		"sort code 20-00-00, account number 12345678":                                 {Number: "200000"},
		"Обратите внимание: наши банковские реквизиты изменились":                     {Changed: true},
		"Просим оплачивать по новым реквизитам":                                       {Changed: true},
		"р/с 40702810900000012345 в банке":                                            {Number: "40702810900000012345"},
		"Vă informăm că datele noastre bancare: datele bancare s-au modificat":        {Changed: true},
		"Plătiți în noul cont RO49 AAAA 1B31 0075 9384 0000":                          {Number: "RO49AAAA1B31007593840000", Changed: true},
		"Le nostre coordinate bancarie sono cambiate":                                 {Changed: true},
		"Il nuovo IBAN è IT60X0542811101000000123456":                                 {Number: "IT60X0542811101000000123456", Changed: true},
		"我们的银行账户已变更，请汇到新账号：6222 0202 0001 1234 567":                                   {Number: "6222020200011234567", Changed: true},
		"شماره حساب ما تغییر کرده است":                                                {Changed: true},
		"شبای جدید: IR۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱":                                       {Number: "IR062960000000100324200001", Changed: true},
		"I paid to DE02 1203 0000 0000 2020 51 yesterday":                             {},
		"What is your IBAN? I find no bank details on the invoice.":                   {},
		"Please send a new invoice with your bank details":                            {},
		"We have moved, our address has changed":                                      {},
		"Please change the invoice: the order number is PO-4711, not 4712":            {},
		"Пришлите, пожалуйста, новый счёт и реквизиты":                                {},
		"Мы оплатили по вашим реквизитам, изменений нет":                              {Changed: true}, // asked once too often
		"Am plătit din nou factura în contul bancar, noi nu mai datorăm":              {},
		"Abbiamo pagato al cambio del giorno sul conto corrente":                      {},
		"请把发票改成新的公司名称":                                                                {},
		"请问你们的银行账号是多少？":                                                               {},
		"لطفاً فاکتور جدید بفرستید":                                                   {},
		"شماره حساب شما چیست؟":                                                        {},
		"Invoice INV-2026-000001 of 2026-09-14, 4401.81 EUR, telephone +493090000012": {},
		"Обновлённая банковская операция":                                             {},
		"更新的银行流水":                                                                     {},
		"":                                                                            {},
	} {
		if got := ReadBankWords(text, ourBank); got != want {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
}
