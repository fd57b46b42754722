//go:build e2e

package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duebot/adapters/sandbox/stand"
)

// tales are what befalls a customer, from the first link to the last reminder, each in a company
// of its own.
var tales = []struct {
	name   string
	config string
	play   func(v *visit)
}{
	{"link", "", linkTale},
	{"proof", "[linking]\nask = \"taxid\"\n", proofTale},
	{"approval", "[linking]\nask = \"approval\"\n", approvalTale},
	{"two", "", twoCustomersTale},
	{"menu", "", menuTale},
	{"invoice", "", invoiceTale},
	{"terms", "", termsTale},
	{"dispute", "", disputeTale},
	{"outcomes", "", outcomesTale},
	{"talk", "", talkTale},
	{"promise", "", promiseTale},
	{"plan", "", planTale},
	{"paid", "", paidTale},
	{"cheque", "", chequeTale},
	{"back", "", moneyBackTale},
	{"act", "", actTale},
	{"settings", "", settingsTale},
	{"group", "", groupTale},
	{"remind", "", remindTale},
	{"late", "", lateTale},
}

// TestGalleryTales plays them in each language and takes a picture of every screen that is new,
// with the record of all that was said beside them: phone-LANGUAGE.txt. DUEBOT_TALES names some.
func TestGalleryTales(t *testing.T) {
	if os.Getenv("DUEBOT_GALLERY") == "" {
		t.Skip("make gallery takes the pictures")
	}
	wanted := os.Getenv("DUEBOT_TALES")
	for _, lang := range galleryLanguages() {
		t.Run(lang, func(t *testing.T) {
			r := records(t, lang)
			w := &walk{lang: lang, chat: chatOf(lang), seen: map[string]bool{}}
			for _, tale := range tales {
				if wanted != "" && !strings.Contains(" "+wanted+" ", " "+tale.name+" ") {
					continue
				}
				t.Run(tale.name, func(t *testing.T) {
					o := sandboxOptions{start: time.Date(2026, 10, 1, 7, 0, 0, 0, time.UTC)}
					if tale.config != "" {
						o.config = filepath.Join(t.TempDir(), "duebot.toml")
						if err := os.WriteFile(o.config, []byte(tale.config), 0o600); err != nil {
							t.Fatal(err)
						}
					}
					tale.play(w.begins(t, tale.name, o, r))
				})
			}
			if w.act == nil {
				return
			}
			if err := r.keeps(w.browser.shots); err != nil {
				t.Error(err)
			}
			w.act.browser.t = t // the sheets are nobody's tale
			w.sheets()
		})
	}
}

// chatOf is the chat of the person who speaks a language.
func chatOf(lang string) int64 {
	return map[string]int64{"en": 1001, "ru": 1002, "ro": 1003, "it": 1004, "zh": 1005, "fa": 1006}[lang]
}

func linkTale(v *visit) {
	v.writes("/start")
	v.writes("/invoices")
	v.writes("/start " + v.play.token(v.handle+" group"))
	v.writes("/start AAAAAAAAAAAAAAAAAAAAAAAA")
	v.linked()
	v.taps("button.skip")
	v.writes("/settings")
	v.taps("button.position")
	v.taps("position.accountant")
	v.sends("document", "voice.bin", "\x00\x01", "")
	v.desk("/ar people " + v.handle + " 2 unlink")
	v.tries("button.position")
	v.writes("/invoices")
}

func proofTale(v *visit) {
	v.desk("/ar customer set acme taxid=DE123456789")
	token := v.play.token(v.handle)
	for _, text := range []string{"/start " + token, "1111", "2222", "3333"} {
		v.writes(text)
	}
	token = v.play.token(v.handle)
	v.writes("/start " + token)
	v.writes("6789")
}

func approvalTale(v *visit) {
	v.play.write(v.room, "/start "+v.play.token(v.handle))
	v.looks("opens the invitation")
	v.writes("/invoices")
	v.presses("Decline")
	v.play.write(v.room, "/start "+v.play.token(v.handle))
	v.looks("opens another one")
	v.presses("Approve")
}

func twoCustomersTale(v *visit) {
	v.linked()
	v.play.command(sales, "CINVOICES1", fmt.Sprintf("/ar customer add beta %q lang=%s terms=net7", v.said.second, v.lang))
	v.play.link("beta", v.chat)
	v.looks("opens the second invitation")
	v.invoice(`100 "{hosting}"`)
	v.desk(`/ar invoice beta 200 "{support}"`)
	v.writes("/balance")
	v.taps("=" + v.said.second)
	v.writes("/balance")
	v.taps("button.speak")
}

