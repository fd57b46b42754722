package slackapi

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// interactive are the element types that a person can use. The value is the field of the
// state that holds the choice; "" for those that keep none.
var interactive = map[string]string{
	"button": "", "workflow_button": "", "icon_button": "", "feedback_buttons": "", "overflow": "",
	"plain_text_input": "value", "email_text_input": "value", "url_text_input": "value", "number_input": "value",
	"rich_text_input": "rich_text_value", "file_input": "files",
	"static_select": "selected_option", "external_select": "selected_option", "radio_buttons": "selected_option",
	"multi_static_select": "selected_options", "multi_external_select": "selected_options", "checkboxes": "selected_options",
	"users_select": "selected_user", "multi_users_select": "selected_users",
	"channels_select": "selected_channel", "multi_channels_select": "selected_channels",
	"conversations_select": "selected_conversation", "multi_conversations_select": "selected_conversations",
	"datepicker": "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time",
}

// initials are the fields by which an app presets a choice.
var initials = map[string]string{
	"value": "initial_value", "rich_text_value": "initial_value", "selected_option": "initial_option", "selected_options": "initial_options",
	"selected_user": "initial_user", "selected_users": "initial_users", "selected_channel": "initial_channel",
	"selected_channels": "initial_channels", "selected_conversation": "initial_conversation",
	"selected_conversations": "initial_conversations", "selected_date": "initial_date", "selected_time": "initial_time",
	"selected_date_time": "initial_date_time",
}

// eachElement visits the interactive elements of a block in reading order, each with the
// block_id of the nearest block around it.
func eachElement(block map[string]any, f func(e map[string]any, blockID string)) {
	walk(block, stringOf(block["block_id"]), true, f)
}

// order is where elements stand inside a block; other fields hold none.
var order = []string{"element", "accessory", "elements", "actions", "child_blocks", "rows", "items", "block"}

func walk(v any, blockID string, top bool, f func(map[string]any, string)) {
	switch x := v.(type) {
	case []any:
		for _, y := range x {
			walk(y, blockID, false, f)
		}
	case map[string]any:
		if id := stringOf(x["block_id"]); id != "" {
			blockID = id
		}
		if _, ok := interactive[stringOf(x["type"])]; ok && !top {
			f(x, blockID)
			return
		}
		for _, k := range order {
			if x[k] != nil {
				walk(x[k], blockID, false, f)
			}
		}
	}
}

// place is where an element stands.
type place struct {
	element map[string]any
	blockID string
	block   map[string]any
}

func places(blocks []any) []place {
	var out []place
	for _, b := range blocks {
		if block, ok := b.(map[string]any); ok {
			eachElement(block, func(e map[string]any, id string) {
				out = append(out, place{element: e, blockID: id, block: block})
			})
		}
	}
	return out
}

func (p place) kind() string   { return stringOf(p.element["type"]) }
func (p place) action() string { return stringOf(p.element["action_id"]) }

// input reports whether the element belongs to an input block, whose use tells the app
// nothing before the form is sent.
func (p place) input() bool { return p.block["type"] == "input" }

// state is what all inputs of some blocks hold: what was chosen, else what was preset.
func state(blocks []any, typed values) values {
	out := values{}
	for _, p := range places(blocks) {
		field := interactive[p.kind()]
		if field == "" {
			continue
		}
		entry := typed[p.blockID][p.action()]
		if entry == nil {
			entry = preset(p.element)
		}
		if out[p.blockID] == nil {
			out[p.blockID] = map[string]any{}
		}
		out[p.blockID][p.action()] = entry
	}
	return out
}

// preset is the state of an untouched element.
func preset(e map[string]any) map[string]any {
	kind := stringOf(e["type"])
	field := interactive[kind]
	v := e[initials[field]]
	if v == nil && (strings.HasPrefix(kind, "multi_") || kind == "checkboxes" || kind == "file_input") {
		v = []any{}
	}
	out := map[string]any{"type": kind, field: v}
	if tz := stringOf(e["timezone"]); tz != "" {
		out["timezone"] = tz
	}
	return out
}

