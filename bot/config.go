package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/caarlos0/env/v11"
	"github.com/shopspring/decimal"
	"golang.org/x/text/language"

	"duebot/adapters/exchange"
	"duebot/adapters/sandbox/ecbapi"
	"duebot/adapters/sandbox/paypalapi"
	"duebot/adapters/sandbox/slackapi"
	"duebot/adapters/sandbox/smsapi"
	"duebot/adapters/sandbox/telegramapi"
	"duebot/adapters/sandbox/yookassaapi"
	"duebot/commands"
	"duebot/ledger"
)

// Config is everything that can be set: File by the company, Env by whoever operates it.
type Config struct {
	File
	Env
}

// File is the TOML file of -config or DUEBOT_CONFIG: what the company decides.
type File struct {
	Company struct {
		Name     string `toml:"name"`
		TaxID    string `toml:"tax_id"`
		Currency string `toml:"currency"`
		Zone     string `toml:"zone"`         // IANA: of accounting, and of dates as typed
		Language string `toml:"language"`     // of numbers as typed, and of new customers
		Bank     string `toml:"bank"`         // bank details as customers see them, one line
		Rounding string `toml:"tax_rounding"` // "document": tax is rounded once per rate; "line": per line
		Discount string `toml:"discount_tax"` // of early payments: "included", "excluded" or "mixed"
		Order    string `toml:"apply_order"`  // of money that names no invoice: "costs, interest, principal"
		Interest string `toml:"interest"`     // for late payment: "eu", "uk", "ru", "eu+9", "9%" or "none"
		DayCount string `toml:"day_count"`    // of interest: "actual/365", "actual/360" or "actual/actual"
		Untaxed  string `toml:"untaxed"`      // why interest and costs bear no tax, as documents say it

		SendDelay string `toml:"send_delay"` // that an issued invoice waits before it goes out, with an Undo: "60s"

		BankDelay string `toml:"bank_delay"` // that other bank details wait, once two people have confirmed them: "24h"

		AgingDays []int `toml:"aging_days"` // the last days overdue of the buckets of receivables but the last: [30, 60, 90, 120]

		SalesSeeAll bool `toml:"sales_see_all"` // sales see and change all customers, not their own alone

		Address      string   `toml:"address"` // on documents; lines by semicolons
		Registration []string `toml:"registration"`
		Phone        string   `toml:"phone"`
		Email        string   `toml:"email"`
		Web          string   `toml:"web"`
	} `toml:"company"`
	Bank      []bankFile `toml:"bank"`  // accounts of the company, instead of company.bank
	Paper     paperFile  `toml:"paper"` // the look of documents
	Numbering struct {
		Invoices string `toml:"invoices"`
		Credits  string `toml:"credit_notes"`
	} `toml:"numbering"`
	Slack struct {
		Invoices string `toml:"invoices"` // channel id: cards of invoices
		Finance  string `toml:"finance"`  // channel id: tasks and news

		Approvals string        `toml:"approvals"` // channel id: requests for approval; default: finance
		Channel   []channelRule `toml:"channel"`   // where the cards of some customers' invoices go
	} `toml:"slack"`
	Roles struct {
		Sales   []string `toml:"sales"` // ids of Slack users (U…) and user groups (S…)
		Finance []string `toml:"finance"`
		Manager []string `toml:"manager"`
		Auditor []string `toml:"auditor"`
	} `toml:"roles"`
	Rates struct {
		Source string `toml:"source"` // https address or path of a file of exchange rates; "": nobody asks
	} `toml:"rates"`
	Approvals struct {
		Invoice  ceiling `toml:"invoice"`  // total above which a second person is needed; in the company's currency
		Discount ceiling `toml:"discount"` // percent
		Credit   ceiling `toml:"credit"`
		WriteOff ceiling `toml:"writeoff"`
		Refund   ceiling `toml:"refund"`
		Limit    ceiling `toml:"limit"` // a raised credit limit, and an invoice past one
		Reopen   bool    `toml:"reopen"`
		Days     int     `toml:"days"` // how long a request waits; default 7
	} `toml:"approvals"`
	Disputes disputeFile `toml:"disputes"`

	Recurring recurringFile `toml:"recurring"`
	Channels  struct {
		Order        []string `toml:"order"`         // to customers: "telegram" and "email", the first first
		FallbackDays int      `toml:"fallback_days"` // of unanswered reminders in a chat, until they go by e-mail; 0: never
	} `toml:"channels"`
	Claims struct {
		PauseDays *int `toml:"pause_days"` // business days without reminders of an invoice whose customer says that he has paid
	} `toml:"claims"`
	Ratings struct {
		Ask *bool `toml:"ask"` // customers are asked how satisfied they are; default: yes
	} `toml:"ratings"`
	Questions struct {
		Channel     string `toml:"channel"`      // channel id: customers' questions; default: whoever looks after the customer
		AnswerHours *int   `toml:"answer_hours"` // of work that one may wait before its owner is reminded; default 8, 0: for ever
	} `toml:"questions"`
	Exceptions exceptionFile `toml:"exceptions"`
	Tasks      taskFile      `toml:"tasks"`
	SMS        smsFile       `toml:"sms"`
	Linking    struct {
		Ask string `toml:"ask"` // beside an invitation: "taxid", its last four characters; "approval", of finance; "" for nothing
	} `toml:"linking"`
	Reminders remindersFile `toml:"reminders"`
	Calendar  calendarFile  `toml:"calendar"`

	AccountStatements accountStatementsFile `toml:"account_statements"` // that go to customers by themselves
	Thanks            thanksFile            `toml:"thanks"`             // to those who pay on time
	Pilot             pilotFile             `toml:"pilot"`              // whom alone the bot writes to unasked

	Promises struct {
		MaxDays    int `toml:"max_days"`    // how far ahead a customer may promise without asking; default 60
		PerInvoice int `toml:"per_invoice"` // how often he may name a day for an invoice; default 3
	} `toml:"promises"`
	Plans struct {
		MaxParts    int  `toml:"max_parts"`    // of a plan that a customer asks for; default 6
		MaxDays     int  `toml:"max_days"`     // from the day on which he asks to the last part; default 180
		MinFirst    int  `toml:"min_first"`    // percent of the debt that the first part is at least
		SelfService bool `toml:"self_service"` // such a plan is agreed without asking staff
	} `toml:"plans"`
	Pay payFile `toml:"pay"`

	Statements statementsFile `toml:"statements"` // of the bank, in a watched folder
	Digest     digestFile     `toml:"digest"`
}

