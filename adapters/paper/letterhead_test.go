package paper

import (
	"bytes"
	"os"
	"testing"

	"duebot/ledger"
)

// letterhead sets the company's look, with a logo and a font among the books' files.
func (s *shelf) letterhead(accent, footer string) {
	s.t.Helper()
	l := &Letterhead{Seller: lindenhof, Banks: []Bank{euroBank}, Accent: accent, Footer: map[string]string{"it": footer}}
	font, err := os.ReadFile("font/Vazirmatn-Regular.ttf")
	if err != nil {
		s.t.Fatal(err)
	}
	l.Logo, l.Fonts = s.put(logo()), []FontFile{{"a.ttf", s.put(font)}}
	s.do(func(tx *ledger.Tx) error { _, err := tx.SetLetterhead(Template, l.Encode()); return err })
}

func (s *shelf) put(data []byte) string {
	s.t.Helper()
	h, err := s.Books.Files().Put(data)
	if err != nil {
		s.t.Fatal(err)
	}
	return h.String()
}

// An invoice keeps the look in which it was issued, also when the company has another one and
// the program was started again; one whose logo is gone is not drawn without it.
func TestLetterheadStays(t *testing.T) {
	s := newShelf(t)
	s.letterhead("#7a1f3d", "first")
	one := s.issue(ledger.Draft{Lines: []ledger.Line{sold("Consulting", "3", "1200", "19")}})
	d, before, err := s.compose(Ask{Kind: Invoice, Of: one})
	if err != nil {
		t.Fatal(err)
	}
	if d.Seller.Address != lindenhof.Address || len(d.Banks) != 1 || d.Banks[0].IBAN != euroBank.IBAN {
		t.Errorf("got %+v", d.Seller)
	}
	s.letterhead("#1f4e79", "second")
	two := s.issue(ledger.Draft{Lines: []ledger.Line{sold("Consulting", "3", "1200", "19")}})
	s.Close()
	s.open()
	houses = houseList{}
	_, again, err := s.compose(Ask{Kind: Invoice, Of: one})
	if err != nil || !bytes.Equal(before, again) {
		t.Errorf("the first invoice has another look: %v", err)
	}
	if _, other, err := s.compose(Ask{Kind: Invoice, Of: two}); err != nil || bytes.Equal(before, other) {
		t.Errorf("the second invoice has the look of the first: %v", err)
	}
	if err := os.RemoveAll(s.path + ".files"); err != nil {
		t.Fatal(err)
	}
	houses = houseList{}
	if _, _, err := s.compose(Ask{Kind: Invoice, Of: one}); err == nil {
		t.Error("an invoice was drawn without its logo")
	}
}
