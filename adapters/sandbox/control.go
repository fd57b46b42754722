package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"sort"
	"strings"

	"duebot/adapters/sandbox/stand"
)

// The control interface: JSON over HTTP below /control/, used by the page and by scripts.
// It is answered to this machine only: the Host must be a loopback address, and a browser
// must come from the same origin. Fields may be added, but none changes its meaning.
//
//	GET  state              {now, idle, slack, telegram, stripe, yookassa, paypal, mail, sms}; ?wait=idle waits up to 10 s for idle,
//	                        ?part=slack,telegram,stripe,mail leaves the other parts out; a short message has the
//	                        name of its number's "customer", and his "chat", where they are known
//	GET  events             server-sent events "slack", "telegram", "stripe", "yookassa", "paypal", "mail", "sms", "clock", "reset": look again
//	GET  log                {entries}: what passed between bot and platforms; ?since=<seq>
//	GET  fault              {faults}: what is still to be made
//	GET  page               {hint, commands, bot, movable}: what the page needs to know
//	GET  file               a file's bytes: ?slack=<file id> or ?telegram=<file id>;
//	                        ?mail=<id>: its HTML, with &file=<n> its attachment n, from 0
//	POST slack/command      {user, channel, command, text} → the immediate reply as sent {response_type, text, blocks}, and {ts, payload, error}
//	POST slack/action       {user, channel, ts | view_id, action_id | label, value?, selected?, values?}
//	POST slack/suggest      {user, view_id | channel, ts, action_id, query} → the options that the bot finds for what is typed
//	POST slack/submit       {user, view_id, values} → {closed, errors, view_id}
//	POST slack/close        {user, view_id}
//	POST slack/shortcut     {user, callback_id, channel?, ts?}
//	POST slack/message      {user, channel, thread_ts?, text, files?: [{name, mime, data}]} → {ts}
//	POST slack/edit         {user, channel, ts, text}
//	POST slack/delete       {user, channel, ts}
//	POST slack/home         {user}
//	POST slack/group        {group, users, disabled?} gives a user group other members
//	POST slack/locale       {user, locale} gives a member's program another language
//	POST slack/scope        {scope, granted} takes a scope from the app, or gives it back
//	POST slack/channel      {channel, archived?, removed?} archives a channel, takes the bot out of it, or undoes that;
//	                        {name, private?, members} → {channel} makes one
//	POST slack/manifest     {manifest} installs the app anew: it has what this asks for, and nothing else
//	POST telegram/message   {chat, from?, text?, photo?, document?: {name, mime, data}, contact?, thread?} → {message_id}
//	POST telegram/edit      {chat, from?, message_id, text}
//	POST telegram/click     {chat, from?, message_id, label | data} → {answer: {text, show_alert, url} or null}
//	POST telegram/pay       {chat, from?, message_id | link, outcome: paid | declined | short | foreign} pays an invoice of Telegram's own payments
//	POST telegram/block     {chat, blocked}
//	POST telegram/chat      {id, type, title, people, started?, is_forum?, rights?} adds or replaces; {id, migrate_to} migrates
//	POST pay                {url, outcome: paid | declined | expired | pending | refunded | disputed | won | paidout | short | foreign, sum?} → {session};
//	                        sum is a part that goes back; short is paid a unit less than was asked for, foreign in another currency
//	POST clock              {advance: "72h"} | {set: RFC 3339} → {now}, when everything due by then has happened
//	POST fault              {platform, kind, count, chat?, channel?, retry_after?}; black_hole and refused last
//	                        for retry_after seconds of wall time, where the bot inside has lines of its own
//	POST reset              {}: everything as new
//
// A file's data is base64. What went wrong is {"error": "a sentence"} with a status of 400
// (the request), 403 (from elsewhere), 404 (no such thing), 405 (the other method), 409
// (not now) or 413 (too large).

// bodyMax bounds a request, in bytes: a file of 50 MB in base64.
const bodyMax = 80 << 20

// route is one line of the table above.
type route struct {
	method string
	serve  http.HandlerFunc
}