// menuTale is the account's pages, with more of each than one holds.
func menuTale(v *visit) {
	v.linked()
	v.writes("/start")
	v.writes("/invoices")
	v.writes("/pay")
	v.writes("/history")
	v.writes("/dispute")
	for i := range 12 {
		v.desk(fmt.Sprintf(`/ar invoice acme %d.50 "{consulting}" due %dd`, 100+i*7, 5+i*3))
	}
	v.desk("/ar payment acme 150")
	for _, command := range []string{"/start", "/invoices", "/balance", "/pay", "/statement", "/history", "/dispute", "/question", "/settings", "/language", "/help", "/stop"} {
		v.writes(command)
	}
	v.taps("button.stop.yes")
	v.writes("/start")
	v.taps("button.myinvoices")
	v.taps("=2")
	v.taps("=INV-")
	v.taps("button.pdf")
	v.taps("button.back")
	v.taps("button.back")
	v.taps("button.topay")
	v.taps("button.largest")
	v.taps("button.back")
	v.taps("button.past")
	v.taps("button.older")
	v.taps("button.newer")
	v.taps("button.receipt")
	v.taps("button.back")
	v.taps("button.statement")
	v.taps("button.period.month")
	v.taps("button.paper.statement")
	v.taps("button.paper.reconciliation")
	v.taps("button.period.lastmonth")
	v.taps("button.back")
	v.taps("button.more")
	v.taps("button.language")
	v.writes("{question}")
}

func invoiceTale(v *visit) {
	v.linked()
	v.invoice(`3 x 1200 "{consulting}" (disc 10%) + 1 x 99 "{hosting}" tax 19% due 14d ref PO-4711`)
	v.taps("button.papers")
	v.taps("button.paper.act")
	v.taps("button.paper.delivery")
	v.taps("button.papers.other")
	v.taps("=" + map[bool]string{true: "English", false: "Italiano"}[v.lang == "it"])
	v.taps("button.paper.invoice")
	v.desk("/ar payment INV-2026-000001 2000")
	v.desk("/ar credit INV-2026-000001 line 2 \"{right}\"")
	v.desk("/ar payment INV-2026-000001 5000")
	v.desk("/ar refund acme 50 \"{thanks}\"")
	v.desk(`/ar deposit acme 500 "{advance}" tax 19%`)
	v.clock("90s")
	v.desk("/ar payment INV-2026-000002 595")
	v.invoice(`2000 "{consulting}" tax 19% deposit INV-2026-000002`)
	v.play.command(finance, "CINVOICES1", v.said.fill(`/ar reissue INV-2026-000003 1900 "{consulting}" tax 19%`))
	v.presses("Confirm")
	v.clock("2m")
	v.desk("/ar payment INV-2026-000004 1604.38 withheld 20 fee 2.50")
	v.desk("/ar chargeback P-3 \"debit returned\"")
	v.desk("/ar statement acme 2026-10-01 2026-10-31 send")
}

func termsTale(v *visit) {
	v.linked()
	v.desk("/ar rate USD 0.92")
	v.invoice(`1000 "{consulting}" tax 19% due 2/10 net 30`)
	v.invoice(`500 "{hosting}" due 3/5 net 30`)
	v.invoice(`1200 "{support}" instalments 12% 14d, 12% 44d, 12% 74d, 12% 104d, 12% 134d, 12% 164d, 12% 194d, 16% 224d`)
	v.invoice(`300 "{hosting}" currency USD tax 19%`)
	v.invoice(`100 "{hosting}" exempt "§ 4 Nr. 21 UStG"`)
	v.invoice(strings.TrimSuffix(strings.Repeat(`10 "{support}" + `, 14), " + "))
	v.invoice(`2000 "{consulting}" tax 19%`)
	v.writes("/invoices")
	v.taps("=INV-2026-000006")
	v.desk("/ar payment INV-2026-000007 1900 split 380 offset 50 \"{advance}\"")
	v.clock("2026-10-03T12:00:00Z")
	v.clock("2026-10-09T09:00:00Z")
	v.desk("/ar payment INV-2026-000001 1166.20")
	v.desk("/ar payment INV-2026-000002 485")
	v.desk("/ar payment INV-2026-000004 100 EUR")
	v.desk("/ar payment INV-2026-000005 50")
	v.clock("2026-10-14T09:00:00Z")
	v.clock("2026-10-17T09:00:00Z")
	v.clock("2026-10-25T09:00:00Z")
	v.desk("/ar customer set acme interest=9% latefee=25")
	v.play.command(finance, "CINVOICES1", "/ar interest acme")
	v.presses("Charge")
	v.clock("2m")
	v.desk("/ar payment acme 20")
}

