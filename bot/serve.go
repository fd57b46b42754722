package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"
	"time"

	"duebot/adapters/exchange"
	"duebot/adapters/slack"
	"duebot/adapters/web"
	"duebot/bot/clock"
	"duebot/ledger"
)

// runServe works with the real platforms until it is told to stop.
func runServe(ctx context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	path := fs.String("config", "", "configuration file (or DUEBOT_CONFIG)")
	if err := parse(fs, args, 0); err != nil {
		return err
	}
	cfg, err := readConfig(*path)
	if err != nil {
		return err
	}
	clk := clock.On(machine)
	b, err := NewBot(cfg, clk, clk.Now, "", logger(true))
	if errors.Is(err, ledger.ErrMark) {
		return fmt.Errorf("DUEBOT_DB: %s is a sandbox's ledger; name another file", cfg.DB)
	}
	if err != nil {
		return err
	}
	defer b.Close()
	if err := b.goOn(); err != nil {
		return err
	}
	l, err := web.Listen(cfg.HTTPAddr)
	if err != nil {
		return fmt.Errorf("DUEBOT_HTTP_ADDR: %w", err)
	}
	srv := web.Server(b.web)
	go srv.Serve(l)
	defer shutdown(srv, cfg.ShutdownSeconds)
	if err := b.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	fmt.Fprintf(out, "Duebot serves %s; its own HTTP is at http://%s\n", cfg.Company.Name, l.Addr())
	return b.Run(ctx)
}

func shutdown(srv *http.Server, seconds int) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
	defer cancel()
	srv.Shutdown(ctx)
}

// runDoctor checks what serve would need, and says what to do about each thing.
func runDoctor(ctx context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	path := fs.String("config", "", "configuration file (or DUEBOT_CONFIG)")
	if err := parse(fs, args, 0); err != nil {
		return err
	}
	bad := 0
	check := func(what string, err error, remedy string) {
		if err == nil {
			fmt.Fprintf(out, "ok    %s\n", what)
			return
		}
		bad++
		fmt.Fprintf(out, "wrong %s: %v\n", what, err)
		if remedy != "" {
			fmt.Fprintf(out, "      %s\n", remedy)
		}
	}
	cfg, err := readConfig(*path)
	check("configuration", err, "")
	if err == nil {
		diagnose(ctx, cfg, check)
		advise(cfg, out)
	}
	if bad > 0 {
		return fmt.Errorf("%d of the checks failed", bad)
	}
	return nil
}

// diagnose asks the platforms and looks at the ledger.
func diagnose(ctx context.Context, cfg Config, check func(what string, err error, remedy string)) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	log := logger(false)
	s, t := doctorClients(cfg, log)
	team, bot, err := s.Check(ctx)
	check(fmt.Sprintf("Slack token (%s, %s)", team, bot), err, "Take SLACK_BOT_TOKEN again from OAuth & Permissions of your app, and look at SLACK_API_URL.")
	if err == nil {
		check("Slack scopes", missingScopes(ctx, s), "Paste what duebot manifest prints into your app's manifest at api.slack.com/apps, and install it again.")
		if cfg.SlackAppToken != "" {
			check("Slack socket", s.CheckSocket(ctx), "Take SLACK_APP_TOKEN from Basic Information, App-Level Tokens, with the scope connections:write, and switch Socket Mode on.")
		}
		for _, c := range cfg.channels() {
			setting, channel := c[0], c[1]
			check("Slack channel "+channel, s.CheckChannel(ctx, channel), "Name the channel's id in "+setting+", and invite the bot into it: /invite @duebot.")
		}
	}
	if err == nil {
		for _, group := range cfg.groups() {
			_, err := s.GroupMembers(ctx, group)
			check("Slack user group "+group, err, "Give the app the scope usergroups:read and install it again, and look at the group's id in [roles].")
		}
	}
	name, err := t.Me(ctx)
	check("Telegram token (@"+name+")", err, "Take TELEGRAM_BOT_TOKEN again from @BotFather, and look at TELEGRAM_API_URL.")
	if m, err := newMail(cfg); m != nil || err != nil {
		if err == nil {
			err = m.Check(ctx)
		}
		check("mail server", err, "Look at SMTP_URL: host, port, user and password; and whether the server has STARTTLS or takes smtps.")
	}
	if m, err := newSMS(cfg); m != nil || err != nil {
		if err == nil {
			err = m.Check(ctx)
		}
		check("SMS gateway", err, "Look at SMS_URL and SMS_TOKEN, and at the body in [sms].")
	}
	if _, addr := cfg.rateSource(); addr != "" {
		found, err := checkRates(ctx, cfg)
		check("exchange rates"+found, err, "Look at the address or the path; the ECB's is https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml.")
	}
	if cfg.Statements.Folder != "" {
		check("folder for statements", cfg.Statements.writable(), "Look at statements.folder: Duebot must be able to write into it, since it moves files to taken and refused.")
	}
	check("ledger "+cfg.DB, checkLedger(cfg.DB), "Run duebot verify on it.")
}

