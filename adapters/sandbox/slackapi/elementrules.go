package slackapi

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

func set(names ...string) map[string]bool {
	out := map[string]bool{}
	for _, n := range names {
		out[n] = true
	}
	return out
}

var selects = []string{"static_select", "external_select", "users_select", "conversations_select", "channels_select",
	"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select"}

// Which elements may stand where.
var (
	accessories = set(append([]string{"image", "button", "workflow_button", "overflow", "datepicker", "timepicker", "checkboxes",
		"radio_buttons"}, selects...)...)
	actionElements = set(append([]string{"button", "workflow_button", "overflow", "datepicker", "timepicker", "datetimepicker",
		"checkboxes", "radio_buttons", "rich_text_input"}, selects...)...)
	inputElements = set(append([]string{"plain_text_input", "rich_text_input", "email_text_input", "url_text_input", "number_input",
		"file_input", "datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons"}, selects...)...)
)

// elementRule is what a type of element must look like.
type elementRule struct {
	fields []field
	more   func(k *checker, m map[string]any, at string)
}

var (
	actionIDField = field{"action_id", false, str(0, 255)}
	confirmField  = field{"confirm", false, confirm}
	focusField    = field{"focus_on_load", false, boolean}
	holderField   = field{"placeholder", false, plain(150)}
	dispatchField = field{"dispatch_action_config", false, object(field{"trigger_actions_on", false, list(1, 2, enum("on_enter_pressed", "on_character_entered"))})}
	labelField    = field{"accessibility_label", false, str(0, 75)}
	visibleField  = field{"visible_to_user_ids", false, list(0, 1000, str(1, 255))}
	styleField    = field{"style", false, enum("primary", "danger")}
)

// elementRules are all types of element that an app may send.
func elementRules() map[string]elementRule {
	word := []field{actionIDField, holderField, {"initial_value", false, str(0, 3000)}, dispatchField, focusField}
	rules := map[string]elementRule{
		"button": {fields: []field{{"text", true, plain(75)}, actionIDField, {"url", false, address(3000)}, {"value", false, str(0, 2000)}, styleField,
			confirmField, labelField, {"agent_prompt", false, str(0, 3000)}, {"agent_prompt_display", false, str(0, 3000)}, visibleField}},
		"icon_button": {fields: []field{{"icon", true, str(1, 255)}, {"text", true, plain(75)}, actionIDField, {"value", false, str(0, 2000)},
			confirmField, labelField, visibleField}},
		"workflow_button":  {fields: []field{{"text", true, plain(75)}, {"workflow", true, workflow}, actionIDField, styleField, labelField}},
		"feedback_buttons": {fields: []field{actionIDField, {"positive_button", true, feedbackButton}, {"negative_button", true, feedbackButton}}},
		"overflow":         {fields: []field{actionIDField, {"options", true, list(1, 5, option("plain_text", true))}, confirmField}},
		"datepicker":       {fields: []field{actionIDField, holderField, {"initial_date", false, date(time.DateOnly, "date")}, confirmField, focusField}},
		"timepicker": {fields: []field{actionIDField, holderField, {"initial_time", false, date("15:04", "time")}, confirmField,
			{"timezone", false, str(1, 255)}, focusField}},
		"datetimepicker": {fields: []field{actionIDField, {"initial_date_time", false, integer(1e9, 9999999999)}, confirmField, focusField}},
		"checkboxes": {more: initialMany, fields: []field{actionIDField, {"options", true, list(1, 10, option("", false))},
			{"initial_options", false, list(1, 10, anything)}, confirmField, focusField, visibleField}},
		"radio_buttons": {more: initialOne, fields: []field{actionIDField, {"options", true, list(1, 10, option("", false))},
			{"initial_option", false, anything}, confirmField, focusField}},
		"plain_text_input": {more: textBounds, fields: append([]field{{"multiline", false, boolean}, {"min_length", false, integer(0, 3000)},
			{"max_length", false, integer(1, 3000)}}, word...)},
		"email_text_input": {fields: word},
		"url_text_input":   {fields: word},
		"number_input": {more: numberBounds, fields: append([]field{{"is_decimal_allowed", true, boolean}, {"min_value", false, decimal},
			{"max_value", false, decimal}}, word...)},
		"rich_text_input": {fields: []field{actionIDField, holderField, {"initial_value", false, nestedBlock("rich_text")}, dispatchField, focusField,
			{"min_lines", false, integer(1, 100)}, {"max_lines", false, integer(1, 100)}}},
		"file_input": {fields: []field{actionIDField, {"filetypes", false, list(1, 100, str(1, 50))}, {"max_files", false, integer(1, 10)}}},
	}
	for name, r := range selectRules() {
		rules[name] = r
	}
	return rules
}

