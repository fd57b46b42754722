package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"duebot/adapters/sandbox/slackapi"
	"duebot/commands/card"
)

const sofia = "USALES0001"

// shownView is a modal as the stand-in shows it.
type shownView struct {
	ID, User string
	View     struct {
		Hash     string
		Title    struct{ Text string }
		Metadata string `json:"private_metadata"`
		Blocks   []map[string]any
	}
}

func topView(t *testing.T, s *slackapi.Server) *shownView {
	t.Helper()
	data, err := json.Marshal(s.State())
	if err != nil {
		t.Fatal(err)
	}
	var state struct{ Views []shownView }
	if err := json.Unmarshal(data, &state); err != nil {
		t.Fatal(err)
	}
	if len(state.Views) == 0 {
		return nil
	}
	return &state.Views[len(state.Views)-1]
}

func smallForm() *card.Form {
	return &card.Form{Title: card.Plain("Pay"), Submit: card.Plain("Record"), Do: "payment", Arg: "INV-1", More: card.Plain("Add"), Fields: []card.Input{
		{Name: "customer", Kind: card.InputCustomer, Label: card.Plain("Customer"), Again: true, Optional: true},
		{Name: "sum", Kind: card.InputLine, Label: card.Plain("Amount"), Value: "5"},
		{Name: "date", Kind: card.InputDate, Label: card.Plain("Day"), Value: "2026-10-01"},
		{Name: "how", Kind: card.InputChoice, Label: card.Plain("How"), Value: "a", Options: []card.Option{{Value: "a", Label: card.Plain("A")}, {Value: "b", Label: card.Plain("B")}}},
		{Name: "yes", Kind: card.InputTick, Label: card.Plain("Yes"), Value: "yes"},
		{Name: "who", Kind: card.InputPerson, Label: card.Plain("Who"), Value: sofia},
	}}
}

func askForm(t *testing.T, s *slackapi.Server) *shownView {
	t.Helper()
	if r, err := s.Command(context.Background(), sofia, "CINVOICES1", "/ar", "payment"); err != nil || r.Error != "" || len(r.Payload) > 0 {
		t.Fatalf("asked for a form: %+v, %v", r, err)
	}
	v := topView(t, s)
	if v == nil {
		t.Fatal("no form was opened")
	}
	return v
}

// A form is opened, followed while it is filled in, refused at its field, and in the end gives
// way to the answer. What its fields hold comes whole, whatever their kind.
func TestFormFromEndToEnd(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, _, h, _, stop := onStage(t)
	defer stop()
	h.form = smallForm()
	v := askForm(t, s)
	found, err := s.Suggest(context.Background(), slackapi.Action{User: sofia, ViewID: v.ID, ActionID: "customer.customer"}, "ac")
	if err != nil || !strings.Contains(string(found), `"customerac"`) || strings.Contains(string(found), "xxx") {
		t.Errorf("found %s, %v", found, err)
	}

	// The form changes the sum, and nothing else: that field alone is another one.
	h.form.Fields[0].Value, h.form.Fields[0].Shown, h.form.Fields[1].Value = "acme", card.Plain("Acme"), "7"
	option := json.RawMessage(`{"value":"acme","text":{"type":"plain_text","text":"Acme"}}`)
	if err := s.Action(context.Background(), slackapi.Action{User: sofia, ViewID: v.ID, ActionID: "customer.customer", Selected: option}); err != nil {
		t.Fatal(err)
	}
	v = topView(t, s)
	ids := ""
	for _, b := range v.View.Blocks {
		ids += fmt.Sprint(b["block_id"], " ")
	}
	if !strings.HasPrefix(ids, "f.customer") || !strings.Contains(ids, " f.sum~1 f.date f.how f.yes f.who ") {
		t.Errorf("fields are called %s", ids)
	}
	if len(h.reformed) != 1 || h.reformed[0].Values["customer"] != "acme" || h.reformed[0].Do != "payment" || h.reformed[0].Arg != "INV-1" {
		t.Errorf("followed %+v", h.reformed)
	}
	if err := s.Action(context.Background(), slackapi.Action{User: sofia, ViewID: v.ID, Label: "Add"}); err != nil || len(h.reformed) != 2 || !h.reformed[1].More {
		t.Errorf("one more line: %+v, %v", h.reformed, err)
	}

	h.answer = said("")
	h.answer.Wrong = []card.Wrong{{Field: "sum", Text: card.Plain("Not `that`.")}}
	r, err := s.Submit(context.Background(), sofia, v.ID, map[string]any{"f.sum~1": "x"})
	if err != nil || r.Error != "" || r.Errors["f.sum~1"] != "Not that." {
		t.Fatalf("refused %+v, %v", r, err)
	}
	h.answer = said("Booked.")
	if r, err = s.Submit(context.Background(), sofia, v.ID, map[string]any{"f.sum~1": "8"}); err != nil || r.Error != "" || r.ViewID != v.ID {
		t.Fatalf("sent %+v, %v", r, err)
	}
	want := map[string]string{"customer": "acme", "sum": "8", "date": "2026-10-01", "how": "a", "yes": "yes", "who": sofia}
	if len(h.filled) != 2 || fmt.Sprint(h.filled[1].Values) != fmt.Sprint(want) || h.filled[0].Key == h.filled[1].Key {
		t.Errorf("filled %+v", h.filled)
	}
	if v = topView(t, s); !strings.Contains(fmt.Sprint(v.View.Blocks), "Booked.") {
		t.Errorf("the modal shows %v", v.View.Blocks)
	}
}

