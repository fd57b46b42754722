package slackapi

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

// wireUser is a member as the Web API gives it; the address only to an app that may read it.
func (s *Server) wireUser(p *person, now time.Time, locale bool) map[string]any {
	first, last, _ := strings.Cut(p.Real, " ")
	offset, label := 0, p.TZ
	if loc, err := time.LoadLocation(p.TZ); err == nil {
		label, offset = now.In(loc).Zone()
	}
	profile := map[string]any{"real_name": p.Real, "real_name_normalized": p.Real, "display_name": p.Name, "display_name_normalized": p.Name,
		"first_name": first, "last_name": last, "title": "", "phone": "", "status_text": "", "status_emoji": "", "team": teamID}
	if p.Email != "" && s.granted("users:read.email") {
		profile["email"] = p.Email
	}
	if p.Bot {
		profile["bot_id"], profile["api_app_id"], profile["always_active"] = botID, appID, true
	}
	out := map[string]any{"id": p.ID, "team_id": teamID, "name": p.Name, "real_name": p.Real, "deleted": false, "color": "4bbe2e",
		"tz": p.TZ, "tz_label": label, "tz_offset": offset, "profile": profile, "is_bot": p.Bot, "is_app_user": false,
		"is_admin": p.ID == "UMANAGER01", "is_owner": p.ID == "UMANAGER01", "is_primary_owner": p.ID == "UMANAGER01",
		"is_restricted": false, "is_ultra_restricted": false, "is_email_confirmed": !p.Bot, "updated": 0}
	if locale {
		out["locale"] = cmp.Or(p.Locale, "en-US")
	}
	return out
}

var localeForm = regexp.MustCompile(`^[a-z]{2}-[A-Z]{2}$`)

// SetLocale gives a member's program another language: "ru-RU". The app learns of it when it
// asks the next time.
func (s *Server) SetLocale(user, locale string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.w.user(user)
	if p == nil || !localeForm.MatchString(locale) {
		return stand.Refuse(http.StatusBadRequest, "There is no member %q, or %q is no locale like ru-RU.", user, locale)
	}
	p.Locale = locale
	return nil
}

// usersProfileGet gives a member's profile, the bot's by default.
func usersProfileGet(s *Server, c *call) answer {
	p := s.w.user(c.str("user"))
	if c.str("user") == "" {
		p = s.w.user(botUser)
	}
	if p == nil {
		return fail("user_not_found")
	}
	return answer{"ok": true, "profile": s.wireUser(p, c.now, false)["profile"]}
}

// usersGetPresence: in the sandbox everybody is there.
func usersGetPresence(s *Server, c *call) answer {
	if id := c.str("user"); id != "" && s.w.user(id) == nil {
		return fail("user_not_found")
	}
	return answer{"ok": true, "presence": "active"}
}

func usersSetPresence(_ *Server, c *call) answer {
	if x := c.str("presence"); x != "auto" && x != "away" {
		return fail("invalid_presence")
	}
	return answer{"ok": true}
}

// emojiList: the workspace has no emoji of its own.
func emojiList(_ *Server, c *call) answer {
	return answer{"ok": true, "emoji": map[string]any{}, "cache_ts": eventTS(c.now)}
}

func usersInfo(s *Server, c *call) answer {
	if a := c.need("user"); a != nil {
		return a
	}
	p := s.w.user(c.str("user"))
	if p == nil {
		return fail("user_not_found")
	}
	return answer{"ok": true, "user": s.wireUser(p, c.now, c.yes("include_locale"))}
}

func usersList(s *Server, c *call) answer {
	var list []any
	for _, p := range s.w.Users {
		list = append(list, s.wireUser(p, c.now, c.yes("include_locale")))
	}
	out := page(c, "members", list, 1000, 1000)
	if out["ok"] == true {
		out["cache_ts"] = c.now.Unix()
	}
	return out
}

func usersLookupByEmail(s *Server, c *call) answer {
	if a := c.need("email"); a != nil {
		return a
	}
	for _, p := range s.w.Users {
		if p.Email != "" && strings.EqualFold(p.Email, c.str("email")) {
			return answer{"ok": true, "user": s.wireUser(p, c.now, false)}
		}
	}
	return fail("users_not_found")
}

func botsInfo(s *Server, c *call) answer {
	if id := c.str("bot"); id != "" && id != botID {
		return fail("bot_not_found")
	}
	return answer{"ok": true, "bot": map[string]any{"id": botID, "deleted": false, "name": botName, "updated": 0,
		"app_id": appID, "user_id": botUser, "icons": map[string]any{"image_36": "", "image_48": "", "image_72": ""}}}
}

func teamInfo(s *Server, c *call) answer {
	if id := c.str("team"); id != "" && id != teamID {
		return fail("team_not_found")
	}
	return answer{"ok": true, "team": map[string]any{"id": teamID, "name": teamName, "domain": teamDomain,
		"email_domain": "lindenhof.example", "icon": map[string]any{"image_default": true}}}
}
