package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"
)

const (
	// updateMax bounds a webhook call.
	updateMax = 1 << 20
	// webhookLook is how often it is looked whether the webhook is still ours.
	webhookLook = 10 * time.Minute
)

// Run hears what people do until ctx ends, by webhook where one is configured, else by
// polling. It returns an error only for a token that Telegram refuses.
func (c *Client) Run(ctx context.Context, h Handler) error {
	if c.cfg.Webhook != "" {
		c.open(true)
		err := c.keepWebhook(ctx)
		c.open(false)
		c.calls.Wait()
		return err
	}
	// Polling is refused while there is a webhook. What waits for it is kept.
	if err := c.call(ctx, "deleteWebhook", nil, nil); err != nil && ctx.Err() == nil {
		c.cfg.Log.Warn("taking the webhook away", "error", err)
	}
	return c.poll(ctx, h)
}

// persist calls f until it succeeds, or ctx ends. It returns an error only for a token that
// Telegram refuses.
func (c *Client) persist(ctx context.Context, f func() error) error {
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, time.Minute) {
		err := f()
		if err == nil || unauthorized(err) {
			return err
		}
		if ctx.Err() == nil {
			c.cfg.Log.Warn("setting how Telegram delivers", "error", err, "again in", wait)
			pause(ctx, wait)
		}
	}
	return nil
}

// keepWebhook sets the webhook, and looks from time to time whether somebody took it away.
func (c *Client) keepWebhook(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := c.persist(ctx, func() error { return c.setWebhook(ctx) }); err != nil {
			return err
		}
		for ours := true; ours && ctx.Err() == nil; {
			pause(ctx, webhookLook)
			ours = ctx.Err() != nil || c.webhookIsOurs(ctx)
		}
	}
	return nil
}

// setWebhook lets Telegram call us, one update after the other: so they keep their order,
// as they do when they are polled. Where money is taken here there are more lines, so that those
// come in who want to pay while an update is taken that takes long, and others wait behind it:
// each chat keeps its order, since Telegram has one update of it on its way at a time.
func (c *Client) setWebhook(ctx context.Context) error {
	lines := "1"
	if c.cfg.Till != nil {
		lines = tillLines
	}
	return c.call(ctx, "setWebhook", url.Values{"url": {c.cfg.Webhook}, "secret_token": {c.cfg.Secret},
		"allowed_updates": {allowed}, "max_connections": {lines}}, nil)
}

// tillLines is how many calls Telegram may have under way where money is taken: it also looks no
// further ahead than at twice as many updates.
const tillLines = "40"

// waitMost is how long a call waits for another one, where money is taken: then its line is free
// for somebody who wants to pay, whose question lives ten seconds, and Telegram calls again.
const waitMost = 3 * time.Second

// takes waits for the place of whoever takes an update; ok is false when that took too long.
func (c *Client) takes(w http.ResponseWriter) (done func(), ok bool) {
	var late <-chan time.Time
	if c.cfg.Till != nil {
		t := time.NewTimer(waitMost)
		defer t.Stop()
		late = t.C
	}
	select {
	case c.taking <- struct{}{}:
		return func() { <-c.taking }, true
	case <-late:
		w.Header().Set("Retry-After", "1")
		return nil, false
	}
}

// webhookIsOurs is true as well while Telegram does not say. What Telegram could not deliver
// is logged.
func (c *Client) webhookIsOurs(ctx context.Context) bool {
	var info struct {
		URL         string `json:"url"`
		LastError   string `json:"last_error_message"`
		LastErrorAt int64  `json:"last_error_date"`
	}
	if err := c.call(ctx, "getWebhookInfo", nil, &info); err != nil {
		c.cfg.Log.Warn("looking at the webhook", "error", err)
		return true
	}
	if time.Since(time.Unix(info.LastErrorAt, 0)) < webhookLook {
		c.cfg.Log.Warn("Telegram could not deliver to the webhook", "error", info.LastError)
	}
	if info.URL != c.cfg.Webhook {
		c.count("conflict")
		c.cfg.Log.Warn("somebody took this bot's webhook away; it is set again")
	}
	return info.URL == c.cfg.Webhook
}

// open lets webhooks in, or no more.
func (c *Client) open(yes bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hearing = yes
}

// begin counts a call that Run waits for; it is not let in while Run does not run.
func (c *Client) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hearing {
		c.calls.Add(1)
	}
	return c.hearing
}

// Routes are the addresses that Telegram calls, by the patterns of a ServeMux. There are
// none where updates are polled.
func (c *Client) Routes(h Handler) map[string]http.Handler {
	if c.cfg.Webhook == "" {
		return nil
	}
	return map[string]http.Handler{"POST /telegram/webhook": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, why := c.webhook(w, r, h)
		if status == http.StatusOK {
			return
		}
		if why != "" {
			c.count(why)
			c.cfg.Log.Warn("a request in Telegram's name was refused", "why", why)
		}
		http.Error(w, http.StatusText(status), status)
	})}
}

// webhook takes one update and returns the status to answer. Telegram repeats what is not
// answered with 200.
func (c *Client) webhook(w http.ResponseWriter, r *http.Request, h Handler) (status int, why string) {
	if !same(r.Header.Get("X-Telegram-Bot-Api-Secret-Token"), c.cfg.Secret) {
		return http.StatusUnauthorized, "forged"
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return http.StatusUnsupportedMediaType, "malformed"
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, updateMax))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge, "oversized"
	case err != nil:
		return http.StatusBadRequest, "truncated"
	}
	id, err := updateID(body)
	if err != nil {
		return http.StatusBadRequest, "malformed"
	}
	if !c.begin() {
		return http.StatusServiceUnavailable, "unready"
	}
	defer c.calls.Done()
	defer h.Busy()()
	c.checkOut(r.Context(), body)
	done, ok := c.takes(w)
	if !ok {
		return http.StatusServiceUnavailable, ""
	}
	defer done()
	// What was begun is finished, also when the caller has gone.
	if !c.try(context.WithoutCancel(r.Context()), h, id, body) {
		return http.StatusInternalServerError, "" // counted and logged
	}
	return http.StatusOK, ""
}

// same compares secrets in a time that tells nothing of either, not even the length.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1 && b != ""
}
