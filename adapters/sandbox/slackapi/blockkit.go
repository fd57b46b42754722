package slackapi

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ValidateMessage is what Slack would object to in the blocks of a message: sentences that
// end in a JSON pointer, none when all is well.
func ValidateMessage(blocks json.RawMessage) []string {
	var v any
	if err := json.Unmarshal(blocks, &v); err != nil {
		return []string{"must be valid JSON [json-pointer:/blocks]"}
	}
	list, ok := v.([]any)
	if !ok && v != nil {
		return []string{"must provide an array [json-pointer:/blocks]"}
	}
	problems := checkMessage(list, "/blocks")
	if n := blockText(list); n > blockTextMax && len(problems) == 0 {
		problems = append(problems, fmt.Sprintf("msg_blocks_too_long: %d characters in all blocks [json-pointer:/blocks]", n))
	}
	return problems
}

// ValidateView is the same for a modal or a Home tab.
func ValidateView(view json.RawMessage) []string {
	var v map[string]any
	if err := json.Unmarshal(view, &v); err != nil {
		return []string{"must provide an object [json-pointer:/view]"}
	}
	return checkView(v)
}

// Surfaces that blocks may stand on.
const (
	onMessage = "message"
	onModal   = "modal"
	onHome    = "home"
)

// checker collects what is wrong with one message or view.
type checker struct {
	surface  string
	problems []string
	blockIDs map[string]bool
	focus    bool // an element asked for the focus already
	inputAt  string
	charts   int
	depth    int

	// The tables, made once per check.
	blockTable   map[string]blockRule
	elementTable map[string]elementRule
}

func (k *checker) blockRule(kind string) (blockRule, bool) {
	if k.blockTable == nil {
		k.blockTable = blockRules()
	}
	r, ok := k.blockTable[kind]
	return r, ok
}

func (k *checker) elementRule(kind string) elementRule {
	if k.elementTable == nil {
		k.elementTable = elementRules()
	}
	return k.elementTable[kind]
}

// rule checks the value at a JSON pointer.
type rule func(k *checker, v any, at string)

// field is a member of an object. A missing or null one is an error only when need is set.
type field struct {
	name string
	need bool
	rule rule
}

func checkMessage(blocks []any, at string) []string {
	k := &checker{surface: onMessage, blockIDs: map[string]bool{}}
	k.blocks(blocks, at, 50)
	return k.problems
}

func (k *checker) say(at, format string, args ...any) {
	k.problems = append(k.problems, fmt.Sprintf(format, args...)+" [json-pointer:"+at+"]")
}

// object checks the members of an object and that it has no others.
func (k *checker) object(v any, at string, fields []field) map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		k.say(at, "must provide an object")
		return nil
	}
	known := map[string]bool{}
	for _, f := range fields {
		known[f.name] = true
		x := m[f.name]
		switch {
		case x == nil && f.need:
			k.say(at, "missing required field: %s", f.name)
		case x != nil && f.rule != nil:
			f.rule(k, x, at+"/"+pointer(f.name))
		}
	}
	for _, name := range sortedKeys(m) {
		if !known[name] && m[name] != nil {
			k.say(at, "invalid additional property: %s", name)
		}
	}
	return m
}

