package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"duebot/commands/card"
)

// Filled is a form as somebody sent it, or as it stands when a choice was made in it.
type Filled struct {
	Key     string // from the view's id and hash, and what was filled in
	User    string
	Do, Arg string // what the form was about
	Values  map[string]string
	More    bool // one more line is wanted
}

// Shortcut is an entry of Slack's menus that somebody took.
type Shortcut struct {
	Key     string // from the trigger id
	User    string
	ID      string
	Channel string // of the message that it is about, if any
	Thread  string // ts of the first message of its thread
}

// Query is what somebody types into a field whose options we find.
type Query struct {
	User  string
	Kind  string // of the field
	Typed string
}

// shortcut answers an entry of Slack's menus: by a modal, which its trigger opens.
func (c *Client) shortcut(ctx context.Context, h Handler, cb interaction, d delivery) error {
	if cb.Trigger == "" || cb.User.ID == "" {
		return errNoKey
	}
	in := Shortcut{Key: "slack:trigger:" + cb.Trigger, User: cb.User.ID, ID: cb.Callback, Channel: cb.Channel.ID, Thread: cb.Message.Thread}
	if in.Thread == "" {
		in.Thread = cb.Message.TS
	}
	c.once(in.Key, d, func(d delivery) {
		c.inModal(ctx, h, cb, d, func() Answer { return h.Shortcut(ctx, in) })
	})
	return nil
}

// inModal answers an act that has no message by a modal. Where the answer takes long, the
// trigger opens one that says so, and the answer takes its place.
func (c *Client) inModal(ctx context.Context, h Handler, cb interaction, d delivery, act func() Answer) {
	answers := make(chan Answer, 1)
	go func() { answers <- act() }()
	select {
	case a := <-answers:
		d.ack(nil) // opening takes as long as Slack likes
		c.openModal(ctx, cb, a)
	case <-time.After(ackPatience):
		d.ack(nil)
		working := h.Working(cb.User.ID)
		v, err := c.api.OpenViewContext(ctx, cb.Trigger, c.cardView(cb.User.ID, "", working.Card, working.Words))
		a := <-answers
		if err != nil {
			c.unopened(ctx, cb, a, err)
			return
		}
		cb.View = view{ID: v.View.ID}
		c.change(ctx, cb, "", a, nil)
	}
}

// openModal opens the form that an answer asks by, or shows its card. A trigger is good for
// three seconds: a picture comes after.
func (c *Client) openModal(ctx context.Context, cb interaction, a Answer) {
	if a.Form == nil && a.Card == nil {
		return
	}
	v, err := c.api.OpenViewContext(ctx, cb.Trigger, c.modalOf(cb.User.ID, "", a, nil))
	if err != nil {
		c.unopened(ctx, cb, a, err)
		return
	}
	if a.Form != nil && a.Form.Instead {
		c.views.from(v.View.ID, cb.origin())
	}
	c.complete(ctx, cb.User.ID, v.View.ID, "", c.views.turn(v.View.ID), a)
}

// unopened tells by the response_url, where there is one, what a modal would have said.
func (c *Client) unopened(ctx context.Context, cb interaction, a Answer, err error) {
	c.count("unopened")
	c.cfg.Log.Warn("opening a modal", "error", withoutURL(err))
	if a.Form != nil {
		a.Form, a.Card = nil, &card.Card{Body: []card.Text{card.T("form.late")}}
	}
	c.respond(ctx, cb.origin(), a)
}

// modalOf is the view of an answer. A card has the title of the form that it answers.
func (c *Client) modalOf(user, title string, a Answer, held map[string]string) slack.ModalViewRequest {
	if a.Form != nil {
		return c.formView(user, a.Form, a.Words, held)
	}
	return c.cardView(user, title, a.Card, a.Words)
}

// change puts an answer in the place of what a modal shows. A conflict means that the modal
// has changed meanwhile; an answer to an act is shown all the same, a form that only follows
// what is typed is not: the newer one comes.
func (c *Client) change(ctx context.Context, cb interaction, hash string, a Answer, held map[string]string) {
	if a.Form == nil && a.Card == nil {
		return
	}
	user, id, title := cb.User.ID, cb.View.ID, cb.View.title()
	turn := c.views.turn(id)
	a.Card = c.atHand(a.Card, a.Words)
	put := func(hash string) error {
		_, err := c.api.UpdateViewContext(ctx, c.modalOf(user, title, a, held), "", hash, id)
		return err
	}
	err := put(hash)
	if conflict(err) && held == nil {
		hash = ""
		err = put(hash)
	}
	if without, had := unpictured(a.Card); had && err != nil && !conflict(err) { // Slack has it no more
		c.cfg.Gallery.DropPicture(a.Card.Picture.ID)
		a.Card = without
		err = put(hash)
	}
	if err != nil && !conflict(err) {
		c.cfg.Log.Warn("changing a modal", "error", withoutURL(err))
		return
	}
	c.complete(ctx, user, id, title, turn, a)
}

