package paper

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

func TestReadBank(t *testing.T) {
	for text, want := range map[string]Bank{
		"IBAN DE02 1203 0000 0000 2020 51, BIC BYLADEM1001":      {Holder: "x", IBAN: "DE02120300000000202051", BIC: "BYLADEM1001"},
		"DE02120300000000202051 BYLADEM1001":                     {Holder: "x", IBAN: "DE02120300000000202051"},
		"RO49 AAAA 1B31 0075 9384 0000 SWIFT: BRDEROBU":          {Holder: "x", IBAN: "RO49AAAA1B31007593840000", BIC: "BRDEROBU"},
		"IBAN DE02 1203 0000 0000 2020 52":                       {Text: "IBAN DE02 1203 0000 0000 2020 52"},
		"р/с 40702810400000012345 в ПАО Сбербанк, БИК 044525225": {Text: "р/с 40702810400000012345 в ПАО Сбербанк, БИК 044525225"},
		"": {},
	} {
		if got := ReadBank("x", text); got != want {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
}

// A document is kept as plain data and comes back as the same paper.
func TestFrozenInputs(t *testing.T) {
	for _, lang := range []string{"en", "fa"} {
		for kind, d := range kinds(lang, 2) {
			data, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			back := new(Document)
			if err := json.Unmarshal(data, back); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(drawn(t, house(), d), drawn(t, house(), back)) {
				t.Errorf("%s in %s comes back as another paper", kind, lang)
			}
		}
	}
}

func TestRefusedDocuments(t *testing.T) {
	for name, change := range map[string]func(*Document){
		"another template": func(d *Document) { d.Template = 99 },
		"another language": func(d *Document) { d.Lang = "xx" },
		"another kind":     func(d *Document) { d.Kind = "fattura" },
		"a text as a kind": func(d *Document) { d.Kind = "page" },
	} {
		d := invoice("en", 0)
		change(d)
		if err := house().Draw(&bytes.Buffer{}, d); err == nil {
			t.Errorf("%s was drawn", name)
		}
	}
	h := &House{Logo: []byte("no picture")}
	if err := h.Draw(&bytes.Buffer{}, invoice("en", 0)); err == nil {
		t.Error("a logo that is no picture was drawn")
	}
}

func TestMissing(t *testing.T) {
	d := invoice("en", 0)
	d.Buyer.Name, d.Lines[0].Text = "한국 Ltd", "😀 한"
	if got := (&House{}).Missing(d); !reflect.DeepEqual(string(got), "한국😀") {
		t.Errorf("missing are %q", string(got))
	}
}
