package slackapi

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

// filesGetUploadURL begins an upload: a name and a length in bytes.
func filesGetUploadURL(s *Server, c *call) answer {
	if a := c.need("filename", "length"); a != nil {
		return a
	}
	n, ok := c.number("length", 0, 1, fileMax)
	if !ok {
		return invalid("invalid_arguments", []string{"must be a positive integer [json-pointer:/length]"})
	}
	id, ticket := s.w.id("F"), random(16)
	s.w.Drafts[ticket] = &draft{FileID: id, Name: path.Base(c.str("filename")), Alt: c.str("alt_txt"), Length: n}
	return answer{"ok": true, "upload_url": c.base + "/slack/upload/" + ticket, "file_id": id}
}

// serveUpload takes the bytes: the raw body, or the one file of a multipart form. A form
// that closes its boundary twice is taken as well.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request, ticket string) {
	s.mu.Lock()
	d := s.w.Drafts[ticket]
	s.mu.Unlock()
	if d == nil || r.Method != http.MethodPost {
		http.Error(w, "Not Found", http.StatusNotFound)
		return
	}
	data, err := uploaded(r)
	if err != nil {
		http.Error(w, "Bad Request: "+err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	right := len(data) == d.Length && !d.Uploaded
	if right {
		d.Data, d.Uploaded = data, true
	}
	s.mu.Unlock()
	s.o.Log.Add("slack", "in", "upload", "", map[string]any{"file_id": d.FileID, "filename": d.Name, "bytes": len(data)}, http.StatusOK, nil)
	if !right {
		http.Error(w, fmt.Sprintf("Bad Request: %d bytes, announced %d", len(data), d.Length), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "OK - %d", len(data))
}

// uploaded is the content that a request carries.
func uploaded(r *http.Request) ([]byte, error) {
	body := http.MaxBytesReader(nil, r.Body, fileMax+1<<20)
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return io.ReadAll(body)
	}
	form := multipart.NewReader(body, params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("no file in the form")
		}
		if err != nil {
			return nil, err
		}
		if part.FileName() == "" && part.FormName() != "file" && part.FormName() != "body" {
			continue
		}
		data, err := io.ReadAll(part)
		if err == nil {
			// What follows, a second closing boundary too, is read so that the client
			// can finish sending.
			io.Copy(io.Discard, body)
		}
		return data, err
	}
}

// filesCompleteUpload ends uploads and shares them in one message per channel.
func filesCompleteUpload(s *Server, c *call) answer {
	v, given, ok := c.value("files")
	list, isList := v.([]any)
	if !ok || !given || !isList || len(list) == 0 {
		return invalid("invalid_arguments", []string{"missing required field: files"})
	}
	rooms, a := s.shareRooms(c)
	if a != nil {
		return a
	}
	words := map[string]any{"blocks": c.args["blocks"]}
	if text := c.str("initial_comment"); text != "" { // then blocks are not looked at
		words = map[string]any{"text": text}
	}
	body, a := readContent(&call{args: words, now: c.now})
	if a != nil {
		return a
	}
	tickets, a := s.draftsOf(list)
	if a != nil {
		return a
	}
	parent := c.str("thread_ts")
	if parent != "" && (len(rooms) != 1 || rooms[0].thread(parent) == "") {
		return fail("invalid_thread_ts")
	}
	files := s.keepDrafts(tickets, list, c)
	out := []any{}
	for _, f := range files {
		out = append(out, wireFile(f, c.base))
	}
	if _, lost := s.takeFault(c.where(), stand.FaultUnshared); !lost {
		s.share(rooms, parent, body, files, c)
	}
	return answer{"ok": true, "files": out}
}

// shareRooms are the channels that files go to; none keeps them private. channel_id is no
// user's: his direct messages have an id of their own.
func (s *Server) shareRooms(c *call) ([]*channel, answer) {
	names := strings.Split(c.str("channels"), ",")
	if id := c.str("channel_id"); id != "" {
		if names = []string{id}; strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") {
			return nil, fail("channel_not_found")
		}
	}
	var rooms []*channel
	for _, n := range names {
		if n = strings.TrimSpace(n); n == "" {
			continue
		}
		ch, a := s.room(&call{args: map[string]any{"channel": n}, now: c.now})
		if a != nil {
			return nil, a
		}
		rooms = append(rooms, ch)
	}
	return rooms, nil
}

// draftsOf are the tickets of the files that are named, all of them uploaded.
func (s *Server) draftsOf(list []any) ([]string, answer) {
	var tickets []string
	for i, x := range list {
		obj, _ := x.(map[string]any)
		id := stringOf(obj["id"])
		if id == "" {
			return nil, invalid("invalid_arguments", []string{fmt.Sprintf("missing required field: id [json-pointer:/files/%d]", i)})
		}
		found := ""
		for t, d := range s.w.Drafts {
			if d.FileID == id && d.Uploaded {
				found = t
			}
		}
		if found == "" {
			return nil, fail("file_not_found")
		}
		tickets = append(tickets, found)
	}
	return tickets, nil
}

func (s *Server) keepDrafts(tickets []string, list []any, c *call) []*file {
	var files []*file
	for i, t := range tickets {
		d := s.w.Drafts[t]
		delete(s.w.Drafts, t)
		obj := list[i].(map[string]any)
		f := newFile(d.FileID, d.Name, "", d.Data, botUser, c.now)
		f.Alt, f.ready, f.seen = d.Alt, time.Now().Add(readIn), time.Now().Add(seenIn)
		if title := stringOf(obj["title"]); title != "" {
			f.Title = title
		}
		s.w.Files[f.ID] = f
		files = append(files, f)
	}
	return files
}

// newFile names, types and dates some bytes.
func newFile(id, name, kind string, data []byte, user string, now time.Time) *file {
	if kind == "" {
		kind, _, _ = strings.Cut(mime.TypeByExtension(path.Ext(name)), ";")
	}
	if kind == "" {
		kind, _, _ = strings.Cut(http.DetectContentType(data), ";")
	}
	return &file{ID: id, Name: name, Title: name, Mime: kind, User: user, Created: now.Unix(), Data: data}
}

func (s *Server) share(rooms []*channel, parent string, body content, files []*file, c *call) {
	var ids []string
	for _, f := range files {
		ids = append(ids, f.ID)
	}
	for _, ch := range rooms {
		m := &message{User: botUser, Bot: true, Subtype: "file_share", Text: body.text, Blocks: body.blocks, Files: ids}
		if parent != "" {
			m.ThreadTS = ch.thread(parent)
		}
		for _, f := range files {
			f.Channels = append(f.Channels, ch.ID)
		}
		s.post(ch, m, c)
		s.sharedEvents(ch, m, c.now)
	}
}
