package slackapi

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func TestValidateMessage(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	mrkdwn := func(s string) string { return `{"type":"mrkdwn","text":"` + s + `"}` }
	plain := func(s string) string { return `{"type":"plain_text","text":"` + s + `"}` }
	actions := func(e ...string) string { return `[{"type":"actions","elements":[` + strings.Join(e, ",") + `]}]` }
	opt := func(text, value string) string { return `{"text":` + plain(text) + `,"value":"` + value + `"}` }
	menu := func(options string, more string) string {
		return actions(`{"type":"static_select","options":[` + options + `]` + more + `}`)
	}
	for _, c := range []struct {
		name   string
		blocks string
		want   string // problems joined by "; "
	}{
		{"nothing", `[]`, ""},
		{"null", `null`, ""},
		{"no list", `{}`, "must provide an array [json-pointer:/blocks]"},
		{"a text for a block", `["x"]`, "must provide an object [json-pointer:/blocks/0]"},
		{"no type", `[{}]`, "missing required field: type [json-pointer:/blocks/0]"},
		{"unknown type", `[{"type":"banner"}]`, "unsupported type: banner [json-pointer:/blocks/0/type]"},
		{"input in a message", `[{"type":"input"}]`, "unsupported type: input [json-pointer:/blocks/0/type]"},
		{"section", `[{"type":"section","text":` + mrkdwn("x") + `}]`, ""},
		{"empty section", `[{"type":"section"}]`, "missing required field: text [json-pointer:/blocks/0]"},
		{"section of 3000 characters", `[{"type":"section","text":` + mrkdwn(a(3000)) + `}]`, ""},
		{"section of 3001", `[{"type":"section","text":` + mrkdwn(a(3001)) + `}]`,
			"failed to match all allowed schemas [json-pointer:/blocks/0/text]; must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{"characters, not bytes", `[{"type":"header","text":` + plain(strings.Repeat("й", 150)) + `}]`, ""},
		{"empty text", `[{"type":"section","text":` + mrkdwn("") + `}]`,
			"failed to match all allowed schemas [json-pointer:/blocks/0/text]; must be more than 0 characters [json-pointer:/blocks/0/text/text]"},
		{"field of 2001", `[{"type":"section","fields":[` + mrkdwn("x") + `,` + mrkdwn(a(2001)) + `]}]`,
			"failed to match all allowed schemas [json-pointer:/blocks/0/fields/1]; must be less than 2001 characters [json-pointer:/blocks/0/fields/1/text]"},
		{"eleven fields", `[{"type":"section","fields":[` + strings.TrimSuffix(strings.Repeat(mrkdwn("x")+",", 11), ",") + `]}]`,
			"no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		{"mrkdwn header", `[{"type":"header","text":` + mrkdwn("x") + `}]`, "must be a valid enum value [json-pointer:/blocks/0/text/type]"},
		{"header of 151", `[{"type":"header","text":` + plain(a(151)) + `}]`, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		{"emoji in mrkdwn", `[{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}]`,
			"failed to match all allowed schemas [json-pointer:/blocks/0/text]; invalid additional property: emoji [json-pointer:/blocks/0/text]"},
		{"a field of another block", `[{"type":"divider","text":` + plain("x") + `}]`, "invalid additional property: text [json-pointer:/blocks/0]"},
		{"block_id of 256", `[{"type":"divider","block_id":"` + a(256) + `"}]`, "must be less than 256 characters [json-pointer:/blocks/0/block_id]"},
		{"block_id twice", `[{"type":"divider","block_id":"x"},{"type":"divider","block_id":"x"}]`, "`block_id` \"x\" already exists [json-pointer:/blocks/1/block_id]"},
		{"action_id twice in a block", actions(`{"type":"button","text":`+plain("a")+`,"action_id":"x"}`, `{"type":"button","text":`+plain("b")+`,"action_id":"x"}`),
			"`action_id` \"x\" already exists [json-pointer:/blocks/0/elements/1/action_id]"},
		{"action_id in two blocks", `[{"type":"section","text":` + mrkdwn("a") + `,"accessory":{"type":"button","text":` + plain("a") + `,"action_id":"x"}},` +
			`{"type":"section","text":` + mrkdwn("b") + `,"accessory":{"type":"button","text":` + plain("b") + `,"action_id":"x"}}]`, ""},
		{"no elements", actions(), "must provide at least 1 items [json-pointer:/blocks/0/elements]"},
		{"button without text", actions(`{"type":"button"}`), "missing required field: text [json-pointer:/blocks/0/elements/0]"},
		{"button of 76", actions(`{"type":"button","text":` + plain(a(76)) + `}`), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"},
		{"button with a value of 2001", actions(`{"type":"button","text":` + plain("x") + `,"value":"` + a(2001) + `"}`), "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"},
		{"bold button", actions(`{"type":"button","text":` + plain("x") + `,"style":"bold"}`), "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"},
		{"button to nowhere", actions(`{"type":"button","text":` + plain("x") + `,"url":"pay here"}`), "must provide a valid url [json-pointer:/blocks/0/elements/0/url]"},
		{"text input among actions", actions(`{"type":"plain_text_input"}`), "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"},
		{"confirm without deny", actions(`{"type":"button","text":` + plain("x") + `,"confirm":{"title":` + plain("t") + `,"text":` + mrkdwn("x") + `,"confirm":` + plain("c") + `}}`),
			"missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]"},
		{"confirm of 31", actions(`{"type":"button","text":` + plain("x") + `,"confirm":{"title":` + plain("t") + `,"text":` + mrkdwn("x") + `,"confirm":` + plain(a(31)) + `,"deny":` + plain("d") + `}}`),
			"must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]"},
		{"menu", menu(opt("A", "a")+","+opt("B", "b"), `,"initial_option":`+opt("B", "b")), ""},
		{"menu without options", menu("", ""), "must provide at least 1 items [json-pointer:/blocks/0/elements/0/options]"},
		{"101 options", menu(strings.TrimSuffix(strings.Repeat(opt("A", "a")+",", 101), ","), ""), "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"},
		{"value of 76", menu(opt("A", a(76)), ""), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]"},
		{"preset that is no option", menu(opt("A", "a"), `,"initial_option":`+opt("B", "b")), "must match one of the options [json-pointer:/blocks/0/elements/0/initial_option]"},
		{"options and groups", menu(opt("A", "a"), `,"option_groups":[{"label":`+plain("g")+`,"options":[`+opt("A", "a")+`]}]`),
			"must provide only one of options and option_groups [json-pointer:/blocks/0/elements/0]"},
		{"six overflow options", actions(`{"type":"overflow","options":[` + strings.TrimSuffix(strings.Repeat(opt("A", "a")+",", 6), ",") + `]}`),
			"no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]"},
		{"eleven checkboxes", actions(`{"type":"checkboxes","options":[` + strings.TrimSuffix(strings.Repeat(opt("A", "a")+",", 11), ",") + `]}`),
			"no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]"},
		{"no such date", actions(`{"type":"datepicker","initial_date":"2026-02-30"}`), "must provide a valid date [json-pointer:/blocks/0/elements/0/initial_date]"},
		{"placeholder of 151", actions(`{"type":"datepicker","placeholder":` + plain(a(151)) + `}`), "must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]"},
		{"context of eleven", `[{"type":"context","elements":[` + strings.TrimSuffix(strings.Repeat(mrkdwn("x")+",", 11), ",") + `]}]`, "no more than 10 items allowed [json-pointer:/blocks/0/elements]"},
		{"button in a context", `[{"type":"context","elements":[{"type":"button","text":` + plain("x") + `}]}]`, "unsupported type: button [json-pointer:/blocks/0/elements/0]"},
		{"image without alt text", `[{"type":"image","image_url":"https://x.example/a.png"}]`, "missing required field: alt_text [json-pointer:/blocks/0]"},
		{"image from nowhere", `[{"type":"image","alt_text":"x"}]`, "must provide exactly one of image_url and slack_file [json-pointer:/blocks/0]"},
		{"table", `[{"type":"table","rows":[[{"type":"raw_text","text":"a"},null],[{"type":"raw_number","value":2},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x","style":{"bold":true}}]}]}]],"column_settings":[{"align":"right"}]}]`, ""},
		{"cell without text", `[{"type":"table","rows":[[{"type":"raw_text"}]]}]`, "missing required field: text [json-pointer:/blocks/0/rows/0/0]"},
		{"row of 21", `[{"type":"table","rows":[[` + strings.TrimSuffix(strings.Repeat(`{"type":"raw_text","text":"a"},`, 21), ",") + `]]}]`, "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"},
		{"rich list of text", `[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"text","text":"x"}]}]}]`,
			"unsupported type: text [json-pointer:/blocks/0/elements/0/elements/0/type]"},
		{"list style on a section", `[{"type":"rich_text","elements":[{"type":"rich_text_section","style":"bullet","elements":[]}]}]`, "invalid additional property: style [json-pointer:/blocks/0/elements/0]"},
		{"pie", `[{"type":"data_visualization","title":"x","chart":{"type":"pie","segments":[{"label":"a","value":0}]}}]`,
			"must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]"},
		{"bars with a gap", `[{"type":"data_visualization","title":"x","chart":{"type":"bar","series":[{"name":"s","data":[{"label":"a","value":1}]}],"axis_config":{"categories":["a","b"]}}}]`,
			"must have exactly one point for each category [json-pointer:/blocks/0/chart/series/0/data]"},
		{"alert in a message", `[{"type":"alert","text":` + plain("x") + `}]`, "unsupported type: alert [json-pointer:/blocks/0/type]"},
		{"header in a container", `[{"type":"container","title":` + plain("x") + `,"child_blocks":[{"type":"header","text":` + plain("") + `}]}]`,
			"must be more than 0 characters [json-pointer:/blocks/0/child_blocks/0/text/text]"},
		{"a slash in a name", `[{"type":"divider","a/b":1}]`, "invalid additional property: a/b [json-pointer:/blocks/0]"},
		{"11,001 characters in all", `[` + strings.Repeat(`{"type":"section","text":`+mrkdwn(a(2750))+`},`, 4) + `{"type":"section","text":` + mrkdwn("a") + `}]`,
			"msg_blocks_too_long: 11001 characters in all blocks [json-pointer:/blocks]"},
	} {
		if got := strings.Join(ValidateMessage(json.RawMessage(c.blocks)), "; "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestValidateView(t *testing.T) {
	plain := func(s string) string { return `{"type":"plain_text","text":"` + s + `"}` }
	modal := func(blocks, more string) string {
		return `{"type":"modal","title":` + plain("T") + `,"blocks":[` + blocks + `]` + more + `}`
	}
	input := func(element string) string {
		return `{"type":"input","label":` + plain("L") + `,"element":` + element + `}`
	}
	submit := `,"submit":` + plain("S")
	for _, c := range []struct{ name, view, want string }{
		{"modal", modal("", ""), ""},
		{"not an object", `[]`, "must provide an object [json-pointer:/view]"},
		{"no blocks", `{"type":"modal","title":` + plain("T") + `,"blocks":null}`, "missing required field: blocks [json-pointer:/view]"},
		{"no title", `{"type":"modal","blocks":[]}`, "missing required field: title [json-pointer:/view]"},
		{"home", `{"type":"home","blocks":[{"type":"divider"}]}`, ""},
		{"home with a title", `{"type":"home","title":` + plain("T") + `,"blocks":[]}`, "invalid additional property: title [json-pointer:/view]"},
		{"workflow step", `{"type":"workflow_step","blocks":[]}`, "unsupported type: workflow_step [json-pointer:/view/type]"},
		{"private_metadata of 3001", modal("", `,"private_metadata":"`+strings.Repeat("a", 3001)+`"`), "must be less than 3001 characters [json-pointer:/view/private_metadata]"},
		{"input without submit", modal(`{"type":"divider"},`+input(`{"type":"plain_text_input"}`), ""), "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]"},
		{"input", modal(input(`{"type":"plain_text_input","max_length":10}`), submit), ""},
		{"button as an input", modal(input(`{"type":"button","text":`+plain("x")+`}`), submit), "unsupported type: button [json-pointer:/view/blocks/0/element/type]"},
		{"number without decimals said", modal(input(`{"type":"number_input"}`), submit), "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]"},
		{"min above max", modal(input(`{"type":"number_input","is_decimal_allowed":false,"min_value":"5","max_value":"4"}`), submit), "must be at least min_value [json-pointer:/view/blocks/0/element/max_value]"},
		{"eleven files", modal(input(`{"type":"file_input","max_files":11}`), submit), "must be less than or equal to 10 [json-pointer:/view/blocks/0/element/max_files]"},
		{"table in a modal", modal(`{"type":"table","rows":[]}`, ""), "unsupported type: table [json-pointer:/view/blocks/0/type]"},
		{"alert in a modal", modal(`{"type":"alert","text":`+plain("x")+`,"level":"warning"}`, ""), ""},
		{"101 blocks", modal(strings.TrimSuffix(strings.Repeat(`{"type":"divider"},`, 101), ","), ""), "no more than 100 items allowed [json-pointer:/view/blocks]"},
		{"two with the focus", modal(input(`{"type":"datepicker","focus_on_load":true}`)+","+input(`{"type":"timepicker","focus_on_load":true}`), submit),
			"only one element may have focus_on_load [json-pointer:/view/blocks/1/element/focus_on_load]"},
	} {
		if got := strings.Join(ValidateView(json.RawMessage(c.view)), "; "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// What the client library's own constructors make is accepted.
func TestLibraryBlocksAreValid(t *testing.T) {
	opt := slack.NewOptionBlockObject("v", words("O"), nil)
	url := "https://x.example/a.png"
	confirm := slack.NewConfirmationBlockObject(words("T"), words("Q"), words("Y"), words("N"))
	para := slack.NewRichTextSection(slack.NewRichTextSectionTextElement("x", &slack.RichTextSectionTextStyle{Bold: true}), slack.NewRichTextSectionLinkElement("https://x.example", "x", nil),
		slack.NewRichTextSectionUserElement("USALES0001", nil))
	bars := slack.NewDataVisualizationBarChart(slack.NewDataVisualizationAxisConfig("a", "b"), slack.NewDataVisualizationDataSeries("s",
		slack.NewDataVisualizationDataPoint("a", 1), slack.NewDataVisualizationDataPoint("b", -2)))
	blocks := []slack.Block{
		section("*x*"), slack.NewDividerBlock(), slack.NewHeaderBlock(words("H")),
		slack.NewSectionBlock(nil, []*slack.TextBlockObject{words("a"), words("b")}, slack.NewAccessory(slack.NewOverflowBlockElement("o", opt).WithConfirm(confirm))),
		slack.NewContextBlock("", slack.NewImageBlockElement(url, "x"), words("x")),
		slack.NewImageBlock(url, "x", "", words("T")),
		slack.NewActionBlock("", button("a", "1", "A").WithStyle(slack.StylePrimary).WithConfirm(confirm), slack.NewDatePickerBlockElement("d"), slack.NewTimePickerBlockElement("t"),
			slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, words("P"), "s", opt).WithInitialOption(opt),
			slack.NewOptionsSelectBlockElement(slack.OptTypeUser, words("P"), "u"),
			slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeConversations, words("P"), "c").WithMaxSelectedItems(3),
			slack.NewCheckboxGroupsBlockElement("k", opt), slack.NewRadioButtonsBlockElement("r", opt), slack.NewDateTimePickerBlockElement("dt")),
		slack.NewRichTextBlock("", para, slack.NewRichTextList(slack.RTEListBullet, 0, slack.NewRichTextSection(slack.NewRichTextSectionTextElement("i", nil)))),
		slack.NewMarkdownBlock("", "**x**"),
		slack.NewTableBlock("").AddRow(slack.NewTableRawTextCell("a"), slack.NewTableRawNumberCell(2.5), slack.NewTableRichTextCell(para)).WithColumnSettings(slack.ColumnSetting{Align: slack.ColumnAlignmentRight}),
		slack.NewDataTableBlock("c").AddRow(slack.NewDataTableRawTextCell("h")).AddRow(slack.NewDataTableActionCell(button("x", "", "X"))).WithPageSize(10),
		slack.NewDataVisualizationBlock("t", bars),
		slack.NewContainerBlock(section("x"), slack.NewDividerBlock()).WithTitle(words("T")).WithWidth(slack.ContainerWidthWide),
		slack.NewLayoutBlock("L", slack.NewLayoutRow(slack.NewLayoutItem(section("x")), slack.NewLayoutItem(slack.NewDividerBlock()))),
	}
	card := &slack.CardBlock{Type: slack.MBTCard, Title: words("T"), Body: words("B"), Actions: &slack.BlockElements{ElementSet: []slack.BlockElement{button("a", "1", "A")}},
		HeroImage: slack.NewImageBlockElement(url, "x")}
	blocks = append(blocks, card, &slack.CarouselBlock{Type: slack.MBTCarousel, Elements: []*slack.CardBlock{card}},
		&slack.TaskCardBlock{Type: slack.MBTTaskCard, TaskID: "1", Title: "T", Status: slack.TaskCardStatusPending, Details: slack.NewRichTextBlock("", para)},
		&slack.PlanBlock{Type: slack.MBTPlan, Title: "P", Tasks: []slack.TaskCardBlock{{Type: slack.MBTTaskCard, TaskID: "1", Title: "T"}}},
		slack.NewVideoBlock("https://x.example/v", url, "x", "", words("T")),
		&slack.ImageBlock{Type: slack.MBTImage, AltText: "x", SlackFile: &slack.SlackFileObject{ID: "F1"}},
		&slack.FileBlock{Type: slack.MBTFile, ExternalID: "x", Source: "remote"},
		slack.NewContextActionsBlock("", &slack.FeedbackButtonsBlockElement{Type: slack.METFeedbackButtons,
			PositiveButton: &slack.FeedbackButton{Text: words("Good"), Value: "1"}, NegativeButton: &slack.FeedbackButton{Text: words("Bad"), Value: "0"}},
			&slack.IconButtonBlockElement{Type: slack.METIconButton, Icon: "trash", Text: words("Delete")}),
		slack.NewActionBlock("", &slack.WorkflowButtonBlockElement{Type: slack.METWorkflowButton, Text: words("W"), Workflow: &slack.Workflow{Trigger: &slack.WorkflowTrigger{URL: "https://slack.com/shortcuts/x"}}}))
	for i, b := range blocks {
		raw, err := json.Marshal([]slack.Block{b})
		if err != nil {
			t.Fatal(err)
		}
		if p := ValidateMessage(raw); len(p) > 0 {
			t.Errorf("block %d: %v\n%s", i, p, raw)
		}
	}
}

// No JSON makes the validator fail; what it accepts goes through filling in ids unchanged
// in its validity, and through the search for elements.
func FuzzValidate(f *testing.F) {
	f.Add(`[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"button","text":{"type":"plain_text","text":"b"}}}]`)
	f.Add(`[{"type":"table","rows":[[null,{"type":"raw_text","text":"a"}]]}]`)
	f.Add(`[{"type":"container","title":{"type":"plain_text","text":"t"},"child_blocks":[{"type":"layout","label":"l","rows":[{"items":[{"block":{"type":"divider"}}]}]}]}]`)
	f.Add(`[{"type":["x"]},{"type":"actions","elements":{"type":"button"}},null,1]`)
	f.Fuzz(func(t *testing.T, s string) {
		view := json.RawMessage(`{"type":"home","blocks":` + s + `}`)
		ValidateView(view)
		problems := ValidateMessage(json.RawMessage(s))
		var list []any
		if json.Unmarshal([]byte(s), &list) != nil || len(problems) > 0 {
			return
		}
		filled := withIDs(list)
		state(filled, nil)
		raw, _ := json.Marshal(filled)
		if p := ValidateMessage(raw); len(p) > 0 {
			t.Errorf("valid before, not with ids: %v\n%s", p, raw)
		}
	})
}

func FuzzBody(f *testing.F) {
	f.Add("application/json", `{"channel":"C1","text":1,"blocks":"[]"}`)
	f.Add("application/x-www-form-urlencoded", "channel=C1&text=a%20b&metadata=%7B%7D")
	f.Fuzz(func(t *testing.T, kind, body string) {
		args, code := decodeBody(kind, []byte(body))
		if args == nil {
			t.Fatalf("no arguments and %q", code)
		}
		c := &call{args: args}
		c.str("channel")
		c.yes("text")
		c.number("limit", 1, 0, 10)
		if code == "" {
			readContent(c)
		}
		mustJSON(c.logged())
	})
}
