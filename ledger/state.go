package ledger

import "time"

// state is the projections: what follows from the facts, in memory, made again from
// nothing at every start. It changes only by apply functions, through set, put, drop and
// arena.add, which remember how to take a change back: a refused command leaves no trace.
type state struct {
	head     Head
	recorded time.Time
	company  CompanySet

	persons PersonID
	texts   uint32

	customers arena[Customer]
	handles   map[string]CustomerID
	chats     map[string][]CustomerID // "telegram:1001" → whose it is
	people    map[string]ChatPerson   // "telegram:1001" → who linked it
	addresses map[PersonID]string     // the other way round
	links     map[linkKey]Link        // chats and customers; see link.go

	read    func(TextRef) (string, error)
	invites map[[16]byte]invite

	paperInvites map[[16]byte]bool // those of them that stand on paper

	invoices    arena[Invoice]
	numbers     map[series][]InvoiceID // in order of the running number
	creditNotes arena[CreditNote]
	creditNums  map[series]uint32
	payments    arena[Payment]
	settlements arena[Settlement]
	refunds     arena[Refund]
	writeOffs   arena[writeOff]
	owedPapers  map[uint32]bool // settlements by tax withheld whose certificate is owed
	disputes    arena[Dispute]
	openDispute map[DisputeID]bool
	lastDispute map[InvoiceID]DisputeID // the newest of each invoice
	promises    arena[Promise]
	notes       arena[Note]
	words       arena[Words] // said in disputes and about questions
	lastWords   map[talk]WordsID
	wordsAt     map[string]WordsID // the newest of a message
	groupCopies map[InvoiceID][]groupCopy
	unseen      map[WordsID]bool // whose newest change the other side does not have
	questions   arena[Question]
	files       arena[File]
	lastFile    map[InvoiceID]FileID // the newest of each invoice
	letterheads []Letterhead         // oldest first
	companies   []companyAt          // oldest first
	onPaper     map[carrier]factNo   // invitations that documents carry
	documents   map[uint64]factNo    // as they were first drawn, by kind, what they are of, and language
	items       [][]openItem         // by customer; see openitem.go
	balances    [][]balance          // by customer; see balance.go
	currencies  []Currency           // that occur in postings, in order of appearance

	paidClaims    arena[PaidClaim]
	claimOf       map[InvoiceID]PaidClaimID // the newest of each invoice
	waitingClaims map[PaidClaimID]bool
	claimPaidBy   map[PaymentID]PaidClaimID
	silences      map[InvoiceID]PaidClaimID // which keep reminders away, until their end is booked
	acts          arena[Reconciliation]
	openActs      map[ReconciliationID]bool
	payouts       arena[Payout]
	payoutIDs     map[string]PayoutID // by provider and its own id
	held          map[heldKey]Held    // what providers hold
	swapped       map[string]bool     // conversions of providers that are booked, by provider and its own id
	arrivals      map[BankEntryID]arrival
	expects       uint64 // grows with whatever the bank is expected to bring; see View.Expects
	ratings       arena[Rating]
	ratingAsked   map[CustomerID]Date     // when each was asked last
	occasions     map[CustomerID]occasion // what each may be asked about

	policies []string             // of reminders, by version
	policyOf map[remindKey]string // that customers and invoices were given
	holds    arena[Hold]
	holding  map[remindKey]HoldID // those that hold
	laws     map[CustomerID]Law

	tasks     arena[Task]
	openTasks map[taskKey]TaskID
	escalated map[InvoiceID]TaskID // the newest task that the last step of each led to, or a broken word, or that did a step and left it at that

	contactNotes    map[CustomerID]ContactNotes // of single contacts; see preflight.go
	dayCards        map[dayCard]toldOfEntries
	dayCardEdits    map[dayCard]NoticeID
	pilot           Pilot
	pilotHeld       map[Date][]*PilotHeld // what it held back, by the day on which it would have gone
	unheardOn       map[CustomerID][]Date // days of the last month of reminders that it held back
	wantsStatements map[CustomerID]WantsStatements
	stated          map[CustomerID]StatedThrough
	thanked         map[CustomerID]Date // when each was thanked last
	loyalty         map[ContractID]Loyalty
	weekly          map[CustomerID]bool // who wants a week between two reminders

	moves         arena[move] // of what customers owe; see history.go
	disputedMoves arena[disputed]
	trail         arena[step]  // which facts concern whom; see trail.go
	stirred       []CustomerID // whom the newest facts concern, in order; see Stirred
	stirredFrom   int          // how many there were before those

	mailAsks  arena[MailAsk]     // addresses that customers asked for
	mailAsked map[MailAskID]bool // those that staff have not decided

	notices  arena[notice]
	open     map[NoticeID]*Notice // not yet sent, failed or withdrawn
	settling map[NoticeID]*Notice // unknown: a person has to say what became of them
	doubts   map[DoubtID]Doubt
	ended    []*Notice            // of a replay: room for further ones
	threads  map[string]InvoiceID // "channel:ts" of an invoice's card

	openQuestions   map[QuestionID]bool
	questionThreads map[string]QuestionID // "channel:ts" of the message that brought one

	broken    map[string]Route  // chats that cannot be written to
	relocated map[string]factNo // chats that have moved: to what they are now
	routed    []CustomerID      // for whom a chat was opened, in order
	campaigns arena[Campaign]
	paused    map[CampaignID]bool

	keys map[string]uint64 // command key → row of its stored reply
	done map[string]bool   // keys kept for ever: providers' and banks', from the facts

	rates     map[Currency][]Rate // in order of date
	rateFacts arena[uint64]       // the facts that set them
	worth     [accountMax]int64   // base values of the accounts; see carry.go
	under     *Fact               // being applied

	interestRates map[string][]InterestRate // reference rates by table, in order of date
	charges       arena[charge]
	awaited       map[uint32]bool         // promises to be judged, or to be kept late
	readers       map[string]DigestReader // by Slack user
	readerAt      map[string]string       // whose digest comes to an address
	digestInvites map[[16]byte]digestInvite
	broke         arena[breach] // promises and plans that broke, in order
	billed        map[billedKey]int64
	plans         arena[Plan]
	activePlans   map[PlanID]bool
	deferrals     arena[Deferral]
	waiting       map[DeferralID]bool // deferrals that are not decided
	contracts     arena[Contract]
	running       map[ContractID]bool // contracts that have an invoice to come

	closed     Month                // the last closed month, 0: none
	periods    []PeriodAct          // oldest first
	openings   map[Hash]bool        // files of opening balances that are in the books
	references map[string]InvoiceID // numbers that invoices had elsewhere, in capitals
	orders     arena[reference]     // the buyers' references on invoices

	imported      map[Hash]ImportID // files that were imported, by their bytes
	importKeys    map[uint64]bool   // rows that were
	booking       ImportID          // whose rows are being booked, 0: none
	bookedRows    int               // of it, or of the one before
	importNotices map[ImportID]NoticeID
	importEdits   map[ImportID]NoticeID // the newest edit of each

	bankStatements arena[TakenStatement]
	bankParts      map[bankPart]BankStatementID
	bankFresh      map[string]BankStatementID // the newest of each of our accounts
	bankEntries    arena[BankEntry]
	entryIDs       map[EntryIdentity]BankEntryID
	waitingEntries map[BankEntryID]bool
	entryOf        map[PaymentID]BankEntryID
	waitingTold    map[string]toldOfEntries // by address of staff
	waitingEdits   map[string]NoticeID
	wholeEntries   map[EntryIdentity]BankEntryID // the first part of bookings that came part by part
	entrySums      map[entrySum]BankEntryID      // the newest of each day and sum
	payers         map[PayerKey][]CustomerID     // whose money came from an account or in a name

	cheques      arena[Cheque]
	chequesOf    map[CustomerID][]ChequeID // oldest first
	liveCheques  map[ChequeID]bool
	chequePaidBy map[PaymentID]ChequeID // whose money a payment was
	cashNumbers  map[PaymentID]Number   // of receipts for cash
	cashReceipts map[series][]PaymentID // in order of their numbers
	cashVouchers map[series][]RefundID  // for cash that went back, in order of their numbers

	bankForce   BankDetails  // that count
	bankSeen    *BankDetails // that the configuration named last; nil: none yet
	bankChanges arena[BankChange]
	bankPending BankChangeID

	odds     arena[Odd]
	openOdds map[OddID]bool
	oddOf    map[oddKey]OddID // the newest that was found of each

	subject   subject     // of the fact at hand
	touched   []InvoiceID // by the command at hand
	approvals arena[Approval]
	asked     map[Hash]ApprovalID // those that wait, by what was asked

	undo   []func()
	replay bool // while replaying nothing is ever taken back
}

