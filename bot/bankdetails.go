package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"duebot/adapters/paper"
	"duebot/ledger"
)

// Our own bank details, as documents and chats show them. What the configuration names counts only
// at the first start; after that the books decide, and another line in the file is a change that
// two people confirm.

// bankDetails are those that the configuration names.
func (c *Config) bankDetails() ledger.BankDetails {
	return ledger.BankDetails{Line: c.bankLine(), Data: encodeBanks(c.banks(func(string, string, ...any) {}))}
}

func encodeBanks(all []paper.Bank) string {
	if len(all) == 0 {
		return ""
	}
	data, err := json.Marshal(all)
	if err != nil {
		panic(err) // texts alone: they always encode
	}
	return string(data)
}

func readBanks(data string) (out []paper.Bank, err error) {
	if data == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(data), &out); err != nil {
		return nil, fmt.Errorf("reading bank details: %w", err)
	}
	return out, nil
}

// bankInForce are the details that count. Books that keep none yet have them in their letterhead;
// those without one take the configuration's, unless its chats named another account.
func (b *Bot) bankInForce(v *ledger.View) (ledger.BankDetails, error) {
	if d, ok := v.BankDetails(); ok {
		return d, nil
	}
	config, co := b.cfg.bankDetails(), v.Company()
	if l, ok := v.LetterheadAt(v.Head().Seq); ok {
		head, err := paper.ReadLetterhead(l.Data)
		if err != nil {
			return config, err
		}
		return ledger.BankDetails{Line: co.BankLine, Data: encodeBanks(head.Banks)}, nil
	}
	if ledger.ReadBankWords(co.BankLine, config.Line+" "+config.Data).Number != "" {
		return ledger.BankDetails{Line: co.BankLine, Data: encodeBanks([]paper.Bank{paper.ReadBank(co.Name, co.BankLine)})}, nil
	}
	return config, nil
}

// printOurs has a letterhead show the accounts that count, and no other anywhere: what else of it
// names one stays as it was until that counts too.
func (b *Bot) printOurs(v *ledger.View, l *paper.Letterhead) error {
	now, err := b.bankInForce(v)
	if err != nil {
		return err
	}
	if l.Banks, err = readBanks(now.Data); err != nil {
		return err
	}
	last, ok := v.LetterheadAt(v.Head().Seq)
	if !ok {
		return nil
	}
	old, err := paper.ReadLetterhead(last.Data)
	if err != nil {
		return err
	}
	foreign := func(words ...string) bool {
		return ledger.ReadBankWords(strings.Join(words, "\n"), now.Line+" "+now.Data).Number != ""
	}
	var kept []string
	if foreign(append([]string{l.Seller.Name, l.Seller.Address, l.Seller.TaxID}, l.Seller.Lines...)...) && !reflect.DeepEqual(l.Seller, old.Seller) {
		l.Seller, kept = old.Seller, append(kept, "company")
	}
	if foreign(slices.Collect(maps.Values(l.Footer))...) && !maps.Equal(l.Footer, old.Footer) {
		l.Footer, kept = old.Footer, append(kept, "paper.footer")
	}
	for _, words := range l.Texts {
		if foreign(slices.Collect(maps.Values(words))...) && !reflect.DeepEqual(l.Texts, old.Texts) {
			l.Texts, kept = old.Texts, append(kept, "paper.text")
			break
		}
	}
	if len(kept) > 0 {
		b.log.Warn("an account that does not count is named outside of the bank details; documents keep what stood there", "settings", kept)
	}
	return nil
}

// setCompany books the configuration, but for bank details, which are those that count.
func (b *Bot) setCompany(tx *ledger.Tx) error {
	d, err := b.bankInForce(&tx.View)
	if err != nil {
		return err
	}
	co := b.cfg.company()
	co.BankLine = d.Line
	return tx.SetCompany(co)
}

// tellBank takes the bank details of the configuration to the books: the first as they are, others
// as a change.
func (b *Bot) tellBank(ctx context.Context) error {
	_, err := b.books.Update(ctx, ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
		before, err := b.bankInForce(&tx.View)
		if err != nil {
			return nil, err
		}
		return nil, b.desk.TellBank(tx, b.cfg.bankDetails(), before)
	}})
	return err
}

// ourBank is what the desk knows of our own bank details.
type ourBank struct{ bot *Bot }

