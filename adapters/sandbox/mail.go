package sandbox

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"duebot/adapters/sandbox/stand"
)

// mailFile gives a mail's HTML part as a page of its own, or one of its attachments. The page
// must not act: it gets no script and no origin, and its links open elsewhere.
func (s *Sandbox) mailFile(w http.ResponseWriter, id, file string) error {
	n, err := strconv.Atoi(id)
	if err != nil {
		return stand.Refuse(http.StatusBadRequest, "mail wants the id of a mail, not %q", id)
	}
	m, err := s.mail.Mail(n)
	if err != nil {
		return err
	}
	if file != "" {
		at, err := strconv.Atoi(file)
		if err != nil || at < 0 || at >= len(m.Files) {
			return stand.Refuse(http.StatusNotFound, "mail %d has no attachment %q", n, file)
		}
		return give(w, m.Files[at].Name, m.Files[at].MIME, m.Files[at].Data)
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, err = io.WriteString(w, strings.Replace(m.HTML, "<head>", `<head><base target="_blank">`, 1))
	return err
}
