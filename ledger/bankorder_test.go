package ledger

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// Statements of any periods, with days left out and days told of twice, taken in runs that are
// broken off and gone on with after a start; providers that take money back in any order and
// twice; and between them everything that can be done with an entry. After each of it the books
// have every line that was told of once and no other, and as much money as truly came.
func TestMoneyInAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := &moneyOrder{r: r, path: filepath.Join(t.TempDir(), "duebot.db"), told: map[string]int64{}, back: map[PaymentID]int64{}}
		m.books = openTest(t, m.path)
		m.customer = addAcme(t, m.books)
		for range 3 {
			issueFor(t, m.books, m.customer, "120")
		}
		m.days()
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			switch rapid.IntRange(0, 3).Draw(r, "step") {
			case 0:
				m.statement(t)
			case 1:
				m.provider()
			default:
				m.try(func(tx *Tx) error { return entryAct(r, tx, m.customer) })
			}
			m.check()
		}
		m.books.Close()
		checkFile(t, m.path)
	})
}

// moneyOrder knows what the bank and the providers know.
type moneyOrder struct {
	r        *rapid.T
	path     string
	books    *Books
	customer CustomerID
	bank     [][]BankLine         // by day
	told     map[string]int64     // sums of the lines that files told of, by identity
	paid     int64                // that came by providers
	back     map[PaymentID]int64  // that they took back
	files    ImportID             // so many were dropped
	hashes   map[[32]byte]bool    // of those that count
	handmade map[BankEntryID]bool // lines that entryAct made up
}

// days makes up what was transferred; lines that are alike are among it.
func (m *moneyOrder) days() {
	m.hashes, m.handmade = map[[32]byte]bool{}, map[BankEntryID]bool{}
	var today Date
	m.books.View(func(v *View) error { today = v.Today(); return nil })
	for d := range Date(5) {
		var lines []BankLine
		for range rapid.IntRange(0, 3).Draw(m.r, "lines") {
			lines = append(lines, BankLine{Booked: today - 5 + d, Amount: euros(rapid.Int64Range(-3, 6).Draw(m.r, "sum")*2000 + 1), PartyName: "Acme",
				Text: rapid.SampledFrom([]string{"one", "two"}).Draw(m.r, "words")})
		}
		m.bank = append(m.bank, lines)
	}
}

// try runs a command that may be refused.
func (m *moneyOrder) try(fn func(tx *Tx) error) (refused bool) {
	before := BankEntryID(0)
	m.books.View(func(v *View) error { before = BankEntryID(v.s.bankEntries.n); return nil })
	err := try(m.books, "", fn)
	if _, refused = AsRefusal(err); err != nil && !refused && !errors.Is(err, errChanged) {
		m.r.Fatal(err)
	}
	m.books.View(func(v *View) error {
		for id := before + 1; id <= BankEntryID(v.s.bankEntries.n); id++ {
			m.handmade[id] = true
		}
		return nil
	})
	return refused
}

// statement takes one of some of the days, in runs, some of which are broken off.
func (m *moneyOrder) statement(t *testing.T) {
	from := rapid.IntRange(0, len(m.bank)-1).Draw(m.r, "from")
	to := rapid.IntRange(from, len(m.bank)-1).Draw(m.r, "to")
	hole := rapid.IntRange(0, 2*len(m.bank)).Draw(m.r, "hole")
	var lines []BankLine
	for d := from; d <= to; d++ {
		if d != hole {
			lines = append(lines, m.bank[d]...)
		}
	}
	m.files++
	file, hash := m.files, sha256.Sum256(fmt.Append(nil, lines))
	refused := m.try(func(tx *Tx) error {
		return tx.AcceptImport(ImportAccepted{Import: file, Kind: ImportStatement, File: hash, Rows: len(lines)})
	})
	if refused != m.hashes[hash] {
		m.r.Fatalf("a file that was there before: %t, refused: %t", m.hashes[hash], refused)
	}
	if refused {
		return
	}
	m.hashes[hash] = true
	m.take(t, file, lines)
	do(t, m.books, "", func(tx *Tx) error { return tx.EndImport(file) })
}

