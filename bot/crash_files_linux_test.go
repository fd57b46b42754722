package main

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"duebot/ledger"
)

// A customer's file is on the disk before the fact that names it is booked. Here the program ends
// in between: the disk takes the file, and no more of the ledger. The file is one too many then,
// in which verify finds nothing wrong. Started again, the program is told of the message once
// more, and the file is there once, for both sides.
func TestCrashBetweenFileAndFact(t *testing.T) {
	t.Parallel() // most of it is waiting
	w := standIns(t)
	bot := w.serve()
	eventually(t, "the bot is ready", w.ready)
	p := newPlayer(t, w.base)
	chat := func() string { s := p.state(); return s.chat(1001) }
	channel := func() string { s := p.state(); return s.channel("CINVOICES1", "USALES0001") }
	p.command("USALES0001", "CINVOICES1", `/ar customer add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=net14`)
	p.link("acme", 1001)
	see(t, `Lindenhof Studio GmbH`, chat)
	p.command("USALES0001", "CINVOICES1", `/ar invoice acme 1200 "Work"`)
	p.press("USALES0001", "Confirm")
	see(t, `\[Dispute\]`, chat)
	for _, label := range []string{"Dispute", "Quality", "The whole invoice"} {
		see(t, `\[`+label, chat)
		p.tap(1001, label)
	}
	p.write(1001, "See the letter")
	see(t, `  \| .*See the letter`, channel)
	awaitSaid(t, w)

	letter := []byte("A letter about what was delivered.\n")
	full := unix.Rlimit{Cur: 8 << 10, Max: 1 << 40} // where the first page of the ledger's content lies
	if err := unix.Prlimit(bot.cmd.Process.Pid, unix.RLIMIT_FSIZE, &full, nil); err != nil {
		t.Fatal(err)
	}
	p.post("telegram/message", map[string]any{"chat": 1001, "document": upload{Name: "letter.txt", Data: letter}}, nil)
	select {
	case <-bot.ended:
	case <-time.After(20 * time.Second):
		t.Fatalf("the bot goes on with a disk that takes nothing\n%s", bot.out.String())
	}
	if _, err := ledger.FilesOf(w.db).Read(ledger.HashOf(letter)); err != nil {
		t.Fatalf("the program ended before the file was kept: %v\n%s", err, bot.out.String())
	}
	if got := filesNaming(t, w.db, letter); got != 0 {
		t.Fatalf("%d facts name the file: the program ended too late", got)
	}
	checkFile(t, w.db)

	bot = w.serve()
	see(t, `  \| .*letter.txt`, channel)
	awaitSaid(t, w)
	if got := strings.Count(channel(), "{letter.txt}"); got != 1 {
		t.Errorf("the thread has the file %d times:\n%s", got, channel())
	}
	bot.stop(t)
	if got := filesNaming(t, w.db, letter); got != 1 {
		t.Errorf("%d facts name the file", got)
	}
	checkFile(t, w.db)
	w.stand.stop(t)
}

// filesNaming counts the facts of a ledger by which somebody gave a file of these bytes.
func filesNaming(t *testing.T, db string, data []byte) (n int) {
	t.Helper()
	b, err := ledger.Open(db, ledger.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	err = b.View(func(v *ledger.View) error {
		return v.Facts(1, func(f *ledger.Fact) error {
			if x, ok := f.Body.(*ledger.FileKept); ok && x.Bytes == ledger.HashOf(data) {
				n++
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
