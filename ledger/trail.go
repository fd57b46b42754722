package ledger

import (
	"cmp"
	"reflect"
	"slices"
)

// step is one fact that concerns a customer. The steps of a customer are chained from the
// newest back; one that names an invoice or a payment concerns that too.
type step struct {
	fact    factNo
	invoice InvoiceID
	payment PaymentID
	before  uint32
}

// subject is what a fact is about. A fact of several invoices is about each.
type subject struct {
	customer CustomerID
	payment  PaymentID
	invoices []InvoiceID
	one      [1]InvoiceID // room for the first of them: most facts name one

	made [3]uint32 // how many customers, invoices and payments there were before it
}

// about tells what a body is about from the types of its fields, so that a new kind of fact
// has its place in every history without a word more. It is asked before the body is
// applied: an outcome still finds its notice.
func (s *state) about(b Body) *subject {
	s.aboutIn(&s.subject, b)
	return &s.subject
}

// aboutIn tells it in a place of the caller's.
func (s *state) aboutIn(sub *subject, b Body) {
	*sub = subject{made: [3]uint32{s.customers.n, s.invoices.n, s.payments.n}}
	switch x := b.(type) { // most facts by far, the quick way
	case *NoticeQueued:
		sub.notice(s, x)
	case *NoticeOutcome:
		s.outcomeOf(x, sub)
	case *InvoiceIssued:
		sub.customer = x.Customer
		for _, d := range x.Deposits {
			sub.invoice(s, d.Invoice)
		}
	case *PaymentReceived:
		sub.customer = x.Customer
	case *Allocated:
		if p := s.payments.at(uint32(x.Payment)); p != nil {
			sub.payment, sub.customer = p.ID, p.Customer
		}
		for _, p := range x.Parts {
			sub.invoice(s, p.Invoice)
		}
	default:
		sub.fields(s, reflect.ValueOf(b).Elem())
	}
}

func (s *state) outcomeOf(x *NoticeOutcome, sub *subject) {
	if n := s.open[x.Notice]; n != nil {
		sub.notice(s, &n.NoticeQueued)
	} else if n := s.settling[x.Notice]; n != nil {
		sub.notice(s, &n.NoticeQueued)
	}
}

func (sub *subject) notice(s *state, x *NoticeQueued) {
	sub.customer, sub.payment = x.Customer, x.Payment
	if x.Invoice != 0 {
		sub.invoice(s, x.Invoice)
	}
}

func (sub *subject) invoice(s *state, id InvoiceID) {
	if inv := s.invoices.at(uint32(id)); inv != nil {
		if len(sub.invoices) == 0 {
			sub.invoices = sub.one[:0]
		} else if slices.Contains(sub.invoices, id) {
			sub.invoices = without(sub.invoices, id)
		}
		sub.invoices = append(sub.invoices, id)
		sub.customer = inv.Customer
	}
}

// fields reads what the fields of a struct name, also those of structs inside it.
func (sub *subject) fields(s *state, v reflect.Value) {
	for i := range v.NumField() {
		if f := v.Field(i); v.Type().Field(i).IsExported() {
			sub.field(s, f)
		}
	}
}

func (sub *subject) field(s *state, f reflect.Value) {
	switch id := f.Interface().(type) {
	case CustomerID:
		if sub.customer == 0 {
			sub.customer = id
		}
	case InvoiceID:
		sub.invoice(s, id)
	case PaymentID:
		if p := s.payments.at(uint32(id)); p != nil {
			sub.payment, sub.customer = id, p.Customer
		}
	case CreditNoteID:
		if n := s.creditNotes.at(uint32(id)); n != nil {
			sub.invoice(s, n.Invoice)
		}
	case DisputeID:
		if d := s.disputes.at(uint32(id)); d != nil {
			sub.invoice(s, d.Invoice)
		}
	case QuestionID:
		if q := s.questions.at(uint32(id)); q != nil {
			sub.customer = q.Customer
			sub.invoice(s, q.Invoice)
		}
	case WordsID:
		if w := s.words.at(uint32(id)); w != nil {
			sub.customer = w.Customer
			if d := s.disputes.at(uint32(w.Dispute)); d != nil {
				sub.invoice(s, d.Invoice)
			}
		}
	case ApprovalID:
		if a := s.approvals.at(uint32(id)); a != nil {
			sub.customer = a.Customer
			sub.invoice(s, a.Invoice)
		}
	case DeferralID:
		if d := s.deferrals.at(uint32(id)); d != nil {
			for _, p := range d.Claims {
				sub.invoice(s, p.Invoice)
			}
		}
	case ChequeID:
		if q := s.cheques.at(uint32(id)); q != nil {
			sub.customer = q.Customer
			for _, of := range q.For {
				sub.invoice(s, of)
			}
		}
	case []InvoiceID:
		for _, of := range id {
			sub.invoice(s, of)
		}
	case []Part:
		for _, p := range id {
			sub.invoice(s, p.Invoice)
		}
	case Draft:
		sub.customer = id.Customer
	default:
		if f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct && f.Len() > 0 && namesInvoice(f.Type().Elem()) {
			for i := range f.Len() {
				sub.fields(s, f.Index(i))
			}
		}
	}
}

