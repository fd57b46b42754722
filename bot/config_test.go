package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"duebot/commands"
	"duebot/ledger"
)

// Numbers that could not be found again, or that two documents would share, are refused
// before anything starts.
func TestNumberingIsChecked(t *testing.T) {
	for _, tt := range []struct{ invoices, credits, want string }{
		{"INV", "CN", ""}, {"СЧЁТ", "КН", ""}, {"inv", "CN", "numbering.invoices"}, {"INV-A", "CN", "numbering.invoices"},
		{"2026R", "CN", "numbering.invoices"}, {"INV", "INV", "numbering.credit_notes"}, {"INV", "C N", "numbering.credit_notes"},
	} {
		c := sandboxConfig("http://127.0.0.1:8080", "x.db")
		c.Numbering.Invoices, c.Numbering.Credits = tt.invoices, tt.credits
		err := c.check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want+":")) {
			t.Errorf("%s, %s: got %v, want %q", tt.invoices, tt.credits, err, tt.want)
		}
	}
}

// The rule of rounding is one of two words; none is the first.
func TestRoundingIsChecked(t *testing.T) {
	for rule, want := range map[string]string{"": "", "document": "", "line": "", "lines": "company.tax_rounding"} {
		c := sandboxConfig("http://127.0.0.1:8080", "x.db")
		c.Company.Rounding = rule
		c.defaults()
		err := c.check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want+":")) {
			t.Errorf("%q: got %v, want %q", rule, err, want)
		}
	}
}

// Names in place of ids, and a language that is none, would be found out by nobody.
func TestIdsAndLanguageAreChecked(t *testing.T) {
	for want, change := range map[string]func(c *Config){
		"":                   func(c *Config) { c.Roles.Sales = []string{"U0123ABC", "W01", "S01"}; c.Slack.Finance = "G01" },
		"roles.sales":        func(c *Config) { c.Roles.Sales = []string{"U01", "@alice"} },
		"roles.finance":      func(c *Config) { c.Roles.Finance = []string{""} },
		"roles.manager":      func(c *Config) { c.Roles.Manager = []string{"u01"} },
		"roles.auditor":      func(c *Config) { c.Roles.Auditor = []string{"C01"} },
		"digest.readers":     func(c *Config) { c.Digest.Readers = []string{"marta"} },
		"slack.invoices":     func(c *Config) { c.Slack.Invoices = "#invoices" },
		"slack.approvals":    func(c *Config) { c.Slack.Approvals = "approvals" },
		"slack.channel 1":    func(c *Config) { c.Slack.Channel = []channelRule{{ID: "#retail", Segment: "retail"}} },
		"slack.channel 2":    func(c *Config) { c.Slack.Channel = []channelRule{{ID: "C01"}, {ID: "C01", Owner: "@sofia"}} },
		"company.aging_days": func(c *Config) { c.Company.AgingDays = []int{30, 60, 60, 90} },
		"company.send_delay": func(c *Config) { c.Company.SendDelay = "2h" },
		"reminders.hours":    func(c *Config) { c.Reminders.Hours = "20-8" },
		"slack.finance":      func(c *Config) { c.Slack.Finance = "finance" },
		"questions.channel":  func(c *Config) { c.Questions.Channel = "questions" },
		"company.language":   func(c *Config) { c.Company.Language = "deutsch" },
		"linking.ask":        func(c *Config) { c.Linking.Ask = "passport" },
		"company.zone":       func(c *Config) { c.Company.Zone = "Local" },
		"approvals.discount": func(c *Config) { c.Approvals.Discount = ceiling{true, "100.01"} },
	} {
		c := sandboxConfig("http://127.0.0.1:8080", "x.db")
		c.Digest.Readers = nil
		change(&c)
		c.defaults()
		err := c.check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want+":") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

// What is set about late payment is checked before anything starts.
func TestClaimsAreChecked(t *testing.T) {
	for _, tt := range []struct{ order, interest, count, want string }{
		{"", "", "", ""}, {"principal first", "eu+9", "actual/360", ""}, {"costs, principal, interest", "9.5%", "actual/actual", ""},
		{"costs", "", "", "company.apply_order"}, {"", "fr", "", "company.interest"}, {"", "", "30/360", "company.day_count"},
	} {
		c := sandboxConfig("http://127.0.0.1:8080", "x.db")
		c.Company.Order, c.Company.Interest, c.Company.DayCount = tt.order, tt.interest, tt.count
		c.defaults()
		err := c.check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want+":")) {
			t.Errorf("%+v: got %v", tt, err)
		}
	}
}

