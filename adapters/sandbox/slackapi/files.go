package slackapi

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// fileMax bounds an upload in bytes.
const fileMax = 64 << 20

// file is a stored file.
type file struct {
	ID       string
	Name     string
	Title    string
	Mime     string
	User     string
	Created  int64 // business time, Unix seconds
	Data     []byte
	Alt      string
	Channels []string

	ready time.Time // wall time from which its kind is known; an upload is read in a moment later
	seen  time.Time // wall time from which it is told where it was shared
}

// readIn is how long an upload takes to be read in, and seenIn to be shared.
const (
	readIn = 120 * time.Millisecond
	seenIn = 15 * time.Millisecond
)

// fresh reports whether a file was not read in yet.
func (f *file) fresh() bool { return time.Now().Before(f.ready) }

// fileProblems are what is wrong with the files that blocks show: a picture has to be there,
// to be one, to have been read in, and to be the app's to show.
func (s *Server) fileProblems(v any, at string) (problems []string) {
	switch x := v.(type) {
	case []any:
		for i, item := range x {
			problems = append(problems, s.fileProblems(item, fmt.Sprintf("%s/%d", at, i))...)
		}
	case map[string]any:
		for _, name := range sortedKeys(x) {
			problems = append(problems, s.fileProblems(x[name], at+"/"+name)...)
		}
		if shown, ok := x["slack_file"].(map[string]any); ok && x["type"] == "image" && !s.showable(shown) {
			problems = append(problems, "invalid slack file [json-pointer:"+at+"/slack_file]")
		}
	}
	return problems
}

func (s *Server) showable(shown map[string]any) bool {
	for _, f := range s.w.Files {
		wire := wireFile(f, "")
		if f.ID == stringOf(shown["id"]) || shown["url"] != nil && (shown["url"] == wire["permalink"] || strings.HasSuffix(stringOf(shown["url"]), stringOf(wire["url_private"]))) {
			return !f.fresh() && s.reachable(f) && slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, f.Mime)
		}
	}
	return false
}

// draft is a file between files.getUploadURLExternal and files.completeUploadExternal.
type draft struct {
	FileID   string
	Name     string
	Alt      string
	Length   int
	Data     []byte
	Uploaded bool
}

// wireFile is a file as the Web API gives it; base makes its links, which must lead to the
// host that the app already sends its token to.
func wireFile(f *file, base string) map[string]any {
	ext := strings.TrimPrefix(path.Ext(f.Name), ".")
	at := base + "/slack/files/" + teamID + "-" + f.ID + "/"
	out := map[string]any{"id": f.ID, "created": f.Created, "timestamp": f.Created, "name": f.Name, "title": f.Title, "mimetype": f.Mime,
		"filetype": ext, "pretty_type": strings.ToUpper(ext), "user": f.User, "user_team": teamID, "editable": false, "size": len(f.Data),
		"mode": "hosted", "is_external": false, "external_type": "", "is_public": true, "public_url_shared": false,
		"display_as_bot": false, "username": "", "file_access": "visible",
		"url_private": at + url.PathEscape(f.Name), "url_private_download": at + "download/" + url.PathEscape(f.Name),
		"permalink":        "https://" + teamDomain + ".slack.com/files/" + f.User + "/" + f.ID + "/" + url.PathEscape(f.Name),
		"permalink_public": "", "channels": []string{}, "groups": []string{}, "ims": []string{}, "comments_count": 0}
	if f.fresh() {
		out["mimetype"], out["filetype"], out["pretty_type"] = "", "", ""
	}
	if f.Alt != "" {
		out["alt_txt"] = f.Alt
	}
	for _, id := range f.Channels {
		list := "channels"
		if strings.HasPrefix(id, "D") {
			list = "ims"
		}
		out[list] = append(out[list].([]string), id)
	}
	return out
}

func (s *Server) wireFiles(ids []string, base string) []any {
	out := []any{}
	for _, id := range ids {
		if f := s.w.Files[id]; f != nil {
			out = append(out, wireFile(f, base))
		}
	}
	return out
}

func filesInfo(s *Server, c *call) answer {
	if a := c.need("file"); a != nil {
		return a
	}
	f := s.w.Files[c.str("file")]
	if f == nil || !s.reachable(f) {
		return fail("file_not_found")
	}
	out := wireFile(f, c.base)
	out["shares"] = s.shares(f)
	return answer{"ok": true, "file": out, "comments": []any{}, "response_metadata": map[string]any{"next_cursor": ""}}
}

// filesList lists files newest first, by pages as they were counted before cursors came.
func filesList(s *Server, c *call) answer {
	count, ok := c.number("count", 100, 1, 1000)
	number, ok2 := c.number("page", 1, 1, 100)
	if !ok || !ok2 {
		return fail("invalid_arguments")
	}
	var list []any
	for _, id := range slices.Sorted(maps.Keys(s.w.Files)) {
		f := s.w.Files[id]
		if (c.str("user") == "" || c.str("user") == f.User) && (c.str("channel") == "" || slices.Contains(f.Channels, c.str("channel"))) && s.reachable(f) {
			list = append([]any{wireFile(f, c.base)}, list...)
		}
	}
	total := len(list)
	from := min((number-1)*count, total)
	return answer{"ok": true, "files": append([]any{}, list[from:min(from+count, total)]...),
		"paging": map[string]any{"count": count, "total": total, "page": number, "pages": (total + count - 1) / count}}
}

// reachable reports whether the app may see a file: its own, or one of a channel that it knows.
func (s *Server) reachable(f *file) bool {
	return f.User == botUser || slices.ContainsFunc(f.Channels, func(id string) bool { return s.w.shown(id) != nil })
}

// filesDelete takes one of the bot's files away, also out of the messages that show it.
func filesDelete(s *Server, c *call) answer {
	if a := c.need("file"); a != nil {
		return a
	}
	f := s.w.Files[c.str("file")]
	switch {
	case f == nil || !s.reachable(f):
		return fail("file_not_found")
	case f.User != botUser:
		return fail("cant_delete_file")
	}
	delete(s.w.Files, f.ID)
	c.changed = true
	s.event("", map[string]any{"type": "file_deleted", "file_id": f.ID, "event_ts": eventTS(c.now)}, c.now)
	return answer{"ok": true}
}

// filesUpload was switched off by Slack in 2025.
func filesUpload(*Server, *call) answer { return fail("method_deprecated") }

// shares says where a file was shared, by channel.
func (s *Server) shares(f *file) map[string]any {
	kinds := map[string]any{}
	if time.Now().Before(f.seen) {
		return kinds
	}
	for _, id := range f.Channels {
		ch := s.w.channel(id)
		if ch == nil || ch.hidden() {
			continue
		}
		kind := "public"
		if ch.IM || ch.Private || ch.Group {
			kind = "private"
		}
		list := []any{}
		for _, m := range ch.Messages {
			for _, x := range m.Files {
				if x == f.ID {
					list = append(list, map[string]any{"ts": m.TS, "thread_ts": m.ThreadTS, "channel_name": ch.Name, "team_id": teamID,
						"reply_users": []string{}, "reply_users_count": 0, "reply_count": 0})
				}
			}
		}
		byChannel, _ := kinds[kind].(map[string]any)
		if byChannel == nil {
			byChannel = map[string]any{}
			kinds[kind] = byChannel
		}
		byChannel[id] = list
	}
	return kinds
}
