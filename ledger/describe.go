package ledger

// The names of what happens to money and documents, and of the books' keeping.
const (
	FactVoid        FactName = "void"
	FactWithheld    FactName = "withheld"
	FactBankFee     FactName = "bankfee"
	FactRounding    FactName = "rounding"
	FactTakenBack   FactName = "takenback"
	FactRefund      FactName = "refund"
	FactWriteOff    FactName = "writeoff"
	FactOwedAgain   FactName = "owedagain"
	FactReturned    FactName = "returned"
	FactCertificate FactName = "certificate"
	FactConverted   FactName = "converted"
	FactSplit       FactName = "split"
	FactOffset      FactName = "offset"
	FactClosed      FactName = "closed"
	FactReopened    FactName = "reopened"
	FactChanged     FactName = "changed"
	FactOpening     FactName = "opening"
	FactRates       FactName = "rates"
)

// factName is how people call a part that was settled for this cause.
func (c Cause) factName() FactName {
	switch c {
	case ByWithholding:
		return FactWithheld
	case ByFee:
		return FactBankFee
	case ByRounding:
		return FactRounding
	case BySplit:
		return FactSplit
	case ByOffset:
		return FactOffset
	}
	return FactAllocation
}

// describeCash tells facts about money and what it settles.
func (v *View) describeCash(f *Fact) Description {
	switch x := f.Body.(type) {
	case *CreditAllocated:
		return Description{Name: FactAllocation, Refs: append(v.sourceRefs(0, x.Credit), v.numbers(x.Invoice)...), Amount: x.Amount}
	case *Converted:
		return Description{Name: FactConverted, Refs: append(v.sourceRefs(x.Payment, x.Credit), v.numbers(x.Invoice)...), Amount: x.Taken}
	case *Deducted:
		return Description{Name: x.Cause.factName(), Refs: append(v.sourceRefs(x.Payment, x.Credit), v.numbers(x.Invoice)...), Amount: x.Amount, Words: x.Words}
	case *SettlementReversed:
		return Description{Name: FactTakenBack, Refs: append(v.sourceRefs(x.Payment, x.Credit), v.numbers(x.Invoice)...), Amount: x.Amount}
	case *Refunded:
		if x.Taken {
			return Description{Name: FactReturned, Refs: v.sourceRefs(x.Parts[0].Payment, 0), Amount: x.Amount, Words: x.Reason}
		}
		return Description{Name: FactRefund, Refs: v.handle(x.Customer), Amount: x.Amount, Words: x.Reason}
	case *WrittenOff:
		return Description{Name: FactWriteOff, Refs: v.numbers(x.Invoice), Amount: x.Amount, Words: x.Reason}
	case *WriteOffReversed:
		return Description{Name: FactOwedAgain, Refs: v.numbers(x.Invoice), Amount: x.Amount, Words: x.Reason}
	case *PaymentReturned:
		name := FactReturned
		if x.PaidBack {
			name = FactRefund
		}
		return Description{Name: name, Refs: v.sourceRefs(x.Payment, 0), Amount: x.Amount, Words: x.Reason}
	case *CertificateReceived:
		return Description{Name: FactCertificate, Refs: v.numbers(x.Invoice), Amount: x.Amount, Words: x.Reference}
	case *InvoiceVoided:
		return Description{Name: FactVoid, Refs: v.numbers(x.Invoice), Words: x.Reason}
	}
	return v.describeKeeping(f)
}

// describeKeeping tells facts about the books themselves.
func (v *View) describeKeeping(f *Fact) Description {
	switch x := f.Body.(type) {
	case *PeriodClosed:
		return Description{Name: FactClosed, Refs: []string{x.Month.String()}}
	case *PeriodReopened:
		return Description{Name: FactReopened, Refs: []string{x.Month.String(), x.Reason}}
	case *CustomerChanged:
		return Description{Name: FactChanged, Refs: v.handle(x.Customer)}
	case *OpeningLoaded:
		return Description{Name: FactOpening}
	case *RatesSet:
		return Description{Name: FactRates, Refs: x.refs(v.s.company.Currency)}
	case *ApprovalAsked:
		return v.describeAsked(f, x)
	case *ApprovalDecided:
		return Description{Name: FactDecided, Refs: []string{approvalLabel(x.Approval), string(x.State)}}
	}
	return Description{Name: FactOther, Refs: []string{KindName(f.Body)}}
}

// sourceRefs names a payment or a credit note.
func (v *View) sourceRefs(p PaymentID, n CreditNoteID) []string {
	if note := v.CreditNote(n); note != nil {
		return []string{note.Number.String()}
	}
	if p != 0 {
		return []string{PaymentLabel(p)}
	}
	return nil
}
