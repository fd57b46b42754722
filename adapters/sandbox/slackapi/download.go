package slackapi

import (
	"io"
	"mime"
	"net/http"
	"strings"
)

// File is a stored file by its id, for whoever shows it to a person.
func (s *Server) File(id string) (name, mime string, data []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.w.Files[id]
	if f == nil {
		return "", "", nil, false
	}
	return f.Name, f.Mime, f.Data, true
}

// serveFile gives a file's bytes to the app with its token, and to a browser that shows
// the sandbox's own page, which stands for a person who is signed in.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, rest string) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	s.mu.Lock()
	app := strings.EqualFold(scheme, "Bearer") && token == botToken && s.granted("files:read")
	s.mu.Unlock()
	if !app && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, "<!doctype html><title>Sign in</title><p>Sign in to see this file.")
		return
	}
	key, _, _ := strings.Cut(rest, "/")
	id := strings.TrimPrefix(key, teamID+"-")
	name, kind, data, ok := s.File(id)
	if ok && app {
		s.mu.Lock()
		ok = s.w.Files[id] != nil && s.reachable(s.w.Files[id])
		s.mu.Unlock()
	}
	if app {
		s.o.Log.Add("slack", "in", "download", "", map[string]any{"file": key}, http.StatusOK, map[string]any{"bytes": len(data)})
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	// A file that a person dropped must not run as a page of this origin.
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'")
	disposition := "inline"
	if strings.Contains(rest, "/download/") {
		disposition = "attachment"
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
	w.Write(data)
}