// namesInvoice reports whether a struct type has a field that names an invoice.
func namesInvoice(t reflect.Type) bool {
	for i := range t.NumField() {
		if t.Field(i).Type == reflect.TypeFor[InvoiceID]() {
			return true
		}
	}
	return false
}

// mark chains a fact that was applied to the customer whom it concerns. What a fact made is
// what it is about.
func (s *state) mark(f *Fact, sub *subject) {
	if s.customers.n > sub.made[0] {
		sub.customer = CustomerID(s.customers.n)
	}
	for id := sub.made[1] + 1; id <= s.invoices.n; id++ {
		sub.invoice(s, InvoiceID(id))
	}
	if s.payments.n > sub.made[2] {
		sub.payment = PaymentID(s.payments.n)
	}
	for _, p := range f.Postings {
		if sub.customer == 0 {
			sub.customer = p.Customer
		}
	}
	c := s.customers.at(uint32(sub.customer))
	if c == nil {
		return
	}
	s.stir(c.ID)
	if len(sub.invoices) == 0 {
		sub.invoices = sub.one[:1]
	}
	for _, id := range sub.invoices {
		s.trail.add(s, step{factNo(f.Seq), id, sub.payment, c.lastStep})
		set(s, &c.lastStep, s.trail.n)
	}
}

// stirMax is how many of the newest facts are known by whom they concern.
const stirMax = 1 << 17

// stir notes that a fact concerns a customer. It stays noted where the fact is taken back: whoever
// asks looks at one customer too many.
func (s *state) stir(c CustomerID) {
	if s.replay {
		return
	}
	if len(s.stirred) >= stirMax {
		s.stirredFrom += stirMax / 2
		s.stirred = append(s.stirred[:0], s.stirred[stirMax/2:]...)
	}
	s.stirred = append(s.stirred, c)
}

// Stirred are the customers whom facts concern since the books were opened, behind the first n of
// them, and how many there are by now. It is false where n is too long ago to tell. Its cost
// follows those facts.
func (v *View) Stirred(n int) (of []CustomerID, all int, ok bool) {
	all = v.s.stirredFrom + len(v.s.stirred)
	if n < v.s.stirredFrom || n > all {
		return nil, all, false
	}
	return slices.Clone(v.s.stirred[n-v.s.stirredFrom:]), all, true
}

// Mark is a point in the books, for Since; the zero Mark is before all of them.
type Mark struct {
	head                          Head
	invoices, customers, payments uint32
}

// Mark is where the books are now.
func (v *View) Mark() Mark {
	return Mark{v.s.head, v.s.invoices.n, v.s.customers.n, v.s.payments.n}
}

// Holds reports whether m lies in what was booked: a command that was taken back leaves none of
// its facts, and others get their numbers.
func (v *View) Holds(m Mark) (bool, error) {
	switch {
	case m.head == v.s.head:
		return true, nil
	case m.head.Seq == 0 || m.head.Seq > v.s.head.Seq:
		return false, nil
	}
	f, err := v.fact(m.head.Seq)
	return err == nil && f.Hash == m.head.Hash, err
}

// Changes are what facts behind a Mark made or concern, each once.
type Changes struct {
	Invoices  []InvoiceID
	Customers []CustomerID // whose name or details may be others
	Payments  []PaymentID
}

// Since returns what facts behind m made or concern. Its cost follows those facts.
func (v *View) Since(m Mark) (out Changes, err error) {
	if m.head == v.s.head {
		return out, nil
	}
	for id := m.invoices + 1; id <= v.s.invoices.n; id++ {
		out.Invoices = append(out.Invoices, InvoiceID(id))
	}
	for id := m.customers + 1; id <= v.s.customers.n; id++ {
		out.Customers = append(out.Customers, CustomerID(id))
	}
	for id := m.payments + 1; id <= v.s.payments.n; id++ {
		out.Payments = append(out.Payments, PaymentID(id))
	}
	var sub subject // not the state's: several may ask at once
	err = v.Facts(m.head.Seq+1, func(f *Fact) error {
		switch f.Body.(type) {
		case *NoticeQueued, *NoticeOutcome:
			return nil
		}
		v.s.aboutIn(&sub, f.Body)
		out.Invoices = append(out.Invoices, sub.invoices...)
		if sub.payment != 0 {
			out.Payments = append(out.Payments, sub.payment)
		}
		switch f.Body.(type) {
		case *CustomerChanged, *PartySet:
			out.Customers = append(out.Customers, sub.customer)
		}
		return nil
	})
	out.Invoices, out.Customers, out.Payments = once(out.Invoices), once(out.Customers), once(out.Payments)
	return out, err
}

// once is ids in order, each once.
func once[T cmp.Ordered](ids []T) []T {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// History calls f with the facts that concern c, newest first, until it returns false; with
// an invoice or a payment that is not 0, only with those that concern it too.
func (v *View) History(c *Customer, inv InvoiceID, pay PaymentID, f func(*Fact) bool) error {
	last := uint64(0)
	for st := v.s.trail.at(c.lastStep); st != nil; st = v.s.trail.at(st.before) {
		if inv != 0 && st.invoice != inv || pay != 0 && st.payment != pay || uint64(st.fact) == last {
			continue
		}
		last = uint64(st.fact)
		fact, err := v.fact(last)
		if err != nil {
			return err
		}
		if !f(fact) {
			return nil
		}
	}
	return nil
}
