//go:build e2e

package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"duebot/adapters/exchange"
	"duebot/ledger"
)

// The independent auditor: Debian's hledger reads the journal, checks that it balances, and
// has the same balance of every account, to the cent, on the demo company and on random books.
func TestE2EHledger(t *testing.T) {
	path, err := exec.LookPath("hledger")
	if err != nil {
		t.Skip("hledger is not installed")
	}
	books := map[string]*ledger.Books{"the demo company": demoBooks(t)}
	for seed := range int64(4) {
		books[fmt.Sprintf("seed %d", seed+10)] = randomBooks(t, seed+10)
	}
	for name, b := range books {
		journal := filepath.Join(t.TempDir(), "books.journal")
		var out bytes.Buffer
		err := b.View(func(v *ledger.View) error { return exchange.Journal(&out, v) })
		if err == nil {
			err = os.WriteFile(journal, out.Bytes(), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		hledger(t, path, journal, "check", "accounts", "commodities")
		got := hledgerBalances(t, hledger(t, path, journal, "balance", "--flat", "--no-total", "-O", "csv", "--layout=bare"))
		compareBalances(t, name, got, bookBalances(b))
		got = hledgerBalances(t, hledger(t, path, journal, "balance", "-B", "--depth", "2", "--flat", "--no-total", "-O", "csv", "--layout=bare"))
		compareBalances(t, name+" in the company's currency", got, bookValues(b))
	}
}

// bookValues are the accounts' balances in the company's currency: "receivables EUR".
func bookValues(b *ledger.Books) map[string]decimal.Decimal {
	out := map[string]decimal.Decimal{}
	b.View(func(v *ledger.View) error {
		v.Balances(func(a ledger.Account, _ ledger.CustomerID, _ ledger.Money) {
			m := v.BaseBalance(a)
			out[a.String()+" "+string(m.Currency)] = m.Decimal()
		})
		m := v.BaseBalance(ledger.ExchangeDifferences)
		out[ledger.ExchangeDifferences.String()+" "+string(m.Currency)] = m.Decimal()
		return nil
	})
	return out
}

func hledger(t *testing.T, path, journal string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(path, append([]string{"-f", journal}, args...)...)
	cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "LC_ALL=C.UTF-8")
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("hledger %s: %v\n%s", strings.Join(args, " "), err, wrong.String())
	}
	return out
}

// hledgerBalances reads "account","commodity","balance".
func hledgerBalances(t *testing.T, report []byte) map[string]decimal.Decimal {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(report)).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("hledger's balances: %v\n%s", err, report)
	}
	out := map[string]decimal.Decimal{}
	for _, r := range rows[1:] {
		d, err := decimal.NewFromString(r[2])
		if err != nil {
			t.Fatalf("hledger's balances: %v in %q", err, r)
		}
		_, name, _ := strings.Cut(r[0], ":")
		out[name+" "+r[1]] = d
	}
	return out
}

// demoBooks are the demo company's, as the sandbox makes them.
func demoBooks(t *testing.T) *ledger.Books {
	t.Helper()
	box, err := openSandbox(context.Background(), sandboxOptions{addr: "127.0.0.1:0", dir: t.TempDir()}, logger(false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.close)
	return box.bot.Load().books
}
