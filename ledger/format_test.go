package ledger

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var writeFormat = flag.Bool("write-format", false, "write the sample ledger of the newest layout, testdata/format/v<n>.db.gz")

// A ledger that an earlier version wrote is good for ever: it opens, its chain holds, its
// bookFigures are what they were, the program's own verify and rebuild agree, and it can be
// written on.
func TestOldLayoutsStayReadable(t *testing.T) {
	if *writeFormat {
		writeSample(t, fmt.Sprintf("testdata/format/v%d", factVersion))
	}
	files, err := filepath.Glob("testdata/format/*.db.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples of old layouts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(file[:len(file)-len(".db.gz")] + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "duebot.db")
			unzip(t, file, path)
			for _, content := range []string{sampleFile, "act"} {
				if _, err := FilesOf(path).Put([]byte(content)); err != nil {
					t.Fatal(err)
				}
			}
			if rep, err := Verify(path, ""); err != nil || len(rep.Problems) > 0 {
				t.Fatal(err, rep)
			}
			b, err := Open(path, Options{Now: func() time.Time { return testNow.AddDate(0, 1, 0) }})
			if err != nil {
				t.Fatal(err)
			}
			if got := bookFigures(t, b); got != string(want) {
				t.Errorf("the figures are\n%s\nand were\n%s", got, want)
			}
			if file == fmt.Sprintf("testdata/format/v%d.db.gz", factVersion) {
				checkEveryKind(t, b)
			}
			do(t, b, "", func(tx *Tx) error {
				_, _, err := tx.Receive(NewPayment{Customer: 1, Date: tx.Today(), Amount: Money{12345, "EUR"}})
				return err
			})
			b.Close()
			checkFile(t, path)
		})
	}
}

