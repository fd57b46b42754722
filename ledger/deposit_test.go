package ledger

import "testing"

// A final invoice over 10,000 and 1,900 tax after two deposits of 2,500 and 475 each leaves
// 5,000 and 950 (the example that German tax advisers give for UStAE 14.8, for instance
// "Umsatzsteuerausweis bei Anzahlungs- und Endabrechnungen", May 2014).
func TestFinalInvoiceDeductsDeposits(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	deposit := func() InvoiceID {
		id := issueDraft(t, b, c, Draft{Deposit: true, Lines: []Line{line("Advance", "1", "2500", "19")}})
		pay(t, b, NewPayment{Customer: c, Invoice: id, Amount: euros(297500)})
		return id
	}
	first, second := deposit(), deposit()
	balances(t, b, map[Account]int64{Bank: 595000, Advances: -500000, OutputTax: -95000})
	last := issueDraft(t, b, c, Draft{Lines: []Line{line("Building", "1", "10000", "19")}, Deposits: []DepositUse{{Invoice: first}, {Invoice: second}}})
	balances(t, b, map[Account]int64{Receivables: 595000, Bank: 595000, Sales: -1000000, OutputTax: -190000})
	b.View(func(v *View) error {
		inv := v.Invoice(last)
		doc, err := v.InvoiceDetail(inv)
		if err != nil || inv.Open != 595000 || doc.Net != euros(500000) || doc.Deposited() != (LineSum{euros(500000), euros(95000)}) || v.Invoice(first).UsedBy() != last {
			t.Errorf("got %+v, %v", doc, err)
		}
		return nil
	})
	refused := func(key string, fn func(tx *Tx) error) { t.Helper(); wantRefusal(t, try(b, "", fn), key) }
	again := Draft{Customer: c, Date: testDay, Due: testDay, Currency: "EUR", Lines: []Line{line("b", "1", "9000", "19")}, Deposits: []DepositUse{{Invoice: first}}}
	refused("deposit.used", func(tx *Tx) error { _, err := tx.Issue(again); return err })
	refused("deposit.used", func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(first), euros(100), "no"); return err })
	// The final invoice is taken back: the deposits are advances again, and can be deducted anew.
	do(t, b, "", func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(last), euros(100000), "a part"); return err })
	refused("deposit.used", func(tx *Tx) error { _, err := tx.Issue(again); return err })
	do(t, b, "", func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(last), euros(495000), "the rest"); return err })
	balances(t, b, map[Account]int64{Bank: 595000, Sales: -1000000, SalesReductions: 1000000, Advances: -500000, OutputTax: -95000})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Issue(again); return err })
	do(t, b, "", func(tx *Tx) error { return tx.Void(tx.Invoice(4), "typed wrong") })
	balances(t, b, map[Account]int64{Bank: 595000, Sales: -1000000, SalesReductions: 1000000, Advances: -500000, OutputTax: -95000})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(first), euros(297500), "not built"); return err })
	balances(t, b, map[Account]int64{Bank: 595000, Sales: -1000000, SalesReductions: 1000000, Advances: -250000, OutputTax: -47500, OnAccount: -297500})
}

func TestDepositsThatCannotBeDeducted(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	unpaid := issueDraft(t, b, c, Draft{Deposit: true, Lines: []Line{line("Advance", "1", "500", "19")}})
	plain := issueDraft(t, b, c, Draft{Lines: []Line{line("a", "1", "10", "19")}})
	paid := issueDraft(t, b, c, Draft{Deposit: true, Lines: []Line{line("Advance", "1", "500", "19")}})
	pay(t, b, NewPayment{Customer: c, Invoice: paid, Amount: euros(59500)})
	credited := issueDraft(t, b, c, Draft{Deposit: true, Lines: []Line{line("Advance", "1", "500", "19")}})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(credited), euros(59500), "no"); return err })
	for name, tt := range map[string]struct {
		key     string
		of      []InvoiceID
		lines   []Line
		deposit bool
	}{
		"not paid":            {"deposit.unpaid", []InvoiceID{unpaid}, []Line{line("a", "1", "2000", "19")}, false},
		"no deposit":          {"deposit.none", []InvoiceID{plain}, []Line{line("a", "1", "2000", "19")}, false},
		"twice":               {"deposit.twice", []InvoiceID{paid, paid}, []Line{line("a", "1", "2000", "19")}, false},
		"another rate":        {"deposit.more", []InvoiceID{paid}, []Line{line("a", "1", "2000", "7")}, false},
		"more than the whole": {"deposit.more", []InvoiceID{paid}, []Line{line("a", "1", "400", "19")}, false},
		"nothing left":        {"deposit.all", []InvoiceID{paid}, []Line{line("a", "1", "500", "19")}, false},
		"credited in full":    {"credit.nothing", []InvoiceID{credited}, []Line{line("a", "1", "2000", "19")}, false},
		"in a deposit":        {"deposit.both", []InvoiceID{paid}, []Line{line("a", "1", "2000", "19")}, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := Draft{Customer: c, Date: testDay, Due: testDay, Currency: "EUR", Lines: tt.lines, Deposit: tt.deposit}
			for _, id := range tt.of {
				d.Deposits = append(d.Deposits, DepositUse{Invoice: id})
			}
			wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := tx.Issue(d); return err }), tt.key)
		})
	}
}

