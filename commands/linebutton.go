package commands

import (
	"context"
	"strconv"
	"strings"

	"duebot/commands/card"
)

// A button may stand for a typed line ("line"), or for another page of what a line lists
// ("page"). Pressing it is typing the line: roles, refusals and replies are the same. "doubts"
// is how messages of the first version asked for what is a line by now.

// lineButton runs a line as if whoever presses it had typed it.
func lineButton(label card.Text, line string) card.Button {
	return card.Button{Label: label, Do: "line", Arg: line}
}

// formButton asks what a verb needs, about a subject that is known.
func formButton(label card.Text, verb, subject string) card.Button {
	return card.Button{Label: label, Do: "form", Arg: verb + "." + subject}
}

// line is the line that a button stands for, and which page of its list.
func (p *Press) line() (line string, page int, ok bool) {
	switch p.Do {
	case "line":
		return p.Arg, 0, true
	case "page":
		number, line, _ := strings.Cut(p.Arg, " ")
		page, err := strconv.Atoi(number)
		return line, max(page, 0), err == nil
	case "doubts":
		id, _, _ := doubtOf(p.Arg)
		return doubtLine(id), 0, true
	}
	return "", 0, false
}

// lineOf runs the line of a button. Another page takes the place of the one before.
func (d *Desk) lineOf(ctx context.Context, p Press, line string, page int) (card.Reply, error) {
	verb, rest := cutWord(strings.TrimSpace(line))
	cmd, ok := meant(verb, rest)
	if !ok {
		return card.Say("button.old"), nil
	}
	if !p.Who.may(cmd) {
		return d.forbid(cmd, p.Who, line), nil
	}
	call := &Call{Desk: d, Who: p.Who, Line: strings.TrimSpace(rest), Args: split(rest), Page: page}
	reply, err := d.run(ctx, cmd, p.Key, p.Do+":"+p.Arg, call)
	reply.Replace = reply.Replace || p.Do == "page"
	return reply, err
}

// lineByButton answers a button whose line cannot be read; a form is opened before it.
func lineByButton(*Call) (card.Reply, error) { return card.Say("button.old"), nil }