func disputeTale(v *visit) {
	v.linked()
	v.writes("/dispute")
	v.invoice(`1000 "{consulting}" + 200 "{hosting}" + 50 "{support}" due 14d`)
	v.taps("button.dispute")
	v.taps("button.never")
	v.taps("button.dispute")
	v.taps("reason.not_received")
	v.taps("button.line.off", 1)
	v.taps("button.line.off", 1)
	v.taps("button.thoselines")
	v.writes("{complaint}")
	v.sends("photo", "photo.jpg", photo, "")
	v.sends("document", "letter.txt", "We cancel the hosting.", "{complaint}")
	v.taps("button.mydispute")
	v.clock("5m")
	v.taps("button.disputefile")
	v.presses("Issue Credit Note", "why={right}")
	v.clock("2m")
	v.taps("button.disputeagain")
	v.taps("reason.wrong_sum")
	v.taps("button.othersum")
	v.writes("{many}")
	v.writes("150.50")
	v.clock("5m")
	v.presses("Reject Dispute", "why={contract}")
	v.clock("2m")
	v.clock("2026-10-02T09:30:00Z")
	v.taps("=★★★★★")
	v.writes("/dispute")
	v.taps("button.disputeagain")
}

func outcomesTale(v *visit) {
	v.linked()
	for i := range 4 {
		v.invoice(fmt.Sprintf(`60%d "{consulting}" due 14d`, i))
	}
	v.writes("/invoices")
	v.taps("=INV-2026-000001")
	v.taps("button.dispute")
	v.taps("reason.quality")
	v.taps("button.wholeinvoice")
	v.tries("button.dispute")
	v.clock("5m")
	v.presses("Agree Plan", "count=3", "every=monthly", "from=2026-11-01", "parts=")
	v.clock("2m")
	v.writes("/invoices")
	v.taps("=INV-2026-000002")
	v.taps("button.dispute")
	v.taps("reason.duplicate")
	v.taps("button.withdraw")
	v.writes("/invoices")
	v.taps("=INV-2026-000003")
	v.taps("button.dispute")
	v.taps("reason.wrong_sum")
	v.taps("button.othersum")
	v.writes("100")
	v.clock("5m")
	v.presses("Credit and Reissue", "price1=500")
	v.play.press(finance, "Confirm")
	v.clock("2m")
	v.writes("/invoices")
	v.taps("=INV-2026-000004")
	v.taps("button.dispute")
	v.taps("reason.other")
	v.taps("button.wholeinvoice")
	v.clock("5m")
	v.presses("Customer Withdrew It", "why={thanks}")
	v.clock("2m")
	v.taps("button.withdraw")
	v.desk(`/ar dispute open INV-2026-000002 40 "{complaint}"`)
	v.clock("2m")
	v.writes("/dispute")
}

func talkTale(v *visit) {
	v.linked()
	v.writes("{question}")
	channel, ts := v.answers("Question Q-1", "{yes}")
	v.play.post("slack/edit", map[string]any{"user": sales, "channel": channel, "ts": ts, "text": v.said.fill("{thanks}. {yes}")}, nil)
	v.looks("staff edit it")
	v.writes("{thanks}")
	channel, ts = v.answers("Question Q-1", "{slip}")
	v.play.post("slack/delete", map[string]any{"user": sales, "channel": channel, "ts": ts}, nil)
	v.looks("staff delete it")
	v.sends("document", "program.txt", "#!/bin/sh\nrm -rf /\n", "")
	v.sends("document", "letter.txt", "A letter", "")
	v.play.post("telegram/message", map[string]any{"chat": v.room, "contact": map[string]any{"phone_number": "+4930123", "first_name": "Ivan"}}, nil)
	v.looks("> a contact")
	v.invoice(`100 "{hosting}"`)
	v.taps("button.dispute")
	v.taps("reason.wrong_sum")
	v.taps("button.wholeinvoice")
	v.writes("{complaint}")
	v.answers("100", "{since}")
}

