package exchange

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"duebot/adapters/cells"
)

// makePDF writes a page with this content: packed in streams of objects or not, and with a font
// whose codes mean what a table says.
func makePDF(content string, packed bool) []byte {
	var zipped bytes.Buffer
	z := zlib.NewWriter(&zipped)
	z.Write([]byte(content))
	z.Close()
	cmap := "1 begincodespacerange <0000><ffff> endcodespacerange 2 beginbfchar <0001><0421> <0002><0443> endbfchar 1 beginbfrange <0030><0039><0030> endbfrange"
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>", "",
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
		"<</Type/Font/Subtype/Type0/ToUnicode 7 0 R>>",
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n")
	fmt.Fprintf(&out, "4 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\n", zipped.Len(), zipped.Bytes())
	fmt.Fprintf(&out, "7 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n", len(cmap), cmap)
	if !packed {
		for i, o := range objects {
			if o != "" {
				fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
			}
		}
		return out.Bytes()
	}
	var head, body strings.Builder
	n := 0
	for i, o := range objects {
		if o != "" {
			fmt.Fprintf(&head, "%d %d ", i+1, body.Len())
			body.WriteString(o + " ")
			n++
		}
	}
	fmt.Fprintf(&out, "8 0 obj\n<</Type/ObjStm/N %d/First %d/Length %d>>\nstream\n%s%s\nendstream\nendobj\n", n, head.Len(), head.Len()+body.Len(), head.String(), body.String())
	return out.Bytes()
}

const order = `BT /F1 12 Tf 50 700 Td (Payment order) Tj 0 -20 Td (Execution date: 11.10.2026) Tj
0 -20 Td [(Amount: EUR 1) -30 (,200.0) (0)] TJ 0 -20 Td (Fee 1.50) Tj 0 -20 Td (Reference: INV-2026-000001 \(October\)) Tj
/F2 12 Tf 0 -20 Td <0001000200310032> Tj ET`

func TestOrder(t *testing.T) {
	for _, packed := range []bool{false, true} {
		data := makePDF(order, packed)
		text, err := PDFText(data)
		if err != nil || !strings.Contains(text, "Amount: EUR 1,200.00\n") || !strings.Contains(text, "Су12") {
			t.Errorf("packed %t: %q, %v", packed, text, err)
		}
		got := ReadOrder(data)
		want := "[1200 1.5] [2026-10-11] INV-2026-000001 (October)"
		if s := fmt.Sprint(got.Amounts, got.Dates, " ", got.Reference); s != want {
			t.Errorf("packed %t: got %s, want %s", packed, s, want)
		}
	}
}

func TestOrderForms(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Сумма 1200-00\nДата 11.10.2026\nНазначение платежа\nОплата по счёту 17", "[1200] [2026-10-11] Оплата по счёту 17"},
		{"Betrag 1.200,50 EUR\nDatum 11.10.2026\nIBAN DE02 1203 0000 0000 2020 51", "[1200.5] [2026-10-11] "},
		{"金额：1,200.00\n日期：2026年10月11日\n附言：账单17", "[1200] [2026-10-11] 账单17"},
		{"مبلغ ۱٬۲۰۰٫۰۰\nتاریخ ۱۴۰۵/۰۷/۱۹", "[1200] [2026-10-11] "},
		{"card 1234.56.78 until 12.2026, phone 030 123-45", "[] [] "},
	} {
		lines := strings.Split(cells.Digits.Replace(c.text), "\n")
		if got := fmt.Sprint(orderSums(lines), orderDays(lines), " ", orderReference(strings.Split(c.text, "\n"))); got != c.want {
			t.Errorf("%q:\ngot  %s\nwant %s", c.text, got, c.want)
		}
	}
}

// A file that was made to cost much costs little, and one with a broken byte ends nothing.
func TestHostilePDF(t *testing.T) {
	bomb := strings.Repeat("1 ", 4<<20) + "Tj"
	for name, data := range map[string][]byte{
		"bomb":      makePDF(bomb, false),
		"loop":      []byte("%PDF-1.4\n1 0 obj<</Type/Page/Parent 1 0 R/Contents 1 0 R/Resources 2 0 R>>endobj\n2 0 obj 2 0 R endobj"),
		"nested":    []byte("%PDF-1.4\n1 0 obj" + strings.Repeat("[", 1<<20)),
		"open":      []byte("%PDF-1.4\n" + strings.Repeat("1 0 obj(", 200_000)),
		"streams":   []byte("%PDF-1.4\n" + strings.Repeat("9 0 obj<</Type/ObjStm/N 9/First 1>>stream ", 50_000)),
		"many":      []byte("%PDF-1.4\n" + strings.Repeat("7 0 obj<</Type/ObjStm/N 999999999999/First 0>>stream 1 1 ", 50_000)),
		"forms":     makePDF("/F1 1 Tf "+strings.Repeat("/X Do ", 100_000), false),
		"encrypted": []byte("%PDF-1.4 /Encrypt"),
		"empty":     nil,
	} {
		begun := time.Now()
		text, _ := PDFText(data)
		if took := time.Since(begun); took > 10*time.Second || len(text) > pdfText {
			t.Errorf("%s took %s and gave %d bytes", name, took, len(text))
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	whole := makePDF(order, true)
	for range 3000 {
		broken := bytes.Clone(whole)
		for range 1 + rnd.IntN(8) {
			broken[rnd.IntN(len(broken))] = byte(rnd.IntN(256))
		}
		ReadOrder(broken[:1+rnd.IntN(len(broken))])
	}
}
