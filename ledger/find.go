package ledger

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/shopspring/decimal"

	"duebot/ledger/names"
)

// What people look for by a name, a number or a sum is found in an index of its own, beside
// the projections: names must be unsealed before they can be compared, which a question
// cannot wait for, and a replay of the facts should not. The index follows the books when it
// is asked, and when it is warmed; it is nowhere else than in memory.

// QueryWord is one word of what is looked for.
type QueryWord struct {
	Text string
	Sums []decimal.Decimal // what it is as a sum, if it can be one
}

// FindReason is why something was found, best first.
type FindReason string

// The reasons.
const (
	FoundNumber    FindReason = "number"    // the document's number
	FoundHandle    FindReason = "handle"    // the customer's handle
	FoundName      FindReason = "name"      // a word of his name, in whatever script or spelling
	FoundOldNumber FindReason = "oldnumber" // the number that it had elsewhere
	FoundReference FindReason = "reference" // the buyer's order, the words beside a payment
	FoundOpen      FindReason = "open"      // what is open
	FoundTotal     FindReason = "total"     // the total
	FoundPaid      FindReason = "paid"      // the sum of a payment
	FoundBegins    FindReason = "begins"    // a name that begins so
	FoundOneOff    FindReason = "oneoff"    // a name, one letter off
	FoundContact   FindReason = "contact"   // a person or an address at the customer's
	FoundTwoOff    FindReason = "twooff"    // a name, two letters off
	FoundSkeleton  FindReason = "skeleton"  // the consonants of a name
)

// ranks are the reasons, best first.
var ranks = []FindReason{FoundNumber, FoundHandle, FoundName, FoundOldNumber, FoundReference, FoundOpen, FoundTotal, FoundPaid,
	FoundBegins, FoundOneOff, FoundContact, FoundTwoOff, FoundSkeleton}

func (r FindReason) rank() int { return slices.Index(ranks, r) }

// Found is one thing that was found: a customer, or one of his invoices or payments.
type Found struct {
	Customer *Customer
	Invoice  *Invoice // nil: the customer, or a payment
	Payment  *Payment // nil: the customer, or an invoice
	Why      []FindReason
	rank     int
}

// findable is what a customer is found by.
type findable struct {
	mark    uint64 // of what it was made from: another one is another findable
	handle  names.Word
	words   []names.Word // of his name
	contact []names.Word // of his people and addresses
}

// reference is a word that stands on a document: a hash of it, so that a personal text is
// nowhere in the clear but where it is kept.
type reference struct {
	hash uint32
	id   uint32
}

// finder is the index.
type finder struct {
	mu        sync.Mutex
	customers []findable  // by number, from 1
	totals    []int64     // of invoices, by number from 1
	paid      []int64     // of payments
	words     []reference // beside payments
}

// WarmFind brings the index up to the books, a part at a time, and reports whether that was
// all. Whoever asks before gets an answer too, only later.
func (v *View) WarmFind() (whole bool, err error) {
	const part = 500
	f := &v.b.finder
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.follow(v, part)
}

// follow takes up to max customers and as many payments into the index; max 0 is all.
func (f *finder) follow(v *View, max int) (whole bool, err error) {
	s, read := v.s, 0
	for id := uint32(1); id <= s.customers.n; id++ {
		c := s.customers.at(id)
		for int(id) >= len(f.customers) {
			f.customers = append(f.customers, findable{})
		}
		if mark := f.markOf(c); f.customers[id].mark != mark {
			if read++; max > 0 && read > max {
				return false, nil
			}
			f.customers[id] = v.findable(c, mark)
		}
	}
	for id := len(f.totals); id <= int(s.invoices.n); id++ {
		minor := int64(0)
		if inv := s.invoices.at(uint32(id)); inv != nil {
			minor = inv.Total
		}
		f.totals = append(f.totals, minor)
	}
	for id := len(f.paid); id <= int(s.payments.n); id++ {
		if read++; max > 0 && read > max {
			return false, nil
		}
		if err := f.payment(v, s.payments.at(uint32(id))); err != nil {
			return false, err
		}
	}
	return true, nil
}

// markOf tells whether what a customer is found by has changed.
func (f *finder) markOf(c *Customer) uint64 {
	h := uint64(14695981039346656037) ^ uint64(c.Name.N) // FNV-1a
	h = mixed(h*1099511628211, c.Handle)
	for _, a := range c.Chats {
		h = mixed(h, a)
	}
	for _, a := range c.Mails {
		h = mixed(h, a)
	}
	return h | 1
}

