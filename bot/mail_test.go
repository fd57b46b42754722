package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"duebot/adapters/sandbox/stand"
	"duebot/ledger"
)

const reader = "ap@beta.example"

// newMailFixture is a sandbox with a customer, beta, who has no chat.
func newMailFixture(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	f.command("USALES0001", "CINVOICES1", `/ar customer add beta "Beta SARL" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	f.command("USALES0001", "CINVOICES1", `/ar customer set beta email=`+reader)
	f.rest()
	return f
}

func (f *fixture) invoiceBeta(work string) {
	ts, _ := f.command("UFINANCE01", "CINVOICES1", `/ar invoice beta 100 "`+work+`" due 14d`)
	f.confirm(ts)
	f.rest()
}

func (f *fixture) mails() []sentMail {
	w := f.state()
	return w.mails(reader)
}

// The answer to an invoice's mail is lost: it is sent again under the same Message-ID, and
// says that it is a copy.
func TestLostInvoiceByMail(t *testing.T) {
	t.Parallel() // most of it is waiting
	f := newMailFixture(t)
	f.fault("mail", stand.FaultTimeoutAfterAccept, 1)
	f.invoiceBeta("Work")
	got := f.mails()
	if len(got) != 2 || got[0].MessageID != got[1].MessageID {
		t.Fatalf("got %+v", got)
	}
	const copyNote = "This is a copy"
	if strings.Contains(got[0].Text, copyNote) || !strings.Contains(got[1].Text, copyNote) || !strings.Contains(got[1].HTML, copyNote) {
		t.Errorf("the second says that it is a copy, and the first does not:\n%s\n%s", got[0].Text, got[1].Text)
	}
}

// The answer to a reminder's mail is lost: it is not said again by itself, and staff are asked.
func TestLostReminderByMail(t *testing.T) {
	t.Parallel()
	f := newMailFixture(t)
	f.invoiceBeta("Work")
	f.fault("mail", stand.FaultTimeoutAfterAccept, 1)
	f.advance("288h")
	w := f.state()
	if got := w.channel("CFINANCE01", "UFINANCE01"); strings.Count(got, "[It Arrived]\n[Send Again]") != 1 {
		t.Errorf("staff are not asked, once:\n%s", got)
	}
	if got := len(f.mails()); got != 2 {
		t.Errorf("got %d mails, want the invoice and one reminder", got)
	}
	f.press("UFINANCE01", "Send Again")
	f.rest()
	if got := len(f.mails()); got != 2 {
		t.Errorf("got %d mails in the evening, want 2: a reminder waits for the customer's hours", got)
	}
	f.advance("15h")
	if got := len(f.mails()); got != 3 {
		t.Errorf("got %d mails after Send Again, want 3", got)
	}
}

// Refused for now is tried again, later each time; cut off and not answered, an invoice is
// sent until it arrives; refused for good it fails, and staff are told.
func TestMailFaults(t *testing.T) {
	t.Parallel()
	f := newMailFixture(t)
	for _, kind := range []string{stand.FaultLater, stand.Fault500, stand.FaultDropSocket, stand.FaultTimeout} {
		before := len(f.mails())
		f.fault("mail", kind, 1)
		f.invoiceBeta("Work " + kind)
		f.rest()
		if got := len(f.mails()) - before; got != 1 {
			t.Errorf("%s: %d mails came, want 1", kind, got)
		}
	}
	before := len(f.mails())
	f.fault("mail", stand.FaultRefuse, 1)
	f.invoiceBeta("Refused")
	w := f.state()
	if got := w.channel("DM", "USALES0001"); len(f.mails()) != before || !strings.Contains(got, "can't be reached any more") {
		t.Errorf("a refused reader is no task:\n%s", got)
	}
}

// A link to unsubscribe that we did not make does nothing and tells nothing, whatever it is
// like; one customer's does not end another's reminders.
func TestForgedUnsubscribeLinks(t *testing.T) {
	t.Parallel()
	f := newMailFixture(t)
	f.invoiceBeta("Work")
	f.advance("288h")
	list := f.mails()
	link, _, _ := strings.Cut(strings.TrimPrefix(list[len(list)-1].header("List-Unsubscribe"), "<"), ">")
	base, token, _ := strings.Cut(link, "/mail/stop/")
	_, proof, _ := strings.Cut(token, ".")
	for _, forged := range []string{"1." + proof, "2." + proof[:len(proof)-1], "2.", ".", "x", "2." + strings.Repeat("A", 16), "zzzzzzzz." + proof, "-2." + proof, strings.Repeat("9", 5000)} {
		if status, body := unsubscribe(t, base+"/mail/stop/"+forged); status != http.StatusNotFound || strings.Contains(body, "Beta") {
			t.Errorf("%.40q: %d", forged, status)
		}
	}
	var counted strings.Builder
	f.box.bot.Load().counts.write(&counted)
	if want := inboundName("mail", "forged") + " 8\n"; !strings.Contains(counted.String(), want) {
		t.Errorf("the counters lack %q:\n%s", want, counted.String())
	}
	w := f.state()
	if got := w.channel("CFINANCE01", "UFINANCE01"); strings.Contains(got, "no more reminders") {
		t.Errorf("a forged link did something:\n%s", got)
	}
	if status, _ := unsubscribe(t, link); status != http.StatusOK {
		t.Errorf("the true one: %d", status)
	}
}

func unsubscribe(t *testing.T, link string) (status int, body string) {
	t.Helper()
	resp, err := http.Post(link, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

// Without a mail server an address is kept and nothing goes there; staff are asked for a chat.
func TestNoMailServer(t *testing.T) {
	t.Parallel()
	b := &Bot{}
	c := &ledger.Customer{Mails: []string{"mail:" + reader}}
	if b.mail != nil || c.Reachable(b.mail != nil, false) || !c.Reachable(true, false) {
		t.Error("an address is a way only where there is a mail server")
	}
}
