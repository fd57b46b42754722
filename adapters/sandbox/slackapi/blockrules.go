package slackapi

import (
	"fmt"
	"strconv"
	"strings"
)

// blockRule is what a type of block must look like and where it may stand.
type blockRule struct {
	on     string // surfaces, separated by spaces
	fields []field
	more   func(k *checker, m map[string]any, at string) // what fields alone cannot say
}

const everywhere = onMessage + " " + onModal + " " + onHome

// blockRules are all types of block that an app may send. type and block_id are common.
func blockRules() map[string]blockRule {
	return map[string]blockRule{
		"section": {on: everywhere, more: sectionNeedsText, fields: []field{
			{"text", false, text(3000)}, {"fields", false, list(1, 10, text(2000))}, {"accessory", false, element(accessories)}, {"expand", false, boolean}}},
		"header":  {on: everywhere, fields: []field{{"text", true, plain(150)}, {"level", false, integer(1, 4)}}},
		"divider": {on: everywhere},
		"context": {on: everywhere, fields: []field{{"elements", true, list(1, 10, contextElement)}}},
		"actions": {on: everywhere, fields: []field{{"elements", true, elementList(1, 25, actionElements)}}},
		"context_actions": {on: onMessage, fields: []field{
			{"elements", true, elementList(1, 5, map[string]bool{"feedback_buttons": true, "icon_button": true})}}},
		"image": {on: everywhere, more: imageSource, fields: []field{{"alt_text", true, str(1, 2000)}, {"image_url", false, address(3000)},
			{"slack_file", false, slackFile}, {"title", false, plain(2000)}}},
		"input": {on: onModal + " " + onHome, more: inputElement, fields: []field{{"label", true, plain(2000)}, {"element", true, element(inputElements)},
			{"hint", false, plain(2000)}, {"optional", false, boolean}, {"dispatch_action", false, boolean}}},
		"rich_text": {on: everywhere, fields: []field{{"elements", true, list(0, 1000, richElement)}}},
		"markdown":  {on: onMessage, fields: []field{{"text", true, str(1, 12000)}}},
		"video": {on: everywhere, fields: []field{{"alt_text", true, str(1, 2000)}, {"title", true, plain(199)}, {"thumbnail_url", true, address(3000)},
			{"video_url", true, address(3000)}, {"title_url", false, address(3000)}, {"author_name", false, str(0, 49)},
			{"provider_name", false, str(0, 2000)}, {"provider_icon_url", false, address(3000)}, {"description", false, plain(199)}}},
		"file": {on: onMessage, fields: []field{{"external_id", true, str(1, 255)}, {"source", true, enum("remote")}}},
		"call": {on: onMessage, fields: []field{{"call_id", true, str(1, 255)}, {"call", false, anything}, {"api_decoration_available", false, boolean}}},
		"table": {on: onMessage, more: tableShape, fields: []field{{"rows", true, list(1, 100, list(1, 20, tableCell))},
			{"column_settings", false, list(0, 20, orNull(object(field{"align", false, enum("left", "center", "right")}, field{"is_wrapped", false, boolean})))}}},
		"data_table": {on: onMessage, more: dataTableShape, fields: []field{{"caption", true, str(1, 300)}, {"rows", true, list(1, 201, list(1, 20, dataCell))},
			{"page_size", false, integer(1, 100)}, {"row_header_column_index", false, integer(0, 19)}}},
		"data_visualization": {on: onMessage, more: countChart, fields: []field{{"title", true, str(1, 50)}, {"chart", true, chart}}},
		"alert":              {on: onModal, fields: []field{{"text", true, text(200)}, {"level", false, enum("default", "info", "warning", "error", "success")}}},
		"card":               {on: everywhere, fields: cardFields(), more: cardNeedsSomething},
		"carousel":           {on: everywhere, fields: []field{{"elements", true, list(1, 10, cardElement)}}},
		"container": {on: everywhere, more: containerShape, fields: []field{{"title", false, plain(150)}, {"rich_text_title", false, nestedBlock("rich_text")},
			{"subtitle", false, text(150)}, {"icon", false, imageElement}, {"width", false, enum("narrow", "standard", "wide", "full")},
			{"is_collapsible", false, boolean}, {"default_collapsed", false, boolean}, {"has_header_divider", false, boolean}, {"child_blocks", true, children(1, 10)}}},
		"layout": {on: everywhere, fields: []field{{"label", true, str(1, 150)}, {"is_label_visible", false, boolean},
			{"grid_lines", false, enum("none", "rows", "outer")}, {"fallback", false, children(0, 50)},
			{"rows", true, list(1, 5, object(field{"items", true, list(1, 3, layoutItem)}))}}},
		"task_card": {on: onMessage, fields: taskFields()},
		"plan":      {on: onMessage, fields: []field{{"title", true, str(1, 150)}, {"tasks", false, list(0, 50, task)}}},
		"auth_provider": {on: everywhere, fields: []field{{"value", true, str(1, 2000)}, {"name", true, plain(150)}, {"is_connected", true, boolean},
			{"description", false, text(2000)}, {"icon_url", false, address(3000)}, {"auth_url", false, address(3000)},
			{"disconnect_url", false, address(3000)}, {"connected_identity", false, text(150)}, {"connected_context", false, text(150)},
			{"accessory", false, element(map[string]bool{"overflow": true})}, {"fallback", false, children(0, 50)}}},
	}
}