// pointer escapes a name for a JSON pointer.
func pointer(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func object(fields ...field) rule {
	return func(k *checker, v any, at string) { k.object(v, at, fields) }
}

// str is text of min to max characters.
func str(min, max int) rule {
	return func(k *checker, v any, at string) {
		s, ok := v.(string)
		if !ok {
			k.say(at, "must provide a string")
			return
		}
		k.length(s, at, min, max)
	}
}

func (k *checker) length(s, at string, min, max int) {
	n := utf8.RuneCountInString(s)
	switch {
	case n < min:
		k.say(at, "must be more than %d characters", min-1)
	case n > max:
		k.say(at, "must be less than %d characters", max+1)
	}
}

func enum(allowed ...string) rule {
	return func(k *checker, v any, at string) {
		s, ok := v.(string)
		if !ok {
			k.say(at, "must provide a string")
			return
		}
		for _, a := range allowed {
			if s == a {
				return
			}
		}
		k.say(at, "must be a valid enum value")
	}
}

func boolean(k *checker, v any, at string) {
	if _, ok := v.(bool); !ok {
		k.say(at, "must provide a boolean")
	}
}

func integer(min, max float64) rule {
	return func(k *checker, v any, at string) {
		n, ok := v.(float64)
		switch {
		case !ok || n != float64(int64(n)):
			k.say(at, "must provide an integer")
		case n < min:
			k.say(at, "must be greater than or equal to %s", strconv.FormatFloat(min, 'f', -1, 64))
		case n > max:
			k.say(at, "must be less than or equal to %s", strconv.FormatFloat(max, 'f', -1, 64))
		}
	}
}

func numeric(k *checker, v any, at string) {
	if _, ok := v.(float64); !ok {
		k.say(at, "must provide a number")
	}
}

// list is an array of min to max items.
func list(min, max int, item rule) rule {
	return func(k *checker, v any, at string) {
		l, ok := v.([]any)
		if !ok {
			k.say(at, "must provide an array")
			return
		}
		k.count(l, at, min, max)
		for i, x := range l {
			item(k, x, at+"/"+strconv.Itoa(i))
		}
	}
}

func (k *checker) count(l []any, at string, min, max int) {
	if len(l) < min {
		k.say(at, "must provide at least %d items", min)
	}
	if len(l) > max {
		k.say(at, "no more than %d items allowed", max)
	}
}

// address is an absolute URL, of at most max characters.
func address(max int) rule {
	return func(k *checker, v any, at string) {
		s, ok := v.(string)
		if !ok {
			k.say(at, "must provide a string")
			return
		}
		k.length(s, at, 1, max)
		if u, err := url.Parse(s); s != "" && (err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "") {
			k.say(at, "must provide a valid url")
		}
	}
}

// text is a text object of 1 to max characters. Where both kinds of text are allowed Slack
// says so in a line of its own before the actual complaint.
func text(max int) rule {
	return func(k *checker, v any, at string) {
		before := len(k.problems)
		textObject(max, "plain_text", "mrkdwn")(k, v, at)
		if len(k.problems) > before {
			k.problems = append(k.problems, "")
			copy(k.problems[before+1:], k.problems[before:])
			k.problems[before] = "failed to match all allowed schemas [json-pointer:" + at + "]"
		}
	}
}

func plain(max int) rule { return textObject(max, "plain_text") }

func textObject(max int, kinds ...string) rule {
	return func(k *checker, v any, at string) {
		m, ok := v.(map[string]any)
		if !ok {
			k.say(at, "must provide an object")
			return
		}
		fields := []field{{"type", true, enum(kinds...)}, {"text", true, str(1, max)}}
		if m["type"] == "mrkdwn" {
			fields = append(fields, field{"verbatim", false, boolean})
		} else {
			fields = append(fields, field{"emoji", false, boolean})
		}
		// Clients send the other kind's switch when it is off; only a set one is refused.
		m = withoutFalse(m, "emoji", "verbatim")
		k.object(m, at, fields)
	}
}

// withoutFalse is m without the named members that are false.
func withoutFalse(m map[string]any, names ...string) map[string]any {
	out := map[string]any{}
	for key, v := range m {
		out[key] = v
	}
	for _, n := range names {
		if out[n] == false {
			delete(out, n)
		}
	}
	return out
}

// blockText is the number of characters in all texts of some blocks.
func blockText(v any) int {
	n := 0
	switch x := v.(type) {
	case []any:
		for _, y := range x {
			n += blockText(y)
		}
	case map[string]any:
		for key, y := range x {
			if s, ok := y.(string); ok {
				if key == "text" {
					n += utf8.RuneCountInString(s)
				}
				continue
			}
			n += blockText(y)
		}
	}
	return n
}
