package sandbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"duebot/adapters/sandbox/slackapi"
	"duebot/adapters/sandbox/stand"
	"duebot/adapters/sandbox/telegramapi"
)

// The acts of people, each a body and what is done with it. The stand-ins judge whether
// the act is possible.

type slackCommand struct {
	User    string `json:"user"`
	Channel string `json:"channel"`
	Command string `json:"command"`
	Text    string `json:"text"`
}

// slackCommand answers with the acknowledgement's payload as it is, the message that it
// became, and what went wrong.
func (s *Sandbox) slackCommand(ctx context.Context, a slackCommand) (any, error) {
	r, err := s.slack.Command(ctx, a.User, a.Channel, a.Command, a.Text)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{}
	if len(r.Payload) > 0 {
		if err := json.Unmarshal(r.Payload, &answer); err != nil {
			answer["text"] = string(r.Payload)
		}
		answer["payload"] = r.Payload
	}
	if r.TS != "" {
		answer["ts"] = r.TS
	}
	if r.Error != "" {
		answer["error"] = r.Error
	}
	return answer, nil
}

type slackAction struct {
	User     string          `json:"user"`
	Channel  string          `json:"channel"`
	TS       string          `json:"ts"`
	ViewID   string          `json:"view_id"`
	ActionID string          `json:"action_id"`
	Label    string          `json:"label"`
	Value    string          `json:"value"`
	Selected json.RawMessage `json:"selected"`
	Values   map[string]any  `json:"values"`
}

func (s *Sandbox) slackAction(ctx context.Context, a slackAction) (any, error) {
	if a.ActionID == "" && a.Label == "" {
		return nil, stand.Refuse(http.StatusBadRequest, "slack/action wants action_id or label")
	}
	return nil, s.slack.Action(ctx, slackapi.Action{User: a.User, Channel: a.Channel, TS: a.TS, ViewID: a.ViewID,
		ActionID: a.ActionID, Label: a.Label, Value: a.Value, Selected: a.Selected, Values: a.Values})
}

type slackSuggest struct {
	slackAction
	Query string `json:"query"`
}

func (s *Sandbox) slackSuggest(ctx context.Context, a slackSuggest) (any, error) {
	return s.slack.Suggest(ctx, slackapi.Action{User: a.User, Channel: a.Channel, TS: a.TS, ViewID: a.ViewID, ActionID: a.ActionID}, a.Query)
}

type slackSubmit struct {
	User   string         `json:"user"`
	ViewID string         `json:"view_id"`
	Values map[string]any `json:"values"`
}

func (s *Sandbox) slackSubmit(ctx context.Context, a slackSubmit) (any, error) {
	return s.slack.Submit(ctx, a.User, a.ViewID, a.Values)
}

type slackClose struct {
	User   string `json:"user"`
	ViewID string `json:"view_id"`
}

func (s *Sandbox) slackClose(ctx context.Context, a slackClose) (any, error) {
	return nil, s.slack.CloseView(ctx, a.User, a.ViewID)
}

type slackShortcut struct {
	User       string `json:"user"`
	CallbackID string `json:"callback_id"`
	Channel    string `json:"channel"`
	TS         string `json:"ts"`
}

func (s *Sandbox) slackShortcut(ctx context.Context, a slackShortcut) (any, error) {
	return nil, s.slack.Shortcut(ctx, a.User, a.CallbackID, a.Channel, a.TS)
}

// upload is a file in a request.
type upload struct {
	Name string `json:"name"`
	MIME string `json:"mime"`
	Data []byte `json:"data"` // base64
}

type slackMessage struct {
	User     string   `json:"user"`
	Channel  string   `json:"channel"`
	ThreadTS string   `json:"thread_ts"`
	Text     string   `json:"text"`
	Files    []upload `json:"files"`
}

func (s *Sandbox) slackMessage(ctx context.Context, a slackMessage) (any, error) {
	act := slackapi.MessageAct{User: a.User, Channel: a.Channel, ThreadTS: a.ThreadTS, Text: a.Text}
	for _, f := range a.Files {
		act.Files = append(act.Files, slackapi.File{Name: f.Name, Mime: f.MIME,
			Data: base64.StdEncoding.EncodeToString(f.Data)})
	}
	ts, err := s.slack.Message(ctx, act)
	if err != nil {
		return nil, err
	}
	return map[string]any{"ts": ts}, nil
}

