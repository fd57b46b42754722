package main

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"duebot/adapters/pay"
	"duebot/ledger"
)

// payFile is what the company decides about payments by link.
type payFile struct {
	Order      []string            `toml:"order"`      // of providers that take the same; the first stands first
	Currencies map[string][]string `toml:"currencies"` // of invoices, by provider; default: all that it takes
	Countries  map[string][]string `toml:"countries"`  // of customers, by their time zones; default: all
	LateDays   int                 `toml:"late_days"`  // after which finance is told of a payout that no statement brought; default 5
	YooKassa   struct {
		Senders []string `toml:"senders"`    // ranges from which it sends notices; default: those that it publishes
		VATCode int      `toml:"vat_code"`   // of receipts by 54-FZ; 0: none are asked for
		Tax     int      `toml:"tax_system"` // of receipts, where the shop has several
	} `toml:"yookassa"`
}

// providerNames are all providers, in the order in which they stand without pay.order.
func providerNames() []string { return []string{"stripe", "paypal", "yookassa", "telegram"} }

// newProviders makes the providers whose keys are set, in the company's order.
func newProviders(cfg Config) (out []pay.Provider, err error) {
	for _, name := range cfg.payOrder() {
		var p pay.Provider
		switch {
		case name == "stripe" && cfg.StripeKey != "":
			p, err = pay.NewStripe(cfg.StripeKey, cfg.StripeWebhook, cfg.StripeURL)
		case name == "paypal" && cfg.PayPalSecret != "":
			p = pay.NewPayPal(cfg.PayPalClient, cfg.PayPalSecret, cfg.PayPalWebhook, cfg.PayPalURL)
		case name == "yookassa" && cfg.YooKassaKey != "":
			y := cfg.Pay.YooKassa
			p, err = pay.NewYooKassa(cfg.YooKassaShop, cfg.YooKassaKey, cfg.YooKassaURL, cfg.yooSenders(), pay.YooReceipt{VATCode: y.VATCode, TaxSystem: y.Tax})
		}
		if err != nil {
			return nil, err
		}
		if p != nil {
			out = append(out, p)
		}
	}
	return out, nil
}