// Env is the environment: secrets and addresses.
type Env struct {
	Config           string   `env:"DUEBOT_CONFIG"`
	DB               string   `env:"DUEBOT_DB" envDefault:"duebot.db"`
	BackupDir        string   `env:"DUEBOT_BACKUP_DIR"` // a verified copy each day, kept for 14; "" for none
	HTTPAddr         string   `env:"DUEBOT_HTTP_ADDR" envDefault:"127.0.0.1:8081"`
	PublicURL        string   `env:"DUEBOT_PUBLIC_URL"`
	SlackBotToken    string   `env:"SLACK_BOT_TOKEN"`
	SlackAppToken    string   `env:"SLACK_APP_TOKEN"`
	SlackSigning     string   `env:"SLACK_SIGNING_SECRET"` // HTTP mode
	SlackURL         string   `env:"SLACK_API_URL" envDefault:"https://slack.com/api"`
	TelegramToken    string   `env:"TELEGRAM_BOT_TOKEN"`
	TelegramSecret   string   `env:"TELEGRAM_WEBHOOK_SECRET"` // then Telegram calls us, and is not polled
	TelegramURL      string   `env:"TELEGRAM_API_URL" envDefault:"https://api.telegram.org"`
	TrustedProxies   []string `env:"DUEBOT_TRUSTED_PROXIES"`  // addresses or ranges whose X-Forwarded-For is believed
	TelegramProvider string   `env:"TELEGRAM_PROVIDER_TOKEN"` // of Telegram's own payments, from @BotFather
	StripeKey        string   `env:"STRIPE_SECRET_KEY"`
	StripeWebhook    string   `env:"STRIPE_WEBHOOK_SECRET"`
	StripeURL        string   `env:"STRIPE_API_URL" envDefault:"https://api.stripe.com"`
	YooKassaShop     string   `env:"YOOKASSA_SHOP_ID"`
	YooKassaKey      string   `env:"YOOKASSA_SECRET_KEY"`
	YooKassaURL      string   `env:"YOOKASSA_API_URL" envDefault:"https://api.yookassa.ru"`
	PayPalClient     string   `env:"PAYPAL_CLIENT_ID"`
	PayPalSecret     string   `env:"PAYPAL_SECRET"`
	PayPalWebhook    string   `env:"PAYPAL_WEBHOOK_ID"`
	PayPalURL        string   `env:"PAYPAL_API_URL" envDefault:"https://api-m.paypal.com"`
	RatesURL         string   `env:"DUEBOT_RATES_URL"` // instead of rates.source
	SMTPURL          string   `env:"SMTP_URL"`
	MailFrom         string   `env:"MAIL_FROM"`
	SMSURL           string   `env:"SMS_URL"`                              // of the gateway for short messages; "" for none
	SMSToken         string   `env:"SMS_TOKEN"`                            // that it knows us by
	SMTPSeconds      int      `env:"DUEBOT_SMTP_SECONDS" envDefault:"30"`  // that the mail server may take for a message
	MailPerSec       int      `env:"DUEBOT_MAIL_RATE" envDefault:"5"`      // mails per second
	TelegramPerSec   int      `env:"DUEBOT_TELEGRAM_RATE" envDefault:"25"` // messages per second over all chats
	CallSeconds      int      `env:"DUEBOT_CALL_SECONDS" envDefault:"10"`  // that Slack and Telegram may take for an answer
	ImportMB         int      `env:"DUEBOT_IMPORT_MB" envDefault:"20"`     // of a file that is dropped into Slack, at most
	FileMB           int      `env:"DUEBOT_FILE_MB" envDefault:"10"`       // of a document that is handed in with an invoice, at most
	ShutdownSeconds  int      `env:"DUEBOT_SHUTDOWN_SECONDS" envDefault:"10"`
}

