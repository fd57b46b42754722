// Duebot is an accounts-receivable bot: sales and finance in Slack issue invoices and
// record payments, customers in Telegram get them, pay and dispute, managers read a daily
// digest, and one embedded ledger is the truth behind it all.
//
// Run "duebot help" for its commands. The wiring is in NewBot (bot.go).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	_ "time/tzdata" // zones also where the system has no files of them
)

// command is one thing that the program can do.
type command struct {
	name, usage, what string
	run               func(ctx context.Context, fs *flag.FlagSet, args []string, out io.Writer) error
}

// programs lists the commands in the order of help.
func programs() []command {
	return []command{
		{"sandbox", "[-addr 127.0.0.1:8080] [-data DIR] [-empty] [-http] [-no-bot] [-clock TIME]", "everything local: the bot, stand-ins of the platforms, and a page to play them", runSandbox},
		{"serve", "[-config FILE]", "work with the real platforms, set by the environment", runServe},
		{"doctor", "[-config FILE]", "check the settings and say what to do", runDoctor},
		{"manifest", "[-config FILE] [-url https://ar.example.com]", "print the manifest of the Slack app, to be pasted at api.slack.com/apps", runManifest},
		{"paper", "preview [-config FILE] [-lang all] [-kind invoice] [-o DIR]", "draw made-up documents in the company's look", runPaper},
		{"verify", "[-head HASH] FILE", "check a ledger file, byte by byte", runVerify},
		{"audit", "[-json] FILE", "write every fact of a ledger file as one line, for auditors", runAudit},
		{"rebuild", "FILE", "make the projections from the facts, and compare", runRebuild},
		{"opening", "[-dry-run] [-date DAY] [-db FILE] CUSTOMERS.csv OPEN-INVOICES.csv", "load customers and open invoices from another program, all or nothing", runOpening},
		{"rates", "[-dry-run] [-db FILE] RATES…", "load exchange rates from files: the ECB's (XML, CSV, zip) or a table date,currency,rate", runRates},
		{"export", "[-format hledger] [-db FILE]", "write the books as a journal for hledger, to standard output", runExport},
		{"backup", "[-db FILE] DEST", "copy a stopped ledger, and verify the copy", runBackup},
		{"restore", "BACKUP DEST", "verify a backup and put it where no file is yet", runRestore},
		{"version", "", "say which version this is", runVersion},
	}
}

// exit ends the process; tests replace it.
var exit = os.Exit

func main() { exit(duebot(os.Args[1:], os.Stdout, os.Stderr)) }

// errUsage is returned for a command line that does not fit; what was wrong is said already.
var errUsage = errors.New("wrong use")

// duebot runs one command line and returns the exit status: 0, 1 (it failed, and says why),
// 2 (wrong use).
func duebot(args []string, out, errOut io.Writer) int {
	if len(args) == 0 {
		help(errOut)
		return 2
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		help(out)
		return 0
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for _, p := range programs() {
		if p.name != args[0] {
			continue
		}
		err := p.run(ctx, flags(p.name, p.usage, p.what), args[1:], out)
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.Is(err, errUsage):
			return 2
		}
		fmt.Fprintf(errOut, "duebot %s: %v\n", p.name, err)
		return 1
	}
	fmt.Fprintf(errOut, "duebot: there is no command %q\n\n", args[0])
	help(errOut)
	return 2
}

func help(w io.Writer) {
	fmt.Fprintln(w, "Duebot settles accounts receivable in Slack and Telegram.\n\nUsage: duebot <command> [flags]")
	for _, p := range programs() {
		fmt.Fprintf(w, "\n  %s %s\n      %s\n", p.name, p.usage, p.what)
	}
	fmt.Fprintln(w, "\nEach command explains its flags with -h.")
}

// flags makes the flag set of a command; its mistakes and help go to standard error.
func flags(name, usage, what string) *flag.FlagSet {
	fs := flag.NewFlagSet("duebot "+name, flag.ContinueOnError)
	fs.Usage = func() {
		fmt.Fprintf(fs.Output(), "Usage: duebot %s %s\n%s.\n", name, usage, what)
		fs.PrintDefaults()
	}
	return fs
}

// parse reads the flags and checks the number of arguments behind them.
func parse(fs *flag.FlagSet, args []string, want int) error {
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if fs.NArg() != want {
		fs.Usage()
		return errUsage
	}
	return nil
}

// logger writes to standard error.
func logger(verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

func runVersion(_ context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	if err := parse(fs, args, 0); err != nil {
		return err
	}
	version := "development"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	fmt.Fprintf(out, "duebot %s\n", version)
	return nil
}
