package pace

import (
	"fmt"
	"testing"
	"time"
)

var start = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

func message(chat int) Call {
	return Call{Telegram, "sendMessage", fmt.Sprintf("telegram:%d", chat)}
}

// drive sends as early as it may, one of these calls after the other, and returns when.
func drive(p *Pace, now time.Time, calls func(i int) Call, n int) (at []time.Time) {
	for i := range n {
		c := calls(i)
		for {
			wait, _ := p.Take(now, c)
			if wait == 0 {
				break
			}
			now = now.Add(wait)
		}
		p.Goes(now, c)
		at = append(at, now)
	}
	return at
}

// most is the largest number of instants within any window.
func most(at []time.Time, window time.Duration) (n int) {
	first := 0
	for i, t := range at {
		for t.Sub(at[first]) > window {
			first++
		}
		n = max(n, i-first+1)
	}
	return n
}

// The set rate is reached, and no second holds more than the platform takes.
func TestTelegramOverAllChats(t *testing.T) {
	at := drive(New(25, 5), start, message, 5000)
	if n := most(at, time.Second); n > 30 {
		t.Errorf("%d messages in a second, want at most 30", n)
	}
	if took := at[len(at)-1].Sub(start).Seconds(); took > 5000/25.0 {
		t.Errorf("5,000 messages took %.1f s, want %d", took, 5000/25)
	}
}

// A program that is held up now and then, by less than the burst, loses nothing of the rate.
func TestLatenessIsCaughtUp(t *testing.T) {
	p, now := New(25, 5), start
	sent := 0
	for i := 1; now.Before(start.Add(time.Minute)); i++ {
		for {
			if wait, _ := p.Take(now, message(sent)); wait > 0 {
				now = now.Add(wait)
				break
			}
			p.Goes(now, message(sent))
			sent++
		}
		if i%150 == 0 { // every six seconds
			now = now.Add(200 * time.Millisecond)
		}
	}
	if sent < 25*60 {
		t.Errorf("%d messages in a minute, want %d", sent, 25*60)
	}
}

func TestOneChat(t *testing.T) {
	one := func(int) Call { return message(7) }
	if n := most(drive(New(25, 5), start, one, 100), 999*time.Millisecond); n != 1 {
		t.Errorf("%d messages in a second to one chat, want 1", n)
	}
	group := func(int) Call { return Call{Telegram, "sendMessage", "telegram:-5"} }
	at := drive(New(25, 5), start, group, 100)
	if n := most(at, time.Minute); n != 20 {
		t.Errorf("%d messages in a minute to one group, want 20", n)
	}
	// An edit has a count of its own.
	p := New(25, 5)
	p.Take(start, message(7))
	if wait, _ := p.Take(start, Call{Telegram, "editMessageText", "telegram:7"}); wait != 0 {
		t.Errorf("an edit waits %s for a message", wait)
	}
}

// The next is due a second after the answer, not after the call.
func TestAnsweredLate(t *testing.T) {
	p := New(25, 5)
	p.Take(start, message(7))
	p.Answered(start.Add(800*time.Millisecond), message(7))
	if wait, whole := p.Take(start.Add(time.Second), message(7)); wait != 800*time.Millisecond || whole {
		t.Errorf("got %s, %v, want 800ms of this chat", wait, whole)
	}
}

func TestSlackTiers(t *testing.T) {
	channel := func(int) Call { return Call{Slack, "chat.postMessage", "slack:C1"} }
	if n := most(drive(New(25, 5), start, channel, 50), 999*time.Millisecond); n != 1 {
		t.Errorf("%d messages in a second to one channel, want 1", n)
	}
	for method, want := range map[string]int{"chat.update": 50, "users.info": 100, "usergroups.users.list": 20, "chat.postMessage": 300} {
		calls := func(i int) Call { return Call{Slack, method, fmt.Sprintf("slack:C%d", i)} }
		if n := most(drive(New(25, 5), start, calls, 4*want), time.Minute); n > want || n < want*3/4 {
			t.Errorf("%s: %d calls in a minute, want at most %d", method, n, want)
		}
	}
}

// Answers take their places without waiting, and what comes after them waits for both.
func TestAnswersWaitForNobody(t *testing.T) {
	p := New(25, 5)
	for i := range 50 {
		p.Answer(start, message(i))
	}
	wait, whole := p.Take(start, message(99))
	if want := 2*time.Second - 9*40*time.Millisecond; wait != want || !whole {
		t.Errorf("got %s, %v, want %s of all", wait, whole, want)
	}
}

