package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"duebot/adapters/exchange"
	"duebot/bot/clock"
	"duebot/ledger"
)

// rateFeed brings exchange rates into the books from the source that is set: at start, and
// then every day once the ECB has published.
type rateFeed struct {
	books   *ledger.Books
	clock   *clock.Clock
	log     *slog.Logger
	source  *exchange.RateSource
	finance string // Slack channel that is told when rates stay away

	failures int         // in a row
	asked    atomic.Bool // the first question is over, well or badly
}

// newRateFeed returns the feed of the source that is set, nil where none is.
func newRateFeed(b *Bot) (*rateFeed, error) {
	setting, addr := b.cfg.rateSource()
	if addr == "" {
		return nil, nil
	}
	source, err := exchange.NewRateSource(addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return &rateFeed{books: b.books, clock: b.clock, log: b.log, source: source, finance: b.cfg.Slack.Finance}, nil
}

// The ECB publishes at 16:00 of Frankfurt, and sometimes a little later.
const (
	ratesHour, ratesMinute = 16, 15
	ratesLate              = 30 * time.Minute // how soon a day that is not there yet is asked for again
	ratesLateHour          = 20               // and until when
	ratesRetryLeast        = time.Minute      // after a failure; then twice as long each time
	ratesRetryMost         = time.Hour
	ratesStaleDays         = 3 // business days without new rates, after which finance is told
	ratesGapDays           = 4 // the last rates are so old: what lies between is asked for too
)

// look asks once, books what is new, and returns after how long to ask again.
func (f *rateFeed) look(ctx context.Context) time.Duration {
	defer f.asked.Store(true)
	err := f.fetch(ctx)
	if ctx.Err() != nil || errors.Is(err, ledger.ErrClosed) {
		return ratesRetryMost // the program ends
	}
	if err != nil {
		f.failures++
		f.log.Warn("asking for exchange rates", "error", err)
	} else {
		f.failures = 0
	}
	newest, err := f.tell(ctx)
	if err != nil {
		f.log.Error("telling that exchange rates are old", "error", err)
	}
	if f.failures > 0 {
		return min(ratesRetryLeast<<min(f.failures-1, 10), ratesRetryMost)
	}
	return f.next(newest)
}

// next is how long it is to the next question: to a quarter past four of Frankfurt, or half
// an hour where the day's rates should be there and are not.
func (f *rateFeed) next(newest ledger.Date) time.Duration {
	now := f.clock.Now()
	zone := frankfurt()
	today := ledger.DateOf(now, zone)
	at := today.At(ratesHour, ratesMinute, zone)
	if now.Before(at) {
		return at.Sub(now)
	}
	if f.source.HasHistory() && newest < today && workday(today) && now.In(zone).Hour() < ratesLateHour {
		return ratesLate
	}
	return (today + 1).At(ratesHour, ratesMinute, zone).Sub(now)
}

// frankfurt is the zone of the ECB.
func frankfurt() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.FixedZone("CET", 3600)
	}
	return zone
}

func workday(d ledger.Date) bool {
	wd := d.Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// fetch reads the source and books what is new. After a pause the ECB's last ninety days are
// read, so that no day between stays without a rate; where that fails, its last day.
func (f *rateFeed) fetch(ctx context.Context) error {
	var own ledger.Currency
	var newest, today ledger.Date
	err := f.books.View(func(v *ledger.View) error {
		own, newest, today = v.Company().Currency, newestRate(v), v.Today()
		return nil
	})
	if err != nil {
		return err
	}
	pause := newest < today.AddDays(-ratesGapDays)
	rates, err := f.source.Read(ctx, own, pause)
	if err != nil && pause && f.source.HasHistory() {
		rates, err = f.source.Read(ctx, own, false)
	}
	if err != nil {
		return err
	}
	_, err = bookRates(ctx, f.books, rates, f.source.String())
	return err
}

// bookRates books rates that were read, and returns how many were new. Name is where they
// came from, if they don't tell.
func bookRates(ctx context.Context, books *ledger.Books, rates *exchange.Rates, name string) (n int, err error) {
	_, err = books.Update(ctx, ledger.Command{By: "duebot", Input: "rates " + name, Run: func(tx *ledger.Tx) ([]byte, error) {
		var err error
		n, err = tx.SetRates(sourceName(rates, name), rates.List)
		return nil, err
	}})
	if r, ok := ledger.AsRefusal(err); ok {
		err = errors.New(refusalText(r))
	}
	return n, err
}

// sourceName is how the books call the source of rates: the bank, or the file.
func sourceName(rates *exchange.Rates, name string) string {
	if rates.Source != "" {
		return rates.Source
	}
	return filepath.Base(name)
}

// newestRate is the day of the newest rate that is known, 0 without one.
func newestRate(v *ledger.View) (day ledger.Date) {
	for _, cur := range v.RatedCurrencies() {
		list := v.Rates(cur)
		day = max(day, list[len(list)-1].Date)
	}
	return day
}

// toldRates is the row that says of which newest day finance was told that nothing newer
// comes.
const toldRates = "rates.told"

// tell says to finance, once, that no new rates have come for more than three business days;
// where there never were any, after the third failure. It returns the newest rate's day.
func (f *rateFeed) tell(ctx context.Context) (newest ledger.Date, err error) {
	told := false
	err = f.books.View(func(v *ledger.View) error {
		newest = newestRate(v)
		told = newest == 0 && f.failures < 3 || newest != 0 && businessDays(newest, v.Today()) <= ratesStaleDays
		return nil
	})
	if err != nil || told || f.finance == "" {
		return newest, err
	}
	_, err = f.books.Update(ctx, ledger.Command{By: "duebot", Input: "rates are old", Run: func(tx *ledger.Tx) ([]byte, error) {
		row := strconv.Itoa(int(newest))
		if last, err := tx.Get(toldRates); err != nil || string(last) == row {
			return nil, err
		}
		tx.Put(toldRates, []byte(row))
		return nil, tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeTask, Address: f.finance, Code: "rates", For: newest})
	}})
	return newest, err
}