func promiseTale(v *visit) {
	v.linked()
	v.invoice(`100 "{consulting}"`)
	v.invoice(`50 "{hosting}"`)
	v.clock("2026-10-12T10:00:00Z")
	v.taps("button.willpay")
	v.taps("button.alloverdue")
	v.taps("button.onlythis")
	v.taps("button.otherday")
	v.writes("2027-06-01")
	v.taps("button.willpay")
	v.taps("button.otherday")
	v.taps("=·")
	v.taps("=›")
	v.taps("button.back")
	v.taps("button.day")
	v.taps("button.otherday")
	v.writes("{soonish}")
	v.writes("2026-10-01")
	v.writes("{tuesday}")
	v.taps("button.otherday")
	v.writes("11/12") // either of two days, or one, by the language
	v.tries("button.day", 1)
	v.taps("button.otherday")
	v.taps("button.otherday")
	v.taps("=›")
	v.writes("2026-11-20")
	v.taps("button.askthem")
	v.presses("Accept")
	v.clock("2026-10-13T12:00:00Z")
	v.clock("2026-12-02T12:00:00Z")
	v.taps("button.willpay")
	v.taps("button.otherday")
	v.writes("2027-06-01")
	v.taps("button.askthem")
	v.taps("button.willpay")
	v.play.command(finance, "CINVOICES1", v.said.fill(`/ar defer DF-2 decline "{oldest}"`))
	v.clock("1m")
	v.desk("/ar payment acme 150")
	v.taps("button.willpay")
}

func planTale(v *visit) {
	v.linked()
	v.invoice(`1000 "{consulting}"`)
	v.invoice(`205 "{hosting}"`)
	v.clock("2026-10-23T10:00:00Z")
	v.taps("button.inparts")
	v.taps("button.scope")
	v.taps("=4")
	v.taps("chat.rhythm.month")
	v.taps("button.otherday")
	v.writes("2028-12-31")
	v.taps("button.back")
	v.taps("button.day")
	v.taps("button.askthem")
	v.taps("button.inparts")
	v.desk("/ar defer DF-1 accept")
	v.clock("1m")
	v.clock("2026-10-31T12:00:00Z")
	v.clock("2026-11-08T12:00:00Z")
	v.taps("button.inparts")
	v.taps("=INV-")
	v.taps("=2")
	v.taps("chat.rhythm.two")
	v.taps("button.day")
	v.taps("button.askthem")
	v.play.command(finance, "CINVOICES1", v.said.fill(`/ar defer DF-2 offer 500 2026-11-16, 500 2026-12-01 "{twoparts}"`))
	v.clock("1m")
	v.taps("button.no")
	for i, payment := range []string{"/ar payment acme 10", ""} {
		v.taps("button.inparts")
		v.taps("=INV-")
		v.taps("=3")
		v.taps("chat.rhythm.week")
		v.taps("button.day")
		v.taps("button.askthem")
		v.play.command(finance, "CINVOICES1", v.said.fill(fmt.Sprintf(`/ar defer DF-%d offer %d 2026-11-16, 500 2026-12-01 "{twoparts}"`, i+3, 500-10*i)))
		v.clock("1m")
		if payment != "" { // what was offered no longer adds up
			v.desk(payment)
		}
		v.taps("button.agree")
	}
	v.taps("button.inparts")
}

func paidTale(v *visit) {
	v.linked()
	v.invoice(`1200 "{consulting}"`)
	v.clock("2026-10-12T09:00:00Z")
	v.taps("button.ipaid")
	v.taps("button.otherday")
	v.writes("{soonish}")
	v.writes("2026-10-11")
	v.taps("button.othersum")
	v.writes("{many}")
	v.writes("1200")
	v.sends("document", "list.csv", "a,b\n1,2\n", "")
	v.sends("photo", "order.jpg", photo, "")
	v.taps("button.ipaid")
	v.play.command(finance, "CINVOICES1", "/ar claim PC-1 confirm")
	v.presses("Book")
	v.clock("2m")
	v.clock("2026-10-13T09:00:00Z")
	v.taps("=★★☆☆☆")
	v.writes("{phone}")
	v.invoice(`300 "{hosting}"`)
	v.clock("2026-10-30T09:00:00Z")
	v.taps("button.ipaid")
	v.taps("button.yesterday")
	v.taps("button.allofit")
	v.taps("button.unpaid")
	v.taps("button.ipaid")
	v.taps("button.notpaid")
	v.taps("button.ipaid")
	v.taps("button.today")
	v.taps("button.allofit")
	v.desk(`/ar claim PC-3 notfound "{nothing}"`)
	v.clock("2m")
	v.taps("button.sendproof")
}

