package telegramapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	_ "image/gif"  // so that their sizes can be read
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

const (
	downloadMax = 20 << 20 // what a bot may fetch
	fileMax     = 50 << 20 // what a bot may send
	photoMax    = 10 << 20
)

// file is a file on the server, known to the bot by its id.
type file struct {
	ID       string `json:"id"`
	UniqueID string `json:"unique_id"`
	Kind     string `json:"kind"` // "Photo", "Document", "Video", "Animation", "Audio" or "VoiceNote"
	Name     string `json:"name,omitempty"`
	MIME     string `json:"mime,omitempty"`
	Path     string `json:"path"`
	Width    int    `json:"width,omitempty"`
	Height   int    `json:"height,omitempty"`
	// Of a recording, as its sender gave them; the length is seconds.
	Duration  int    `json:"duration,omitempty"`
	Performer string `json:"performer,omitempty"`
	Title     string `json:"title,omitempty"`

	Data []byte `json:"data"`
}

// store keeps an upload and gives it an id.
func (s *Server) store(kind string, up *Upload) *file {
	n, sum := s.nextSerial(), sha256.Sum256(up.Data)
	f := &file{Kind: kind, Data: up.Data, Name: path.Base(strings.ReplaceAll(up.Name, "\\", "/")), MIME: mimeOf(up)}
	if up.Name == "" {
		f.Name = "" // path.Base makes a full stop of it
	}
	place := shelves[kind]
	head, folder := place.head, place.folder
	id := append([]byte{head, 0, 2, 2, 2, 0, 3}, binary.BigEndian.AppendUint64(nil, uint64(n))...)
	id = append(append(id, sum[:16]...), 0x36, 4)
	f.ID = base64.RawURLEncoding.EncodeToString(id)
	f.UniqueID = "AgAD" + base64.RawURLEncoding.EncodeToString(append([]byte{head}, sum[:8]...))
	f.Path = fmt.Sprintf("%s/file_%d%s", folder, n, extension(f))
	if c, _, err := image.DecodeConfig(bytes.NewReader(up.Data)); err == nil {
		f.Width, f.Height = c.Width, c.Height
	}
	s.files[f.ID] = f
	return f
}

// shelves say by kind how a file's id begins and in which folder it lies.
var shelves = map[string]struct {
	head   byte
	folder string
}{"Photo": {2, "photos"}, "VoiceNote": {3, "voice"}, "Video": {4, "videos"}, "Document": {5, "documents"}, "Audio": {9, "music"}, "Animation": {10, "animations"}}

// mimeOf believes a sender who says more than "some bytes", and else goes by the name.
func mimeOf(up *Upload) string {
	kind, _, _ := mime.ParseMediaType(up.MIME)
	if kind != "" && kind != "application/octet-stream" {
		return kind
	}
	if t, ok := mimeTypes[strings.ToLower(path.Ext(up.Name))]; ok {
		return t
	}
	if strings.HasPrefix(http.DetectContentType(up.Data), "text/plain") {
		return "text/plain"
	}
	return "application/octet-stream"
}

// mimeTypes is a table of our own: the machine's would differ from place to place.
var mimeTypes = map[string]string{".pdf": "application/pdf", ".csv": "text/csv", ".txt": "text/plain", ".xml": "text/xml",
	".json": "application/json", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".zip": "application/zip", ".html": "text/html",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}

func extension(f *file) string {
	if f.Kind == "Photo" {
		return ".jpg"
	}
	return path.Ext(f.Name)
}

// photo and document are the file as a Message shows it.
func (f *file) photo() []photoSize {
	return []photoSize{{FileID: f.ID, UniqueID: f.UniqueID, Width: f.Width, Height: f.Height, FileSize: len(f.Data)}}
}

func (f *file) document() *document {
	return &document{FileID: f.ID, UniqueID: f.UniqueID, FileName: f.Name, MIME: f.MIME, FileSize: len(f.Data)}
}