// businessDays counts the days after from, up to to, that are no weekends.
func businessDays(from, to ledger.Date) (n int) {
	if to-from > 31 {
		return int(to - from)
	}
	for d := from + 1; d <= to; d++ {
		if workday(d) {
			n++
		}
	}
	return n
}

// runRates loads exchange rates from files, all or nothing.
func runRates(ctx context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	db := dbFlag(fs)
	dry := fs.Bool("dry-run", false, "read the files and book nothing")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if fs.NArg() == 0 {
		fs.Usage()
		return errUsage
	}
	b, err := openStopped(*db)
	if err != nil {
		return err
	}
	defer b.Close()
	var own ledger.Currency
	err = b.View(func(v *ledger.View) error { own = v.Company().Currency; return nil })
	if err == nil && own == "" {
		err = errors.New("the ledger knows its company only after the first start; run duebot serve once")
	}
	if err != nil {
		return err
	}
	files := make([]*exchange.Rates, fs.NArg())
	for i, path := range fs.Args() {
		if files[i], err = readRateFile(path, own, out); err != nil {
			return err
		}
	}
	return loadRates(ctx, b, rateLoad{dry: *dry, paths: fs.Args(), files: files, out: out})
}

// readRateFile reads a file and says what is in it.
func readRateFile(path string, own ledger.Currency, out io.Writer) (*exchange.Rates, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rates, err := exchange.ReadRates(f, own)
	if err != nil {
		return nil, errors.New(path + ": " + strings.ReplaceAll(err.Error(), "\n", "\n"+path+": "))
	}
	first, last := rates.Span()
	fmt.Fprintf(out, "%s: %d rates from %s to %s\n", path, len(rates.List), first, last)
	if len(rates.Unknown) > 0 {
		fmt.Fprintf(out, "%s: left out, as these currencies are no more: %s\n", path, strings.Join(rates.Unknown, " "))
	}
	return rates, nil
}

type rateLoad struct {
	dry   bool
	paths []string
	files []*exchange.Rates
	out   io.Writer
}

// loadRates books the rates of all files in one transaction, unless it is a dry run.
func loadRates(ctx context.Context, b *ledger.Books, l rateLoad) error {
	fresh := 0
	_, err := b.Update(ctx, ledger.Command{By: "duebot", Input: "rates", Run: func(tx *ledger.Tx) ([]byte, error) {
		for i, rates := range l.files {
			n, err := tx.SetRates(sourceName(rates, l.paths[i]), rates.List)
			if r, ok := ledger.AsRefusal(err); ok {
				return nil, fmt.Errorf("%s: %s", l.paths[i], refusalText(r))
			}
			if err != nil {
				return nil, err
			}
			fresh += n
		}
		if l.dry {
			return nil, errDry
		}
		return nil, nil
	}})
	switch {
	case errors.Is(err, errDry):
		fmt.Fprintf(l.out, "All is well: %d rates are new. Nothing was booked.\n", fresh)
	case err != nil:
		return err
	case fresh == 0:
		fmt.Fprintln(l.out, "These rates are in the books already. Nothing was booked.")
	default:
		fmt.Fprintf(l.out, "Booked: %d rates.\n", fresh)
	}
	return nil
}
