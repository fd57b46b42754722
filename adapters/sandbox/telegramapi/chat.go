package telegramapi

import (
	"slices"
	"strconv"
)

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
		Pinned       *message        `json:"pinned_message,omitempty"`
	}{Pinned: r.pinned(), chatRef: r.ref(), MaxReactions: 11, Gifts: map[string]bool{"unlimited_gifts": false, "limited_gifts": false,
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
		return r.botMember(r.Blocked), nil
	}
	who, ok := r.person(id)
	switch {
	case ok && r.Type != "private" && r.People[0].ID == id:
		return r.owner(), nil
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
	Anonymous *bool  `json:"is_anonymous,omitempty"` // of a creator or an administrator
	Until     *int64 `json:"until_date,omitempty"`   // of one who was thrown out; 0 is for ever
	rights    map[string]bool
}

// owner is the first of a group's people.
func (r *room) owner() member {
	return member{User: r.People[0], Status: "creator", Anonymous: new(bool)}
}

// getChatAdministrators lists those of a group who are no bots: its owner.
func (s *Server) getChatAdministrators(p *params) (any, *apiError) {
	r, err := s.room(p)
	switch {
	case err != nil:
		return nil, err
	case r.Type == "private":
		return nil, bad("There are no administrators in the private chat")
	case len(r.People) == 0:
		return []member{}, nil
	}
	return []member{r.owner()}, nil
}

// adminRights are what an administrator may be allowed, as ChatMemberAdministrator lists it.
var adminRights = []string{"can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
	"can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
	"can_pin_messages", "can_manage_topics"}

// botMember is the bot's own place in a chat.
func (r *room) botMember(blocked bool) member {
	switch {
	case blocked:
		return member{User: theBot(), Status: "kicked", Until: new(int64)}
	case r.Type == "private" || len(r.Rights) == 0:
		return member{User: theBot(), Status: "member"}
	}
	m := member{User: theBot(), Status: "administrator", Anonymous: new(bool), rights: map[string]bool{"can_be_edited": false}}
	for _, x := range adminRights {
		m.rights[x] = x == "can_manage_chat" || slices.Contains(r.Rights, x)
	}
	return m
}

// MarshalJSON writes an administrator's rights beside the rest.
func (m member) MarshalJSON() ([]byte, error) {
	type plain member
	head := encode(plain(m))
	if len(m.rights) == 0 {
		return head, nil
	}
	rest := encode(m.rights)
	return append(append(head[:len(head)-1], ','), rest[1:]...), nil
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
