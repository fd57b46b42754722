package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// After five wrong invitations of an hour a chat's are not looked at for an hour; other chats
// are. What is told counts all of them, once.
func TestGuesses(t *testing.T) {
	var g guesses
	now := evening
	for i := range guessFew {
		if !g.may("a", now) {
			t.Fatalf("guess %d is not looked at", i+1)
		}
		g.wrong("a", now)
		now = now.Add(time.Minute)
	}
	if g.may("a", now) || g.may("a", now.Add(58*time.Minute)) {
		t.Error("a sixth guess is looked at")
	}
	if !g.may("b", now) {
		t.Error("another chat is shut out")
	}
	g.wrong("b", now)
	if now = now.Add(time.Hour); !g.may("a", now) {
		t.Error("after an hour it is still not looked at")
	}
	if r, at := g.due(now, time.UTC); r.Count != 0 || !at.Equal(time.Date(2026, 10, 2, guessHour, 0, 0, 0, time.UTC)) {
		t.Errorf("told are %+v, next at %s", r, at)
	}
	now = now.Add(24 * time.Hour)
	if r, _ := g.due(now, time.UTC); r.Count != guessFew+3 || len(r.Chats) != 2 {
		t.Errorf("told are %+v", r)
	}
	if r, at := g.due(now, time.UTC); r.Count != 0 || !at.IsZero() {
		t.Errorf("told again: %+v", r)
	}
}

// Finance hears once a day how many invitations were guessed, also over a restart; the answer to
// who guesses is the same whether a guess is looked at or not.
func TestGuessesAreTold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range guessFew + 2 {
		f.write(strangersChat, fmt.Sprint("/start guess-", i))
		f.advance("21m") // strangers are answered three times an hour
	}
	f.write(1007, "/start guess")
	f.rest()
	w := f.state()
	said := map[string]bool{}
	for _, m := range w.messages(strangersChat) {
		if m.From.IsBot {
			said[m.Text] = true
		}
	}
	if len(said) != 1 {
		t.Errorf("answers to guesses differ: %v", said)
	}
	f.box.close()
	f.open(time.Time{})
	f.advance("24h")
	f.rest()
	w = f.state()
	if seen := w.channel("CFINANCE01", finance); strings.Count(seen, "8 invitations that were none were tried in Telegram, from 2 chats") != 1 {
		t.Errorf("finance reads\n%s", seen)
	}
	f.advance("48h")
	f.rest()
	w = f.state()
	if seen := w.channel("CFINANCE01", finance); strings.Count(seen, "that were none") != 1 {
		t.Errorf("it is told again:\n%s", seen)
	}
}

// A group that becomes a supergroup stays the customer's group, with what it may be shown.
func TestGroupBecomesSupergroup(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const group, super = -500702, -1001000500702
	f.post("telegram/chat", map[string]any{"id": group, "type": "group", "title": "Those who pay",
		"people": []any{map[string]any{"id": acmesChat, "first_name": "Emma"}}}, nil)
	f.write(group, "/start@duebot_sandbox_bot "+f.token("acme group"))
	f.rest()
	f.post("telegram/chat", map[string]any{"id": group, "migrate_to": super}, nil)
	f.rest()
	f.issue("acme", "Secret work")
	f.advance("2m")
	f.rest()
	w := f.state()
	seen := w.chat(super)
	if !strings.Contains(seen, "invoice INV-2026-000001 was issued") || strings.Contains(seen, "100") || strings.Contains(seen, "Secret") {
		t.Errorf("the supergroup reads\n%s", seen)
	}
	_, people := f.command(finance, "CINVOICES1", "/ar people acme")
	if !strings.Contains(people, "Those who pay · group, without sums") {
		t.Errorf("finance reads\n%s", people)
	}
	checkFileAfter(t, f)
}

// checkFileAfter closes the sandbox and verifies its ledger.
func checkFileAfter(t *testing.T, f *fixture) {
	t.Helper()
	f.box.close()
	f.box = nil
	checkFile(t, f.dir+"/duebot.db")
}