func newState() *state {
	return &state{
		handles: map[string]CustomerID{}, chats: map[string][]CustomerID{}, people: map[string]ChatPerson{}, addresses: map[PersonID]string{}, links: map[linkKey]Link{},
		invites: map[[16]byte]invite{}, numbers: map[series][]InvoiceID{}, creditNums: map[series]uint32{},
		lastWords: map[talk]WordsID{}, wordsAt: map[string]WordsID{}, unseen: map[WordsID]bool{}, groupCopies: map[InvoiceID][]groupCopy{}, openQuestions: map[QuestionID]bool{}, questionThreads: map[string]QuestionID{},
		openDispute: map[DisputeID]bool{}, lastDispute: map[InvoiceID]DisputeID{},
		open: map[NoticeID]*Notice{}, settling: map[NoticeID]*Notice{}, doubts: map[DoubtID]Doubt{}, threads: map[string]InvoiceID{},
		lastFile: map[InvoiceID]FileID{}, owedPapers: map[uint32]bool{}, keys: map[string]uint64{}, done: map[string]bool{}, openings: map[Hash]bool{}, references: map[string]InvoiceID{},
		rates: map[Currency][]Rate{}, interestRates: map[string][]InterestRate{}, awaited: map[uint32]bool{}, asked: map[Hash]ApprovalID{},
		activePlans: map[PlanID]bool{}, billed: map[billedKey]int64{},
		readers: map[string]DigestReader{}, readerAt: map[string]string{}, digestInvites: map[[16]byte]digestInvite{}, waiting: map[DeferralID]bool{}, running: map[ContractID]bool{},
		broken: map[string]Route{}, relocated: map[string]factNo{}, paused: map[CampaignID]bool{},
		documents: map[uint64]factNo{}, mailAsked: map[MailAskID]bool{}, onPaper: map[carrier]factNo{}, paperInvites: map[[16]byte]bool{},
		claimOf: map[InvoiceID]PaidClaimID{}, waitingClaims: map[PaidClaimID]bool{}, claimPaidBy: map[PaymentID]PaidClaimID{}, silences: map[InvoiceID]PaidClaimID{},
		openActs: map[ReconciliationID]bool{}, ratingAsked: map[CustomerID]Date{}, occasions: map[CustomerID]occasion{},
		policyOf: map[remindKey]string{}, holding: map[remindKey]HoldID{}, laws: map[CustomerID]Law{},
		openTasks: map[taskKey]TaskID{}, escalated: map[InvoiceID]TaskID{},
		pilotHeld: map[Date][]*PilotHeld{}, unheardOn: map[CustomerID][]Date{}, wantsStatements: map[CustomerID]WantsStatements{}, stated: map[CustomerID]StatedThrough{}, thanked: map[CustomerID]Date{}, loyalty: map[ContractID]Loyalty{}, weekly: map[CustomerID]bool{},
		bankParts: map[bankPart]BankStatementID{}, bankFresh: map[string]BankStatementID{}, entryIDs: map[EntryIdentity]BankEntryID{},
		contactNotes: map[CustomerID]ContactNotes{}, dayCards: map[dayCard]toldOfEntries{}, dayCardEdits: map[dayCard]NoticeID{},
		waitingEntries: map[BankEntryID]bool{}, entryOf: map[PaymentID]BankEntryID{}, waitingTold: map[string]toldOfEntries{}, waitingEdits: map[string]NoticeID{}, wholeEntries: map[EntryIdentity]BankEntryID{}, entrySums: map[entrySum]BankEntryID{}, payers: map[PayerKey][]CustomerID{},
		chequesOf: map[CustomerID][]ChequeID{}, liveCheques: map[ChequeID]bool{}, chequePaidBy: map[PaymentID]ChequeID{}, cashNumbers: map[PaymentID]Number{}, cashReceipts: map[series][]PaymentID{}, cashVouchers: map[series][]RefundID{},
		openOdds: map[OddID]bool{}, oddOf: map[oddKey]OddID{},
		payoutIDs: map[string]PayoutID{}, held: map[heldKey]Held{}, swapped: map[string]bool{}, arrivals: map[BankEntryID]arrival{},
		imported: map[Hash]ImportID{}, importKeys: map[uint64]bool{}, importNotices: map[ImportID]NoticeID{}, importEdits: map[ImportID]NoticeID{},
	}
}

