package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"duebot/adapters/exchange"
	"duebot/bot/text"
	"duebot/commands/card"
	"duebot/ledger"
)

// openStopped opens a ledger that is there and that no process works with, whichever use it
// was made for.
func openStopped(path string) (*ledger.Books, error) {
	if !exists(path) {
		return nil, fmt.Errorf("there is no ledger %s; name it by -db or DUEBOT_DB", path)
	}
	if err := notEmpty(path); err != nil {
		return nil, err
	}
	p := newProgress()
	defer p.end()
	o := ledger.Options{Now: func() time.Time { return time.Now() }, Watch: p.watch("reading " + path),
		OnFail: func(error) {}} // the command that could not be written says so
	b, err := ledger.Open(path, o)
	if errors.Is(err, ledger.ErrMark) {
		o.Mark = sandboxMark
		b, err = ledger.Open(path, o)
	}
	return b, err
}

// notEmpty refuses a file of no bytes: only serve and the sandbox may make a ledger of it.
func notEmpty(path string) error {
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return fmt.Errorf("%s is empty, and no ledger", path)
	}
	return nil
}

// dbFlag is -db, which a stopped ledger's commands share.
func dbFlag(fs *flag.FlagSet) *string {
	path := os.Getenv("DUEBOT_DB")
	if path == "" {
		path = "duebot.db"
	}
	return fs.String("db", path, "ledger file (or DUEBOT_DB)")
}

// runBackup copies a stopped ledger. A running one copies itself: see DUEBOT_BACKUP_DIR.
func runBackup(_ context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	db := dbFlag(fs)
	if err := parse(fs, args, 1); err != nil {
		return err
	}
	p := newProgress()
	rep, err := ledger.CopyFile(*db, fs.Arg(0), p.watch("copying "+*db))
	p.end()
	if errors.Is(err, ledger.ErrInUse) {
		return fmt.Errorf("%s is in use by a running duebot; stop it first, or set DUEBOT_BACKUP_DIR, and it makes a copy each day", *db)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "backup %s: whole, %d facts, head %s\n", fs.Arg(0), rep.Facts, rep.Head.Hash)
	return nil
}

// runRestore puts a backup where a ledger is to be, after checking it, and never over one.
func runRestore(_ context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	if err := parse(fs, args, 2); err != nil {
		return err
	}
	p := newProgress()
	rep, err := ledger.CopyFile(fs.Arg(0), fs.Arg(1), p.watch("copying "+fs.Arg(0)))
	p.end()
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("there is a file %s already, and it stays as it is; move it away first, or restore to another name", fs.Arg(1))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "restored %s: whole, %d facts, head %s\n", fs.Arg(1), rep.Facts, rep.Head.Hash)
	return nil
}

// runExport writes the books in another program's form to standard output.
func runExport(_ context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	db := dbFlag(fs)
	format := fs.String("format", "hledger", "form of the export: hledger")
	if err := parse(fs, args, 0); err != nil {
		return err
	}
	if *format != "hledger" {
		fmt.Fprintf(fs.Output(), "-format: %q is unknown; write -format hledger\n", *format)
		return errUsage
	}
	b, err := openStopped(*db)
	if err != nil {
		return err
	}
	defer b.Close()
	p := newProgress()
	defer p.end()
	return b.View(func(v *ledger.View) error { return exchange.Journal(out, v, p.watch("writing")) })
}

// errDry ends a dry run: everything was checked, and nothing is kept.
var errDry = errors.New("dry run")

// runOpening loads customers and open invoices from CSV files, all or nothing.
func runOpening(ctx context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	db := dbFlag(fs)
	dry := fs.Bool("dry-run", false, "check every row and book nothing")
	date := fs.String("date", "", "day of the opening balances, as 2026-09-30; default: today")
	if err := parse(fs, args, 2); err != nil {
		return err
	}
	var o ledger.Opening
	if *date != "" {
		var err error
		if o.On, err = ledger.ParseDate(*date); err != nil {
			fmt.Fprintf(fs.Output(), "-date: %q is no day like 2026-09-30\n", *date)
			return errUsage
		}
	}
	wrong, err := readOpening(&o, fs.Arg(0), fs.Arg(1), out)
	if err != nil {
		return err
	}
	b, err := openStopped(*db)
	if err != nil {
		return err
	}
	defer b.Close()
	return loadOpening(ctx, b, o, openingRun{dry: *dry, wrong: wrong, customers: fs.Arg(0), invoices: fs.Arg(1), out: out})
}

