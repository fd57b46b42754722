package slackapi

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

func words(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// form is a modal with a required reason, an amount between 1 and 100, a date, a menu.
func form(callback string) slack.ModalViewRequest {
	amount := slack.NewNumberInputBlockElement(nil, "amount", true)
	amount.MinValue, amount.MaxValue = "1", "100"
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, words("Pick"), "kind",
		slack.NewOptionBlockObject("p", words("Price"), nil), slack.NewOptionBlockObject("q", words("Quality"), nil))
	when := slack.NewInputBlock("when", words("When"), nil, slack.NewDatePickerBlockElement("date"))
	when.Optional = true
	return slack.ModalViewRequest{Type: slack.VTModal, CallbackID: callback, Title: words("Dispute"), Submit: words("Send"), PrivateMetadata: "inv-1",
		NotifyOnClose: true, Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock("why", words("Reason"), nil, slack.NewPlainTextInputBlockElement(words("…"), "reason")),
			slack.NewInputBlock("sum", words("Amount"), nil, amount),
			slack.NewInputBlock("sort", words("Kind"), nil, menu),
			when,
		}}}
}

// slackErr is the code of a refused call.
func slackErr(err error) string {
	var r slack.SlackErrorResponse
	if errors.As(err, &r) {
		return r.Err
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

// A form through its whole life: opened, refused by the client, refused by the app, followed
// by another view, pushed upon, cleared.
func TestModal(t *testing.T) {
	x := open(t)
	var subs []slack.InteractionCallback
	x.connect(func(ev socketmode.Event) {
		switch d := ev.Data.(type) {
		case slack.SlashCommand:
			_, err := x.api.OpenView(d.TriggerID, form("first"))
			if err != nil {
				t.Error(err)
			}
			if _, err := x.api.OpenView(d.TriggerID, form("again")); slackErr(err) != "exchanged_trigger_id" {
				t.Errorf("second use of a trigger: got %v", err)
			}
			x.sock.Ack(*ev.Request)
		case slack.InteractionCallback:
			subs = append(subs, d)
			next := form("second")
			switch len(subs) {
			case 1:
				x.sock.Ack(*ev.Request, slack.NewErrorsViewSubmissionResponse(map[string]string{"why": "too short"}))
			case 2:
				x.sock.Ack(*ev.Request, slack.NewErrorsViewSubmissionResponse(map[string]string{"nowhere": "?"}))
			case 3:
				x.sock.Ack(*ev.Request, slack.NewUpdateViewSubmissionResponse(&next))
			case 4:
				x.sock.Ack(*ev.Request, slack.NewPushViewSubmissionResponse(&next))
			default:
				x.sock.Ack(*ev.Request, slack.NewClearViewSubmissionResponse())
			}
		}
	})
	must[CommandReply](t)(x.Command(background, "USALES0001", "CINVOICES1", "/ar", "dispute"))
	views := x.snapshot().Views
	if len(views) != 1 {
		t.Fatalf("views: %v", views)
	}
	id := views[0]["id"].(string)

	submit := must[SubmitReply](t)
	got := submit(x.Submit(background, "USALES0001", id, map[string]any{"sum": "200"}))
	if len(got.Errors) != 3 || got.Errors["sum"] == "" || len(subs) != 0 {
		t.Errorf("the client's own complaints: %+v, sent %d", got, len(subs))
	}
	full := map[string]any{"reason": "late", "sum": 12.5, "sort": "Quality", "when": "2026-04-01"}
	got = submit(x.Submit(background, "USALES0001", id, full))
	if got.Errors["why"] != "too short" || got.Closed {
		t.Errorf("the app's errors: %+v", got)
	}
	v := subs[0].View.State.Values
	if v["why"]["reason"].Value != "late" || v["sum"]["amount"].Value != "12.5" || v["sort"]["kind"].SelectedOption.Value != "q" || v["when"]["date"].SelectedDate != "2026-04-01" {
		t.Errorf("state: %+v", v)
	}
	if subs[0].View.PrivateMetadata != "inv-1" || subs[0].View.CallbackID != "first" || subs[0].Type != slack.InteractionTypeViewSubmission {
		t.Errorf("payload: %+v", subs[0].View)
	}
	if got = submit(x.Submit(background, "USALES0001", id, nil)); !strings.HasPrefix(got.Error, "invalid_errors") {
		t.Errorf("errors for a block that is not there: %+v", got)
	}
	if got = submit(x.Submit(background, "USALES0001", id, nil)); got.ViewID != id || got.Closed {
		t.Errorf("update: %+v", got)
	}
	got = submit(x.Submit(background, "USALES0001", id, nil))
	if got.ViewID == id || got.ViewID == "" {
		t.Errorf("push: %+v", got)
	}
	if _, err := x.Submit(background, "USALES0001", id, nil); err == nil {
		t.Error("a view below another one was sent")
	}
	if got = submit(x.Submit(background, "USALES0001", got.ViewID, full)); !got.Closed || got.ViewID != "" || len(x.snapshot().Views) != 0 {
		t.Errorf("clear: %+v, %v", got, x.snapshot().Views)
	}
}

func TestStackHoldsThreeViews(t *testing.T) {
	x := open(t)
	x.mu.Lock()
	trigger := x.newTrigger("USALES0001", "")
	x.mu.Unlock()
	v := must[*slack.ViewResponse](t)(x.api.OpenView(trigger, form("1")))
	for i, want := range []string{"", "", "push_limit_reached"} {
		x.mu.Lock()
		trigger = x.newTrigger("USALES0001", v.ID)
		x.mu.Unlock()
		next, err := x.api.PushView(trigger, form("more"))
		if slackErr(err) != want {
			t.Errorf("push %d: got %v, want %q", i, err, want)
		}
		if err == nil {
			if next.PreviousViewID != v.ID || next.RootViewID == next.ID {
				t.Errorf("push %d: previous %s, root %s", i, next.PreviousViewID, next.RootViewID)
			}
			v = next
		}
	}
}

func TestTriggersAndHashes(t *testing.T) {
	x := open(t)
	for _, c := range []struct{ id, want string }{
		{"garbage", "invalid_trigger_id"},
		{"1.2.0123456789abcdef", "expired_trigger_id"},
		{"", "invalid_arguments"},
	} {
		if _, err := x.api.OpenView(c.id, form("x")); slackErr(err) != c.want && !(c.id == "" && err != nil) {
			t.Errorf("%q: got %v, want %s", c.id, err, c.want)
		}
	}
	x.mu.Lock()
	late := x.newTrigger("USALES0001", "")
	x.triggers[late].at = time.Now().Add(-4 * time.Second)
	good := x.newTrigger("USALES0001", "")
	x.mu.Unlock()
	if _, err := x.api.OpenView(late, form("x")); slackErr(err) != "expired_trigger_id" {
		t.Errorf("after four seconds: %v", err)
	}
	bad := form("x")
	bad.Title = words("A title of more than 24 characters")
	bad.Submit = nil
	_, err := x.api.OpenView(good, bad)
	var r slack.SlackErrorResponse
	if !errors.As(err, &r) || r.Err != "invalid_arguments" {
		t.Fatalf("a bad view: %v", err)
	}
	want := []string{"[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
		"[ERROR] must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]"}
	if got, _ := json.Marshal(r.ResponseMetadata.Messages); string(got) != mustJSON(want) {
		t.Errorf("got %s", got)
	}
	v := must[*slack.ViewResponse](t)(x.api.OpenView(good, form("x")))
	if _, err := x.api.UpdateView(form("y"), "", "0.stale", v.ID); slackErr(err) != "hash_conflict" {
		t.Errorf("stale hash: %v", err)
	}
	if _, err := x.api.UpdateView(form("y"), "", "", "V999"); slackErr(err) != "not_found" {
		t.Errorf("unknown view: %v", err)
	}
	w := must[*slack.ViewResponse](t)(x.api.UpdateView(form("y"), "", v.Hash, v.ID))
	if w.Hash == v.Hash || w.CallbackID != "y" {
		t.Errorf("after update: %+v", w.View)
	}
}

func mustJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func TestUpdateKeepsWhatWasTyped(t *testing.T) {
	x := open(t)
	x.mu.Lock()
	trigger := x.newTrigger("USALES0001", "")
	x.mu.Unlock()
	v := must[*slack.ViewResponse](t)(x.api.OpenView(trigger, form("x")))
	if err := x.Action(background, Action{User: "USALES0001", ViewID: v.ID, ActionID: "reason", Value: "half a senten"}); err != nil {
		t.Fatal(err)
	}
	w := must[*slack.ViewResponse](t)(x.api.UpdateView(form("x"), "", "", v.ID))
	if got := w.State.Values["why"]["reason"].Value; got != "half a senten" {
		t.Errorf("got %q", got)
	}
}

// The Home tab: opened, published, its button pressed, a modal opened from it, closed.
func TestHome(t *testing.T) {
	x := open(t)
	closed := make(chan slack.InteractionCallback, 1)
	pressed := make(chan slack.InteractionCallback, 1)
	x.connect(func(ev socketmode.Event) {
		switch d := ev.Data.(type) {
		case slackevents.EventsAPIEvent:
			if e, ok := d.InnerEvent.Data.(*slackevents.AppHomeOpenedEvent); ok {
				home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewActionBlock("", button("new", "", "New Invoice"))}}}
				if _, err := x.api.PublishView(e.User, home, ""); err != nil {
					t.Error(err)
				}
			}
		case slack.InteractionCallback:
			if d.Type == slack.InteractionTypeViewClosed {
				closed <- d
			} else {
				if _, err := x.api.OpenView(d.TriggerID, form("new")); err != nil {
					t.Error(err)
				}
				pressed <- d
			}
		}
		if ev.Request != nil && ev.Request.EnvelopeID != "" {
			x.sock.Ack(*ev.Request)
		}
	})
	if err := x.OpenHome(background, "UMANAGER01"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "published", func() bool { return x.snapshot().Homes["UMANAGER01"] != nil })
	if err := x.Action(background, Action{User: "UMANAGER01", Label: "New Invoice"}); err != nil {
		t.Fatal(err)
	}
	if d := <-pressed; d.View.Type != slack.VTHomeTab || d.Container.Type != "view" || d.ResponseURL != "" {
		t.Errorf("payload: %+v", d)
	}
	id := x.snapshot().Views[0]["id"].(string)
	if err := x.CloseView(background, "UMANAGER01", id); err != nil {
		t.Fatal(err)
	}
	if d := <-closed; d.View.ID != id || d.View.CallbackID != "new" || d.IsCleared {
		t.Errorf("view_closed: %+v", d.View)
	}
	if n := len(x.snapshot().Views); n != 0 {
		t.Errorf("views: %d", n)
	}
}

func TestShortcuts(t *testing.T) {
	x := open(t)
	got := make(chan slack.InteractionCallback, 1)
	x.connect(func(ev socketmode.Event) {
		if d, ok := ev.Data.(slack.InteractionCallback); ok {
			got <- d
		}
		if ev.Request != nil && ev.Request.EnvelopeID != "" {
			x.sock.Ack(*ev.Request)
		}
	})
	if err := x.Shortcut(background, "USALES0001", "new_invoice", "", ""); err != nil {
		t.Fatal(err)
	}
	if d := <-got; d.Type != slack.InteractionTypeShortcut || d.CallbackID != "new_invoice" || d.TriggerID == "" {
		t.Errorf("global: %+v", d)
	}
	ts := must[string](t)(x.Message(background, MessageAct{User: "UFINANCE01", Channel: "CFINANCE01", Text: "look"}))
	if err := x.Shortcut(background, "USALES0001", "to_note", "CFINANCE01", ts); err != nil {
		t.Fatal(err)
	}
	if d := <-got; d.Type != slack.InteractionTypeMessageAction || d.Message.Text != "look" || d.MessageTs != ts || d.ResponseURL == "" {
		t.Errorf("message: %+v", d)
	}
}
