package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"duebot/adapters/exchange"
	"duebot/adapters/sandbox/ecbapi"
	"duebot/adapters/sandbox/stand"
	"duebot/bot/clock"
	"duebot/ledger"
)

// fedBooks are books with a feed that asks a stand-in of the bank, and a clock to move.
type fedBooks struct {
	t     *testing.T
	books *ledger.Books
	feed  *rateFeed
	clock *clock.Clock

	mu    sync.Mutex
	asked []string // paths
	fail  http.HandlerFunc
}

func newFedBooks(t *testing.T, start time.Time) *fedBooks {
	f := &fedBooks{t: t, clock: clock.New(start)}
	bank := ecbapi.New(stand.Options{Clock: f.clock, Faults: &stand.Faults{}, Log: stand.NewLog(f.clock)})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.asked = append(f.asked, filepath.Base(r.URL.Path))
		fail := f.fail
		f.mu.Unlock()
		if fail != nil {
			fail(w, r)
			return
		}
		bank.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	var err error
	f.books, err = ledger.Open(filepath.Join(t.TempDir(), "r.db"), ledger.Options{Now: f.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.books.Close() })
	cfg := sandboxConfig(srv.URL, "")
	_, err = f.books.Update(t.Context(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) { return nil, tx.SetCompany(cfg.company()) }})
	if err != nil {
		t.Fatal(err)
	}
	f.again(srv.URL + ecbapi.Daily)
	return f
}

// again makes a feed as after a restart.
func (f *fedBooks) again(addr string) {
	source, err := exchange.NewRateSource(addr)
	if err != nil {
		f.t.Fatal(err)
	}
	f.feed = &rateFeed{books: f.books, clock: f.clock, log: slog.New(slog.NewTextHandler(io.Discard, nil)), source: source, finance: "CFINANCE01"}
}

// look looks once, and returns when the next look is to be.
func (f *fedBooks) look() time.Time {
	f.t.Helper()
	wait := f.feed.look(f.t.Context())
	return f.clock.Now().Add(wait).Round(time.Second)
}

func (f *fedBooks) move(to time.Time) {
	f.t.Helper()
	if err := f.clock.Advance(context.Background(), to, func() bool { return true }); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fedBooks) broken(fail http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

// state is the newest rate, what was asked since the last time, and how often finance was
// told.
func (f *fedBooks) state() (newest ledger.Date, asked string, told int) {
	f.books.View(func(v *ledger.View) error {
		newest = newestRate(v)
		for _, n := range v.OpenNotices(0) {
			if n.Kind == ledger.NoticeTask && n.Code == "rates" && n.Address == "CFINANCE01" {
				told++
			}
		}
		return nil
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	asked, f.asked = strings.Join(f.asked, " "), nil
	return newest, asked, told
}

func (f *fedBooks) want(what string, newest, asked string, told int) {
	f.t.Helper()
	n, a, to := f.state()
	if n.String() != newest || a != asked || to != told {
		f.t.Errorf("%s: newest rate %s, asked for %q, told %d times; want %s, %q, %d", what, n, a, to, newest, asked, told)
	}
}

func utc(s string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return at
}

// The first look brings ninety days; then there is one each day, at 16:15 of Frankfurt.
func TestRatesAreAskedDaily(t *testing.T) {
	const day, hist = "eurofxref-daily.xml", "eurofxref-hist-90d.xml"
	f := newFedBooks(t, utc("2026-10-22 07:00"))
	if got := f.look(); !got.Equal(utc("2026-10-22 14:15")) { // summer time: CEST is UTC+2
		t.Errorf("the next look is at %s", got)
	}
	f.want("at start", "2026-10-21", hist, 0)
	f.move(utc("2026-10-22 14:15"))
	if got := f.look(); !got.Equal(utc("2026-10-23 14:15")) {
		t.Errorf("the next look is at %s", got)
	}
	f.want("the first afternoon", "2026-10-22", day, 0)
	f.move(utc("2026-10-24 14:15")) // a Saturday; the clocks go back in the night
	if got := f.look(); !got.Equal(utc("2026-10-25 15:15")) {
		t.Errorf("the next look is at %s", got)
	}
	f.want("on Saturday", "2026-10-23", day, 0)
	f.move(utc("2026-11-05 16:00"))
	f.look()
	f.want("after two weeks of silence", "2026-11-05", hist, 0)
}

// A day whose rates come late is asked for again each half hour, until the evening.
func TestRatesThatComeLate(t *testing.T) {
	f := newFedBooks(t, utc("2026-10-01 14:15"))
	yesterday := time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC)
	f.broken(func(w http.ResponseWriter, _ *http.Request) { w.Write(ecbapi.XML(yesterday, yesterday)) })
	if got := f.look(); !got.Equal(utc("2026-10-01 14:45")) {
		t.Errorf("the next look is at %s", got)
	}
	f.move(utc("2026-10-01 18:15")) // 20:15: a day on which the bank is closed, perhaps
	if got := f.look(); !got.Equal(utc("2026-10-02 14:15")) {
		t.Errorf("the next look is at %s", got)
	}
}

// Whatever goes wrong at the source, nothing is booked of it, and it is asked again: after a
// minute, then after twice as long each time, at most an hour.
func TestRatesSourceFails(t *testing.T) {
	for name, fail := range map[string]http.HandlerFunc{
		"not there":    http.NotFound,
		"out of order": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"garbage":      func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("\xff\xfe\x00\x01")) },
		"a page":       func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html></html>") },
		"cut off":      func(w http.ResponseWriter, _ *http.Request) { w.Write(ecbapi.XML(time.Now(), time.Now())[:300]) },
		"hung up":      func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"of tomorrow": func(w http.ResponseWriter, _ *http.Request) {
			d := time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC)
			w.Write(ecbapi.XML(d, d))
		},
	} {
		f := newFedBooks(t, utc("2026-10-01 07:00"))
		f.broken(fail)
		for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			if got := f.feed.look(t.Context()); got != want*time.Minute {
				t.Errorf("%s, %d times: again in %s, want %s", name, i+1, got, want*time.Minute)
			}
		}
		if newest, _, told := f.state(); newest != 0 || told != 1 {
			t.Errorf("%s: rates of %s, and finance was told %d times, want once that there are none", name, newest, told)
		}
		f.broken(nil)
		f.look()
		f.want(name+", and well again", "2026-09-30", "eurofxref-hist-90d.xml", 1)
	}
}