func (m *moneyOrder) take(t *testing.T, file ImportID, lines []BankLine) {
	ids := make([]EntryIdentity, len(lines))
	seen := map[string]int{}
	for i, l := range lines {
		words := fmt.Sprint(l.Booked, l.Amount, l.Text)
		seen[words]++
		key := fmt.Sprint(words, seen[words])
		m.told[key] = l.Amount.Minor
		sum := sha256.Sum256([]byte(key))
		copy(ids[i][:], sum[:])
	}
	for {
		at := 0
		m.books.View(func(v *View) error { _, at = v.Booking(); return nil })
		if at == len(lines) {
			return
		}
		upTo := min(at+rapid.IntRange(1, 4).Draw(m.r, "run"), len(lines))
		broken := rapid.IntRange(0, 4).Draw(m.r, "broken") == 0
		err := try(m.books, "", func(tx *Tx) error {
			st, err := tx.TakeStatement(file, 1, BankStatement{Account: BankAccount{Number: "DE02"}, From: lines[0].Booked, To: lines[len(lines)-1].Booked}, len(lines), false)
			if err != nil {
				return err
			}
			return tx.TakeEntries(file, upTo-at, func() error {
				for i := at; i < upTo; i++ {
					if _, _, err := tx.TakeEntry(st, &lines[i], ids[i]); err != nil {
						return err
					}
				}
				if broken {
					return errChanged
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errChanged) {
			m.r.Fatal(err)
		}
		if broken && rapid.Bool().Draw(m.r, "restart") {
			m.books.Close()
			m.books = openBare(t, m.path)
		}
	}
}

// provider lets a provider tell of money, of some that went away, or of what it told before.
func (m *moneyOrder) provider() {
	var last PaymentID
	m.books.View(func(v *View) error { last = v.LastPayment(); return nil })
	key := fmt.Sprintf("stripe:%d", rapid.IntRange(1, 9).Draw(m.r, "event"))
	sum := rapid.Int64Range(1, 9000).Draw(m.r, "sum")
	if last == 0 || rapid.Bool().Draw(m.r, "comes") {
		fresh := false
		err := try(m.books, key, func(tx *Tx) error {
			fresh = true
			_, _, err := tx.Receive(NewPayment{Customer: m.customer, Invoice: 1 + InvoiceID(sum)%3, Date: tx.Today(), Amount: euros(sum), Method: "stripe"})
			return err
		})
		if err != nil {
			m.r.Fatal(err)
		}
		if fresh {
			m.paid += sum
		}
		return
	}
	of := PaymentID(rapid.IntRange(1, int(last)).Draw(m.r, "of"))
	went := int64(0)
	err := try(m.books, key+":back", func(tx *Tx) error {
		p := tx.Payment(of)
		if p.Method != "stripe" || p.Returned {
			return nil
		}
		went = min(sum, p.Amount.Minor-p.Refunded)
		_, _, err := tx.GiveBack(p, euros(sum), "stripe refund", false)
		return err
	})
	if err != nil {
		m.r.Fatal(err)
	}
	m.back[of] += went
}

// check compares the books with what is true.
func (m *moneyOrder) check() {
	m.books.View(func(v *View) error {
		checkInvariants(m.r, v, m.customer)
		entries, money, sum := 0, m.paid, int64(0)
		for _, minor := range m.told {
			sum += minor
		}
		v.s.bankEntries.each(func(e *BankEntry) {
			if !m.handmade[e.ID] {
				entries++
				sum -= e.Amount.Minor
			}
			if e.Place == EntryApplied || e.Place == EntryReturn {
				money += e.Amount.Minor
			}
		})
		if entries != len(m.told) || sum != 0 {
			m.r.Fatalf("%d lines were told of, and %d are in the books; their sums are off by %d", len(m.told), entries, sum)
		}
		for _, minor := range m.back {
			money -= minor
		}
		n := BankCount{}
		for file := ImportID(1); file <= max(m.files, 1); file++ {
			x := v.BankCount(file)
			n.In, n.Posted, n.Account, n.Return, n.Waits, n.Left = n.In+x.In, n.Posted+x.Posted, n.Account+x.Account, n.Return+x.Return, n.Waits+x.Waits, n.Left+x.Left
		}
		if n.In != int(v.s.bankEntries.n) || n.In != n.Posted+n.Account+n.Return+n.Waits+n.Left || n.Waits != len(v.WaitingEntries()) {
			m.r.Fatalf("%d entries are counted as %+v", v.s.bankEntries.n, n)
		}
		if have := v.AccountBalance(Bank, m.customer, "EUR"); have.Minor != money {
			m.r.Fatalf("%s are at the bank, and %d came", have, money)
		}
		return nil
	})
}