// selectRules are the ten menus: five sources, one or many choices.
func selectRules() map[string]elementRule {
	common := []field{actionIDField, holderField, confirmField, focusField}
	many := field{"max_selected_items", false, integer(1, 1000)}
	query := field{"min_query_length", false, integer(0, 1000)}
	opts := []field{{"options", false, list(1, 100, option("plain_text", false))}, {"option_groups", false, list(1, 100, optionGroup)}}
	filter := field{"filter", false, object(field{"include", false, list(1, 4, enum("im", "mpim", "private", "public"))},
		field{"exclude_external_shared_channels", false, boolean}, field{"exclude_bot_users", false, boolean})}
	here := field{"default_to_current_conversation", false, boolean}
	respond := field{"response_url_enabled", false, boolean}
	one := func(name string, r rule) field { return field{name, false, r} }
	ids := list(1, 1000, str(1, 255))
	with := func(more ...field) []field { return append(slices.Clone(common), more...) }

	return map[string]elementRule{
		"static_select":              {more: staticSelect, fields: append(with(one("initial_option", anything)), opts...)},
		"multi_static_select":        {more: staticSelect, fields: append(with(one("initial_options", list(1, 100, anything)), many), opts...)},
		"external_select":            {fields: with(one("initial_option", option("plain_text", false)), query)},
		"multi_external_select":      {fields: with(one("initial_options", list(1, 100, option("plain_text", false))), query, many)},
		"users_select":               {fields: with(one("initial_user", str(1, 255)))},
		"multi_users_select":         {fields: with(one("initial_users", ids), many)},
		"channels_select":            {fields: with(one("initial_channel", str(1, 255)), respond)},
		"multi_channels_select":      {fields: with(one("initial_channels", ids), many)},
		"conversations_select":       {fields: with(one("initial_conversation", str(1, 255)), here, respond, filter)},
		"multi_conversations_select": {fields: with(one("initial_conversations", ids), here, filter, many)},
	}
}

// element is one element of the given types.
func element(allowed map[string]bool) rule {
	return func(k *checker, v any, at string) {
		m, ok := v.(map[string]any)
		if !ok {
			k.say(at, "must provide an object")
			return
		}
		kind, _ := m["type"].(string)
		switch {
		case m["type"] == nil:
			k.say(at, "missing required field: type")
			return
		case !allowed[kind]:
			k.say(at+"/type", "unsupported type: %v", m["type"])
			return
		case kind == "image":
			imageElement(k, v, at)
			return
		}
		r := k.elementRule(kind)
		k.object(m, at, append([]field{{"type", true, nil}}, r.fields...))
		if r.more != nil {
			r.more(k, m, at)
		}
		if m["focus_on_load"] == true {
			if k.focus {
				k.say(at+"/focus_on_load", "only one element may have focus_on_load")
			}
			k.focus = true
		}
	}
}

func elementList(min, max int, allowed map[string]bool) rule { return list(min, max, element(allowed)) }

func imageElement(k *checker, v any, at string) {
	m := k.object(v, at, []field{{"type", true, enum("image")}, {"alt_text", true, str(1, 2000)}, {"image_url", false, address(3000)}, {"slack_file", false, slackFile}})
	if m != nil {
		imageSource(k, m, at)
	}
}