// callTimeout is how long a platform may take for an answer.
func (c *Config) callTimeout() time.Duration { return time.Duration(c.CallSeconds) * time.Second }

// grace is how long calls under way may take when the program is told to end: what is left of
// the time for that is for writing down what came of them.
func (c *Config) grace() time.Duration {
	return time.Duration(c.ShutdownSeconds) * time.Second * 3 / 4
}

// readConfig reads the environment and the file. Every mistake is one line that names the
// setting.
func readConfig(path string) (Config, error) {
	var c Config
	if err := env.Parse(&c.Env); err != nil {
		return c, err
	}
	if path == "" {
		path = c.Env.Config
	}
	switch {
	case path != "":
		meta, err := toml.DecodeFile(path, &c.File)
		if err != nil {
			return c, fmt.Errorf("configuration %s: %w", path, err)
		}
		if unknown := meta.Undecoded(); len(unknown) > 0 {
			return c, fmt.Errorf("configuration %s: %q is not a setting", path, unknown[0].String())
		}
		c.Paper.beside(path)
		c.Statements.beside(path)
		c.Calendar.beside(path)
	case c.SlackBotToken == sandboxSlackToken:
		// Against the sandbox's stand-ins the sandbox's own company and people are taken, so
		// that serve can be tried with nothing but the environment that the sandbox prints.
		c.File = sandboxFile()
	}
	c.defaults()
	return c, c.check()
}

