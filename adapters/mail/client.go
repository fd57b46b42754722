// Package mail is the channel of e-mail: one message by SMTP, made by go-mail v0.8.1, in one
// transaction that is our own.
//
// What SMTP and the library do that one would not guess:
//   - A message is accepted by the answer to the dot that ends it, and by nothing before: a
//     connection that breaks earlier sent nothing, and one that breaks while that answer is
//     awaited leaves open whether it was sent. The library's Send tells these apart only by
//     its error's text, and gives up a message because of one recipient of several.
//   - A second send under the same Message-ID is the same message: many mailboxes show it once.
//   - Nothing sent can be edited, looked up or taken back, and acceptance is by the first
//     server, not by the reader's: what comes back later is a mail to MAIL_FROM.
//   - Names and subjects are words of people: see oneLine.
//   - The password is in SMTP_URL: no error holds that address.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"

	"duebot/commands/card"
)

// Config is what the adapter needs to work.
type Config struct {
	URL  string // smtp://user:password@host:587 or smtps://user:password@host:465
	From string // address, with or without a name
	Name string // stands in for a missing name in From
	// Timeout bounds one message, in wall time: a server may think for long before it takes it.
	Timeout time.Duration
	// TLS is whom to trust; nil for whom the machine trusts, and then a server on this machine
	// may do without.
	TLS *tls.Config
}

// Client sends as one address by one server.
type Client struct {
	from   *netmail.Address
	domain string // of from, in ASCII
	host   string
	o      []gomail.Option
	wait   time.Duration
	secret string
}

const defaultTimeout = 30 * time.Second

// New makes a client. It calls nothing yet; its error names the setting that is wrong, and
// never tells what is in SMTP_URL.
func New(cfg Config) (*Client, error) {
	from, err := netmail.ParseAddress(cfg.From)
	if err != nil {
		return nil, errors.New(`MAIL_FROM: is not an address like "Acme GmbH <billing@acme.example>"`)
	}
	if from.Name == "" {
		from.Name = oneLine(cfg.Name, nameMax)
	}
	c := &Client{from: from, wait: cfg.Timeout}
	if c.wait <= 0 {
		c.wait = defaultTimeout
	}
	if c.from.Address, err = asciiDomain(from.Address); err != nil {
		return nil, errors.New("MAIL_FROM: its domain is none")
	}
	c.domain = c.from.Address[strings.LastIndexByte(c.from.Address, '@')+1:]
	return c, c.server(cfg)
}

