package sandbox

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duebot/adapters/sandbox/paypalapi"
	"duebot/adapters/sandbox/stand"
	"duebot/adapters/sandbox/stripeapi"
	"duebot/adapters/sandbox/yookassaapi"
)

// payStand is the stand-in of a payment provider.
type payStand interface {
	http.Handler
	Pay(id, outcome string) error                // does what a customer does on the page, or the company in its account
	PayBack(id, outcome string, sum int64) error // gives a part back, in the unit of the provider's API
	Pending() int
	Reset()
	State() any
}

// payDesk is a payment provider as the sandbox knows it.
type payDesk struct {
	name    string
	stand   payStand
	of      func(path string) string    // the session in the address of a payment page
	session func(id string) (any, bool) // in few words
}

// outcomes are what may become of a session; each provider knows some of them.
var outcomes = map[string]bool{"paid": true, "declined": true, "expired": true, "pending": true, "refunded": true, "disputed": true, "won": true, "paidout": true, stand.PaidShort: true, stand.PaidForeign: true}

func (s *Sandbox) makeDesks() {
	s.stripe = stripeapi.New(s.standOptions("stripe"), s.webhook("stripe"))
	s.yookassa = yookassaapi.New(s.standOptions("yookassa"), s.webhook("yookassa"))
	s.paypal = paypalapi.New(s.standOptions("paypal"), s.webhook("paypal"))
	s.desks = []payDesk{
		{"stripe", s.stripe, stripeapi.SessionOf, func(id string) (any, bool) { return s.stripe.Session(id) }},
		{"yookassa", s.yookassa, yookassaapi.SessionOf, s.yookassa.Session},
		{"paypal", s.paypal, paypalapi.SessionOf, s.paypal.Session},
	}
}

// desk is the provider of a name, nil where there is none.
func (s *Sandbox) desk(name string) *payDesk {
	for i := range s.desks {
		if s.desks[i].name == name {
			return &s.desks[i]
		}
	}
	return nil
}

// webhook is where a provider's webhooks go now; "" is nowhere.
func (s *Sandbox) webhook(name string) func() string {
	return func() string {
		switch base := s.Base(); {
		case s.o.StripeWebhook != "":
			return strings.Replace(s.o.StripeWebhook, "/stripe/", "/"+name+"/", 1)
		case s.o.Bot == nil || base == "":
			return ""
		default:
			return base + "/" + name + "/webhook"
		}
	}
}

type payAct struct {
	URL     string `json:"url"`
	Outcome string `json:"outcome"`
	Sum     int64  `json:"sum"` // of what is refunded or disputed, in minor units; 0: all that is left
}

// pay does what a customer does who opens the link and pays, or doesn't.
func (s *Sandbox) pay(ctx context.Context, a payAct) (any, error) {
	if !outcomes[a.Outcome] {
		return nil, stand.Refuse(http.StatusBadRequest, "outcome is paid, declined, expired, pending, refunded, disputed, won, paidout, short or foreign, not %q", a.Outcome)
	}
	d, id, err := s.follow(ctx, a.URL)
	if err != nil {
		return nil, err
	}
	if a.Sum == 0 {
		err = d.stand.Pay(id, a.Outcome)
	} else {
		err = d.stand.PayBack(id, a.Outcome, a.Sum)
	}
	if err != nil {
		return nil, err
	}
	session, _ := d.session(id)
	return map[string]any{"session": session}, nil
}

// hopsMax bounds the redirects that are followed.
const hopsMax = 5

// follow goes from a pay link to the session that it leads to.
func (s *Sandbox) follow(ctx context.Context, link string) (d *payDesk, session string, err error) {
	base, err := url.Parse(s.Base() + "/")
	if err != nil {
		return nil, "", err
	}
	at, err := base.Parse(link)
	if err != nil || link == "" {
		return nil, "", stand.Refuse(http.StatusBadRequest, "url wants the address of a pay link, not %q", link)
	}
	client := &http.Client{Timeout: 15 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range hopsMax {
		for i := range s.desks {
			if id := s.desks[i].of(at.Path); id != "" {
				return &s.desks[i], id, nil
			}
		}
		if at.Host != base.Host && !local(at) {
			return nil, "", stand.Refuse(http.StatusBadRequest, "%s is not on this machine; there is no pay link of the sandbox", at)
		}
		next, err := hop(ctx, client, at)
		if err != nil {
			return nil, "", err
		}
		at = next
	}
	return nil, "", stand.Refuse(http.StatusConflict, "%s redirects more than %d times", link, hopsMax)
}

// hop opens an address and returns where it redirects to.
func hop(ctx context.Context, client *http.Client, at *url.URL) (*url.URL, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, stand.Refuse(http.StatusBadRequest, "url wants the address of a pay link: %v", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, stand.Refuse(http.StatusConflict, "opening %s: %v", at, err)
	}
	resp.Body.Close()
	next, err := resp.Location()
	if err != nil {
		return nil, stand.Refuse(http.StatusConflict, "%s leads to no payment page (it answered %s)", at, resp.Status)
	}
	return next, nil
}

// local tells whether an address leads to this machine.
func local(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return (u.Scheme == "http" || u.Scheme == "https") && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}