func (c *Config) defaults() {
	set := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	set(&c.Company.Language, "en")
	set(&c.Company.Rounding, "document")
	set(&c.Company.Discount, "included")
	set(&c.Company.Order, string(ledger.DefaultApplyOrder))
	set(&c.Company.Interest, string(ledger.NoInterest))
	set(&c.Company.DayCount, "actual/365")
	set(&c.Numbering.Invoices, "INV")
	set(&c.Numbering.Credits, "CN")
	set(&c.Slack.Finance, c.Slack.Invoices)
	set(&c.Slack.Approvals, c.Slack.Finance)
	set(&c.Company.SendDelay, defaultSendDelay)
	set(&c.Company.BankDelay, defaultBankDelay)
	set(&c.Reminders.Hours, defaultHours)
	set(&c.Exceptions.Owner, commands.OwnerDropper)
	set(&c.Digest.At, digestAtUsual)
	set(&c.Digest.Days, digestDaysUsual)
	if len(c.Digest.Readers) == 0 {
		c.Digest.Readers = c.Roles.Manager
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
}

// seriesForm is what a document's number may begin with: people type it in any case, and
// the digits that follow must not run into it.
var seriesForm = regexp.MustCompile(`^\p{Lu}{1,8}$`)

// roundings are the rules by which tax may be rounded.
var roundings = map[string]ledger.TaxRounding{"document": ledger.RoundDocument, "line": ledger.RoundLine}

// discounts are how an early-payment discount may meet the tax.
var discounts = map[string]ledger.DiscountTax{"included": ledger.DiscountIncluded, "excluded": ledger.DiscountExcluded, "mixed": ledger.DiscountMixed}

// dayCounts are the lengths that a year of interest may have.
var dayCounts = map[string]ledger.DayCount{"actual/365": ledger.Actual365, "actual/360": ledger.Actual360, "actual/actual": ledger.ActualActual}

// checkClaims checks what is set about late payment.
func (c *Config) checkClaims(bad func(setting, format string, args ...any)) {
	if _, err := ledger.ParseApplyOrder(c.Company.Order); err != nil {
		bad("company.apply_order", "%q is not the words costs, interest and principal in some order, like %q", c.Company.Order, ledger.DefaultApplyOrder)
	}
	if _, err := ledger.ParseInterestRule(c.Company.Interest); err != nil {
		bad("company.interest", "%q is none of eu, uk, ru, a law with a margin like eu+9, a rate like 9%%, and none", c.Company.Interest)
	}
	if _, ok := dayCounts[c.Company.DayCount]; !ok {
		bad("company.day_count", "%q is none of actual/365, actual/360 and actual/actual", c.Company.DayCount)
	}
}

// Slack's ids of users, user groups and channels. Names are not ids: nobody would have the
// role, and nothing would come to the channel.
var (
	slackPeople  = regexp.MustCompile(`^[UWS][A-Z0-9]+$`)
	slackChannel = regexp.MustCompile(`^[CGD][A-Z0-9]+$`)
)

// checkSlack checks the ids of people and channels.
func (c *Config) checkSlack(bad func(setting, format string, args ...any)) {
	lists := map[string][]string{"roles.sales": c.Roles.Sales, "roles.finance": c.Roles.Finance, "roles.manager": c.Roles.Manager,
		"roles.auditor": c.Roles.Auditor, "digest.readers": c.Digest.Readers}
	if slices.Equal(c.Digest.Readers, c.Roles.Manager) {
		delete(lists, "digest.readers") // they are whom defaults took
	}
	for name, list := range lists {
		for _, id := range list {
			if !slackPeople.MatchString(id) {
				bad(name, "%q is not the id of a Slack user (U…) or user group (S…); it stands in the profile, behind ⋮", id)
				break
			}
		}
	}
	for name, id := range map[string]string{"slack.invoices": c.Slack.Invoices, "slack.finance": c.Slack.Finance, "questions.channel": c.Questions.Channel} {
		if id != "" && !slackChannel.MatchString(id) {
			bad(name, "%q is not the id of a Slack channel, like \"C0123456789\"; it stands at the foot of the channel's details", id)
		}
	}
}

// answerHours is how many hours of work a customer's question may wait.
func (c *Config) answerHours() int {
	if c.Questions.AnswerHours == nil {
		return 8
	}
	return *c.Questions.AnswerHours
}

// check returns every mistake, one line each.
func (c *Config) check() error {
	var errs []error
	bad := func(setting, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", setting, fmt.Sprintf(format, args...)))
	}
	need := func(setting, value, like string) {
		if value == "" {
			bad(setting, "is missing; set it like %s", like)
		}
	}
	if c.Company.Name == "" {
		bad("configuration", "the company has no name; write a file as the README shows and give it by -config or DUEBOT_CONFIG")
	} else {
		need("company.currency", c.Company.Currency, `"EUR"`)
		need("company.zone", c.Company.Zone, `"Europe/Berlin"`)
		need("slack.invoices", c.Slack.Invoices, `"C0123456789", the id of the channel for invoices`)
	}
	if _, err := language.ParseBase(c.Company.Language); err != nil || len(c.Company.Language) != 2 {
		bad("company.language", "%q is not a language like \"en\" or \"de\"", c.Company.Language)
	}
	c.checkSlack(bad)
	c.checkHours(bad)
	c.policies(bad)
	c.Calendar.check(bad)
	if c.Company.Currency != "" && !ledger.Currency(c.Company.Currency).Valid() {
		bad("company.currency", "%q is not an ISO 4217 code", c.Company.Currency)
	}
	if _, ok := roundings[c.Company.Rounding]; !ok {
		bad("company.tax_rounding", "%q is neither \"document\" nor \"line\"", c.Company.Rounding)
	}
	if _, ok := discounts[c.Company.Discount]; !ok {
		bad("company.discount_tax", "%q is none of \"included\", \"excluded\" and \"mixed\"", c.Company.Discount)
	}
	if ask := c.Linking.Ask; ask != "" && ask != commands.AskTaxID && ask != commands.AskApproval {
		bad("linking.ask", "%q is neither \"taxid\" nor \"approval\"; without it an invitation alone is enough", ask)
	}
	c.checkClaims(bad)
	c.checkTerms(bad)
	c.checkCards(bad)
	c.checkAging(bad)
	c.checkBankDelay(bad)
	c.letterhead(bad)
	for _, n := range c.ceilingList(new(ledger.Ceilings)) {
		if _, err := n.from.minor(n.places); err != nil {
			bad("approvals."+n.name, "%s", err)
		}
	}
	if c.Approvals.Days < 0 || c.Approvals.Days > approvalDaysMax {
		bad("approvals.days", "must be 1 to %d, or 0 for a week", approvalDaysMax)
	}
	if m, err := c.Approvals.Discount.minor(2); err == nil && m > 100_00 {
		bad("approvals.discount", "%q is more than 100 percent: nobody would be asked", c.Approvals.Discount.text)
	}
	if _, err := time.LoadLocation(c.Company.Zone); err != nil || c.Company.Zone == "Local" {
		bad("company.zone", "%q is not an IANA time zone", c.Company.Zone)
	}
	for name, prefix := range map[string]string{"numbering.invoices": c.Numbering.Invoices, "numbering.credit_notes": c.Numbering.Credits} {
		if !seriesForm.MatchString(prefix) {
			bad(name, "%q is not one to eight capital letters, like \"INV\"", prefix)
		}
	}
	if c.Numbering.Invoices == c.Numbering.Credits {
		bad("numbering.credit_notes", "must differ from numbering.invoices, or two documents had one number")
	}
	need("SLACK_BOT_TOKEN", c.SlackBotToken, "xoxb-… (Slack: OAuth & Permissions)")
	c.checkInbound(bad)
	need("TELEGRAM_BOT_TOKEN", c.TelegramToken, "123456789:… (from @BotFather)")
	for name, addr := range map[string]string{"SLACK_API_URL": c.SlackURL, "TELEGRAM_API_URL": c.TelegramURL, "STRIPE_API_URL": c.StripeURL, "YOOKASSA_API_URL": c.YooKassaURL, "PAYPAL_API_URL": c.PayPalURL, "DUEBOT_PUBLIC_URL": c.PublicURL} {
		if u, err := url.Parse(addr); addr != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			bad(name, "is not an address like https://host/path")
		}
	}
	if _, _, err := net.SplitHostPort(c.HTTPAddr); err != nil {
		bad("DUEBOT_HTTP_ADDR", "%q is not host:port", c.HTTPAddr)
	}
	c.checkPay(bad)
	if setting, addr := c.rateSource(); addr != "" {
		if _, err := exchange.NewRateSource(addr); err != nil {
			bad(setting, "%v", err)
		}
	}
	if c.TelegramPerSec < 1 || c.TelegramPerSec > 1000 {
		bad("DUEBOT_TELEGRAM_RATE", "must be 1 to 1000 messages per second")
	}
	if c.CallSeconds < 1 || c.CallSeconds > 60 {
		bad("DUEBOT_CALL_SECONDS", "must be 1 to 60")
	}
	if c.ShutdownSeconds < 1 || c.ShutdownSeconds > 600 {
		bad("DUEBOT_SHUTDOWN_SECONDS", "must be 1 to 600")
	}
	if c.ImportMB < 1 || c.ImportMB > 200 {
		bad("DUEBOT_IMPORT_MB", "must be 1 to 200 megabytes")
	}
	if c.FileMB < 1 || c.FileMB > fileMBMax {
		bad("DUEBOT_FILE_MB", "must be 1 to %d megabytes", fileMBMax)
	}
	c.Statements.check(bad)
	c.checkMail(bad)
	c.checkDisputes(bad)
	c.checkRecurring(bad)
	c.checkExceptions(bad)
	c.checkTasks(bad)
	c.checkSMS(bad)
	c.checkDigest(bad)
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// channelNames are what [channels] may name.
var channelNames = map[string]string{"telegram": ledger.ChannelTelegram, "email": ledger.ChannelMail}

// checkMail checks what is set about e-mail and the choice of channels.
func (c *Config) checkMail(bad func(setting, format string, args ...any)) {
	seen := map[string]bool{}
	for _, name := range c.Channels.Order {
		if channelNames[name] == "" || seen[name] {
			bad("channels.order", "%q is neither \"telegram\" nor \"email\", or stands there twice", name)
		}
		seen[name] = true
	}
	if n := c.Claims.PauseDays; n != nil && (*n < 0 || *n > 30) {
		bad("claims.pause_days", "must be 0 to 30 business days")
	}
	if h := c.answerHours(); h < 0 || h > 1000 {
		bad("questions.answer_hours", "%d is no number of hours; set it from 1 to 1000, or 0 for no reminders", h)
	}
	if c.Channels.FallbackDays < 0 || c.Channels.FallbackDays > 365 {
		bad("channels.fallback_days", "must be 1 to 365, or 0 for never")
	}
	if c.MailPerSec < 1 || c.MailPerSec > 1000 {
		bad("DUEBOT_MAIL_RATE", "must be 1 to 1000 mails per second")
	}
	if c.SMTPSeconds < 1 || c.SMTPSeconds > 600 {
		bad("DUEBOT_SMTP_SECONDS", "must be 1 to 600")
	}
	if c.SMTPURL == "" {
		return
	}
	if c.MailFrom == "" {
		bad("MAIL_FROM", "is missing; set it like \"Acme GmbH <billing@acme.example>\"")
	} else if _, err := newMail(*c); err != nil {
		setting, what, _ := strings.Cut(err.Error(), ": ")
		bad(setting, "%s", what)
	}
}

// telegramSecret is what Telegram takes as a webhook's secret.
var telegramSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// checkInbound checks how the platforms are to reach us.
func (c *Config) checkInbound(bad func(setting, format string, args ...any)) {
	if c.SlackAppToken == "" && c.SlackSigning == "" {
		bad("SLACK_APP_TOKEN", "is missing; set it like xapp-… (Slack: Basic Information, App-Level Tokens, connections:write), or set SLACK_SIGNING_SECRET for HTTP mode")
	}
	if c.SlackSigning != "" && c.SlackAppToken == "" && c.PublicURL == "" {
		bad("DUEBOT_PUBLIC_URL", "is missing; with SLACK_SIGNING_SECRET alone Slack must be able to call us, at an address like https://ar.example.com")
	}
	// The real platforms call nothing but https; stand-ins on this machine do without.
	called := c.TelegramSecret != "" && strings.HasPrefix(c.TelegramURL, "https:") || c.SlackSigning != "" && strings.HasPrefix(c.SlackURL, "https:")
	if called && c.PublicURL != "" && !strings.HasPrefix(c.PublicURL, "https:") {
		bad("DUEBOT_PUBLIC_URL", "must begin with https: Slack and Telegram call nothing else")
	}
	if c.TelegramSecret == "" {
		return
	}
	if !telegramSecret.MatchString(c.TelegramSecret) {
		bad("TELEGRAM_WEBHOOK_SECRET", "must be 1 to 256 of the characters A-Z, a-z, 0-9, _ and -")
	}
	if c.PublicURL == "" {
		bad("DUEBOT_PUBLIC_URL", "is missing; with TELEGRAM_WEBHOOK_SECRET Telegram must be able to call us, at an address like https://ar.example.com")
	}
}

// telegramWebhook is the address that Telegram calls; "" where it is polled.
func (c *Config) telegramWebhook() string {
	if c.TelegramSecret == "" {
		return ""
	}
	return c.PublicURL + "/telegram/webhook"
}

// rateSource is where exchange rates come from, and the setting that says so; "" for none.
func (c *Config) rateSource() (setting, addr string) {
	if c.RatesURL != "" {
		return "DUEBOT_RATES_URL", c.RatesURL
	}
	return "rates.source", c.Rates.Source
}

// company is the part of the configuration that the books depend on.
func (c *Config) company() ledger.CompanySet {
	return ledger.CompanySet{Name: c.Company.Name, TaxID: c.Company.TaxID, Currency: ledger.Currency(c.Company.Currency),
		ZoneName: c.Company.Zone, Language: c.Company.Language, Invoices: c.Numbering.Invoices, Credits: c.Numbering.Credits, BankLine: c.bankLine(),
		TaxRounding: roundings[c.Company.Rounding], DiscountTax: discounts[c.Company.Discount], ApplyOrder: ledger.ApplyOrder(c.Company.Order),
		Interest: ledger.InterestRule(c.Company.Interest), DayCount: dayCounts[c.Company.DayCount], Untaxed: c.Company.Untaxed, Approvals: c.ceilings()}
}

// ceiling is a sum or percentage above which a second person is needed: 500, or "500.50" in
// quotes, since TOML's fractions are binary and no sum is.
type ceiling struct {
	set  bool
	text string
}

// UnmarshalTOML reads a whole number, or text.
func (c *ceiling) UnmarshalTOML(v any) error {
	switch x := v.(type) {
	case int64:
		c.set, c.text = true, strconv.FormatInt(x, 10)
	case string:
		c.set, c.text = true, x
	default:
		return fmt.Errorf("write a whole number, or one with decimals in quotes, like \"500.50\"")
	}
	return nil
}

// minor is c in so many places: minor units of a currency, hundredths of a percent.
func (c ceiling) minor(places int32) (int64, error) {
	if !c.set {
		return 0, nil
	}
	d, err := decimal.NewFromString(c.text)
	if err == nil {
		if d = d.Shift(places); d.IsNegative() || !d.IsInteger() || d.GreaterThan(decimal.New(1, 15)) {
			err = errors.New("out of range")
		}
	}
	if err != nil {
		return 0, fmt.Errorf("%q is not a number from 0 on with at most %d decimals", c.text, places)
	}
	return d.IntPart(), nil
}

// ceilingList are the ceilings by the name of their settings.
func (c *Config) ceilingList(into *ledger.Ceilings) []namedCeiling {
	a, places := &c.Approvals, ledger.Currency(c.Company.Currency).Exponent()
	return []namedCeiling{
		{"invoice", a.Invoice, places, &into.Invoice}, {"discount", a.Discount, 2, &into.Discount}, {"credit", a.Credit, places, &into.Credit},
		{"writeoff", a.WriteOff, places, &into.WriteOff}, {"refund", a.Refund, places, &into.Refund}, {"limit", a.Limit, places, &into.Limit},
	}
}

type namedCeiling struct {
	name   string
	from   ceiling
	places int32
	into   *ledger.Ceiling
}

// ceilings are the settings of [approvals], which check has found right.
func (c *Config) ceilings() ledger.Ceilings {
	out := ledger.Ceilings{Reopen: c.Approvals.Reopen, Days: c.Approvals.Days}
	for _, n := range c.ceilingList(&out) {
		n.into.Set = n.from.set
		n.into.Minor, _ = n.from.minor(n.places)
	}
	return out
}

// approvalDaysMax is the longest that a request for approval may wait.
const approvalDaysMax = 90

// The sandbox's fixed people, channels and keys. Its stand-ins know the same.
const (
	sandboxSlackToken    = "xoxb-sandbox"
	sandboxAppToken      = "xapp-sandbox"
	sandboxTelegramToken = "123456789:sandbox"
	sandboxStripeKey     = "sk_test_sandbox"
	sandboxStripeWebhook = "whsec_sandbox"
	sandboxSigning       = slackapi.SigningSecret
	sandboxWebhook       = "sandbox-webhook-secret"
)

func sandboxFile() (f File) {
	f.Company.Name, f.Company.TaxID, f.Company.Currency = "Lindenhof Studio GmbH", "DE123456789", "EUR"
	f.Company.Zone, f.Company.Language = "Europe/Berlin", "en"
	f.Company.Interest = "eu"
	f.Company.SendDelay = "0s" // who plays wants to see it arrive
	f.Company.Bank = "IBAN DE02 1203 0000 0000 2020 51, BIC BYLADEM1001"
	f.sandboxLook()
	f.Pay.Currencies = map[string][]string{"paypal": {"USD", "GBP"}, "telegram": {"GBP"}} // so that one tap is enough for the others
	f.Pay.YooKassa.Senders = []string{"127.0.0.0/8"}                                      // where the stand-in is
	f.Slack.Invoices, f.Slack.Finance = "CINVOICES1", "CFINANCE01"
	f.Roles.Sales, f.Roles.Finance = []string{"SSALES0001"}, []string{"UFINANCE01"} // sales are a user group
	// High enough that the demo's own work passes, low enough to be met by whoever plays.
	f.Approvals.Invoice, f.Approvals.Discount = ceiling{true, "20000"}, ceiling{true, "30"}
	f.Approvals.Credit, f.Approvals.WriteOff, f.Approvals.Refund = ceiling{true, "10000"}, ceiling{true, "2000"}, ceiling{true, "5000"}
	f.Roles.Manager, f.Roles.Auditor = []string{"UMANAGER01"}, []string{"UAUDITOR01"}
	return f
}

// sandboxConfig is the configuration against stand-ins at base ("http://127.0.0.1:8080").
func sandboxConfig(base, db string) (c Config) {
	c.File = sandboxFile()
	c.Env = Env{DB: db, HTTPAddr: "127.0.0.1:0", PublicURL: base, SlackBotToken: sandboxSlackToken, SlackAppToken: sandboxAppToken,
		SlackURL: base + "/slack/api", TelegramToken: sandboxTelegramToken, TelegramURL: base + "/telegram", TelegramProvider: telegramapi.ProviderToken,
		StripeKey: sandboxStripeKey, StripeWebhook: sandboxStripeWebhook, StripeURL: base + "/stripe",
		YooKassaShop: yookassaapi.ShopID, YooKassaKey: yookassaapi.SecretKey, YooKassaURL: base + "/yookassa",
		PayPalClient: paypalapi.ClientID, PayPalSecret: paypalapi.Secret, PayPalWebhook: paypalapi.WebhookID, PayPalURL: base + "/paypal",
		RatesURL: base + ecbapi.Daily, SMSURL: base + smsapi.Path, SMSToken: smsapi.Token, MailFrom: "billing@lindenhof.example", SMTPSeconds: 3, MailPerSec: 5, TelegramPerSec: 25, CallSeconds: 10, ImportMB: 20, FileMB: 10, ShutdownSeconds: 5}
	c.defaults()
	return c
}

// byHTTP lets the platforms call us, instead of a socket and polling.
func (c *Config) byHTTP() {
	c.SlackAppToken, c.SlackSigning, c.TelegramSecret = "", sandboxSigning, sandboxWebhook
}

// exists reports whether there is a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// claimPause is how many business days reminders wait for a payment that was told of.
func (c *Config) claimPause() int {
	if c.Claims.PauseDays == nil {
		return 5
	}
	return *c.Claims.PauseDays
}

// asksRatings reports whether customers are asked how satisfied they are.
func (c *Config) asksRatings() bool { return c.Ratings.Ask == nil || *c.Ratings.Ask }

// importMax bounds a file that is dropped into Slack, in bytes.
func (c *Config) importMax() int { return c.ImportMB << 20 }
