package telegramapi

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// uploadMax is the most that a request may carry: a 50 MB file and its parameters.
const uploadMax = 51 << 20

// params are the arguments of one call, from query and body alike, all as text: JSON
// values keep their JSON spelling.
type params struct {
	vals  map[string]string
	files map[string]*Upload

	invoice bool // the call sends an invoice, whose keyboard may pay
}

// Upload is a file that is sent: by the bot in a multipart body, by a person in the sandbox
// as JSON, where the data is base64.
type Upload struct {
	Name string `json:"name"`
	MIME string `json:"mime,omitempty"`
	Data []byte `json:"data"`
}

// readParams reads query and body: form, multipart or a JSON object.
func readParams(r *http.Request) (*params, *apiError) {
	p := &params{vals: map[string]string{}, files: map[string]*Upload{}}
	p.addValues(r.URL.Query())
	if r.Body == nil {
		return p, nil
	}
	kind, opts, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		return p, p.addMultipart(r, opts["boundary"])
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, uploadMax))
	if err != nil {
		return nil, tooLarge()
	}
	switch kind {
	case "application/json":
		return p, p.addJSON(body)
	case "application/x-www-form-urlencoded", "":
		q, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, bad("Can't parse parameters")
		}
		p.addValues(q)
	}
	return p, nil
}

func (p *params) addValues(q url.Values) {
	for k, v := range q {
		p.vals[k] = v[0]
	}
}

// addJSON takes the fields of an object; a null is as good as absent.
func (p *params) addJSON(body []byte) *apiError {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return bad("Can't parse JSON object")
	}
	for k, v := range fields {
		text := string(v)
		switch {
		case text == "null":
			continue
		case text[0] == '"':
			if err := json.Unmarshal(v, &text); err != nil {
				return bad("Can't parse JSON object")
			}
		}
		p.vals[k] = text
	}
	return nil
}

// addMultipart takes fields and files. A part with a file name is a file, even when the name is empty.
func (p *params) addMultipart(r *http.Request, boundary string) *apiError {
	if boundary == "" {
		return bad("Boundary field is not found in the Content-Type header")
	}
	body := bufio.NewReader(http.MaxBytesReader(nil, r.Body, uploadMax))
	if _, err := body.Peek(1); err == io.EOF {
		return nil // some clients announce parts and send none
	}
	parts := multipart.NewReader(body, boundary)
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return bodyError(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return bodyError(err)
		}
		// Part.FileName keeps the last element of the path alone, as the server does.
		if named(part) {
			p.files[part.FormName()] = &Upload{Name: part.FileName(), MIME: part.Header.Get("Content-Type"), Data: data}
			continue
		}
		p.vals[part.FormName()] = string(data)
	}
}

// named reports a part that says how its file is called, if only with nothing between the quotes.
func named(part *multipart.Part) bool {
	_, said, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	_, ok := said["filename"]
	return ok
}

func bodyError(err error) *apiError {
	if _, ok := err.(*http.MaxBytesError); ok {
		return tooLarge()
	}
	return bad("Can't parse multipart body")
}

func (p *params) str(name string) string { return p.vals[name] }

// flag reads a boolean as leniently as the server: true, yes or 1 in any case.
func (p *params) flag(name string) bool {
	switch strings.ToLower(strings.TrimSpace(p.vals[name])) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// integer reads a number and keeps it between low and high; what is no number is def.
func (p *params) integer(name string, def, low, high int64) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(p.vals[name]), 10, 64)
	if err != nil {
		n = def
	}
	return min(max(n, low), high)
}

// logged returns the arguments for the log: files by name and size, JSON as JSON.
func (p *params) logged() map[string]any {
	out := map[string]any{}
	for k, v := range p.vals {
		if t := strings.TrimSpace(v); len(t) > 0 && (t[0] == '{' || t[0] == '[') && json.Valid([]byte(t)) {
			out[k] = json.RawMessage(t)
		} else {
			out[k] = v
		}
	}
	for k, f := range p.files {
		out[k] = map[string]any{"name": f.Name, "mime": f.MIME, "size": len(f.Data)}
	}
	return out
}
