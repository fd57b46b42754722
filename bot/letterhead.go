package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duebot/adapters/paper"
	"duebot/adapters/paper/font"
	"duebot/bot/demo"
	"duebot/ledger"
)

// paperFile is [paper] of the configuration: the look of documents.
type paperFile struct {
	Logo   string                       `toml:"logo"`   // PNG or JPEG
	Accent string                       `toml:"accent"` // colour of titles and rules: "#1f4e79"
	Fonts  string                       `toml:"fonts"`  // folder of TrueType fonts, for characters that the program's own lack
	QR     []string                     `toml:"qr"`     // codes on documents: "pay" and "telegram"; default: both
	Footer map[string]string            `toml:"footer"` // by language
	Text   map[string]map[string]string `toml:"text"`   // by language: words instead of the product's

	drawn []byte // a logo that is no file
}

// bankFile is [[bank]] of the configuration: an account of the company.
type bankFile struct {
	Holder        string `toml:"holder"` // default: the company
	Bank          string `toml:"bank"`
	IBAN          string `toml:"iban"`
	BIC           string `toml:"bic"`
	Account       string `toml:"account"` // where there is no IBAN
	Correspondent string `toml:"correspondent"`
	TaxID         string `toml:"tax_id"` // of the holder, as Russian banks want it
	KPP           string `toml:"kpp"`
	Currency      string `toml:"currency"` // of the sums that are paid there; default: any
}

// beside makes the paths of [paper] those of files beside the configuration.
func (p *paperFile) beside(config string) {
	for _, path := range []*string{&p.Logo, &p.Fonts} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(filepath.Dir(config), *path)
		}
	}
}

// letterhead is the company's side of documents, and the files that it names, by their
// hashes. What is wrong goes to bad, by setting.
func (c *Config) letterhead(bad func(setting, format string, args ...any)) (*paper.Letterhead, map[string][]byte) {
	l := &paper.Letterhead{Seller: c.seller(bad), Banks: c.banks(bad), Accent: strings.ToLower(c.Paper.Accent), Footer: c.Paper.Footer, Texts: c.Paper.Text}
	if c.Paper.QR != nil {
		l.NoPayQR, l.NoTelegramQR = !slices.Contains(c.Paper.QR, "pay"), !slices.Contains(c.Paper.QR, "telegram")
	}
	for _, name := range c.Paper.QR {
		if name != "pay" && name != "telegram" {
			bad("paper.qr", "%q is neither \"pay\" nor \"telegram\"", name)
		}
	}
	if _, err := paper.ReadColor(l.Accent); l.Accent != "" && err != nil {
		bad("paper.accent", "%v", err)
		l.Accent = ""
	}
	files := map[string][]byte{}
	keep := func(data []byte) string {
		sum := sha256.Sum256(data)
		name := hex.EncodeToString(sum[:])
		files[name] = data
		return name
	}
	if logo, err := c.Paper.logo(); err != nil {
		bad("paper.logo", "%v", err)
	} else if logo != nil {
		l.Logo = keep(logo)
	}
	for _, f := range c.Paper.fonts(bad) {
		l.Fonts = append(l.Fonts, paper.FontFile{Name: f.Name, Hash: keep(f.Data)})
	}
	house, err := l.House(func(hash string) ([]byte, error) { return files[hash], nil })
	if err != nil {
		bad("paper.fonts", "%v", err)
		return l, files
	}
	for _, m := range house.Mistakes() {
		bad("paper."+m.Part, "%s", m.What)
	}
	return l, files
}

// The largest logo and fonts that are read.
const (
	logoMax = 1 << 20
	fontMax = 32 << 20
)

// logo is the picture of the company, nil where there is none.
func (p *paperFile) logo() ([]byte, error) {
	if p.Logo == "" {
		return p.drawn, nil
	}
	return readSmall(p.Logo, logoMax)
}

// readSmall reads a file that a setting names.
func readSmall(path string, most int64) ([]byte, error) {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s", path)
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", path)
	case info.Size() > most:
		return nil, fmt.Errorf("%s is %d KB large, more than %d", path, info.Size()>>10, most>>10)
	}
	return os.ReadFile(path)
}

