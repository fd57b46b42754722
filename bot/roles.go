package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"duebot/commands"
)

// roster knows who has which role: users that the configuration names, and the members of
// the user groups that it names. Membership is read at the start, every ten minutes, when
// Slack tells that a group changed, and after somebody was refused for his role. While it
// cannot be read, what was read last holds; a group that was never read has no members.
//
// The cache follows wall time: it mirrors Slack's state and decides nothing by itself.
type roster struct {
	bot *Bot

	reading sync.Mutex // one reading at a time
	mu      sync.Mutex
	members map[string][]string // group → users
	stale   bool
	last    time.Time // when reading was last begun
}

const (
	rosterEvery = 10 * time.Minute
	// rosterPause lies between readings that refusals ask for: usergroups.users.list is good
	// for twenty calls a minute.
	rosterPause = 10 * time.Second
)

func newRoster(b *Bot) *roster { return &roster{bot: b, members: map[string][]string{}, stale: true} }

// isGroup tells a user group's id from a user's.
func isGroup(id string) bool { return strings.HasPrefix(id, "S") }

// groups are the user groups that the configuration names.
func (c *Config) groups() (out []string) {
	for _, list := range [][]string{c.Roles.Sales, c.Roles.Finance, c.Roles.Manager, c.Roles.Auditor, c.Digest.Readers} {
		for _, id := range list {
			if isGroup(id) && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// read asks Slack for the members of all groups.
func (r *roster) read(ctx context.Context) {
	r.reading.Lock()
	defer r.reading.Unlock()
	r.mu.Lock()
	r.stale, r.last = false, time.Now()
	r.mu.Unlock()
	for _, group := range r.bot.cfg.groups() {
		users, err := r.bot.slack.GroupMembers(ctx, group)
		r.mu.Lock()
		if err != nil {
			r.stale = true
			r.bot.log.Warn("reading the members of a user group", "group", group, "error", err)
		} else {
			r.members[group] = users
		}
		r.mu.Unlock()
	}
}

// bust lets the members be read again before the next act of a person.
func (r *roster) bust() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stale = true
}

// fresh reads the members again if something says that they may have changed.
func (r *roster) fresh(ctx context.Context) {
	r.mu.Lock()
	due := r.stale && len(r.bot.cfg.groups()) > 0 && time.Since(r.last) >= rosterPause
	r.mu.Unlock()
	if due {
		r.read(ctx)
	}
}

// run reads the members every ten minutes until ctx ends.
func (r *roster) run(ctx context.Context) error {
	if len(r.bot.cfg.groups()) == 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(rosterEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			r.read(ctx)
		}
	}
}

// users are those whom a list of ids names, each once, in order.
func (r *roster) users(ids []string) (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		list := []string{id}
		if isGroup(id) {
			list = r.members[id]
		}
		for _, user := range list {
			if !slices.Contains(out, user) {
				out = append(out, user)
			}
		}
	}
	return out
}

// named are the users and groups that the configuration gives a role.
func (c *Config) named(role commands.Role) []string {
	switch role {
	case commands.Manager:
		return c.Roles.Manager
	case commands.Finance:
		return c.Roles.Finance
	case commands.Sales:
		return c.Roles.Sales
	case commands.Auditor:
		return c.Roles.Auditor
	}
	return nil
}

// people are the users of a role.
func (r *roster) people(role commands.Role) []string { return r.users(r.bot.cfg.named(role)) }

// staff is what a Slack user may do: of several roles the widest holds, and an auditor looks
// at all beside another role (see package commands, rights.go).
func (r *roster) staff(user string) commands.Staff {
	s := commands.Staff{ID: user, Audits: slices.Contains(r.people(commands.Auditor), user)}
	for _, role := range []commands.Role{commands.Manager, commands.Finance, commands.Sales, commands.Auditor} {
		if slices.Contains(r.people(role), user) {
			s.Role = role
			break
		}
	}
	return s
}