// complete draws the picture of an answer that a modal shows without it, and sends the answer's
// file. Where the modal has come to show something else meanwhile, it stays as it is.
func (c *Client) complete(ctx context.Context, user, id, title string, turn int, a Answer) {
	if a.Form != nil {
		return
	}
	if c.draws(a) && a.Card.Picture.ID == "" {
		a.Card = c.pictured(ctx, a.Card, a.Words)
		if _, drawn := unpictured(a.Card); drawn && c.views.is(id, turn) {
			_, err := c.api.UpdateViewContext(ctx, c.modalOf(user, title, a, nil), "", "", id)
			if err != nil {
				c.cfg.Gallery.DropPicture(a.Card.Picture.ID)
				c.cfg.Log.Warn("a modal stays without its picture", "error", withoutURL(err))
			}
		}
	}
	c.handOver(ctx, user, a)
}

func conflict(err error) bool {
	var refused slack.SlackErrorResponse
	return errors.As(err, &refused) && refused.Err == "hash_conflict"
}

// submission hands on a form that was sent. What is wrong with a field is said at that field;
// any other answer takes the form's place.
func (c *Client) submission(ctx context.Context, h Handler, cb interaction, d delivery) error {
	if cb.View.ID == "" || cb.User.ID == "" {
		return errNoKey
	}
	key := "slack:submit:" + cb.Trigger
	if cb.Trigger == "" {
		key = submissionKey(&cb.View)
	}
	c.once(key, d, func(d delivery) {
		in, ok := c.filled(cb)
		if !ok {
			d.ack(nil)
			return
		}
		answers := make(chan Answer, 1)
		go func() { answers <- c.handed(ctx, in.User, "", h.Fill(ctx, in)) }()
		select {
		case a := <-answers:
			c.answerForm(ctx, h, cb, d, a)
		case <-time.After(ackPatience):
			d.ack(c.workingView(h, cb.User.ID))
			a := <-answers
			if len(a.Wrong) > 0 { // the form is gone by now: it comes again, with what is wrong above it
				again := h.Reform(ctx, in)
				if again.Form != nil {
					again.Form.Body = append([]card.Text{a.Wrong[0].Text}, again.Form.Body...)
					a = again
				}
			}
			c.change(ctx, cb, "", a, nil)
		}
	})
	return nil
}

// ackSettles is how long a modal is given to show what it was acknowledged with.
const ackSettles = 300 * time.Millisecond

// answerForm acknowledges a form with its answer: what is wrong with it, the card that takes
// its place, or nothing where the answer takes the place of the message that it came from.
func (c *Client) answerForm(ctx context.Context, h Handler, cb interaction, d delivery, a Answer) {
	if o, ok := c.views.origin(cb.View.ID); ok && a.Form == nil && a.Card != nil && len(a.Wrong) == 0 {
		d.ack(nil)
		a.Replace = true
		c.respond(ctx, o, a)
		c.handOver(ctx, cb.User.ID, a)
		return
	}
	turn := c.views.turn(cb.View.ID)
	payload := c.submitted(cb, a)
	if data, err := json.Marshal(payload); err == nil && len(data) < ackMax {
		d.ack(payload)
		if len(a.Wrong) == 0 {
			if c.draws(a) { // else what Slack has of it already could come before the card that it belongs to
				pause(ctx, ackSettles)
			}
			c.complete(ctx, cb.User.ID, cb.View.ID, cb.View.title(), turn, a)
		}
		return
	}
	d.ack(c.workingView(h, cb.User.ID))
	c.change(ctx, cb, "", a, nil)
}

// filled reads a form of ours. One that was not made for whoever sends it is counted.
func (c *Client) filled(cb interaction) (Filled, bool) {
	do, arg, ok := c.about(cb.User.ID, cb.View.Metadata)
	if !ok {
		c.count("foreign_form")
		c.cfg.Log.Warn("a form that is not ours was sent", "user", cb.User.ID)
		return Filled{}, false
	}
	fields, _ := cb.View.values()
	return Filled{Key: submissionKey(&cb.View), User: cb.User.ID, Do: do, Arg: arg, Values: fields}, true
}

