package paper

import (
	"errors"
	"fmt"
	"math/rand"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"duebot/adapters/paper/shape"
	"duebot/ledger"

	"github.com/boombuler/barcode/qr"
	"github.com/shopspring/decimal"
)

// payable reads what a code says as an app does that takes the format at its word, and
// compares it with the document.
func payable(content string, d *Document) error {
	b := &d.Banks[0]
	switch {
	case strings.HasPrefix(content, "BCD\n"):
		return readEPC(content, b, d.Total)
	case strings.HasPrefix(content, "ST00012|"):
		return readST(content, b, d.Total)
	}
	u, err := url.Parse(content)
	if err == nil && (u.Scheme != "https" || u.Host == "" || content != d.PayLink) {
		err = errors.New("not the link to pay at")
	}
	return err
}

// readEPC is EPC069-12, version 2.1: service tag, version, characters, SCT, BIC, name, IBAN,
// amount, purpose, a creditor's reference or free text, and information.
func readEPC(content string, b *Bank, sum ledger.Money) error {
	lines := strings.Split(content, "\n")
	if len(content) > 331 || !utf8.ValidString(content) || len(lines) > 12 || len(lines) < 7 || strings.HasSuffix(content, "\n") {
		return fmt.Errorf("%d bytes in %d lines", len(content), len(lines))
	}
	lines = append(lines, make([]string, 12-len(lines))...)
	name, iban, purpose, reference, text := lines[5], lines[6], lines[8], lines[9], lines[10]
	amount := regexp.MustCompile(`^EUR(\d{1,9}\.\d\d)$`).FindStringSubmatch(lines[7])
	switch {
	case strings.Join(lines[:4], "/") != "BCD/002/1/SCT":
		return fmt.Errorf("it begins with %q", lines[:4])
	case !regexp.MustCompile(`^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?$`).MatchString(lines[4]):
		return fmt.Errorf("the BIC is %q", lines[4])
	case name == "" || utf8.RuneCountInString(name) > 70 || !strings.HasPrefix(oneSpaced(b.Holder), name):
		return fmt.Errorf("the name is %q", name)
	case !ValidIBAN(iban) || strings.Contains(iban, " ") || iban != strings.ReplaceAll(b.IBAN, " ", ""):
		return fmt.Errorf("the IBAN is %q", iban)
	case amount == nil || !decimal.RequireFromString(amount[1]).Equal(sum.Decimal()):
		return fmt.Errorf("the amount is %q", lines[7])
	case len(purpose) > 4 || reference != "" && text != "" || utf8.RuneCountInString(text) > 140:
		return fmt.Errorf("purpose %q, reference %q, text %q", purpose, reference, text)
	case reference != "" && !regexp.MustCompile(`^RF\d\d[A-Z0-9]{1,21}$`).MatchString(reference):
		return fmt.Errorf("the reference is %q", reference)
	}
	return nil
}

// readST is GOST R 56042-2014: format, version and characters, then names and values, the
// five first in order.
func readST(content string, b *Bank, sum ledger.Money) error {
	fields := strings.Split(content, "|")
	var keys []string
	values := map[string]string{}
	for _, f := range fields[1:] {
		key, value, ok := strings.Cut(f, "=")
		if _, twice := values[key]; !ok || twice || value == "" {
			return fmt.Errorf("the field %q", f)
		}
		keys, values[key] = append(keys, key), value
	}
	if !utf8.ValidString(content) || len(keys) < 5 || strings.Join(keys[:5], " ") != "Name PersonalAcc BankName BIC CorrespAcc" {
		return fmt.Errorf("the fields are %q", keys)
	}
	for key, form := range map[string]string{"Name": `^.{1,160}$`, "PersonalAcc": `^\d{20}$`, "BankName": `^.{1,45}$`, "BIC": `^\d{9}$`, "CorrespAcc": `^(\d{20}|0)$`, "Sum": `^[1-9]\d{0,17}$`,
		"Purpose": `^.{1,210}$`, "PayeeINN": `^(\d{10}|\d{12})?$`, "KPP": `^(\d{9})?$`} {
		if value := values[key]; !regexp.MustCompile(form).MatchString(value) && (value != "" || key != "Purpose") {
			return fmt.Errorf("%s is %q", key, value)
		}
	}
	if values["Sum"] != fmt.Sprint(sum.Minor) || values["PersonalAcc"] != b.Account || !strings.HasPrefix(oneSpaced(b.Holder), values["Name"]) {
		return fmt.Errorf("another payment: %q", fields)
	}
	return nil
}

// oneSpaced is a name as a code writes it.
func oneSpaced(s string) string {
	return strings.Join(strings.FieldsFunc(shape.Clean(s), func(r rune) bool { return r <= ' ' || r == '|' }), " ")
}

// Whatever a company is called and an invoice is paid for, a strict reader takes the code,
// and it can be printed.
func TestCodesOfHostileNames(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	codes := 0
	for i := range 2000 {
		d := invoice([]string{"en", "ru"}[i%2], 0)
		b := &d.Banks[0]
		b.Holder, b.Bank, b.TaxID, d.Total.Minor = hostile(r), b.Bank+hostile(r), hostile(r), r.Int63n(1e12)
		if r.Intn(4) == 0 {
			b.BIC = hostile(r)
		}
		content := PaymentQR(b, d.Total, strings.TrimSpace([]string{"", "INV-1 "}[r.Intn(2)]+hostile(r)))
		if content == "" {
			continue
		}
		codes++
		if err := payable(content, d); err != nil {
			t.Errorf("%d: %v", i, err)
		}
		if i%40 < 2 { // which takes its time
			if _, err := qr.Encode(content, qr.M, qr.Unicode); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
	}
	if codes < 500 {
		t.Errorf("only %d codes", codes)
	}
}
