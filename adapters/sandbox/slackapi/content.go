package slackapi

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	textMax       = 40000 // characters; longer text is cut, with a warning
	updateTextMax = 4000  // chat.update refuses instead
	attachMax     = 100
	// blockTextMax is not documented. Sums of 9,597 characters were seen accepted and of
	// 11,341 refused.
	blockTextMax = 11000
	metadataMax  = 8000 // bytes of JSON
)

// content is what a message says.
type content struct {
	text        string
	blocks      []any
	attachments []any
	metadata    map[string]any
	hasText     bool
	hasBlocks   bool
	hasAttach   bool
	hasMetadata bool
	warning     string
}

// readContent takes text, blocks, attachments and metadata of a call and checks them. A
// non-nil answer is the refusal.
func readContent(c *call) (content, answer) {
	out := content{text: c.str("text"), hasText: c.has("text")}
	if md := c.str("markdown_text"); md != "" {
		if out.text != "" || c.has("blocks") {
			return out, fail("markdown_text_conflict")
		}
		if utf8.RuneCountInString(md) > 12000 {
			return out, fail("msg_too_long")
		}
		out.text, out.hasText = md, true
	}
	if utf8.RuneCountInString(out.text) > textMax {
		out.text = string([]rune(out.text)[:textMax])
		out.warning = "message_truncated"
	}
	if a := out.readBlocks(c); a != nil {
		return out, a
	}
	if a := out.readAttachments(c); a != nil {
		return out, a
	}
	return out, out.readMetadata(c)
}

func (out *content) readBlocks(c *call) answer {
	v, given, ok := c.value("blocks")
	list, isList := v.([]any)
	if !ok || given && !isList {
		return fail("invalid_blocks_format")
	}
	if !given {
		return nil
	}
	problems := checkMessage(list, "/blocks")
	if c.s != nil && len(problems) == 0 {
		problems = c.s.fileProblems(list, "/blocks")
	}
	if len(problems) > 0 {
		return invalid("invalid_blocks", problems)
	}
	if blockText(list) > blockTextMax {
		return fail("msg_blocks_too_long")
	}
	out.hasBlocks = true
	out.blocks = withIDs(list)
	return nil
}

func (out *content) readAttachments(c *call) answer {
	v, given, ok := c.value("attachments")
	list, isList := v.([]any)
	if !ok || given && !isList {
		return fail("invalid_attachments")
	}
	if len(list) > attachMax {
		return fail("too_many_attachments")
	}
	for i, a := range list {
		obj, isObject := a.(map[string]any)
		if !isObject {
			return fail("invalid_attachments")
		}
		if obj["id"] == nil {
			obj["id"] = i + 1
		}
		blocks, _ := obj["blocks"].([]any)
		if problems := checkMessage(blocks, "/attachments/"+strconv.Itoa(i)+"/blocks"); len(problems) > 0 {
			return invalid("invalid_attachments", problems)
		}
		if len(blocks) > 0 {
			obj["blocks"] = withIDs(blocks)
		}
	}
	out.hasAttach = given
	out.attachments = list
	return nil
}

func (out *content) readMetadata(c *call) answer {
	v, given, ok := c.value("metadata")
	if !given && ok {
		return nil
	}
	m, isObject := v.(map[string]any)
	if !ok || !isObject {
		return fail("invalid_metadata_format")
	}
	out.hasMetadata = true
	if len(m) == 0 {
		return nil
	}
	kind, _ := m["event_type"].(string)
	payload, isPayload := m["event_payload"].(map[string]any)
	if kind == "" || utf8.RuneCountInString(kind) > 255 || m["event_payload"] != nil && !isPayload {
		return fail("invalid_metadata_schema")
	}
	if payload == nil {
		m["event_payload"] = map[string]any{}
	}
	if b, _ := json.Marshal(m); len(b) > metadataMax {
		return fail("metadata_too_large")
	}
	out.metadata = m
	return nil
}

func (out content) empty() bool {
	return strings.TrimSpace(out.text) == "" && len(out.blocks) == 0 && len(out.attachments) == 0
}
