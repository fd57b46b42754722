package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"duebot/ledger"
)

// progress tells a person who waits how far long work is: on a terminal by one line that is
// written anew, elsewhere by a line every few seconds. Of work that takes less than a second
// it says nothing.
type progress struct {
	out      io.Writer
	terminal bool
	now      func() time.Time

	mu    sync.Mutex
	what  string
	began time.Time
	said  time.Time
	shown bool
}

const (
	progressAfter = time.Second            // shorter work says nothing
	progressEvery = 5 * time.Second        // a line, where lines stay
	progressFrame = 100 * time.Millisecond // on a terminal
	progressBar   = 24                     // letters
)

// newProgress tells on standard error.
func newProgress() *progress {
	info, err := os.Stderr.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	return &progress{out: os.Stderr, terminal: terminal, now: time.Now}
}

// watch begins work by that name, and returns what the work calls now and then.
func (p *progress) watch(what string) ledger.Watch {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.what, p.began, p.said = what, p.now(), time.Time{}
	return p.tell
}

// tell shows that done parts of all are done.
func (p *progress) tell(done, all int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	pause := progressEvery
	if p.terminal {
		pause = progressFrame
	}
	spent := now.Sub(p.began)
	if all <= 0 || spent < progressAfter || now.Sub(p.said) < pause {
		return
	}
	p.said = now
	done = min(max(done, 0), all)
	percent := done * 100 / all
	line := fmt.Sprintf("%s %3d %%, %s a second, %s left", p.what, percent, share(done, all, spent), left(done, all, spent))
	if !p.terminal {
		fmt.Fprintln(p.out, line)
		return
	}
	full := int(done * progressBar / all)
	fmt.Fprintf(p.out, "\r\x1b[K%s %s", strings.Repeat("█", full)+strings.Repeat("░", progressBar-full), line)
	p.shown = true
}

// end takes the line away.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.shown = false
	}
}

// share is the part of all that is done in a second, in tenths of a percent.
func share(done, all int64, spent time.Duration) string {
	tenths := done * 1000 / all * 1000 / max(spent.Milliseconds(), 1)
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
}

// left is how long the rest takes if it goes on as it went: "1:05".
func left(done, all int64, spent time.Duration) string {
	if done == 0 {
		return "?"
	}
	perSecond := max(done*1000/max(spent.Milliseconds(), 1), 1)
	rest := time.Duration((all-done)/perSecond) * time.Second
	return fmt.Sprintf("%d:%02d", int(rest.Minutes()), int(rest.Seconds())%60)
}
