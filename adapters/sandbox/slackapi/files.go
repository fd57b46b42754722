package slackapi

import (
	"net/url"
	"path"
	"strings"
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
	if f == nil {
		return fail("file_not_found")
	}
	out := wireFile(f, c.base)
	out["shares"] = s.shares(f)
	return answer{"ok": true, "file": out, "comments": []any{}, "response_metadata": map[string]any{"next_cursor": ""}}
}

// shares says where a file was shared, by channel.
func (s *Server) shares(f *file) map[string]any {
	kinds := map[string]any{}
	for _, id := range f.Channels {
		ch := s.w.channel(id)
		kind := "public"
		if ch.IM {
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
