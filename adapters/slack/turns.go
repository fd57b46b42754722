package slack

import (
	"context"
	"slices"
	"sync"
	"time"
)

// What is said in a channel is taken in the order in which it was said there. Slack tells it by
// several connections, each at its own pace: so everything waits a moment for what is older.

// settle is how long that is, in wall time.
const settle = 40 * time.Millisecond

// turns are the channels in which something waits for its turn.
type turns struct {
	mu    sync.Mutex
	lines map[string][]*turn
}

type turn struct {
	ts    string // by which they are in order
	since time.Time
	begin chan struct{}
	done  chan struct{}
}

// inTurn hands a thread's message on when its turn comes.
func (c *Client) inTurn(ctx context.Context, h Handler, in *ThreadMessage) (taken bool, err error) {
	t := &turn{ts: in.at, since: time.Now(), begin: make(chan struct{}), done: make(chan struct{})}
	c.turns.join(in.Channel, t)
	<-t.begin
	defer close(t.done)
	return h.Thread(ctx, *in)
}

// join waits in the line of a channel.
func (s *turns) join(channel string, t *turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lines == nil {
		s.lines = map[string][]*turn{}
	}
	list, under := s.lines[channel]
	s.lines[channel] = append(list, t)
	if !under {
		go s.serve(channel)
	}
}

// serve lets one after the other begin, until nobody waits in the channel.
func (s *turns) serve(channel string) {
	for {
		t := s.next(channel)
		if t == nil {
			return
		}
		time.Sleep(time.Until(t.since.Add(settle)))
		t = s.take(channel)
		close(t.begin)
		<-t.done
	}
}

// next is who came first; with nobody the line ends.
func (s *turns) next(channel string) *turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if list := s.lines[channel]; len(list) > 0 {
		return list[0]
	}
	delete(s.lines, channel)
	return nil
}

// take ends the waiting of what happened first.
func (s *turns) take(channel string) *turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.lines[channel]
	at := 0
	for i := range list {
		if list[i].ts < list[at].ts {
			at = i
		}
	}
	t := list[at]
	s.lines[channel] = slices.Delete(slices.Clone(list), at, at+1)
	return t
}
