package telegramapi

import "strconv"

// getChat answers with the chat; the bot need not be able to write to it.
func (s *Server) getChat(p *params) (any, *apiError) {
	r, err := s.room(p)
	if err != nil {
		return nil, err
	}
	full := struct {
		chatRef
		AccentColor  int             `json:"accent_color_id"`
		MaxReactions int             `json:"max_reaction_count"`
		Gifts        map[string]bool `json:"accepted_gift_types"`
		Permissions  map[string]bool `json:"permissions,omitempty"`
	}{chatRef: r.ref(), MaxReactions: 11, Gifts: map[string]bool{"unlimited_gifts": false, "limited_gifts": false,
		"unique_gifts": false, "premium_subscription": false, "gifts_from_channels": false}}
	if r.Type != "private" {
		full.Permissions = map[string]bool{"can_send_messages": true, "can_send_photos": true, "can_send_documents": true,
			"can_send_other_messages": true, "can_add_web_page_previews": true, "can_invite_users": true}
	}
	return full, nil
}

// getChatMember answers with a person's place in the chat. The first of a group's people
// is its owner.
func (s *Server) getChatMember(p *params) (any, *apiError) {
	r, refusal := s.room(p)
	if refusal != nil {
		return nil, refusal
	}
	id, err := strconv.ParseInt(p.str("user_id"), 10, 64)
	if err != nil || id <= 0 {
		return nil, bad("Invalid user_id specified")
	}
	if id == BotID {
		return botMember(r.Blocked), nil
	}
	who, ok := r.person(id)
	switch {
	case ok && r.Type != "private" && r.People[0].ID == id:
		return member{User: who, Status: "creator", Anonymous: new(bool)}, nil
	case ok:
		return member{User: who, Status: "member"}, nil
	}
	if who, ok = s.known(id); ok && r.Type != "private" {
		return member{User: who, Status: "left"}, nil
	}
	return nil, bad("User not found")
}

// getChatMemberCount counts the people and the bot.
func (s *Server) getChatMemberCount(p *params) (any, *apiError) {
	r, err := s.room(p)
	if err != nil {
		return nil, err
	}
	if r.Blocked && r.Type != "private" {
		return len(r.People), nil
	}
	return len(r.People) + 1, nil
}

// member is a ChatMember.
type member struct {
	User      Person `json:"user"`
	Status    string `json:"status"`
	Anonymous *bool  `json:"is_anonymous,omitempty"` // of a creator
	Until     *int64 `json:"until_date,omitempty"`   // of one who was thrown out; 0 is for ever
}

// botMember is the bot's own place in a chat.
func botMember(blocked bool) member {
	if blocked {
		return member{User: theBot(), Status: "kicked", Until: new(int64)}
	}
	return member{User: theBot(), Status: "member"}
}

// memberUpdate is the Bot API's ChatMemberUpdated.
type memberUpdate struct {
	Chat chatRef `json:"chat"`
	From Person  `json:"from"`
	Date int64   `json:"date"`
	Old  member  `json:"old_chat_member"`
	New  member  `json:"new_chat_member"`
}

// announceBot tells the bot that its place in a chat changed.
func (s *Server) announceBot(r *room, from Person, old, now member) {
	s.push("my_chat_member", r.ID, memberUpdate{Chat: r.ref(), From: from, Date: s.now().Unix(), Old: old, New: now})
}
