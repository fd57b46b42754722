package main

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"duebot/adapters/pay"
	"duebot/ledger"
)

// Who sent a webhook is whoever called; a header is believed of proxies that are ours alone, and
// of those the last that is not ours.
func TestSender(t *testing.T) {
	for name, tt := range map[string]struct {
		from, forwarded string
		trusted         []string
		want            string
	}{
		"straight":                      {"185.71.76.3:443", "", nil, "185.71.76.3"},
		"straight, and says to be them": {"203.0.113.7:443", "185.71.76.3", nil, "203.0.113.7"},
		"by a proxy of ours":            {"127.0.0.1:443", "185.71.76.3", []string{"127.0.0.1"}, "185.71.76.3"},
		"by two of ours":                {"127.0.0.1:443", "185.71.76.3, 10.1.2.3", []string{"127.0.0.1", "10.0.0.0/8"}, "185.71.76.3"},
		"by ours, and made up before":   {"127.0.0.1:443", "185.71.76.3, 203.0.113.7", []string{"127.0.0.1"}, "203.0.113.7"},
		"by ours, and no address":       {"127.0.0.1:443", "unknown", []string{"127.0.0.1"}, "127.0.0.1"},
		"mapped":                        {"[::ffff:185.71.76.3]:443", "", nil, "185.71.76.3"},
	} {
		t.Run(name, func(t *testing.T) {
			b := &Bot{}
			b.cfg.TrustedProxies = tt.trusted
			r := &http.Request{RemoteAddr: tt.from, Header: http.Header{}}
			if tt.forwarded != "" {
				r.Header.Set("X-Forwarded-For", tt.forwarded)
			}
			if got := b.sender(r).String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A provider serves the currencies and countries that the company names.
func TestAdmits(t *testing.T) {
	f := payFile{Currencies: map[string][]string{"paypal": {"USD"}}, Countries: map[string][]string{"yookassa": {"RU"}}}
	moscow, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	if !f.admits("paypal", "USD", "") || f.admits("paypal", "EUR", "") || !f.admits("stripe", "EUR", "") {
		t.Error("currencies")
	}
	if !f.admits("yookassa", "RUB", countryOf(moscow)) || f.admits("yookassa", "RUB", "KZ") || countryOf(time.UTC) != "" {
		t.Error("countries")
	}
}

// A document's link follows what the providers take that are set up, as the company wants them.
func TestLinkedCurrencies(t *testing.T) {
	stripe, err := pay.NewStripe("sk_test_1", "whsec_1", "http://127.0.0.1:1/stripe")
	if err != nil {
		t.Fatal(err)
	}
	yookassa, err := pay.NewYooKassa("1", "k", "http://127.0.0.1:1/yookassa", pay.YooKassaSenders(), pay.YooReceipt{})
	if err != nil {
		t.Fatal(err)
	}
	b := &Bot{providers: []pay.Provider{yookassa}}
	if got := b.linkedCurrencies(); !slices.Equal(got, []ledger.Currency{"RUB"}) {
		t.Errorf("YooKassa alone: %v", got)
	}
	b.providers = append(b.providers, stripe)
	b.cfg.Pay.Currencies = map[string][]string{"stripe": {"EUR", "JPY"}}
	b.cfg.Pay.Countries = map[string][]string{"stripe": {"DE"}}
	if got := b.linkedCurrencies(); !slices.Equal(got, []ledger.Currency{"EUR", "JPY", "RUB"}) {
		t.Errorf("both: %v", got)
	}
}
