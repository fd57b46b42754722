// Package card is the neutral form of what people are shown: texts by key, facts, a table,
// buttons. Commands make cards; each channel has one renderer that turns them into what its
// platform can show, in the reader's language.
package card

import (
	"fmt"
	"strings"
	"time"
)

// Text is a key of bot/text with its data, or plain words of a person.
type Text struct {
	Key   string `json:"k,omitempty"`
	Args  []Arg  `json:"a,omitempty"`
	Plain string `json:"p,omitempty"`
	Items []Text `json:"i,omitempty"` // instead: several texts in a row
}

// Kinds of Arg.
const (
	KindString = "s" // as it is
	KindInt    = "i" // a number; one named "count" chooses the plural
	KindNumber = "n" // S is a decimal, written with a point
	KindMoney  = "m" // N minor units of currency S with Exp decimals
	KindDate   = "d" // N is the day as YYYYMMDD
	KindTime   = "t" // N is Unix seconds, S the IANA zone
	KindUser   = "u" // S is a Slack user id
	KindText   = "x" // another text
	KindHour   = "h" // N is a full hour of the day
	KindClock  = "k" // N is a time of the day, in minutes
	KindMonth  = "M" // N is the month as YYYYMM, S the calendar, "" for ours
	KindDay    = "w" // N is a day of the week, 0 for Sunday; S is "head" above a column
)

// Arg is one datum of a Text. It is plain data, so that a stored reply can hold it.
type Arg struct {
	Name string `json:"n"`
	Kind string `json:"k"`
	S    string `json:"s,omitempty"`
	N    int64  `json:"v,omitempty"`
	Exp  int32  `json:"e,omitempty"`
	Text *Text  `json:"x,omitempty"`
}

// User is a Slack user id, shown as a mention in Slack.
type User string

// Number is a decimal that is no sum of money: a rate, a percentage, a quantity.
type Number string

// Month is a month of a year, as the head of a calendar.
type Month struct {
	Year, Month int
	Jalali      bool // of the Persian calendar
}

// Weekday is a day of the week by its short name, 0 for Sunday. WeekdayHead is the name above
// a column of a calendar, which may be shorter.
type (
	Weekday     int
	WeekdayHead int
)

// Hour is a full hour of the day.
type Hour int

// Clock is a time of the day, in minutes since midnight.
type Clock int

// Instant is a moment, shown in a zone.
type Instant struct {
	At   time.Time
	Zone *time.Location
}

// T makes the text of a key. Args are pairs of name and value: string, int, Hour, Clock, Number, User,
// Instant, Text, or a type that tells its MoneyParts or its date Parts.
func T(key string, args ...any) Text {
	t := Text{Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		t.Args = append(t.Args, arg(args[i].(string), args[i+1]))
	}
	return t
}

// Plain is words of a person, shown as they are.
func Plain(s string) Text { return Text{Plain: s} }

// Join is several texts in a row, with a dot between.
func Join(items ...Text) Text {
	if len(items) == 1 {
		return items[0]
	}
	return Text{Items: items}
}

// IsZero reports whether t says nothing.
func (t Text) IsZero() bool { return t.Key == "" && t.Plain == "" && len(t.Items) == 0 }

func arg(name string, v any) Arg {
	a := Arg{Name: name}
	switch x := v.(type) {
	case string:
		a.Kind, a.S = KindString, x
	case int:
		a.Kind, a.N = KindInt, int64(x)
	case User:
		a.Kind, a.S = KindUser, string(x)
	case Hour:
		a.Kind, a.N = KindHour, int64(x)
	case Clock:
		a.Kind, a.N = KindClock, int64(x)
	case Number:
		a.Kind, a.S = KindNumber, string(x)
	case Instant:
		a.Kind, a.N, a.S = KindTime, x.At.Unix(), x.Zone.String()
	case Month:
		a.Kind, a.N = KindMonth, int64(x.Year*100+x.Month)
		if x.Jalali {
			a.S = "jalali"
		}
	case Weekday:
		a.Kind, a.N = KindDay, int64(x)
	case WeekdayHead:
		a.Kind, a.N, a.S = KindDay, int64(x), "head"
	case Text:
		a.Kind, a.Text = KindText, &x
	case interface{ MoneyParts() (int64, int32, string) }:
		a.Kind = KindMoney
		a.N, a.Exp, a.S = x.MoneyParts()
	case interface{ Parts() (int, time.Month, int) }:
		y, m, d := x.Parts()
		a.Kind, a.N = KindDate, int64(y*10000+int(m)*100+d)
	default:
		a.Kind, a.S = KindString, fmt.Sprint(v)
	}
	return a
}

// Words turns a text into one language. It is bound to a reader's language by bot.
type Words func(Text) string

// Line is several texts in one line, with dots between. Where the language runs from right to
// left so does the line, whatever it begins with, and nothing in it turns its neighbours.
func (w Words) Line(parts ...string) string {
	if w(T("format.direction")) != "rtl" {
		return strings.Join(parts, " · ")
	}
	set := make([]string, len(parts))
	for i, s := range parts {
		set[i] = isolated(s)
	}
	return rightMark + strings.Join(set, " · ")
}