// factNo is a fact's number where memory keeps many of them: books of four thousand million
// facts would need more of it than machines have.
type factNo uint32

// apply brings one fact into the projections.
func (s *state) apply(f *Fact) {
	set(s, &s.head, Head{f.Seq, f.Hash})
	set(s, &s.recorded, f.Recorded)
	if f.Via != "" && keptForEver(f.Via) {
		put(s, s.done, f.Via, true)
	}
	for _, t := range f.texts {
		if t.N > s.texts {
			set(s, &s.texts, t.N)
		}
		if t.Person > s.persons {
			set(s, &s.persons, t.Person)
		}
	}
	if f.version < 2 {
		s.valueOwn(f.Postings) // what was foreign stays without a base value
	}
	about := s.about(f.Body)
	s.under = f
	f.Body.apply(s, f)
	s.under = nil
	s.mark(f, about)
	s.movedOnAccount(f)
	for i := range f.Postings {
		s.book(&f.Postings[i])
	}
}

// rollback takes back everything since mark.
func (s *state) rollback(mark int) {
	for i := len(s.undo) - 1; i >= mark; i-- {
		s.undo[i]()
	}
	s.undo = s.undo[:mark]
}

// remember keeps how to take a change back. Callers ask s.replay first, so that a replay
// makes no closures.
func (s *state) remember(f func()) { s.undo = append(s.undo, f) }