// Finance is told once of each pause, after three business days without rates, over restarts
// too; and again of the next pause.
func TestStaleRatesAreToldOnce(t *testing.T) {
	f := newFedBooks(t, utc("2026-10-01 07:00"))
	f.look()
	f.want("at start", "2026-09-30", "eurofxref-hist-90d.xml", 0)
	addr := f.feed.source.String()
	f.broken(http.NotFound)
	for _, tt := range []struct {
		at   string
		told int
	}{{"2026-10-01 15:00", 0}, {"2026-10-05 21:00", 0}, {"2026-10-05 22:30", 1}, {"2026-10-06 15:00", 1}, {"2026-10-16 15:00", 1}} {
		f.move(utc(tt.at))
		f.again(addr)
		f.look()
		if _, _, told := f.state(); told != tt.told {
			t.Errorf("%s: told %d times, want %d", tt.at, told, tt.told)
		}
	}
	f.broken(nil)
	f.look()
	f.want("well again", "2026-10-16", "eurofxref-hist-90d.xml", 1)
	f.broken(http.NotFound)
	f.move(utc("2026-10-23 15:00"))
	f.look()
	if _, _, told := f.state(); told != 2 {
		t.Errorf("the next pause: told %d times, want 2", told)
	}
}

// The settings of the source: the environment goes before the file, and a wrong one is named.
func TestRateSourceIsChecked(t *testing.T) {
	for _, tt := range []struct{ file, env, want string }{
		{"", "", ""}, {"https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml", "", ""}, {"rates.csv", "", ""},
		{"http://example.com/rates.csv", "", "rates.source: http://example.com is not secure"},
		{"http://example.com/rates.csv", "http://127.0.0.1:1/x", ""}, {"rates.csv", "ftp://x/y", "DUEBOT_RATES_URL: ftp://x is not secure"},
	} {
		c := sandboxConfig("http://127.0.0.1:8080", "x.db")
		c.Rates.Source, c.RatesURL = tt.file, tt.env
		err := c.check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
			t.Errorf("%q, %q: got %v, want %q", tt.file, tt.env, err, tt.want)
		}
	}
}

func TestBusinessDays(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		want     int
	}{{"2026-10-01", "2026-10-01", 0}, {"2026-10-01", "2026-10-02", 1}, {"2026-10-02", "2026-10-05", 1}, {"2026-10-01", "2026-10-07", 4}, {"2026-10-02", "2026-10-04", 0}} {
		from, _ := ledger.ParseDate(tt.from)
		to, _ := ledger.ParseDate(tt.to)
		if got := businessDays(from, to); got != tt.want {
			t.Errorf("%s to %s: got %d, want %d", tt.from, tt.to, got, tt.want)
		}
	}
}
