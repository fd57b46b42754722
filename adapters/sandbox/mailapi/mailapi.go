// Package mailapi is a strict local double of a company's outgoing mail server: SMTP with a
// password, on this machine. What it takes is kept and shown, and goes nowhere.
//
// It is stricter than most servers: a message must be well-formed by RFC 5322 and MIME, with
// one of each header that may stand once, or it is refused with 550 5.6.0.
package mailapi

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"duebot/adapters/sandbox/stand"
)

// Who may send.
const (
	User     = "sandbox"
	Password = "sandbox"
)

const (
	sizeMax       = 25 << 20
	recipientsMax = 50
	keptMax       = 2000 // mails; the oldest go
)

// Mail is a message that was taken.
type Mail struct {
	ID        int         `json:"id"` // from 1, in order of arrival
	At        time.Time   `json:"at"` // business time
	From      string      `json:"from"`
	To        []string    `json:"to"` // of the envelope
	Subject   string      `json:"subject"`
	MessageID string      `json:"message_id"`
	Headers   [][2]string `json:"headers"` // as they came, unfolded
	Text      string      `json:"text"`
	HTML      string      `json:"html"`
	Files     []File      `json:"files,omitempty"`
}

// File is an attachment.
type File struct {
	Name string `json:"name"`
	MIME string `json:"mime"`
	Size int    `json:"size"`
	Data []byte `json:"data,omitempty"` // not in State
}

// Server is the double. Make it with New; its methods are safe for concurrent use.
type Server struct {
	*stand.Tray[Mail]
	o    stand.Options
	smtp *smtp.Server
	addr string
	end  chan struct{} // closed by Close: whoever hangs lets go
	once sync.Once
}

// New makes a server and listens at addr, which must be of this machine.
func New(o stand.Options, addr string) (*Server, error) {
	s := &Server{Tray: stand.NewTray("mails", keptMax, func(m *Mail) *int { return &m.ID }, o.Changed), o: o, end: make(chan struct{})}
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{s: s, conn: c}, nil }))
	s.smtp.Domain, s.smtp.AllowInsecureAuth, s.smtp.EnableSMTPUTF8 = "mail.sandbox.example", true, true
	s.smtp.MaxMessageBytes, s.smtp.MaxRecipients = sizeMax, recipientsMax
	s.smtp.ReadTimeout, s.smtp.WriteTimeout = time.Minute, time.Minute
	s.smtp.ErrorLog = log.New(io.Discard, "", 0) // what fails is in the answers
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the mail server's address: %w", err)
	}
	s.addr = l.Addr().String()
	go s.smtp.Serve(l)
	return s, nil
}

// Addr is where it listens: "127.0.0.1:2525".
func (s *Server) Addr() string { return s.addr }

// Close ends every connection.
func (s *Server) Close() {
	s.once.Do(func() {
		close(s.end)
		s.smtp.Close()
	})
}

// session is one connection.
type session struct {
	s    *Server
	conn *smtp.Conn
	in   bool // logged in
	from string
	to   []string
	utf8 bool // SMTPUTF8 was asked for
}

// AuthMechanisms are the ways to log in.
func (x *session) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth takes the one password.
func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			x.s.o.Log.Add("mail", "in", "AUTH", "", nil, 535, nil)
			return smtp.ErrAuthFailed
		}
		x.in = true
		return nil
	}), nil
}

func (x *session) Reset()        { x.from, x.to, x.utf8 = "", nil, false }
func (x *session) Logout() error { return nil }

func (x *session) Mail(from string, o *smtp.MailOptions) error {
	if !x.in {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	x.from, x.utf8 = from, o != nil && o.UTF8
	return nil
}

// replies are the faults that are told at once.
var replies = map[string]smtp.SMTPError{
	stand.FaultRefuse: {Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user here"},
	stand.FaultLater:  {Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, please try again later"},
	stand.Fault429:    {Code: 452, EnhancedCode: smtp.EnhancedCode{4, 5, 3}, Message: "Too many messages, slow down"},
	stand.Fault500:    {Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Internal error, please try again later"},
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if f, ok := x.s.o.Faults.Take("mail", to, stand.FaultRefuse, stand.FaultLater, stand.Fault429, stand.Fault500); ok {
		reply := replies[f.Kind]
		x.s.o.Log.Add("mail", "in", "RCPT", to, nil, reply.Code, reply.Message)
		return &reply
	}
	x.to = append(x.to, to)
	return nil
}

// Data takes a message, or fails as it was told to.
func (x *session) Data(r io.Reader) error {
	done := x.s.Begin()
	defer done()
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // too large, or cut off
	}
	where := strings.Join(x.to, " ")
	f, failing := x.fault()
	if failing && f.Kind == stand.FaultDropSocket {
		x.s.o.Log.Add("mail", "in", "DATA", where, nil, 0, f.Kind)
		x.conn.Conn().Close()
		return io.ErrUnexpectedEOF
	}
	if failing && f.Kind == stand.FaultTimeout {
		return x.hang(where, f.Kind, done)
	}
	m, err := Parse(raw, x.utf8)
	if err != nil {
		x.s.o.Log.Add("mail", "in", "DATA", where, nil, 550, err.Error())
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "Malformed message: " + oneLine(err.Error())}
	}
	m.From, m.To = x.from, append([]string{}, x.to...)
	x.s.keep(m)
	if failing {
		return x.hang(where, f.Kind, done)
	}
	x.s.o.Log.Add("mail", "in", "DATA", where, map[string]string{"subject": m.Subject, "message_id": m.MessageID}, 250, nil)
	return nil
}

func (x *session) fault() (f stand.Fault, ok bool) {
	for _, to := range x.to {
		if f, ok = x.s.o.Faults.Take("mail", to, stand.FaultDropSocket, stand.FaultTimeout, stand.FaultTimeoutAfterAccept); ok {
			return f, true
		}
	}
	return f, false
}

// hangMax is how long a caller is left without an answer, if he waits for it.
const hangMax = 2 * time.Minute

// hang never answers.
func (x *session) hang(where, kind string, done func()) error {
	x.s.o.Log.Add("mail", "in", "DATA", where, nil, 0, kind)
	done()
	select {
	case <-x.s.end:
	case <-time.After(hangMax):
	}
	x.conn.Conn().Close()
	return io.ErrUnexpectedEOF
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (s *Server) keep(m Mail) {
	m.At = s.o.Clock.Now().UTC()
	s.Keep(m)
}

// State returns the mails, oldest first, without what is in their attachments.
func (s *Server) State() any {
	out := []Mail{}
	for _, m := range s.Mails() {
		files := m.Files
		m.Files = nil
		for _, f := range files {
			f.Data = nil
			m.Files = append(m.Files, f)
		}
		out = append(out, m)
	}
	return out
}

// Mails returns the mails, oldest first.
func (s *Server) Mails() []Mail { return s.All() }

// Mail returns one mail.
func (s *Server) Mail(id int) (Mail, error) {
	for _, m := range s.Mails() {
		if m.ID == id {
			return m, nil
		}
	}
	return Mail{}, stand.Refuse(http.StatusNotFound, "there is no mail %d", id)
}