// server reads where and how to log in. Without TLS it speaks to this machine only.
func (c *Client) server(cfg Config) error {
	bad := errors.New("SMTP_URL: is not an address like smtp://user:password@host:587 or smtps://user:password@host:465")
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return bad
	}
	c.host = u.Hostname()
	port := map[string]int{"smtp": 587, "smtps": 465}[u.Scheme]
	if port == 0 {
		return bad
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			return bad
		}
	}
	c.o = []gomail.Option{gomail.WithPort(port), gomail.WithHELO(c.domain), gomail.WithTimeout(c.wait)}
	if cfg.TLS != nil {
		c.o = append(c.o, gomail.WithTLSConfig(cfg.TLS))
	}
	auth := gomail.SMTPAuthAutoDiscover
	switch {
	case u.Scheme == "smtps":
		c.o = append(c.o, gomail.WithSSL())
	case loopback(c.host) && cfg.TLS == nil:
		c.o, auth = append(c.o, gomail.WithTLSPolicy(gomail.NoTLS)), gomail.SMTPAuthPlainNoEnc
	default:
		c.o = append(c.o, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if u.User != nil {
		c.secret, _ = u.User.Password()
		c.o = append(c.o, gomail.WithSMTPAuth(auth), gomail.WithUsername(u.User.Username()), gomail.WithPassword(c.secret))
	}
	if _, err = gomail.NewClient(c.host, c.o...); err != nil {
		return bad
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// asciiDomain writes an address's domain as servers know it.
func asciiDomain(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	return address[:at+1] + domain, err
}

// Sender is the address that is written from.
func (c *Client) Sender() string { return c.from.Address }

// MessageID is the id of the message of that name, "<name@domain>": the same for each send.
func (c *Client) MessageID(name string) string { return "<" + name + "@" + c.domain + ">" }

// Check logs in and out again.
func (c *Client) Check(ctx context.Context) error {
	conn, err := c.dial(ctx)
	if err != nil {
		return err
	}
	return c.sort("the end", conn.Quit(), 1)
}

// Message is what is sent.
type Message struct {
	To      []string // addresses without names
	ID      string   // as MessageID made it
	Follows string   // the id of the first message about the same thing, "" for none
	At      time.Time
	Try     int // from 1: how often it was begun
	Card    *card.Card
	Words   card.Words
	Lang    string // of Words
	// How tells what to do instead of pressing the buttons that are no links; a zero text leaves
	// them out. nil: they are left out.
	How func([]card.Button) card.Text
	// Stop is how the reader ends messages like this one; nil where he cannot.
	Stop  *Stop
	Files []File
}

// Stop is how a reader unsubscribes: by a link, if there is one, or by a mail.
type Stop struct {
	Link    string // https, for RFC 8058's one click, which posts there
	Subject string // of a mail to the sender
	Label   card.Text
}

// File is an attachment.
type File struct {
	Name, Type string
	Data       []byte
}

// Send sends m. Refused are the addresses that the server will never take, and missed those that
// it did not take this time, while others got the message. An error is a *card.SendError when surely nothing was sent; any other leaves
// that open.
func (c *Client) Send(ctx context.Context, m Message) (refused, missed []string, err error) {
	to, err := recipients(m.To)
	if err != nil {
		return nil, nil, err
	}
	msg, err := c.compose(m, to)
	if err != nil {
		return nil, nil, &card.SendError{Permanent: true, Reason: "the message could not be made"}
	}
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, nil, err
	}
	type end struct {
		not handed
		err error
	}
	ended := make(chan end, 1)
	go func() { // the library's calls take no context; each has its deadline
		defer conn.Close()
		not, err := c.transact(conn, msg, to, m.Try)
		ended <- end{not, err}
		if err == nil {
			_ = conn.Quit() // it was accepted, however long the server takes to part
		}
	}()
	select {
	case x := <-ended:
		for _, i := range x.not.refused {
			refused = append(refused, m.To[i])
		}
		for _, i := range x.not.missed {
			missed = append(missed, m.To[i])
		}
		return refused, missed, x.err
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("the mail server's answer was not awaited: %w", ctx.Err())
	}
}

// recipients are the addresses as servers know them.
func recipients(list []string) (out []string, err error) {
	for _, a := range list {
		ascii, err := asciiDomain(a)
		if err != nil || !strings.Contains(a, "@") {
			return nil, &card.SendError{Permanent: true, Gone: true, Reason: "the domain of an address is none"}
		}
		out = append(out, ascii)
	}
	if len(out) == 0 {
		return nil, &card.SendError{Permanent: true, Gone: true, Reason: "there is no address"}
	}
	return out, nil
}

// dial connects and logs in. Whatever goes wrong here, nothing was sent, and it is no one
// message's fault.
func (c *Client) dial(ctx context.Context) (*smtp.Client, error) {
	client, err := gomail.NewClient(c.host, c.o...)
	if err != nil {
		return nil, &card.SendError{RetryAfter: time.Minute, All: true, Reason: "the mail server's settings are wrong"}
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		answered := errors.As(err, new(*textproto.Error))
		return nil, &card.SendError{RetryAfter: dialAgain, All: true, Silent: !answered, Reason: "the mail server does not let us in: " + c.clean(err.Error(), nil)}
	}
	return conn, nil
}

// dialAgain is when a server that could not be reached is tried again.
const dialAgain = 30 * time.Second

// handed are the places of those to whom a message was not handed over: whom the server will
// never take, and whom it did not take this time.
type handed struct{ refused, missed []int }

// transact hands one message over, and returns who did not get it.
func (c *Client) transact(conn *smtp.Client, msg *gomail.Msg, to []string, try int) (not handed, err error) {
	if err := conn.UpdateDeadline(c.wait); err != nil {
		return handed{}, c.sort("the connection", err, try)
	}
	plain := ascii(c.from.Address + strings.Join(to, ""))
	conn.SkipSMTPUTF8(plain) // asked for, it would bind every server on the way
	if utf8, _ := conn.Extension("SMTPUTF8"); !utf8 && !plain {
		return handed{}, &card.SendError{Permanent: true, Reason: "the mail server does not take addresses beyond ASCII"}
	}
	if err := conn.Mail("<" + c.from.Address + ">"); err != nil {
		return handed{}, c.sort("the sender", err, try, to...)
	}
	var why, wait error
	taken := 0
	for i, a := range to {
		reply := conn.Rcpt("<" + a + ">")
		err := c.sort("the address", reply, try, to...)
		var e *card.SendError
		switch {
		case err == nil:
			taken++
		case !errors.As(err, &e) || !e.Permanent:
			not.missed, wait = append(not.missed, i), err
		case ofAddress(reply):
			e.Gone = true
			not.refused = append(not.refused, i)
			if why == nil {
				why = err
			}
		default: // which weighs more: no address is given up for it
			not.missed, why = append(not.missed, i), err
		}
	}
	switch {
	case wait != nil && (try <= patience || taken == 0): // nobody gets it twice
		return handed{}, wait
	case taken == 0:
		return handed{}, why
	}
	w, err := conn.Data()
	if err != nil {
		return handed{}, c.sort("the message", err, try, to...)
	}
	if _, err := msg.WriteTo(w); err != nil {
		return handed{}, c.sort("the message", err, try, to...) // without its end it is none
	}
	if err := w.Close(); err != nil {
		var reply *textproto.Error
		if !errors.As(err, &reply) {
			return handed{}, fmt.Errorf("the answer to the message: %s", c.clean(err.Error(), to))
		}
		return handed{}, c.sort("the message", err, try, to...)
	}
	return not, nil
}

// ofAddress reports whether a refusal is about the address that was named. One for the sake of
// our own server, its standing or its rights (RFC 3463: 5.3 to 5.5 and 5.7) says nothing of it.
func ofAddress(reply error) bool {
	var r *textproto.Error
	if !errors.As(reply, &r) || r.Code == 530 || r.Code == 535 || r.Code == 554 && !strings.HasPrefix(r.Msg, "5.1.") {
		return false
	}
	for _, code := range []string{"5.3.", "5.4.", "5.5.", "5.7."} {
		if strings.HasPrefix(r.Msg, code) {
			return false
		}
	}
	return !strings.Contains(strings.ToLower(r.Msg), "relay")
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 127 })
}

