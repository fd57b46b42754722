package slackapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"duebot/adapters/sandbox/stand"
)

// group is a user group ("subteam") of the workspace.
type group struct {
	ID       string
	Handle   string // "sales": mentioned as @sales
	Name     string
	Users    []string
	Created  int64 // business time, Unix seconds
	Updated  int64
	Disabled int64 // 0 while it is in use
}

func (w *world) group(id string) *group {
	for _, g := range w.Groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}

// wireGroup is a user group as the Web API gives it; events hold its members too.
func wireGroup(g *group, users, count bool) map[string]any {
	deletedBy := any(nil)
	if g.Disabled > 0 {
		deletedBy = "UMANAGER01"
	}
	out := map[string]any{"id": g.ID, "team_id": teamID, "is_usergroup": true, "is_subteam": true, "name": g.Name, "description": "",
		"handle": g.Handle, "is_external": false, "date_create": g.Created, "date_update": g.Updated, "date_delete": g.Disabled,
		"auto_type": nil, "auto_provision": false, "enterprise_subteam_id": "", "created_by": "UMANAGER01", "updated_by": "UMANAGER01",
		"deleted_by": deletedBy, "prefs": map[string]any{"channels": []string{}, "groups": []string{}}, "channel_count": 0}
	if users {
		out["users"] = g.Users
	}
	if count {
		out["user_count"] = len(g.Users)
	}
	return out
}

// groupScope is what the app needs to read groups and to hear of them.
const groupScope = "usergroups:read"

func usergroupsList(s *Server, c *call) answer {
	list := []any{}
	for _, g := range s.w.Groups {
		if g.Disabled == 0 || c.yes("include_disabled") {
			list = append(list, wireGroup(g, c.yes("include_users"), c.yes("include_count")))
		}
	}
	return answer{"ok": true, "usergroups": list}
}

func usergroupsUsersList(s *Server, c *call) answer {
	if a := c.need("usergroup"); a != nil {
		return a
	}
	g := s.w.group(c.str("usergroup"))
	if g == nil || g.Disabled > 0 && !c.yes("include_disabled") {
		return fail("no_such_subteam")
	}
	return answer{"ok": true, "users": append([]string{}, g.Users...)}
}

// SetGroup gives a user group other members, or takes it out of use, as an administrator does
// in Slack's own pages.
func (s *Server) SetGroup(_ context.Context, id string, users []string, disabled bool) error {
	now := s.now()
	s.mu.Lock()
	err := s.setGroup(id, users, disabled, now)
	s.dispatch()
	s.mu.Unlock()
	if err == nil {
		s.changed()
	}
	return err
}

func (s *Server) setGroup(id string, users []string, disabled bool, now time.Time) error {
	g := s.w.group(id)
	if g == nil {
		return stand.Refuse(http.StatusNotFound, "There is no user group %q in this workspace.", id)
	}
	for _, u := range users {
		if p := s.w.user(u); p == nil || p.Bot {
			return stand.Refuse(http.StatusNotFound, "There is no person %q in this workspace.", u)
		}
	}
	before, since := g.Users, g.Updated
	g.Users, g.Updated, g.Disabled = append([]string{}, users...), now.Unix(), 0
	if disabled {
		g.Disabled = now.Unix()
	}
	s.groupEvents(g, before, since, now)
	return nil
}

// groupEvents tells the app that a group changed: with all its members, and with those who
// came and went.
func (s *Server) groupEvents(g *group, before []string, since int64, now time.Time) {
	s.event("", map[string]any{"type": "subteam_updated", "subteam": wireGroup(g, true, true), "event_ts": eventTS(now)}, now)
	added, removed := missing(g.Users, before), missing(before, g.Users)
	if len(added)+len(removed) == 0 {
		return
	}
	s.event("", map[string]any{"type": "subteam_members_changed", "subteam_id": g.ID, "team_id": teamID, "date_previous_update": since,
		"date_update": g.Updated, "added_users": added, "added_users_count": len(added), "removed_users": removed,
		"removed_users_count": len(removed), "event_ts": eventTS(now)}, now)
}

// missing lists what is in a and not in b.
func missing(a, b []string) []string {
	out := []string{}
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

func eventTS(now time.Time) string { return (&channel{}).stamp(now) }
