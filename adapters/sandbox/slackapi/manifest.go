package slackapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// manifest is an app manifest, the parts that an app like this may have. An unknown field is
// refused: it would be a mistake in Slack's own form, too.
type manifest struct {
	Schema   string `json:"$schema"`
	Metadata struct {
		Major int `json:"major_version"`
		Minor int `json:"minor_version"`
	} `json:"_metadata"`
	Display struct {
		Name            string  `json:"name"`
		Description     *string `json:"description"`
		LongDescription *string `json:"long_description"`
		Background      *string `json:"background_color"`
	} `json:"display_information"`
	Features struct {
		Home *struct {
			HomeTab  bool `json:"home_tab_enabled"`
			Messages bool `json:"messages_tab_enabled"`
			ReadOnly bool `json:"messages_tab_read_only_enabled"`
		} `json:"app_home"`
		Bot *struct {
			Name   string `json:"display_name"`
			Online bool   `json:"always_online"`
		} `json:"bot_user"`
		Shortcuts []MenuEntry `json:"shortcuts"`
		Commands  []struct {
			Command     string  `json:"command"`
			URL         string  `json:"url"`
			Description string  `json:"description"`
			Usage       *string `json:"usage_hint"`
			Escape      bool    `json:"should_escape"`
		} `json:"slash_commands"`
		Domains []string `json:"unfurl_domains"`
	} `json:"features"`
	OAuth struct {
		Redirects []string `json:"redirect_urls"`
		Scopes    struct {
			Bot  []string `json:"bot"`
			User []string `json:"user"`
		} `json:"scopes"`
	} `json:"oauth_config"`
	Settings struct {
		Events *struct {
			URL  string   `json:"request_url"`
			Bot  []string `json:"bot_events"`
			User []string `json:"user_events"`
		} `json:"event_subscriptions"`
		Interactivity *struct {
			Enabled bool   `json:"is_enabled"`
			URL     string `json:"request_url"`
			MenuURL string `json:"message_menu_options_url"`
		} `json:"interactivity"`
		Org      bool `json:"org_deploy_enabled"`
		Socket   bool `json:"socket_mode_enabled"`
		Rotation bool `json:"token_rotation_enabled"`
	} `json:"settings"`
}

// ReadManifest checks a manifest in JSON as Slack does. The error names every mistake with
// its JSON pointer.
func ReadManifest(data []byte) error {
	_, err := readManifest(data)
	return err
}

func readManifest(data []byte) (*manifest, error) {
	var m manifest
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("invalid_manifest: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("invalid_manifest: there is something after the object")
	}
	p := &problems{}
	m.check(p)
	return &m, errors.Join(p.list...)
}

// problems gathers what is wrong.
type problems struct{ list []error }

func (p *problems) add(pointer, format string, args ...any) {
	p.list = append(p.list, fmt.Errorf("invalid_manifest: %s [json-pointer:%s]", fmt.Sprintf(format, args...), pointer))
}

// text checks a length in characters.
func (p *problems) text(pointer, s string, from, to int) {
	if n := utf8.RuneCountInString(s); n < from || n > to {
		p.add(pointer, "must have %d to %d characters, has %d", from, to, n)
	}
}

func (p *problems) optional(pointer string, s *string, from, to int) {
	if s != nil {
		p.text(pointer, *s, from, to)
	}
}

func (p *problems) address(pointer, s string, max int) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		p.add(pointer, "must be a web address")
	}
	p.text(pointer, s, 1, max)
}

func (p *problems) unique(pointer string, list []string, max int) {
	if len(list) > max {
		p.add(pointer, "must have at most %d items, has %d", max, len(list))
	}
	for i, s := range list {
		p.text(fmt.Sprint(pointer, "/", i), s, 1, 50)
		if slices.Contains(list[:i], s) {
			p.add(fmt.Sprint(pointer, "/", i), "%q stands there twice", s)
		}
	}
}

var (
	commandForm = regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)
	colourForm  = regexp.MustCompile(`^#([0-9a-fA-F]{3}){1,2}$`)
)

func (m *manifest) check(p *problems) {
	p.text("/display_information/name", m.Display.Name, 1, 35)
	p.optional("/display_information/description", m.Display.Description, 1, 140)
	p.optional("/display_information/long_description", m.Display.LongDescription, 175, 4000)
	if c := m.Display.Background; c != nil && !colourForm.MatchString(*c) {
		p.add("/display_information/background_color", "must be a colour like #4a154b")
	}
	if b := m.Features.Bot; b != nil {
		p.text("/features/bot_user/display_name", b.Name, 1, 80)
	} else if len(m.OAuth.Scopes.Bot) > 0 {
		p.add("/features/bot_user", "is required with bot scopes")
	}
	m.checkCommands(p)
	m.checkShortcuts(p)
	m.checkOAuth(p)
	m.checkSettings(p)
}

func (m *manifest) checkCommands(p *problems) {
	list := m.Features.Commands
	if list != nil && (len(list) < 1 || len(list) > 50) {
		p.add("/features/slash_commands", "must have 1 to 50 items, has %d", len(list))
	}
	seen := map[string]bool{}
	for i, c := range list {
		at := fmt.Sprint("/features/slash_commands/", i)
		if !commandForm.MatchString(c.Command) {
			p.add(at+"/command", "must be a slash and 1 to 31 of a-z, 0-9, _ and -")
		}
		if seen[c.Command] {
			p.add(at+"/command", "%s stands there twice", c.Command)
		}
		seen[c.Command] = true
		p.text(at+"/description", c.Description, 1, 2000)
		p.optional(at+"/usage_hint", c.Usage, 1, 1000)
		if c.URL != "" {
			p.address(at+"/url", c.URL, 3000)
		} else if !m.Settings.Socket {
			p.add(at+"/url", "is required without Socket Mode")
		}
	}
	if len(list) > 0 && !slices.Contains(m.OAuth.Scopes.Bot, "commands") {
		p.add("/oauth_config/scopes/bot", "slash commands need the scope commands")
	}
}

