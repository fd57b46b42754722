package commands

import (
	"strconv"
	"strings"

	"duebot/commands/card"
)

// pageRows is how many rows of a table one message shows. A command lists all that there is;
// what is longer is cut into pages here, once for all commands, and nothing is left out
// without a word.
const pageRows = 25

// turn cuts a long table to the page that was asked for, with buttons that lead to the ones
// before and behind it. They run the line again: a page is as fresh as the first.
func (c *Call) turn(k *card.Card, verb string) {
	if k == nil || k.Table == nil || k.Table.First || len(k.Table.Rows)-k.Table.Pinned <= pageRows {
		return
	}
	t := k.Table
	rows := t.Rows[t.Pinned:]
	last := (len(rows) - 1) / pageRows
	at := min(c.Page, last)
	from, to := at*pageRows, min((at+1)*pageRows, len(rows))
	t.Rows = append(t.Rows[:t.Pinned:t.Pinned], rows[from:to]...)
	line := strings.TrimSpace(verb + " " + c.Line)
	turnTo := func(label card.Text, page int) card.Button {
		if c.place != nil {
			return c.place.onPage(page).button(label)
		}
		return pageButton(label, page, line)
	}
	var turns []card.Button
	fits := c.place != nil || len(line) <= lineMax // else the note says that there are more
	if at > 0 && fits {
		turns = append(turns, turnTo(card.T("button.back"), at-1))
	}
	if at < last && fits {
		turns = append(turns, turnTo(card.T("button.next"), at+1))
	}
	k.Buttons = append(turns, k.Buttons...)
	where := card.T("page.of", "from", from+1, "to", to, "all", len(rows))
	if t.Open && at == last-1 || t.Open && at == last {
		where = card.T("page.open", "from", from+1, "to", to)
	}
	k.Note = append([]card.Text{where}, k.Note...)
}

func pageButton(label card.Text, page int, line string) card.Button {
	return card.Button{Label: label, Do: "page", Arg: strconv.Itoa(page) + " " + line}
}

// pagesAhead is how many rows a command has to read that does not know how many there are:
// the page that was asked for, and whether there is another.
func (c *Call) pagesAhead() int { return (c.Page+1)*pageRows + 1 }
