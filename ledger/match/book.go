package match

import (
	"slices"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// Item is an open invoice as a line of a statement may pay it.
type Item struct {
	Invoice  ledger.InvoiceID
	Customer ledger.CustomerID
	Number   string // as people write it: "INV-2026-000042", or what it was called elsewhere
	Order    string // the buyer's own number of what he ordered, "" for none
	Date     ledger.Date
	Due      ledger.Date
	Open     ledger.Money // zero: it is paid, and kept because somebody may pay it again
	Net      int64        // of Open, without tax, in minor units; 0 where it is not known
	Early    Early
	Parts    []int64     // what is open of each instalment, in order; nil where it is due at once
	Closed   ledger.Date // the day on which it was paid, 0 while it is open
}

// Early is what settles an invoice until a day; the zero Early is no discount.
type Early struct {
	Pay   int64 // minor units
	Until ledger.Date
}

// Customer is whom a payer may be.
type Customer struct {
	ID    ledger.CustomerID
	Names []string // as he is called, and as he is called by law
	TaxID string
}

// Claim is a customer's word that he paid an invoice, with what his proofs say.
type Claim struct {
	ID        ledger.PaidClaimID
	Invoice   ledger.InvoiceID
	Customer  ledger.CustomerID
	Amounts   []ledger.Money
	Dates     []ledger.Date
	Reference string // of the payment order
}

// Paid is a payment that was booked before: a line may take it back.
type Paid struct {
	Payment  ledger.PaymentID
	Customer ledger.CustomerID
	Amount   ledger.Money
	Date     ledger.Date
	Account  string // of the payer, "" where it is not known
	BankRef  string
	EndToEnd string
}

// Rules are what the company decides about sums.
type Rules struct {
	Tolerance int64             // minor units that a payment may be short of without a word
	Withheld  []decimal.Decimal // the rates of tax that customers keep back, in percent
	Accounts  []string          // the company's own
	TaxID     string            // the company's own
}

// Book is an index of open invoices and of what is known of those who pay them. A Book must not
// be changed while it is asked.
type Book struct {
	rules Rules
	own   map[string]bool

	items     []item
	free      []uint32
	slots     map[ledger.InvoiceID]uint32
	numbers   index // digits, and whole numbers
	orders    index // the buyers' own numbers
	sums      index // what is open, and what settles it early
	customers map[ledger.CustomerID]*payer

	accounts known // payers' accounts
	taxes    known // their tax numbers
	aliases  known // their names as banks write them, folded
	names    wordIndex

	claims   map[ledger.CustomerID][]Claim
	proofs   map[uint64][]ledger.CustomerID // who handed in an order of that number
	paid     map[uint64][]Paid              // by sum
	paidAt   map[ledger.PaymentID]uint64
	seenName map[ledger.CustomerID]seen

	mark ledger.Mark // up to where b knows the books; see Follow
	day  ledger.Date // on which what was paid long ago was dropped last

	expects uint64              // up to where it knows what the bank is expected to bring: see FollowPayouts
	payouts map[uint64][]Payout // by sum
	tills   []Payout            // what providers hold
	refunds map[uint64][]Refund // by sum
}

type item struct {
	Item
	number number
	order  string // folded; "" where it tells nothing
}

// payer is a customer with his open invoices.
type payer struct {
	Customer
	names []name
	open  []uint32
}

// known says whose something is: of several where one pays for several.
type known map[string][]ledger.CustomerID

func (k known) add(key string, id ledger.CustomerID) {
	if key != "" && id != 0 && !slices.Contains(k[key], id) {
		k[key] = append(k[key], id)
	}
}

func (k known) drop(key string, id ledger.CustomerID) {
	if k[key] = slices.DeleteFunc(k[key], func(x ledger.CustomerID) bool { return x == id }); len(k[key]) == 0 {
		delete(k, key)
	}
}

// set says that something is of these and of nobody else.
func (k known) set(key string, ids []ledger.CustomerID) {
	delete(k, key)
	if key != "" && len(ids) > 0 {
		k[key] = slices.Clone(ids)
	}
}

// New is an empty Book.
func New(r Rules) *Book {
	b := &Book{rules: r, own: map[string]bool{}, slots: map[ledger.InvoiceID]uint32{}, numbers: newIndex(), orders: newIndex(), sums: newIndex(),
		customers: map[ledger.CustomerID]*payer{}, accounts: known{}, taxes: known{}, aliases: known{}, names: newWordIndex(),
		claims: map[ledger.CustomerID][]Claim{}, proofs: map[uint64][]ledger.CustomerID{}, paid: map[uint64][]Paid{}, paidAt: map[ledger.PaymentID]uint64{}, seenName: map[ledger.CustomerID]seen{},
		payouts: map[uint64][]Payout{}, refunds: map[uint64][]Refund{}}
	for _, a := range r.Accounts {
		b.own[foldAccount(a)] = true
	}
	return b
}

// Put takes an invoice into b, or what became of it.
func (b *Book) Put(x Item) {
	b.Drop(x.Invoice)
	slot := uint32(len(b.items))
	if n := len(b.free); n > 0 {
		slot, b.free = b.free[n-1], b.free[:n-1]
	} else {
		b.items = append(b.items, item{})
	}
	it := item{Item: x, number: readNumber(x.Number), order: foldOrder(x.Order)}
	b.items[slot], b.slots[x.Invoice] = it, slot
	b.eachKey(&it, func(i *index, key uint64) { i.add(key, slot) })
	if x.Open.Minor > 0 {
		p := b.payer(x.Customer)
		p.open = append(p.open, slot)
	}
}

// Drop takes an invoice out of b; of one that is not there it does nothing.
func (b *Book) Drop(id ledger.InvoiceID) {
	slot, ok := b.slots[id]
	if !ok {
		return
	}
	it := b.items[slot]
	b.eachKey(&it, func(i *index, key uint64) { i.drop(key, slot) })
	p := b.payer(it.Customer)
	p.open = slices.DeleteFunc(p.open, func(s uint32) bool { return s == slot })
	delete(b.slots, id)
	b.items[slot], b.free = item{}, append(b.free, slot)
}

// eachKey calls f with all that an invoice is found by.
func (b *Book) eachKey(it *item, f func(i *index, key uint64)) {
	for _, key := range it.number.keys() {
		f(&b.numbers, key)
	}
	if it.number.main >= 0 {
		f(&b.numbers, it.number.canon)
	}
	if it.order != "" {
		f(&b.orders, hashOf(it.order))
	}
	if it.Open.Minor <= 0 {
		return
	}
	f(&b.sums, sumKey(it.Open))
	if it.Early.Pay > 0 {
		f(&b.sums, sumKey(ledger.Money{Minor: it.Early.Pay, Currency: it.Open.Currency}))
	}
}

func (b *Book) payer(id ledger.CustomerID) *payer {
	p := b.customers[id]
	if p == nil {
		p = &payer{Customer: Customer{ID: id}}
		b.customers[id] = p
	}
	return p
}

// Know takes a customer into b, or what became of him.
func (b *Book) Know(c Customer) {
	p := b.payer(c.ID)
	for i := range p.names {
		b.names.drop(&p.names[i], c.ID)
	}
	b.taxes.drop(foldTax(p.TaxID), c.ID)
	p.Customer, p.names = c, nil
	for _, s := range c.Names {
		for _, n := range readNames(s) {
			if len(n.words) > 0 {
				p.names = append(p.names, n)
				b.names.add(&n, c.ID)
			}
		}
	}
	b.taxes.add(foldTax(c.TaxID), c.ID)
}

// LearnAccount says whose an account is: of those who pay from it, or for whom somebody does.
func (b *Book) LearnAccount(account string, whose ...ledger.CustomerID) {
	b.accounts.set(foldAccount(account), whose)
}

// LearnName says for whom a payer of that name pays.
func (b *Book) LearnName(name string, whose ...ledger.CustomerID) {
	b.aliases.set(foldWhole(name), whose)
}

// PutClaim takes into b that a customer says he paid.
func (b *Book) PutClaim(c Claim) {
	b.claims[c.Customer] = append(b.claims[c.Customer], c)
	for _, key := range proofKeys(c.Reference) {
		if list := b.proofs[key]; !slices.Contains(list, c.Customer) {
			b.proofs[key] = append(list, c.Customer)
		}
	}
}

// dropClaim forgets what a customer said of an invoice.
func (b *Book) dropClaim(c ledger.CustomerID, id ledger.InvoiceID) {
	if all, ok := b.claims[c]; ok {
		if b.claims[c] = slices.DeleteFunc(all, func(x Claim) bool { return x.Invoice == id }); len(b.claims[c]) == 0 {
			delete(b.claims, c)
		}
	}
}

// proofMin is how large a number of a payment order must be to tell it.
const proofMin = 10_000

func proofKeys(reference string) (out []uint64) {
	for _, tok := range readText(reference).tokens {
		if tok.value >= proofMin {
			out = append(out, tok.value)
		}
	}
	return out
}

// PutPaid takes into b a payment that a line may take back, or what became of it.
func (b *Book) PutPaid(p Paid) {
	b.DropPaid(p.Payment)
	p.Account = foldAccount(p.Account)
	key := sumKey(p.Amount)
	b.paid[key], b.paidAt[p.Payment] = append(b.paid[key], p), key
}

// DropPaid takes a payment out of b; of one that is not there it does nothing.
func (b *Book) DropPaid(id ledger.PaymentID) {
	key, ok := b.paidAt[id]
	if !ok {
		return
	}
	delete(b.paidAt, id)
	if b.paid[key] = slices.DeleteFunc(b.paid[key], func(p Paid) bool { return p.Payment == id }); len(b.paid[key]) == 0 {
		delete(b.paid, key)
	}
}

// Open is how many invoices b holds, also those that were paid of late.
func (b *Book) Open() int { return len(b.slots) }

func sumKey(m ledger.Money) uint64 {
	return (hashOf(string(m.Currency)) ^ uint64(m.Minor)) * 1099511628211
}

func hashOf(s string) uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// index says which invoices have a key. Most keys have one, and lie in no list of their own.
type index struct {
	one  map[uint64]uint32
	more map[uint64][]uint32
}

func newIndex() index { return index{map[uint64]uint32{}, map[uint64][]uint32{}} }

func (i *index) add(key uint64, slot uint32) {
	if list, ok := i.more[key]; ok {
		i.more[key] = append(list, slot)
	} else if first, ok := i.one[key]; ok {
		i.more[key] = []uint32{first, slot}
		delete(i.one, key)
	} else {
		i.one[key] = slot
	}
}

func (i *index) drop(key uint64, slot uint32) {
	if i.one[key] == slot {
		delete(i.one, key)
	}
	if list, ok := i.more[key]; ok {
		if list = slices.DeleteFunc(list, func(s uint32) bool { return s == slot }); len(list) == 0 {
			delete(i.more, key)
		} else {
			i.more[key] = list
		}
	}
}

func (i *index) get(key uint64) []uint32 {
	if slot, ok := i.one[key]; ok {
		return []uint32{slot}
	}
	return i.more[key]
}