// payOrder is every provider's name in the company's order; those that it does not name follow.
func (c *Config) payOrder() []string {
	out := slices.Clone(c.Pay.Order)
	for _, name := range providerNames() {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// yooSenders are the ranges from which YooKassa sends notices.
func (c *Config) yooSenders() []string {
	if len(c.Pay.YooKassa.Senders) > 0 {
		return c.Pay.YooKassa.Senders
	}
	return pay.YooKassaSenders()
}

// checkPay checks what is set about payments.
func (c *Config) checkPay(bad func(setting, format string, args ...any)) {
	known := func(setting, name string) {
		if !slices.Contains(providerNames(), name) {
			bad(setting, "%q is none of %s", name, strings.Join(providerNames(), ", "))
		}
	}
	for _, name := range c.Pay.Order {
		known("pay.order", name)
	}
	for name, list := range c.Pay.Currencies {
		known("pay.currencies", name)
		for _, x := range list {
			if !ledger.Currency(x).Valid() {
				bad("pay.currencies", "%q is not an ISO 4217 code", x)
			}
		}
	}
	for name, list := range c.Pay.Countries {
		known("pay.countries", name)
		for _, x := range list {
			if len(x) != 2 || x != strings.ToUpper(x) {
				bad("pay.countries", "%q is not a country like \"DE\"", x)
			}
		}
	}
	if d := c.Pay.LateDays; d < 0 || d > 90 {
		bad("pay.late_days", "must be 1 to 90 days, or 0 for 5")
	}
	if c.StripeKey != "" && c.StripeWebhook == "" {
		bad("STRIPE_WEBHOOK_SECRET", "is missing; set it like whsec_… (Stripe: Webhooks, signing secret)")
	}
	if (c.YooKassaKey == "") != (c.YooKassaShop == "") {
		bad("YOOKASSA_SHOP_ID", "YOOKASSA_SHOP_ID and YOOKASSA_SECRET_KEY belong together; set both, or none")
	}
	if set := c.PayPalSecret != ""; set != (c.PayPalClient != "") || set != (c.PayPalWebhook != "") {
		bad("PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_ID, PAYPAL_SECRET and PAYPAL_WEBHOOK_ID (PayPal: Apps & Credentials) belong together; set all, or none")
	}
	for _, s := range c.yooSenders() {
		if _, err := netip.ParsePrefix(s); err != nil {
			bad("pay.yookassa.senders", "%q is no range like \"185.71.76.0/27\"", s)
		}
	}
	if v := c.Pay.YooKassa.VATCode; v < 0 || v > 12 {
		bad("pay.yookassa.vat_code", "must be 1 to 12, as YooKassa numbers the rates, or 0 for no receipts")
	} else if v > 0 && c.Company.Email == "" {
		bad("company.email", "is missing; a receipt goes there where a customer has no e-mail")
	}
	for _, proxy := range c.TrustedProxies {
		if _, err := parsePrefix(proxy); err != nil {
			bad("DUEBOT_TRUSTED_PROXIES", "%q is neither an address nor a range like 10.0.0.0/8", proxy)
		}
	}
}

// provider is the one of a name, nil for one that is not set up.
func (b *Bot) provider(name string) pay.Provider {
	for _, p := range b.providers {
		if p.Name() == name {
			return p
		}
	}
	if name == "telegram" && b.cfg.TelegramProvider != "" {
		return &inChat{b}
	}
	return nil
}

// takers are the providers at which a customer of a time zone can pay a sum, the first choice
// first.
func (b *Bot) takers(m ledger.Money, zone *time.Location) (out []pay.Provider) {
	if m.Minor <= 0 {
		return nil
	}
	country := countryOf(zone)
	for _, p := range b.providers {
		if b.cfg.Pay.admits(p.Name(), m.Currency, country) && p.Takes(m, country) {
			out = append(out, p)
		}
	}
	return out
}

// admits reports whether the company wants a provider for a currency and a country.
func (f *payFile) admits(provider string, c ledger.Currency, country string) bool {
	countries := f.Countries[provider]
	return f.wants(provider, c) && (len(countries) == 0 || slices.Contains(countries, country))
}

// wants reports whether the company wants a provider for a currency, in some country.
func (f *payFile) wants(provider string, c ledger.Currency) bool {
	list := f.Currencies[provider]
	return len(list) == 0 || slices.Contains(list, string(c))
}

// countryOf is the country of a time zone, "" where that is not known.
func countryOf(zone *time.Location) string {
	if zone == nil {
		return ""
	}
	return string(ledger.ZoneCountry(zone.String()))
}

// sender is who sent a request: whoever called, or whom the nearest proxy names that is not one
// of ours. What is named before that anybody can have written.
func (b *Bot) sender(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	from := at.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && b.trusted(from); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return from
		}
		from = next.Unmap()
	}
	return from
}

// trusted reports whether an address is of a proxy of ours.
func (b *Bot) trusted(a netip.Addr) bool {
	for _, proxy := range b.cfg.TrustedProxies {
		if p, err := parsePrefix(proxy); err == nil && p.Contains(a) {
			return true
		}
	}
	return false
}

// parsePrefix reads an address, or a range of them.
func parsePrefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

// adviseOnPayments tells what is not wrong about payments, but could be better.
func adviseOnPayments(cfg Config, out io.Writer) {
	providers, err := newProviders(cfg)
	switch {
	case err != nil:
		fmt.Fprintf(out, "note  %v\n", err)
	case len(providers) == 0:
		fmt.Fprintln(out, "note  STRIPE_SECRET_KEY is not set: invoices carry bank details and no Pay button.")
	case cfg.PublicURL == "":
		fmt.Fprintln(out, "note  DUEBOT_PUBLIC_URL is not set: the webhooks of payment providers cannot come, and the bot asks the providers itself, within minutes.")
	}
}
