package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Hash chains the facts: each record ends with the SHA-256 of the hash before it and of
// its own bytes.
type Hash [32]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Short is the form that people see in a digest: the first twelve digits.
func (h Hash) Short() string { return h.String()[:12] }

// A Fact is one thing that happened: immutable, numbered without a gap, chained to the one
// before. Everything that the books can tell follows from the facts.
type Fact struct {
	Seq       uint64
	Recorded  time.Time // UTC, to the millisecond; never before the fact before
	Effective Date      // the business day: typed, the bank's, or the provider's
	By        string    // who: "slack:UFINANCE01", "telegram:1001", "stripe", "duebot"
	Via       string    // key of the command; "" means the same command as the fact before
	Body      Body
	Postings  []Posting  // balanced per currency; may be empty
	Approval  ApprovalID // the request that a second person approved, 0: none was needed
	Hash      Hash

	texts   []TextRef // personal texts that the body refers to
	version byte      // of its layout
}

// Body is what a fact says: one struct per kind, which describes its layout and what it
// does to the projections.
type Body interface {
	kind() factKind
	code(c *coder)
	apply(s *state, f *Fact)
}

type factKind uint8

// The kinds are part of the file format: a number is never used again for another kind.
const (
	kindCompany factKind = iota + 1
	kindCustomer
	kindInvited
	kindLinked
	kindUnlinked
	kindInvoice
	kindPayment
	kindAllocation
	kindCreditNote
	kindDisputeOpened
	kindDisputeMessage
	kindDisputeResolved
	kindPromise
	kindNotice
	kindOutcome
	kindLanguage
	kindCreditAllocated // 17
	kindDeducted
	kindSettlementReversed
	kindRefunded
	kindWrittenOff
	kindWriteOffReversed
	kindPaymentReturned
	kindCertificate // 24
)

// Kinds of documents: 25 to 29.
const (
	kindVoid factKind = 25
)

// The books' keeping.
const (
	kindPeriodClosed    factKind = 30
	kindPeriodReopened  factKind = 31
	kindCustomerChanged factKind = 32
	kindOpening         factKind = 33
)

// Claims and promises over time: 52 to 67.
const (
	kindRateOfInterest   factKind = 52
	kindInterestAgreed   factKind = 53
	kindInterestCharged  factKind = 54
	kindPromiseKept      factKind = 55
	kindPromiseBroken    factKind = 56
	kindPromiseLapsed    factKind = 57
	kindPlanAgreed       factKind = 58
	kindPlanKept         factKind = 59
	kindPlanBroken       factKind = 60
	kindPlanCancelled    factKind = 61
	kindContractMade     factKind = 62
	kindContractInvoiced factKind = 63
	kindContractStopped  factKind = 64
)

// Currencies.
const (
	kindRates     factKind = 40
	kindConverted factKind = 41
)

// Terms and documents: 44 to 51.
const (
	kindDiscount factKind = 44
)

// Approvals: 68 to 75.
const (
	kindApprovalAsked   factKind = 68
	kindApprovalDecided factKind = 69
)

// Routes and campaigns: 88 to 95.
const (
	kindRouteBroken     factKind = 88
	kindRouteMended     factKind = 89
	kindChatMoved       factKind = 90
	kindCampaignBegun   factKind = 91
	kindCampaignChanged factKind = 92
)

// Contacts by staff: 97 to 99.
const (
	kindNote       factKind = 97
	kindNoteUndone factKind = 98
	kindPhone      factKind = 99
)

// How customers are reached: 76 to 83.
const (
	kindMailAdded     factKind = 76
	kindMailRemoved   factKind = 77
	kindChannelChosen factKind = 78
	kindMailReminders factKind = 79
)

// Cards in Slack: 100 to 103.
const (
	kindOpened       factKind = 100
	kindRequirements factKind = 101
)

// Documents: 93 to 96, 102 and 103.
const (
	kindLetterhead factKind = 93
	kindParty      factKind = 94
	kindDocument   factKind = 95

	kindFileKept      factKind = 96
	kindFileShared    factKind = 102
	kindFileWithdrawn factKind = 103
)

// Imports: 104 to 106.
const (
	kindImportAccepted factKind = 104
	kindImportBooked   factKind = 105
	kindImportEnded    factKind = 106
)

// Talks with customers: 127 to 134.
const (
	kindQuestionAsked    factKind = 127
	kindQuestionMessage  factKind = 128
	kindQuestionClosed   factKind = 129
	kindQuestionAssigned factKind = 130
	kindQuestionPressed  factKind = 131
	kindWordsEdited      factKind = 132
	kindWordsWithdrawn   factKind = 133
)

// Disputes: 119 to 126.
const (
	kindDisputeTaken   factKind = 119
	kindDisputePressed factKind = 120
)

// Links: 107 to 112.
const (
	kindLinkAsked       factKind = 107
	kindInvitationEnded factKind = 108
	kindPosition        factKind = 109
	kindGroupSums       factKind = 110
)

