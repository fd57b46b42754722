package ecbapi

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
)

type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time                              { return c.now }
func (c *fixedClock) After(time.Duration, func()) (cancel func()) { return func() {} }

// Easter Sundays and closing days of TARGET as the bank publishes them.
func TestTargetIsClosed(t *testing.T) {
	for year, want := range map[int]string{1999: "04-04", 2000: "04-23", 2008: "03-23", 2011: "04-24", 2024: "03-31", 2025: "04-20", 2026: "04-05", 2038: "04-25"} {
		if got := easterSunday(year).Format("01-02"); got != want {
			t.Errorf("Easter %d: got %s, want %s", year, got, want)
		}
	}
	for day, want := range map[string]bool{"2026-04-03": false, "2026-04-06": false, "2026-04-07": true, "2026-05-01": false, "2026-12-24": true,
		"2026-12-25": false, "2027-01-01": false, "2026-10-03": false, "2026-10-05": true} {
		d, _ := time.Parse(time.DateOnly, day)
		if got := Open(d); got != want {
			t.Errorf("%s: open %t, want %t", day, got, want)
		}
	}
}

// A day's rates are there from 16:00 of Frankfurt, in summer and in winter; until then, and
// on closing days, it is those of the day before.
func TestPublishedAtFour(t *testing.T) {
	clock := &fixedClock{}
	s := New(stand.Options{Clock: clock, Faults: &stand.Faults{}, Log: stand.NewLog(clock)})
	for at, want := range map[string]string{
		"2026-10-01T13:59:59Z": "2026-09-30", "2026-10-01T14:00:00Z": "2026-10-01", "2026-11-02T14:30:00Z": "2026-10-30",
		"2026-11-02T15:00:00Z": "2026-11-02", "2026-04-06T20:00:00Z": "2026-04-02", "2026-01-01T12:00:00Z": "2025-12-31",
	} {
		clock.now, _ = time.Parse(time.RFC3339, at)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Daily, nil))
		if got := w.Body.String(); !strings.Contains(got, "<Cube time='"+want+"'>") || strings.Count(got, "time=") != 1 {
			t.Errorf("%s: want the rates of %s, got\n%s", at, want, got)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Hist, nil))
	if n := strings.Count(w.Body.String(), "time="); n < 60 || n > 66 {
		t.Errorf("ninety days hold %d business days", n)
	}
	w = httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/ecb/other.xml", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("another file: status %d", w.Code)
	}
}

// An ordered fault is made once.
func TestFaults(t *testing.T) {
	clock := &fixedClock{now: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)}
	f := &stand.Faults{}
	srv := httptest.NewServer(New(stand.Options{Clock: clock, Faults: f, Log: stand.NewLog(clock)}))
	defer srv.Close()
	f.Add(stand.Fault{Platform: "ecb", Kind: stand.Fault500})
	for _, want := range []int{http.StatusInternalServerError, http.StatusOK} {
		resp, err := http.Get(srv.URL + Daily)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("status %d, want %d", resp.StatusCode, want)
		}
	}
}

// Over forty years no quote strays, jumps, or changes with when it is asked for.
func TestQuotesArePlausible(t *testing.T) {
	for _, c := range currencies() {
		last := int64(0)
		for day := int64(10592); day < 10592+40*365; day++ { // from 1999-01-01
			s := c.quote(day)
			whole, decimals, _ := strings.Cut(s, ".")
			n, _ := strconv.ParseInt(whole+decimals, 10, 64)
			if len(decimals) != c.places || n*10 < c.base*6 || n*10 > c.base*14 {
				t.Fatalf("%s on day %d: %s", c.code, day, s)
			}
			if d := (n - last) * 100; last != 0 && (d > 3*last || d < -3*last) {
				t.Fatalf("%s on day %d: %s after %d", c.code, day, s, last)
			}
			last = n
		}
	}
	day := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	if !bytes.Equal(XML(day, day), XML(day, day)) {
		t.Error("the same day has other rates")
	}
}
