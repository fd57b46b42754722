package exchange

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Rates decide what is booked, so nobody on the way may change them.
func TestRateSourceMustBeSecure(t *testing.T) {
	for addr, want := range map[string]string{
		"https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml": "", "http://127.0.0.1:8080/ecb/eurofxref-daily.xml": "",
		"http://localhost/rates.csv": "", "http://[::1]:80/rates.csv": "", "rates.csv": "", "/var/lib/rates.csv": "",
		"http://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml": "is not secure", "ftp://example.com/rates.csv": "is not secure",
		"file:///etc/rates.csv": "is not an address", "https://": "is not an address", "http://localhost.example.com/x": "is not secure",
		"http://127.0.0.1.example.com/x": "is not secure", "https://a b/c": "is not an address",
	} {
		_, err := NewRateSource(addr)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", addr, err, want)
		}
	}
}

// A password in the address stands neither in the log nor in the books.
func TestRateSourceKeepsItsPassword(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	s, err := NewRateSource(strings.Replace(srv.URL, "http://", "http://me:secret@", 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.Read(t.Context(), "EUR", false); err == nil || strings.Contains(err.Error()+s.String(), "secret") {
		t.Errorf("got %v of %s", err, s)
	}
}

// Whatever a source answers, it gives rates or an error that tells what is wrong, in bounded
// time and memory.
func TestRateSourceAnswers(t *testing.T) {
	daily := string(rateFile(t, "eurofxref-daily.xml"))
	mux := http.NewServeMux()
	mux.HandleFunc("/good/eurofxref-daily.xml", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, daily) })
	mux.HandleFunc("/good/eurofxref-hist-90d.xml", func(w http.ResponseWriter, _ *http.Request) { w.Write(rateFile(t, "eurofxref-hist-90d.xml")) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/good/eurofxref-daily.xml", http.StatusFound)
	})
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://example.com/x", http.StatusFound)
	})
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	mux.HandleFunc("/garbage", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte{0, 1, 2, 255}) })
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>We are maintaining</html>") })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/drip", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			io.WriteString(w, " ")
			w.(http.Flusher).Flush()
			time.Sleep(time.Millisecond) // so that the time ends it, and not the bound of bytes
		}
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for block := []byte(strings.Repeat(" ", 1<<16)); ; {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for block := []byte(strings.Repeat(" ", 1<<16)); ; {
			if _, err := z.Write(block); err != nil {
				return
			}
		}
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	down := httptest.NewServer(mux)
	down.Close()
	for _, tt := range []struct {
		name, addr string
		history    bool
		want       string // of the error; or "", and then
		rates      int
	}{
		{"the day", srv.URL + "/good/eurofxref-daily.xml", false, "", 3},
		{"the history beside it", srv.URL + "/good/eurofxref-daily.xml", true, "", 6},
		{"another file has no history", srv.URL + "/moved", true, "", 3},
		{"a file", filepath.Join("testdata", "rates", "own.csv"), true, "", 2},
		{"a file that is not there", "nothing.csv", false, "nothing.csv", 0},
		{"an address that is not there", srv.URL + "/nothing", false, "/nothing answers 404 Not Found", 0},
		{"led away from this machine by http", srv.URL + "/away", false, "is not secure", 0},
		{"led in a circle", srv.URL + "/round", false, "redirects more than three times", 0},
		{"garbage", srv.URL + "/garbage", false, "neither the ECB's nor a table", 0},
		{"a page of excuses", srv.URL + "/page", false, "there is no rate in it", 0},
		{"no answer", srv.URL + "/slow", false, "deadline exceeded", 0},
		{"a drop at a time", srv.URL + "/drip", false, "exceeded", 0},
		{"without end", srv.URL + "/endless", false, "larger than 32 MiB", 0},
		{"without end, packed", srv.URL + "/bomb", false, "larger than 32 MiB", 0},
		{"down", down.URL + "/x", false, "refused", 0},
	} {
		s, err := NewRateSource(tt.addr)
		if err != nil {
			t.Fatal(err)
		}
		if s.client != nil {
			s.client.Timeout = 5 * time.Second
			if strings.HasSuffix(tt.addr, "/slow") || strings.HasSuffix(tt.addr, "/drip") {
				s.client.Timeout = 100 * time.Millisecond
			}
		}
		got, err := s.Read(t.Context(), "EUR", tt.history)
		switch {
		case tt.want == "" && (err != nil || len(got.List) != tt.rates):
			t.Errorf("%s: got %v, %v, want %d rates", tt.name, got, err, tt.rates)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: got %v, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}
