package slackapi

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Rich text, tables and charts.

var richStyle = object(field{"bold", false, boolean}, field{"italic", false, boolean}, field{"strike", false, boolean}, field{"code", false, boolean},
	field{"underline", false, boolean}, field{"highlight", false, boolean}, field{"client_highlight", false, boolean}, field{"unlink", false, boolean})

// richElement is a section, list, quote or preformatted part of a rich text.
func richElement(k *checker, v any, at string) {
	m, ok := v.(map[string]any)
	if !ok {
		k.say(at, "must provide an object")
		return
	}
	inline := field{"elements", true, list(0, 1000, richInline)}
	kind := field{"type", true, nil}
	border := field{"border", false, integer(0, 1)}
	switch m["type"] {
	case "rich_text_section":
		k.object(m, at, []field{kind, inline})
	case "rich_text_quote":
		k.object(m, at, []field{kind, inline, border})
	case "rich_text_preformatted":
		k.object(m, at, []field{kind, inline, border, {"language", false, str(0, 255)}})
	case "rich_text_list":
		k.object(m, at, []field{kind, {"style", true, enum("bullet", "ordered")}, {"indent", false, integer(0, 8)}, {"offset", false, integer(0, 1000)},
			border, {"elements", true, list(1, 1000, richListItem)}})
	default:
		k.say(at+"/type", "unsupported type: %v", m["type"])
	}
}

func richListItem(k *checker, v any, at string) {
	m, _ := v.(map[string]any)
	if m["type"] != "rich_text_section" && m["type"] != "rich_text_list" {
		k.say(at+"/type", "unsupported type: %v", m["type"])
		return
	}
	richElement(k, v, at)
}

// richInlines are the members of each inline element besides type and style. Those that
// only Slack itself makes are not looked into.
func richInlines() map[string][]field {
	name := func(n string) field { return field{n, true, str(1, 255)} }
	model := field{"from_llm", false, boolean}
	return map[string][]field{
		"text":      {{"text", true, str(1, 40000)}},
		"link":      {{"url", true, str(1, 3000)}, {"text", false, str(0, 3000)}, {"unsafe", false, boolean}, model, {"is_slack_url", false, boolean}, {"truncated", false, boolean}},
		"emoji":     {name("name"), {"skin_tone", false, integer(1, 6)}, {"unicode", false, str(0, 255)}, {"url", false, str(0, 3000)}},
		"user":      {name("user_id"), model},
		"usergroup": {name("usergroup_id")},
		"channel":   {name("channel_id"), {"tab_id", false, str(0, 255)}, model},
		"team":      {name("team_id")},
		"broadcast": {{"range", true, enum("here", "channel", "everyone")}},
		"color":     {name("value")},
		"date": {{"timestamp", true, integer(0, 1e12)}, name("format"), {"timezone", false, str(0, 255)}, {"url", false, str(0, 3000)},
			{"fallback", false, str(0, 3000)}},
		"tag": {{"text", true, str(1, 255)}, {"color", false, str(0, 255)}},
	}
}

var madeBySlack = set("attachment_mention", "canvas", "canvas_message_unfurl", "canvas_user_mention", "citation", "file", "list_record",
	"message_mention", "salesforce_data_field", "work_object_mention", "workflow_mention")

func richInline(k *checker, v any, at string) {
	m, ok := v.(map[string]any)
	if !ok {
		k.say(at, "must provide an object")
		return
	}
	kind, _ := m["type"].(string)
	fields, known := richInlines()[kind]
	if !known {
		if !madeBySlack[kind] {
			k.say(at+"/type", "unsupported type: %v", m["type"])
		}
		return
	}
	k.object(m, at, append([]field{{"type", true, nil}, {"style", false, richStyle}}, fields...))
}

// tableCell is a cell of a table; null is an empty one.
func tableCell(k *checker, v any, at string) {
	m, ok := v.(map[string]any)
	switch {
	case v == nil:
	case !ok:
		k.say(at, "must provide an object")
	case m["type"] == "raw_text":
		k.object(m, at, []field{{"type", true, nil}, {"text", true, str(0, 10000)}})
	case m["type"] == "raw_number":
		k.object(m, at, []field{{"type", true, nil}, {"value", true, numeric}, {"text", false, str(0, 10000)}})
	case m["type"] == "rich_text":
		k.object(m, at, []field{{"type", true, nil}, {"elements", true, list(1, 1000, richElement)}, {"block_id", false, str(0, 255)}})
	default:
		k.say(at+"/type", "unsupported type: %v", m["type"])
	}
}

