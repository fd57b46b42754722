package telegramapi

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// profileMax bounds what a bot says of itself, in characters.
var profileMax = map[string]int{"name": 64, "description": 512, "short_description": 120}

// profileKey is "name/ru"; without a language it is what everybody else reads.
func profileKey(field, language string) string { return field + "/" + language }

// profileSetter is the method that sets one such text for one language. An empty text takes it
// away.
func profileSetter(field string) func(*Server, *params) (any, *apiError) {
	return func(s *Server, p *params) (any, *apiError) {
		language, text := p.str("language_code"), p.str(field)
		switch {
		case language != "" && !languageName.MatchString(language):
			return nil, bad("Invalid language code specified")
		case utf8.RuneCountInString(text) > profileMax[field]:
			return nil, bad(map[string]string{"name": "BOT_TITLE_INVALID", "description": "BOT_DESCRIPTION_INVALID", "short_description": "BOT_ABOUT_INVALID"}[field])
		case text == "":
			delete(s.profile, profileKey(field, language))
		default:
			s.profile[profileKey(field, language)] = text
		}
		return true, nil
	}
}

// profileGetter is the method that reads it: in the language, else in general.
func profileGetter(field string) func(*Server, *params) (any, *apiError) {
	return func(s *Server, p *params) (any, *apiError) {
		text, ok := s.profile[profileKey(field, p.str("language_code"))]
		if !ok {
			text, ok = s.profile[profileKey(field, "")]
		}
		if !ok && field == "name" {
			text = BotName
		}
		return map[string]string{field: text}, nil
	}
}

// setMenuButton says what the button beside the text field does, in one private chat or in all.
func (s *Server) setMenuButton(p *params) (any, *apiError) {
	button := json.RawMessage(`{"type":"default"}`)
	if src := p.str("menu_button"); src != "" {
		if !json.Valid([]byte(src)) {
			return nil, bad("Can't parse menu button JSON object")
		}
		f, err := readFields(json.RawMessage(src), "expected an Object")
		kind := ""
		if err == nil {
			kind, err = f.text("type", true)
		}
		switch {
		case err != nil:
			return nil, bad("Can't parse MenuButton: " + err.Error())
		case kind != "default" && kind != "commands" && kind != "web_app":
			return nil, bad("Can't parse MenuButton: MenuButton has unsupported type")
		}
		button = json.RawMessage(src)
	}
	r, err := s.menuRoom(p)
	switch {
	case err != nil:
		return nil, err
	case r == nil:
		s.menu = button
	default:
		r.Menu = button
	}
	return true, nil
}

// menuRoom is the private chat of a call about the menu button, nil for all of them.
func (s *Server) menuRoom(p *params) (*room, *apiError) {
	if p.str("chat_id") == "" {
		return nil, nil
	}
	r, err := s.room(p)
	if err == nil && r.Type != "private" {
		return nil, bad("Invalid user_id specified")
	}
	return r, err
}

func (s *Server) getMenuButton(p *params) (any, *apiError) {
	r, err := s.menuRoom(p)
	switch {
	case err != nil:
		return nil, err
	case r != nil && r.Menu != nil:
		return r.Menu, nil
	case s.menu != nil:
		return s.menu, nil
	}
	return map[string]string{"type": "commands"}, nil
}

// getProfilePhotos answers for people of whom the bot sees no picture.
func (s *Server) getProfilePhotos(p *params) (any, *apiError) {
	id, err := strconv.ParseInt(p.str("user_id"), 10, 64)
	if err != nil || id <= 0 {
		return nil, bad("Invalid user_id specified")
	}
	if _, ok := s.known(id); !ok {
		return nil, bad("User not found")
	}
	return map[string]any{"total_count": 0, "photos": []any{}}, nil
}

// answerNothing answers for queries that this bot never gets: it has no inline mode, no page
// that sends messages, and ships nothing.
func (s *Server) answerNothing(*params) (any, *apiError) { return nil, bad(textQueryTooOld) }
