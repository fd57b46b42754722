package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// coder reads or writes one packed record. One function per type describes its layout, and
// runs in both directions, so that what is written is what is read:
//
//	func (l *Line) code(c *coder) { c.str(&l.Text); c.dec(&l.Qty) }
//
// A layout only ever grows at its end, under a higher version (c.version). The first error
// sticks; reading never trusts a length that it has not checked.
type coder struct {
	version byte
	writing bool
	buf     []byte // written so far, or still to be read
	err     error
	texts   []TextRef // personal texts referred to, for verify
	lean    *lean     // of a replay; nil: all that is read is kept
}

var (
	errShort         = errors.New("record ends too early")
	errKind          = errors.New("a kind in a record is unknown here")
	errUnknownChange = errors.New("a change of a customer is unknown here")
)

// encode returns the record that code describes, behind its version byte.
func encode(version byte, code func(*coder)) []byte {
	c := &coder{version: version, writing: true, buf: make([]byte, 0, 128)}
	c.buf = append(c.buf, version)
	code(c)
	return c.buf
}

// decode reads a record made by encode; rest that was not asked for is an error.
func decode(data []byte, newest byte, code func(*coder)) error {
	return new(coder).read(data, newest, code)
}

func (c *coder) read(data []byte, newest byte, code func(*coder)) error {
	if len(data) == 0 {
		return errShort
	}
	if data[0] == 0 || data[0] > newest {
		return fmt.Errorf("version %d of a record is unknown here", data[0])
	}
	c.version, c.buf, c.err = data[0], data[1:], nil
	code(c)
	if c.err == nil && len(c.buf) > 0 {
		c.err = fmt.Errorf("%d bytes too many in a record", len(c.buf))
	}
	return c.err
}

func (c *coder) fail(err error) {
	if c.err == nil {
		c.err = err
		c.buf = nil
	}
}

func (c *coder) u64(p *uint64) {
	if c.writing {
		c.buf = binary.AppendUvarint(c.buf, *p)
		return
	}
	if len(c.buf) > 0 && c.buf[0] < 0x80 {
		*p, c.buf = uint64(c.buf[0]), c.buf[1:]
		return
	}
	v, n := binary.Uvarint(c.buf)
	if n <= 0 {
		c.fail(errShort)
		return
	}
	*p, c.buf = v, c.buf[n:]
}

func (c *coder) i64(p *int64) {
	if c.writing {
		c.buf = binary.AppendVarint(c.buf, *p)
		return
	}
	if len(c.buf) > 0 && c.buf[0] < 0x80 { // most numbers are small
		*p, c.buf = int64(c.buf[0]>>1)^-int64(c.buf[0]&1), c.buf[1:]
		return
	}
	v, n := binary.Varint(c.buf)
	if n <= 0 {
		c.fail(errShort)
		return
	}
	*p, c.buf = v, c.buf[n:]
}

func (c *coder) bytes(p *[]byte) {
	n := uint64(len(*p))
	c.u64(&n)
	if c.writing {
		c.buf = append(c.buf, *p...)
		return
	}
	if n > uint64(len(c.buf)) {
		c.fail(errShort)
		return
	}
	*p, c.buf = append([]byte(nil), c.buf[:n]...), c.buf[n:]
}

// str codes any string type.
func str[S ~string](c *coder, p *S) {
	if c.writing {
		c.buf = binary.AppendUvarint(c.buf, uint64(len(*p)))
		c.buf = append(c.buf, *p...)
		return
	}
	b := c.take()
	switch {
	case c.lean == nil:
		*p = S(b)
	case !c.lean.skipping:
		*p = S(c.lean.text(b))
	}
}

// take reads a length and that many bytes; they are part of what is read.
func (c *coder) take() []byte {
	var n uint64
	c.u64(&n)
	if n > uint64(len(c.buf)) {
		c.fail(errShort)
		return nil
	}
	b := c.buf[:n]
	c.buf = c.buf[n:]
	return b
}

// num codes any integer type.
func num[N ~int | ~int32 | ~uint32 | ~uint8 | ~int64 | ~uint64](c *coder, p *N) {
	v := int64(*p)
	c.i64(&v)
	if !c.writing && c.err == nil {
		if *p = N(v); int64(*p) != v {
			c.fail(fmt.Errorf("number %d out of range", v))
		}
	}
}

func (c *coder) flag(p *bool) {
	var v uint8
	if *p {
		v = 1
	}
	num(c, &v)
	if v > 1 {
		c.fail(fmt.Errorf("flag is %d", v))
	}
	*p = v == 1
}

func (c *coder) money(p *Money) {
	c.i64(&p.Minor)
	str(c, &p.Currency)
}

// exponentMax bounds the exponent of a decimal, either way.
const exponentMax = 18

// storable reports whether a record can hold d: what it cannot hold must not be booked,
// for a fact that cannot be read closes the books.
func storable(d decimal.Decimal) bool {
	return d.Coefficient().IsInt64() && d.Exponent() >= -exponentMax && d.Exponent() <= exponentMax
}

var decimalOne = decimal.New(1, 0)

// dec codes a decimal as coefficient and exponent; both must be small.
func (c *coder) dec(p *decimal.Decimal) {
	var coef int64
	var exp int32
	if c.writing {
		if !storable(*p) {
			c.fail(fmt.Errorf("decimal %s, of exponent %d, is too long", p, p.Exponent()))
			return
		}
		coef, exp = p.CoefficientInt64(), p.Exponent()
	}
	c.i64(&coef)
	num(c, &exp)
	if !c.writing {
		if exp < -exponentMax || exp > exponentMax {
			c.fail(fmt.Errorf("decimal exponent %d", exp))
			return
		}
		switch {
		case coef == 0: // of whatever exponent: most are, and the zero value takes no memory
			*p = decimal.Decimal{}
		case coef == 1 && exp == 0: // most rates; a decimal is never changed, and so one serves for all
			*p = decimalOne
		case c.lean == nil || !c.lean.skipping:
			*p = decimal.New(coef, exp)
		}
	}
}

// instant codes a time to the millisecond, UTC.
func (c *coder) instant(p *time.Time) {
	ms := p.UnixMilli()
	if p.IsZero() {
		ms = 0
	}
	c.i64(&ms)
	if !c.writing {
		*p = time.Time{}
		if ms != 0 {
			*p = time.UnixMilli(ms).UTC()
		}
	}
}

// fixed codes exactly len(p) bytes.
func (c *coder) fixed(p []byte) {
	if c.writing {
		c.buf = append(c.buf, p...)
		return
	}
	if len(c.buf) < len(p) {
		c.fail(errShort)
		return
	}
	copy(p, c.buf)
	c.buf = c.buf[len(p):]
}

// list codes a slice, each item by one.
func list[T any](c *coder, p *[]T, one func(*coder, *T)) {
	n := uint64(len(*p))
	c.u64(&n)
	if c.writing {
		for i := range *p {
			one(c, &(*p)[i])
		}
		return
	}
	if n > uint64(len(c.buf)) { // an item takes a byte at least
		c.fail(errShort)
		return
	}
	*p = nil
	for i := uint64(0); i < n && c.err == nil; i++ {
		var x T
		one(c, &x)
		*p = append(*p, x)
	}
}
