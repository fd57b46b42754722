package paper

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"duebot/adapters/paper/font"
	"duebot/adapters/paper/shape"
	"duebot/ledger"
)

// Letterhead is the company's side of its documents, as the books keep it in JSON: what was
// in force when a document was issued draws it for ever. Pictures and fonts are files of the
// books, named by their hash. A field is never given another meaning.
type Letterhead struct {
	Seller Party  `json:"seller"`
	Banks  []Bank `json:"banks,omitempty"`

	Accent string                       `json:"accent,omitempty"` // "#1f4e79"; "": the product's own
	Logo   string                       `json:"logo,omitempty"`   // hash of a PNG or JPEG
	Fonts  []FontFile                   `json:"fonts,omitempty"`  // for characters that the program's own lack
	Footer map[string]string            `json:"footer,omitempty"` // by language
	Texts  map[string]map[string]string `json:"texts,omitempty"`  // by language and key, instead of the product's

	Pay string `json:"pay,omitempty"` // how the links begin by which invoices are paid online; "": there are none

	PayIn []ledger.Currency `json:"pay_in,omitempty"` // what the links take; none: what Stripe does, as in the first letterheads

	NoPayQR      bool `json:"no_pay_qr,omitempty"`      // no code to pay with
	NoTelegramQR bool `json:"no_telegram_qr,omitempty"` // no code that leads to the chat
}

// FontFile is a TrueType font among the books' files.
type FontFile struct {
	Name string `json:"name"`
	Hash string `json:"hash"`
}

// ReadLetterhead reads what Encode wrote.
func ReadLetterhead(data string) (*Letterhead, error) {
	l := new(Letterhead)
	if err := json.Unmarshal([]byte(data), l); err != nil {
		return nil, fmt.Errorf("reading a letterhead: %w", err)
	}
	return l, nil
}

// Encode is l as the books keep it: the same letterhead gives the same text.
func (l *Letterhead) Encode() string {
	data, err := json.Marshal(l)
	if err != nil {
		panic(err) // texts alone: they always encode
	}
	return string(data)
}

// BanksFor are the accounts to pay a sum of c to: those of that currency, then those of none;
// all where there is neither.
func (l *Letterhead) BanksFor(c ledger.Currency) []Bank {
	var own, any []Bank
	for _, b := range l.Banks {
		switch b.Currency {
		case c:
			own = append(own, b)
		case "":
			any = append(any, b)
		}
	}
	if out := append(own, any...); len(out) > 0 {
		return out
	}
	return l.Banks
}

// House is the look of l; read gives a file of the books by its hash.
func (l *Letterhead) House(read func(hash string) ([]byte, error)) (*House, error) {
	h := &House{Footer: l.Footer, Texts: l.Texts, NoPayQR: l.NoPayQR, NoTelegramQR: l.NoTelegramQR}
	var err error
	if l.Accent != "" {
		if h.Accent, err = ReadColor(l.Accent); err != nil {
			return nil, err
		}
	}
	if l.Logo != "" {
		if h.Logo, err = read(l.Logo); err != nil {
			return nil, fmt.Errorf("logo: %w", err)
		}
	}
	if len(l.Fonts) == 0 {
		return h, nil
	}
	files := make([]font.File, len(l.Fonts))
	for i, f := range l.Fonts {
		data, err := read(f.Hash)
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", f.Name, err)
		}
		files[i] = font.File{Name: f.Name, Data: data}
	}
	fonts, err := font.With(files)
	if err != nil {
		return nil, err
	}
	h.Shaper = shape.New(fonts)
	return h, nil
}

// ReadColor reads a colour written like "#1f4e79".
func ReadColor(text string) (c [3]uint8, err error) {
	if len(text) != 7 || text[0] != '#' {
		return c, fmt.Errorf("%q is not a colour like #1f4e79", text)
	}
	for i := range c {
		v, err := strconv.ParseUint(text[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return c, fmt.Errorf("%q is not a colour like #1f4e79", text)
		}
		c[i] = uint8(v)
	}
	return c, nil
}

// houseList makes letterheads of what the books keep, and remembers them: to read fonts takes
// longer than to draw a page. What a letterhead names is named by its content, so that one
// list serves all books. It is safe for concurrent use.
type houseList struct {
	mu   sync.Mutex
	made map[string]made
}

type made struct {
	letterhead *Letterhead
	house      *House
}

// of is the letterhead that data says, and its look.
func (h *houseList) of(data string, read func(hash string) ([]byte, error)) (*Letterhead, *House, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if m, ok := h.made[data]; ok {
		return m.letterhead, m.house, nil
	}
	l, err := ReadLetterhead(data)
	if err != nil {
		return nil, nil, err
	}
	house, err := l.House(read)
	if err != nil {
		return nil, nil, err
	}
	if h.made == nil || len(h.made) >= housesMax {
		h.made = map[string]made{}
	}
	h.made[data] = made{l, house}
	return l, house, nil
}

// housesMax is how many letterheads are remembered: a company has changed its own a few times.
const housesMax = 16

// Unknown lists the characters of a text that no font of today's letterhead has: on a
// document boxes would stand in their place.
func Unknown(v *ledger.View, text string) ([]rune, error) {
	house := &House{}
	if l, ok := v.LetterheadAt(v.Head().Seq); ok {
		_, set, err := houses.of(l.Data, v.Files().ReadNamed)
		if err != nil {
			return nil, err
		}
		house = set
	}
	return house.fonts().Missing(text), nil
}