// What was held up by a slow disk and goes out at once leaves less room for what follows.
func TestHeldUpAndLetGo(t *testing.T) {
	p, now := New(25, 5), start
	var at []time.Time
	for i := 0; i < 200; {
		if wait, _ := p.Take(now, message(i)); wait > 0 {
			now = now.Add(wait)
			continue
		}
		// Each commit that begins in the first half of a second ends with it.
		out := now
		if into := now.Sub(start) % time.Second; into < time.Second/2 {
			out = now.Add(time.Second/2 - into)
		}
		at = append(at, out)
		p.Goes(out, message(i))
		i++
	}
	if n := most(at, 999*time.Millisecond); n > 26 {
		t.Errorf("%d messages in a second, want at most 26", n)
	}
	if took := at[199].Sub(at[0]).Seconds(); took > 9 {
		t.Errorf("200 messages took %.1f s", took)
	}
	q := New(25, 5)
	for i := range 100 {
		if wait, _ := q.Take(start.Add(time.Duration(i)*40*time.Millisecond), message(i)); wait > 0 {
			if i != 26 {
				t.Errorf("%d places are taken while nothing goes out, want 26", i)
			}
			break
		}
	}
}

func TestReturn(t *testing.T) {
	p := New(25, 5)
	for range 100 {
		if wait, _ := p.Take(start, message(7)); wait != 0 {
			t.Fatalf("a place that was given back is not free for %s", wait)
		}
		p.Return(message(7))
	}
}

// A refusal stops the chat that was written to lately, and the bot when that chat can have
// broken no limit, or when a second one is refused.
func TestWhomARefusalMeans(t *testing.T) {
	p := New(25, 5)
	p.Take(start, message(1))
	now := start.Add(2 * time.Second)
	p.Take(now, message(1))
	if p.Limited(now, message(1), 30*time.Second) {
		t.Error("the second message to a chat was refused, and all have to wait")
	}
	if wait, whole := p.Take(now, message(1)); wait != 30*time.Second || whole {
		t.Errorf("got %s, %v, want 30 s of this chat", wait, whole)
	}
	if wait, _ := p.Take(now, message(2)); wait != 0 {
		t.Errorf("another chat waits %s", wait)
	}
	if !p.Limited(now, message(2), 5*time.Second) {
		t.Error("a chat that was sent nothing else was refused, and only that chat waits")
	}
	if wait, whole := p.Take(now, message(3)); wait != 5*time.Second || !whole {
		t.Errorf("got %s, %v, want 5 s of all", wait, whole)
	}
	q := New(25, 5)
	q.Take(start, Call{Slack, "chat.update", "slack:C1"})
	q.Limited(start, Call{Slack, "chat.update", "slack:C1"}, 10*time.Second)
	if wait, _ := q.Take(start, Call{Slack, "chat.update", "slack:C2"}); wait != 10*time.Second {
		t.Errorf("got %s, want 10 s of the method", wait)
	}
	if wait, _ := q.Take(start, Call{Slack, "chat.postMessage", "slack:C1"}); wait != 0 {
		t.Errorf("another method waits %s", wait)
	}
}

// After a refusal that nobody could foresee the rate is lower, and creeps back.
func TestAdaptive(t *testing.T) {
	p := New(25, 5)
	p.Take(start, message(0))
	p.Limited(start, message(0), time.Second)
	rate := func(from time.Time) float64 {
		at := drive(p, from, func(i int) Call { return message(i + int(from.Unix())*1000) }, 100)
		return 99 / at[99].Sub(at[0]).Seconds()
	}
	if r := rate(start.Add(time.Second)); r > 20 {
		t.Errorf("%.1f a second after a refusal, want a lower rate", r)
	}
	if r := rate(start.Add(2 * time.Minute)); r < 25 {
		t.Errorf("%.1f a second two minutes after it, want 25", r)
	}
	if p.Refused() != 1 {
		t.Errorf("%d refusals are counted, want 1", p.Refused())
	}
}

// Memory follows what was said lately.
func TestChatsAreForgotten(t *testing.T) {
	p := New(25, 5)
	drive(p, start, message, 20000)
	if n := len(p.chats); n > 25*100 {
		t.Errorf("%d chats are remembered", n)
	}
	p.Freeze(start, Telegram, time.Hour)
	if wait, whole := p.Take(start, message(1)); wait != time.Hour || !whole {
		t.Errorf("got %s, %v, want an hour of all", wait, whole)
	}
	if wait, _ := p.Take(start, Call{}); wait != 0 {
		t.Errorf("what calls no platform waits %s", wait)
	}
}

func TestMails(t *testing.T) {
	mail := func(i int) Call { return Call{Mail, "", fmt.Sprintf("mail:%d@b.example", i)} }
	at := drive(New(25, 5), start, mail, 100)
	if took := at[99].Sub(start); took != 19*time.Second {
		t.Errorf("100 mails took %s, want 19 s", took)
	}
	one := drive(New(25, 5), start, func(int) Call { return mail(1) }, 10)
	if took := one[9].Sub(start); took != 9*time.Second {
		t.Errorf("10 mails to one reader took %s, want 9 s", took)
	}
}