type slackEdit struct {
	User    string `json:"user"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Text    string `json:"text"`
}

func (s *Sandbox) slackEdit(ctx context.Context, a slackEdit) (any, error) {
	return nil, s.slack.EditMessage(ctx, a.User, a.Channel, a.TS, a.Text)
}

func (s *Sandbox) slackDelete(ctx context.Context, a slackEdit) (any, error) {
	return nil, s.slack.DeleteMessage(ctx, a.User, a.Channel, a.TS)
}

type slackHome struct {
	User string `json:"user"`
}

func (s *Sandbox) slackHome(ctx context.Context, a slackHome) (any, error) {
	return nil, s.slack.OpenHome(ctx, a.User)
}

type slackGroup struct {
	Group    string   `json:"group"`
	Users    []string `json:"users"`
	Disabled bool     `json:"disabled"`
}

func (s *Sandbox) slackGroup(ctx context.Context, a slackGroup) (any, error) {
	return nil, s.slack.SetGroup(ctx, a.Group, a.Users, a.Disabled)
}

type slackLocale struct {
	User   string `json:"user"`
	Locale string `json:"locale"`
}

func (s *Sandbox) slackLocale(_ context.Context, a slackLocale) (any, error) {
	return nil, s.slack.SetLocale(a.User, a.Locale)
}

type slackScope struct {
	Scope   string `json:"scope"`
	Granted bool   `json:"granted"`
}

func (s *Sandbox) slackScope(_ context.Context, a slackScope) (any, error) {
	return nil, s.slack.SetScope(a.Scope, a.Granted)
}

type slackChannel struct {
	Channel  string   `json:"channel"`
	Archived *bool    `json:"archived"`
	Removed  *bool    `json:"removed"`
	Name     string   `json:"name"` // of a new channel
	Private  bool     `json:"private"`
	Members  []string `json:"members"`
}

func (s *Sandbox) slackChannel(_ context.Context, a slackChannel) (any, error) {
	if a.Channel == "" && a.Name != "" {
		id, err := s.slack.MakeChannel(a.Name, a.Private, a.Members)
		return map[string]any{"channel": id}, err
	}
	return nil, s.slack.SetChannel(a.Channel, a.Archived, a.Removed)
}

// slackManifest installs the app anew.
type slackManifest struct {
	Manifest json.RawMessage `json:"manifest"`
}

func (s *Sandbox) slackManifest(_ context.Context, a slackManifest) (any, error) {
	if err := s.slack.Install(a.Manifest); err != nil {
		return nil, stand.Refuse(http.StatusBadRequest, "%v", err)
	}
	return nil, nil
}

type contact struct {
	Phone     string `json:"phone_number"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	UserID    int64  `json:"user_id"`
}

type telegramMessage struct {
	Chat     int64    `json:"chat"`
	From     int64    `json:"from"`
	Text     string   `json:"text"`
	Photo    *upload  `json:"photo"`
	Document *upload  `json:"document"`
	Contact  *contact `json:"contact"`
	Thread   int      `json:"thread"`
	Album    string   `json:"album"`
	ReplyTo  int      `json:"reply_to"`
}

func (s *Sandbox) telegramMessage(_ context.Context, a telegramMessage) (any, error) {
	act := telegramapi.MessageAct{Chat: a.Chat, From: a.From, Text: a.Text, Thread: a.Thread, Album: a.Album, ReplyTo: a.ReplyTo}
	if f := a.Photo; f != nil {
		act.Photo = &telegramapi.Upload{Name: f.Name, MIME: f.MIME, Data: f.Data}
	}
	if f := a.Document; f != nil {
		act.Document = &telegramapi.Upload{Name: f.Name, MIME: f.MIME, Data: f.Data}
	}
	if c := a.Contact; c != nil {
		act.Contact = &telegramapi.Contact{Phone: c.Phone, FirstName: c.FirstName, LastName: c.LastName, UserID: c.UserID}
	}
	id, err := s.telegram.Message(act)
	if err != nil {
		return nil, err
	}
	return map[string]any{"message_id": id}, nil
}

type telegramEdit struct {
	Chat      int64  `json:"chat"`
	From      int64  `json:"from"`
	MessageID int    `json:"message_id"`
	Text      string `json:"text"`
}

func (s *Sandbox) telegramEdit(_ context.Context, a telegramEdit) (any, error) {
	return nil, s.telegram.Edit(a.Chat, a.From, a.MessageID, a.Text)
}

type telegramClick struct {
	Chat      int64  `json:"chat"`
	From      int64  `json:"from"`
	MessageID int    `json:"message_id"`
	Label     string `json:"label"`
	Data      string `json:"data"`
}

func (s *Sandbox) telegramClick(ctx context.Context, a telegramClick) (any, error) {
	if (a.Label == "") == (a.Data == "") {
		return nil, stand.Refuse(http.StatusBadRequest, "telegram/click wants either label or data")
	}
	answer, err := s.telegram.Click(ctx, a.Chat, a.From, a.MessageID, a.Label, a.Data)
	if err != nil {
		return nil, err
	}
	return map[string]any{"answer": answer}, nil
}

type telegramPay struct {
	Chat      int64  `json:"chat"`
	From      int64  `json:"from"`
	MessageID int    `json:"message_id"`
	Link      string `json:"link"`
	Outcome   string `json:"outcome"`
}

func (s *Sandbox) telegramPay(ctx context.Context, a telegramPay) (any, error) {
	return nil, s.telegram.Pay(ctx, a.Chat, a.From, a.MessageID, a.Link, a.Outcome)
}

type telegramBlock struct {
	Chat    int64 `json:"chat"`
	Blocked *bool `json:"blocked"`
}

func (s *Sandbox) telegramBlock(_ context.Context, a telegramBlock) (any, error) {
	if a.Blocked == nil {
		return nil, stand.Refuse(http.StatusBadRequest, "telegram/block wants blocked: true or false")
	}
	return nil, s.telegram.Block(a.Chat, *a.Blocked)
}

type telegramChat struct {
	ID        int64                `json:"id"`
	Type      string               `json:"type"`
	Title     string               `json:"title"`
	People    []telegramapi.Person `json:"people"`
	Started   bool                 `json:"started"`
	Forum     bool                 `json:"is_forum"`
	Rights    []string             `json:"rights"` // the bot's as an administrator
	MigrateTo int64                `json:"migrate_to"`
}

func (s *Sandbox) telegramChat(_ context.Context, a telegramChat) (any, error) {
	switch {
	case a.ID == 0:
		return nil, stand.Refuse(http.StatusBadRequest, "telegram/chat wants an id")
	case a.MigrateTo != 0:
		return nil, s.telegram.Migrate(a.ID, a.MigrateTo)
	}
	s.telegram.AddChat(telegramapi.Chat{ID: a.ID, Type: a.Type, Title: a.Title, People: a.People, Started: a.Started, Forum: a.Forum,
		Rights: a.Rights})
	return nil, nil
}
