package ledger

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// What stood on a document when it was issued can be told for ever, whatever changes later,
// also after a restart.
func TestDocumentsKeepTheirSides(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	b := openTest(t, path)
	id := addAcme(t, b)
	var seqs []uint64
	note := func(tx *Tx) error { seqs = append(seqs, tx.Head().Seq); return nil }
	name, lang := "Acme Holding GmbH", "it"
	legal := Party{Name: "Acme Handels GmbH", Address: "Lindenstr. 1\n10115 Berlin", TaxID: "DE123456789", Lines: []string{"HRB 1"}}
	for _, act := range []func(tx *Tx) error{
		note,
		func(tx *Tx) error { _, err := tx.SetLetterhead(1, `{"name":"We"}`); return err },
		note,
		func(tx *Tx) error {
			_, err := tx.ChangeCustomer(tx.Customer(id), CustomerChange{Name: &name})
			return err
		},
		note,
		func(tx *Tx) error { _, err := tx.SetParty(tx.Customer(id), legal); return err },
		note,
		func(tx *Tx) error { return tx.SetLanguage(tx.Customer(id), lang) },
		func(tx *Tx) error { _, err := tx.SetLetterhead(2, `{"name":"We"}`); return err },
		note,
	} {
		do(t, b, "", act)
	}
	look := func(b *Books) {
		b.View(func(v *View) error {
			for i, want := range []struct {
				template uint32
				party    Party
				lang     string
			}{{1, Party{Name: "Acme GmbH"}, "en"}, {1, Party{Name: "Acme GmbH"}, "en"}, {1, Party{Name: name}, "en"}, {1, legal, "en"}, {2, legal, "it"}} {
				l, ok := v.LetterheadAt(seqs[i])
				p, lang, err := v.PartyAt(v.Customer(id), seqs[i])
				if !ok || l.Template != want.template || !reflect.DeepEqual(p, want.party) || lang != want.lang || err != nil {
					t.Errorf("moment %d: template %d, %+v, %q, %v; want %+v", i, l.Template, p, lang, err, want)
				}
			}
			return nil
		})
	}
	look(b)
	do(t, b, "", func(tx *Tx) error {
		before := tx.Head()
		if changed, err := tx.SetLetterhead(2, `{"name":"We"}`); changed || err != nil {
			t.Error("the same letterhead is news", err)
		}
		if changed, err := tx.SetParty(tx.Customer(id), legal); changed || err != nil || tx.Head() != before {
			t.Error("the same details are news", err)
		}
		return nil
	})
	for _, p := range []Party{{Name: strings.Repeat("a", 201)}, {TaxID: strings.Repeat("1", 121)}} {
		wantRefusal(t, try(b, "", func(tx *Tx) error { _, err := tx.SetParty(tx.Customer(id), p); return err }), "party.long")
	}
	wantRefusal(t, try(b, "", func(tx *Tx) error {
		_, err := tx.SetParty(tx.Customer(id), Party{Address: strings.Repeat("a\n", 13)})
		return err
	}), "party.lines")
	b.Close()
	checkFile(t, path)
	again := openTest(t, path)
	defer again.Close()
	look(again)
}
