package ledger

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// PersonID names whose a personal text is: a customer, or one of his people. Each has a
// key of his own, and erasing that key erases every text of his in every copy of the file
// that is made later, while the chain of facts stays whole.
type PersonID uint32

// TextRef stands in a fact for a personal text: whose, which, and a hash salted with the
// person's key, so that a changed text is found and an erased one cannot be guessed.
type TextRef struct {
	Person PersonID
	N      uint32
	Hash   [16]byte
}

// text codes a reference, and notes it for verify.
func (c *coder) text(r *TextRef) {
	num(c, &r.Person)
	num(c, &r.N)
	if r.Person != 0 {
		c.fixed(r.Hash[:])
		c.texts = append(c.texts, *r)
	}
}

func personKey(p PersonID) string { return "k" + string(binary.BigEndian.AppendUint32(nil, uint32(p))) }

// textKey is by number alone, so that a commit writes its texts side by side.
func textKey(r TextRef) string { return "u" + string(binary.BigEndian.AppendUint32(nil, r.N)) }

// oldTextKey is where a text lies in files of the first layout: by person.
func oldTextKey(r TextRef) string {
	b := binary.BigEndian.AppendUint32([]byte("t"), uint32(r.Person))
	return string(binary.BigEndian.AppendUint32(b, r.N))
}

// textNumber is the number in the key of a text: with the person's before it in the first
// layout. ok is false where the row is no text.
func textNumber(t Table, key string) (n uint64, ok bool) {
	if t != tablePrivate || !(len(key) == 9 && key[0] == 't' || len(key) == 5 && key[0] == 'u') {
		return 0, false
	}
	for i := 1; i < len(key); i++ {
		n = n<<8 | uint64(key[i])
	}
	return n, true
}

// newPerson makes the key of a person who is about to be named.
func (tx *Tx) newPerson() PersonID {
	p := tx.s.persons + 1
	set(tx.s, &tx.s.persons, p)
	key := make([]byte, 32)
	rand.Read(key) // never fails since Go 1.24
	tx.put(tablePrivate, personKey(p), key)
	return p
}

// keep stores text under the key of p and returns what a fact may hold of it. The empty
// text needs no keeping.
func (tx *Tx) keep(p PersonID, text string) (TextRef, error) {
	if text == "" {
		return TextRef{}, nil
	}
	key, err := tx.row(tablePrivate, personKey(p))
	if err != nil {
		return TextRef{}, err
	}
	n := tx.s.texts + 1
	set(tx.s, &tx.s.texts, n)
	ref := TextRef{Person: p, N: n, Hash: textHash(key, text)}
	tx.put(tablePrivate, textKey(ref), seal(key, ref, text))
	return ref, nil
}

// Text returns the personal text that r stands for.
func (v *View) Text(r TextRef) (string, error) {
	if r.Person == 0 {
		return "", nil
	}
	key, err := v.row(tablePrivate, personKey(r.Person))
	if err != nil {
		return "", err
	}
	sealed, err := v.row(tablePrivate, textKey(r))
	if err == nil && sealed == nil {
		sealed, err = v.row(tablePrivate, oldTextKey(r))
	}
	if err != nil {
		return "", err
	}
	text, err := unseal(key, r, sealed)
	if err != nil {
		return "", fmt.Errorf("personal text %d of person %d: %w", r.N, r.Person, err)
	}
	return text, nil
}

func textHash(key []byte, text string) (h [16]byte) {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	copy(h[:], m.Sum(nil))
	return h
}

// seal encrypts by AES-256-GCM. A text's number is used once under a key, so it is the nonce.
func seal(key []byte, r TextRef, text string) []byte {
	return aead(key).Seal(nil, nonce(r), []byte(text), nil)
}

func unseal(key []byte, r TextRef, sealed []byte) (string, error) {
	if len(key) != 32 {
		return "", fmt.Errorf("the key is %d bytes long", len(key))
	}
	plain, err := aead(key).Open(nil, nonce(r), sealed, nil)
	if err != nil {
		return "", fmt.Errorf("missing or changed")
	}
	if textHash(key, string(plain)) != r.Hash {
		return "", fmt.Errorf("it is not the text that the fact names")
	}
	return string(plain), nil
}

func aead(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the length was checked
	}
	g, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return g
}

func nonce(r TextRef) []byte {
	b := make([]byte, 12)
	binary.BigEndian.PutUint32(b, r.N)
	return b
}
