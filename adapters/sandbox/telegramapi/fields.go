package telegramapi

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// fields is a JSON object read as the server reads its own: numbers may be strings and
// strings numbers, and an absent field is told from a wrong one.
type fields map[string]json.RawMessage

func readFields(raw json.RawMessage, wrong string) (fields, error) {
	var f fields
	if err := json.Unmarshal(raw, &f); err != nil || f == nil {
		return nil, errors.New(wrong)
	}
	return f, nil
}

func (f fields) has(name string) bool {
	v, ok := f[name]
	return ok && string(v) != "null"
}

// text reads a string field; a number counts as one.
func (f fields) text(name string, required bool) (string, error) {
	if !f.has(name) {
		if required {
			return "", wordsf("Can't find field \"%s\"", name)
		}
		return "", nil
	}
	raw := strings.TrimSpace(string(f[name]))
	var s string
	switch {
	case json.Unmarshal([]byte(raw), &s) == nil:
		return s, nil
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return raw, nil
	}
	return "", wordsf("Field \"%s\" must be of type String", name)
}

// number reads a required integer field; a string with digits counts as one.
func (f fields) number(name string) (int, error) {
	if !f.has(name) {
		return 0, wordsf("Can't find field \"%s\"", name)
	}
	n, err := strconv.Atoi(strings.Trim(string(f[name]), "\" "))
	if err != nil {
		return 0, wordsf("Field \"%s\" must be of type Number", name)
	}
	return n, nil
}

// flag reads a boolean field; anything but true is false.
func (f fields) flag(name string) bool { return string(f[name]) == "true" }