// checkEveryKind sees to it that the sample of the newest layout has a fact of every kind: what a
// sample lacks is not known to be readable later. A kind that is new after the layout was
// released comes into the sample of the next.
func checkEveryKind(t *testing.T, b *Books) {
	have := map[factKind]bool{}
	err := b.View(func(v *View) error {
		return v.Facts(1, func(f *Fact) error {
			have[f.Body.kind()] = true
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for k := range 1 << 8 {
		if body := newBody(factKind(k)); body != nil && !have[factKind(k)] {
			t.Errorf("the sample has no fact of kind %d, %T: add an act that makes one", k, body)
		}
	}
}

// bookFigures are what a ledger says, in a form that no later version has cause to change.
func bookFigures(t *testing.T, b *Books) string {
	var w bytes.Buffer
	err := b.View(func(v *View) error {
		fmt.Fprintf(&w, "head %d %s\n", v.Head().Seq, v.Head().Hash)
		v.Invoices(func(i *Invoice) {
			fmt.Fprintf(&w, "%s %s due %s total %d open %d paid %d credited %d deducted %d written off %d %s\n", i.Number, i.Date, i.Due,
				i.Total, i.Open, i.Paid, i.Credited, i.Deducted, i.WrittenOff, i.Currency)
		})
		v.Payments(func(p *Payment) { fmt.Fprintf(&w, "%s %s %s on account %d\n", p.Label(), p.Date, p.Amount, p.OnAcct) })
		v.Balances(func(a Account, c CustomerID, m Money) { fmt.Fprintf(&w, "%s %d %s\n", a, c, m) })
		return v.Facts(1, func(f *Fact) error {
			fmt.Fprintf(&w, "%d %T %s %s %s", f.Seq, f.Body, f.Recorded.Format(time.RFC3339), f.Effective, f.By)
			for _, p := range f.Postings {
				fmt.Fprintf(&w, " %d:%d:%d%s", p.Account, p.Customer, p.Amount.Minor, p.Amount.Currency)
			}
			fmt.Fprintln(&w)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.String()
}

// writeSample makes a ledger with facts of every kind: by the acts of TestInvariants, and by
// others.
func writeSample(t *testing.T, name string) {
	path := filepath.Join(t.TempDir(), "duebot.db")
	rapid.Custom(func(r *rapid.T) bool {
		os.Remove(path)
		b := openTest(t, path)
		defer b.Close()
		c := addAcme(t, b)
		for step := range 2000 {
			try(b, fmt.Sprintf("k%d", step), func(tx *Tx) error { return oneAct(r, tx, c) })
		}
		rareActs(t, b)
		talkActs(t, b)
		chequeActs(t, b)
		bankActs(t, b)
		payoutActs(t, b)
		taskActs(t, b)
		remindingActs(t, b)
		preflightActs(t, b)
		courtesyActs(t, b)
		digestActs(t, b)
		recurActs(t, b)
		return true
	}).Example(11)
	b := openTest(t, path)
	text := bookFigures(t, b)
	checkEveryKind(t, b)
	b.Close()
	if t.Failed() {
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	z.Write(data)
	z.Close()
	os.MkdirAll(filepath.Dir(name), 0o755)
	os.WriteFile(name+".db.gz", zipped.Bytes(), 0o644)
	if err := os.WriteFile(name+".txt", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// rareActs are those that random ones rarely come to.
func rareActs(t *testing.T, b *Books) {
	var day Date
	b.View(func(v *View) error { day = v.Today(); return nil })
	var c *Customer
	var conversion, discounted, late, guarded InvoiceID
	issue := func(tx *Tx, d Draft) InvoiceID {
		d.Customer, d.Date = c.ID, day
		d.Lines = []Line{line("a", "1", "1000", "19")}
		inv, err := tx.Issue(d)
		if err != nil {
			t.Error(err)
			return 0
		}
		return inv.ID
	}
	acts := []func(tx *Tx) error{
		func(tx *Tx) error {
			_, err := tx.SetRates("test", []Rate{{Currency: "JPY", Date: day, Value: dec("0.62"), Per: dec("100")}})
			return err
		},
		func(tx *Tx) error { return tx.ReopenPeriod(tx.ClosedThrough(), "an invoice came late") },
		func(tx *Tx) (err error) {
			c, err = tx.AddCustomer(NewCustomer{Handle: "rare", Name: "Rare Ltd"})
			return err
		},
		func(tx *Tx) error {
			conversion = issue(tx, Draft{Due: day, Currency: "JPY"})
			discounted = issue(tx, Draft{Due: day.AddDays(30), Currency: "EUR", Early: EarlyDiscount{Percent: dec("2"), Until: day.AddDays(7)}})
			late = issue(tx, Draft{Due: day, Currency: "EUR"})
			guarded = issue(tx, Draft{Due: day, Currency: "EUR"})
			return nil
		},
		func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c.ID, Invoice: conversion, Date: day, Amount: euros(500)})
			return err
		},
		func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c.ID, Invoice: discounted, Date: day, Amount: euros(116620)})
			return err
		},
		func(tx *Tx) error { _, err := tx.SetMails(c, []string{"ap@rare.example"}); return err },
		func(tx *Tx) error { _, err := tx.SetMails(c, []string{"cfo@rare.example"}); return err },
		func(tx *Tx) error {
			token, _, err := tx.Invite(c)
			if err == nil {
				_, err = tx.Link(token, "telegram:77", "Rita", "en")
			}
			return err
		},
		func(tx *Tx) error { _, err := tx.BreakRoute(c.ID, "telegram:77", RouteBlocked, 0); return err },
		func(tx *Tx) error { return tx.MendRoute("telegram:77") },
		func(tx *Tx) error { return tx.MoveChat("telegram:77", "telegram:-1007") },
		func(tx *Tx) error { return tx.SetLanguage(c, "ru") },
		func(tx *Tx) error {
			k, err := tx.BeginCampaign("overdue", "C1")
			if err == nil {
				err = tx.Notify(NoticeQueued{Kind: NoticeReminder, Customer: c.ID, For: day, Campaign: k.ID})
			}
			return err
		},
		func(tx *Tx) error { return tx.PauseCampaign(tx.Campaign(1)) },
		func(tx *Tx) error { _, err := tx.StopCampaign(tx.Campaign(1)); return err },
		func(tx *Tx) error {
			d, err := tx.OpenDispute(tx.Invoice(late), "amount", Money{}, "telegram:-1007")
			if err == nil {
				_, err = tx.Say(d, true, "slack:U1", "We look into it")
			}
			return err
		},
		func(tx *Tx) error { return tx.Unlink(c, "telegram:-1007") },
		func(tx *Tx) error {
			co := tx.s.company
			co.Approvals = ceilings(1)
			return tx.SetCompany(co)
		},
		func(tx *Tx) error {
			return askOrDo(tx, "U1", fmt.Sprintf("writeoff %d %d 100", c.ID, guarded))
		},
		func(tx *Tx) error {
			waiting := tx.WaitingApprovals()
			_, err := approve(tx, "U2", waiting[len(waiting)-1])
			return err
		},
		func(tx *Tx) error {
			co := tx.s.company
			co.Approvals = Ceilings{}
			return tx.SetCompany(co)
		},
		func(tx *Tx) error {
			_, err := tx.LoadOpening(Opening{On: day, Customers: []OpeningCustomer{{Line: 2, NewCustomer: NewCustomer{Handle: "old", Name: "Old Ltd"}}},
				Invoices: []OpeningInvoice{{Line: 2, Customer: "old", Reference: "2025/117", Date: day.AddDays(-90), Due: day.AddDays(-60), Open: dec("100.50")}}})
			return err
		},
		func(tx *Tx) error {
			rows := []ImportRow{{Line: 2, Opening: &OpeningInvoice{Customer: "old", Reference: "2025/118", Date: day.AddDays(-80), Open: dec("7")}},
				{Line: 3, Payment: &ImportPayment{Customer: "old", Date: day, Amount: dec("7")}}}
			if err := tx.AcceptImport(ImportAccepted{Import: 1, Kind: ImportOpening, File: Hash{1}, Rows: len(rows)}); err != nil {
				return err
			}
			err := tx.BookImport(1, rows, func(r *ImportRow) error {
				if r.Opening == nil {
					return nil
				}
				_, err := tx.OpenInvoice(*r.Opening, day, nil)
				return err
			})
			if err != nil {
				return err
			}
			return tx.EndImport(1)
		},
		func(tx *Tx) error {
			return tx.Notify(NoticeQueued{Kind: NoticeImport, Address: "C1", Thread: "1.0", Import: 1})
		},
		func(tx *Tx) error { _, err := tx.SetPhone(c, "+49 30 123456"); return err },
		func(tx *Tx) error { _, err := tx.StopMailReminders(c, true); return err },
		func(tx *Tx) error {
			n, err := tx.NoteOn(NewNote{Customer: c.ID, Kind: NoteContact, Words: "called", Next: day.AddDays(5)})
			if err == nil {
				err = tx.UndoNote(n)
			}
			return err
		},
		func(tx *Tx) error { return tx.Promise(tx.Invoice(late), day) },
		func(tx *Tx) error {
			_, _, err := tx.Receive(NewPayment{Customer: c.ID, Invoice: late, Date: day, Amount: Money{tx.Invoice(late).Open, "EUR"}})
			return err
		},
		func(tx *Tx) error {
			_, err := tx.JudgePromises(tx.DuePromises(), func(*Invoice, int) int { return 1 })
			return err
		},
		func(tx *Tx) error {
			sent := tx.Invoice(issue(tx, Draft{Due: day, Currency: "EUR", CostCentre: "4711", BuyerCode: "04011000"}))
			return tx.Open(sent)
		},
		func(tx *Tx) error { _, err := tx.Require(c, []Requirement{RequireOrder}); return err },
		func(tx *Tx) error { _, err := tx.Require(c, nil); return err },
		func(tx *Tx) error {
			rule := "9%"
			if _, err := tx.AgreeInterest(c, &rule, nil); err != nil {
				return err
			}
			_, err := tx.Issue(Draft{Customer: c.ID, Date: day.AddDays(-20), Due: day.AddDays(-20), Currency: "EUR", Lines: []Line{line("b", "1", "10000", "19")}})
			return err
		},
		func(tx *Tx) error { _, err := tx.ChargeInterest(c, day.AddDays(-1)); return err },
	}
	for i, act := range acts {
		if err := try(b, fmt.Sprintf("rare%d", i), act); err != nil {
			t.Errorf("act %d: %v", i, err)
		}
	}
}

func unzip(t testing.TB, from, to string) {
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
