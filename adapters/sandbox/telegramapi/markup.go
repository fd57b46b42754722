package telegramapi

import (
	"encoding/json"
	"unicode/utf8"
)

// inlineKeyboard is the InlineKeyboardMarkup under a message.
type inlineKeyboard struct {
	Rows [][]button `json:"inline_keyboard"`
}

// button is an InlineKeyboardButton; one of the fields after the text says its kind.
type button struct {
	Text         string          `json:"text"`
	URL          string          `json:"url,omitempty"`
	Data         string          `json:"callback_data,omitempty"`
	WebApp       *webApp         `json:"web_app,omitempty"`
	LoginURL     json.RawMessage `json:"login_url,omitempty"`
	Switch       *string         `json:"switch_inline_query,omitempty"`
	SwitchHere   *string         `json:"switch_inline_query_current_chat,omitempty"`
	SwitchChosen json.RawMessage `json:"switch_inline_query_chosen_chat,omitempty"`
	CopyText     *copyText       `json:"copy_text,omitempty"`
	Pay          bool            `json:"pay,omitempty"`
	Style        string          `json:"style,omitempty"`
	Icon         string          `json:"icon_custom_emoji_id,omitempty"`
}

type webApp struct {
	URL string `json:"url"`
}

type copyText struct {
	Text string `json:"text"`
}

// markup is a reply_markup: an inline keyboard, or another one, which is no part of a
// Message and changes what stands in place of the person's keyboard.
type markup struct {
	inline *inlineKeyboard
	reply  json.RawMessage // ReplyKeyboardMarkup or ForceReply; "null" takes the keyboard away
}

// readMarkup reads the reply_markup of a call. The zero markup is none.
func readMarkup(p *params, chatType string) (markup, *apiError) {
	src := p.str("reply_markup")
	if src == "" {
		return markup{}, nil
	}
	if !json.Valid([]byte(src)) {
		return markup{}, bad("Can't parse reply keyboard markup JSON object")
	}
	f, err := readFields(json.RawMessage(src), "Object expected as reply markup")
	if err != nil {
		return markup{}, bad(err.Error())
	}
	switch {
	case f.has("keyboard"):
		return readKeyboard(f, src)
	case f.has("inline_keyboard"):
		return readInline(f, chatType, p.invoice)
	case f.flag("remove_keyboard") || f.flag("hide_keyboard"):
		return markup{reply: json.RawMessage("null")}, nil
	case f.flag("force_reply"):
		return markup{reply: json.RawMessage(src)}, nil
	case len(f) == 0:
		return markup{}, nil
	}
	return markup{}, nil
}

// readKeyboard checks a ReplyKeyboardMarkup and keeps it as it came.
func readKeyboard(f fields, src string) (markup, *apiError) {
	rows, err := readRows(f["keyboard"], "keyboard")
	if err != nil {
		return markup{}, bad(err.Error())
	}
	for _, row := range rows {
		for _, raw := range row {
			var text string
			if json.Unmarshal(raw, &text) == nil {
				continue
			}
			b, err := readFields(raw, "KeyboardButton must be an Object")
			if err == nil {
				_, err = b.text("text", true)
			}
			if err != nil {
				return markup{}, bad("Can't parse keyboard button: " + err.Error())
			}
		}
	}
	return markup{reply: json.RawMessage(src)}, nil
}

// buttonMax is the most buttons that fit under one message.
const buttonMax = 100

