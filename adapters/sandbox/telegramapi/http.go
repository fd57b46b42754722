package telegramapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

// method is one method of the Bot API.
type method struct {
	name string // as the documentation spells it
	// call runs under the server's lock. It returns the result, or the refusal.
	call func(s *Server, p *params) (any, *apiError)
	// faulty says that the faults of the sandbox apply: it sends or edits a message. What
	// only goes along with that would use a fault up unseen.
	faulty bool
}

// methods returns the table by lower-case name, old names included.
func methods() map[string]method {
	list := []method{
		{"getMe", (*Server).getMe, false},
		{"sendMessage", (*Server).sendMessage, true},
		{"sendPhoto", (*Server).sendPhoto, true},
		{"sendDocument", (*Server).sendDocument, true},
		{"sendVideo", (*Server).sendVideo, true},
		{"sendAnimation", (*Server).sendAnimation, true},
		{"sendAudio", (*Server).sendAudio, true},
		{"sendVoice", (*Server).sendVoice, true},
		{"sendMediaGroup", (*Server).sendMediaGroup, true},
		{"sendContact", (*Server).sendContact, true},
		{"sendLocation", (*Server).sendLocation, true},
		{"sendVenue", (*Server).sendVenue, true},
		{"forwardMessage", (*Server).forwardMessage, true},
		{"forwardMessages", (*Server).forwardMessages, true},
		{"copyMessage", (*Server).copyMessage, true},
		{"copyMessages", (*Server).copyMessages, true},
		{"sendInvoice", (*Server).sendInvoice, true},
		{"createInvoiceLink", (*Server).createInvoiceLink, false},
		{"answerPreCheckoutQuery", (*Server).answerPreCheckout, false},
		{"sendChatAction", (*Server).sendChatAction, false},
		{"editMessageText", (*Server).editText, true},
		{"editMessageCaption", (*Server).editCaption, true},
		{"editMessageReplyMarkup", (*Server).editMarkup, true},
		{"editMessageMedia", (*Server).editMedia, true},
		{"deleteMessage", (*Server).deleteMessage, false},
		{"deleteMessages", (*Server).deleteMessages, false},
		{"pinChatMessage", (*Server).pinMessage, false},
		{"unpinChatMessage", (*Server).unpinMessage, false},
		{"unpinAllChatMessages", (*Server).unpinAll, false},
		{"setMessageReaction", (*Server).setReaction, false},
		{"createForumTopic", (*Server).createTopic, false},
		{"editForumTopic", (*Server).editTopic, false},
		{"closeForumTopic", (*Server).closeTopic, false},
		{"reopenForumTopic", (*Server).reopenTopic, false},
		{"deleteForumTopic", (*Server).deleteTopic, false},
		{"answerCallbackQuery", (*Server).answerCallback, false},
		{"answerInlineQuery", (*Server).answerNothing, false},
		{"answerWebAppQuery", (*Server).answerNothing, false},
		{"answerShippingQuery", (*Server).answerNothing, false},
		{"setMyCommands", (*Server).setCommands, false},
		{"getMyCommands", (*Server).getCommands, false},
		{"deleteMyCommands", (*Server).deleteCommands, false},
		{"setMyName", profileSetter("name"), false},
		{"getMyName", profileGetter("name"), false},
		{"setMyDescription", profileSetter("description"), false},
		{"getMyDescription", profileGetter("description"), false},
		{"setMyShortDescription", profileSetter("short_description"), false},
		{"getMyShortDescription", profileGetter("short_description"), false},
		{"setChatMenuButton", (*Server).setMenuButton, false},
		{"getChatMenuButton", (*Server).getMenuButton, false},
		{"getUserProfilePhotos", (*Server).getProfilePhotos, false},
		{"getFile", (*Server).getFile, false},
		{"getChat", (*Server).getChat, false},
		{"getChatMember", (*Server).getChatMember, false},
		{"getChatAdministrators", (*Server).getChatAdministrators, false},
		{"getChatMemberCount", (*Server).getChatMemberCount, false},
		{"getChatMembersCount", (*Server).getChatMemberCount, false},
		{"setWebhook", (*Server).setWebhook, false},
		{"deleteWebhook", (*Server).deleteWebhook, false},
		{"getWebhookInfo", (*Server).getWebhookInfo, false},
	}
	table := map[string]method{}
	for _, m := range list {
		table[strings.ToLower(m.name)] = m
	}
	return table
}

