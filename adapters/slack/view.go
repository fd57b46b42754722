package slack

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"duebot/commands/card"
)

// A form is a modal. What it is about travels in its private_metadata, sealed for the person
// whom it was shown to. A card may stand in a modal too: an answer to a form, or to a button of
// the Home tab.

// Limits of modals and their inputs.
const (
	titleWide    = 24
	choiceWide   = 75
	hintWide     = 1900
	valueMax     = 3000
	optionsMax   = 100
	metadataMax  = 3000
	formCallback = "form"
	cardCallback = "card"
	fieldPrefix  = "f."
	moreID       = "more.line"
	ownTitle     = "Duebot" // of a card that answers no form
)

// viewPlace stands for a channel in the proofs of what a person's own views carry.
func viewPlace(user string) string { return "view:" + user }

// formPlace does so for forms.
func formPlace(user string) string { return "form:" + user }

// subject is what a form is about.
type subject struct {
	Do    string `json:"d"`
	Arg   string `json:"a,omitempty"`
	Proof string `json:"p"`
}

// metadata seals what f is about for a person.
func (c *Client) metadata(user string, f *card.Form) string {
	data, _ := json.Marshal(subject{f.Do, f.Arg, c.cfg.Seal(formPlace(user), f.Do+"|"+f.Arg)})
	return string(data)
}

// about reads what metadata wrote; ok is false for what was not made for this person.
func (c *Client) about(user, metadata string) (do, arg string, ok bool) {
	var s subject
	if json.Unmarshal([]byte(metadata), &s) != nil || !c.cfg.Sealed(s.Proof, formPlace(user), s.Do+"|"+s.Arg) {
		return "", "", false
	}
	return s.Do, s.Arg, true
}

// formView is a form as a modal. held is what the fields of the view before it hold, by
// block_id: a field whose value stays keeps its id, and with it what somebody types just now;
// one whose value the form changes gets another id, or Slack would show the old value.
func (c *Client) formView(user string, f *card.Form, words card.Words, held map[string]string) slack.ModalViewRequest {
	r := &renderer{c: c, channel: viewPlace(user), words: words, left: textMax, ids: map[string]int{}}
	for _, t := range f.Body {
		r.section(escape.Replace(words(t)))
	}
	ids := fieldIDs(f.Fields, held)
	for i, in := range f.Fields {
		r.blocks = append(r.blocks, r.input(in, ids[i]))
	}
	if !f.More.IsZero() {
		b := r.button(card.Button{Label: f.More, Do: moreID})
		r.blocks = append(r.blocks, slack.NewActionBlock("", b))
	}
	return slack.ModalViewRequest{Type: slack.VTModal, CallbackID: formCallback, PrivateMetadata: c.metadata(user, f),
		Title: r.label(f.Title, titleWide), Submit: r.label(f.Submit, titleWide), Close: r.label(card.T("form.cancel"), titleWide),
		Blocks: slack.Blocks{BlockSet: r.blocks}}
}

// fieldIDs are the block_ids of fields: "f.sum", and "f.sum~2" once the form has changed it.
func fieldIDs(fields []card.Input, held map[string]string) []string {
	out := make([]string, len(fields))
	for i, in := range fields {
		out[i] = fieldPrefix + in.Name
		for id, value := range held {
			name, n := fieldOf(id)
			switch {
			case name != in.Name:
			case value == in.Value:
				out[i] = id
			default:
				out[i] = fieldPrefix + in.Name + "~" + strconv.Itoa(n+1)
			}
		}
	}
	return out
}

// fieldOf is the field of a block_id, and how often the form has changed it.
func fieldOf(id string) (name string, n int) {
	name, times, _ := strings.Cut(strings.TrimPrefix(id, fieldPrefix), "~")
	n, _ = strconv.Atoi(times)
	return name, n
}

// actionID is of a field: its kind, by which we know what can be found, and its name.
func actionID(in card.Input) string { return in.Kind + "." + in.Name }

// input is one field.
func (r *renderer) input(in card.Input, id string) slack.Block {
	b := slack.NewInputBlock(id, r.label(in.Label, hintWide), nil, r.element(in))
	if !in.Hint.IsZero() {
		b.Hint = r.label(in.Hint, hintWide)
	}
	b.Optional, b.DispatchAction = in.Optional || in.Kind == card.InputTick, in.Again
	return b
}

func (r *renderer) element(in card.Input) slack.BlockElement {
	switch in.Kind {
	case card.InputDate:
		e := slack.NewDatePickerBlockElement(actionID(in))
		e.InitialDate = in.Value
		return e
	case card.InputPerson:
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, nil, actionID(in))
		e.InitialUser = in.Value
		return e
	case card.InputTick:
		yes := slack.NewOptionBlockObject("yes", r.label(in.Shown, choiceWide), nil)
		e := slack.NewCheckboxGroupsBlockElement(actionID(in), yes)
		if in.Value == "yes" {
			e.InitialOptions = []*slack.OptionBlockObject{yes}
		}
		return e
	case card.InputChoice:
		return r.choice(in)
	case card.InputCustomer, card.InputInvoice, card.InputAccount:
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, r.label(card.T("ask.find"), titleMax/2), actionID(in))
		e.MinQueryLength = new(int)
		if in.Value != "" && len(in.Value) <= choiceWide {
			e.InitialOption = slack.NewOptionBlockObject(in.Value, r.label(in.Shown, choiceWide), nil)
		}
		return e
	}
	e := slack.NewPlainTextInputBlockElement(nil, actionID(in))
	e.Multiline = in.Kind == card.InputText
	if !in.Example.IsZero() {
		e.Placeholder = r.label(in.Example, titleMax/2)
	}
	if len([]rune(in.Value)) <= valueMax {
		e.InitialValue = in.Value
	}
	return e
}

