package slackapi

import (
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// incomplete are the complaints of Slack's client about a form, by block_id.
func incomplete(v *view) map[string]string {
	out := map[string]string{}
	now := state(v.blocks(), v.Typed)
	for _, p := range places(v.blocks()) {
		if !p.input() {
			continue
		}
		entry, _ := now[p.blockID][p.action()].(map[string]any)
		if problem := complaint(p, entry[interactive[p.kind()]]); problem != "" {
			out[p.blockID] = problem
		}
	}
	return out
}

// complaint is what is wrong with one input, or "".
func complaint(p place, v any) string {
	list, _ := v.([]any)
	text, _ := v.(string)
	if v == nil || isList(interactive[p.kind()]) && len(list) == 0 || interactive[p.kind()] == "value" && strings.TrimSpace(text) == "" {
		if p.block["optional"] == true {
			return ""
		}
		return "Please complete this required field."
	}
	if max, ok := p.element["max_selected_items"].(float64); ok && len(list) > int(max) {
		return fmt.Sprintf("Please choose at most %d.", int(max))
	}
	switch p.kind() {
	case "plain_text_input":
		return lengthComplaint(p.element, text)
	case "number_input":
		return numberComplaint(p.element, text)
	case "email_text_input":
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return "Please enter a valid email address."
		}
	case "url_text_input":
		if u, err := url.Parse(text); err != nil || u.Scheme == "" || u.Host == "" {
			return "Please enter a valid URL."
		}
	}
	return ""
}

func lengthComplaint(e map[string]any, text string) string {
	n := utf8.RuneCountInString(text)
	if min, ok := e["min_length"].(float64); ok && n < int(min) {
		return fmt.Sprintf("Please enter at least %d characters.", int(min))
	}
	max := 3000
	if m, ok := e["max_length"].(float64); ok && m > 0 {
		max = int(m)
	}
	if n > max {
		return fmt.Sprintf("Please enter at most %d characters.", max)
	}
	return ""
}

func numberComplaint(e map[string]any, text string) string {
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return "Please enter a number."
	case e["is_decimal_allowed"] != true && strings.ContainsAny(text, ".,eE"):
		return "Please enter a whole number."
	}
	if min, err := strconv.ParseFloat(stringOf(e["min_value"]), 64); err == nil && n < min {
		return "Please enter a number of at least " + stringOf(e["min_value"]) + "."
	}
	if max, err := strconv.ParseFloat(stringOf(e["max_value"]), 64); err == nil && n > max {
		return "Please enter a number of at most " + stringOf(e["max_value"]) + "."
	}
	return ""
}
