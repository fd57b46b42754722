//go:build e2e

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestE2EAttachments looks at what was handed in with invoices: in the thread in Slack, in the
// customer's chat, in the one mail that brings it with the invoice. The invitation on that
// invoice is read off its page by a program that knows nothing of us, and followed.
func TestE2EAttachments(t *testing.T) {
	config := filepath.Join(t.TempDir(), "duebot.toml")
	if err := os.WriteFile(config, []byte("[company]\nsend_delay = \"60s\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := curtain(t, sandboxOptions{empty: true, config: config})
	defer a.quiet()
	a.play.command(sales, "CINVOICES1", `/ar customer add acme "Acme GmbH" currency=EUR lang=en`)
	a.play.link("acme", 1001)
	a.play.command(sales, "CINVOICES1", `/ar customer add papier "Papierfabrik Süd GmbH" lang=en`)
	a.play.command(sales, "CINVOICES1", `/ar customer set papier email=ap@papier.example`)
	for _, line := range []string{`/ar invoice acme 2 x 450 "Workshop"`, `/ar invoice papier 99 "Hosting" tax 19%`} {
		a.play.command(sales, "CINVOICES1", line)
		a.play.press(sales, "Confirm")
		a.play.state()
	}
	for number, name := range map[string]string{"INV-2026-000001": "Delivery slip 17.pdf", "INV-2026-000002": "Contract.pdf"} {
		channel, thread := a.play.card(number)
		a.play.post("slack/message", map[string]any{"user": sales, "channel": channel, "thread_ts": thread,
			"files": []upload{{Name: name, Mime: "application/pdf", Data: []byte("%PDF-1.4 of " + name)}}}, nil)
		a.play.state()
		a.play.press(sales, "For the Customer")
	}
	a.play.advance("2m")
	a.play.state()

	a.click(at(chatRow, "Emma Clarke"))
	a.sees(at(chatBubble+" a.doc", "INV-2026-000001.pdf"))
	a.sees(at(chatBubble+" a.doc", "Delivery slip 17.pdf"))
	a.chapter("attached", "phone")
	a.become("Sofia")
	a.click(at("#rooms button", "invoices"))
	a.click(at("#messages .foot", "Last at"))
	a.sees(at("#thread .file", ".pdf"))
	a.chapter("attached", "slack")
	a.click(at("#tool-mail", ""))
	a.click(at("#mailbox button", "ap@papier.example"))
	a.sees(at("#mailbox", "INV-2026-000002.pdf"))
	a.sees(at("#mailbox", "Contract.pdf"))
	a.chapter("attached", "mail")

	token := inviteLink.FindStringSubmatch(scanned(t, a.play.document("ap@papier.example", "INV-2026-000002")))
	if token == nil {
		t.Fatal("no invitation is on the page")
	}
	a.play.write(1002, "/start "+token[1])
	if w := a.play.state(); !strings.Contains(w.chat(1002), "Papierfabrik Süd GmbH") {
		t.Errorf("who followed the invitation on paper reads %s", w.chat(1002))
	}
}

// scanned is what the codes on the first page of a document say.
func scanned(t *testing.T, data []byte) string {
	t.Helper()
	for _, tool := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	page := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(page+".pdf", data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "200", "-gray", "-png", "-singlefile", page+".pdf", page).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := exec.Command("zbarimg", "--quiet", "--raw", "-Sbinary=0", page+".png").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