// fonts are those of the company's folder.
func (p *paperFile) fonts(bad func(setting, format string, args ...any)) (out []font.File) {
	if p.Fonts == "" {
		return nil
	}
	names, _ := filepath.Glob(filepath.Join(p.Fonts, "*.ttf"))
	if len(names) == 0 {
		bad("paper.fonts", "there is no font (.ttf) in the folder %s", p.Fonts)
	}
	for _, name := range names {
		data, err := readSmall(name, fontMax)
		if err == nil {
			_, err = font.With([]font.File{{Name: filepath.Base(name), Data: data}})
		}
		if err != nil {
			bad("paper.fonts", "%s cannot be used: %v", name, err)
			continue
		}
		out = append(out, font.File{Name: filepath.Base(name), Data: data})
	}
	return out
}

// What fits into a line of the head of a document, and how many lines.
const (
	headLineMax = 100
	headLines   = 8
)

// seller is the company by law.
func (c *Config) seller(bad func(setting, format string, args ...any)) paper.Party {
	o := &c.Company
	p := paper.Party{Name: o.Name, TaxID: o.TaxID, Address: strings.Join(textLines(o.Address), "\n")}
	p.Lines = append(p.Lines, o.Registration...)
	for _, line := range []string{o.Phone, o.Email, o.Web} {
		if line != "" {
			p.Lines = append(p.Lines, line)
		}
	}
	for setting, lines := range map[string][]string{"company.name": {o.Name}, "company.address": textLines(o.Address), "company.tax_id": {o.TaxID},
		"company.registration": o.Registration, "company.phone": {o.Phone}, "company.email": {o.Email}, "company.web": {o.Web}} {
		if len(lines) > headLines {
			bad(setting, "has %d lines, more than %d", len(lines), headLines)
		}
		for _, line := range lines {
			if n := utf8.RuneCountInString(line); n > headLineMax {
				bad(setting, "has a line of %d characters, more than %d", n, headLineMax)
			}
		}
	}
	if _, err := mail.ParseAddress(o.Email); o.Email != "" && err != nil {
		bad("company.email", "%q is not an e-mail address", o.Email)
	}
	return p
}

// textLines are the lines of a text that may also be written in one, with semicolons.
func textLines(text string) (out []string) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// What numbers of banks look like without blanks.
var (
	bicForm     = regexp.MustCompile(`^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?|[0-9]{9})$`) // ISO 9362, or the Russian one
	accountForm = regexp.MustCompile(`^[0-9A-Za-z/-]{4,34}$`)
	numberForm  = regexp.MustCompile(`^[0-9]{9,12}$`)
)

// banks are the accounts of the company: those of [[bank]], or the line of company.bank.
func (c *Config) banks(bad func(setting, format string, args ...any)) (out []paper.Bank) {
	if len(c.Bank) == 0 {
		if c.Company.Bank == "" {
			return nil
		}
		return []paper.Bank{paper.ReadBank(c.Company.Name, c.Company.Bank)}
	}
	for i := range c.Bank {
		b := &c.Bank[i]
		b.check(fmt.Sprintf("bank %d", i+1), bad)
		out = append(out, b.account(c.Company.Name))
	}
	return out
}

// account is b as documents show it; company holds it where it names nobody.
func (b *bankFile) account(company string) paper.Bank {
	x := paper.Bank{Holder: b.Holder, Bank: b.Bank, IBAN: unspaced(b.IBAN), BIC: unspaced(b.BIC), Account: b.Account,
		Correspondent: b.Correspondent, TaxID: b.TaxID, Reason: b.KPP, Currency: ledger.Currency(b.Currency)}
	if x.Holder == "" {
		x.Holder = company
	}
	return x
}

// bankLine is the bank details as chats say them, in one line.
func (c *Config) bankLine() string {
	if c.Company.Bank != "" || len(c.Bank) == 0 {
		return c.Company.Bank
	}
	return c.Bank[0].line()
}

