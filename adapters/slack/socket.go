package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"sync"
	"time"

	"github.com/slack-go/slack/socketmode"
)

// socketCount is how many connections are kept: slack-go closes one before it opens the
// next, and meanwhile the other one hears.
const socketCount = 2

// socketApart lies between their beginnings, so that Slack does not refresh both at once. It
// is a variable for tests alone.
var socketApart = 3 * time.Second

// Run hears what people do until ctx ends, and then finishes what was begun. It returns an
// error when Slack refuses the token; anything else is tried again. Without an app token
// nothing but the Routes are heard.
func (c *Client) Run(ctx context.Context, h Handler) error {
	c.open(true)
	// The connections live on until the last acknowledgement has left.
	sockets, hang := context.WithCancelCause(context.WithoutCancel(ctx))
	defer hang(nil)
	var all sync.WaitGroup
	all.Go(func() { c.team(sockets) }) // before the first person has to wait for it
	if c.cfg.AppToken != "" {
		for i := range socketCount {
			all.Go(func() {
				pause(sockets, time.Duration(i)*socketApart)
				if err := c.supervise(sockets, h); err != nil {
					hang(err)
				}
			})
		}
	}
	select {
	case <-ctx.Done():
	case <-sockets.Done(): // refused
	}
	c.open(false)
	c.acts.Wait()
	refused := context.Cause(sockets)
	hang(nil)
	all.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return refused
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// open lets acts in, or no more.
func (c *Client) open(yes bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hearing = yes
}

// begin counts an act that Run waits for; it is not let in while Run does not run.
func (c *Client) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hearing {
		c.acts.Add(1)
	}
	return c.hearing
}

// supervise keeps one connection. It returns an error when Slack refuses the token.
func (c *Client) supervise(ctx context.Context, h Handler) error {
	wait := time.Second
	for ctx.Err() == nil {
		began := time.Now()
		err := c.connect(ctx, h)
		if fatal(err) {
			return err
		}
		if time.Since(began) > time.Minute {
			wait = time.Second
		}
		if err != nil && ctx.Err() == nil {
			c.count("socket_ended")
			c.cfg.Log.Warn("Slack's socket ended", "error", withoutURL(err), "again in", wait)
		}
		pause(ctx, wait)
		wait = min(2*wait, time.Minute)
	}
	return nil
}

// fatal reports whether Slack will never accept us as we are.
func fatal(err error) bool {
	if err == nil {
		return false
	}
	switch err.Error() {
	case "invalid_auth", "account_inactive", "not_authed", "token_revoked", "not_allowed_token_type":
		return true
	}
	return false
}

// connect is one connection's life: slack-go opens it anew whenever Slack asks for that.
func (c *Client) connect(ctx context.Context, h Handler) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer func() { // gorilla/websocket panics when a broken connection is read again and again
		if r := recover(); r != nil {
			err = fmt.Errorf("the connection broke: %v", r)
		}
	}()
	sock := socketmode.New(c.api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
	heard := make(chan struct{})
	defer func() { cancel(); <-heard }()
	go func() {
		defer close(heard)
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-sock.Events:
				c.hear(ctx, h, sock, e)
			}
		}
	}()
	return sock.RunContext(ctx)
}

// hear begins what one frame asks for. It does not wait: slack-go reads on only when we do.
func (c *Client) hear(ctx context.Context, h Handler, sock *socketmode.Client, e socketmode.Event) {
	req := e.Request
	if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok {
		// slack-go could not read all of it, and would never acknowledge it; perhaps we can
		// read what matters.
		req = &socketmode.Request{}
		if json.Unmarshal(bad.Message, req) != nil {
			c.count("malformed")
			c.cfg.Log.Warn("Slack sent a frame that cannot be read", "bytes", len(bad.Message))
			return
		}
	}
	if req == nil || req.EnvelopeID == "" || !c.begin() {
		return
	}
	done := h.Busy()
	go func() {
		defer c.acts.Done()
		defer done()
		// What was begun is finished, also when the program stops meanwhile.
		c.envelope(context.WithoutCancel(ctx), h, req, &frame{c, sock, req.EnvelopeID})
	}()
}

// envelope takes one delivery. One that we do not know or cannot read is acknowledged too, or
// Slack would tell it again.
func (c *Client) envelope(ctx context.Context, h Handler, req *socketmode.Request, d delivery) {
	var err error
	switch req.Type {
	case socketmode.RequestTypeSlashCommands:
		var cmd command
		if err = json.Unmarshal(req.Payload, &cmd); err == nil {
			err = c.command(ctx, h, cmd, d)
		}
	case socketmode.RequestTypeInteractive:
		var cb interaction
		if err = json.Unmarshal(req.Payload, &cb); err == nil {
			err = c.interaction(ctx, h, cb, d)
		}
	case socketmode.RequestTypeEventsAPI:
		var ev event
		if err = json.Unmarshal(req.Payload, &ev); err == nil {
			err = c.event(ctx, h, ev, d)
		}
	default:
		d.ack(nil)
	}
	if err != nil {
		c.count("malformed")
		c.cfg.Log.Warn("Slack sent what cannot be read", "type", req.Type, "error", err)
		d.ack(nil)
	}
}

// acker takes acknowledgements: a socket.
type acker interface {
	AckCtx(ctx context.Context, envelope string, payload any) error
}

// frame is a delivery by a socket.
type frame struct {
	c    *Client
	sock acker
	id   string
}

func (f *frame) ack(payload any) {
	// A socket that has ended takes only so many, and then would never return.
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	if err := f.sock.AckCtx(ctx, f.id, payload); err != nil {
		f.c.cfg.Log.Warn("acknowledging to Slack", "error", err)
	}
}

func (f *frame) refuse() {}
