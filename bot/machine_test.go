package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duebot/bot/clock"
	"duebot/ledger"
)

// machineFile names the setting with the file that says by how much a process of a test has its
// machine's clock set.
const machineFile = "DUEBOT_TEST_MACHINE"

// setMachine lets the program that a test runs read its clock by that file.
func setMachine() {
	path := os.Getenv(machineFile)
	if path == "" {
		return
	}
	machine = func() (time.Time, time.Duration) {
		wall, ran := clock.Machine()
		data, _ := os.ReadFile(path)
		by, _ := time.ParseDuration(string(data))
		return wall.Add(by), ran
	}
}

// TestMachineSetBackUnderServe sets the machine's clock back in the midst of a campaign, and kills
// the program and starts it again on that clock: nobody is reminded twice and nobody is forgotten,
// what is asked for is done at once, the books' time does not fall, and staff are told.
func TestMachineSetBackUnderServe(t *testing.T) {
	for _, back := range []time.Duration{time.Hour, 24 * time.Hour, 31 * 24 * time.Hour} {
		t.Run(back.String(), func(t *testing.T) {
			t.Parallel() // most of it is waiting
			playSetBack(t, back)
		})
	}
}

func playSetBack(t *testing.T, back time.Duration) {
	const customers = 60
	w, line := campaignTo(t, customers, chatsOnly)
	file := filepath.Join(t.TempDir(), "set")
	set := func(by time.Duration) {
		if err := os.WriteFile(file+".new", []byte(by.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	set(0)
	w.env = append(w.env, machineFile+"="+file)
	bot := w.serve()
	see(t, `Sent: [1-9]`, func() string { return campaignSays(t, w.base) })
	set(-back)
	time.Sleep(700 * time.Millisecond)
	flying := int(line.flying.Load())
	bot.kill()
	bot = w.serve()
	eventually(t, "the bot is ready", w.ready)
	finance := func() string {
		p := newPlayer(t, w.base)
		s := p.state()
		return s.channel("CFINANCE01", "UFINANCE01")
	}
	see(t, `clock of the machine on which I run was set back`, finance)
	see(t, `(?m)^duebot_clock_behind_seconds [1-9]\d{3}`, func() string { return own(w, "/metrics") })
	awaitDone(t, w.base, 30*time.Second)

	p := newPlayer(t, w.base)
	p.command("UFINANCE01", "CINVOICES1", `/ar invoice c1 1 x 77 "Work after it" due 14d`)
	p.press("UFINANCE01", "Confirm")
	see(t, `€77.00`, func() string { s := p.state(); return s.chat(firstChat) })
	set(0)
	awaitSaid(t, w)
	bot.stop(t)
	if text := bot.out.String(); strings.Count(text, "the machine's clock was set back") != 1 {
		t.Errorf("the log does not tell once:\n%.2000s", text)
	}
	checkFile(t, w.db)
	// Beside those that flew, the kill may take the outcomes of a second's sends: their answers came,
	// and were not written down yet.
	checkSetBack(t, w, customers, flying+25)
	w.stand.stop(t)
}

func checkSetBack(t *testing.T, w *twoProcesses, customers, unknownMax int) {
	reminded := map[int64]int{}
	for _, e := range logOf(t, w.base, 0) {
		if !sends(e.Method) || e.Method == "sendDocument" {
			continue
		}
		if chat, id, words := sentMessage(e); id != 0 && !strings.HasPrefix(words, "Invoice INV-") {
			reminded[chat]++
		}
	}
	readBooks(t, w.db, "", func(b *bookReader) {
		unknown := map[int64]bool{}
		for id := 1; id < len(b.queued); id++ {
			n, ends := &b.queued[id], b.outcomes[ledger.NoticeID(id)]
			if n.Kind == ledger.NoticeReminder && len(ends) == 1 && ends[0].State == ledger.NoticeUnknown {
				unknown[int64(firstChat)+int64(n.Customer)-1] = true
			}
		}
		if len(unknown) > unknownMax {
			t.Errorf("%d reminders are unknown, want at most %d", len(unknown), unknownMax)
		}
		for i := range customers {
			chat := int64(firstChat + i)
			if n := reminded[chat]; n > 1 || n == 0 && !unknown[chat] {
				t.Errorf("customer %d was reminded %d times", i+1, n)
			}
		}
		if len(b.open) > 0 {
			t.Errorf("%d notices wait still, the first is %+v", len(b.open), b.open[0])
		}
	})
	books, err := ledger.Open(w.db, ledger.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer books.Close()
	var last time.Time
	var issued ledger.Date
	err = books.View(func(v *ledger.View) error {
		return v.Facts(1, func(f *ledger.Fact) error {
			if f.Recorded.Before(last) {
				return fmt.Errorf("fact %d was recorded at %s, after one at %s", f.Seq, f.Recorded, last)
			}
			last = f.Recorded
			if _, ok := f.Body.(*ledger.InvoiceIssued); ok {
				if f.Effective < issued {
					t.Errorf("fact %d is an invoice dated %s, after one of %s", f.Seq, f.Effective, issued)
				}
				issued = f.Effective
			}
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}
