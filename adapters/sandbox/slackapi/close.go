package slackapi

import (
	"context"
	"net/http"

	"duebot/adapters/sandbox/stand"
)

// shut removes one view.
func (s *Server) shut(v *view) {
	for i := range s.w.Views {
		if s.w.Views[i] == v {
			s.w.Views = append(s.w.Views[:i:i], s.w.Views[i+1:]...)
			return
		}
	}
}

// shutAll removes the whole stack of a view.
func (s *Server) shutAll(v *view) {
	var left []*view
	for _, x := range s.w.Views {
		if x.Root != v.Root {
			left = append(left, x)
		}
	}
	s.w.Views = left
}

// CloseView closes a modal without sending it. With clear_on_close the whole stack goes.
// The app is told when the view asks for it; whether it answers changes nothing.
func (s *Server) CloseView(ctx context.Context, user, viewID string) error {
	now := s.now()
	s.mu.Lock()
	sc, err := s.scene(user, "", now)
	v := s.view(viewID)
	if err == nil && (v == nil || v.User != user) {
		err = stand.Refuse(http.StatusNotFound, "%s has no open view %q.", sc.user.Real, viewID)
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	clear := v.Body["clear_on_close"] == true
	closed := []*view{v}
	if clear {
		closed = nil
		for i := len(s.w.Views) - 1; i >= 0; i-- {
			if s.w.Views[i].Root == v.Root {
				closed = append(closed, s.w.Views[i])
			}
		}
		s.shutAll(v)
	} else {
		s.shut(v)
	}
	var tell []*envelope
	for _, x := range closed {
		if x.Body["notify_on_close"] != true {
			continue
		}
		p := interaction("view_closed", sc.user)
		p["view"], p["is_cleared"] = wireView(x), clear
		tell = append(tell, s.interactive(p, false))
	}
	s.mu.Unlock()
	s.changed()
	for _, e := range tell {
		s.request(ctx, e)
	}
	return nil
}