// choice is a menu of options that the form brings.
func (r *renderer) choice(in card.Input) slack.BlockElement {
	var options []*slack.OptionBlockObject
	var first *slack.OptionBlockObject
	for _, o := range in.Options[:min(len(in.Options), optionsMax)] {
		x := slack.NewOptionBlockObject(o.Value, r.label(o.Label, choiceWide), nil)
		if options = append(options, x); o.Value == in.Value {
			first = x
		}
	}
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, actionID(in), options...)
	e.InitialOption = first
	return e
}

// cardView is a card as a modal; "" is the title of one that answers no form.
func (c *Client) cardView(user, title string, k *card.Card, words card.Words) slack.ModalViewRequest {
	r := &renderer{c: c, channel: viewPlace(user), words: words, left: textMax - lostMax, ids: map[string]int{}, modal: true}
	if r.card(k); len(r.blocks) == 0 {
		r.section("–")
	}
	shut := card.T("form.done")
	if len(k.Buttons) > 0 { // whoever shuts it has not done what they offer
		shut = card.T("form.close")
	}
	return slack.ModalViewRequest{Type: slack.VTModal, CallbackID: cardCallback, Title: r.label(card.Plain(cmp.Or(title, ownTitle)), titleWide), Close: r.label(shut, titleWide),
		Blocks: slack.Blocks{BlockSet: r.blocks}}
}

// linesWide is up to how many columns a row is read without their names.
const linesWide = 5

// lines shows a table where there are none: a line for each row, its first cell in bold. Of many
// columns each figure has its name beside it, and empty ones are left out.
func (r *renderer) lines(t *card.Table) {
	if len(t.Head) > linesWide {
		r.named(t)
		return
	}
	var out []string
	for _, texts := range append([][]card.Text{t.Head}, t.Rows...) {
		cells := r.cells(texts)
		for i, s := range cells {
			cells[i] = cut(escape.Replace(s), cellMax)
		}
		if len(out) == 0 {
			out = append(out, "_"+r.words.Line(cells...)+"_") // the names of the columns
			continue
		}
		line := r.bold(cells[0])
		if len(cells) > 1 {
			line += " · " + r.words.Line(cells[1:]...)
		}
		out = append(out, line)
	}
	r.section(strings.Join(out, "\n"))
}

// bold is a cell in bold; a star of its own would end that.
func (r *renderer) bold(cell string) string {
	return "*" + r.words.Line(strings.ReplaceAll(cell, "*", "∗")) + "*"
}

// named shows each row of a wide table as a line of names and figures.
func (r *renderer) named(t *card.Table) {
	head := r.cells(t.Head)
	var out []string
	for _, row := range t.Rows {
		var figures []string
		cells := r.cells(row)
		for i, s := range cells[1:] {
			if s = cut(escape.Replace(s), cellMax); s != "–" && s != "" {
				figures = append(figures, escape.Replace(head[i+1])+"\u00a0"+s)
			}
		}
		out = append(out, r.bold(cut(escape.Replace(cells[0]), cellMax))+"\n"+r.words.Line(figures...))
	}
	r.section(strings.Join(out, "\n"))
}

// values are what the inputs of a view hold, by field, and by block_id. An empty state may
// come as a list.
func (v *view) values() (fields, blocks map[string]string) {
	fields, blocks = map[string]string{}, map[string]string{}
	var list map[string]map[string]element
	if json.Unmarshal(v.State.Values, &list) != nil {
		return fields, blocks
	}
	for id, actions := range list {
		if !strings.HasPrefix(id, fieldPrefix) {
			continue
		}
		name, _ := fieldOf(id)
		for _, e := range actions {
			blocks[id], fields[name] = e.value(), e.value()
		}
	}
	return fields, blocks
}

// view is the part of a view in a payload that matters here.
type view struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Hash     string `json:"hash"`
	Callback string `json:"callback_id"`
	Metadata string `json:"private_metadata"`
	Title    struct {
		Text string `json:"text"`
	} `json:"title"`
	State struct {
		Values json.RawMessage `json:"values"`
	} `json:"state"`
}

// title is what a view is called.
func (v *view) title() string { return v.Title.Text }

// element is what an input holds.
type element struct {
	Value  *string `json:"value"`
	Option *struct {
		Value string `json:"value"`
	} `json:"selected_option"`
	Options []struct {
		Value string `json:"value"`
	} `json:"selected_options"`
	Date *string `json:"selected_date"`
	User *string `json:"selected_user"`
}

func (e *element) value() string {
	switch {
	case e.Value != nil:
		return *e.Value
	case e.Option != nil:
		return e.Option.Value
	case e.Date != nil:
		return *e.Date
	case e.User != nil:
		return *e.User
	case len(e.Options) > 0:
		return e.Options[0].Value
	}
	return ""
}