// kept is what of the typed values still has an input of the same kind.
func kept(blocks []any, typed values) values {
	out := values{}
	for _, p := range places(blocks) {
		old, ok := typed[p.blockID][p.action()].(map[string]any)
		if !ok || old["type"] != p.kind() {
			continue
		}
		if out[p.blockID] == nil {
			out[p.blockID] = map[string]any{}
		}
		out[p.blockID][p.action()] = old
	}
	return out
}

// choose is the state of an element after a person put in v: text, the value or the label
// of an option, a date, or a list of these. nil and "" empty it.
func choose(e map[string]any, v any) (map[string]any, error) {
	kind := stringOf(e["type"])
	field := interactive[kind]
	if field == "" {
		return nil, fmt.Errorf("a %s holds no value", kind)
	}
	out := preset(e)
	if v == nil || v == "" {
		out[field] = nil
		if isList(field) {
			out[field] = []any{}
		}
		return out, nil
	}
	var err error
	out[field], err = chosen(e, field, v)
	return out, err
}

func isList(field string) bool { return strings.HasSuffix(field, "s") }

func chosen(e map[string]any, field string, v any) (any, error) {
	if isList(field) {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		out := []any{}
		for _, x := range list {
			one, err := chosenOne(e, field, x)
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		return out, nil
	}
	return chosenOne(e, field, v)
}

func chosenOne(e map[string]any, field string, v any) (any, error) {
	switch field {
	case "selected_option", "selected_options":
		return optionOf(e, v)
	case "rich_text_value":
		if s, ok := v.(string); ok {
			return richText(s), nil
		}
		return v, nil
	case "files":
		return v, nil
	case "selected_date":
		if _, err := time.Parse(time.DateOnly, stringOf(v)); err != nil {
			return nil, fmt.Errorf("%q is no date; write it like 2026-03-31", stringOf(v))
		}
	case "selected_time":
		if _, err := time.Parse("15:04", stringOf(v)); err != nil {
			return nil, fmt.Errorf("%q is no time; write it like 09:30", stringOf(v))
		}
	case "selected_date_time":
		n, err := strconv.ParseInt(number(v), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no Unix time", stringOf(v))
		}
		return n, nil
	}
	return number(v), nil
}

// number is v as text, without the exponent that large numbers of JSON would get.
func number(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return stringOf(v)
}

// options are all options of an element, those of groups too.
func options(e map[string]any) []map[string]any {
	var out []map[string]any
	take := func(v any) {
		list, _ := v.([]any)
		for _, o := range list {
			if m, ok := o.(map[string]any); ok {
				out = append(out, m)
			}
		}
	}
	take(e["options"])
	groups, _ := e["option_groups"].([]any)
	for _, g := range groups {
		if m, ok := g.(map[string]any); ok {
			take(m["options"])
		}
	}
	return out
}

// optionOf finds an option by its value or its visible text. An external select has no
// options here, so an option object is taken as it is.
func optionOf(e map[string]any, v any) (any, error) {
	want := v
	if m, ok := v.(map[string]any); ok {
		if strings.Contains(stringOf(e["type"]), "external") {
			return m, nil
		}
		want = m["value"]
	}
	for _, o := range options(e) {
		if stringOf(o["value"]) == number(want) {
			return o, nil
		}
	}
	for _, o := range options(e) {
		if sameLabel(textOf(o["text"]), number(want)) {
			return o, nil
		}
	}
	return nil, fmt.Errorf("there is no option %q", number(want))
}

// textOf is the text of a text object.
func textOf(v any) string {
	m, _ := v.(map[string]any)
	return stringOf(m["text"])
}

func sameLabel(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(unescape(a)), strings.TrimSpace(b))
}
