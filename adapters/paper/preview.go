package paper

import (
	"time"

	"duebot/ledger"

	"github.com/shopspring/decimal"
)

// Preview is a made-up invoice of a company, by which it sees what its look makes of a
// document before anybody gets one.
func Preview(lang string, seller Party, banks []Bank, currency ledger.Currency, on ledger.Date) *Document {
	money := func(minor int64) ledger.Money { return ledger.Money{Minor: minor, Currency: currency} }
	y, m, day := on.Parts()
	rate := decimal.New(19, 0)
	buyer := map[string]string{"ru": "ООО «Пример»", "ro": "Exemplu S.R.L.", "it": "Esempio S.r.l.", "zh": "示例有限公司", "fa": "شرکت نمونه"}[lang]
	if buyer == "" {
		buyer = "Example Ltd"
	}
	d := &Document{Kind: Invoice, Template: Template, Lang: lang, Number: "INV-0000-000000", Date: on, Due: on.AddDays(14), Issued: time.Date(y, m, day, 0, 0, 0, 0, time.UTC),
		Seller: seller, Buyer: Party{Name: buyer}, Currency: currency, Banks: banks,
		Taxes: []ledger.TaxSum{{Rate: rate, Base: money(360000), Tax: money(68400)}},
		Net:   money(360000), Discount: money(0), Total: money(428400)}
	for _, quantity := range []int64{2, 1} {
		d.Lines = append(d.Lines, Line{Text: buyer, Quantity: decimal.New(quantity, 0), Price: decimal.New(1200, 0), Tax: rate, Amount: money(quantity * 120000)})
	}
	return d
}
