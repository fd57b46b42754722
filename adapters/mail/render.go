package mail

import (
	"bytes"
	"html/template"
	netmail "net/mail"
	"net/url"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"duebot/commands/card"
)

const (
	subjectMax = 140 // runes; phones show a third of it
	nameMax    = 70
	textMax    = 20000 // runes of one paragraph or cell
	rowsMax    = 500
)

// compose makes the message: a text and an HTML part of one card. Each header that holds
// words of people is one line, and encoded by RFC 2047 where it is not ASCII.
func (c *Client) compose(m Message, to []string) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(c.from)
	var readers []*netmail.Address
	for _, a := range to {
		readers = append(readers, &netmail.Address{Address: a})
	}
	msg.ToMailAddress(readers...)
	p := read(m)
	msg.Subject(oneLine(p.Title, subjectMax))
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(strings.Trim(m.ID, "<>"))
	if m.Follows != "" {
		msg.SetGenHeader(gomail.HeaderInReplyTo, m.Follows)
		msg.SetGenHeader(gomail.HeaderReferences, m.Follows)
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Lang != "" {
		msg.SetGenHeader(gomail.HeaderContentLang, m.Lang)
	}
	if s := m.Stop; s != nil {
		byMail := netmailTo(c.from.Address, s.Subject)
		if s.Link != "" {
			msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+s.Link+">", "<"+byMail+">")
			msg.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
		} else {
			msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+byMail+">")
			p.StopLink = template.URL(byMail) // made by us: the template knows no mailto of its own
		}
	}
	page, err := p.html()
	if err != nil {
		return nil, err
	}
	msg.SetBodyString(gomail.TypeTextPlain, p.text())
	msg.AddAlternativeString(gomail.TypeTextHTML, page)
	for _, f := range m.Files {
		err := msg.AttachReader(oneLine(f.Name, nameMax), bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(oneLine(f.Type, nameMax))))
		if err != nil {
			return nil, err
		}
	}
	return msg, nil
}

// netmailTo is a link that writes a mail.
func netmailTo(address, subject string) string {
	return "mailto:" + address + "?subject=" + template.URLQueryEscaper(strings.ReplaceAll(oneLine(subject, nameMax), " ", "-"))
}

