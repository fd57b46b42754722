package slackapi

import (
	"math"
	"time"
)

// bucket is a rate limit with a burst, on business time.
type bucket struct {
	tokens float64
	at     time.Time
}

const (
	// postBurst messages may follow each other at once in one channel; then one a second.
	postBurst = 4
	// burstFactor is how many minutes' worth of a tier may come at once. Slack does not
	// publish its bursts; a still clock must not starve an app that behaves.
	burstFactor = 4
)

// throttle takes what a call costs and returns 0, or how long it has to wait. A call that
// must wait costs nothing.
func (s *Server) throttle(c *call, m method) time.Duration {
	perSecond := float64(m.tier) / 60
	main := s.bucket(c, c.method, float64(m.tier*burstFactor))
	if wait := main.wait(c.now, perSecond, float64(m.tier*burstFactor)); wait > 0 {
		return wait
	}
	if c.method == "chat.postMessage" {
		where := c.where()
		if ch := s.w.find(where, c.now); ch != nil {
			where = ch.ID
		}
		own := s.bucket(c, c.method+" "+where, postBurst)
		if wait := own.wait(c.now, 1, postBurst); wait > 0 {
			return wait
		}
		own.tokens--
	}
	main.tokens--
	return 0
}

func (s *Server) bucket(c *call, key string, burst float64) *bucket {
	b := s.rates[key]
	if b == nil {
		b = &bucket{tokens: burst, at: c.now}
		s.rates[key] = b
	}
	return b
}

// wait fills the bucket up to now and returns how long it takes until one token is there.
// A clock that was set back fills nothing and starts anew from there.
func (b *bucket) wait(now time.Time, perSecond, burst float64) time.Duration {
	if d := now.Sub(b.at); d > 0 {
		b.tokens = math.Min(burst, b.tokens+d.Seconds()*perSecond)
	}
	b.at = now
	// The sum of many small refills may fall a hair short of a whole token.
	if b.tokens >= 1-1e-9 {
		return 0
	}
	return time.Duration((1 - b.tokens) / perSecond * float64(time.Second))
}
