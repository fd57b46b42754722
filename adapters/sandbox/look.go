package sandbox

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"duebot/adapters/sandbox/smsapi"
	"duebot/adapters/sandbox/stand"
	"duebot/adapters/sandbox/telegramapi"
)

// idleMax is how long ?wait=idle waits, in wall time.
const idleMax = 10 * time.Second

func (s *Sandbox) serveState(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch wait := q.Get("wait"); wait {
	case "":
	case "idle":
		s.waitIdle(r)
	default:
		fail(w, stand.Refuse(http.StatusBadRequest, "state can wait for idle, not for %q", wait))
		return
	}
	part := map[string]bool{}
	for _, p := range strings.Split(q.Get("part"), ",") {
		if p != "" {
			part[p] = true
		}
	}
	out := map[string]any{"now": stamp(s.o.Clock.Now()), "idle": s.idle()}
	states := map[string]func() any{"slack": s.slack.State, "telegram": s.telegram.State, "mail": s.mail.State, "sms": s.shortMessages}
	for _, d := range s.desks {
		states[d.name] = d.stand.State
	}
	for name, state := range states {
		if len(part) == 0 || part[name] {
			out[name] = state()
		}
	}
	say(w, http.StatusOK, out)
}

// shortMessages are the short messages, each with whose number it went to, where that is known.
func (s *Sandbox) shortMessages() any {
	type shown struct {
		smsapi.Message
		Customer string `json:"customer,omitempty"`
		Chat     int64  `json:"chat,omitempty"`
	}
	list, out := s.sms.Messages(), []shown{}
	var holders map[string]Holder
	if len(list) > 0 && s.o.Holders != nil {
		holders = s.o.Holders()
	}
	for _, m := range list {
		h := holders[m.To]
		out = append(out, shown{m, h.Customer, h.Chat})
	}
	return out
}

// waitIdle waits until the world is idle twice in a row: between a delivery that is taken
// and the work that it starts there may be a moment in which neither side counts it.
func (s *Sandbox) waitIdle(r *http.Request) {
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	end := time.Now().Add(idleMax)
	for calm := 0; calm < 2 && time.Now().Before(end); {
		if calm++; !s.idle() {
			calm = 0
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

func (s *Sandbox) serveLog(w http.ResponseWriter, r *http.Request) {
	var since int64
	if v := r.URL.Query().Get("since"); v != "" {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			fail(w, stand.Refuse(http.StatusBadRequest, "since wants the seq of a log entry, not %q", v))
			return
		}
		since = n
	}
	say(w, http.StatusOK, map[string]any{"entries": s.log.Since(since)})
}

func (s *Sandbox) serveFaults(w http.ResponseWriter, _ *http.Request) {
	say(w, http.StatusOK, map[string]any{"faults": s.faultsLeft()})
}

// serveSetting tells the page what this sandbox is like.
func (s *Sandbox) serveSetting(w http.ResponseWriter, _ *http.Request) {
	commands := s.o.Commands
	if commands == nil {
		commands = []CommandHelp{}
	}
	say(w, http.StatusOK, map[string]any{"hint": s.o.Hint, "commands": commands, "bot": telegramapi.Username,
		"movable": s.o.Advance != nil, "base": s.Base()})
}

// serveFile gives the page a file that the platforms would show only to those who hold a
// token.
func (s *Sandbox) serveFile(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	h := w.Header()
	// A file is what somebody sent: it must not act as a page of this origin.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	var err error
	switch {
	case q.Get("slack") != "":
		err = s.slackFile(w, q.Get("slack"))
	case q.Get("mail") != "":
		err = s.mailFile(w, q.Get("mail"), q.Get("file"))
	case q.Get("telegram") != "":
		err = s.telegramFile(w, q.Get("telegram"))
	default:
		err = stand.Refuse(http.StatusBadRequest, "file wants ?slack=<id>, ?telegram=<id> or ?mail=<id>")
	}
	if err != nil {
		h.Del("Content-Security-Policy")
		fail(w, err)
	}
}

// slackFile gives a file that was shared in the workspace.
func (s *Sandbox) slackFile(w http.ResponseWriter, id string) error {
	name, mime, data, ok := s.slack.File(id)
	if !ok {
		return stand.Refuse(http.StatusNotFound, "Slack has no file %q", id)
	}
	return give(w, name, mime, data)
}

// telegramFile gives a file that was sent in a chat.
func (s *Sandbox) telegramFile(w http.ResponseWriter, id string) error {
	name, mime, data, ok := s.telegram.File(id)
	if !ok {
		return stand.Refuse(http.StatusNotFound, "Telegram has no file %q", id)
	}
	return give(w, name, mime, data)
}

// give writes a file's bytes under its name.
func give(w http.ResponseWriter, name, mime string, data []byte) error {
	if mime == "" || mime == "application/octet-stream" {
		mime = http.DetectContentType(data)
	}
	if mime == "application/pdf" && bytes.HasPrefix(data, []byte("%PDF-")) {
		w.Header().Del("Content-Security-Policy") // browsers show a PDF in a frame of their own, and in a sandbox not at all
	}
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", "inline; filename*=UTF-8''"+url.PathEscape(name))
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, err := w.Write(data)
	return err
}