func anything(*checker, any, string) {}

func orNull(r rule) rule {
	return func(k *checker, v any, at string) {
		if v != nil {
			r(k, v, at)
		}
	}
}

// blocks checks a list of blocks, at most max.
func (k *checker) blocks(blocks []any, at string, max int) {
	k.count(blocks, at, 0, max)
	for i, b := range blocks {
		k.block(b, at+"/"+strconv.Itoa(i))
	}
}

func (k *checker) block(v any, at string) {
	m, ok := v.(map[string]any)
	if !ok {
		k.say(at, "must provide an object")
		return
	}
	kind, isText := m["type"].(string)
	r, known := k.blockRule(kind)
	switch {
	case m["type"] == nil:
		k.say(at, "missing required field: type")
		return
	case !isText || !known || !strings.Contains(" "+r.on+" ", " "+k.surface+" "):
		k.say(at+"/type", "unsupported type: %v", m["type"])
		return
	}
	actions := map[string]bool{}
	k.object(m, at, append([]field{{"type", true, nil}, {"block_id", false, str(0, 255)}}, r.fields...))
	k.blockID(m, at)
	eachElementAt(m, at, func(e map[string]any, at string) { k.actionID(e, at, actions) })
	if r.more != nil {
		r.more(k, m, at)
	}
}

func (k *checker) blockID(m map[string]any, at string) {
	id, _ := m["block_id"].(string)
	if id == "" {
		return
	}
	if k.blockIDs[id] {
		k.say(at+"/block_id", "`block_id` \"%s\" already exists", id)
	}
	k.blockIDs[id] = true
}

// actionID refuses an action_id that stands twice in one block.
func (k *checker) actionID(e map[string]any, at string, seen map[string]bool) {
	id, _ := e["action_id"].(string)
	if id == "" {
		return
	}
	if seen[id] {
		k.say(at+"/action_id", "`action_id` \"%s\" already exists", id)
	}
	seen[id] = true
}

// eachElementAt visits the interactive elements directly in a block, with their pointers.
// Blocks inside blocks check their own.
func eachElementAt(m map[string]any, at string, f func(map[string]any, string)) {
	visit := func(v any, at string) {
		e, ok := v.(map[string]any)
		if _, usable := interactive[stringOf(e["type"])]; ok && usable {
			f(e, at)
		}
	}
	visit(m["element"], at+"/element")
	visit(m["accessory"], at+"/accessory")
	for _, name := range []string{"elements", "actions"} {
		l, _ := m[name].([]any)
		for i, v := range l {
			visit(v, fmt.Sprintf("%s/%s/%d", at, name, i))
		}
	}
}

func sectionNeedsText(k *checker, m map[string]any, at string) {
	if m["text"] == nil && m["fields"] == nil {
		k.say(at, "missing required field: text")
	}
}

// imageSource wants exactly one of an address and a file.
func imageSource(k *checker, m map[string]any, at string) {
	url, file := m["image_url"] != nil, m["slack_file"] != nil
	if url == file {
		k.say(at, "must provide exactly one of image_url and slack_file")
	}
}