// submissionKey tells one filling of one form from any other: the hash stays while fields are
// corrected, so what they hold is part of it.
func submissionKey(v *view) string {
	fields, _ := v.values()
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		data, _ := json.Marshal([]string{name, fields[name]})
		sum.Write(data)
	}
	return "slack:view:" + v.ID + ":" + v.Hash + ":" + hex.EncodeToString(sum.Sum(nil)[:12])
}

// submitted is the acknowledgement of a form with an answer.
func (c *Client) submitted(cb interaction, a Answer) any {
	if errs := c.wrong(cb, a); len(errs) > 0 {
		return map[string]any{"response_action": "errors", "errors": errs}
	}
	if a.Form == nil && a.Card == nil {
		return nil
	}
	return map[string]any{"response_action": "update", "view": c.modalOf(cb.User.ID, cb.View.title(), a, nil)}
}

// wrong are the errors of fields by block_id, as Slack wants them: of inputs alone.
func (c *Client) wrong(cb interaction, a Answer) map[string]string {
	_, blocks := cb.View.values()
	errs := map[string]string{}
	for _, w := range a.Wrong {
		for id := range blocks {
			if name, _ := fieldOf(id); name == w.Field {
				errs[id] = strings.ReplaceAll(plain.Replace(a.Words(w.Text)), "`", "")
			}
		}
	}
	return errs
}

func (c *Client) workingView(h Handler, user string) any {
	a := h.Working(user)
	return map[string]any{"response_action": "update", "view": c.cardView(user, "", a.Card, a.Words)}
}

// reform makes the form of an interaction again, after a choice or for one more line.
func (c *Client) reform(ctx context.Context, h Handler, cb interaction, more bool) {
	in, ok := c.filled(cb)
	if !ok {
		return
	}
	in.More = more
	_, held := cb.View.values()
	a := h.Reform(ctx, in)
	if a.Form == nil { // refused: the form stays, and says why
		a.Form = nil
		held = nil
	}
	c.change(ctx, cb, cb.View.Hash, a, held)
}

// suggestion answers what somebody types into a field whose options we find.
func (c *Client) suggestion(ctx context.Context, h Handler, cb interaction, d delivery) error {
	options := []*slack.OptionBlockObject{}
	if _, _, ok := c.about(cb.User.ID, cb.View.Metadata); ok {
		kind, _, _ := strings.Cut(cb.ActionID, ".")
		found, words := h.Suggest(ctx, Query{User: cb.User.ID, Kind: kind, Typed: cb.Value})
		r := &renderer{c: c, words: words}
		for _, o := range found {
			if o.Value != "" && len(o.Value) <= choiceWide && len(options) < optionsMax {
				options = append(options, slack.NewOptionBlockObject(o.Value, r.label(o.Label, choiceWide), nil))
			}
		}
	} else {
		c.count("foreign_form")
	}
	d.ack(map[string]any{"options": options})
	return nil
}

// inView runs the buttons and choices of a modal or of the Home tab. In a modal the answer takes
// its place; over the Home tab one opens.
func (c *Client) inView(ctx context.Context, h Handler, cb interaction, d delivery) error {
	if cb.Trigger == "" || cb.User.ID == "" || len(cb.Actions) == 0 {
		return errNoKey
	}
	c.once("slack:trigger:"+cb.Trigger, d, func(d delivery) {
		act := cb.Actions[0]
		if fieldName := strings.HasPrefix(act.Block, fieldPrefix); fieldName {
			c.reform(ctx, h, cb, false)
			d.ack(nil)
			return
		}
		if do, _, ok := c.opened(viewPlace(cb.User.ID), act.Value); ok && do == moreID {
			c.reform(ctx, h, cb, true)
			d.ack(nil)
			return
		}
		press := func() Answer {
			all := c.presses(ctx, h, viewPlace(cb.User.ID), cb)
			if len(all) == 0 {
				return Answer{}
			}
			return c.handed(ctx, cb.User.ID, "", all[0])
		}
		if cb.View.Type != string(slack.VTModal) {
			c.inModal(ctx, h, cb, d, press)
			return
		}
		c.inPlace(ctx, h, cb, d, press)
	})
	return nil
}

// inPlace answers in the modal where a button was pressed.
func (c *Client) inPlace(ctx context.Context, h Handler, cb interaction, d delivery, act func() Answer) {
	answers := make(chan Answer, 1)
	go func() { answers <- act() }()
	select {
	case a := <-answers:
		d.ack(nil)
		c.change(ctx, cb, cb.View.Hash, a, nil)
	case <-time.After(ackPatience):
		d.ack(nil)
		c.change(ctx, cb, cb.View.Hash, h.Working(cb.User.ID), nil)
		c.change(ctx, cb, "", <-answers, nil)
	}
}
