package slackapi

import (
	"regexp"
	"strings"
)

// wire is a message as the Web API and events give it. withMetadata is what
// include_all_metadata asks for; base makes the links of its files.
func (s *Server) wire(m *message, withMetadata bool, base string) map[string]any {
	out := map[string]any{"type": "message", "ts": m.TS, "user": m.User, "text": m.Text, "team": teamID}
	if m.Bot {
		out["bot_id"], out["app_id"], out["bot_profile"] = botID, appID, botProfile()
	} else if m.ClientID != "" {
		out["client_msg_id"] = m.ClientID
	}
	if m.Subtype != "" {
		out["subtype"] = m.Subtype
	}
	if m.Subtype == "file_share" {
		out["upload"] = false
	}
	if len(m.Blocks) > 0 {
		out["blocks"] = m.Blocks
	} else if !m.Bot && m.Text != "" {
		out["blocks"] = []any{richText(m.Text)}
	}
	if len(m.Attachments) > 0 {
		out["attachments"] = m.Attachments
	}
	if len(m.Files) > 0 {
		out["files"] = s.wireFiles(m.Files, base)
	}
	if m.Edited != nil {
		out["edited"] = m.Edited
	}
	if len(m.Reactions) > 0 {
		list := []reaction{}
		for _, r := range m.Reactions {
			list = append(list, reaction{Name: r.Name, Users: append([]string{}, r.Users...), Count: r.Count})
		}
		out["reactions"] = list
	}
	if ch := s.w.channel(m.Channel); ch != nil && ch.pinnedAt(m.TS) >= 0 {
		out["pinned_to"] = []string{ch.ID}
	}
	if withMetadata && m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	s.wireThread(out, m)
	return out
}

// wireThread adds what a message says about its thread: a reply names its parent, a parent
// counts its replies.
func (s *Server) wireThread(out map[string]any, m *message) {
	c := s.w.channel(m.Channel)
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
		if p := c.message(m.ThreadTS); p != nil {
			out["parent_user_id"] = p.User
		}
		return
	}
	if c == nil {
		return
	}
	replies := c.replies(m.TS)
	if len(replies) == 0 {
		return
	}
	users := []string{}
	seen := map[string]bool{}
	for _, r := range replies {
		if !seen[r.User] {
			seen[r.User] = true
			users = append(users, r.User)
		}
	}
	out["thread_ts"], out["reply_count"], out["reply_users"] = m.TS, len(replies), users
	out["reply_users_count"], out["latest_reply"] = len(users), replies[len(replies)-1].TS
	out["is_locked"], out["subscribed"] = false, seen[botUser] || m.Bot
}

func botProfile() map[string]any {
	return map[string]any{"id": botID, "app_id": appID, "name": botName, "team_id": teamID, "deleted": false, "updated": 0,
		"icons": map[string]any{"image_36": "", "image_48": "", "image_72": ""}}
}

var mention = regexp.MustCompile(`<(@[UW][A-Z0-9]+|#C[A-Z0-9]+|![a-z]+|https?://[^>|\s]+)(\|[^>]*)?>`)

// richText is the rich_text block that Slack adds to what people write.
func richText(text string) map[string]any {
	var parts []any
	put := func(s string) {
		if s != "" {
			parts = append(parts, map[string]any{"type": "text", "text": unescape(s)})
		}
	}
	from := 0
	for _, at := range mention.FindAllStringIndex(text, -1) {
		put(text[from:at[0]])
		parts = append(parts, mentionElement(text[at[0]+1:at[1]-1]))
		from = at[1]
	}
	put(text[from:])
	return map[string]any{"type": "rich_text", "block_id": "rt" + shortHash(text),
		"elements": []any{map[string]any{"type": "rich_text_section", "elements": parts}}}
}

func mentionElement(s string) map[string]any {
	target, label, _ := strings.Cut(s, "|")
	switch target[0] {
	case '@':
		return map[string]any{"type": "user", "user_id": target[1:]}
	case '#':
		return map[string]any{"type": "channel", "channel_id": target[1:]}
	case '!':
		return map[string]any{"type": "broadcast", "range": target[1:]}
	}
	link := map[string]any{"type": "link", "url": target}
	if label != "" {
		link["text"] = label
	}
	return link
}

var (
	typedUser = regexp.MustCompile(`(^|[\s(])@([a-z0-9][a-z0-9._-]*)`)
	typedRoom = regexp.MustCompile(`(^|[\s(])#([a-z0-9][a-z0-9_-]*)`)
	typedLink = regexp.MustCompile(`(^|[\s(])(https?://[^\s<>|]+[^\s<>|.,;:!?)'"])`)
)

// typed is what a person typed as Slack hands it on: & < > escaped, @name, #channel and
// links resolved. Mentions that are written out already are kept.
func (s *Server) typed(text string) string {
	var out strings.Builder
	from := 0
	for _, at := range mention.FindAllStringIndex(text, -1) {
		out.WriteString(s.resolve(text[from:at[0]]))
		out.WriteString(text[at[0]:at[1]])
		from = at[1]
	}
	out.WriteString(s.resolve(text[from:]))
	return out.String()
}

func (s *Server) resolve(text string) string {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	text = typedLink.ReplaceAllString(text, "$1<$2>")
	text = typedUser.ReplaceAllStringFunc(text, func(m string) string {
		i := strings.IndexByte(m, '@')
		for _, p := range s.w.Users {
			if p.Name == m[i+1:] {
				return m[:i] + "<@" + p.ID + ">"
			}
		}
		return m
	})
	return typedRoom.ReplaceAllStringFunc(text, func(m string) string {
		i := strings.IndexByte(m, '#')
		for _, c := range s.w.Channels {
			if !c.IM && c.Name == m[i+1:] {
				return m[:i] + "<#" + c.ID + "|" + c.Name + ">"
			}
		}
		return m
	})
}

func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}