// A form that takes long says that it works, and then shows what came of it: the answer, or
// itself again with what is wrong.
func TestSlowForm(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, _, h, _, stop := onStage(t)
	defer stop()
	h.form, h.wait, h.answer = smallForm(), ackPatience+200*time.Millisecond, said("Booked.")
	shows := func(what string) func() bool {
		return func() bool { return strings.Contains(fmt.Sprint(topView(t, s).View.Blocks), what) }
	}
	v := askForm(t, s)
	if r, err := s.Submit(context.Background(), sofia, v.ID, map[string]any{"f.customer": nil}); err != nil || r.Error != "" {
		t.Fatalf("sent %+v, %v", r, err)
	}
	if !shows("working")() {
		t.Errorf("meanwhile it shows %v", topView(t, s).View.Blocks)
	}
	until(t, "the answer", shows("Booked."))

	h.answer.Wrong = []card.Wrong{{Field: "sum", Text: card.Plain("Too much.")}}
	v = askForm(t, s)
	if r, err := s.Submit(context.Background(), sofia, v.ID, nil); err != nil || r.Error != "" {
		t.Fatalf("sent %+v, %v", r, err)
	}
	until(t, "the form again", shows("Too much."))
	if topView(t, s).View.Metadata == "" {
		t.Error("what is shown is no form")
	}
}

// A form that was made for somebody else, or was changed on its way, does nothing and is
// counted.
func TestForeignForms(t *testing.T) {
	c, _ := testClient("http://127.0.0.1:1")
	count := &tally{}
	c.cfg.Count = count.add
	c.cfg.Seal = func(place, what string) string { return place + "/" + what }
	c.cfg.Sealed = func(proof, place, what string) bool { return proof == place+"/"+what }
	h := &desk{let: make(chan struct{})}
	ours := c.metadata("U1", &card.Form{Do: "payment", Arg: "INV-1"})
	n := 0
	send := func(user, metadata string) {
		cb := interaction{Type: "view_submission", Trigger: fmt.Sprint("t", n)}
		n++
		cb.User.ID, cb.View.ID, cb.View.Metadata = user, "V1", metadata
		if err := c.interaction(context.Background(), h, cb, &request{answer: make(chan response, 1)}); err != nil {
			t.Error(err)
		}
	}
	send("U1", ours)
	if len(h.filled) != 1 || h.filled[0].Arg != "INV-1" {
		t.Fatalf("ours: %+v", h.filled)
	}
	send("U2", ours)
	send("U1", strings.Replace(ours, "INV-1", "INV-2", 1))
	send("U1", strings.Replace(ours, "payment", "writeoff", 1))
	send("U1", `{"d":"payment"}`)
	send("U1", "")
	if got := count.take(); len(h.filled) != 1 || got["foreign_form"] != 5 {
		t.Errorf("filled %d forms, counted %v", len(h.filled), got)
	}
}

// Whatever stands in them, forms are within Slack's limits.
func TestHostileFormsAreOpened(t *testing.T) {
	s, _, h, count, stop := onStage(t)
	defer stop()
	words := rapid.SampledFrom([]string{"", " ", "a", strings.Repeat("😀", 300), strings.Repeat("длинное имя ", 300), "\u202eevil\u202c", "<@U1> & <!channel>", "*_`~", "line\nline"})
	kinds := []string{card.InputLine, card.InputText, card.InputDate, card.InputChoice, card.InputTick, card.InputPerson, card.InputCustomer, card.InputInvoice, card.InputAccount}
	rapid.Check(t, func(r *rapid.T) {
		text := func(name string) card.Text { return card.Plain(words.Draw(r, name)) }
		f := &card.Form{Title: text("title"), Submit: text("submit"), Do: "payment", Arg: words.Draw(r, "arg")[:0], Body: []card.Text{text("body")}, More: text("more")}
		for i := range rapid.IntRange(1, 22).Draw(r, "fields") {
			in := card.Input{Name: fmt.Sprint("n", i), Kind: rapid.SampledFrom(kinds).Draw(r, "kind"), Label: text("label"), Hint: text("hint"), Example: text("example"),
				Shown: text("shown"), Optional: rapid.Bool().Draw(r, "optional"), Again: rapid.Bool().Draw(r, "again"), Value: words.Draw(r, "value")}
			switch in.Kind {
			case card.InputDate, card.InputPerson:
				in.Value = ""
			case card.InputChoice:
				for j := range rapid.IntRange(1, 120).Draw(r, "options") {
					in.Options = append(in.Options, card.Option{Value: fmt.Sprint(j), Label: text("option")})
				}
				in.Value = "0"
			}
			f.Fields = append(f.Fields, in)
		}
		h.form = f
		if _, err := s.Command(context.Background(), sofia, "CINVOICES1", "/ar", "payment"); err != nil {
			r.Fatal(err)
		}
		if n := count.take()["unopened"]; n != 0 {
			r.Fatalf("Slack refused the form: %+v", f)
		}
	})
}