// Later days and plans that customers ask for: 135 to 140.
const (
	kindDeferralRequested factKind = 135
	kindDeferralChanged   factKind = 136
	kindDeferralEnded     factKind = 137
)

// What customers say of money, accounts and us: 141 to 148.
const (
	kindPaymentClaimed factKind = 141
	kindClaimProven    factKind = 142
	kindClaimSettled   factKind = 143
	kindSilenceEnded   factKind = 144
	kindActSent        factKind = 145
	kindActDrawn       factKind = 146
	kindActAnswered    factKind = 147
	kindRatingGiven    factKind = 148
)

// Paper: 149 to 152.
const (
	kindPaperInvited factKind = 149
)

// What payment providers keep and pay out: 181 to 190.
const (
	kindProviderFee factKind = 181
	kindPayoutTold  factKind = 182
)

// Payouts of providers, and refunds, in the bank: 177 to 180.
const (
	kindPayoutArrived     factKind = 177
	kindProviderConverted factKind = 178
	kindPayoutParts       factKind = 179
	kindRefundSeen        factKind = 180
)

// Bookings that several files of a bank tell: 183 to 186.
const (
	kindBankEntrySeen factKind = 183
	kindBankEntryTwin factKind = 184
)

// Entries of bank statements: 153 to 162.
const (
	kindBankStatement     factKind = 153
	kindBankEntry         factKind = 154
	kindBankEntryApplied  factKind = 155
	kindBankEntryLeft     factKind = 156
	kindBankEntryReturned factKind = 157
	kindBankEntryReopened factKind = 158
	kindBankEntryAssigned factKind = 159
	kindPaymentAnnulled   factKind = 160
	kindPayerLearnt       factKind = 161
	kindPayerForgotten    factKind = 162
)

// What staff decide about reminders: 191 to 195.
const (
	kindPolicies     factKind = 191
	kindPolicyGiven  factKind = 192
	kindHold         factKind = 193
	kindHoldEnded    factKind = 194
	kindStepsSkipped factKind = 195
)

// What staff say of single contacts: 196 to 203.
const (
	kindSkipUndone      factKind = 196
	kindContactSnoozed  factKind = 197
	kindContactWorded   factKind = 198
	kindContactReleased factKind = 199
	kindContactHeld     factKind = 200
)

// Cheques, and receipts for cash: 163 to 167; the law that a customer is under: 168.
const (
	kindChequeReceived factKind = 163
	kindChequeMoved    factKind = 164
	kindChequeCleared  factKind = 165
	kindChequeUndone   factKind = 166
	kindCashReceipt    factKind = 167
	kindLaw            factKind = 168
)

// Odd things, and our own bank details: 171 to 176.
const (
	kindOddFound    factKind = 171
	kindOddAssigned factKind = 172
	kindOddClosed   factKind = 173

	kindBankSeen        factKind = 174
	kindBankChange      factKind = 175
	kindBankChangeMoved factKind = 176
)

// Tasks: 204 to 213.
const (
	kindTaskOpened   factKind = 204
	kindTaskJoined   factKind = 205
	kindTaskAssigned factKind = 206
	kindTaskMoved    factKind = 207
	kindTaskClosed   factKind = 208
)

// Recurring invoices: 228 to 237.
const (
	kindContractChanged factKind = 228
	kindContractSkipped factKind = 229
	kindContractPaused  factKind = 230
	kindContractResumed factKind = 231
	kindContractHeld    factKind = 232
	kindContractEnding  factKind = 233
)