func mixed(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return (h ^ 0xff) * 1099511628211
}

func (v *View) findable(c *Customer, mark uint64) findable {
	x := findable{mark: mark, words: names.Words(v.CustomerName(c))}
	if all := names.Words(c.Handle); len(all) == 1 {
		x.handle = all[0]
	} else {
		x.words = append(x.words, all...)
	}
	for _, chat := range c.Chats {
		x.contact = append(x.contact, names.Words(v.ChatName(chat))...)
	}
	for _, mail := range c.MailAddresses() {
		x.contact = append(x.contact, names.Words(mail)...)
	}
	return x
}

// payment takes a payment into the index, with the words of its reference.
func (f *finder) payment(v *View, p *Payment) error {
	if p == nil {
		f.paid = append(f.paid, 0)
		return nil
	}
	fact, err := v.fact(p.fact)
	if err != nil {
		return err
	}
	f.paid = append(f.paid, p.Amount.Minor)
	x, ok := fact.Body.(*PaymentReceived)
	if !ok {
		return nil
	}
	text, err := v.Text(x.Reference)
	if err != nil {
		return nil // it was erased, or is damaged, which verify tells
	}
	for _, w := range referenceWords(text) {
		f.words = append(f.words, reference{hashWord(w), uint32(p.ID)})
	}
	return nil
}

// referenceWords are the words of a reference that tell it from others: those with a digit.
func referenceWords(s string) (out []string) {
	for _, w := range strings.Fields(names.Digits(s)) {
		if w = foldReference(strings.Trim(w, ".,;:#()\"'")); strings.ContainsAny(w, "0123456789") {
			out = append(out, w)
		}
	}
	return out
}

func hashWord(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return h.Sum32()
}

// Find returns what all words fit, best first, at most max: words of names choose customers,
// and numbers and sums choose documents, of these customers where there are both. Customers
// whom the asker may not see are left out.
func (v *View) Find(words []QueryWord, max int) ([]Found, error) {
	f := &v.b.finder
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.follow(v, 0); err != nil {
		return nil, err
	}
	who, numbers := split(words)
	owners := f.named(v, who)
	out := &shortlist{v: v, max: max}
	f.documents(v, numbers, owners, len(who) > 0, out)
	if len(numbers) == 0 || len(out.best) == 0 && len(who) > 0 {
		out.addAll(owners)
	}
	if len(who) == 0 { // a number may be a part of a name
		out.addAll(f.named(v, words))
	}
	return out.best, nil
}

// split tells words of names from numbers and sums.
func split(words []QueryWord) (who, numbers []QueryWord) {
	for _, w := range words {
		if len(w.Sums) > 0 || strings.ContainsAny(names.Digits(w.Text), "0123456789") {
			numbers = append(numbers, w)
		} else {
			who = append(who, w)
		}
	}
	return who, numbers
}

// shortlist keeps the best of what was found.
type shortlist struct {
	v    *View
	max  int
	best []Found
}

func (l *shortlist) add(x Found) {
	n := len(l.best)
	if n == l.max && (n == 0 || compareFound(&l.best[n-1], &x) <= 0) || !l.v.Sees(x.Customer) {
		return
	}
	at, _ := slices.BinarySearchFunc(l.best, x, func(a, b Found) int { return compareFound(&a, &b) })
	if l.best = slices.Insert(l.best, at, x); len(l.best) > l.max {
		l.best = l.best[:l.max]
	}
}

func (l *shortlist) addAll(owners []owner) {
	for _, o := range owners {
		if n := len(l.best); n == l.max && n > 0 && l.best[n-1].rank < o.rank {
			continue
		}
		l.add(Found{Customer: l.v.Customer(o.id), Why: o.why.list(), rank: o.rank})
	}
}

// compareFound puts the better one first: by its reasons, then what is open, then what is new.
func compareFound(a, b *Found) int {
	switch {
	case a.rank != b.rank:
		return a.rank - b.rank
	case a.open() != b.open():
		if a.open() {
			return -1
		}
		return 1
	case a.Invoice != nil && b.Invoice != nil:
		return int(b.Invoice.ID) - int(a.Invoice.ID)
	case a.Payment != nil && b.Payment != nil:
		return int(b.Payment.ID) - int(a.Payment.ID)
	}
	return strings.Compare(a.Customer.Handle, b.Customer.Handle)
}

