package main

import (
	"slices"
	"strings"

	"duebot/adapters/bank"
	"duebot/commands/card"
	"duebot/ledger"
)

// A table of a bank often does not say of which account it is. Somebody picks one of ours once
// for each layout; the message of each later file says which it was taken for, and has a button
// that asks again.

// waysMost is how many ways to read a table are shown.
const waysMost = 24

// ownAccounts are our accounts: those of the configuration, then others of which there is a
// statement.
func (b *Bot) ownAccounts(v *ledger.View) (out []string) {
	add := func(number string) {
		number = strings.ToUpper(strings.Join(strings.Fields(number), ""))
		if number != "" && !slices.Contains(out, number) {
			out = append(out, number)
		}
	}
	for _, x := range b.cfg.banks(func(string, string, ...any) {}) {
		add(x.IBAN)
		if x.IBAN == "" {
			add(x.Account)
		}
	}
	for _, st := range v.BankFresh() {
		add(st.Account)
	}
	return out
}

// byAccount are the ways to read a table, each for one of our accounts, and for none of them.
func byAccount(all []way, accounts []string) (out []way) {
	if len(accounts) == 0 {
		return all
	}
	accounts = accounts[:min(len(accounts), max(waysMost/len(all)-1, 1))]
	for _, w := range all {
		for i := range len(accounts) + 1 {
			x, label := w, card.T("button.columns.noaccount")
			if i < len(accounts) {
				x.mapping.Account, label = accounts[i], card.T("button.columns.account", "account", accounts[i])
			}
			if x.label = label; len(all) > 1 {
				x.label = card.Join(w.label, label)
			}
			out = append(out, x)
		}
	}
	return out
}

// lacksAccount reports whether a table says nowhere of which account it is.
func lacksAccount(ask *bank.NeedsMapping) bool {
	return slices.Contains(ask.Doubts, "bank.doubt.account")
}