func actTale(v *visit) {
	v.linked()
	v.invoice(`1200 "{consulting}"`)
	v.invoice(`300 "{hosting}"`)
	v.clock("2026-11-05T07:00:00Z")
	v.desk(`/ar payment acme 200 2026-10-03 "wire 7"`)
	v.desk("/ar reconcile acme 2026-10-01 2026-10-31 send")
	v.clock("2m")
	v.clock("2026-11-20T10:00:00Z")
	v.taps("button.differ")
	v.writes("{differs}")
	v.taps("button.differ")
	v.sends("document", "list.pdf", "%PDF-1.4\n", "")
	v.sends("document", "other.csv", "a,b\n1,2\n", "")
	v.sends("document", "list.csv", v.said.fill("{columns}\n2026-10-01,INV-2026-000001,,1000\n2026-10-03,wire 7,200,\n2026-10-20,X-99,50,\n"), "")
	v.sends("document", "same.csv", v.said.fill("{columns}\n2026-10-01,INV-2026-000001,,1200\n2026-10-01,INV-2026-000002,,300\n2026-10-03,wire 7,200,\n"), "")
	v.taps("button.agreeact")
	v.taps("button.document")
	v.taps("button.agreeact")
}

// chequeTale is a cheque that bounces, another one that is paid, and cash, some of which goes back.
func chequeTale(v *visit) {
	v.linked()
	v.invoice(`1200 "{consulting}"`)
	v.desk(`/ar cheque INV-2026-000001 1200 no 004711 dated 2026-10-20`)
	v.clock("2026-10-21T07:00:00Z")
	v.desk("/ar cheque CH-1 deposited")
	v.desk(`/ar cheque CH-1 bounced "{differs}"`)
	v.clock("2m")
	v.desk("/ar cheque acme 1000 no 004712 dated 2026-10-21 replaces CH-1")
	v.clock("2m")
	v.desk("/ar cheque CH-2 returned \"{thanks}\"")
	v.clock("2m")
	v.desk("/ar cheque INV-2026-000001 1000 no 004713 dated 2026-10-21")
	v.desk("/ar cheque CH-3 cleared")
	v.desk("/ar payment INV-2026-000001 200 cash")
	v.clock("2m")
	v.desk(`/ar cash CASH-2026-000001 void "typed twice"`)
	v.clock("2m")
	v.desk("/ar payment acme 300 cash")
	v.desk("/ar refund acme 100 cash \"{thanks}\"")
	v.clock("2m")
}

// moneyBackTale is money that was paid by link and goes back, by the provider and by the payer's bank.
func moneyBackTale(v *visit) {
	v.linked()
	v.invoice(`1200 "{consulting}"`)
	v.invoice(`300 "{hosting}"`)
	for _, x := range []struct {
		outcome string
		sum     int64
	}{{"refunded", 20000}, {"disputed", 0}} {
		v.play.write(v.room, "/pay")
		to := v.follow(v.play.payURL(v.room, ""))
		for _, act := range []map[string]any{{"url": to, "outcome": "paid"}, {"url": to, "outcome": x.outcome, "sum": x.sum}} {
			v.play.post("pay", act, nil)
			v.clock("2m")
			v.looks("at the provider: " + act["outcome"].(string))
		}
	}
}

