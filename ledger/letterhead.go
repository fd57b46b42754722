package ledger

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// What stands on documents beside the figures: the company's own side and look, and who the
// buyer is by law. Both change, and a document that was issued does not. So nothing of them
// is copied into a document's fact: what was in force then is what came before that fact.

// Letterhead is the company's side of its documents: name, address, accounts, look. The books
// keep it as they get it, for whoever draws documents.
type Letterhead struct {
	Since    uint64 // the fact from which on it holds
	Template uint32 // version of how documents are drawn
	Data     string
}

// LetterheadSet is the fact of another letterhead.
type LetterheadSet struct {
	Template uint32
	Data     string
}

func (x *LetterheadSet) kind() factKind { return kindLetterhead }

func (x *LetterheadSet) code(c *coder) {
	num(c, &x.Template)
	str(c, &x.Data)
}

func (x *LetterheadSet) apply(s *state, f *Fact) {
	set(s, &s.letterheads, append(slices.Clip(s.letterheads), Letterhead{f.Seq, x.Template, x.Data}))
}

// SetLetterhead books what documents look like from now on, and reports whether it is news.
func (tx *Tx) SetLetterhead(template uint32, data string) (changed bool, err error) {
	if l, ok := tx.LetterheadAt(tx.Head().Seq); ok && l.Template == template && l.Data == data {
		return false, nil
	}
	_, err = tx.append(tx.Today(), &LetterheadSet{template, data})
	return err == nil, err
}

// LetterheadAt is the letterhead that held when the fact of number seq was written. Documents
// from before the first one get that: ok is false where there is none at all.
func (v *View) LetterheadAt(seq uint64) (l Letterhead, ok bool) {
	for _, x := range v.s.letterheads {
		if ok && x.Since > seq {
			break
		}
		l, ok = x, true
	}
	return l, ok
}

// Party is who a customer is by law, as documents and tax want it.
type Party struct {
	Name    string   `json:"name,omitempty"`    // "": as staff call him
	Address string   `json:"address,omitempty"` // in lines
	TaxID   string   `json:"taxid,omitempty"`
	Lines   []string `json:"lines,omitempty"` // registration and the like
}

// face is what a customer was called and spoken with from a fact on.
type face struct {
	since         uint64
	name, details TextRef
	language      string
}

// PartySet is the fact of who a customer is by law.
type PartySet struct {
	Customer CustomerID
	Details  TextRef // a Party as JSON
}

func (x *PartySet) kind() factKind { return kindParty }

func (x *PartySet) code(c *coder) {
	num(c, &x.Customer)
	c.text(&x.Details)
}

func (x *PartySet) apply(s *state, f *Fact) {
	if c := s.customers.at(uint32(x.Customer)); c != nil {
		c.turn(s, f.Seq, x.Details)
	}
}

// turn notes what c is called from fact seq on.
func (c *Customer) turn(s *state, seq uint64, details TextRef) {
	set(s, &c.faces, append(slices.Clip(c.faces), face{seq, c.Name, details, c.Language}))
}

// details is the newest Party of c.
func (c *Customer) details() TextRef {
	if len(c.faces) == 0 {
		return TextRef{}
	}
	return c.faces[len(c.faces)-1].details
}

// The length of what a Party says, in characters.
const (
	partyNameMax = 200
	partyLineMax = 120
	partyLines   = 6
)

// SetParty books who c is by law, and reports whether it is news. It returns a BadInput
// refusal for what would not fit on a document.
func (tx *Tx) SetParty(c *Customer, p Party) (changed bool, err error) {
	lines := append(strings.Split(p.Address, "\n"), p.Lines...)
	if utf8.RuneCountInString(p.Name) > partyNameMax {
		return false, Refuse(BadInput, "party.long", "max", partyNameMax)
	}
	if len(lines) > 2*partyLines {
		return false, Refuse(BadInput, "party.lines", "max", 2*partyLines)
	}
	for _, l := range append(lines, p.TaxID) {
		if utf8.RuneCountInString(l) > partyLineMax {
			return false, Refuse(BadInput, "party.long", "max", partyLineMax)
		}
	}
	data, err := json.Marshal(p)
	if err != nil {
		return false, err
	}
	if before, err := tx.Text(c.details()); err != nil || before == string(data) {
		return false, err
	}
	x := &PartySet{Customer: c.ID}
	if x.Details, err = tx.keep(c.Person, string(data)); err != nil {
		return false, err
	}
	_, err = tx.append(tx.Today(), x)
	return err == nil, err
}

// PartyAt is who c was by law, and the language he was spoken with, when the fact of number
// seq was written.
func (v *View) PartyAt(c *Customer, seq uint64) (p Party, language string, err error) {
	at := face{name: c.Name, language: c.Language}
	for i, x := range c.faces {
		if i > 0 && x.since > seq {
			break
		}
		at = x
	}
	details, err := v.Text(at.details)
	if err == nil && details != "" {
		err = json.Unmarshal([]byte(details), &p)
	}
	if err == nil && p.Name == "" {
		p.Name, err = v.Text(at.name)
	}
	return p, at.language, err
}

// newLetterhead makes the bodies of this file's kinds.
func newLetterhead(k factKind) Body {
	switch k {
	case kindLetterhead:
		return new(LetterheadSet)
	case kindParty:
		return new(PartySet)
	case kindDocument:
		return new(DocumentMade)
	case kindPaperInvited:
		return new(PaperInvited)
	}
	return nil
}

// The names of facts about documents.
const (
	FactLetterhead FactName = "letterhead"
	FactParty      FactName = "party"
)

// describeLetterhead tells facts about documents.
func (v *View) describeLetterhead(f *Fact) (Description, bool) {
	switch x := f.Body.(type) {
	case *LetterheadSet:
		return Description{Name: FactLetterhead}, true
	case *PartySet:
		return Description{Name: FactParty, Refs: v.handle(x.Customer)}, true
	case *DocumentMade:
		return v.describeDocument(x), true
	case *PaperInvited:
		return Description{Name: FactPaperInvited, Refs: append(v.handle(x.Customer), v.numbers(x.Invoice)...)}, true
	}
	return Description{}, false
}

func dumpLetterheads(w io.Writer, v *View) {
	for _, l := range v.s.letterheads {
		fmt.Fprintf(w, "letterhead since %d template %d %x\n", l.Since, l.Template, sha256.Sum256([]byte(l.Data)))
	}
	v.s.customers.each(func(c *Customer) {
		for _, x := range c.faces {
			p, lang, err := v.PartyAt(c, x.since)
			fmt.Fprintf(w, "party customer %d since %d %q %q %v\n", c.ID, x.since, p, lang, err)
		}
	})
}
