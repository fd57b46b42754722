package mail

import (
	"bytes"
	"context"
	"errors"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"

	"duebot/adapters/sandbox/mailapi"
	"duebot/adapters/sandbox/stand"
	"duebot/commands/card"
)

// wall is business time that is wall time.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }

func (wall) After(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

// fixture is a client and the strict stand-in that it sends to.
type fixture struct {
	*Client
	server *mailapi.Server
	faults *stand.Faults
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{faults: &stand.Faults{}}
	var err error
	o := stand.Options{Clock: wall{}, Faults: f.faults, Log: stand.NewLog(wall{}), Base: func() string { return "" }, Changed: func() {}}
	if f.server, err = mailapi.New(o, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.server.Close)
	f.Client, err = New(Config{URL: "smtp://sandbox:sandbox@" + f.server.Addr(), From: "billing@lindenhof.example", Name: "Lindenhof Studio GmbH", Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func plain(t card.Text) string {
	if t.Key != "" {
		return t.Key
	}
	return t.Plain
}

func message(f *fixture, k *card.Card) Message {
	return Message{To: []string{"ap@acme.example"}, ID: f.MessageID("n1.seal"), At: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC), Try: 1, Card: k, Words: plain, Lang: "en"}
}

func TestSend(t *testing.T) {
	f := newFixture(t)
	m := message(f, &card.Card{
		Title:  card.Plain("Счёт INV-1 от ООО «Ромашка»"),
		Body:   []card.Text{card.Plain("Consulting <b>October</b>")},
		Fields: []card.Field{{Label: card.Plain("Total"), Value: card.Plain("€100.00")}},
		Table:  &card.Table{Head: []card.Text{card.Plain("Number"), card.Plain("Open")}, Rows: [][]card.Text{{card.Plain("INV-1"), card.Plain("€1")}}, Right: []bool{false, true}},
		Quote:  card.Plain("two\nlines"), Note: []card.Text{card.Plain("By bank transfer: IBAN")},
		Buttons: []card.Button{{Label: card.Plain("Pay"), URL: "https://pay.example/pay/1?a=b&c=d"}, {Label: card.Plain("Dispute"), Do: "dispute"}},
	})
	m.To = append(m.To, "cfo@acme.example")
	m.Follows = f.MessageID("n0.seal")
	m.Stop = &Stop{Link: "https://ar.example/mail/stop/1.x", Subject: "unsubscribe", Label: card.Plain("No more")}
	m.How = func(b []card.Button) card.Text { return card.Plain(b[0].Label.Plain + ": answer") }
	m.Files = []File{{Name: "счёт\r\nX-Evil: 1.pdf", Type: "application/pdf", Data: []byte("%PDF-1.7")}}
	for range 2 {
		if refused, _, err := f.Send(context.Background(), m); err != nil || len(refused) > 0 {
			t.Fatal(refused, err)
		}
	}
	mails := f.server.Mails()
	if len(mails) != 2 || mails[0].MessageID != mails[1].MessageID || mails[0].MessageID != "<n1.seal@lindenhof.example>" {
		t.Fatalf("two sends are two mails of one id: %+v", mails)
	}
	got := mails[0]
	if got.Subject != "Счёт INV-1 от ООО «Ромашка»" || len(got.To) != 2 || got.From != "billing@lindenhof.example" {
		t.Errorf("got %q to %q from %q", got.Subject, got.To, got.From)
	}
	head := map[string]string{}
	for _, h := range got.Headers {
		head[h[0]] = h[1]
	}
	for name, want := range map[string]string{
		"In-Reply-To": "<n0.seal@lindenhof.example>", "References": "<n0.seal@lindenhof.example>", "Auto-Submitted": "auto-generated",
		"List-Unsubscribe":      "<https://ar.example/mail/stop/1.x>, <mailto:billing@lindenhof.example?subject=unsubscribe>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Date": "Thu, 01 Oct 2026 09:00:00 +0000", "Content-Language": "en",
		"From": `"Lindenhof Studio GmbH" <billing@lindenhof.example>`,
	} {
		if head[name] != want {
			t.Errorf("%s: got %q, want %q", name, head[name], want)
		}
	}
	for _, want := range []string{"Consulting <b>October</b>", "> two\n> lines", "Pay:\nhttps://pay.example/pay/1?a=b&c=d", "Dispute: answer", "No more: https://ar.example/mail/stop/1.x"} {
		if !strings.Contains(got.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, got.Text)
		}
	}
	for _, want := range []string{"Consulting &lt;b&gt;October", `href="https://pay.example/pay/1?a=b&amp;c=d"`, "text-align:end", `href="https://ar.example/mail/stop/1.x"`} {
		if !strings.Contains(got.HTML, want) {
			t.Errorf("the HTML lacks %q:\n%s", want, got.HTML)
		}
	}
	if strings.Contains(got.HTML, "<img") || strings.Contains(got.HTML, "src=") || strings.Contains(got.HTML, "ZgotmplZ") {
		t.Errorf("the HTML fetches something, or has a link that is none:\n%s", got.HTML)
	}
	if len(got.Files) != 1 || got.Files[0].Size != 8 || strings.Contains(got.Files[0].Name, "\n") || got.Files[0].MIME != "application/pdf" {
		t.Errorf("attachments: %+v", got.Files)
	}
}

// A server's answers become what delivery knows: refused for good, to be tried again, or
// nobody knows.
func TestServersAnswers(t *testing.T) {
	f := newFixture(t)
	k := &card.Card{Title: card.Plain("x")}
	for _, c := range []struct {
		kind                   string
		permanent, again, lost bool
		kept                   int
	}{
		{kind: stand.FaultRefuse, permanent: true},
		{kind: stand.FaultLater, again: true},
		{kind: stand.Fault500, again: true},
		{kind: stand.FaultTimeout, lost: true},
		{kind: stand.FaultTimeoutAfterAccept, lost: true, kept: 1},
		{kind: stand.FaultDropSocket, lost: true},
	} {
		f.server.Reset()
		f.faults.Add(stand.Fault{Platform: "mail", Kind: c.kind})
		_, _, err := f.Send(context.Background(), message(f, k))
		var e *card.SendError
		sure := errors.As(err, &e)
		switch {
		case err == nil, sure == c.lost, sure && (e.Permanent != c.permanent || (e.RetryAfter > 0) != c.again):
			t.Errorf("%s: %#v", c.kind, err)
		case len(f.server.Mails()) != c.kept:
			t.Errorf("%s: %d mails are kept", c.kind, len(f.server.Mails()))
		case strings.Contains(err.Error(), "ap@acme.example") || strings.Contains(err.Error(), "sandbox:"):
			t.Errorf("%s: the error tells too much: %v", c.kind, err)
		}
	}
}

// One reader of several is refused: for good, and the others get it; for now, and all wait a
// few times first.
func TestSomeReadersRefused(t *testing.T) {
	f := newFixture(t)
	m := message(f, &card.Card{Title: card.Plain("x")})
	m.To = []string{"ap@acme.example", "cfo@acme.example"}
	f.faults.Add(stand.Fault{Platform: "mail", Kind: stand.FaultRefuse, Channel: "ap@acme.example"})
	if refused, _, err := f.Send(context.Background(), m); err != nil || len(refused) != 1 || refused[0] != "ap@acme.example" {
		t.Fatal(refused, err)
	}
	f.faults.Add(stand.Fault{Platform: "mail", Kind: stand.FaultLater, Channel: "ap@acme.example", Count: 9})
	var e *card.SendError
	if _, _, err := f.Send(context.Background(), m); !errors.As(err, &e) || e.RetryAfter != time.Minute {
		t.Fatalf("first try: %v", err)
	}
	if m.Try = 3; true {
		if _, _, err := f.Send(context.Background(), m); !errors.As(err, &e) || e.RetryAfter != 4*time.Minute {
			t.Fatalf("third try: %v", err)
		}
	}
	m.Try = 4 // and nobody says of an address that is refused for now that it is none
	if refused, missed, err := f.Send(context.Background(), m); err != nil || len(refused) != 0 || len(missed) != 1 {
		t.Fatalf("fourth try: %v, %v, %v", refused, missed, err)
	}
	if mails := f.server.Mails(); len(mails) != 2 || len(mails[1].To) != 1 {
		t.Errorf("got %+v", mails)
	}
}

// A refusal for our own server's sake gives no address up, and no words of a server bring an
// address into the books.
func TestWhoseFault(t *testing.T) {
	for reply, want := range map[string]bool{
		"550 5.1.1 No such user here": true, "550 No such user": true, "552 5.2.2 Mailbox full": true, "554 5.1.1 Unknown": true,
		"554 5.7.1 Relay access denied": false, "550 relay not permitted": false, "550 5.7.1 Client host blocked using a list": false,
		"530 5.7.0 Authentication required": false, "554 Transaction failed": false, "550 5.4.1 No route": false,
	} {
		code, _ := strconv.Atoi(reply[:3])
		if got := ofAddress(&textproto.Error{Code: code, Msg: reply[4:]}); got != want {
			t.Errorf("%s: of the address: %t", reply, got)
		}
	}
	c, err := New(Config{URL: "smtp://localhost", From: "billing@lindenhof.example"})
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"550 5.1.1 <AP@Acme.example>: unknown", "no mailbox for ap@acme.example.", "mailto:кто@то.example is full", `"o'neil"@x.example`} {
		if got := c.clean(words, []string{"ap@acme.example"}); strings.Contains(got, "@") || got == "" {
			t.Errorf("%q becomes %q", words, got)
		}
	}
}

// Nobody who cannot be reached or let in costs a message, and no error tells the password.
func TestNoWayIn(t *testing.T) {
	f := newFixture(t)
	for _, url := range []string{"smtp://sandbox:hunter2@" + f.server.Addr(), "smtp://sandbox:hunter2@127.0.0.1:1", "smtps://sandbox:hunter2@" + f.server.Addr()} {
		c, err := New(Config{URL: url, From: "billing@lindenhof.example", Timeout: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = c.Send(context.Background(), message(f, &card.Card{Title: card.Plain("x")}))
		var e *card.SendError
		if !errors.As(err, &e) || e.Permanent || e.RetryAfter == 0 || !e.All {
			t.Errorf("%v", err)
		}
		if err := c.Check(context.Background()); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("check: %v", err)
		}
	}
	if err := f.Check(context.Background()); err != nil {
		t.Errorf("check: %v", err)
	}
}

// Beyond this machine nothing goes without TLS.
func TestSettings(t *testing.T) {
	for url, want := range map[string]string{
		"smtp://u:hunter2@mail.example": "", "smtps://u:hunter2@mail.example:465/": "", "smtp://localhost:25": "", "smtp://[::1]:25": "",
		"http://u:hunter2@mail.example": "SMTP_URL", "smtp://u:hunter2@": "SMTP_URL", "smtp://u:hunter2@h:99999": "SMTP_URL",
		"smtp://u:hunter2@h/path": "SMTP_URL", "smtp://u:hunter2@h\x7f": "SMTP_URL", "smtp://u:hunter2@h?x=y": "SMTP_URL",
	} {
		c, err := New(Config{URL: url, From: "Büro <billing@müller.example>"})
		if (err == nil) != (want == "") || err != nil && (!strings.HasPrefix(err.Error(), want+": ") || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%q: %v", url, err)
		}
		if err == nil && c.Sender() != "billing@xn--mller-kva.example" {
			t.Errorf("the sender is %q", c.Sender())
		}
	}
	for _, from := range []string{"", "acme", "a@b\r\nBcc: x@y.example"} {
		if _, err := New(Config{URL: "smtp://localhost", From: from}); err == nil || !strings.HasPrefix(err.Error(), "MAIL_FROM: ") {
			t.Errorf("%q: %v", from, err)
		}
	}
}

func TestRightToLeft(t *testing.T) {
	f := newFixture(t)
	m := message(f, &card.Card{Title: card.Plain("فاکتور INV-1"), Fields: []card.Field{{Label: card.Plain("مبلغ"), Value: card.Plain("€100.00")}}})
	m.Lang = "fa"
	if _, _, err := f.Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	got := f.server.Mails()[0]
	if got.Subject != "فاکتور INV-1" || !strings.Contains(got.HTML, `<html lang="fa" dir="rtl">`) || !strings.Contains(got.Text, "\u2068مبلغ\u2069: \u2068€100.00\u2069") {
		t.Errorf("%q\n%s\n%s", got.Subject, got.Text, got.HTML)
	}
}

// Whatever people write, a mail is well-formed by the strict stand-in's rules, has the headers
// that we gave it and no others, and has no word of theirs as markup.
func FuzzMail(f *testing.F) {
	for _, s := range []string{"Acme", "a\r\nBcc: evil@x.example", "a\nSubject: b", "\u2028Bcc: x", "ООО «Ромашка» " + strings.Repeat("очень длинное ", 50),
		"<script>alert(1)</script>", "=?utf-8?q?evil?=", "\x00\x07\xff", "\u202eevil", strings.Repeat("x", 3000), "", " ", ".\r\n.\r\nQUIT", "\"a\" <b@c.example>", "شرکت"} {
		f.Add(s, s)
	}
	fix := newFixture(f)
	f.Fuzz(func(t *testing.T, a, b string) {
		k := &card.Card{Title: card.Plain("t" + a), Body: []card.Text{card.Plain(b)}, Fields: []card.Field{{Label: card.Plain(a), Value: card.Plain(b)}},
			Quote: card.Plain(a), Note: []card.Text{card.Plain(b)}, Buttons: []card.Button{{Label: card.Plain(b), URL: "https://pay.example/" + a}},
			Table: &card.Table{Head: []card.Text{card.Plain(a)}, Rows: [][]card.Text{{card.Plain(b)}}}}
		m := message(fix, k)
		m.Files = []File{{Name: a, Type: "application/pdf", Data: []byte(b)}}
		c := *fix.Client
		from := *c.from
		from.Name = oneLine(b, nameMax)
		c.from = &from
		msg, err := c.compose(m, m.To)
		if err != nil {
			t.Fatalf("%q, %q: %v", a, b, err)
		}
		var raw bytes.Buffer
		if _, err := msg.WriteTo(&raw); err != nil {
			t.Fatalf("%q, %q: %v", a, b, err)
		}
		got, err := mailapi.Parse(raw.Bytes(), false)
		if err != nil {
			t.Fatalf("%q, %q: %v", a, b, err)
		}
		known := " Auto-Submitted Content-Language Content-Type Date From MIME-Version Message-ID Subject To "
		for _, h := range got.Headers {
			if !strings.Contains(known, " "+h[0]+" ") {
				t.Errorf("%q, %q: header %q", a, b, h)
			}
		}
		if strings.Contains(got.HTML, "<script") || len(got.Files) != 1 {
			t.Errorf("%q, %q: %+v", a, b, got)
		}
	})
}

// A sum and an invoice's number keep their places in a Persian line, and no datum turns what follows
// it: a mark that is not closed, or closes none, goes, and so do those that turn a whole line.
func TestMarksOfDirection(t *testing.T) {
	for in, want := range map[string]string{
		"پرداخت \u2068$924\u2069 · \u2068INV-1\u2069": "پرداخت \u2068$924\u2069 · \u2068INV-1\u2069",
		"\u2066/ar help\u2069":                        "\u2066/ar help\u2069",
		"\u2068Acme":                                  "Acme",
		"Acme\u2069 x \u2068y":                        "Acme x y",
		"\u2068a\nb\u2069":                            "a\nb",
		"\u202eevil \u2067too\u2069":                  "evil too",
	} {
		if got := safe(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := oneLine("\u2068Acme\u2069: INV-1", nameMax); got != "Acme: INV-1" {
		t.Errorf("a header has %q", got)
	}
}

// The text part has the language's colon.
func TestColons(t *testing.T) {
	m := Message{Lang: "zh", Words: plain, Card: &card.Card{Title: card.Plain("账单"), Fields: []card.Field{{Label: card.Plain("合计"), Value: card.Plain("€1")}}}}
	m.Words = func(x card.Text) string {
		if x.Key == "format.colon" {
			return "："
		}
		return plain(x)
	}
	if got := read(m).text(); !strings.Contains(got, "\u2068合计\u2069：\u2068€1\u2069\n") {
		t.Errorf("got %q", got)
	}
	m.Words = plain
	if got := read(m).text(); !strings.Contains(got, "\u2068合计\u2069: \u2068€1\u2069\n") {
		t.Errorf("got %q", got)
	}
}
