package telegramapi

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// botCommand is one line of the bot's menu.
type botCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

const commandMax = 100

var (
	commandName  = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	languageName = regexp.MustCompile(`^[a-z]{2}$`)
)

// setCommands keeps the list of one scope and language; an empty list takes it away.
func (s *Server) setCommands(p *params) (any, *apiError) {
	list, err := readCommands(p.str("commands"))
	if err != nil {
		return nil, err
	}
	key, err := s.commandKey(p)
	if err != nil {
		return nil, err
	}
	if s.dirty = true; len(list) == 0 {
		delete(s.commands, key)
		return true, nil
	}
	s.commands[key] = list
	return true, nil
}

func (s *Server) getCommands(p *params) (any, *apiError) {
	key, err := s.commandKey(p)
	if err != nil {
		return nil, err
	}
	return append([]botCommand{}, s.commands[key]...), nil
}

func (s *Server) deleteCommands(p *params) (any, *apiError) {
	key, err := s.commandKey(p)
	if err != nil {
		return nil, err
	}
	delete(s.commands, key)
	s.dirty = true
	return true, nil
}

// commandKey is "scope/language": "default/", "all_private_chats/ru", "chat:1001/".
func (s *Server) commandKey(p *params) (string, *apiError) {
	scope, err := s.readScope(p.str("scope"))
	if err != nil {
		return "", err
	}
	language := p.str("language_code")
	if language != "" && !languageName.MatchString(language) {
		return "", bad("Invalid language code specified")
	}
	return scope + "/" + language, nil
}

func (s *Server) readScope(src string) (string, *apiError) {
	if src == "" {
		return "default", nil
	}
	if !json.Valid([]byte(src)) {
		return "", bad("Can't parse BotCommandScope JSON object")
	}
	f, err := readFields(json.RawMessage(src), "BotCommandScope must be an Object")
	if err != nil {
		return "", bad("Can't parse BotCommandScope: " + err.Error())
	}
	kind, err := f.text("type", true)
	if err != nil {
		return "", bad("Can't parse BotCommandScope: " + err.Error())
	}
	switch kind {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
		return kind, nil
	case "chat", "chat_administrators", "chat_member":
		return s.chatScope(kind, f)
	}
	return "", bad("Can't parse BotCommandScope: Unsupported type specified")
}

// chatScope reads the scopes of one chat, which must exist.
func (s *Server) chatScope(kind string, f fields) (string, *apiError) {
	chat, err := f.text("chat_id", true)
	if err == nil && kind == "chat_member" {
		var user int
		if user, err = f.number("user_id"); err == nil {
			kind += ":" + strconv.Itoa(user)
		}
	}
	if err != nil {
		return "", bad("Can't parse BotCommandScope: " + err.Error())
	}
	if chat == "" {
		return "", bad("Can't parse BotCommandScope: Empty chat_id specified")
	}
	if _, refusal := s.room(&params{vals: map[string]string{"chat_id": chat}}); refusal != nil {
		return "", refusal
	}
	return kind + ":" + chat, nil
}

func readCommands(src string) ([]botCommand, *apiError) {
	if src == "" {
		return nil, nil
	}
	if !json.Valid([]byte(src)) {
		return nil, bad("Can't parse commands JSON object")
	}
	var raw []json.RawMessage
	if json.Unmarshal([]byte(src), &raw) != nil {
		return nil, bad("Expected an Array of BotCommand")
	}
	var list []botCommand
	for _, r := range raw {
		c, err := readCommand(r)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	if len(list) > commandMax {
		return nil, bad("BOT_COMMANDS_TOO_MUCH")
	}
	return list, nil
}

func readCommand(raw json.RawMessage) (c botCommand, refusal *apiError) {
	f, err := readFields(raw, "expected an Object")
	if err == nil {
		c.Command, err = f.text("command", true)
	}
	if err == nil {
		c.Description, err = f.text("description", true)
	}
	if err != nil {
		return c, bad("Can't parse BotCommand: " + err.Error())
	}
	c.Command = strings.TrimPrefix(strings.TrimSpace(c.Command), "/")
	c.Description = strings.TrimSpace(c.Description)
	switch {
	case c.Command == "":
		return c, bad("Command must be non-empty")
	case utf8.RuneCountInString(c.Command) > 32:
		return c, bad("Command length must not exceed 32")
	case c.Description == "":
		return c, bad("Command description must be non-empty")
	case utf8.RuneCountInString(c.Description) > 256:
		return c, bad("Command description length must not exceed 256")
	case !commandName.MatchString(c.Command):
		return c, bad("BOT_COMMAND_INVALID")
	}
	return c, nil
}
