package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
)

// loadWork reads the working state that memory keeps: sends under way, and which command
// keys have stored replies.
func (b *Books) loadWork() error {
	err := b.store.Rows(tableAttempts, func(key string, value []byte) error {
		if len(key) != 4 {
			return fmt.Errorf("table %s, key %q: %w", tableAttempts, key, errDamaged)
		}
		n := b.s.open[NoticeID(binary.BigEndian.Uint32([]byte(key)))]
		if n == nil {
			return nil
		}
		return decode(value, attemptVersion, n.Attempt.code)
	})
	if err != nil {
		return err
	}
	first := true
	return b.store.Rows(tableReplies, func(key string, value []byte) error {
		var r storedReply
		if len(key) != 8 {
			return fmt.Errorf("table %s, key %q: %w", tableReplies, key, errDamaged)
		}
		if err := decode(value, 1, r.code); err != nil {
			return fmt.Errorf("stored reply: %w", err)
		}
		row := binary.BigEndian.Uint64([]byte(key))
		if first {
			b.oldReply, first = row, false
		}
		b.nextReply = row + 1
		b.s.keys[r.Key] = row
		return nil
	})
}

// Put keeps a value of working state under a name ("telegram.offset", "talk:1001"); nil
// forgets it.
func (tx *Tx) Put(name string, value []byte) { tx.put(tableWork, name, value) }

// Get returns what Put kept, nil where nothing is.
func (v *View) Get(name string) ([]byte, error) { return v.row(tableWork, name) }

// Seal returns a short proof, 16 characters long, that the program itself made this for
// this addressee: a button or a link that carries it is useless to anybody else.
func (v *View) Seal(addressee, what string) string { return v.b.Seal(addressee, what) }

// Seal is View.Seal outside a transaction.
func (b *Books) Seal(addressee, what string) string {
	m := hmac.New(sha256.New, b.key)
	fmt.Fprintf(m, "%d:%s%s", len(addressee), addressee, what)
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:12])
}

// Sealed reports whether proof is what Seal made for addressee and what.
func (b *Books) Sealed(proof, addressee, what string) bool {
	return subtle.ConstantTimeCompare([]byte(proof), []byte(b.Seal(addressee, what))) == 1
}

// Each calls f with what Put kept under names that begin with prefix, in no order.
func (v *View) Each(prefix string, f func(name string, value []byte) error) error {
	overlay := map[string][]byte{}
	for _, r := range v.b.batch.rows {
		if r.Table == tableWork && strings.HasPrefix(r.Key, prefix) {
			overlay[r.Key] = r.Value
		}
	}
	err := v.b.store.Rows(tableWork, func(key string, value []byte) error {
		if _, changed := overlay[key]; changed || !strings.HasPrefix(key, prefix) {
			return nil
		}
		return f(key, append([]byte(nil), value...))
	})
	if err != nil {
		return err
	}
	for key, value := range overlay {
		if value == nil {
			continue
		}
		if err := f(key, value); err != nil {
			return err
		}
	}
	return nil
}
