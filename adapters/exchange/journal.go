// Package exchange brings the books into other programs' forms, and other programs' files
// into the books: journals out for an independent auditor, opening balances in from CSV.
//
// It reads and writes, and decides nothing: what may be booked is the ledger's to say.
package exchange

import (
	"bufio"
	"fmt"
	"io"
	"sort"
	"strings"

	"duebot/ledger"
)

// accountName is an account as hledger's tree has it; the first part tells it the kind.
func accountName(a ledger.Account) string {
	switch a {
	case ledger.Receivables, ledger.Bank, ledger.WithheldTax, ledger.SplitTax, ledger.Offsets, ledger.ChequesHeld, ledger.ChequesDeposited, ledger.Cash, ledger.AtProviders:
		return "assets:" + a.String()
	case ledger.OnAccount, ledger.OutputTax, ledger.Advances, ledger.ChequesUncleared:
		return "liabilities:" + a.String()
	case ledger.Sales, ledger.SalesReductions, ledger.DiscountsGranted, ledger.InterestIncome, ledger.FeeIncome:
		return "income:" + a.String()
	case ledger.BadDebt, ledger.RoundingDifferences, ledger.BankFees, ledger.ExchangeDifferences:
		return "expenses:" + a.String()
	case ledger.OpeningBalances, ledger.Conversion:
		return "equity:" + a.String()
	}
	return "other:" + a.String()
}

// account is the row of one customer in an account; a posting without one is the account's.
func account(v *ledger.View, a ledger.Account, id ledger.CustomerID) string {
	if c := v.Customer(id); c != nil {
		return accountName(a) + ":" + c.Handle
	}
	return accountName(a)
}

// Journal writes the books as a journal for hledger: one transaction per fact that has
// postings, coded by the fact's number and dated by its effective date. Names of people and
// of customers are not in it; customers stand by their handles.
//
// A watch, if one is given, is told how far it is.
func Journal(out io.Writer, v *ledger.View, watch ...ledger.Watch) error {
	w := bufio.NewWriter(out)
	head := v.Head()
	fmt.Fprintf(w, "; Duebot: the books of %s, %d facts, head %s\n\ndecimal-mark .\n", oneLine(v.Company().Name), head.Seq, head.Hash)
	// An auditor checks names strictly, and so all that occur are declared first.
	currencies, accounts := map[ledger.Currency]bool{v.Company().Currency: true}, map[string]bool{}
	err := v.Facts(1, func(f *ledger.Fact) error {
		for _, p := range f.Postings {
			currencies[p.Amount.Currency], accounts[postingAccount(v, p)] = true, true
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range sortedKeys(currencies) {
		fmt.Fprintf(w, "commodity %s %s\n", sample(c), c)
	}
	for _, a := range sortedKeys(accounts) {
		fmt.Fprintf(w, "account %s\n", a)
	}
	err = v.Facts(1, func(f *ledger.Fact) error {
		if len(f.Postings) > 0 {
			transaction(w, v, f)
		}
		for _, tell := range watch {
			tell(int64(f.Seq), int64(head.Seq))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

func transaction(w io.Writer, v *ledger.View, f *ledger.Fact) {
	fmt.Fprintf(w, "\n%s (%d) %s\n    ; fact:%d, recorded:%s, by:%s\n", f.Effective, f.Seq, describe(v, f), f.Seq,
		f.Recorded.Format("2006-01-02T15:04:05.000Z"), oneLine(f.By))
	for _, p := range f.Postings {
		fmt.Fprintf(w, "    %-44s  %s\n", postingAccount(v, p), postingAmount(v.Company().Currency, f, p))
	}
}

// postingAccount is the row of a posting; what has a value alone belongs to nobody.
func postingAccount(v *ledger.View, p ledger.Posting) string {
	if p.Amount.Minor == 0 {
		return accountName(p.Account)
	}
	return account(v, p.Account, p.Customer)
}

// postingAmount is a posting's amount; of a foreign one with its value as the total cost, by
// which hledger balances a transaction of several currencies, and values accounts with -B.
func postingAmount(base ledger.Currency, f *ledger.Fact, p ledger.Posting) string {
	switch {
	case p.Amount.Minor == 0:
		return ledger.Money{Minor: p.Base, Currency: base}.String()
	case p.Amount.Currency == base || !f.HasValues():
		return p.Amount.String()
	}
	cost := ledger.Money{Minor: p.Base, Currency: base}
	if cost.Minor < 0 {
		cost = cost.Neg()
	}
	return p.Amount.String() + " @@ " + cost.String()
}

// describe says in a few words what a fact is, with the numbers of its documents.
func describe(v *ledger.View, f *ledger.Fact) string {
	switch x := f.Body.(type) {
	case *ledger.InvoiceIssued:
		if x.OldNumber != "" {
			return "opening balance " + x.Number.String() + ", " + oneLine(x.OldNumber)
		}
		if x.Deposit {
			return "deposit invoice " + x.Number.String()
		}
		return "invoice " + x.Number.String()
	case *ledger.PaymentReceived:
		if x.Dated != 0 {
			return "payment by " + oneLine(x.Method) + " of " + x.Dated.String()
		}
		return "payment by " + oneLine(x.Method)
	case *ledger.Refunded:
		if x.Taken {
			return "chargeback through " + oneLine(x.Method)
		}
		return "refund by " + oneLine(x.Method)
	case *ledger.Allocated:
		var numbers []string
		for _, p := range x.Parts {
			if inv := v.Invoice(p.Invoice); inv != nil {
				numbers = append(numbers, inv.Number.String())
			}
		}
		return "allocation to " + strings.Join(numbers, " ")
	case *ledger.DiscountTaken:
		return "early-payment discount on " + v.Invoice(x.Invoice).Number.String()
	case *ledger.CreditNoteIssued:
		return "credit note " + x.Number.String()
	}
	name := fmt.Sprintf("%T", f.Body)
	return name[strings.LastIndexByte(name, '.')+1:]
}

// sample is how hledger shows sums of c; the mark must be there even without decimals.
func sample(c ledger.Currency) string {
	s := strings.Fields(ledger.Money{Minor: 0, Currency: c}.String())[0]
	if !strings.Contains(s, ".") {
		return s + "."
	}
	return s
}

// oneLine takes out what would end a description, or begin a comment or a tag in it.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f || r == ';' || r == '|' || r == 0x2028 || r == 0x2029:
			return ' '
		case r == ',':
			return '.'
		}
		return r
	}, s)
}

func sortedKeys[K ~string](m map[K]bool) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}
