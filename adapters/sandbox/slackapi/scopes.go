package slackapi

import (
	"net/http"
	"slices"
	"strings"

	"duebot/adapters/sandbox/stand"
)

// botScopes are the scopes that a bot of this workspace may be granted.
func botScopes() []string {
	return strings.Fields(`
		app_mentions:read assistant:write bookmarks:read bookmarks:write calls:read calls:write canvases:read canvases:write
		channels:history channels:join channels:manage channels:read channels:write.invites channels:write.topic chat:write
		chat:write.customize chat:write.public commands conversations.connect:manage conversations.connect:read
		conversations.connect:write dnd:read emoji:read files:read files:write groups:history groups:read groups:write
		groups:write.invites groups:write.topic im:history im:read im:write im:write.topic incoming-webhook links.embed:write
		links:read links:write lists:read lists:write metadata.message:read mpim:history mpim:read mpim:write mpim:write.topic
		pins:read pins:write reactions:read reactions:write reminders:read reminders:write remote_files:read remote_files:share
		remote_files:write team.billing:read team.preferences:read team:read usergroups:read usergroups:write
		users.profile:read users:read users:read.email users:write workflow.steps:execute`)
}

// eventScopes are the events that an app may subscribe to, with the scope that each needs.
func eventScopes() map[string]string {
	return map[string]string{"app_home_opened": "", "app_mention": "app_mentions:read", "app_uninstalled": "", "tokens_revoked": "",
		"message.channels": "channels:history", "message.groups": "groups:history", "message.im": "im:history", "message.mpim": "mpim:history",
		"file_shared": "files:read", "file_created": "files:read", "file_deleted": "files:read", "file_change": "files:read",
		"reaction_added": "reactions:read", "reaction_removed": "reactions:read", "channel_archive": "channels:read", "channel_rename": "channels:read",
		"channel_deleted": "channels:read", "channel_unarchive": "channels:read", "channel_created": "channels:read", "channel_left": "channels:read",
		"member_joined_channel": "channels:read", "member_left_channel": "channels:read", "subteam_created": groupScope,
		"subteam_updated": groupScope, "subteam_members_changed": groupScope, "team_join": "users:read", "user_change": "users:read",
		"assistant_thread_started": "assistant:write", "assistant_thread_context_changed": "assistant:write", "dnd_updated_user": "dnd:read",
		"emoji_changed": "emoji:read", "file_public": "files:read", "file_unshared": "files:read", "function_executed": "",
		"group_archive": "groups:read", "group_deleted": "groups:read", "group_left": "groups:read", "group_rename": "groups:read",
		"group_unarchive": "groups:read", "channel_shared": "channels:read", "channel_unshared": "channels:read", "channel_id_changed": "channels:read",
		"team_rename": "team:read", "team_domain_change": "team:read", "email_domain_changed": "team:read", "user_huddle_changed": "users:read",
		"user_profile_changed": "users.profile:read", "user_status_changed": "users.profile:read", "message.app_home": "",
		"link_shared": "links:read", "pin_added": "pins:read", "pin_removed": "pins:read", "message_metadata_posted": "metadata.message:read"}
}

// eventName is what an event is subscribed to by: a message by the kind of its channel.
func eventName(inner map[string]any) string {
	kind := stringOf(inner["type"])
	if kind != "message" {
		return kind
	}
	switch stringOf(inner["channel_type"]) {
	case "im":
		return "message.im"
	case "mpim":
		return "message.mpim"
	case "group":
		return "message.groups"
	}
	return "message.channels"
}

// granted reports whether the app has a scope: its manifest asks for it, and nobody took it
// away. Without a manifest it has all but the one that changes what an error is.
func (s *Server) granted(scope string) bool {
	switch {
	case scope == "":
		return true
	case slices.Contains(s.w.Revoked, scope):
		return false
	case s.app == nil:
		return scope != "chat:write.public"
	}
	return slices.Contains(s.app.OAuth.Scopes.Bot, scope)
}

// provided lists the scopes that the app has.
func (s *Server) provided() string {
	all := botScopes()
	if s.app != nil {
		all = s.app.OAuth.Scopes.Bot
	}
	var out []string
	for _, x := range all {
		if s.granted(x) {
			out = append(out, x)
		}
	}
	return strings.Join(out, ",")
}

// scopeList are the scopes of a token, as answers have them in a header.
func (s *Server) scopeList(app bool) string {
	if app {
		return "connections:write"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.provided()
}

// missing refuses for want of a scope.
func (s *Server) missing(needed ...string) answer {
	a := fail("missing_scope")
	a["needed"], a["provided"] = strings.Join(needed, ","), s.provided()
	return a
}

// checkScope refuses a call whose scope was not granted. A scope that ends in "*" is one per
// kind of channel: "*:history" is channels:history in a channel and im:history in direct
// messages. Of an unknown channel any of them will do, for nothing can be learnt of it.
func (s *Server) checkScope(c *call, scope string) answer {
	what, each := strings.CutPrefix(scope, "*")
	if !each {
		if s.granted(scope) {
			return nil
		}
		return s.missing(scope)
	}
	if types := c.str("types"); c.str("channel") == "" {
		return s.checkTypes(types, what)
	}
	if ch := s.w.find(c.str("channel"), c.now); ch != nil && !ch.hidden() {
		return s.checkScope(c, scopeOf(ch.scopes(), what))
	}
	all := strings.Split(accepted(scope), ",")
	if slices.ContainsFunc(all, s.granted) {
		return nil
	}
	return s.missing(all...)
}

// accepted lists the scopes that will do for a call, as answers have them in a header.
func accepted(scope string) string {
	what, each := strings.CutPrefix(scope, "*")
	if !each {
		return scope
	}
	return scopeOf("channels", what) + ",groups" + what + ",im" + what + ",mpim" + what
}

// scopeOf names the scope for a kind of channel. To change public channels has a word of its own.
func scopeOf(kind, what string) string {
	if kind == "channels" && what == ":write" {
		return "channels:manage"
	}
	return kind + what
}

// checkTypes is checkScope for a call about all channels of some types.
func (s *Server) checkTypes(types, what string) answer {
	if types == "" {
		types = "public_channel"
	}
	prefix := map[string]string{"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
	for _, t := range strings.Split(types, ",") {
		if p := prefix[strings.TrimSpace(t)]; p != "" && !s.granted(p+what) {
			return s.missing(p + what)
		}
	}
	return nil
}

// scopes is how the scopes for a channel begin.
func (c *channel) scopes() string {
	switch {
	case c.IM:
		return "im"
	case c.Group:
		return "mpim"
	case c.Private:
		return "groups"
	}
	return "channels"
}

// SetScope takes a scope from the app, as when it was installed without it, or gives it back.
func (s *Server) SetScope(scope string, granted bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if asks := s.app == nil || slices.Contains(s.app.OAuth.Scopes.Bot, scope); !asks || !slices.Contains(botScopes(), scope) {
		return stand.Refuse(http.StatusBadRequest, "The app does not ask for the scope %q.", scope)
	}
	s.w.Revoked = slices.DeleteFunc(s.w.Revoked, func(x string) bool { return x == scope })
	if !granted {
		s.w.Revoked = append(s.w.Revoked, scope)
	}
	return nil
}
