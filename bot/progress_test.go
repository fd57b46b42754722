package main

import (
	"bytes"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	type step struct {
		after     time.Duration
		done, all int64
	}
	tests := []struct {
		name     string
		terminal bool
		steps    []step
		want     string
	}{
		{"short work says nothing", true, []step{{300 * time.Millisecond, 10, 100}, {300 * time.Millisecond, 90, 100}}, ""},
		{"work of nothing says nothing", false, []step{{9 * time.Second, 0, 0}}, ""},
		{"a terminal has one line, written anew and taken away", true, []step{{2 * time.Second, 25, 100}, {2 * time.Second, 50, 100}},
			"\r\x1b[K██████░░░░░░░░░░░░░░░░░░ reading  25 %, 12.5 % a second, 0:06 left" +
				"\r\x1b[K████████████░░░░░░░░░░░░ reading  50 %, 12.5 % a second, 0:04 left" +
				"\r\x1b[K"},
		{"elsewhere lines stay, one every five seconds", false, []step{{2 * time.Second, 1 << 30, 100 << 30}, {time.Second, 2 << 30, 100 << 30}, {5 * time.Second, 8 << 30, 100 << 30}},
			"reading   1 %, 0.5 % a second, 3:18 left\nreading   8 %, 1.0 % a second, 1:32 left\n"},
		{"before anything is done nobody knows how long it takes", false, []step{{2 * time.Second, 0, 100}}, "reading   0 %, 0.0 % a second, ? left\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
			p := &progress{out: &out, terminal: test.terminal, now: func() time.Time { return now }}
			watch := p.watch("reading")
			for _, s := range test.steps {
				now = now.Add(s.after)
				watch(s.done, s.all)
			}
			p.end()
			if got := out.String(); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}