// A deposit over the whole leaves nothing to invoice. It is credited instead, and its money
// pays an invoice over the whole: income and tax are as if it had been deducted.
func TestDepositOverTheWhole(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	dep := issueDraft(t, b, c, Draft{Deposit: true, Lines: []Line{line("Advance", "1", "500", "19")}})
	pay(t, b, NewPayment{Customer: c, Invoice: dep, Amount: euros(59500)})
	do(t, b, "", func(tx *Tx) error {
		_, err := tx.Credit(tx.Invoice(dep), euros(59500), "Invoiced as a whole")
		return err
	})
	issueDraft(t, b, c, Draft{Lines: []Line{line("a", "1", "500", "19")}})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Apply(tx.Customer(c), nil, Money{}); return err })
	balances(t, b, map[Account]int64{Bank: 59500, Sales: -50000, OutputTax: -9500})
}

// An Italian public body pays the price and leaves the VAT with the state: 1,000 and 22 %
// (art. 17-ter DPR 633/1972, "scissione dei pagamenti"). An offset nets our own debt.
func TestSplitPaymentAndOffset(t *testing.T) {
	b, _ := testBooks(t)
	c := addAcme(t, b)
	id := issueDraft(t, b, c, Draft{Lines: []Line{line("a", "1", "1000", "22")}})
	try2 := func(n NewPayment) error {
		n.Customer, n.Invoice, n.Date = c, id, testDay
		return try(b, "", func(tx *Tx) error { _, _, err := tx.Receive(n); return err })
	}
	wantRefusal(t, try2(NewPayment{Amount: euros(90000), Split: euros(22001)}), "payment.splitmuch")
	wantRefusal(t, try2(NewPayment{Amount: euros(80000), Offset: euros(20000)}), "payment.offsetwhat")
	wantRefusal(t, try2(NewPayment{Amount: euros(90000), Split: euros(22000), Offset: euros(10001), OffsetWords: "x"}), "payment.deductmuch")
	if err := try2(NewPayment{Amount: euros(80000), Split: euros(22000), Offset: euros(20000), OffsetWords: "our order 12"}); err != nil {
		t.Fatal(err)
	}
	balances(t, b, map[Account]int64{Bank: 80000, SplitTax: 22000, Offsets: 20000, Sales: -100000, OutputTax: -22000})
	b.View(func(v *View) error {
		owed := v.OwedCertificates()
		if inv := v.Invoice(id); inv.Open != 0 || inv.Split != 22000 || len(owed) != 1 || owed[0].Cause != BySplit {
			t.Errorf("got %+v, papers %v", inv, owed)
		}
		return nil
	})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Certify(tx.Invoice(id), "F24 no. 12"); return err })
	do(t, b, "", func(tx *Tx) error { _, err := tx.Return(tx.Payment(1), "no funds"); return err })
	balances(t, b, map[Account]int64{Receivables: 122000, Sales: -100000, OutputTax: -22000})
	do(t, b, "", func(tx *Tx) error { _, err := tx.Credit(tx.Invoice(id), euros(61000), "half"); return err })
	wantRefusal(t, try2(NewPayment{Amount: euros(40000), Split: euros(11001)}), "payment.splitmuch")
	if err := try2(NewPayment{Amount: euros(50000), Split: euros(11000)}); err != nil {
		t.Fatal(err)
	}
}
