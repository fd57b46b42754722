package mailapi

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"unicode/utf8"
)

// once are the headers that may stand once (RFC 5322, 3.6, and others that say so).
var once = []string{"Date", "From", "Sender", "Reply-To", "To", "Cc", "Message-Id", "In-Reply-To", "References", "Subject", "Mime-Version",
	"Content-Type", "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted"}

const (
	lineMax  = 998 // RFC 5322, 2.1.1
	partsMax = 100
	depthMax = 5
)

// Parse reads a message, and returns what is wrong with it. With international, addresses may
// be beyond ASCII (RFC 6532); words are to be encoded all the same.
func Parse(raw []byte, international bool) (m Mail, err error) {
	for i, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > lineMax {
			return m, fmt.Errorf("line %d is longer than %d bytes", i+1, lineMax)
		}
		if bytes.ContainsAny(line, "\r\n\x00") {
			return m, fmt.Errorf("line %d has a bare CR, LF or NUL", i+1)
		}
	}
	if m.Headers, err = headers(raw, international); err != nil {
		return m, err
	}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return m, err
	}
	if err := checkHeaders(msg.Header); err != nil {
		return m, err
	}
	words := new(mime.WordDecoder)
	if m.Subject, err = words.DecodeHeader(msg.Header.Get("Subject")); err != nil {
		return m, fmt.Errorf("the subject: %w", err)
	}
	if strings.ContainsAny(m.Subject, "\r\n\x00") {
		return m, errors.New("the subject has more than a line")
	}
	m.MessageID = msg.Header.Get("Message-Id")
	parts := 0
	return m, m.part(textproto.MIMEHeader(msg.Header), msg.Body, 0, &parts)
}

// headers are the header fields in their order, unfolded.
func headers(raw []byte, international bool) (out [][2]string, err error) {
	head, _, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		return nil, errors.New("there is no end of the headers")
	}
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			if len(out) == 0 || strings.TrimSpace(line) == "" {
				return nil, errors.New("a folded line continues nothing, or is empty")
			}
			out[len(out)-1][1] += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, errors.New("a header has no name")
		}
		for _, r := range value {
			if r > '~' && !(international && (name == "To" || name == "From")) || r < ' ' && r != '\t' || r == 0x7f {
				return nil, fmt.Errorf("header %s has %U, which is to be encoded", name, r)
			}
		}
		out = append(out, [2]string{name, strings.TrimSpace(value)})
	}
	return out, nil
}

func checkHeaders(h mail.Header) error {
	for _, name := range once {
		if len(h[textproto.CanonicalMIMEHeaderKey(name)]) > 1 {
			return fmt.Errorf("header %s stands twice", name)
		}
	}
	for _, name := range []string{"Date", "From", "To", "Message-Id", "Mime-Version"} {
		if h.Get(name) == "" {
			return fmt.Errorf("header %s is missing", name)
		}
	}
	if _, err := h.Date(); err != nil {
		return fmt.Errorf("the date: %w", err)
	}
	if from, err := h.AddressList("From"); err != nil || len(from) != 1 {
		return fmt.Errorf("the sender is not one address: %v", err)
	}
	if _, err := h.AddressList("To"); err != nil {
		return fmt.Errorf("the readers: %w", err)
	}
	for _, name := range []string{"Message-Id", "In-Reply-To", "References"} {
		for _, id := range strings.Fields(h.Get(name)) {
			if !strings.HasPrefix(id, "<") || !strings.HasSuffix(id, ">") || strings.Count(id, "@") != 1 || strings.ContainsAny(id[1:len(id)-1], "<>") {
				return fmt.Errorf("%s is not like <a@b>", name)
			}
		}
	}
	return nil
}

// part reads a part of the message, and those in it.
func (m *Mail) part(h textproto.MIMEHeader, body io.Reader, depth int, parts *int) error {
	if *parts++; *parts > partsMax || depth > depthMax {
		return errors.New("too many parts")
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("the content type of a part: %w", err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if err := m.part(p.Header, p, depth+1, parts); err != nil {
				return err
			}
		}
	}
	data, err := decoded(h.Get("Content-Transfer-Encoding"), body)
	if err != nil {
		return err
	}
	disposition, names, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	switch {
	case disposition == "attachment":
		name := names["filename"]
		if plain, err := new(mime.WordDecoder).DecodeHeader(name); err == nil {
			name = plain
		}
		m.Files = append(m.Files, File{Name: name, MIME: kind, Size: len(data), Data: data})
		return nil
	case !strings.EqualFold(params["charset"], "utf-8") || !utf8.Valid(data):
		return fmt.Errorf("a part of %s is not in UTF-8", kind)
	case kind == "text/plain":
		m.Text = strings.ReplaceAll(string(data), "\r\n", "\n")
	case kind == "text/html":
		m.HTML = string(data)
	default:
		return fmt.Errorf("a part of %s is nothing that can be shown", kind)
	}
	return nil
}

func decoded(encoding string, body io.Reader) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "", "7bit", "8bit":
		return io.ReadAll(body)
	case "quoted-printable":
		return io.ReadAll(quotedprintable.NewReader(body))
	case "base64":
		return io.ReadAll(base64.NewDecoder(base64.StdEncoding, body))
	}
	return nil, fmt.Errorf("the encoding %q is unknown", encoding)
}
