package pay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duebot/ledger"
)

// caller speaks JSON with a provider that has no library of its own here.
type caller struct {
	name string // of the provider, as errors say it
	base string // up to where its paths begin
	web  *http.Client
}

func newCaller(name, apiURL string) caller {
	return caller{name: name, base: strings.TrimSuffix(apiURL, "/"), web: &http.Client{Timeout: callTimeout}}
}

// callError is a provider's answer that is none of success.
type callError struct {
	who    string
	status int
	code   string // of the provider
	text   string
}

func (e *callError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%s answered %d %s %s", e.who, e.status, e.code, e.text))
}

// callTries is how often a request is made: the provider knows it again by its key.
const callTries = 3

// answerMax bounds what is read of an answer, in bytes.
const answerMax = 1 << 20

// do makes a request and reads its answer into out. Dress signs it, and gives it its key.
func (c *caller) do(ctx context.Context, method, path string, dress func(*http.Request), in, out any) error {
	body, whole := in.(verbatim)
	if in != nil && !whole {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	for try := 1; ; try++ {
		again, err := c.once(ctx, method, path, dress, body, out)
		if err == nil || !again || try == callTries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try) * 300 * time.Millisecond):
		}
	}
}

// once makes a request one time; again tells that another try may go better.
func (c *caller) once(ctx context.Context, method, path string, dress func(*http.Request), body []byte, out any) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return false, fmt.Errorf("%s: the address of its API is none", c.name)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	dress(req)
	resp, err := c.web.Do(req)
	if err != nil {
		var u *url.Error // has the address in it
		if errors.As(err, &u) {
			err = u.Err
		}
		return true, fmt.Errorf("%s: %w", c.name, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, answerMax))
	if err != nil {
		return true, fmt.Errorf("%s: its answer was cut", c.name)
	}
	if resp.StatusCode/100 != 2 {
		return resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests, c.failure(resp.StatusCode, data)
	}
	if out == nil || len(data) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return false, fmt.Errorf("%s: its answer cannot be read", c.name)
	}
	return false, nil
}

// failure reads what the providers say of an error, each in its words.
func (c *caller) failure(status int, data []byte) error {
	var said struct {
		Code, Name, Error    string
		Description, Message string
		Details              []struct{ Issue string }
		Retry                int `json:"retry_after"`
	}
	e := &callError{who: c.name, status: status}
	if json.Unmarshal(data, &said) == nil {
		e.code, e.text = first(said.Code, said.Name, said.Error), first(said.Description, said.Message)
		if len(said.Details) > 0 {
			e.code = first(said.Details[0].Issue, e.code)
		}
	}
	return e
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// says reports whether err is a provider's answer of a status; 0 for any.
func says(err error, status int, codes ...string) bool {
	var e *callError
	if !errors.As(err, &e) || status != 0 && e.status != status {
		return false
	}
	for _, code := range codes {
		if e.code == code {
			return true
		}
	}
	return len(codes) == 0
}

// readSum reads a sum that is written as a decimal. It is never less than nothing.
func readSum(value, currency string) (ledger.Money, error) {
	c, err := ledger.ParseCurrency(currency)
	if err != nil {
		return ledger.Money{}, fmt.Errorf("%q is no currency: %w", currency, ErrUnread)
	}
	d, err := decimal.NewFromString(value)
	if err != nil || len(value) > 20 || d.IsNegative() {
		return ledger.Money{}, fmt.Errorf("%q is no sum: %w", value, ErrUnread)
	}
	m, err := ledger.Exact(d, c)
	if err != nil {
		return ledger.Money{}, fmt.Errorf("%q is no sum of %s: %w", value, c, ErrUnread)
	}
	return m, nil
}

// writeSum writes a sum as providers read it: "10.00".
func writeSum(m ledger.Money) string { return m.Decimal().StringFixed(m.Currency.Exponent()) }

// cutRunes is the beginning of s, at most n characters.
func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