func set[T any](s *state, p *T, v T) {
	if !s.replay {
		old := *p
		s.remember(func() { *p = old })
	}
	*p = v
}

func put[K comparable, V any](s *state, m map[K]V, k K, v V) {
	if !s.replay {
		old, had := m[k]
		s.remember(func() {
			if had {
				m[k] = old
			} else {
				delete(m, k)
			}
		})
	}
	m[k] = v
}

func drop[K comparable, V any](s *state, m map[K]V, k K) {
	old, had := m[k]
	if !had {
		return
	}
	if !s.replay {
		s.remember(func() { m[k] = old })
	}
	delete(m, k)
}

// arena is a growing list whose items never move, numbered from 1, so that pointers into
// it stay good.
type arena[T any] struct {
	chunks [][]T
	n      uint32
}

const arenaChunk = 1024

func (a *arena[T]) add(s *state, v T) *T {
	if int(a.n)%arenaChunk == 0 {
		a.chunks = append(a.chunks[:a.n/arenaChunk], make([]T, 0, arenaChunk))
	}
	c := &a.chunks[a.n/arenaChunk]
	*c = append(*c, v)
	a.n++
	if !s.replay {
		s.remember(func() {
			a.n--
			c := &a.chunks[a.n/arenaChunk]
			*c = (*c)[:len(*c)-1]
		})
	}
	return &(*c)[len(*c)-1]
}

// at returns item id, nil where there is none.
func (a *arena[T]) at(id uint32) *T {
	if id == 0 || id > a.n {
		return nil
	}
	return &a.chunks[(id-1)/arenaChunk][(id-1)%arenaChunk]
}

// each calls f with every item in order.
func (a *arena[T]) each(f func(*T)) {
	for _, c := range a.chunks {
		for i := range c {
			f(&c[i])
		}
	}
}
