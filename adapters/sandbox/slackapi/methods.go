package slackapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duebot/adapters/sandbox/stand"
)

// method is one call of the Web API.
type method struct {
	tier  int // calls a minute; a channel's own limit for chat.postMessage comes on top
	write bool
	app   bool   // wants the app-level token
	scope string // that it needs, see checkScope; "" for none
	run   func(s *Server, c *call) answer
}

// methods are all that the stand-in knows. Tiers are Slack's: 1, 20, 50, 100 a minute and
// some of their own.
func methods() map[string]method {
	const t2, t3, t4, special = 20, 50, 100, 600
	return map[string]method{
		"auth.test":             {tier: special, run: authTest},
		"api.test":              {tier: t4, run: apiTest},
		"apps.connections.open": {tier: t3, app: true, run: connectionsOpen},

		"chat.postMessage":   {tier: special, write: true, scope: "chat:write", run: chatPostMessage},
		"chat.postEphemeral": {tier: t4, write: true, scope: "chat:write", run: chatPostEphemeral},
		"chat.update":        {tier: t3, write: true, scope: "chat:write", run: chatUpdate},
		"chat.delete":        {tier: t3, write: true, scope: "chat:write", run: chatDelete},
		"chat.getPermalink":  {tier: special, run: chatGetPermalink},
		"chat.meMessage":     {tier: t3, write: true, scope: "chat:write", run: chatMeMessage},

		"chat.scheduleMessage":        {tier: t3, write: true, scope: "chat:write", run: chatSchedule},
		"chat.deleteScheduledMessage": {tier: t3, write: true, scope: "chat:write", run: chatUnschedule},
		"chat.scheduledMessages.list": {tier: t3, run: chatScheduled},

		"conversations.open":       {tier: t3, run: conversationsOpen},
		"conversations.close":      {tier: t2, scope: "*:write", run: conversationsClose},
		"conversations.create":     {tier: t2, run: conversationsCreate},
		"conversations.invite":     {tier: t3, scope: "*:write", run: conversationsInvite},
		"conversations.kick":       {tier: t3, scope: "*:write", run: conversationsKick},
		"conversations.leave":      {tier: t3, scope: "*:write", run: conversationsLeave},
		"conversations.archive":    {tier: t2, scope: "*:write", run: conversationsArchive},
		"conversations.unarchive":  {tier: t2, scope: "*:write", run: conversationsUnarchive},
		"conversations.rename":     {tier: t2, scope: "*:write", run: conversationsRename},
		"conversations.setTopic":   {tier: t2, scope: "*:write", run: conversationsSetTopic},
		"conversations.setPurpose": {tier: t2, scope: "*:write", run: conversationsSetPurpose},
		"conversations.mark":       {tier: t4, scope: "*:write", run: conversationsMark},

		"conversations.join":    {tier: t3, scope: "channels:join", run: conversationsJoin},
		"conversations.list":    {tier: t2, scope: "*:read", run: conversationsList},
		"conversations.info":    {tier: t3, scope: "*:read", run: conversationsInfo},
		"conversations.members": {tier: t4, scope: "*:read", run: conversationsMembers},
		"conversations.history": {tier: t3, scope: "*:history", run: conversationsHistory},
		"conversations.replies": {tier: t3, scope: "*:history", run: conversationsReplies},

		"users.info":            {tier: t4, scope: "users:read", run: usersInfo},
		"users.list":            {tier: t2, scope: "users:read", run: usersList},
		"users.lookupByEmail":   {tier: t3, scope: "users:read.email", run: usersLookupByEmail},
		"users.conversations":   {tier: t3, scope: "*:read", run: usersConversations},
		"usergroups.list":       {tier: t2, scope: groupScope, run: usergroupsList},
		"usergroups.users.list": {tier: t2, scope: groupScope, run: usergroupsUsersList},
		"users.profile.get":     {tier: t4, scope: "users.profile:read", run: usersProfileGet},
		"users.getPresence":     {tier: t3, scope: "users:read", run: usersGetPresence},
		"users.setPresence":     {tier: t2, scope: "users:write", run: usersSetPresence},
		"emoji.list":            {tier: t2, scope: "emoji:read", run: emojiList},
		"bots.info":             {tier: t3, scope: "users:read", run: botsInfo},
		"team.info":             {tier: t3, scope: "team:read", run: teamInfo},

		"views.open":    {tier: t4, write: true, run: viewsOpen},
		"views.push":    {tier: t4, write: true, run: viewsPush},
		"views.update":  {tier: t4, write: true, run: viewsUpdate},
		"views.publish": {tier: t4, write: true, run: viewsPublish},

		"files.getUploadURLExternal":   {tier: t4, write: true, scope: "files:write", run: filesGetUploadURL},
		"files.completeUploadExternal": {tier: t4, write: true, scope: "files:write", run: filesCompleteUpload},
		"files.info":                   {tier: t4, scope: "files:read", run: filesInfo},

		"files.list":   {tier: t3, scope: "files:read", run: filesList},
		"files.delete": {tier: t3, write: true, scope: "files:write", run: filesDelete},
		"files.upload": {tier: t2, run: filesUpload},

		"pins.add":         {tier: t2, scope: "pins:write", run: pinsAdd},
		"pins.remove":      {tier: t2, scope: "pins:write", run: pinsRemove},
		"pins.list":        {tier: t2, scope: "pins:read", run: pinsList},
		"reactions.get":    {tier: t3, scope: "reactions:read", run: reactionsGet},
		"reactions.list":   {tier: t2, scope: "reactions:read", run: reactionsList},
		"reactions.add":    {tier: t3, scope: "reactions:write", run: reactionsAdd},
		"reactions.remove": {tier: t2, scope: "reactions:write", run: reactionsRemove},
	}
}