// A ceiling is exact: whole, or with decimals in quotes that its currency has.
func TestApprovalSettings(t *testing.T) {
	for _, tt := range []struct {
		name, toml, wrong string // a part of the error, "" for none
		want              ledger.Ceilings
	}{
		{"nothing is set", ``, "", ledger.Ceilings{}},
		{"whole sums and a percentage", "invoice = 10000\ndiscount = 20", "", ledger.Ceilings{Invoice: ledger.Ceiling{Set: true, Minor: 1000000}, Discount: ledger.Ceiling{Set: true, Minor: 2000}}},
		{"decimals in quotes", `credit = "500.50"`, "", ledger.Ceilings{Credit: ledger.Ceiling{Set: true, Minor: 50050}}},
		{"zero asks for everything", "refund = 0\nreopen = true\ndays = 3", "", ledger.Ceilings{Refund: ledger.Ceiling{Set: true}, Reopen: true, Days: 3}},
		{"a binary fraction", `writeoff = 500.5`, "in quotes", ledger.Ceilings{}},
		{"finer than a cent", `limit = "0.001"`, "approvals.limit", ledger.Ceilings{}},
		{"below zero", `invoice = -1`, "approvals.invoice", ledger.Ceilings{}},
		{"no number", `invoice = "much"`, "approvals.invoice", ledger.Ceilings{}},
		{"too many days", `days = 1000`, "approvals.days", ledger.Ceilings{}},
		{"an unknown setting", `voids = 1`, "approvals.voids", ledger.Ceilings{}},
	} {
		path := filepath.Join(t.TempDir(), "x.toml")
		if err := os.WriteFile(path, []byte("[approvals]\n"+tt.toml+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c := sandboxConfig("http://127.0.0.1:8080", "x.db")
		c.Approvals = File{}.Approvals
		meta, err := toml.DecodeFile(path, &c.File)
		if unknown := meta.Undecoded(); len(unknown) > 0 {
			err = errors.New(unknown[0].String())
		}
		if err == nil {
			err = c.check()
		}
		switch {
		case tt.wrong == "" && err != nil || tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.wrong)
		case err == nil && c.company().Approvals != tt.want:
			t.Errorf("%s: got %+v", tt.name, c.company().Approvals)
		}
	}
}

// A group's members have its role, of several roles the widest, and an auditor looks at all
// beside another role.
func TestRolesOfGroups(t *testing.T) {
	r := newRoster(&Bot{cfg: Config{}})
	r.bot.cfg.Roles.Sales, r.bot.cfg.Roles.Finance = []string{"SSALES0001", "UBOTH00001"}, []string{"SFINANCE01"}
	r.bot.cfg.Roles.Manager, r.bot.cfg.Roles.Auditor = []string{"UMANAGER01"}, []string{"SAUDIT0001"}
	r.members = map[string][]string{"SSALES0001": {"UA", "UB", "UMANAGER01"}, "SFINANCE01": {"UB", "UBOTH00001"}, "SAUDIT0001": {"UA", "UC"}}
	for user, want := range map[string]commands.Staff{
		"UA": {ID: "UA", Role: commands.Sales, Audits: true}, "UB": {ID: "UB", Role: commands.Finance}, "UC": {ID: "UC", Role: commands.Auditor, Audits: true},
		"UMANAGER01": {ID: "UMANAGER01", Role: commands.Manager}, "UBOTH00001": {ID: "UBOTH00001", Role: commands.Finance}, "UD": {ID: "UD"},
		"SSALES0001": {ID: "SSALES0001"}, "": {},
	} {
		if got := r.staff(user); got != want {
			t.Errorf("%s: got %+v, want %+v", user, got, want)
		}
	}
	if got := r.people(commands.Sales); !slices.Equal(got, []string{"UA", "UB", "UMANAGER01", "UBOTH00001"}) {
		t.Errorf("sales are %v", got)
	}
	if got := r.bot.cfg.groups(); len(got) != 3 {
		t.Errorf("groups are %v", got)
	}
}

// What is wrong about e-mail is one line that names the setting.
func TestMailSettings(t *testing.T) {
	base := sandboxConfig("http://127.0.0.1:1", "x.db")
	for want, change := range map[string]func(*Config){
		"MAIL_FROM: is missing":              func(c *Config) { c.SMTPURL, c.MailFrom = "smtp://localhost", "" },
		"SMTP_URL: is not an address":        func(c *Config) { c.SMTPURL = "localhost:25" },
		`channels.order: "fax" is neither`:   func(c *Config) { c.Channels.Order = []string{"fax"} },
		`channels.order: "email" is neither`: func(c *Config) { c.Channels.Order = []string{"email", "email"} },
		"channels.fallback_days: must":       func(c *Config) { c.Channels.FallbackDays = -1 },
		"DUEBOT_MAIL_RATE: must":             func(c *Config) { c.MailPerSec = 0 },
		"DUEBOT_SMTP_SECONDS: must":          func(c *Config) { c.SMTPSeconds = 0 },
		"": func(c *Config) {
			c.SMTPURL, c.Channels.Order = "smtps://u:p@mail.example", []string{"email", "telegram"}
		},
	} {
		c := base
		change(&c)
		err := c.check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// What customers may have by themselves is bounded, and what is not set is usual.
func TestTermsSettings(t *testing.T) {
	c := sandboxConfig("http://127.0.0.1:1", "x.db")
	if got := c.terms(); got != commands.DefaultTerms() {
		t.Errorf("without settings: %+v", got)
	}
	c.Promises.MaxDays, c.Promises.PerInvoice, c.Plans.MaxParts, c.Plans.MaxDays, c.Plans.MinFirst, c.Plans.SelfService = 30, 1, 4, 90, 50, true
	want := commands.Terms{PromiseDays: 30, PromiseCount: 1, PlanParts: 4, PlanDays: 90, PlanFirst: 50, PlanAlone: true}
	if got := c.terms(); got != want || c.check() != nil {
		t.Errorf("got %+v, %v", got, c.check())
	}
	c.Promises.MaxDays, c.Plans.MaxParts, c.Plans.MinFirst = 400, 1, -5
	for _, wrong := range []string{"promises.max_days: must be 1 to 366", "plans.max_parts: must be 2 to 12", "plans.min_first: must be 1 to 90"} {
		if err := c.check(); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("got %v, want %q", err, wrong)
		}
	}
}

// What cannot be read in the company's file of holidays is told, each mistake in a line.
func TestHolidaysFileIsChecked(t *testing.T) {
	c := sandboxConfig("http://127.0.0.1:8080", "x.db")
	c.Calendar.Holidays = "holidays.txt"
	c.Calendar.beside(filepath.Join(t.TempDir(), "duebot.toml"))
	if err := c.check(); err == nil || !strings.HasPrefix(err.Error(), "calendar.holidays: ") {
		t.Errorf("no file: %v", err)
	}
	if err := os.WriteFile(c.Calendar.Holidays, []byte("RO 2026-12-24 closed\nXX 12-24 free\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := c.check()
	if err == nil || !strings.Contains(err.Error(), "line 1: \"closed\"") || !strings.Contains(err.Error(), "\ncalendar.holidays: ") {
		t.Errorf("two mistakes: %v", err)
	}
}

// Doctor names the countries of customers of which no holidays are known.
func TestDoctorOnHolidays(t *testing.T) {
	c := sandboxConfig("http://127.0.0.1:8080", filepath.Join(t.TempDir(), "duebot.db"))
	books, err := ledger.Open(c.DB, ledger.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = books.Update(context.Background(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "Europe/Berlin", Language: "en", Invoices: "INV", Credits: "CN"}); err != nil {
			return nil, err
		}
		_, err := tx.AddCustomer(ledger.NewCustomer{Handle: "altyn", ZoneName: "Asia/Almaty"})
		return nil, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	books.Close()
	var out strings.Builder
	adviseOnCalendar(c, &out)
	if got := out.String(); !strings.Contains(got, "note  no public holidays of KZ are known") || strings.Contains(got, "DE") {
		t.Errorf("%q", got)
	}
}