// option is an option object; kind restricts its text, withURL allows a link as in an
// overflow menu.
func option(kind string, withURL bool) rule {
	label := textObject(75, "plain_text", "mrkdwn")
	if kind != "" {
		label = textObject(75, kind)
	}
	fields := []field{{"text", true, label}, {"value", true, str(1, 75)}, {"description", false, label}}
	if withURL {
		fields = append(fields, field{"url", false, address(3000)})
	}
	return object(fields...)
}

func optionGroup(k *checker, v any, at string) {
	k.object(v, at, []field{{"label", true, plain(75)}, {"options", true, list(1, 100, option("plain_text", false))}})
}

func confirm(k *checker, v any, at string) {
	k.object(v, at, []field{{"title", true, plain(100)}, {"text", true, text(300)}, {"confirm", true, plain(30)}, {"deny", true, plain(30)}, styleField})
}

func feedbackButton(k *checker, v any, at string) {
	k.object(v, at, []field{{"text", true, plain(75)}, {"value", true, str(1, 2000)}, labelField})
}

func workflow(k *checker, v any, at string) {
	input := object(field{"name", true, str(1, 255)}, field{"value", true, anything})
	k.object(v, at, []field{{"trigger", true, object(field{"url", true, address(3000)}, field{"customizable_input_parameters", false, list(0, 100, input)})}})
}

func date(layout, what string) rule {
	return func(k *checker, v any, at string) {
		s, ok := v.(string)
		if !ok {
			k.say(at, "must provide a string")
			return
		}
		if _, err := time.Parse(layout, s); err != nil {
			k.say(at, "must provide a valid %s", what)
		}
	}
}

func decimal(k *checker, v any, at string) {
	s, ok := v.(string)
	if !ok {
		k.say(at, "must provide a string")
		return
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil || strings.ContainsAny(s, "eExXnN") {
		k.say(at, "must provide a number in a string")
	}
}

func textBounds(k *checker, m map[string]any, at string) {
	min, _ := m["min_length"].(float64)
	max, limited := m["max_length"].(float64)
	if limited && max < min {
		k.say(at+"/max_length", "must be at least min_length")
	}
}

func numberBounds(k *checker, m map[string]any, at string) {
	value := func(name string) (float64, bool) {
		f, err := strconv.ParseFloat(stringOf(m[name]), 64)
		return f, err == nil
	}
	min, low := value("min_value")
	max, high := value("max_value")
	first, preset := value("initial_value")
	if low && high && max < min {
		k.say(at+"/max_value", "must be at least min_value")
	}
	if preset && (low && first < min || high && first > max) {
		k.say(at+"/initial_value", "must lie between min_value and max_value")
	}
}

// staticSelect wants options or groups of them, not both.
func staticSelect(k *checker, m map[string]any, at string) {
	if m["options"] == nil && m["option_groups"] == nil {
		k.say(at, "missing required field: options")
	}
	if m["options"] != nil && m["option_groups"] != nil {
		k.say(at, "must provide only one of options and option_groups")
	}
	initialOne(k, m, at)
	initialMany(k, m, at)
}

// initialOne wants the preset option to be one of the options, in all its parts.
func initialOne(k *checker, m map[string]any, at string) {
	if o := m["initial_option"]; o != nil && !offered(m, o) {
		k.say(at+"/initial_option", "must match one of the options")
	}
}

func initialMany(k *checker, m map[string]any, at string) {
	l, _ := m["initial_options"].([]any)
	for i, o := range l {
		if !offered(m, o) {
			k.say(at+"/initial_options/"+strconv.Itoa(i), "must match one of the options")
		}
	}
}

func offered(m map[string]any, want any) bool {
	for _, o := range options(m) {
		if reflect.DeepEqual(any(o), want) {
			return true
		}
	}
	return false
}
