package telegramapi

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// parsers read a text by its parse_mode, in lower case.
var parsers = map[string]func(string) (string, []Entity, error){"html": parseHTML, "markdownv2": parseMarkdownV2, "markdown": parseMarkdown}

// formatText reads a text by parse_mode, or with the entities that came along. The text
// is not yet fixed.
func formatText(text, mode, entities string) (string, []Entity, *apiError) {
	if len(text) > 1<<15 {
		return "", nil, bad("Text is too long")
	}
	mode = strings.ToLower(mode)
	if text != "" && mode != "" && mode != "none" {
		read, ok := parsers[mode]
		if !ok {
			return "", nil, bad("Unsupported parse_mode")
		}
		if !utf8.ValidString(text) {
			return "", nil, bad("Text must be encoded in UTF-8")
		}
		plain, list, err := read(text)
		if err != nil {
			return "", nil, bad("Can't parse entities: " + err.Error())
		}
		return plain, list, nil
	}
	list, err := readEntities(entities)
	return text, list, err
}

// readEntities reads the entities parameter. Those that the server finds by itself are
// let pass and forgotten; what is no JSON array counts as none.
func readEntities(src string) ([]Entity, *apiError) {
	var raw []json.RawMessage
	if json.Unmarshal([]byte(src), &raw) != nil {
		return nil, nil
	}
	var out []Entity
	for _, r := range raw {
		e, keep, err := readEntity(r)
		if err != nil {
			return nil, bad("Can't parse MessageEntity: " + err.Error())
		}
		if keep {
			out = append(out, e)
		}
	}
	return out, nil
}

func readEntity(raw json.RawMessage) (e Entity, keep bool, err error) {
	fields, err := readFields(raw, "expected an Object")
	if err != nil {
		return e, false, err
	}
	if e.Offset, err = fields.number("offset"); err != nil {
		return e, false, err
	}
	if e.Length, err = fields.number("length"); err != nil {
		return e, false, err
	}
	if e.Type, err = fields.text("type", false); err != nil {
		return e, false, err
	}
	switch e.Type {
	case "":
		return e, false, wordsf("Type is not specified")
	case "bold", "italic", "underline", "strikethrough", "spoiler", "code", "blockquote", "expandable_blockquote":
		return e, true, nil
	case "pre":
		e.Language, err = fields.text("language", false)
		return e, true, err
	case "text_link":
		return linkEntity(e, fields)
	case "text_mention":
		return mentionEntity(e, fields)
	case "custom_emoji":
		e.CustomEmoji, err = fields.text("custom_emoji_id", true)
		return e, true, err
	case "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number":
		return e, false, nil
	}
	return e, false, wordsf("Unsupported type specified")
}

func linkEntity(e Entity, fields fields) (Entity, bool, error) {
	address, err := fields.text("url", true)
	if err != nil {
		return e, false, err
	}
	if !e.setLink(address) {
		_, err = checkLink(address)
		return e, false, wordsf("Entity URL '%s' is invalid: %v", address, err)
	}
	return e, true, nil
}

func mentionEntity(e Entity, fields fields) (Entity, bool, error) {
	var u Person
	if json.Unmarshal(fields["user"], &u) != nil || u.ID == 0 {
		return e, false, wordsf("Can't find field \"user\"")
	}
	e.User = &u
	return e, true, nil
}
