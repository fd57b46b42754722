// Package smsapi is a strict local double of a gateway for short messages: one address that takes
// JSON or a form with a token, and answers with the message's id. What it takes is kept and shown,
// and goes nowhere.
package smsapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"duebot/adapters/sandbox/stand"
)

// Path is where messages are posted to, and Token the one that it accepts.
const (
	Path  = "/sms/send"
	Token = "sms-sandbox-token"
)

const (
	bodyMax = 16 << 10
	textMax = 1600 // characters, as gateways have it
	keptMax = 2000 // messages; the oldest go
)

// Message is one that was taken.
type Message struct {
	ID        int       `json:"id"`
	At        time.Time `json:"at"` // business time
	To        string    `json:"to"`
	Text      string    `json:"text"`
	Reference string    `json:"reference,omitempty"`
}

// Server is the double. Its methods are safe for concurrent use.
type Server struct {
	*stand.Tray[Message]
	o    stand.Options
	end  chan struct{}
	once sync.Once
}

// New makes a server.
func New(o stand.Options) *Server {
	return &Server{Tray: stand.NewTray("short messages", keptMax, func(m *Message) *int { return &m.ID }, o.Changed), o: o, end: make(chan struct{})}
}

// Close lets go whoever hangs.
func (s *Server) Close() { s.once.Do(func() { close(s.end) }) }

// numberForm is a number by E.164.
var numberForm = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

// ServeHTTP takes a message, or fails as it was told to.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	done := s.Begin()
	defer done()
	switch {
	case r.URL.Path != Path:
		s.answer(w, "", nil, http.StatusNotFound, "no such path")
		return
	case r.Header.Get("Authorization") != "Bearer "+Token:
		s.answer(w, "", nil, http.StatusUnauthorized, "the token is wrong or missing")
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		s.answer(w, "", nil, http.StatusMethodNotAllowed, "messages are posted")
		return
	}
	m, err := read(r)
	if err != nil {
		s.answer(w, m.To, nil, http.StatusBadRequest, err.Error())
		return
	}
	f, failing := s.o.Faults.Take("sms", m.To, stand.Fault429, stand.Fault500, stand.FaultRefuse, stand.FaultTimeout, stand.FaultTimeoutAfterAccept)
	switch {
	case !failing:
		s.answer(w, m.To, s.keep(m), http.StatusCreated, "")
	case f.Kind == stand.Fault429:
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		s.answer(w, m.To, nil, http.StatusTooManyRequests, "too many messages")
	case f.Kind == stand.Fault500:
		s.answer(w, m.To, nil, http.StatusInternalServerError, "internal error")
	case f.Kind == stand.FaultRefuse:
		s.answer(w, m.To, nil, http.StatusUnprocessableEntity, m.To+" is no mobile number")
	default:
		if f.Kind == stand.FaultTimeoutAfterAccept {
			s.keep(m)
		}
		s.hang(w, r, m.To, f.Kind, done)
	}
}

// read reads a message from JSON or a form.
func read(r *http.Request) (m Message, err error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyMax+1))
	if err != nil || len(body) > bodyMax {
		return m, errors.New("the body is too large, or broke off")
	}
	switch kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind {
	case "application/json":
		if err := json.Unmarshal(body, &m); err != nil {
			return m, errors.New("the body is no JSON")
		}
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return m, errors.New("the body is no form")
		}
		m.To, m.Text, m.Reference = form.Get("to"), form.Get("text"), form.Get("reference")
	default:
		return m, errors.New("the body has to be JSON or a form")
	}
	switch {
	case !numberForm.MatchString(m.To):
		return m, errors.New("to is no number by E.164")
	case m.Text == "" || !utf8.ValidString(m.Text) || utf8.RuneCountInString(m.Text) > textMax:
		return m, fmt.Errorf("text has to have 1 to %d characters", textMax)
	}
	return m, nil
}

// answer answers, and logs it.
func (s *Server) answer(w http.ResponseWriter, to string, taken *Message, status int, why string) {
	out := map[string]string{}
	if taken != nil {
		out["id"], out["status"] = "SM"+strconv.Itoa(taken.ID), "accepted"
	} else {
		out["message"] = why
	}
	s.o.Log.Add("sms", "in", "send", to, nil, status, out)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(out)
}

// hangMax is how long a caller is left without an answer, if he waits for it.
const hangMax = 2 * time.Minute

// hang never answers.
func (s *Server) hang(w http.ResponseWriter, r *http.Request, to, kind string, done func()) {
	s.o.Log.Add("sms", "in", "send", to, nil, 0, kind)
	done()
	select {
	case <-s.end:
	case <-r.Context().Done():
	case <-time.After(hangMax):
	}
	panic(http.ErrAbortHandler)
}

func (s *Server) keep(m Message) *Message {
	m.At = s.o.Clock.Now().UTC()
	m = s.Keep(m)
	return &m
}

// Messages returns what was taken, oldest first.
func (s *Server) Messages() []Message { return s.All() }

// State is Messages for the page.
func (s *Server) State() any { return s.Messages() }