// patience is how often a message waits for an address that is refused for now, before those
// who can be reached get it.
const patience = 3

const (
	triesMax = 60        // about two days of trying
	waitMax  = time.Hour // between two tries
)

// sort makes what the server said, or that it said nothing, into an error: 4xx and silence
// are tried again, later each time, 5xx is for good.
func (c *Client) sort(what string, err error, try int, to ...string) error {
	if err == nil {
		return nil
	}
	reason := what + ": " + c.clean(err.Error(), to)
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code/100 == 5 {
		return &card.SendError{Permanent: true, Reason: reason}
	}
	if try >= triesMax {
		return &card.SendError{Permanent: true, Reason: fmt.Sprintf("after %d tries, %s", try, reason)}
	}
	wait := waitMax
	if try < 7 {
		wait = time.Minute << max(try-1, 0)
	}
	return &card.SendError{RetryAfter: min(wait, waitMax), Reason: reason}
}

const reasonMax = 300

// anyAddress is what may be somebody's: servers write addresses in their own way.
var anyAddress = regexp.MustCompile(`(?:"[^"]*"|[^\s<>"'(),;:\[\]]+)@[^\s<>"'(),;:\[\]]+`)

// clean makes a server's words fit for a log, and for the books, which keep them for ever: one
// line, without secrets and without anybody's address.
func (c *Client) clean(s string, to []string) string {
	if c.secret != "" {
		s = strings.ReplaceAll(s, c.secret, "…")
	}
	for _, a := range to {
		s = strings.ReplaceAll(s, a, "…")
	}
	return oneLine(anyAddress.ReplaceAllString(s, "…"), reasonMax)
}