// ServeHTTP answers /telegram/bot<token>/<method> and /telegram/file/bot<token>/<path>,
// with or without the /telegram in front.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.enter()
	defer s.leave()
	path := strings.TrimPrefix(r.URL.Path, "/telegram")
	if rest, ok := strings.CutPrefix(path, "/file/bot"); ok {
		s.download(w, r, rest)
		return
	}
	rest, ok := strings.CutPrefix(path, "/bot")
	token, name, found := strings.Cut(rest, "/")
	if !ok || !found || name == "" {
		s.refuse(w, &apiError{Code: 404, Text: "Not Found"})
		return
	}
	if err := checkToken(token); err != nil {
		s.refuse(w, err)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		s.refuse(w, &apiError{Code: 405, Text: "Method Not Allowed"})
		return
	}
	p, err := readParams(r)
	if err != nil {
		s.log(name, p, err, nil)
		s.refuse(w, err)
		return
	}
	s.dispatch(w, r, strings.ToLower(name), p)
}

// checkToken tells a token that cannot be one from one that is not the bot's.
func checkToken(token string) *apiError {
	id, secret, ok := strings.Cut(token, ":")
	_, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil || secret == "" || token[0] == '0' || len(token) > 80 {
		return &apiError{Code: 401, Text: "Unauthorized: invalid token specified"}
	}
	if token != Token && token != LongToken {
		return &apiError{Code: 401, Text: "Unauthorized"}
	}
	return nil
}

func (s *Server) dispatch(w http.ResponseWriter, r *http.Request, name string, p *params) {
	if name == "getupdates" {
		s.getUpdates(w, r, p)
		return
	}
	m, ok := s.table[name]
	if !ok {
		err := &apiError{Code: 404, Text: "Not Found: method not found"}
		s.log(name, p, err, nil)
		s.refuse(w, err)
		return
	}
	var fault stand.Fault
	if m.faulty {
		fault, _ = s.o.Faults.Take("telegram", p.str("chat_id"), stand.Fault429, stand.Fault500,
			stand.FaultTimeout, stand.FaultTimeoutAfterAccept)
	}
	switch fault.Kind {
	case stand.Fault429:
		s.finish(w, m.name, p, nil, tooMany(max(1, fault.RetryAfter)))
		return
	case stand.Fault500:
		s.finish(w, m.name, p, nil, &apiError{Code: 500, Text: "Internal Server Error"})
		return
	case stand.FaultTimeout:
		s.o.Log.Add("telegram", "in", m.name, p.str("chat_id"), p.logged(), 0, nil)
		s.cut(r)
		return
	}
	var result any
	var err *apiError
	s.change(func() { result, err = m.call(s, p) })
	if fault.Kind == stand.FaultTimeoutAfterAccept {
		s.o.Log.Add("telegram", "in", m.name, p.str("chat_id"), p.logged(), 0, result)
		s.cut(r)
		return
	}
	s.finish(w, m.name, p, result, err)
}

// holdMax is how long a request that is never answered is held.
const holdMax = 2 * time.Second

// cut holds a request for a while and then drops its connection without an answer.
func (s *Server) cut(r *http.Request) {
	t := time.NewTimer(holdMax)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
	panic(http.ErrAbortHandler)
}

// finish logs and writes an answer.
func (s *Server) finish(w http.ResponseWriter, name string, p *params, result any, err *apiError) {
	s.log(name, p, err, result)
	if err != nil {
		s.refuse(w, err)
		return
	}
	write(w, http.StatusOK, okBody(result))
}

func (s *Server) log(name string, p *params, err *apiError, result any) {
	if p == nil {
		p = &params{}
	}
	if err != nil {
		s.o.Log.Add("telegram", "in", name, p.str("chat_id"), p.logged(), err.Code, errorBody(err))
		return
	}
	s.o.Log.Add("telegram", "in", name, p.str("chat_id"), p.logged(), http.StatusOK, okBody(result))
}

func okBody(result any) map[string]any {
	body := map[string]any{"ok": true, "result": result}
	if d, ok := result.(described); ok {
		body["result"], body["description"] = d.result, d.text
	}
	return body
}

// described is a result with a description beside it.
type described struct {
	result any
	text   string
}

func errorBody(err *apiError) map[string]any {
	body := map[string]any{"ok": false, "error_code": err.Code, "description": err.Text}
	switch {
	case err.RetryAfter > 0:
		body["parameters"] = map[string]any{"retry_after": err.RetryAfter}
	case err.MigrateTo != 0:
		body["parameters"] = map[string]any{"migrate_to_chat_id": err.MigrateTo}
	}
	return body
}

func (s *Server) refuse(w http.ResponseWriter, err *apiError) {
	if err.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(err.RetryAfter))
	}
	write(w, err.Code, errorBody(err))
}

func write(w http.ResponseWriter, status int, body any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the bot may have gone; it asks again
}

func (s *Server) getMe(*params) (any, *apiError) {
	return struct {
		Person
		CanJoin    bool `json:"can_join_groups"`
		CanReadAll bool `json:"can_read_all_group_messages"`
		Inline     bool `json:"supports_inline_queries"`
		Business   bool `json:"can_connect_to_business"`
		WebApp     bool `json:"has_main_web_app"`
	}{Person: theBot(), CanJoin: true}, nil
}
