//go:build e2e

package sandbox

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duebot/bot/clock"
)

// TestE2EClients lets bots on client libraries of other languages work with the stand-ins. A
// library that is not installed is passed over; NODE_PATH says where those of Node are.
func TestE2EClients(t *testing.T) {
	for _, c := range []struct{ name, program, probe, script string }{
		{"python-telegram-bot", "/usr/bin/python3", "import telegram.ext", "ptb.py"},
		{"grammy", "node", "require('grammy')", "grammy.cjs"},
		{"slack", "node", "require('@slack/web-api'); require('@slack/socket-mode')", "slack.cjs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			flag := map[bool]string{true: "-c", false: "-e"}[strings.HasSuffix(c.script, ".py")]
			if err := exec.Command(c.program, flag, c.probe).Run(); err != nil {
				t.Skipf("%s is not installed", c.name)
			}
			ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
			defer stop()
			cmd := exec.CommandContext(ctx, c.program, filepath.Join("testdata", "clients", c.script))
			cmd.Env = append(os.Environ(), "SANDBOX="+movable(t))
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			t.Log(lines[len(lines)-1])
		})
	}
}

// movable serves a sandbox without a bot, whose clock can be moved, and returns its address.
func movable(t *testing.T) string {
	t.Helper()
	c := clock.New(time.Time{})
	var s *Sandbox
	s, err := New(Options{Clock: c, Advance: func(ctx context.Context, to time.Time) error {
		return c.Advance(ctx, to, func() bool { return true })
	}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	s.SetBase(srv.URL)
	t.Cleanup(func() {
		s.Telegram().Close()
		s.Slack().Close()
		s.Telegram().DropPoll()
		srv.CloseClientConnections()
		srv.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv.URL
}