// readOpening reads both files into o, tells what is wrong with which row, and counts it.
func readOpening(o *ledger.Opening, customers, invoices string, out io.Writer) (wrong int, err error) {
	for _, file := range []struct {
		path string
		kind ledger.ImportKind
	}{{customers, ledger.ImportCustomers}, {invoices, ledger.ImportOpening}} {
		f, err := readOpeningFile(file.path, file.kind)
		if err != nil {
			return 0, err
		}
		for _, p := range f.Wrong {
			fmt.Fprintf(out, "%s:%d: %s\n", file.path, p.Line, errorText(p.Err))
		}
		wrong += len(f.Wrong)
		for i := range f.Rows {
			if file.kind == ledger.ImportCustomers {
				o.Customers = append(o.Customers, *f.Rows[i].Customer)
			} else {
				o.Invoices = append(o.Invoices, *f.Rows[i].Opening)
			}
		}
	}
	return wrong, nil
}

// openingMax bounds a file of opening balances, in bytes.
const openingMax = 64 << 20

// readOpeningFile reads a file by the rules of those that are dropped into Slack; nobody is
// asked what it leaves open.
func readOpeningFile(path string, kind ledger.ImportKind) (*ledger.ImportFile, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > openingMax {
		return nil, fmt.Errorf("%s is larger than %d MiB; split it", path, openingMax>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := exchange.ReadImport(data, exchange.Reading{Alone: true, ImportAnswers: ledger.ImportAnswers{Kind: kind}})
	if err != nil {
		return nil, fmt.Errorf("%s: %s", path, errorText(err))
	}
	return f, nil
}

// errorText is a refusal's sentence in English, or what any other error says.
func errorText(err error) string {
	if r, ok := ledger.AsRefusal(err); ok {
		return refusalText(r)
	}
	return err.Error()
}

type openingRun struct {
	dry                 bool
	wrong               int // rows that could not be read
	customers, invoices string
	out                 io.Writer
}

// loadOpening books o, unless it is a dry run or any row is wrong; then it only tells.
func loadOpening(ctx context.Context, b *ledger.Books, o ledger.Opening, run openingRun) error {
	booked, sums := false, ""
	_, err := b.Update(ctx, ledger.Command{By: "duebot", Input: "opening", Run: func(tx *ledger.Tx) ([]byte, error) {
		if tx.Company().Currency == "" {
			return nil, errors.New("the ledger knows its company only after the first start; run duebot serve once")
		}
		before := owed(&tx.View)
		var err error
		if booked, err = tx.LoadOpening(o); err != nil {
			return nil, err
		}
		sums = owed(&tx.View)
		if before != "" {
			sums += " (" + before + " before)"
		}
		if run.dry || run.wrong > 0 {
			return nil, errDry
		}
		return nil, nil
	}})
	var rows ledger.OpeningErrors
	if errors.As(err, &rows) {
		run.wrong += len(rows)
		if err := run.tell(rows); err != nil {
			return err
		}
	} else if r, ok := ledger.AsRefusal(err); ok {
		return errors.New(refusalText(r))
	} else if err != nil && !errors.Is(err, errDry) {
		return err
	}
	switch {
	case run.wrong > 0:
		return fmt.Errorf("nothing was booked: %d rows are wrong", run.wrong)
	case !booked:
		fmt.Fprintln(run.out, "These rows are in the books already. Nothing was booked.")
	case run.dry:
		fmt.Fprintf(run.out, "All is well: %d customers and %d open invoices could be booked; then %s would be owed. Nothing was booked.\n", len(o.Customers), len(o.Invoices), sums)
	default:
		fmt.Fprintf(run.out, "Booked: %d customers and %d open invoices; %s is owed now.\n", len(o.Customers), len(o.Invoices), sums)
	}
	return nil
}

// tell names the rows that the books refuse.
func (run *openingRun) tell(rows ledger.OpeningErrors) error {
	for _, e := range rows {
		path := run.customers
		if e.Invoices {
			path = run.invoices
		}
		r, ok := ledger.AsRefusal(e.Err)
		if !ok {
			return e.Err
		}
		fmt.Fprintf(run.out, "%s:%d: %s\n", path, e.Line, refusalText(r))
	}
	return nil
}

// owed are the receivables of all customers, per currency.
func owed(v *ledger.View) string {
	var order []ledger.Currency
	sums := map[ledger.Currency]ledger.Money{}
	v.Balances(func(a ledger.Account, _ ledger.CustomerID, m ledger.Money) {
		if a != ledger.Receivables {
			return
		}
		if _, ok := sums[m.Currency]; !ok {
			order = append(order, m.Currency)
		}
		sums[m.Currency] = sums[m.Currency].Add(m)
	})
	each := make([]string, len(order))
	for i, c := range order {
		each[i] = sums[c].String()
	}
	return strings.Join(each, ", ")
}

// refusalText is a refusal's sentence for the terminal, in English.
func refusalText(r *ledger.Refusal) string {
	texts, err := text.Load()
	if err != nil {
		return r.Error()
	}
	return strings.ReplaceAll(wordsIn(texts, "en")(card.T("refuse."+r.Key, r.Args...)), "`", "")
}
