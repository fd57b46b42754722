package sandbox

import (
	"context"
	"net/http"
	"time"

	"duebot/adapters/sandbox/stand"
)

type clockAct struct {
	Advance string `json:"advance"`
	Set     string `json:"set"`
}

// clock moves the clock and answers when everything due by then has happened. While it
// moves, the page is told where it is. A second move waits for the first.
func (s *Sandbox) clock(ctx context.Context, a clockAct) (any, error) {
	if s.o.Advance == nil {
		return nil, stand.Refuse(http.StatusConflict, "this sandbox runs on real time; its clock can't be moved")
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	to, err := a.target(s.o.Clock.Now())
	if err != nil {
		return nil, err
	}
	stop := s.tellClock()
	err = s.o.Advance(ctx, to)
	stop()
	if err != nil {
		return nil, err
	}
	return map[string]any{"now": stamp(s.o.Clock.Now())}, nil
}

func (a clockAct) target(now time.Time) (time.Time, error) {
	switch {
	case (a.Advance == "") == (a.Set == ""):
		return now, stand.Refuse(http.StatusBadRequest, `clock wants either advance ("72h") or set ("2026-03-02T09:00:00Z")`)
	case a.Advance != "":
		d, err := time.ParseDuration(a.Advance)
		if err != nil {
			return now, stand.Refuse(http.StatusBadRequest, "advance wants a duration like 72h or 90m, not %q", a.Advance)
		}
		if d < 0 {
			return now, stand.Refuse(http.StatusBadRequest, "the clock can't go backwards (advance %s)", a.Advance)
		}
		return now.Add(d), nil
	}
	to, err := time.Parse(time.RFC3339, a.Set)
	if err != nil {
		return now, stand.Refuse(http.StatusBadRequest, "set wants a time like 2026-03-02T09:00:00Z, not %q", a.Set)
	}
	if to.Before(now) {
		return now, stand.Refuse(http.StatusBadRequest, "the clock can't go backwards: it is %s", stamp(now))
	}
	return to, nil
}

// tellClock tells the page ten times a second where the clock is, until stopped.
func (s *Sandbox) tellClock() (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	s.hub.tell("clock", s.clockEvent(true))
	go func() {
		defer close(ended)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.hub.tell("clock", s.clockEvent(true))
			case <-end:
				return
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		s.hub.tell("clock", s.clockEvent(false))
	}
}

// fault orders a failure. A cut connection is cut at once, as often as there is one.
func (s *Sandbox) fault(_ context.Context, f stand.Fault) (any, error) {
	kinds := map[string]bool{stand.Fault429: true, stand.Fault500: true, stand.FaultTimeout: true, stand.FaultTimeoutAfterAccept: true,
		stand.FaultDropSocket: true, stand.FaultRefresh: true, stand.FaultDuplicate: true, stand.FaultForged: true, stand.FaultUnshared: true,
		stand.FaultConflict: true, stand.FaultPoison: true, stand.FaultRefuse: true, stand.FaultLater: true, stand.FaultHole: true, stand.FaultRefused: true}
	switch {
	case f.Platform != "slack" && f.Platform != "telegram" && s.desk(f.Platform) == nil && f.Platform != "ecb" && f.Platform != "mail" && f.Platform != "sms":
		return nil, stand.Refuse(http.StatusBadRequest, "platform is slack, telegram, stripe, yookassa, paypal, ecb, mail or sms, not %q", f.Platform)
	case !kinds[f.Kind]:
		return nil, stand.Refuse(http.StatusBadRequest, "kind is 429, 500, timeout, timeout_after_accept, drop_socket, refresh, duplicate, forged, unshared, conflict, poison, black_hole or refused, or of mail and sms 550, of mail 451, not %q", f.Kind)
	case f.Kind == stand.FaultRefuse && f.Platform != "mail" && f.Platform != "sms", f.Kind == stand.FaultLater && f.Platform != "mail",
		f.Kind == stand.FaultDuplicate && (f.Platform == "mail" || f.Platform == "sms"), f.Kind == stand.FaultUnshared && f.Platform != "slack":
		return nil, stand.Refuse(http.StatusBadRequest, "%s does not fail by %s", f.Platform, f.Kind)
	case f.Count < 0 || f.RetryAfter < 0:
		return nil, stand.Refuse(http.StatusBadRequest, "count and retry_after can't be negative")
	case f.Kind == stand.FaultHole || f.Kind == stand.FaultRefused:
		plug := s.plugs[f.Platform]
		if plug == nil {
			return nil, stand.Refuse(http.StatusConflict, "%s has no line of its own here that could be dead", f.Platform)
		}
		plug.Pull(f.Kind, time.Duration(max(f.RetryAfter, 1))*time.Second)
	case f.Kind == stand.FaultDropSocket && f.Platform == "slack" && !s.slack.Posts():
		s.slack.DropSocket()
	case f.Kind == stand.FaultDropSocket && f.Platform == "telegram" && !s.telegram.Webhook():
		s.telegram.DropPoll()
	case f.Kind == stand.FaultDropSocket && f.Platform != "slack" && f.Platform != "telegram" && f.Platform != "mail":
		return nil, stand.Refuse(http.StatusBadRequest, "%s has no socket to drop", f.Platform)
	case f.Kind == stand.FaultRefresh && (f.Platform != "slack" || s.slack.Sockets() == 0):
		return nil, stand.Refuse(http.StatusConflict, "there is no socket that could be refreshed")
	case f.Kind == stand.FaultRefresh:
		s.slack.RefreshOne()
	case (f.Kind == stand.FaultConflict || f.Kind == stand.FaultPoison) && f.Platform != "telegram":
		return nil, stand.Refuse(http.StatusBadRequest, "%s does not fail by %s", f.Platform, f.Kind)
	case f.Kind == stand.FaultConflict && s.telegram.Webhook():
		return nil, stand.Refuse(http.StatusConflict, "the bot does not poll")
	case f.Kind == stand.FaultConflict:
		s.telegram.Conflict()
	case f.Kind == stand.FaultPoison:
		s.telegram.Poison()
	case f.Kind == stand.FaultForged && !(f.Platform == "slack" && s.slack.Posts() || f.Platform == "telegram" && s.telegram.Webhook()):
		return nil, stand.Refuse(http.StatusConflict, "%s does not call the bot, so nobody can do so in its name", f.Platform)
	default:
		s.faults.Add(f)
	}
	return map[string]any{"faults": s.faultsLeft()}, nil
}

// faultsLeft are the faults still to be made, and the lines that are dead.
func (s *Sandbox) faultsLeft() []stand.Fault {
	out := s.faults.Left()
	for _, name := range lines {
		if p := s.plugs[name]; p != nil {
			if kind, left := p.Pulled(); kind != "" {
				out = append(out, stand.Fault{Platform: name, Kind: kind, Count: 1, RetryAfter: int(left.Seconds()) + 1})
			}
		}
	}
	return out
}

// lines are the platforms that can have a line of their own.
var lines = []string{"slack", "telegram", "mail"}

// reset makes everything as new. It waits for a move of the clock to end.
func (s *Sandbox) reset(ctx context.Context, _ struct{}) (any, error) {
	s.moving.Lock()
	defer s.moving.Unlock()
	if s.o.Reset == nil {
		s.clear()
	} else if err := s.o.Reset(ctx, s.clear); err != nil {
		return nil, err
	}
	s.hub.tell("reset", nil)
	s.hub.tell("clock", s.clockEvent(false))
	return map[string]any{"ok": true, "now": stamp(s.o.Clock.Now())}, nil
}