func (x *Found) open() bool {
	switch {
	case x.Invoice != nil:
		return x.Invoice.Open > 0
	case x.Payment != nil:
		return x.Payment.OnAcct > 0
	}
	return x.Customer.HasOpen()
}

// reasons are several reasons, a bit for each.
type reasons uint32

func (r reasons) list() (out []FindReason) {
	for i, why := range ranks {
		if r&(1<<i) != 0 {
			out = append(out, why)
		}
	}
	return out
}

// owner is a customer whom words name.
type owner struct {
	id   CustomerID
	why  reasons
	rank int
}

// named are the customers whom all words name, by number.
func (f *finder) named(v *View, words []QueryWord) (out []owner) {
	var typed []names.Word
	for _, w := range words {
		typed = append(typed, names.Words(w.Text)...)
	}
	if len(typed) == 0 {
		return nil
	}
	for id := 1; id < len(f.customers); id++ {
		if why, rank := f.customers[id].fits(typed); why != 0 {
			out = append(out, owner{CustomerID(id), why, rank})
		}
	}
	return out
}

// fits tells why each typed word is one of x's; 0 where one is not.
func (x *findable) fits(typed []names.Word) (why reasons, rank int) {
	for i := range typed {
		reason := x.fit(&typed[i])
		if reason == "" {
			return 0, 0
		}
		n := reason.rank()
		why, rank = why|1<<n, rank+n
	}
	return why, rank
}

// nearness is the reason that a word of a name gives by how near it is.
var nearness = map[int]FindReason{names.Same: FoundName, names.Begins: FoundBegins, names.OneOff: FoundOneOff, names.TwoOff: FoundTwoOff, names.Skeleton: FoundSkeleton}

func (x *findable) fit(w *names.Word) FindReason {
	near := names.Far
	for i := range x.words {
		near = min(near, names.Near(w, &x.words[i]))
	}
	if x.handle.Key != "" {
		if by := names.Near(w, &x.handle); by <= near {
			if near = by; by == names.Same {
				return FoundHandle
			}
		}
	}
	for i := range x.contact {
		if near > names.Begins && names.Near(w, &x.contact[i]) <= names.Begins {
			return FoundContact
		}
	}
	return nearness[near]
}

// document is an invoice or a payment.
type document struct {
	invoice InvoiceID
	payment PaymentID
}

// documents adds those that all numbers fit, of owners alone where only says so.
func (f *finder) documents(v *View, numbers []QueryWord, owners []owner, only bool, out *shortlist) {
	if len(numbers) == 0 || only && len(owners) == 0 {
		return
	}
	fits := map[document]Found{}
	for i, w := range numbers {
		now := map[document]Found{}
		f.number(v, w, func(x Found) {
			var k document
			if x.Invoice != nil {
				k.invoice = x.Invoice.ID
			} else {
				k.payment = x.Payment.ID
			}
			before, fitted := fits[k]
			o, his := slices.BinarySearchFunc(owners, x.Customer.ID, func(o owner, id CustomerID) int { return int(o.id) - int(id) })
			if only && !his || i > 0 && !fitted {
				return
			}
			if i == 0 && his {
				before = Found{Why: owners[o].why.list(), rank: owners[o].rank}
			}
			x.Why, x.rank = append(slices.Clone(before.Why), x.Why...), x.rank+before.rank
			if had, ok := now[k]; !ok || x.rank < had.rank {
				now[k] = x
			}
		})
		fits = now
	}
	for _, x := range fits {
		out.add(x)
	}
}

// number calls each with the documents that one number or sum fits.
func (f *finder) number(v *View, w QueryWord, each func(Found)) {
	invoice := func(inv *Invoice, why FindReason) {
		if inv != nil {
			each(Found{Customer: v.Customer(inv.Customer), Invoice: inv, Why: []FindReason{why}, rank: why.rank()})
		}
	}
	text := names.Digits(strings.TrimPrefix(w.Text, "#"))
	v.numbered(text, func(inv *Invoice) { invoice(inv, FoundNumber) })
	invoice(v.InvoiceReferenced(text), FoundOldNumber)
	hash := hashWord(foldReference(text))
	v.s.orders.each(func(r *reference) {
		if inv := v.Invoice(InvoiceID(r.id)); r.hash == hash {
			invoice(inv, FoundReference)
		}
	})
	payment := func(id uint32, why FindReason) {
		if p := v.Payment(PaymentID(id)); p != nil {
			each(Found{Customer: v.Customer(p.Customer), Payment: p, Why: []FindReason{why}, rank: why.rank()})
		}
	}
	for _, r := range f.words {
		if r.hash == hash {
			payment(r.id, FoundReference)
		}
	}
	for _, sum := range w.Sums {
		f.sums(v, sum, invoice, payment)
	}
}

