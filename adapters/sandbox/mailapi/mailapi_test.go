package mailapi

import (
	"net/smtp"
	"strings"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
)

type wall struct{}

func (wall) Now() time.Time { return time.Now() }

func (wall) After(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

func newServer(t *testing.T) *Server {
	t.Helper()
	s, err := New(stand.Options{Clock: wall{}, Faults: &stand.Faults{}, Log: stand.NewLog(wall{}), Base: func() string { return "" }, Changed: func() {}}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

const good = "From: a@x.example\r\nTo: b@y.example\r\nDate: Thu, 01 Oct 2026 09:00:00 +0000\r\nMessage-ID: <1@x.example>\r\nMIME-Version: 1.0\r\n" +
	"Subject: =?utf-8?q?=D0=A1=D1=87=D1=91=D1=82?=\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nhello\r\n"

// Any client works with it: here that of the standard library.
func TestTakesMail(t *testing.T) {
	s := newServer(t)
	auth := smtp.PlainAuth("", User, Password, "127.0.0.1")
	if err := smtp.SendMail(s.Addr(), auth, "a@x.example", []string{"b@y.example"}, []byte(good)); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"no password":    smtp.SendMail(s.Addr(), nil, "a@x.example", []string{"b@y.example"}, []byte(good)),
		"wrong password": smtp.SendMail(s.Addr(), smtp.PlainAuth("", User, "x", "127.0.0.1"), "a@x.example", []string{"b@y.example"}, []byte(good)),
		"malformed":      smtp.SendMail(s.Addr(), auth, "a@x.example", []string{"b@y.example"}, []byte("hello")),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "5") {
			t.Errorf("%s: %v", what, err)
		}
	}
	data, err := s.Save()
	if err != nil {
		t.Fatal(err)
	}
	s.Reset()
	if err := s.Load(data); err != nil {
		t.Fatal(err)
	}
	m, err := s.Mail(1)
	if err != nil || m.Subject != "Счёт" || m.Text != "hello\n" || len(s.Mails()) != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := s.Mail(2); err == nil {
		t.Error("there is no second mail")
	}
}

func TestMalformedMessages(t *testing.T) {
	if _, err := Parse([]byte(good), false); err != nil {
		t.Fatal(err)
	}
	for what, raw := range map[string]string{
		"no headers":     "hello",
		"bare LF":        strings.Replace(good, "hello\r\n", "hel\nlo\r\n", 1),
		"NUL":            strings.Replace(good, "hello", "hel\x00lo", 1),
		"long line":      strings.Replace(good, "hello", strings.Repeat("x", 999), 1),
		"two subjects":   "Subject: x\r\n" + good,
		"no date":        strings.Replace(good, "Date:", "X-Date:", 1),
		"bad date":       strings.Replace(good, "Thu, 01 Oct 2026", "yesterday", 1),
		"no id":          strings.Replace(good, "Message-ID", "X-ID", 1),
		"bad id":         strings.Replace(good, "<1@x.example>", "1@x.example", 1),
		"two senders":    strings.Replace(good, "From: a@x.example", "From: a@x.example, c@x.example", 1),
		"raw UTF-8":      strings.Replace(good, "=?utf-8?q?=D0=A1=D1=87=D1=91=D1=82?=", "Счёт", 1),
		"line break":     strings.Replace(good, "=?utf-8?q?=D0=A1=D1=87=D1=91=D1=82?=", "=?utf-8?q?a=0D=0Ab?=", 1),
		"latin-1":        strings.Replace(good, "UTF-8", "iso-8859-1", 1),
		"broken UTF-8":   strings.Replace(good, "hello", "\xff", 1),
		"no type":        strings.Replace(good, "text/plain; charset=UTF-8", "x", 1),
		"bad encoding":   strings.Replace(good, "MIME-Version: 1.0", "MIME-Version: 1.0\r\nContent-Transfer-Encoding: x", 1),
		"spaces in name": strings.Replace(good, "Subject:", "Sub ject:", 1),
		"empty fold":     strings.Replace(good, "MIME-Version: 1.0", "MIME-Version: 1.0\r\n ", 1),
		"program":        strings.Replace(good, "text/plain;", "text/javascript;", 1),
	} {
		if m, err := Parse([]byte(raw), false); err == nil {
			t.Errorf("%s is taken: %+v", what, m)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(strings.Replace(good, "text/plain; charset=UTF-8", "multipart/mixed; boundary=x", 1) + "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\na\r\n--x--\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(raw, true)
		if err == nil && (m.MessageID == "" || strings.ContainsAny(m.Subject, "\r\n\x00")) {
			t.Errorf("%q is taken as %+v", raw, m)
		}
	})
}