var methodTable = methods()

// holdMax is how long a request stays open that is never answered, in wall time.
const holdMax = 2 * time.Second

// serveMethod answers one call: token, faults, rate, the method itself, the log.
func (s *Server) serveMethod(w http.ResponseWriter, r *http.Request, name string) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	c, code := readCall(r, name)
	c.s, c.now = s, s.now()
	m, known := methodTable[name]
	a := answer(nil)
	switch {
	case !known:
		a = answer{"ok": false, "error": "unknown_method", "req_method": name}
	case code != "":
		a = fail(code)
	default:
		a = checkToken(c.token, m.app)
	}
	if a == nil && m.write && s.fault(w, r, c, m) {
		return
	}
	if a == nil {
		var wait time.Duration
		if a, wait = s.perform(c, m); a == nil {
			s.tooMany(w, c, wait)
			return
		}
	}
	if known && a["error"] != "not_authed" && a["error"] != "invalid_auth" {
		w.Header().Set("X-OAuth-Scopes", s.scopeList(m.app))
		w.Header().Set("X-Accepted-OAuth-Scopes", accepted(m.scope))
	}
	warn(a, c.charset)
	s.o.Log.Add("slack", "in", name, c.where(), c.logged(), http.StatusOK, redacted(a))
	write(w, http.StatusOK, a)
	if c.changed {
		s.changed()
	}
}

// perform runs the method under the lock. A nil answer means that its rate is used up.
func (s *Server) perform(c *call, m method) (answer, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait := s.throttle(c, m); wait > 0 {
		return nil, wait
	}
	a := s.checkScope(c, m.scope)
	if a == nil {
		a = m.run(s, c)
	}
	s.dispatch()
	return a, 0
}

// checkToken refuses a missing, foreign or wrong kind of token.
func checkToken(token string, app bool) answer {
	switch {
	case token == "":
		return fail("not_authed")
	case token != botToken && token != appToken:
		return fail("invalid_auth")
	case app != (token == appToken):
		return fail("not_allowed_token_type")
	}
	return nil
}

// where is the channel that a call is about, for faults and the log. A user's id means his
// direct messages.
func (c *call) where() string {
	s, _, _ := strings.Cut(c.str("channels"), ",")
	for _, name := range []string{"channel_id", "channel"} {
		if x := c.str(name); x != "" {
			s = x
		}
	}
	if strings.HasPrefix(s, "U") {
		return "D" + s[1:]
	}
	return s
}

// fault makes the fault that was ordered for this call, if one was, and reports whether
// the request is finished.
func (s *Server) fault(w http.ResponseWriter, r *http.Request, c *call, m method) bool {
	f, ok := s.takeFault(c.where(), stand.Fault429, stand.Fault500, stand.FaultTimeout, stand.FaultTimeoutAfterAccept)
	if !ok {
		return false
	}
	switch f.Kind {
	case stand.Fault429:
		s.tooMany(w, c, time.Duration(f.RetryAfter)*time.Second)
		return true
	case stand.Fault500:
		s.o.Log.Add("slack", "in", c.method, c.where(), c.logged(), http.StatusInternalServerError, "Internal Server Error")
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
		return true
	case stand.FaultTimeoutAfterAccept:
		if a, wait := s.perform(c, m); a == nil {
			s.tooMany(w, c, wait)
			return true
		}
		if c.changed {
			s.changed()
		}
	}
	s.o.Log.Add("slack", "in", c.method, c.where(), c.logged(), 0, nil)
	s.hang(r.Context())
	return true
}

// hang holds a request for a while and then cuts its connection without an answer.
func (s *Server) hang(ctx context.Context) {
	s.sleep(ctx, holdMax)
	panic(http.ErrAbortHandler)
}

// takeFault takes a fault ordered for a channel, or for no channel in particular.
func (s *Server) takeFault(where string, kinds ...string) (stand.Fault, bool) {
	if s.o.Faults == nil {
		return stand.Fault{}, false
	}
	return s.o.Faults.Take("slack", where, kinds...)
}

// tooMany answers 429 with the seconds to wait, rounded up.
func (s *Server) tooMany(w http.ResponseWriter, c *call, wait time.Duration) {
	sec := int((wait + time.Second - 1) / time.Second)
	if sec < 1 {
		sec = 1
	}
	a := fail("ratelimited")
	s.o.Log.Add("slack", "in", c.method, c.where(), c.logged(), http.StatusTooManyRequests, a)
	w.Header().Set("Retry-After", strconv.Itoa(sec))
	write(w, http.StatusTooManyRequests, a)
}

// redacted is an answer without the ticket of a socket's address.
func redacted(a answer) answer {
	u, ok := a["url"].(string)
	if !ok || !strings.Contains(u, "ticket=") {
		return a
	}
	before, _, _ := strings.Cut(u, "ticket=")
	return answer{"ok": true, "url": before + "ticket=…"}
}

func authTest(s *Server, c *call) answer {
	return answer{"ok": true, "url": c.base + "/", "team": teamName, "user": botName, "team_id": teamID,
		"user_id": botUser, "bot_id": botID, "is_enterprise_install": false}
}

func apiTest(s *Server, c *call) answer {
	if e := c.str("error"); e != "" {
		return answer{"ok": false, "error": e, "args": c.args}
	}
	return answer{"ok": true, "args": c.args}
}