func readInline(f fields, chatType string, invoice bool) (markup, *apiError) {
	rows, err := readRows(f["inline_keyboard"], "inline_keyboard")
	if err != nil {
		return markup{}, bad(err.Error())
	}
	k, count := &inlineKeyboard{Rows: [][]button{}}, 0
	for _, row := range rows {
		var out []button
		for _, raw := range row {
			b, err := readButton(raw)
			if err != nil {
				return markup{}, bad("Can't parse inline keyboard button: " + err.Error())
			}
			if b.Text == "" {
				continue // a button without words is left out
			}
			first := count == 0 && len(out) == 0
			if invoice && first != b.Pay {
				return markup{}, bad("REPLY_MARKUP_INVALID") // the first button pays, and no other
			}
			if err := checkButton(&b, chatType); err != nil && !(invoice && b.Pay) {
				return markup{}, bad(err.Error())
			}
			out = append(out, b)
		}
		if len(out) > 0 {
			k.Rows = append(k.Rows, out)
			count += len(out)
		}
	}
	switch {
	case count > buttonMax:
		return markup{}, bad("Reply markup is too long")
	case count == 0:
		return markup{}, nil
	}
	return markup{inline: k}, nil
}

func readRows(raw json.RawMessage, name string) ([][]json.RawMessage, error) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil, wordsf("Field \"%s\" must be of type Array", name)
	}
	rows := make([][]json.RawMessage, len(list))
	for i, r := range list {
		if json.Unmarshal(r, &rows[i]) != nil {
			return nil, wordsf("Field \"%s\" must be an Array of Arrays", name)
		}
	}
	return rows, nil
}

// readButton reads one button; of several kinds the first in this order counts.
func readButton(raw json.RawMessage) (b button, err error) {
	f, err := readFields(raw, "InlineKeyboardButton must be an Object")
	if err != nil {
		return b, err
	}
	if b.Text, err = f.text("text", true); err != nil {
		return b, err
	}
	b.Style, _ = f.text("style", false)
	b.Icon, _ = f.text("icon_custom_emoji_id", false)
	if b.URL, err = f.text("url", false); err != nil || b.URL != "" {
		return b, err
	}
	if b.Data, err = f.text("callback_data", false); err != nil || b.Data != "" {
		return b, err
	}
	switch {
	case f.flag("pay"):
		b.Pay = true
	case f.has("switch_inline_query"):
		b.Switch, err = textField(f, "switch_inline_query")
	case f.has("switch_inline_query_current_chat"):
		b.SwitchHere, err = textField(f, "switch_inline_query_current_chat")
	case f.has("switch_inline_query_chosen_chat"):
		b.SwitchChosen = f["switch_inline_query_chosen_chat"]
	case f.has("login_url"):
		b.LoginURL = f["login_url"]
	case f.has("web_app"):
		b.WebApp = &webApp{}
		err = json.Unmarshal(f["web_app"], b.WebApp)
	case f.has("copy_text"):
		b.CopyText = &copyText{}
		err = json.Unmarshal(f["copy_text"], b.CopyText)
	default:
		err = words("Text buttons are unallowed in the inline keyboard")
	}
	return b, err
}

func textField(f fields, name string) (*string, error) {
	s, err := f.text(name, true)
	return &s, err
}

// checkButton checks what a button says and spells its address as the server does.
func checkButton(b *button, chatType string) (err error) {
	switch {
	case b.URL != "":
		address := b.URL
		if mentioned(address) != 0 {
			return nil
		}
		if b.URL, err = checkLink(address); err != nil {
			return wordsf("Inline keyboard button URL '%s' is invalid: %v", address, err)
		}
	case len(b.Data) > 64:
		return words("BUTTON_DATA_INVALID")
	case b.WebApp != nil:
		u, err := parseAddress(b.WebApp.URL)
		switch {
		case chatType != "private":
			return words("BUTTON_TYPE_INVALID")
		case err == nil && !u.https:
			err = words("Only HTTPS links are allowed")
		}
		if err != nil {
			return wordsf("Inline keyboard button Web App URL '%s' is invalid: %v", b.WebApp.URL, err)
		}
	case b.CopyText != nil:
		if n := utf8.RuneCountInString(b.CopyText.Text); n < 1 || n > 256 {
			return words("BUTTON_COPY_TEXT_INVALID")
		}
	case b.Pay: // only under invoices
		return words("BUTTON_TYPE_INVALID")
	}
	return nil
}