func (s *Sandbox) control() http.Handler {
	table := map[string]route{
		"state":  {http.MethodGet, s.serveState},
		"events": {http.MethodGet, s.serveEvents},
		"log":    {http.MethodGet, s.serveLog},
		"page":   {http.MethodGet, s.serveSetting},
		"file":   {http.MethodGet, s.serveFile},

		"slack/command":  act(s.slackCommand),
		"slack/action":   act(s.slackAction),
		"slack/suggest":  act(s.slackSuggest),
		"slack/submit":   act(s.slackSubmit),
		"slack/close":    act(s.slackClose),
		"slack/shortcut": act(s.slackShortcut),
		"slack/message":  act(s.slackMessage),
		"slack/edit":     act(s.slackEdit),
		"slack/delete":   act(s.slackDelete),
		"slack/home":     act(s.slackHome),
		"slack/group":    act(s.slackGroup),
		"slack/locale":   act(s.slackLocale),
		"slack/scope":    act(s.slackScope),
		"slack/channel":  act(s.slackChannel),
		"slack/manifest": act(s.slackManifest),

		"telegram/message": act(s.telegramMessage),
		"telegram/edit":    act(s.telegramEdit),
		"telegram/click":   act(s.telegramClick),
		"telegram/pay":     act(s.telegramPay),
		"telegram/block":   act(s.telegramBlock),
		"telegram/chat":    act(s.telegramChat),

		"pay":   act(s.pay),
		"clock": act(s.clock),
		"reset": act(s.reset),
	}
	fault := act(s.fault)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := guard(r); err != nil {
			fail(w, err)
			return
		}
		path := strings.TrimPrefix(r.URL.Path, "/control/")
		x, ok := table[path]
		if path == "fault" {
			if x, ok = fault, true; r.Method == http.MethodGet {
				x = route{http.MethodGet, s.serveFaults}
			}
		}
		switch {
		case !ok:
			fail(w, stand.Refuse(http.StatusNotFound, "the control interface has no %q", path))
		case r.Method != x.method:
			w.Header().Set("Allow", x.method)
			fail(w, stand.Refuse(http.StatusMethodNotAllowed, "%s wants %s, not %s", path, x.method, r.Method))
		default:
			x.serve(w, r)
		}
	})
}

// guard refuses what may come from another site: another name that leads here (DNS
// rebinding), and a browser that is on another page.
func guard(r *http.Request) error {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	if !strings.EqualFold(host, "localhost") && (ip == nil || !ip.IsLoopback()) {
		return stand.Refuse(http.StatusForbidden, "the control interface answers on this machine only; the Host was %q", r.Host)
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, r.Host) || u.Scheme != "http" && u.Scheme != "https" {
			return stand.Refuse(http.StatusForbidden, "the control interface answers its own page only; the Origin was %q", origin)
		}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return stand.Refuse(http.StatusForbidden, "the control interface answers its own page only; the request came %s", site)
	}
	return nil
}

// act makes a POST route of a function that takes the body, strictly read, and returns
// what is answered; a nil result answers {"ok": true}.
func act[T any](f func(context.Context, T) (any, error)) route {
	return route{http.MethodPost, func(w http.ResponseWriter, r *http.Request) {
		var body T
		if err := read(w, r, &body); err != nil {
			fail(w, err)
			return
		}
		out, err := f(r.Context(), body)
		if err != nil {
			fail(w, err)
			return
		}
		if out == nil {
			out = map[string]any{"ok": true}
		}
		say(w, http.StatusOK, out)
	}}
}

// read decodes the body into v. Unknown fields, wrong types and anything after the object
// are refused with a sentence. An empty body is {}.
func read(w http.ResponseWriter, r *http.Request, v any) error {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyMax))
	if err != nil {
		return stand.Refuse(http.StatusRequestEntityTooLarge, "the request is larger than %d MB", bodyMax>>20)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = []byte("{}")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return stand.Refuse(http.StatusBadRequest, "%s", unreadable(err, v))
	}
	if _, err := d.Token(); err != io.EOF {
		return stand.Refuse(http.StatusBadRequest, "there is something after the JSON object")
	}
	return nil
}

// unreadable words an error of the decoder for the one who wrote the request.
func unreadable(err error, v any) string {
	var kind *json.UnmarshalTypeError
	switch name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); {
	case unknown:
		return fmt.Sprintf("unknown field %s; known are: %s", name, strings.Join(fields(v), ", "))
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Sprintf("the field %q wants %s, not %s", kind.Field, kindName(kind.Type), kind.Value)
	case errors.As(err, &kind):
		return "the request wants a JSON object, not " + kind.Value
	default:
		return "the request is not JSON: " + err.Error()
	}
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

// fields names the JSON fields of a struct, for the sentence about an unknown one.
func fields(v any) []string {
	t := reflect.TypeOf(v)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var out []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		out = []string{"none"}
	}
	sort.Strings(out)
	return out
}

func say(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"error":"the answer could not be written as JSON"}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(append(b, '\n'))
}

// fail answers an error: a person's mistake with its status, anything else with 500.
func fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	var x *stand.Refusal
	switch {
	case errors.As(err, &x):
		status = x.Status
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		status = http.StatusConflict
	}
	say(w, status, map[string]string{"error": err.Error()})
}
