package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"duebot/commands/card"
)

// papers is a Bot API that takes documents: it notes each call, and answers what it is told to.
type papers struct {
	t       *testing.T
	calls   []string // method, and what was said
	answers []string // one for each call; then success
	status  int      // of the next answer, where it is not 200
}

func (p *papers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := strings.TrimPrefix(r.URL.Path, "/bot123:secret/")
	what := method + " " + r.FormValue("caption") + r.FormValue("text")
	if known := r.FormValue("document"); known != "" {
		what += " by id " + known
	}
	if r.MultipartForm != nil {
		for field, list := range r.MultipartForm.File {
			f, err := list[0].Open()
			if err != nil {
				p.t.Error(err)
			}
			data, _ := io.ReadAll(f)
			what += fmt.Sprintf(" with %s %q %s %q", field, list[0].Filename, list[0].Header.Get("Content-Type"), data)
		}
	}
	p.calls = append(p.calls, what)
	if p.status != 0 {
		w.WriteHeader(p.status)
		p.status = 0
	}
	if len(p.answers) > 0 {
		io.WriteString(w, p.answers[0])
		p.answers = p.answers[1:]
		return
	}
	fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"document":{"file_id":"BQAD%d"}}}`, len(p.calls), len(p.calls))
}

// newPapers is a client that draws "%PDF" for each paper, and lists those that went without.
func newPapers(t *testing.T, answers ...string) (p *papers, c *Client, without *[]string) {
	p, without = &papers{t: t, answers: answers}, new([]string)
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	c = New(Config{Token: "123:secret", APIURL: srv.URL, Seal: func(chat, what string) string { return "seal" },
		Draw: func(_ context.Context, x *card.Paper) (card.Drawn, error) {
			if x.Of == "broken" {
				return card.Drawn{}, errors.New("no ink")
			}
			return card.Drawn{Name: x.Of + ".pdf", MIME: "application/pdf", Data: []byte("%PDF " + x.Of)}, nil
		},
		Undrawn: func(_ context.Context, x *card.Paper, why error) {
			*without = append(*without, fmt.Sprintf("%s: %v", x.Of, why))
		}})
	return p, c, without
}

func invoiceOf(number string) Message {
	return Message{Chat: "telegram:7", Words: func(t card.Text) string { return t.Plain },
		Card: &card.Card{Title: card.Plain("Invoice"), Body: []card.Text{card.Plain("many lines")}, Short: &card.Card{Title: card.Plain("Short")}, Paper: &card.Paper{Of: number}}}
}

func refusal(code int, text string) string {
	return fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, code, text)
}

func TestPapers(t *testing.T) {
	const uploaded = `sendDocument <b>Short</b> with document "INV-1.pdf" application/pdf "%PDF INV-1"`
	const asText = "sendMessage <b>Invoice</b>\n\nmany lines"
	for name, tt := range map[string]struct {
		number  string
		answers []string
		want    []string
		without string
	}{
		"the file, with short words under it":            {"INV-1", nil, []string{uploaded}, ""},
		"a paper that cannot be drawn goes as a text":    {"broken", nil, []string{asText}, "broken: no ink"},
		"and so does one that is too large":              {"INV-1", []string{refusal(413, "Request Entity Too Large")}, []string{uploaded, asText}, "INV-1: not sent: sendDocument: Request Entity Too Large"},
		"also where it is refused for its size in words": {"INV-1", []string{refusal(400, "Bad Request: file is too big")}, []string{uploaded, asText}, "INV-1: not sent: sendDocument: Bad Request: file is too big"},
	} {
		t.Run(name, func(t *testing.T) {
			p, c, without := newPapers(t, tt.answers...)
			id, err := c.Send(context.Background(), invoiceOf(tt.number))
			if err != nil || id != fmt.Sprint(len(tt.want)) || !slices.Equal(p.calls, tt.want) || strings.Join(*without, ", ") != tt.without {
				t.Errorf("got %q as %s, %v; without %q", p.calls, id, err, *without)
			}
		})
	}
}

// A proxy before the API that takes no such body answers without JSON.
func TestPaperTooLargeForAProxy(t *testing.T) {
	p, c, without := newPapers(t, "<html>413</html>")
	p.status = http.StatusRequestEntityTooLarge
	if _, err := c.Send(context.Background(), invoiceOf("INV-1")); err != nil || len(*without) != 1 || len(p.calls) != 2 {
		t.Errorf("got %q, %v, without %q", p.calls, err, *without)
	}
}

// What is refused for another reason, or has no answer, is not tried as a text too: it would
// be said twice.
func TestPaperRefused(t *testing.T) {
	for _, answer := range []string{refusal(403, "Forbidden: bot was blocked by the user"), refusal(429, "Too Many Requests: retry after 5"), refusal(500, "Internal Server Error"), "no JSON"} {
		p, c, without := newPapers(t, answer)
		if _, err := c.Send(context.Background(), invoiceOf("INV-1")); err == nil || len(*without) > 0 || len(p.calls) != 1 {
			t.Errorf("%s: got %q, %v, without %q", answer, p.calls, err, *without)
		}
	}
}

// The same bytes for somebody else go by the id that the platform knows them by; an id that it
// does not know any more is forgotten.
func TestPaperAgain(t *testing.T) {
	p, c, _ := newPapers(t)
	other := invoiceOf("INV-1")
	other.Chat = "telegram:8"
	for range 2 {
		if _, err := c.Send(context.Background(), other); err != nil {
			t.Fatal(err)
		}
	}
	p.answers = []string{refusal(400, "Bad Request: wrong remote file identifier specified: Wrong string length")}
	if _, err := c.Send(context.Background(), other); err != nil {
		t.Fatal(err)
	}
	var how []string
	for _, x := range p.calls {
		_, by, _ := strings.Cut(x, "</b> ")
		how = append(how, strings.Fields(by)[0])
	}
	if got := strings.Join(how, " "); got != "with by by with" {
		t.Errorf("got %s: %q", got, p.calls)
	}
}

// An edit finds out whether the message is a file or a text, whatever it was thought to be.
func TestPaperEdited(t *testing.T) {
	const asCaption, asText = "editMessageCaption <b>Short</b>", "editMessageText <b>Invoice</b>\n\nmany lines"
	noCaption := refusal(400, "Bad Request: there is no caption in the message to edit")
	noText := refusal(400, "Bad Request: there is no text in the message to edit")
	for name, tt := range map[string]struct {
		paper   bool
		answers []string
		want    []string
	}{
		"a file":                           {true, nil, []string{asCaption}},
		"a text from before":               {true, []string{noCaption}, []string{asCaption, asText}},
		"a text":                           {false, nil, []string{asText}},
		"a file that was taken for a text": {false, []string{noText}, []string{asText, asCaption}},
		"a file that shows it already":     {true, []string{refusal(400, "Bad Request: message is not modified: same")}, []string{asCaption}},
	} {
		t.Run(name, func(t *testing.T) {
			p, c, _ := newPapers(t, tt.answers...)
			m := invoiceOf("INV-1")
			if !tt.paper {
				m.Card.Paper = nil
			}
			if err := c.Edit(context.Background(), m, "5"); err != nil || !slices.Equal(p.calls, tt.want) {
				t.Errorf("got %q, %v", p.calls, err)
			}
		})
	}
}

// Captions stay below what the platform takes, with all that matters in them.
func TestLongCaption(t *testing.T) {
	m := invoiceOf("INV-1")
	m.Card.Short = &card.Card{Title: card.Plain("Invoice"), Body: []card.Text{card.Plain(strings.Repeat("long ", 900))},
		Fields: []card.Field{{Label: card.Plain("Total"), Value: card.Plain("€1.00")}}, Note: []card.Text{card.Plain("IBAN DE02")}}
	got := caption(m.Card, m.Words)
	if n := len([]rune(got)); n > 1060 || !strings.Contains(got, "€1.00") || !strings.Contains(got, "IBAN DE02") {
		t.Errorf("%d characters: %s", n, got)
	}
}