func newBody(k factKind) Body {
	switch k {
	case kindApprovalAsked:
		return new(ApprovalAsked)
	case kindApprovalDecided:
		return new(ApprovalDecided)
	case kindCompany:
		return new(CompanySet)
	case kindCustomer:
		return new(CustomerAdded)
	case kindInvited:
		return new(CustomerInvited)
	case kindLinked:
		return new(ChatLinked)
	case kindUnlinked:
		return new(ChatUnlinked)
	case kindInvoice:
		return new(InvoiceIssued)
	case kindPayment:
		return new(PaymentReceived)
	case kindAllocation:
		return new(Allocated)
	case kindCreditNote:
		return new(CreditNoteIssued)
	case kindDisputeOpened:
		return new(DisputeOpened)
	case kindDisputeMessage:
		return new(DisputeMessage)
	case kindDisputeResolved:
		return new(DisputeResolved)
	case kindPromise:
		return new(PromiseMade)
	case kindNotice:
		return new(NoticeQueued)
	case kindOutcome:
		return new(NoticeOutcome)
	case kindLanguage:
		return new(LanguageSet)
	case kindVoid:
		return new(InvoiceVoided)
	case kindCreditAllocated:
		return new(CreditAllocated)
	case kindDeducted:
		return new(Deducted)
	case kindSettlementReversed:
		return new(SettlementReversed)
	case kindRefunded:
		return new(Refunded)
	case kindWrittenOff:
		return new(WrittenOff)
	case kindWriteOffReversed:
		return new(WriteOffReversed)
	case kindPaymentReturned:
		return new(PaymentReturned)
	case kindCertificate:
		return new(CertificateReceived)
	case kindPeriodClosed:
		return new(PeriodClosed)
	case kindPeriodReopened:
		return new(PeriodReopened)
	case kindCustomerChanged:
		return new(CustomerChanged)
	case kindOpening:
		return new(OpeningLoaded)
	case kindRates:
		return new(RatesSet)
	case kindConverted:
		return new(Converted)
	case kindDiscount:
		return new(DiscountTaken)
	}
	if b := newSpoken(k); b != nil {
		return b
	}
	if x := newNote(k); x != nil {
		return x
	}
	if x := newContact(k); x != nil {
		return x
	}
	if x := newChosen(k); x != nil {
		return x
	}
	if x := newCard(k); x != nil {
		return x
	}
	if x := newImport(k); x != nil {
		return x
	}
	if x := newTalk(k); x != nil {
		return x
	}
	if x := newFile(k); x != nil {
		return x
	}
	if x := newLetterhead(k); x != nil {
		return x
	}
	if x := newDisputeFact(k); x != nil {
		return x
	}
	if x := newPaidClaim(k); x != nil {
		return x
	}
	if x := newReconciliation(k); x != nil {
		return x
	}
	if x := newProviderFact(k); x != nil {
		return x
	}
	if x := newPreflight(k); x != nil {
		return x
	}
	if k == kindLaw {
		return new(LawSet)
	}
	if x := newReminding(k); x != nil {
		return x
	}
	if x := newPilot(k); x != nil {
		return x
	}
	if x := newLoyalty(k); x != nil {
		return x
	}
	if x := newOwnStatement(k); x != nil {
		return x
	}
	if x := newTaskFact(k); x != nil {
		return x
	}
	if x := newDigestFact(k); x != nil {
		return x
	}
	if x := newRecurring(k); x != nil {
		return x
	}
	if x := newRating(k); x != nil {
		return x
	}
	if x := newLinkFact(k); x != nil {
		return x
	}
	if x := newBankFact(k); x != nil {
		return x
	}
	if x := newChequeFact(k); x != nil {
		return x
	}
	if x := newBankChangeFact(k); x != nil {
		return x
	}
	if x := newOddFact(k); x != nil {
		return x
	}
	if x := newSeenFact(k); x != nil {
		return x
	}
	if x := newDeferral(k); x != nil {
		return x
	}
	return newClaim(k)
}

// factVersion is the newest layout of a fact; older ones stay readable for ever. What
// testdata/format has a sample of is released, and grows no more.
const factVersion = 8

func (f *Fact) code(c *coder) {
	from := len(c.texts)
	var k factKind
	if c.writing {
		k = f.Body.kind()
	}
	num(c, &k)
	c.instant(&f.Recorded)
	num(c, &f.Effective)
	str(c, &f.By)
	c.via(&f.Via)
	if !c.writing && c.err == nil {
		if f.Body = c.body(k); f.Body == nil {
			c.fail(fmt.Errorf("fact kind %d is unknown here", k))
		}
	}
	if c.err != nil {
		return
	}
	f.Body.code(c)
	c.entry(&f.Postings)
	if c.version >= 2 {
		num(c, &f.Approval)
	}
	f.texts, f.version = c.texts[from:len(c.texts):len(c.texts)], c.version
}

// record returns f as it is stored, and sets its hash.
func (f *Fact) record(before Hash) ([]byte, error) {
	c := &coder{version: factVersion, writing: true, buf: append(make([]byte, 0, 256), factVersion)}
	f.code(c)
	if c.err != nil {
		return nil, c.err
	}
	f.Hash = chain(before, c.buf)
	return append(c.buf, f.Hash[:]...), nil
}

// readFact decodes a record and checks that it balances; it does not check the chain.
func readFact(seq uint64, rec []byte) (*Fact, error) {
	if len(rec) < len(Hash{}) {
		return nil, fmt.Errorf("fact %d: %w", seq, errShort)
	}
	body, sum := rec[:len(rec)-len(Hash{})], rec[len(rec)-len(Hash{}):]
	f := &Fact{Seq: seq, Hash: Hash(sum)}
	return f, f.decode(new(coder), body)
}

// decode reads what is in a record before its hash.
func (f *Fact) decode(c *coder, body []byte) error {
	err := c.read(body, factVersion, f.code)
	if err == nil {
		err = balanced(f.Postings)
	}
	if err != nil {
		return fmt.Errorf("fact %d: %w", f.Seq, err)
	}
	return nil
}

func chain(before Hash, body []byte) Hash {
	h := sha256.New()
	h.Write(before[:])
	h.Write(body)
	return Hash(h.Sum(nil))
}
