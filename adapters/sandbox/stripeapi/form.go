package stripeapi

import (
	"encoding/json"
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// node is one value of Stripe's bracketed form encoding: a text, or named children.
// "line_items[0][quantity]=2" is a node "line_items" with a child "0" with a child
// "quantity". A list is a node whose children are named by numbers.
type node struct {
	text string
	kids map[string]*node
}

// depthMax bounds the nesting of a form; Stripe's deepest parameter needs six.
const depthMax = 12

// parseForm reads a form or query. It returns an error for broken escapes, unbalanced
// brackets and a name that is both a value and a hash.
func parseForm(body string) (*node, error) {
	root := &node{kids: map[string]*node{}}
	if body == "" {
		return root, nil
	}
	for _, pair := range strings.Split(body, "&") {
		if pair == "" {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(k)
		if err != nil {
			return root, fmt.Errorf("the name %q is not well encoded", k)
		}
		val, err := url.QueryUnescape(v)
		if err != nil {
			return root, fmt.Errorf("the value of %s is not well encoded", key)
		}
		if err := root.put(key, val); err != nil {
			return root, err
		}
	}
	return root, nil
}

func (n *node) put(key, val string) error {
	path, err := splitKey(key)
	if err != nil {
		return err
	}
	at := n
	for i, name := range path {
		if name == "" { // "expand[]": the next free number
			name = strconv.Itoa(len(at.kids))
		}
		kid := at.kids[name]
		if kid == nil {
			kid = &node{}
			at.kids[name] = kid
		}
		last := i == len(path)-1
		if last && kid.kids != nil || !last && kid.text != "" {
			return fmt.Errorf("%s is given both as a value and as a hash", key)
		}
		if last {
			kid.text = val
			return nil
		}
		if kid.kids == nil {
			kid.kids = map[string]*node{}
		}
		at = kid
	}
	return nil
}

func splitKey(key string) ([]string, error) {
	head, rest, nested := strings.Cut(key, "[")
	if head == "" {
		return nil, fmt.Errorf("a parameter has no name")
	}
	path := []string{head}
	if !nested {
		return path, nil
	}
	if !strings.HasSuffix(rest, "]") {
		return nil, fmt.Errorf("the brackets of %s do not match", key)
	}
	path = append(path, strings.Split(rest[:len(rest)-1], "][")...)
	if len(path) > depthMax {
		return nil, fmt.Errorf("%s is nested too deeply", key)
	}
	for _, p := range path {
		if strings.ContainsAny(p, "[]") {
			return nil, fmt.Errorf("the brackets of %s do not match", key)
		}
	}
	return path, nil
}

// at returns the node under the names, or nil.
func (n *node) at(path ...string) *node {
	for _, p := range path {
		if n == nil {
			return nil
		}
		n = n.kids[p]
	}
	return n
}

// str returns the text under the names, "" when absent.
func (n *node) str(path ...string) string {
	if x := n.at(path...); x != nil {
		return x.text
	}
	return ""
}

// list returns the children in the order of their numbers.
func (n *node) list() []*node {
	if n == nil {
		return nil
	}
	var out []*node
	for _, k := range n.names() {
		out = append(out, n.kids[k])
	}
	return out
}

// names returns the children's names, numbers by value, others by letter.
func (n *node) names() []string {
	if n == nil {
		return nil
	}
	out := make([]string, 0, len(n.kids))
	for k := range n.kids {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool {
		a, errA := strconv.Atoi(out[i])
		b, errB := strconv.Atoi(out[j])
		if errA == nil && errB == nil {
			return a < b
		}
		return out[i] < out[j]
	})
	return out
}

// texts returns the children that are texts, by name: Stripe's metadata.
func (n *node) texts() map[string]string {
	out := map[string]string{}
	if n == nil {
		return out
	}
	for k, kid := range n.kids {
		if kid.text != "" { // an empty value unsets a key
			out[k] = kid.text
		}
	}
	return out
}

// MarshalJSON writes the form as the object that it means, for the log.
func (n *node) MarshalJSON() ([]byte, error) {
	if n.kids == nil {
		return json.Marshal(n.text)
	}
	return json.Marshal(n.kids)
}

// allow refuses children whose names are not known. A known name may be followed by
// "[a,b]" levels in the schema: see the map below.
func (n *node) allow(schema schema, prefix string) *apiError {
	if n == nil {
		return nil
	}
	for _, name := range n.names() {
		full := name
		if prefix != "" {
			full = prefix + "[" + name + "]"
		}
		sub, ok := schema[name]
		if !ok {
			sub, ok = schema["*"]
		}
		if !ok {
			return wrong(full, "parameter_unknown", "Received unknown parameter: %s", full)
		}
		if sub == nil { // a value, or a hash that is taken as it is
			continue
		}
		if n.kids[name].kids == nil && n.kids[name].text != "" {
			return wrong(full, "", "Invalid %s: must be a hash or an array", full)
		}
		if err := n.kids[name].allow(sub, full); err != nil {
			return err
		}
	}
	return nil
}

// schema names the parameters that are known; "*" stands for every name (a list's
// numbers). A nil schema is a value.
type schema map[string]schema

func values(names ...string) schema {
	out := schema{}
	for _, n := range names {
		out[n] = nil
	}
	return out
}
