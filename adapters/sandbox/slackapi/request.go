package slackapi

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// bodyMax bounds a method's body in bytes; uploads have their own limit.
const bodyMax = 4 << 20

// answer is the JSON of a reply: always with "ok".
type answer map[string]any

// fail is a refusal in Slack's words.
func fail(code string) answer { return answer{"ok": false, "error": code} }

// invalid is a refusal that lists what is wrong, each with its JSON pointer. Slack gives
// the list twice.
func invalid(code string, problems []string) answer {
	marked := []string{}
	for _, p := range problems {
		marked = append(marked, "[ERROR] "+p)
	}
	a := fail(code)
	a["errors"] = problems
	a["response_metadata"] = map[string]any{"messages": marked}
	return a
}

// call is one request for a method, with its arguments wherever they stood.
type call struct {
	s       *Server
	method  string
	args    map[string]any // strings of a form, or the values of a JSON body
	token   string
	base    string // scheme and host that the app used: links in the answer must match
	now     time.Time
	changed bool
	charset string // a warning about what the body's Content-Type says of its letters, or ""
}

// readCall takes the arguments out of query, form, multipart or JSON body. A non-empty
// code is the error to answer.
func readCall(r *http.Request, method string) (c *call, code string) {
	c = &call{method: method, args: map[string]any{}, base: baseOf(r)}
	for k, v := range r.URL.Query() {
		c.args[k] = v[0]
	}
	if r.Method == http.MethodPost {
		if code := c.readBody(r); code != "" {
			return c, code
		}
	}
	c.token, _ = c.args["token"].(string)
	delete(c.args, "token")
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, t, _ := strings.Cut(h, " ")
		if strings.EqualFold(scheme, "Bearer") {
			c.token = strings.TrimSpace(t)
		}
	}
	return c, ""
}

func (c *call) readBody(r *http.Request) (code string) {
	kind, said, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return "invalid_post_type"
	}
	if code := c.readCharset(kind, strings.ToLower(said["charset"])); code != "" {
		return code
	}
	switch kind {
	case "multipart/form-data":
		r.Body = http.MaxBytesReader(nil, r.Body, bodyMax)
		if err := r.ParseMultipartForm(bodyMax); err != nil {
			return "invalid_form_data"
		}
		for k, v := range r.MultipartForm.Value {
			c.args[k] = v[0]
		}
		return ""
	case "application/json", "application/x-www-form-urlencoded", "text/plain", "":
	default:
		return "invalid_post_type"
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, bodyMax))
	if err != nil {
		return "request_timeout"
	}
	args, code := decodeBody(kind, body)
	for k, v := range args {
		c.args[k] = v
	}
	return code
}

// readCharset checks the charset of a Content-Type: JSON should name one, a form need not.
func (c *call) readCharset(kind, charset string) (code string) {
	switch {
	case charset != "" && charset != "utf-8" && charset != "iso-8859-1":
		return "invalid_charset"
	case kind == "application/json" && charset == "":
		c.charset = "missing_charset"
	case kind == "application/x-www-form-urlencoded" && charset != "":
		c.charset = "superfluous_charset"
	}
	return ""
}

// decodeBody reads a JSON object or a form. An empty body has no arguments.
func decodeBody(kind string, body []byte) (args map[string]any, code string) {
	args = map[string]any{}
	if len(strings.TrimSpace(string(body))) == 0 {
		return args, ""
	}
	if kind == "application/json" {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			return args, "invalid_json"
		}
		obj, ok := v.(map[string]any)
		if !ok {
			return args, "json_not_object"
		}
		return obj, ""
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return args, "invalid_form_data"
	}
	for k, v := range form {
		args[k] = v[0]
	}
	return args, ""
}

// baseOf is the address by which the app reached us.
func baseOf(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// str is a text argument; numbers and booleans of a JSON body count as text.
func (c *call) str(name string) string {
	switch v := c.args[name].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func (c *call) has(name string) bool {
	v, ok := c.args[name]
	return ok && v != nil
}

func (c *call) yes(name string) bool {
	switch strings.ToLower(c.str(name)) {
	case "1", "true", "yes", "t":
		return true
	}
	return false
}

// number is a whole number between min and max, or def when the argument is missing.
func (c *call) number(name string, def, min, max int) (int, bool) {
	s := c.str(name)
	if s == "" {
		return def, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= min && n <= max
}

// value is a structured argument: a JSON value, or a string that holds one.
func (c *call) value(name string) (v any, given, ok bool) {
	v, given = c.args[name]
	if !given || v == nil {
		return nil, false, true
	}
	s, isText := v.(string)
	if !isText {
		return v, true, true
	}
	if strings.TrimSpace(s) == "" || s == "null" {
		return nil, false, true
	}
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return nil, true, false
	}
	return v, v != nil, true
}

// need refuses when an argument is missing.
func (c *call) need(names ...string) answer {
	var missing []string
	for _, n := range names {
		if v, ok := c.args[n]; !ok || v == nil || v == "" {
			missing = append(missing, "missing required field: "+n)
		}
	}
	if missing == nil {
		return nil
	}
	return invalid("invalid_arguments", missing)
}

// logged are the arguments as the log may keep them: without tokens.
func (c *call) logged() map[string]any {
	out := map[string]any{}
	for k, v := range c.args {
		if s, ok := v.(string); ok && len(s) > 1 && (s[0] == '{' || s[0] == '[') && json.Valid([]byte(s)) {
			v = json.RawMessage(s)
		}
		out[k] = v
	}
	return out
}

// write sends an answer as Slack does: always 200, unless status says otherwise.
func write(w http.ResponseWriter, status int, a any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(a)
}

// copyOf is v after a turn through JSON: free of what the sender holds on to.
func copyOf(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	json.Unmarshal(b, &out)
	return out
}

// random is n bytes that nobody can guess, in hex.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func stringOf(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
