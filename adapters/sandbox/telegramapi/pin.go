package telegramapi

import (
	"encoding/json"
	"slices"
	"strings"
)

// pinned is the newest of the pinned messages, as getChat shows it.
func (r *room) pinned() *message {
	if len(r.Pins) == 0 {
		return nil
	}
	i := r.find(r.Pins[len(r.Pins)-1])
	if i < 0 {
		return nil
	}
	m := *r.Messages[i]
	m.ReplyTo = nil
	return &m
}

func (r *room) unpin(id int) bool {
	before := len(r.Pins)
	r.Pins = slices.DeleteFunc(append([]int(nil), r.Pins...), func(x int) bool { return x == id })
	return len(r.Pins) < before
}

const textNoPinRight = "Not enough rights to manage pinned messages in the chat"

// pinMessage pins a message at the top of the chat and says so in a service message, of which
// the bot hears as everybody does.
func (s *Server) pinMessage(p *params) (any, *apiError) {
	r, i, err := s.target(p, "Message to pin not found")
	if err != nil {
		return nil, err
	}
	m := r.Messages[i]
	switch {
	case m.service():
		return nil, bad("Message can't be pinned")
	case !r.may("can_pin_messages"):
		return nil, bad(textNoPinRight)
	case slices.Contains(r.Pins, m.ID):
		return true, nil
	}
	r.Pins = append(append([]int(nil), r.Pins...), m.ID)
	slices.Sort(r.Pins)
	bare, bot := *m, theBot()
	bare.ReplyTo = nil
	s.push("message", r.ID, s.add(r, message{From: &bot, Pinned: &bare, Thread: m.Thread, InTopic: m.InTopic}))
	return true, nil
}

// unpinMessage takes one message off the top, the newest when none is named.
func (s *Server) unpinMessage(p *params) (any, *apiError) {
	r, err := s.writable(p)
	if err != nil {
		return nil, err
	}
	id := int(p.integer("message_id", 0, 0, 1<<31-1))
	if id == 0 && len(r.Pins) > 0 {
		id = r.Pins[len(r.Pins)-1]
	}
	switch {
	case !slices.Contains(r.Pins, id):
		return nil, bad("Message to unpin not found")
	case !r.may("can_pin_messages"):
		return nil, bad(textNoPinRight)
	}
	s.dirty = r.unpin(id) || s.dirty
	return true, nil
}

func (s *Server) unpinAll(p *params) (any, *apiError) {
	r, err := s.writable(p)
	switch {
	case err != nil:
		return nil, err
	case !r.may("can_pin_messages"):
		return nil, bad(textNoPinRight)
	}
	r.Pins, s.dirty = nil, true
	return true, nil
}

// reactions are the emoji that a bot may react with.
const reactions = "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 " +
	"👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"

// setReaction puts the bot's one reaction on a message, in place of the one before.
func (s *Server) setReaction(p *params) (any, *apiError) {
	r, i, err := s.target(p, "Message to react not found")
	if err != nil {
		return nil, err
	}
	emoji, err := readReaction(p.str("reaction"))
	if err != nil {
		return nil, err
	}
	next := map[int]string{}
	for id, x := range r.Reactions {
		next[id] = x
	}
	if next[r.Messages[i].ID] = emoji; emoji == "" {
		delete(next, r.Messages[i].ID)
	}
	r.Reactions, s.dirty = next, true
	return true, nil
}

func readReaction(src string) (emoji string, refusal *apiError) {
	var list []json.RawMessage
	switch {
	case src == "":
		return "", nil
	case !json.Valid([]byte(src)):
		return "", bad("Can't parse reaction types JSON object")
	case json.Unmarshal([]byte(src), &list) != nil:
		return "", bad("Expected an Array of ReactionType")
	case len(list) == 0:
		return "", nil
	case len(list) > 1:
		return "", bad("REACTIONS_TOO_MANY")
	}
	f, err := readFields(list[0], "expected an Object")
	if err == nil {
		_, err = f.text("type", true)
	}
	if err == nil {
		emoji, err = f.text("emoji", true)
	}
	if err != nil {
		return "", bad("Can't parse ReactionType: " + err.Error())
	}
	// The sign that asks for a coloured picture makes no other emoji.
	emoji = strings.ReplaceAll(emoji, "\ufe0f", "")
	if !slices.Contains(strings.Fields(reactions), emoji) {
		return "", bad("REACTION_INVALID")
	}
	return emoji, nil
}