// line is b as chats say it.
func (b *bankFile) line() string {
	var out []string
	for _, part := range [][2]string{{"", b.Bank}, {"IBAN ", grouped(b.IBAN)}, {"", b.Account}, {"BIC ", b.BIC}} {
		if part[1] != "" {
			out = append(out, part[0]+part[1])
		}
	}
	return strings.Join(out, ", ")
}

// grouped writes an IBAN in fours.
func grouped(iban string) string {
	var b strings.Builder
	for i, r := range unspaced(iban) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// check checks the numbers of an account by their own digits and forms.
func (b *bankFile) check(setting string, bad func(setting, format string, args ...any)) {
	switch {
	case b.IBAN == "" && b.Account == "":
		bad(setting, "has neither an iban nor an account")
	case b.IBAN != "" && !paper.ValidIBAN(b.IBAN):
		bad(setting, "the iban %q has wrong check digits; copy it again", b.IBAN)
	}
	for name, field := range map[string]struct {
		value string
		form  *regexp.Regexp
	}{"bic": {b.BIC, bicForm}, "account": {b.Account, accountForm}, "correspondent": {b.Correspondent, accountForm}, "tax_id": {b.TaxID, numberForm}, "kpp": {b.KPP, numberForm}} {
		if field.value != "" && !field.form.MatchString(unspaced(field.value)) {
			bad(setting, "%q is no %s", field.value, name)
		}
	}
	for name, value := range map[string]string{"holder": b.Holder, "bank": b.Bank} {
		if utf8.RuneCountInString(value) > headLineMax {
			bad(setting, "%s is longer than %d characters", name, headLineMax)
		}
	}
	if b.Currency != "" && !ledger.Currency(b.Currency).Valid() {
		bad(setting, "%q is not an ISO 4217 code", b.Currency)
	}
}

// unspaced is a number without the blanks by which people group it.
func unspaced(s string) string { return strings.Join(strings.Fields(s), "") }

// setLetterhead keeps the files of the company's look, and books it where it is another.
func (b *Bot) setLetterhead(ctx context.Context) error {
	var errs []error
	l, files := b.cfg.letterhead(func(setting, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", setting, fmt.Sprintf(format, args...)))
	})
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if err := b.books.View(func(v *ledger.View) error { return b.printOurs(v, l) }); err != nil {
		return err
	}
	if dropped, err := b.books.SweepFiles(); err != nil {
		b.log.Warn("dropping files that nothing names", "error", err)
	} else if dropped > 0 {
		b.log.Info("dropped files that nothing names", "count", dropped)
	}
	for _, data := range files {
		if _, err := b.books.Files().Put(data); err != nil {
			return err
		}
	}
	if in := b.linkedCurrencies(); b.cfg.PublicURL != "" && len(in) > 0 {
		l.Pay, l.PayIn = b.cfg.PublicURL+payPath, in
	}
	_, err := b.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		_, err := tx.SetLetterhead(paper.Template, l.Encode())
		return nil, err
	}})
	if err != nil {
		return err
	}
	// Read logo and fonts now: the first command that asks for them would hold up others.
	return b.books.View(func(v *ledger.View) error { _, err := paper.Unknown(v, ""); return err })
}

// sandboxLook is what stands on the sandbox company's documents.
func (f *File) sandboxLook() {
	f.Company.Address, f.Company.Registration = "Lindenhof 12; 10969 Berlin; Deutschland", []string{"HRB 900000 B, Amtsgericht Charlottenburg"}
	f.Company.Phone, f.Company.Email, f.Company.Web = "+49 30 90000012", "billing@lindenhof.example", "lindenhof.example"
	f.Bank = []bankFile{{Bank: "Beispielbank Berlin", IBAN: "DE02 1203 0000 0000 2020 51", BIC: "BYLADEM1001"}}
	f.Paper = paperFile{Accent: "#1d5c4b", drawn: demo.Logo, Footer: map[string]string{}}
	for lang, director := range map[string]string{"en": "Managing director", "ru": "Генеральный директор", "ro": "Administrator", "it": "Amministratrice", "zh": "总经理", "fa": "مدیرعامل"} {
		f.Paper.Footer[lang] = "Lindenhof Studio GmbH · Lindenhof 12 · 10969 Berlin · HRB 900000 B · " + director + ": Jana Linden"
	}
}