// missingScopes is an error that names the scopes that the app lacks.
func missingScopes(ctx context.Context, s *slack.Client) error {
	missing, err := s.MissingScopes(ctx)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("the app was not granted %s", strings.Join(missing, ", "))
	}
	return err
}

// advise tells what is not wrong, but could be better.
func advise(cfg Config, out io.Writer) {
	if cfg.SlackSigning != "" && cfg.SlackAppToken == "" {
		fmt.Fprintf(out, "note  Slack calls %s/slack/commands, /slack/interactions and /slack/events; duebot manifest prints a manifest with them.\n", cfg.PublicURL)
	}
	if to := cfg.telegramWebhook(); to != "" {
		fmt.Fprintf(out, "note  Telegram calls %s; serve tells it so at its start.\n", to)
	}
	adviseOnPayments(cfg, out)
	adviseOnCalendar(cfg, out)
	if cfg.SMTPURL == "" {
		fmt.Fprintln(out, "note  SMTP_URL is not set: customers without a chat get nothing, and nobody is reached by e-mail.")
	}
}

// checkRates reads the source of exchange rates, and says how new they are.
func checkRates(ctx context.Context, cfg Config) (found string, err error) {
	_, addr := cfg.rateSource()
	source, err := exchange.NewRateSource(addr)
	if err != nil {
		return "", err
	}
	rates, err := source.Read(ctx, ledger.Currency(cfg.Company.Currency), false)
	if err != nil {
		return "", err
	}
	_, last := rates.Span()
	return fmt.Sprintf(" (%d, the last of %s)", len(rates.List), last), nil
}

// checkLedger verifies the file, if it is there and not in use.
func checkLedger(path string) error {
	if !exists(path) {
		return nil // serve will make it
	}
	rep, err := ledger.Verify(path, "")
	if errors.Is(err, ledger.ErrInUse) {
		return nil
	}
	if err == nil && len(rep.Problems) > 0 {
		err = errors.New(rep.Problems[0])
	}
	return err
}

// runVerify checks a ledger file.
func runVerify(_ context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	head := fs.String("head", "", "a head hash from a digest: the file must contain it")
	if err := parse(fs, args, 1); err != nil {
		return err
	}
	p := newProgress()
	rep, err := ledger.Verify(fs.Arg(0), *head, p.watch("reading "+fs.Arg(0)))
	p.end()
	if err != nil {
		return err
	}
	for _, p := range rep.Problems {
		fmt.Fprintln(out, p)
	}
	if len(rep.Problems) > 0 {
		return fmt.Errorf("%s is damaged: %d problems", fs.Arg(0), len(rep.Problems))
	}
	fmt.Fprintf(out, "whole: %d facts, %d personal texts, head %s\n", rep.Facts, rep.Texts, rep.Head.Hash)
	return nil
}

// runRebuild makes the projections in two ways and compares them.
func runRebuild(_ context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	if err := parse(fs, args, 1); err != nil {
		return err
	}
	if !exists(fs.Arg(0)) {
		return fmt.Errorf("there is no file %s", fs.Arg(0))
	}
	if err := notEmpty(fs.Arg(0)); err != nil {
		return err
	}
	p := newProgress()
	live, made := newDigest(), newDigest()
	o := ledger.Options{Now: func() time.Time { return time.Now() }, Watch: p.watch("rebuilding " + fs.Arg(0))}
	rep, err := ledger.Rebuild(fs.Arg(0), o, live)
	if errors.Is(err, ledger.ErrMark) {
		o.Mark = sandboxMark
		rep, err = ledger.Rebuild(fs.Arg(0), o, live)
	}
	p.end()
	if err != nil {
		return err
	}
	if len(rep.Problems) > 0 {
		return fmt.Errorf("%s is damaged: %s", fs.Arg(0), rep.Problems[0])
	}
	if err := rep.WriteDump(made); err != nil {
		return err
	}
	if live.n != made.n || !bytes.Equal(live.Sum(nil), made.Sum(nil)) {
		return errors.New("the projections differ from those that the facts make")
	}
	fmt.Fprintf(out, "rebuilt: %d facts give the same projections, %d bytes of canonical dump\n", rep.Facts, live.n)
	return nil
}

// digest stands for a dump: those of large books fill more memory than the books.
type digest struct {
	hash.Hash
	n int64 // bytes
}

func newDigest() *digest { return &digest{Hash: sha256.New()} }

func (d *digest) Write(b []byte) (int, error) {
	d.n += int64(len(b))
	return d.Hash.Write(b)
}