// inputFile returns the file that a parameter names: an upload, attach://part, or the id
// of a file that is already here. It is nil when the parameter is absent.
func (s *Server) inputFile(p *params, kind, field, value string) (*file, *apiError) {
	up := p.files[field]
	if name, ok := strings.CutPrefix(value, "attach://"); ok {
		up = p.files[name]
		if up == nil {
			return nil, nil
		}
	}
	switch {
	case up != nil:
		if err := checkUpload(kind, up); err != nil {
			return nil, err
		}
		return s.store(kind, up), nil
	case value == "":
		return nil, nil
	case strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://"):
		return nil, bad("Failed to get HTTP URL content") // nothing is fetched from outside
	}
	f := s.files[value]
	if f == nil {
		return nil, bad("Wrong remote file identifier specified: " + wrongID(value))
	}
	// Documents of all kinds are one family: sent again, such a file stays what it was.
	if (f.Kind == "Photo") != (kind == "Photo") {
		return nil, bad(fmt.Sprintf("Can't use file of type %s as %s", f.Kind, kind))
	}
	return f, nil
}

// wrongID says what is wrong with a text that is no file id.
func wrongID(id string) string {
	if strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=") != "" {
		return "Wrong character in the string"
	}
	if len(strings.TrimRight(id, "="))%4 == 1 {
		return "Wrong string length"
	}
	return "can't unserialize it. Wrong last symbol"
}

// checkUpload refuses what the server would not take as a file of that kind.
func checkUpload(kind string, up *Upload) *apiError {
	switch {
	case len(up.Data) == 0:
		return bad("File must be non-empty")
	case len(up.Data) > fileMax:
		return tooLarge()
	case kind != "Photo":
		return nil
	case len(up.Data) > photoMax:
		return bad(fmt.Sprintf("File of size %d bytes is too big for a photo; the maximum size is %d bytes", len(up.Data), photoMax))
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(up.Data))
	if err != nil {
		return bad("IMAGE_PROCESS_FAILED")
	}
	if c.Width+c.Height > 10000 || c.Width > 20*c.Height || c.Height > 20*c.Width {
		return bad("PHOTO_INVALID_DIMENSIONS")
	}
	return nil
}

// getFile answers with the path that a file can be fetched at.
func (s *Server) getFile(p *params) (any, *apiError) {
	id := p.str("file_id")
	if id == "" {
		return nil, bad("File_id not specified")
	}
	f := s.files[id]
	switch {
	case f == nil:
		return nil, bad("Invalid file_id")
	case len(f.Data) > downloadMax:
		return nil, bad("File is too big")
	}
	return map[string]any{"file_id": f.ID, "file_unique_id": f.UniqueID, "file_size": len(f.Data), "file_path": f.Path}, nil
}

// download serves a file; rest is "<token>/<path>".
func (s *Server) download(w http.ResponseWriter, r *http.Request, rest string) {
	token, where, _ := strings.Cut(rest, "/")
	if err := checkToken(token); err != nil {
		s.refuse(w, err)
		return
	}
	s.mu.Lock()
	var found *file
	for _, f := range s.files {
		if f.Path == where {
			found = f
		}
	}
	s.mu.Unlock()
	if found == nil || len(found.Data) > downloadMax {
		s.refuse(w, &apiError{Code: 404, Text: "Not Found"})
		return
	}
	s.o.Log.Add("telegram", "in", "file", "", map[string]any{"path": where}, http.StatusOK,
		map[string]any{"size": len(found.Data)})
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(len(found.Data)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(found.Data) // the bot may have gone; it asks again
	}
}

// File returns the name, type and bytes of a file by its id, for the page to show.
func (s *Server) File(fileID string) (name, mimeType string, data []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[fileID]
	if f == nil {
		return "", "", nil, false
	}
	return f.Name, f.MIME, f.Data, true
}
