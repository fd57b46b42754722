// Package ecbapi is the sandbox's stand-in of the European Central Bank: it publishes
// reference rates, as the bank's own XML files, at 16:00 of Frankfurt on the days on which
// the TARGET system is open.
//
// The rates are made up, near the real ones of 2026, and follow from currency and day alone:
// the same day has the same rates in every sandbox, however its clock was moved.
package ecbapi

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

// Paths of the files.
const (
	Daily = "/ecb/eurofxref-daily.xml"
	Hist  = "/ecb/eurofxref-hist-90d.xml"
)

// currency is one that is quoted: on average base units of 10^-places are one euro, and a
// day's quote is at most some wave/10,000 away from it.
type currency struct {
	code   string
	base   int64
	places int
	wave   int64
}

// currencies are those that the bank quotes since Bulgaria has the euro, in its order.
func currencies() []currency {
	return []currency{
		{"USD", 11620, 4, 250}, {"JPY", 18140, 2, 280}, {"CZK", 24310, 3, 90}, {"DKK", 74665, 4, 4}, {"GBP", 87250, 5, 140},
		{"HUF", 38425, 2, 180}, {"PLN", 42280, 4, 110}, {"RON", 50920, 4, 40}, {"SEK", 108850, 4, 170}, {"CHF", 9325, 4, 90},
		{"ISK", 14690, 2, 160}, {"NOK", 116500, 4, 190}, {"TRY", 497800, 4, 300}, {"AUD", 17600, 4, 220}, {"BRL", 62300, 4, 350},
		{"CAD", 16220, 4, 190}, {"CNY", 82300, 4, 200}, {"HKD", 90450, 4, 240}, {"IDR", 1938550, 2, 240}, {"ILS", 37900, 4, 300},
		{"INR", 1039200, 4, 240}, {"KRW", 168050, 2, 230}, {"MXN", 213900, 4, 280}, {"MYR", 48150, 4, 190}, {"NZD", 20250, 4, 220},
		{"PHP", 68450, 3, 200}, {"SGD", 15010, 4, 130}, {"THB", 37750, 3, 170}, {"ZAR", 198400, 4, 320},
	}
}

// quote is how many units of c are one euro on a day, as the bank writes it.
func (c currency) quote(day int64) string {
	h := fnv.New64a()
	h.Write([]byte(c.code))
	seed := int64(h.Sum64() >> 40)
	// Two slow waves, and a little noise from day to day.
	off := 6*triangle(day+seed, 211, c.wave) + 3*triangle(day+seed/7, 43, c.wave)
	fmt.Fprint(h, day)
	off += int64(h.Sum64()>>40)%(2*c.wave+1) - c.wave
	n := c.base + c.base*off/100_000
	s := strconv.FormatInt(n, 10)
	if len(s) <= c.places {
		s = strings.Repeat("0", c.places+1-len(s)) + s
	}
	return s[:len(s)-c.places] + "." + s[len(s)-c.places:]
}

// triangle is a wave of that period, from -height to height.
func triangle(at, period, height int64) int64 {
	x := at % period
	if 2*x > period {
		x = period - x
	}
	return 4*height*x/period - height
}

// Server serves the files. Its methods are safe for concurrent use.
type Server struct {
	o    stand.Options
	zone *time.Location
}

// New returns a server that publishes by the clock of o.
func New(o stand.Options) *Server { return &Server{o, frankfurt()} }

// frankfurt is the bank's zone. A machine without zones has its winter time.
func frankfurt() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.FixedZone("CET", 3600)
	}
	return zone
}

// publishHour is when a day's rates are there, in Frankfurt.
const publishHour = 16

// published is the last day whose rates are there at now, as midnight UTC.
func (s *Server) published(now time.Time) time.Time {
	y, m, d := now.In(s.zone).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if now.In(s.zone).Hour() < publishHour {
		day = day.AddDate(0, 0, -1)
	}
	for !Open(day) {
		day = day.AddDate(0, 0, -1)
	}
	return day
}

// ServeHTTP answers with a file, or with an ordered fault.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f, ok := s.o.Faults.Take("ecb", "", stand.Fault429, stand.Fault500, stand.FaultTimeout); ok {
		s.fail(w, r, f)
		return
	}
	last := s.published(s.o.Clock.Now())
	first := last
	switch r.URL.Path {
	case Daily:
	case Hist:
		first = last.AddDate(0, 0, -90)
	default:
		s.o.Log.Add("ecb", "in", r.URL.Path, "", nil, http.StatusNotFound, nil)
		http.NotFound(w, r)
		return
	}
	s.o.Log.Add("ecb", "in", r.URL.Path, "", nil, http.StatusOK, map[string]string{"last": last.Format(time.DateOnly)})
	w.Header().Set("Content-Type", "text/xml")
	w.Write(XML(first, last))
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, f stand.Fault) {
	status := map[string]int{stand.Fault429: http.StatusTooManyRequests, stand.Fault500: http.StatusInternalServerError}[f.Kind]
	s.o.Log.Add("ecb", "in", r.URL.Path, "", nil, status, f.Kind)
	if status == 0 {
		<-r.Context().Done()
		return
	}
	w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	http.Error(w, http.StatusText(status), status)
}

// XML is the file of the days from first to last (midnights UTC), the newest one first.
func XML(first, last time.Time) []byte {
	var out bytes.Buffer
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>
`)
	for day := last; !day.Before(first); day = day.AddDate(0, 0, -1) {
		if !Open(day) {
			continue
		}
		fmt.Fprintf(&out, "\t\t<Cube time='%s'>\n", day.Format(time.DateOnly))
		for _, c := range currencies() {
			fmt.Fprintf(&out, "\t\t\t<Cube currency='%s' rate='%s'/>\n", c.code, c.quote(day.Unix()/86400))
		}
		out.WriteString("\t\t</Cube>\n")
	}
	out.WriteString("\t</Cube>\n</gesmes:Envelope>\n")
	return out.Bytes()
}

// Open reports whether TARGET is open on a day: not at weekends, on New Year's Day, Good
// Friday, Easter Monday, 1 May, 25 and 26 December.
func Open(day time.Time) bool {
	if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return false
	}
	y, m, d := day.Date()
	switch {
	case m == time.January && d == 1, m == time.May && d == 1, m == time.December && (d == 25 || d == 26):
		return false
	}
	easter := easterSunday(y)
	return !day.Equal(easter.AddDate(0, 0, -2)) && !day.Equal(easter.AddDate(0, 0, 1))
}

// easterSunday is that of a year in the Gregorian calendar (Meeus, Astronomical Algorithms,
// chapter 8).
func easterSunday(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}