// tableShape wants at most 10,000 characters in all cells.
func tableShape(k *checker, m map[string]any, at string) {
	if n := blockText(m["rows"]); n > 10000 {
		k.say(at+"/rows", "must be less than 10001 characters")
	}
}

func dataCell(k *checker, v any, at string) {
	m, _ := v.(map[string]any)
	if m["type"] != "action_cell" {
		if v == nil {
			k.say(at, "must provide an object")
			return
		}
		tableCell(k, v, at)
		return
	}
	k.object(m, at, []field{{"type", true, nil}, {"element", true, element(set("button"))}, {"fallback", false, tableCell}})
}

// dataTableShape wants rows of one length: the first row is the header.
func dataTableShape(k *checker, m map[string]any, at string) {
	rows, _ := m["rows"].([]any)
	width := -1
	for i, r := range rows {
		cells, _ := r.([]any)
		if width < 0 {
			width = len(cells)
		}
		if len(cells) != width {
			k.say(fmt.Sprintf("%s/rows/%d", at, i), "must have as many cells as the first row")
		}
	}
	if n, ok := m["row_header_column_index"].(float64); ok && width >= 0 && int(n) >= width {
		k.say(at+"/row_header_column_index", "must be less than the number of columns")
	}
	if n := blockText(rows); n > 20000 {
		k.say(at+"/rows", "must be less than 20001 characters")
	}
}

// countChart allows two charts in a message.
func countChart(k *checker, m map[string]any, at string) {
	if k.charts++; k.charts == 3 {
		k.problems = append(k.problems, "too many data_visualization blocks")
	}
}

// chart is a pie, or a chart with axes.
func chart(k *checker, v any, at string) {
	m, _ := v.(map[string]any)
	kind := field{"type", true, nil}
	label := field{"label", true, str(1, 20)}
	switch m["type"] {
	case "pie":
		slice := func(k *checker, v any, at string) {
			m := k.object(v, at, []field{label, {"value", true, numeric}})
			if n, ok := m["value"].(float64); ok && n <= 0 {
				k.say(at+"/value", "must be greater than 0")
			}
		}
		k.object(m, at, []field{kind, {"segments", true, list(1, 6, slice)}})
	case "bar", "area", "line":
		point := object(label, field{"value", true, numeric})
		series := object(field{"name", true, str(1, 20)}, field{"data", true, list(1, 20, point)})
		axes := object(field{"categories", true, list(1, 20, str(1, 20))}, field{"x_label", false, str(0, 50)}, field{"y_label", false, str(0, 50)})
		k.object(m, at, []field{kind, {"series", true, list(1, 6, series)}, {"axis_config", true, axes}})
		k.chartData(m, at)
	default:
		k.say(at+"/type", "unsupported type: %v", m["type"])
	}
}

// chartData wants names that are unique and one point per category in each series.
func (k *checker) chartData(m map[string]any, at string) {
	axes, _ := m["axis_config"].(map[string]any)
	categories, _ := axes["categories"].([]any)
	series, _ := m["series"].([]any)
	names := map[string]bool{}
	for i, s := range series {
		obj, _ := s.(map[string]any)
		name := stringOf(obj["name"])
		if names[name] && utf8.RuneCountInString(name) > 0 {
			k.say(at+"/series/"+strconv.Itoa(i)+"/name", "must be unique")
		}
		names[name] = true
		points := map[string]bool{}
		data, _ := obj["data"].([]any)
		for _, p := range data {
			point, _ := p.(map[string]any)
			points[stringOf(point["label"])] = true
		}
		whole := len(data) == len(categories)
		for _, c := range categories {
			whole = whole && points[stringOf(c)]
		}
		if !whole {
			k.say(at+"/series/"+strconv.Itoa(i)+"/data", "must have exactly one point for each category")
		}
	}
}