// Lines are the accounts, each in one line.
func (ourBank) Lines(d ledger.BankDetails) (out []string) {
	all, err := readBanks(d.Data)
	if err != nil || len(all) == 0 {
		return []string{d.Line}
	}
	for i := range all {
		b := &all[i]
		var parts []string
		for _, p := range [][2]string{{"", b.Text}, {"", b.Holder}, {"", b.Bank}, {"IBAN ", grouped(b.IBAN)}, {"", b.Account}, {"BIC ", b.BIC}, {"", b.Correspondent}, {"", string(b.Currency)}} {
			if p[1] != "" {
				parts = append(parts, p[0]+p[1])
			}
		}
		out = append(out, strings.Join(parts, ", "))
	}
	return out
}

// Change puts an account in the place of number n.
func (o ourBank) Change(d ledger.BankDetails, n int, values map[string]string) (ledger.BankDetails, error) {
	all, err := readBanks(d.Data)
	if err != nil {
		return d, err
	}
	if n < 1 || n > len(all)+1 {
		return d, ledger.Refuse(ledger.BadInput, "bankchange.which", "accounts", len(all))
	}
	b, err := bankOf(values)
	if err != nil {
		return d, err
	}
	x := b.account(o.bot.cfg.Company.Name)
	if n > len(all) {
		all = append(all, x)
	} else {
		all[n-1] = x
	}
	if n == 1 {
		d.Line = b.line()
	}
	d.Data = encodeBanks(all)
	return d, nil
}

// bankOf reads an account that somebody typed, by the rules of the configuration.
func bankOf(values map[string]string) (*bankFile, error) {
	b := new(bankFile)
	fields := map[string]*string{"iban": &b.IBAN, "bic": &b.BIC, "bank": &b.Bank, "holder": &b.Holder, "account": &b.Account, "correspondent": &b.Correspondent,
		"taxid": &b.TaxID, "kpp": &b.KPP, "currency": &b.Currency}
	for name, value := range values {
		into := fields[name]
		if into == nil {
			return nil, ledger.Refuse(ledger.BadInput, "bankchange.option", "text", name)
		}
		*into = strings.TrimSpace(value)
	}
	b.IBAN, b.BIC, b.Currency = strings.ToUpper(b.IBAN), strings.ToUpper(b.BIC), strings.ToUpper(b.Currency)
	wrong := false
	b.check("", func(string, string, ...any) { wrong = true })
	switch {
	case b.IBAN == "" && b.Account == "":
		return nil, ledger.Refuse(ledger.BadInput, "bankchange.none")
	case b.IBAN != "" && !paper.ValidIBAN(b.IBAN):
		return nil, ledger.Refuse(ledger.BadInput, "bankchange.iban", "text", b.IBAN)
	case wrong:
		return nil, ledger.Refuse(ledger.BadInput, "bankchange.wrong")
	}
	return b, nil
}

// Print has documents and chats show d from now on.
func (ourBank) Print(tx *ledger.Tx, d ledger.BankDetails) error {
	co := tx.Company()
	co.BankLine = d.Line
	if err := tx.SetCompany(co); err != nil {
		return err
	}
	l, ok := tx.LetterheadAt(tx.Head().Seq)
	if !ok {
		return nil
	}
	head, err := paper.ReadLetterhead(l.Data)
	if err != nil {
		return err
	}
	if head.Banks, err = readBanks(d.Data); err != nil {
		return err
	}
	_, err = tx.SetLetterhead(l.Template, head.Encode())
	return err
}

// How long a change of our own bank details waits once it is confirmed: a weekday is enough for
// somebody to see the warning.
const (
	defaultBankDelay = "24h"
	bankDelayMin     = time.Hour
	bankDelayMax     = 30 * 24 * time.Hour
)

// bankDelay is how long a confirmed change of our own bank details waits.
func (c *Config) bankDelay() time.Duration {
	d, _ := time.ParseDuration(c.Company.BankDelay)
	return d
}

// checkBankDelay checks company.bank_delay.
func (c *Config) checkBankDelay(bad func(setting, format string, args ...any)) {
	if d, err := time.ParseDuration(c.Company.BankDelay); err != nil || d < bankDelayMin || d > bankDelayMax {
		bad("company.bank_delay", "%q is not a time like \"24h\", from \"1h\" to \"720h\"", c.Company.BankDelay)
	}
}