// numbered calls each with the invoices whose number a text is, or whose running number: the
// newest year of it.
func (v *View) numbered(text string, each func(*Invoice)) {
	if m := numberPattern.FindStringSubmatch(text); m != nil {
		year, _ := strconv.Atoi(m[2])
		n, _ := strconv.Atoi(m[3])
		if list := v.s.numbers[series{strings.ToUpper(m[1]), year}]; n > 0 && n <= len(list) {
			each(v.Invoice(list[n-1]))
		}
		return
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return
	}
	for year := v.Today().Year(); year > v.Today().Year()-3; year-- {
		if list := v.s.numbers[series{v.s.company.Invoices, year}]; n <= len(list) {
			each(v.Invoice(list[n-1]))
			return
		}
	}
}

// sums finds the documents of a sum, whatever their currency.
func (f *finder) sums(v *View, sum decimal.Decimal, invoice func(*Invoice, FindReason), payment func(uint32, FindReason)) {
	minors := minorsOf(sum)
	is := func(minor int64, cur Currency) bool {
		m, err := Exact(sum, cur)
		return err == nil && m.Minor == minor
	}
	for _, items := range v.s.items {
		for _, item := range items {
			if slices.Contains(minors, item.open) && is(item.open, v.s.currencies[item.currency]) {
				invoice(v.Invoice(item.invoice), FoundOpen)
			}
		}
	}
	for id, minor := range f.totals {
		if !slices.Contains(minors, minor) || id == 0 {
			continue
		}
		if inv := v.Invoice(InvoiceID(id)); is(minor, inv.Currency) {
			invoice(inv, FoundTotal)
		}
	}
	for id, minor := range f.paid {
		if !slices.Contains(minors, minor) || id == 0 {
			continue
		}
		if p := v.Payment(PaymentID(id)); is(minor, p.Amount.Currency) {
			payment(uint32(id), FoundPaid)
		}
	}
}

// minorsOf are what a sum may be in minor units: of currencies with no, two and three
// decimals.
func minorsOf(sum decimal.Decimal) (out []int64) {
	for _, places := range []int32{0, 2, 3} {
		if m := sum.Shift(places); m.IsInteger() && m.IsPositive() && m.Coefficient().IsInt64() {
			out = append(out, m.IntPart())
		}
	}
	return out
}

// CustomersNear are the customers whose handle or name may have been meant by a word, best
// first.
func (v *View) CustomersNear(word string, max int) (out []*Customer) {
	f := &v.b.finder
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.follow(v, 0); err != nil {
		return nil
	}
	list := &shortlist{v: v, max: max}
	for _, w := range []string{word, names.OtherLayout(word)} {
		list.addAll(f.named(v, []QueryWord{{Text: w}}))
	}
	for _, x := range list.best {
		if !slices.Contains(out, x.Customer) {
			out = append(out, x.Customer)
		}
	}
	return out
}

// NumbersNear are the invoices whose number may have been meant by a word: the same running
// number in another series or year, or one with two digits swapped.
func (v *View) NumbersNear(word string, max int) (out []*Invoice) {
	add := func(inv *Invoice) {
		if inv != nil && len(out) < max && !slices.Contains(out, inv) && v.Sees(v.Customer(inv.Customer)) {
			out = append(out, inv)
		}
	}
	text := names.Digits(strings.TrimSpace(word))
	digits := runningNumber(text)
	if digits == "" {
		return nil
	}
	v.numbered(digits, add)
	for i := 0; i+1 < len(digits); i++ {
		swapped := []byte(digits)
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
		v.numbered(string(swapped), add)
	}
	return out
}

// runningNumber is the digits at the end of what may be a document's number.
func runningNumber(s string) string {
	n := len(s)
	for n > 0 && s[n-1] >= '0' && s[n-1] <= '9' {
		n--
	}
	return strings.TrimLeft(s[n:], "0")
}