func inputElement(k *checker, m map[string]any, at string) {
	if k.inputAt == "" {
		k.inputAt = at
	}
}

func slackFile(k *checker, v any, at string) {
	m := k.object(v, at, []field{{"id", false, str(1, 255)}, {"url", false, address(3000)}})
	if m != nil && (m["id"] == nil) == (m["url"] == nil) {
		k.say(at, "must provide exactly one of id and url")
	}
}

func contextElement(k *checker, v any, at string) {
	m, _ := v.(map[string]any)
	switch m["type"] {
	case "image":
		imageElement(k, v, at)
	case "plain_text", "mrkdwn":
		textObject(3000, "plain_text", "mrkdwn")(k, v, at)
	default:
		k.say(at, "unsupported type: %v", m["type"])
	}
}

// children are blocks inside a block. Blocks may nest two deep.
func children(min, max int) rule {
	return func(k *checker, v any, at string) {
		l, ok := v.([]any)
		if !ok {
			k.say(at, "must provide an array")
			return
		}
		k.count(l, at, min, max)
		for i, b := range l {
			k.nested(b, at+"/"+strconv.Itoa(i))
		}
	}
}

func (k *checker) nested(v any, at string) {
	if k.depth >= 2 {
		k.say(at, "blocks are nested too deeply")
		return
	}
	k.depth++
	k.block(v, at)
	k.depth--
}

func nestedBlock(kind string) rule {
	return func(k *checker, v any, at string) {
		if m, _ := v.(map[string]any); m["type"] != kind {
			k.say(at, "must provide a %s block", kind)
			return
		}
		k.nested(v, at)
	}
}

func layoutItem(k *checker, v any, at string) {
	k.object(v, at, []field{{"block", true, func(k *checker, v any, at string) {
		if m, _ := v.(map[string]any); m["type"] == "markdown" || m["type"] == "layout" {
			k.say(at+"/type", "unsupported type: %v", m["type"])
			return
		}
		k.nested(v, at)
	}}, {"width", false, enum("narrow", "standard", "wide")}, {"horizontal_alignment", false, enum("start", "center", "end")}})
}

func containerShape(k *checker, m map[string]any, at string) {
	if m["title"] == nil && m["rich_text_title"] == nil {
		k.say(at, "missing required field: title")
	}
	if m["default_collapsed"] == true && m["is_collapsible"] != true {
		k.say(at+"/default_collapsed", "requires is_collapsible")
	}
	if m["has_header_divider"] == true && m["is_collapsible"] == true {
		k.say(at+"/has_header_divider", "is not supported on collapsible containers")
	}
}

func cardFields() []field {
	return []field{{"hero_image", false, imageElement}, {"icon", false, imageElement},
		{"slack_icon", false, object(field{"type", true, enum("icon")}, field{"name", true, str(1, 255)})},
		{"title", false, text(150)}, {"subtitle", false, text(150)}, {"body", false, text(200)}, {"subtext", false, text(200)},
		{"actions", false, elementList(1, 3, map[string]bool{"button": true})}}
}

func cardNeedsSomething(k *checker, m map[string]any, at string) {
	for _, name := range []string{"hero_image", "title", "body", "actions"} {
		if m[name] != nil {
			return
		}
	}
	k.say(at, "must provide at least one of hero_image, title, body, actions")
}

func cardElement(k *checker, v any, at string) {
	if m, _ := v.(map[string]any); m["type"] != "card" {
		k.say(at+"/type", "unsupported type: %v", m["type"])
		return
	}
	k.nested(v, at)
}

func taskFields() []field {
	source := object(field{"type", true, enum("url")}, field{"url", true, address(3000)}, field{"text", true, str(1, 2000)})
	return []field{{"task_id", true, str(1, 255)}, {"title", true, str(1, 2000)}, {"status", false, enum("pending", "in_progress", "complete", "error")},
		{"details", false, nestedBlock("rich_text")}, {"output", false, nestedBlock("rich_text")}, {"sources", false, list(0, 50, source)}, {"hide_title", false, boolean}}
}

func task(k *checker, v any, at string) {
	k.object(v, at, append([]field{{"type", false, enum("task_card")}, {"block_id", false, str(0, 255)}}, taskFields()...))
}