// Named is a label before what it names, with the language's colon.
func (w Words) Named(label string) string {
	colon := w(T("format.colon"))
	if colon == ":" { // a full-width one brings its space along
		colon = ": "
	}
	switch {
	case w(T("format.direction")) != "rtl", strings.HasPrefix(label, rightMark): // a text of ours has its direction
		return label + colon
	}
	return rightMark + isolated(label) + colon
}

const rightMark = "\u200f"

func isolated(s string) string {
	if s == "" {
		return s
	}
	return "\u2068" + s + "\u2069"
}

// Card is what is shown, whatever the platform.
type Card struct {
	Title   Text     `json:"title,omitempty"`
	Part    bool     `json:"part,omitempty"`   // it belongs to the card before it, where several stand together; words and one button are a single line then
	Body    []Text   `json:"body,omitempty"`   // paragraphs
	Fields  []Field  `json:"fields,omitempty"` // label and value
	Table   *Table   `json:"table,omitempty"`
	Quote   Text     `json:"quote,omitempty"` // words of a person
	Note    []Text   `json:"note,omitempty"`  // small print
	Buttons []Button `json:"buttons,omitempty"`
	Picks   []Pick   `json:"picks,omitempty"` // menus, where the platform has them
	Picture *Picture `json:"picture,omitempty"`
	File    *File    `json:"file,omitempty"`
	Paper   *Paper   `json:"paper,omitempty"` // goes with the card, as a file
	Short   *Card    `json:"short,omitempty"` // said instead where the words are the caption of Paper; its buttons are not looked at
}

// Pick is a menu of buttons of which one is chosen: more of them than one would put side by
// side.
type Pick struct {
	Label   Text     `json:"label"` // while nothing is chosen
	Buttons []Button `json:"buttons"`
}

// File is a table that goes as a file of its own, where the platform takes one.
type File struct {
	Name  string `json:"name"`           // "wrong-rows.csv"
	Text  Text   `json:"text,omitempty"` // said beside it, where that is not the card itself
	Table *Table `json:"table"`
}

// Field is a fact with its label.
type Field struct {
	Label Text `json:"l"`
	Value Text `json:"v"`
}

// Table has a head and rows of the same width.
type Table struct {
	Head  []Text   `json:"head"`
	Rows  [][]Text `json:"rows"`
	Right []bool   `json:"right,omitempty"` // columns aligned to the right
	First bool     `json:"first,omitempty"` // before the fields: they sum it up

	Pinned int  `json:"pinned,omitempty"` // rows at the top that stand on every page
	Open   bool `json:"open,omitempty"`   // there are more rows than were read
}

// Styles of a button.
const (
	Primary = "primary"
	Danger  = "danger"
)

// Button does something when pressed, or opens a link.
type Button struct {
	Label   Text   `json:"label"`
	Do      string `json:"do,omitempty"`  // what: a verb of commands
	Arg     string `json:"arg,omitempty"` // to what, short
	URL     string `json:"url,omitempty"` // instead of Do
	Ask     bool   `json:"ask,omitempty"` // in a chat Do all the same, though there is a URL
	Style   string `json:"style,omitempty"`
	Confirm Text   `json:"confirm,omitempty"` // asked before, where the platform can
	Wide    bool   `json:"wide,omitempty"`    // on a row of its own
	Row     int    `json:"row,omitempty"`     // in a row with its neighbours of the same number, where the platform has rows; 0: as Wide says
	More    bool   `json:"more,omitempty"`    // in the menu beside the buttons, where the platform has one
}

// Reply is what whoever asked is told at once. It is an answer: it is not stored for retry.
type Reply struct {
	Card    *Card `json:"card,omitempty"`
	Public  bool  `json:"public,omitempty"`  // for the whole channel; else for the asker alone
	Replace bool  `json:"replace,omitempty"` // in place of the message whose button was pressed
	Booked  bool  `json:"booked,omitempty"`  // something was booked: where others look on, they are to see it
	Alone   bool  `json:"alone,omitempty"`   // for the asker alone, whatever was booked: it holds a secret
	Toast   Text  `json:"toast,omitempty"`   // a short word over the chat, where the platform can
	// Form is asked instead of an answer: by a verb without its words, or a button that needs
	// some. Wrong answers a filled form that cannot be taken; it stays open.
	Form  *Form   `json:"form,omitempty"`
	Wrong []Wrong `json:"wrong,omitempty"`
}

// Say is a Reply of one sentence.
func Say(key string, args ...any) Reply { return Reply{Card: &Card{Body: []Text{T(key, args...)}}} }

// Message is a notice put into a card when its turn to be sent has come.
type Message struct {
	Card     *Card
	Withdraw string // why nothing is to be said any more; then there is no card
}

// MentionOpen and MentionClose surround a Slack user id in rendered words. They are
// private-use characters, which bot takes out of everything that people wrote.
const (
	MentionOpen  = "\ue000"
	MentionClose = "\ue001"
)
