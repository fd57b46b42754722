package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"duebot/ledger"
)

// RateSource is where rates are asked for again and again: a file of the ECB, or of the
// company's own, by its address or its path.
type RateSource struct {
	addr   string
	client *http.Client // nil: a path
}

const (
	dailyName = "eurofxref-daily.xml"
	histName  = "eurofxref-hist-90d.xml"
)

// RateTimeout is how long one answer may take, in wall time.
const RateTimeout = 20 * time.Second

// NewRateSource returns the source at addr. An address is https; http is for this machine
// alone. What has no "://" is a path.
func NewRateSource(addr string) (*RateSource, error) {
	s := &RateSource{addr: addr}
	if !strings.Contains(addr, "://") {
		return s, nil
	}
	u, err := url.Parse(addr)
	if err != nil {
		return nil, errors.New("is not an address like https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml, nor a path")
	}
	if err := trusted(u); err != nil {
		return nil, err
	}
	s.client = &http.Client{Timeout: RateTimeout, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > 3 {
			return errors.New("it redirects more than three times")
		}
		return trusted(r.URL)
	}}
	return s, nil
}

// trusted returns an error for an address whose answer anybody on the way could change.
func trusted(u *url.URL) error {
	host := u.Hostname()
	ip := net.ParseIP(host)
	switch {
	case host == "":
		return errors.New("is not an address like https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml")
	case u.Scheme == "https", u.Scheme == "http" && (host == "localhost" || ip != nil && ip.IsLoopback()):
		return nil
	}
	return fmt.Errorf("%s://%s is not secure: rates come by https (by http from this machine alone), or from a file", u.Scheme, u.Host)
}

// String is the address, without a password in it, or the path.
func (s *RateSource) String() string { return shown(s.addr) }

func shown(addr string) string {
	if u, err := url.Parse(addr); err == nil && u.Host != "" {
		return u.Redacted()
	}
	return addr
}

// Read asks for the rates now. With history, the ECB's last ninety days are asked for
// instead of its one day; another source has but the one file.
func (s *RateSource) Read(ctx context.Context, own ledger.Currency, history bool) (*Rates, error) {
	if s.client == nil {
		f, err := os.Open(s.addr)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		rates, err := ReadRates(f, own)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.addr, err)
		}
		return rates, nil
	}
	addr := s.addr
	if history && s.HasHistory() {
		addr = strings.TrimSuffix(addr, dailyName) + histName
	}
	data, err := s.get(ctx, addr)
	if err != nil {
		return nil, err
	}
	rates, err := ReadRates(bytes.NewReader(data), own)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown(addr), err)
	}
	return rates, nil
}

// HasHistory reports whether the source is the ECB's daily file, beside which its last
// ninety days lie.
func (s *RateSource) HasHistory() bool {
	return s.client != nil && strings.HasSuffix(s.addr, "/"+dailyName)
}

func (s *RateSource) get(ctx context.Context, addr string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, addr, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "duebot")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", shown(addr), resp.Status)
	}
	data, err := readBounded(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown(addr), err)
	}
	return data, nil
}
