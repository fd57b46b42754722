package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duebot/adapters/paper"
	"duebot/ledger"
)

// lookConfig is a configuration file of the company's look, with what a test adds to it.
func lookConfig(t *testing.T, extra string) (Config, error) {
	t.Helper()
	for name, value := range map[string]string{"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "TELEGRAM_BOT_TOKEN": "1:x", "DUEBOT_CONFIG": "", "DUEBOT_DB": filepath.Join(t.TempDir(), "x.db")} {
		t.Setenv(name, value)
	}
	dir := t.TempDir()
	put := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var good, other bytes.Buffer
	if err := errors.Join(png.Encode(&good, image.NewGray(image.Rect(0, 0, 40, 20))), gif.Encode(&other, image.NewGray(image.Rect(0, 0, 40, 20)), nil)); err != nil {
		t.Fatal(err)
	}
	put("logo.png", good.Bytes())
	put("logo.gif", other.Bytes())
	put("cut.png", good.Bytes()[:good.Len()/2])
	put("large.png", make([]byte, logoMax+1))
	if err := os.MkdirAll(filepath.Join(dir, "fonts"), 0o700); err != nil {
		t.Fatal(err)
	}
	font, err := os.ReadFile("../adapters/paper/font/Vazirmatn-Regular.ttf")
	if err != nil {
		t.Fatal(err)
	}
	put("fonts/a.ttf", font)
	put("bad.ttf", []byte("no font"))
	base := "[company]\nname = \"Lindenhof\"\ncurrency = \"EUR\"\nzone = \"Europe/Berlin\"\n[slack]\ninvoices = \"C01\"\n"
	put("duebot.toml", []byte(base+extra))
	return readConfig(filepath.Join(dir, "duebot.toml"))
}

// Each mistake in what stands on documents is one line that names the setting.
func TestLetterheadIsChecked(t *testing.T) {
	for want, toml := range map[string]string{
		"":                                     "[paper]\nlogo = \"logo.png\"\naccent = \"#7A1F3D\"\nfonts = \"fonts\"\nqr = []\n[paper.footer]\nen = \"HRB 1\"\n[paper.text.ru]\ntotal_due = \"К оплате\"",
		"paper.logo: there is no file":         "[paper]\nlogo = \"logo.svg\"",
		"paper.logo: is no PNG or JPEG":        "[paper]\nlogo = \"logo.gif\"",
		"paper.logo: cannot be read to its":    "[paper]\nlogo = \"cut.png\"",
		"KB large, more than 1024":             "[paper]\nlogo = \"large.png\"",
		"paper.fonts: there is no font":        "[paper]\nfonts = \"none\"",
		"bad.ttf cannot be used":               "[paper]\nfonts = \".\"",
		"paper.accent: \"red\" is not a":       "[paper]\naccent = \"red\"",
		"paper.accent: #ffff00 has a contrast": "[paper]\naccent = \"#ffff00\"",
		"paper.qr: \"tiktok\" is neither":      "[paper]\nqr = [\"tiktok\"]",
		"paper.footer.de: no documents":        "[paper.footer]\nde = \"x\"",
		"paper.footer.en: has 401 characters":  "[paper.footer]\nen = \"" + strings.Repeat("x", 401) + "\"",
		"paper.text.en.page: has the placeho":  "[paper.text.en]\npage = \"{page}\"",
		"paper.text.en.invoise: no text of":    "[paper.text.en]\ninvoise = \"x\"",
		"bank 1: the iban \"DE03120300000000":  "[[bank]]\niban = \"DE03120300000000202051\"",
		"bank 1: has neither an iban nor":      "[[bank]]\nbank = \"X\"",
		"bank 2: \"XX\" is no bic":             "[[bank]]\naccount = \"12345\"\n[[bank]]\niban = \"DE02 1203 0000 0000 2020 51\"\nbic = \"XX\"",
		"bank 1: \"77\" is no kpp":             "[[bank]]\naccount = \"40702810400000012345\"\nkpp = \"77\"",
		"bank 1: \"EURO\" is not an ISO 4217":  "[[bank]]\naccount = \"12345\"\ncurrency = \"EURO\"",
	} {
		_, err := lookConfig(t, toml)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%q: got %v", want, err)
		}
	}
}

// The company's side goes onto documents as it is set; mistakes in it are named.
func TestSellerIsChecked(t *testing.T) {
	c := sandboxConfig("http://127.0.0.1:8080", "x.db")
	c.Company.Address, c.Company.Email, c.Company.Registration = " Lindenstr. 12 ; 10969 Berlin;", "billing@lindenhof.example", []string{"HRB 1"}
	var wrong []string
	bad := func(setting, format string, args ...any) {
		wrong = append(wrong, setting+": "+fmt.Sprintf(format, args...))
	}
	l, _ := c.letterhead(bad)
	if l.Seller.Address != "Lindenstr. 12\n10969 Berlin" || !slices.Contains(l.Seller.Lines, "HRB 1") || !slices.Contains(l.Seller.Lines, "billing@lindenhof.example") || wrong != nil {
		t.Errorf("got %+v, %q", l.Seller, wrong)
	}
	c.Company.Email, c.Company.Web = "nobody", strings.Repeat("x", 101)
	if c.letterhead(bad); len(wrong) != 2 {
		t.Errorf("got %q", wrong)
	}
}

// An account in [[bank]] is what the chats say too, where company.bank says nothing.
func TestBankAccounts(t *testing.T) {
	c, err := lookConfig(t, "[[bank]]\nbank = \"Beispielbank\"\niban = \"DE02120300000000202051\"\nbic = \"BYLADEM1001\"\n[[bank]]\naccount = \"40702810400000012345\"\nbic = \"044525225\"\ncurrency = \"RUB\"")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.company().BankLine, "Beispielbank, IBAN DE02 1203 0000 0000 2020 51, BIC BYLADEM1001"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	l, _ := c.letterhead(func(setting, format string, args ...any) { t.Errorf(setting+": "+format, args...) })
	for currency, want := range map[ledger.Currency]int{"RUB": 2, "EUR": 1, "USD": 1} {
		if got := l.BanksFor(currency); len(got) != want || currency == "RUB" && got[0].BIC != "044525225" || got[0].Holder != "Lindenhof" {
			t.Errorf("%s: got %+v", currency, got)
		}
	}
}

// What is booked at the start can be read again with its files, and is booked once.
func TestLetterheadIsBooked(t *testing.T) {
	c, err := lookConfig(t, "[paper]\nlogo = \"logo.png\"\naccent = \"#7a1f3d\"\nfonts = \"fonts\"")
	if err != nil {
		t.Fatal(err)
	}
	books, err := ledger.Open(c.DB, ledger.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	b := &Bot{cfg: c, books: books, log: slog.New(slog.DiscardHandler)}
	for range 2 {
		if err := b.setLetterhead(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := books.View(func(v *ledger.View) error {
		if v.Head().Seq != 1 {
			t.Errorf("%d facts", v.Head().Seq)
		}
		x, ok := v.LetterheadAt(v.Head().Seq)
		l, err := paper.ReadLetterhead(x.Data)
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		house, err := l.House(v.Files().ReadNamed)
		if err != nil {
			t.Fatal(err)
		}
		if l.Seller.Name != "Lindenhof" || len(house.Logo) == 0 || house.Accent != [3]uint8{0x7a, 0x1f, 0x3d} || house.Shaper == nil {
			t.Errorf("got %+v, %+v", l, house)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