func (m *manifest) checkShortcuts(p *problems) {
	list := m.Features.Shortcuts
	if list != nil && (len(list) < 1 || len(list) > 10) {
		p.add("/features/shortcuts", "must have 1 to 10 items, has %d", len(list))
	}
	for i, c := range list {
		at := fmt.Sprint("/features/shortcuts/", i)
		p.text(at+"/name", c.Name, 1, 24)
		p.text(at+"/callback_id", c.Callback, 1, 255)
		p.text(at+"/description", c.Description, 1, 150)
		if c.Type != "message" && c.Type != "global" {
			p.add(at+"/type", "must be message or global")
		}
	}
	if len(list) > 0 && !slices.Contains(m.OAuth.Scopes.Bot, "commands") {
		p.add("/oauth_config/scopes/bot", "shortcuts need the scope commands")
	}
}

func (m *manifest) checkOAuth(p *problems) {
	p.unique("/oauth_config/scopes/bot", m.OAuth.Scopes.Bot, 255)
	p.unique("/oauth_config/scopes/user", m.OAuth.Scopes.User, 255)
	for i, s := range m.OAuth.Scopes.Bot {
		if !slices.Contains(botScopes(), s) {
			p.add(fmt.Sprint("/oauth_config/scopes/bot/", i), "%q is no bot scope that this workspace knows", s)
		}
	}
	for i, s := range m.Features.Domains {
		p.text(fmt.Sprint("/features/unfurl_domains/", i), s, 1, 255)
	}
	for i, s := range m.OAuth.Redirects {
		p.text(fmt.Sprint("/oauth_config/redirect_urls/", i), s, 1, 2500)
	}
}

func (m *manifest) checkSettings(p *problems) {
	if e := m.Settings.Events; e != nil {
		p.unique("/settings/event_subscriptions/bot_events", e.Bot, 100)
		p.unique("/settings/event_subscriptions/user_events", e.User, 100)
		if e.URL != "" {
			p.address("/settings/event_subscriptions/request_url", e.URL, 3500)
		} else if !m.Settings.Socket && len(e.Bot) > 0 {
			p.add("/settings/event_subscriptions/request_url", "is required without Socket Mode")
		}
		for i, name := range e.Bot {
			scope, known := eventScopes()[name]
			switch at := fmt.Sprint("/settings/event_subscriptions/bot_events/", i); {
			case !known:
				p.add(at, "%q is no event that this workspace knows", name)
			case scope != "" && !slices.Contains(m.OAuth.Scopes.Bot, scope):
				p.add(at, "%s needs the scope %s", name, scope)
			}
		}
	}
	if x := m.Settings.Interactivity; x != nil && x.Enabled && !m.Settings.Socket {
		p.address("/settings/interactivity/request_url", x.URL, 3000)
	}
}

// Install gives the app another manifest, as an administrator does who pastes it into Slack's
// own pages and installs the app anew: from now on it has these scopes, commands, events and
// addresses, and nothing else. Before the first one everything is granted; the first one leaves
// out what was taken from the app before a restart.
func (s *Server) Install(data []byte) error {
	m, err := readManifest(data)
	if err != nil {
		return err
	}
	s.mu.Lock()
	if s.app != nil {
		s.w.Revoked = nil
	}
	s.app, s.verified = m, ""
	for _, e := range s.w.Queue { // what waits goes to where the app is now
		e.To = ""
		if m.Settings.Events != nil {
			e.To = m.to(m.Settings.Events.URL)
		}
	}
	s.dispatch()
	s.mu.Unlock()
	s.changed()
	return nil
}

// command is where a slash command goes: "" is the socket. known is false for one that the
// app does not have.
func (m *manifest) command(name string) (to string, known bool) {
	if m == nil {
		return "", true
	}
	for _, c := range m.Features.Commands {
		if strings.EqualFold(c.Command, name) {
			return m.to(c.URL), true
		}
	}
	return "", false
}

// to is an address, which Socket Mode takes the place of.
func (m *manifest) to(address string) string {
	if m == nil || m.Settings.Socket {
		return ""
	}
	return address
}

// interactive reports whether the app takes interactions, and where.
func (m *manifest) interactive() (to string, on bool) {
	if m == nil {
		return "", true
	}
	x := m.Settings.Interactivity
	if x == nil || !x.Enabled {
		return "", false
	}
	return m.to(x.URL), true
}

// shortcut reports whether the app has a shortcut.
func (m *manifest) shortcut(callback string, onMessage bool) bool {
	if m == nil {
		return true
	}
	for _, c := range m.Features.Shortcuts {
		if c.Callback == callback && (c.Type == "message") == onMessage {
			return true
		}
	}
	return false
}

// subscribed reports whether the app asked for an event, and where it goes.
func (m *manifest) subscribed(event string) (to string, yes bool) {
	if m == nil {
		return "", true
	}
	e := m.Settings.Events
	if e == nil || !slices.Contains(e.Bot, event) {
		return "", false
	}
	return m.to(e.URL), true
}
