package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"duebot/adapters/sandbox/slackapi"
	"duebot/commands/card"
)

// movable is business time that a test moves.
type movable struct {
	wall
	ahead atomic.Int64
}

func (m *movable) Now() time.Time { return time.Now().Add(time.Duration(m.ahead.Load())) }

// lateDesk answers with what it has when it is let.
type lateDesk struct {
	desk
	a Answer
}

func (d *lateDesk) Command(context.Context, Command) Answer {
	<-d.let
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.a
}

func (d *lateDesk) Press(ctx context.Context, _ Press) Answer { return d.Command(ctx, Command{}) }

func (d *lateDesk) set(a Answer) { d.mu.Lock(); d.a = a; d.mu.Unlock() }

// gallery remembers pictures in memory.
type gallery struct {
	mu    sync.Mutex
	files map[string]string
	kept  int
}

func (g *gallery) Picture(hash string) string { g.mu.Lock(); defer g.mu.Unlock(); return g.files[hash] }
func (g *gallery) KeepPicture(hash, file string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.files[hash] = file
	g.kept++
}
func (g *gallery) DropPicture(file string) { g.mu.Lock(); defer g.mu.Unlock(); clear(g.files) }

func (g *gallery) uploads() int { g.mu.Lock(); defer g.mu.Unlock(); return g.kept }

// seenIn are the messages of the bot in a channel that a person alone sees, or "" that all see.
func seenIn(s *slackapi.Server, channel, user string) (out []map[string]any) {
	var w slackapi.Snapshot
	if err := json.Unmarshal(s.State().(json.RawMessage), &w); err != nil {
		panic(err)
	}
	for _, m := range w.Messages {
		if to, _ := m["ephemeral_to"].(string); (channel == "" || m["channel"] == channel) && to == user && m["bot_id"] != nil {
			out = append(out, m)
		}
	}
	return out
}

// A response_url lives for half an hour. An answer that comes later is said all the same: in
// the channel to its asker alone, in place of the message whose button was pressed, or where
// the bot may not speak, in its direct messages with him.
func TestAnswersAfterTheResponseURL(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	clock, h := &movable{}, &lateDesk{desk: desk{let: make(chan struct{})}}
	s, _, count, stop := stageOf(t, clock, h, func(*Config) {})
	defer stop()
	late := func(act func() error) {
		t.Helper()
		h.let = make(chan struct{})
		done := make(chan error, 1)
		go func() { done <- act() }()
		if err := <-done; err != nil {
			t.Error(err)
		}
		clock.ahead.Add(int64(31 * time.Minute))
		close(h.let)
		until(t, "the late answer", func() bool { return count.take()["url_used"] > 0 })
	}
	h.set(said("booked late"))
	late(func() error {
		_, err := s.Command(context.Background(), "USALES0001", "CINVOICES1", "/ar", "slow")
		return err
	})
	until(t, "the answer in the channel", func() bool {
		m := seenIn(s, "CINVOICES1", "USALES0001")
		return len(m) == 2 && m[0]["text"] == "working" && m[1]["text"] == "booked late"
	})
	if m := seenIn(s, "CINVOICES1", ""); len(m) != 0 {
		t.Errorf("all see %v", m)
	}
}

// A button pressed before still edits its message.
func TestEditsAfterTheResponseURL(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	clock, h := &movable{}, &lateDesk{desk: desk{let: make(chan struct{})}}
	s, _, count, stop := stageOf(t, clock, h, func(*Config) {})
	defer stop()
	a := said("asked")
	a.Public, a.Card.Buttons = true, []card.Button{{Label: card.Plain("Confirm"), Do: "confirm", Arg: "1"}}
	h.set(a)
	close(h.let)
	if _, err := s.Command(context.Background(), "USALES0001", "CINVOICES1", "/ar", "ask"); err != nil {
		t.Fatal(err)
	}
	ts := seenIn(s, "CINVOICES1", "")[0]["ts"].(string)
	h.let = make(chan struct{})
	b := said("decided")
	b.Replace = true
	h.set(b)
	if err := s.Action(context.Background(), slackapi.Action{User: "USALES0001", Channel: "CINVOICES1", TS: ts, Label: "Confirm"}); err != nil {
		t.Error(err)
	}
	clock.ahead.Add(int64(31 * time.Minute))
	close(h.let)
	until(t, "the edit", func() bool { m := seenIn(s, "CINVOICES1", ""); return len(m) == 1 && m[0]["text"] == "decided" })
	if got := count.take(); got["url_used"] != 1 {
		t.Errorf("counted %v", got)
	}
}

