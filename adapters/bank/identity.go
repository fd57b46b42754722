package bank

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"

	"duebot/ledger"
)

// Identity is by what a line is known again, in the same file or in another one of the same
// account. Occurrence counts from 1 among lines that are alike in it: two payments of one sum by
// one customer on one day are two.
//
// Where the bank gives an id, the id, the day and the amount are what counts, so that a report of
// the day (CAMT.052), an advice (054) and the statement (053) say the same line; else who, and
// with which words.
func Identity(account string, l ledger.BankLine, occurrence int) string {
	h := sha256.New()
	put := func(parts ...string) {
		for _, p := range parts {
			var n [4]byte
			binary.BigEndian.PutUint32(n[:], uint32(len(p)))
			h.Write(n[:])
			h.Write([]byte(p))
		}
	}
	put(account, l.Booked.String(), strconv.FormatInt(l.Amount.Minor, 10), string(l.Amount.Currency))
	if l.BankRef != "" {
		put("ref", l.BankRef)
		if l.Batch != "" {
			put(l.Batch, l.EndToEnd)
		}
	} else {
		put("words", l.Party.Number, l.PartyName, l.EndToEnd, l.Creditor, l.Text)
	}
	return hex.EncodeToString(h.Sum(nil)[:16]) + "." + strconv.Itoa(occurrence)
}

// Identities counts the occurrences of lines while a file is read. It keeps some 20 bytes for
// each line that differs from all others. Pending lines have none: they are not posted.
type Identities struct {
	account string
	seen    map[string]map[uint64]int // by the kind of the statements: an archive may have several kinds
	here    map[uint64]int            // those of the statement at hand
}

// Begin is the statement whose lines come next. A report of the day (CAMT.052) tells all of it
// again each time, so that each counts for itself; MT942 tells what is new.
func (i *Identities) Begin(st ledger.BankStatement) {
	kind, _, _ := strings.Cut(st.Format, ".001")
	if i.seen == nil {
		i.seen = map[string]map[uint64]int{}
	}
	if i.seen[kind] == nil {
		i.seen[kind] = map[uint64]int{}
	}
	i.account, i.here = st.Account.Number, i.seen[kind]
	if kind == "CAMT.052" {
		i.here = map[uint64]int{}
	}
}

// Next returns the identity of the next line, and of the booking that it is a part of; "" where
// it is whole, or nothing names that booking.
func (i *Identities) Next(l ledger.BankLine) (own, whole string) {
	first := Identity(i.account, l, 1)
	sum, _ := strconv.ParseUint(first[:16], 16, 64)
	i.here[sum]++
	own = first
	if n := i.here[sum]; n > 1 {
		own = Identity(i.account, l, n)
	}
	if l.Batch != "" && l.Whole.Currency != "" {
		whole = Identity(i.account, ledger.BankLine{Booked: l.Booked, Amount: l.Whole, BankRef: l.Batch}, 1)
	}
	return own, whole
}
