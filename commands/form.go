package commands

import (
	"context"
	"slices"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// A form asks for the words of a line. Command.Form makes it, filled with what is known, and
// Command.Words makes of the filled form the words that would have been typed: one rule reads
// both, and a refusal is put to the field that it is about.

// Filled is a form as somebody filled it in.
type Filled struct {
	Key     string // the platform's own id of the act; the same form filled anew has another
	Who     Staff
	Channel string
	Do, Arg string            // of the form, as it was made
	Values  map[string]string // by the name of the field; "" for an empty one
	More    bool              // a field for one more line is wanted
}

// form is the form of cmd, where the words of c are too few for it. Without one it is nil.
func (d *Desk) form(c *Call, cmd Command) (f *card.Form, err error) {
	if cmd.Form == nil {
		return nil, nil
	}
	look := *c
	err = d.Books.View(func(v *ledger.View) (err error) {
		look.View, v.May = v, d.lens(c.Who, cmd)
		f, err = cmd.Form(&look)
		return d.noted(err)
	})
	if f != nil && f.Do == "" {
		f.Do = cmd.Name
	}
	if f != nil && c.wish != "" {
		f.Do += "#" + c.wish
	}
	return f, err
}

// formVerb is the verb that a form runs, and the number of the wish that it grants, "" for
// none.
func formVerb(do string) (verb, wish string) {
	verb, wish, _ = strings.Cut(do, "#")
	return verb, wish
}

// asked is the reply that asks by a form; where none can be shown, the card says how the line
// is typed.
func asked(cmd Command, f *card.Form, c *Call) card.Reply {
	r, _ := ledger.AsRefusal(usage(cmd.Name, "got", c.Line))
	reply := refused(r)
	reply.Form = f
	return reply
}

// formByButton asks by a form about the subject that a button names: "payment.INV-2026-000001".
func (d *Desk) formByButton(p Press) (card.Reply, error) {
	verb, subject, _ := strings.Cut(p.Arg, ".")
	cmd, ok := find(verb)
	if !ok || cmd.Form == nil {
		return card.Say("button.old"), nil
	}
	return d.open(p.Who, cmd, subject)
}

// open asks by the form of cmd about a subject, whatever is known of it.
func (d *Desk) open(who Staff, cmd Command, subject string) (card.Reply, error) {
	if !who.may(cmd) {
		return d.forbid(cmd, who, strings.TrimSpace(cmd.Name+" "+subject)), nil
	}
	c := &Call{Desk: d, Who: who, Line: subject, Args: split(subject), asking: true, verb: cmd.Name}
	f, err := d.form(c, cmd)
	if err != nil || f == nil {
		return d.replied(c, card.Say("button.old"), err)
	}
	return asked(cmd, f, c), nil
}

// Reform makes a form again with what it holds: a choice changed what else is known, or one
// more line is wanted.
func (d *Desk) Reform(_ context.Context, in Filled) (card.Reply, error) {
	verb, wish := formVerb(in.Do)
	cmd, ok := find(verb)
	if !ok || cmd.Form == nil {
		return card.Say("button.old"), nil
	}
	if !in.Who.may(cmd) {
		return d.forbid(cmd, in.Who, ""), nil
	}
	c := &Call{Desk: d, Who: in.Who, Line: in.Arg, Args: split(in.Arg), asking: true, holds: in.Values, more: in.More, wish: wish}
	f, err := d.form(c, cmd)
	if err != nil || f == nil {
		return answered(card.Say("button.old"), err)
	}
	return card.Reply{Form: f}, nil
}

// Fill runs the line that a filled form makes.
func (d *Desk) Fill(ctx context.Context, in Filled) (card.Reply, error) {
	verb, wish := formVerb(in.Do)
	cmd, ok := find(verb)
	if !ok || cmd.Words == nil {
		return card.Say("button.old"), nil
	}
	line := lineOf(cmd.Words(in.Values, in.Arg))
	does, _ := meant(verb, line)
	if !in.Who.may(does) {
		return d.forbid(does, in.Who, strings.TrimSpace(cmd.Name+" "+line)), nil
	}
	c := &Call{Desk: d, Who: in.Who, Line: line, Args: split(line), holds: in.Values, wish: wish}
	if f, err := d.form(c, cmd); err == nil && f != nil { // a first choice was sent: now the rest is asked
		return card.Reply{Form: f}, nil
	}
	var refusal *ledger.Refusal
	run := does.Run
	does.Run = func(c *Call) (card.Reply, error) {
		reply, err := run(c)
		if err == nil && wish != "" {
			err = c.granted(wish)
		}
		refusal, _ = ledger.AsRefusal(err)
		return reply, err
	}
	reply, err := d.run(ctx, does, in.Key, cmd.Name+" "+line, c)
	if refusal == nil {
		refusal, _ = ledger.AsRefusal(c.refused) // before it ran
	}
	if err == nil && refusal != nil && reply.Card != nil && fits(refusal) {
		if field := wrongAt(refusal, in.Values); field != "" {
			reply.Wrong = []card.Wrong{{Field: field, Text: sentence(refusal)}}
		}
	}
	return reply, err
}

// fits reports whether a refusal is about what a form holds: a role is not.
func fits(r *ledger.Refusal) bool {
	return !strings.HasPrefix(r.Key, "role.") && !strings.HasPrefix(r.Key, "approval.") && !strings.HasPrefix(r.Key, "ask.")
}

// wrongAt is the field that a refusal is about: the one that holds the word which it names;
// else one that it is known to be about; else the first of those that most forms turn on.
func wrongAt(r *ledger.Refusal, values map[string]string) string {
	has := func(name string) bool { _, ok := values[name]; return ok }
	if field := holding(r, values); field != "" {
		return field
	}
	for _, x := range abouts() {
		if strings.HasPrefix(r.Key, x.key) {
			if i := slices.IndexFunc(x.fields, has); i >= 0 {
				return x.fields[i]
			}
		}
	}
	order := []string{"sum", "price1", "parts", "options", "date", "customer", "invoice", "payment", "dispute", "why"}
	if i := slices.IndexFunc(order, has); i >= 0 {
		return order[i]
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return append(names, "")[0]
}

// holding is the field in which the word stands that r could not take: alone, or among others.
func holding(r *ledger.Refusal, values map[string]string) string {
	var names []string
	for name, value := range values {
		if value != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i := 0; i+1 < len(r.Args); i += 2 {
		name, _ := r.Args[i].(string)
		word, _ := r.Args[i+1].(string)
		if name != "text" && name != "got" || word == "" {
			continue
		}
		alone := func(n string) bool { return strings.EqualFold(joined(values[n]), joined(word)) }
		among := func(n string) bool {
			return slices.ContainsFunc(split(values[n]), func(t token) bool { return strings.EqualFold(t.text, word) })
		}
		for _, is := range []func(string) bool{alone, among} {
			if i := slices.IndexFunc(names, is); i >= 0 {
				return names[i]
			}
		}
	}
	return ""
}

// about names the fields that a refusal of this kind is about, the likeliest first.
type about struct {
	key    string
	fields []string
}

func abouts() []about {
	return []about{
		{"customer.noname", []string{"name"}}, {"customer.badhandle", []string{"handle"}}, {"customer.exists", []string{"handle"}},
		{"details.", []string{"words", "why", "text1"}}, {"bounced.address", []string{"address", "customer"}}, {"bounced.", []string{"customer"}}, {"aging.", []string{"only", "by"}},
		{"requires.order", []string{"ref"}}, {"requires.cost", []string{"costcentre"}}, {"requires.buyer", []string{"buyercode"}},
		{"customer.", []string{"customer", "handle"}}, {"link.", []string{"customer"}}, {"owner.", []string{"owner"}},
		{"mail.", []string{"email"}}, {"limit.", []string{"limit"}}, {"zone.", []string{"tz"}}, {"language.", []string{"lang"}},
		{"terms.", []string{"due", "terms"}}, {"invoice.duebefore", []string{"due"}}, {"invoice.date", []string{"date", "due"}},
		{"invoice.notext", []string{"text1"}}, {"invoice.longwords", []string{"text1"}}, {"usage.invoice", []string{"price1"}},
		{"invoice.closed", []string{"invoice", "sum", "date"}}, {"invoice.unknown", []string{"invoice"}}, {"number.form", []string{"invoice"}},
		{"invoice.", []string{"price1", "invoice"}}, {"tax.", []string{"tax"}}, {"percent.", []string{"tax", "percent"}}, {"deposit.", []string{"price1"}},
		{"instalments.", []string{"due"}}, {"early.", []string{"due"}}, {"currency.", []string{"currency", "price1", "sum"}},
		{"payment.future", []string{"date"}}, {"payment.offsetwhat", []string{"options"}}, {"payment.unknown", []string{"payment"}},
		{"payment.", []string{"sum", "payment"}}, {"chargeback.why", []string{"why"}}, {"chargeback.", []string{"payment", "why"}},
		{"refund.why", []string{"why"}}, {"writeoff.why", []string{"why"}}, {"dispute.whyreject", []string{"why"}},
		{"dispute.", []string{"dispute", "invoice", "sum"}}, {"period.why", []string{"why"}}, {"period.", []string{"date", "month"}},
		{"month.", []string{"month"}}, {"promise.", []string{"date"}}, {"date.", []string{"date", "from", "until"}}, {"statement.", []string{"from"}},
		{"plan.dates", []string{"from", "parts"}}, {"plan.parts", []string{"count", "parts"}}, {"plan.small", []string{"count"}}, {"plan.", []string{"count", "customer"}},
		{"digest.pause", []string{"pause"}}, {"digest.hour", []string{"at"}}, {"digest.days", []string{"on"}}, {"digest.", []string{"mail"}},
		{"hold.long", []string{"why"}}, {"hold.past", []string{"until"}}, {"preflight.day", []string{"until"}}, {"preflight.until", []string{"until"}}, {"recur.pause", []string{"until"}},
		{"recur.day", []string{"every"}}, {"recur.each", []string{"every"}}, {"recur.from", []string{"from"}}, {"recur.until", []string{"until"}}, {"recur.", []string{"from"}},
		{"rate.future", []string{"date"}}, {"rate.", []string{"rate", "currency"}}, {"credit.", []string{"sum"}}, {"void.", []string{"invoice", "why"}},
		{"remind.", []string{"whom", "customer"}}, {"segment.", []string{"segment"}}, {"interest.", []string{"until"}}, {"asof.", []string{"date"}},
	}
}

// What follows makes words of values.

// joined is s without any space.
func joined(s string) string { return strings.Join(strings.Fields(s), "") }

// word is a value that is one word: a sum, a day, a name. Spaces in it group digits.
func word(s string) []token {
	if s = joined(s); s == "" {
		return nil
	}
	return []token{{text: s}}
}

// quote is a value that is a text.
func quote(s string) []token {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	return []token{{text: s, quoted: true}}
}

// option is a value behind the word that it needs, and nothing without a value.
func option(name string, value []token) []token {
	if len(value) == 0 {
		return nil
	}
	return append([]token{{text: name}}, value...)
}

// equals is "name=value", and nothing without a value.
func equals(name, value string) []token {
	if value = strings.TrimSpace(value); value == "" {
		return nil
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r == ' ' || r == '(' || r == ')' || r == '+' || r == '\n' }) {
		return []token{{text: name + "="}, {text: value, quoted: true}}
	}
	return []token{{text: name + "=" + value}}
}

// chosen is the first of two values that says something: what was chosen, else what the form
// is about.
func chosen(value, arg string) []token {
	if out := word(value); out != nil {
		return out
	}
	return split(arg)
}

// line puts words in a row.
func row(parts ...[]token) (out []token) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// inch stands for the quotes inside a text, which would end it.
var inch = strings.NewReplacer(`"`, "″", "“", "″", "”", "″", "„", "″", "‟", "″", "＂", "″")

// lineOf writes words as a line that reads as these words.
func lineOf(words []token) string {
	out := make([]string, len(words))
	for i, t := range words {
		if t.quoted {
			out[i] = `"` + inch.Replace(t.text) + `"`
		} else {
			out[i] = t.text
		}
	}
	return strings.Join(out, " ")
}