// What a button in a thread is answered with is said in that thread, by the response_url and after
// it; a button of the message that began the thread is answered in the channel.
func TestAnswersWhereAThreadIs(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var cfg Config
	clock, h := &movable{}, &lateDesk{desk: desk{let: make(chan struct{})}}
	s, _, _, stop := stageOf(t, clock, h, func(c *Config) { cfg = *c })
	defer stop()
	c, asked := New(cfg), said("asked")
	defer c.http.CloseIdleConnections()
	asked.Card.Buttons = []card.Button{{Label: card.Plain("Accept"), Do: "defer", Arg: "1"}}
	post := func(thread string) string {
		t.Helper()
		_, ts, err := c.Post(context.Background(), Message{Channel: "CINVOICES1", Thread: thread, Card: asked.Card, Words: asked.Words})
		if err != nil {
			t.Fatal(err)
		}
		return ts
	}
	parent := post("")
	reply := post(parent)
	for _, x := range []struct {
		text, ts, thread string
		late             bool
	}{{"in the thread", reply, parent, false}, {"late in the thread", reply, parent, true}, {"in the channel", parent, "", false}, {"late in the channel", parent, "", true}} {
		h.set(said(x.text))
		h.let = make(chan struct{})
		if err := s.Action(context.Background(), slackapi.Action{User: "USALES0001", Channel: "CINVOICES1", TS: x.ts, Label: "Accept"}); err != nil {
			t.Error(err)
		}
		if x.late {
			clock.ahead.Add(int64(31 * time.Minute))
		}
		close(h.let)
		until(t, x.text, func() bool {
			for _, m := range seenIn(s, "CINVOICES1", "USALES0001") {
				if thread, _ := m["thread_ts"].(string); m["text"] == x.text {
					return thread == x.thread
				}
			}
			return false
		})
	}
}

// A picture is uploaded once for the same bytes, and never in the way of the answer: without
// the right to upload, while Slack has not read it in, or when Slack lost it, the answer goes
// without.
func TestPictures(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	h, g := &lateDesk{desk: desk{let: make(chan struct{})}}, &gallery{files: map[string]string{}}
	close(h.let)
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	s, _, count, stop := stageOf(t, wall{}, h, func(cfg *Config) {
		cfg.Draw = func(*card.Picture, card.Words) ([]byte, error) { return drawn.Bytes(), nil }
		cfg.Gallery = g
	})
	defer stop()
	a := said("figures")
	a.Card.Picture = &card.Picture{Kind: card.PictureAging, Title: card.Plain("Aging"), Alt: []card.Text{card.Plain("EUR, in all: €1")}}
	h.set(a)
	ask := func() (alt string) {
		t.Helper()
		before := len(seenIn(s, "CINVOICES1", "USALES0001"))
		if r, err := s.Command(context.Background(), "USALES0001", "CINVOICES1", "/ar", "aging"); err != nil || r.Error != "" {
			t.Fatal(err, r.Error)
		}
		var all []map[string]any
		until(t, "the answer", func() bool { all = seenIn(s, "CINVOICES1", "USALES0001"); return len(all) > before })
		data, _ := json.Marshal(all[len(all)-1]["blocks"])
		var blocks []struct {
			Type string
			Alt  string `json:"alt_text"`
		}
		json.Unmarshal(data, &blocks)
		for _, b := range blocks {
			if b.Type == "image" {
				alt += b.Alt
			}
		}
		return alt
	}
	for range 2 {
		if alt := ask(); alt != "EUR, in all: €1" || g.uploads() != 1 {
			t.Errorf("the picture says %q, and was uploaded %d times", alt, g.uploads())
		}
	}
	g.KeepPicture("lost", "x")
	g.mu.Lock()
	for hash := range g.files {
		g.files[hash] = "F999999999" // deleted in Slack
	}
	g.mu.Unlock()
	if alt := ask(); alt != "" || g.Picture("lost") != "" {
		t.Errorf("a picture that Slack has lost says %q", alt)
	}
	if alt := ask(); alt != "EUR, in all: €1" {
		t.Errorf("drawn again it says %q", alt)
	}
	g.DropPicture("")
	if err := s.SetScope("files:write", false); err != nil {
		t.Fatal(err)
	}
	if alt := ask(); alt != "" || count.take()["unpictured"] != 1 {
		t.Errorf("without the scope it says %q", alt)
	}
}