// oneLine is s fit for a header: without control characters and line breaks of any script,
// without marks that turn the direction of what follows, and of so many runes at most.
func oneLine(s string, most int) string {
	s = strings.Join(strings.Fields(isolate.Replace(safe(strings.Map(func(r rune) rune {
		if r == '\u2028' || r == '\u2029' || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)))), " ")
	if r := []rune(s); len(r) > most {
		s = strings.TrimSpace(string(r[:most-1])) + "…"
	}
	return s
}

// safe takes out of words what no mail shows: control characters but line breaks, broken
// UTF-8, the marks of Slack's mentions, and the marks that turn the direction of what follows.
// Those that keep a datum's direction to itself stay, where each is closed: a sum and a number of
// an invoice in a Persian line would change places without them.
func safe(s string) string {
	return closed(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r == '\u2067', r == '\ufeff':
			return -1
		case strings.ContainsRune(card.MentionOpen+card.MentionClose, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\ufffd")))
}

// isolate takes away the marks that keep a direction to what they enclose.
var isolate = strings.NewReplacer("\u2066", "", "\u2068", "", "\u2069", "")

// closed is s where each such mark is closed on its line, and s without them where one is not.
func closed(s string) string {
	depth := 0
	for _, r := range s {
		switch r {
		case '\u2066', '\u2068':
			depth++
		case '\u2069':
			depth--
		}
		if depth < 0 || r == '\n' && depth > 0 {
			return isolate.Replace(s)
		}
	}
	if depth != 0 {
		return isolate.Replace(s)
	}
	return s
}

// page is a card in the words of one language.
type page struct {
	Lang, Dir  string
	Title      string
	Body       []string
	Quote      string
	Fields     []field
	Head       []cell
	Rows       [][]cell
	First      bool // the table comes before the fields
	Links      []link
	How, Notes []string
	Stop       string
	StopLink   template.URL
	Colon      string // behind a label, with its space
}

type field struct{ Label, Value string }

type cell struct {
	Text string
	End  bool // aligned to the end of the line
}

type link struct {
	Label, URL string
	Primary    bool
}

// fromRight are the languages that are written from the right.
var fromRight = map[string]bool{"ar": true, "fa": true, "he": true, "ur": true, "ps": true, "sd": true, "ug": true, "yi": true, "dv": true, "ckb": true}

func read(m Message) *page {
	words := func(t card.Text) string {
		s := strings.TrimSpace(safe(m.Words(t)))
		if r := []rune(s); len(r) > textMax {
			s = closed(string(r[:textMax-1]) + "…")
		}
		return s
	}
	k := m.Card
	lang, _, _ := strings.Cut(m.Lang, "-")
	p := &page{Lang: m.Lang, Dir: "ltr", Title: words(k.Title), Quote: words(k.Quote), Colon: ": "}
	if colon := words(card.T("format.colon")); colon == "：" { // a full-width one brings its space along
		p.Colon = colon
	}
	if fromRight[lang] {
		p.Dir = "rtl"
	}
	add := func(list []string, texts []card.Text) []string {
		for _, t := range texts {
			if s := words(t); s != "" {
				list = append(list, s)
			}
		}
		return list
	}
	p.Body, p.Notes = add(nil, k.Body), add(nil, k.Note)
	if p.Title == "" && len(p.Body) > 0 {
		p.Title, p.Body = p.Body[0], p.Body[1:]
	}
	for _, f := range k.Fields {
		p.Fields = append(p.Fields, field{words(f.Label), words(f.Value)})
	}
	if k.Table != nil {
		p.table(k.Table, words)
	}
	var pressed []card.Button
	for _, b := range k.Buttons {
		if to := httpOnly(b.URL); to != "" {
			p.Links = append(p.Links, link{words(b.Label), to, len(p.Links) == 0})
		} else {
			pressed = append(pressed, b)
		}
	}
	if m.How != nil && len(pressed) > 0 {
		p.How = add(nil, []card.Text{m.How(pressed)})
	}
	if m.Stop != nil {
		p.Stop, p.StopLink = words(m.Stop.Label), template.URL(httpOnly(m.Stop.Link))
	}
	return p
}

// httpOnly is a link that may be followed, in ASCII and on one line; "" for any other.
func httpOnly(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || !ascii(u.Host) {
		return ""
	}
	if s := u.String(); ascii(s) {
		return s
	}
	return ""
}

func (p *page) table(t *card.Table, words func(card.Text) string) {
	row := func(texts []card.Text) (out []cell) {
		for i, x := range texts {
			out = append(out, cell{words(x), i < len(t.Right) && t.Right[i]})
		}
		return out
	}
	p.Head, p.First = row(t.Head), t.First
	for i, r := range t.Rows {
		if i == rowsMax {
			p.Rows = append(p.Rows, []cell{{Text: "…"}})
			break
		}
		p.Rows = append(p.Rows, row(r))
	}
}

// own keeps the writing direction of words to themselves.
func own(s string) string { return "\u2068" + s + "\u2069" }

// text is the part for readers without HTML.
func (p *page) text() string {
	var b strings.Builder
	blank := func() {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
	}
	lines := func(list ...string) {
		for _, s := range list {
			b.WriteString(s + "\n")
		}
	}
	lines(p.Title)
	if len(p.Body) > 0 {
		blank()
		lines(p.Body...)
	}
	if p.Quote != "" {
		blank()
		lines("> " + strings.ReplaceAll(p.Quote, "\n", "\n> "))
	}
	facts := func() {
		if len(p.Fields) > 0 {
			blank()
		}
		for _, f := range p.Fields {
			lines(own(f.Label) + p.Colon + own(f.Value))
		}
	}
	if !p.First {
		facts()
	}
	if len(p.Rows) > 0 {
		blank()
		for _, r := range append([][]cell{p.Head}, p.Rows...) {
			texts := make([]string, len(r))
			for i, c := range r {
				texts[i] = own(c.Text)
			}
			lines(strings.Join(texts, " · "))
		}
	}
	if p.First {
		facts()
	}
	for _, l := range p.Links {
		blank()
		lines(l.Label+strings.TrimSpace(p.Colon), l.URL)
	}
	for _, list := range [][]string{p.How, p.Notes} {
		if len(list) > 0 {
			blank()
			lines(list...)
		}
	}
	if p.Stop != "" {
		blank()
		lines(p.Stop + p.Colon + string(p.StopLink))
	}
	return b.String()
}

func (p *page) html() (string, error) {
	var b strings.Builder
	err := layout.Execute(&b, p)
	return b.String(), err
}

// layout has its styles at each element, as many readers drop a style sheet, no picture, and
// nothing from elsewhere. Each text has a direction of its own.
var layout = template.Must(template.New("mail").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="{{.Dir}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}}</title></head>
<body style="margin:0;padding:24px 12px;background:#f4f5f7;color:#1d2129;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Arial,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" dir="{{.Dir}}" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:#ffffff;border:1px solid #e2e4e8;border-radius:10px"><tr><td style="padding:28px 30px;overflow-wrap:anywhere">
<h1 dir="auto" style="margin:0 0 14px;font-size:20px;line-height:1.3">{{.Title}}</h1>
{{range .Body}}<p dir="auto" style="margin:0 0 8px;white-space:pre-line">{{.}}</p>
{{end}}{{with .Quote}}<blockquote dir="auto" style="margin:14px 0;padding:2px 14px;border-inline-start:3px solid #c6cbd3;color:#4a5260;white-space:pre-line">{{.}}</blockquote>
{{end}}{{if .First}}{{template "rows" .}}{{template "facts" .}}{{else}}{{template "facts" .}}{{template "rows" .}}{{end}}{{range .Links}}<p style="margin:18px 0 0"><a href="{{.URL}}" style="display:inline-block;padding:11px 22px;border-radius:7px;text-decoration:none;font-weight:600;{{if .Primary}}background:#1a5fb4;color:#ffffff{{else}}background:#eceef2;color:#1d2129{{end}}"><span dir="auto">{{.Label}}</span></a></p>
{{end}}{{range .How}}<p dir="auto" style="margin:14px 0 0">{{.}}</p>
{{end}}{{if .Notes}}<div style="margin:20px 0 0;padding:14px 0 0;border-top:1px solid #e2e4e8;font-size:13px;color:#5b6472">{{range .Notes}}<p dir="auto" style="margin:0 0 6px;white-space:pre-line">{{.}}</p>{{end}}</div>
{{end}}</td></tr></table>
{{with .Stop}}<p style="margin:14px 0 0;font-size:13px"><a href="{{$.StopLink}}" style="color:#5b6472"><span dir="auto">{{.}}</span></a></p>
{{end}}</td></tr></table>
</body></html>
{{define "facts"}}{{if .Fields}}<table width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:14px 0 0;border-collapse:collapse">
{{range .Fields}}<tr><td dir="auto" style="padding:5px 0;color:#5b6472;vertical-align:top;text-align:start">{{.Label}}</td><td style="padding:5px 0;padding-inline-start:18px;font-weight:600;text-align:end;overflow-wrap:break-word"><span dir="auto">{{.Value}}</span></td></tr>
{{end}}</table>
{{end}}{{end}}{{define "rows"}}{{if .Rows}}<table width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:14px 0 0;border-collapse:collapse;font-size:14px">
<tr>{{range .Head}}<th style="padding:6px 8px 6px 0;border-bottom:2px solid #e2e4e8;text-align:{{if .End}}end{{else}}start{{end}}"><span dir="auto">{{.Text}}</span></th>{{end}}</tr>
{{range .Rows}}<tr>{{range .}}<td style="padding:6px 8px 6px 0;border-bottom:1px solid #eef0f3;vertical-align:top;overflow-wrap:break-word;text-align:{{if .End}}end{{else}}start{{end}}"><span dir="auto">{{.Text}}</span></td>{{end}}</tr>
{{end}}</table>
{{end}}{{end}}`))