// follow is the provider's page behind a payment link.
func (v *visit) follow(link string) string {
	v.t.Helper()
	resp, err := noRedirects.Get(link)
	if err != nil {
		v.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.Header.Get("Location")
}

func settingsTale(v *visit) {
	v.desk("/ar customer set acme email=ap@acme.example")
	v.linked()
	v.writes("/settings")
	v.taps("button.hours")
	v.taps("=14:00")
	v.taps("=16:00")
	v.taps("button.daily")
	v.taps("button.mails")
	v.taps("button.newmail")
	v.writes("{thanks}")
	v.writes("boss@acme.example")
	v.writes("/settings")
	v.taps("button.mails")
	v.taps("button.newmail")
	v.writes("boss@acme.example")
	v.play.press(sales, "Confirm Address")
	v.clock("2m")
	v.writes("/settings")
	v.taps("button.mails")
	v.taps("button.unmail")
	v.taps("button.unmail.yes")
	v.taps("button.newmail")
	v.writes("cfo@acme.example")
	v.play.press(sales, "Decline")
	v.clock("2m")
	v.writes("/settings")
	v.taps("button.language")
	v.taps("=" + map[bool]string{true: "Italiano", false: "English"}[v.lang == "en"])
	v.writes("/language")
	v.taps("language." + v.lang)
	v.writes("/stop")
	v.taps("button.never")
	v.writes("/stop")
	v.taps("button.stop.yes")
	v.writes("/settings")
	v.writes("/start")
	v.desk("/ar customer set acme email=none")
	v.writes("/stop")
	v.taps("button.stop.yes")
	v.writes("/start")
	v.play.link(v.handle, 1010)
	v.writes("/stop")
	v.taps("button.stop.yes")
}

func groupTale(v *visit) {
	const group = -500800
	v.play.post("telegram/chat", map[string]any{"id": group, "type": "group", "title": v.said.customer, "people": []any{
		map[string]any{"id": v.chat, "first_name": "P1", "language_code": v.lang}, map[string]any{"id": 1010, "first_name": "P2", "language_code": v.lang}}}, nil)
	token := v.play.token(v.handle + " group")
	v.room = group
	v.writes("/start@duebot_sandbox_bot " + v.play.token(v.handle))
	v.writes("/start@duebot_sandbox_bot " + token)
	v.invoice(`100 "{consulting}"`)
	v.writes("/balance@duebot_sandbox_bot")
	v.clock("2026-10-10T10:00:00Z")
	v.desk("/ar payment acme 30")
	v.room = v.chat
	v.linked()
	v.taps("position.accountant")
	v.room = group
	v.writes("/settings@duebot_sandbox_bot")
	v.taps("button.showsums")
	v.writes("/balance@duebot_sandbox_bot")
	v.invoice(`70 "{hosting}"`)
	v.taps("button.dispute")
	v.writes("/settings@duebot_sandbox_bot")
	v.taps("button.hidesums")
	v.desk(`/ar credit INV-2026-000002 10 "{right}"`)
	v.clock("2m")
}

// remindTale keeps silent until there is nothing left to say.
func remindTale(v *visit) {
	v.linked()
	v.writes("/settings")
	v.taps("button.daily")
	v.invoice(`1200 "{consulting}" tax 19%`)
	v.invoice(`70 "{support}" due 40d`)
	for day := 4; day < 90; day++ {
		if day == 6 {
			v.invoice(`99 "{hosting}" due 7d`)
		}
		at := time.Date(2026, 10, day, 12, 0, 0, 0, time.UTC).Format(time.RFC3339)
		v.play.post("clock", map[string]any{"set": at}, nil)
		if v.anythingNew() {
			v.looks("clock " + at)
		}
	}
}

// lateTale is what comes when something fails, or is pressed too late.
func lateTale(v *visit) {
	v.linked()
	v.invoice(`1200 "{consulting}"`)
	v.invoice(`300 "{hosting}"`)
	v.play.post("fault", map[string]any{"platform": "telegram", "kind": stand.FaultTimeoutAfterAccept, "count": 1}, nil)
	v.invoice(`50 "{support}"`)
	v.clock("1h")
	v.taps("button.dispute")
	v.desk("/ar payment acme 1550")
	v.taps("reason.other")
	v.writes("/pay")
	v.writes("/invoices")
	v.writes("/balance")
	v.writes("/dispute")
	v.desk(`/ar customer set acme terms=net14`)
}

// anythingNew reports whether the chat has something that was not looked at.
func (v *visit) anythingNew() bool {
	w := v.play.state()
	for _, m := range w.messages(v.room) {
		if m.From.IsBot && v.known[v.room][m.MessageID] != screenOf(&m) {
			return true
		}
	}
	return false
}

// photo is a picture as a phone takes it.
var photo = func() string {
	var out bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 240, 160))
	for i := range img.Pix {
		img.Pix[i] = byte(96 + i%240/2)
	}
	if err := jpeg.Encode(&out, img, nil); err != nil {
		panic(err)
	}
	return out.String()
}()
