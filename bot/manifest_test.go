package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"duebot/adapters/sandbox/slackapi"
	"duebot/bot/text"
	"duebot/commands"
)

// The manifest is one that Slack takes, in Socket Mode and in HTTP mode and in every
// language; each short form of the table is in it.
func TestManifest(t *testing.T) {
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range texts.Languages() {
		for _, to := range []string{"", "https://ar.example.com/"} {
			data, err := manifest(lang, to)
			if err != nil {
				t.Fatal(err)
			}
			if err := slackapi.ReadManifest(data); err != nil {
				t.Errorf("%s %q: %v\n%s", lang, to, err, data)
			}
			if strings.Contains(string(data), "https://ar.example.com/slack/commands") != (to != "") {
				t.Errorf("%q: the addresses are\n%s", to, data)
			}
			checkCommands(t, data)
		}
	}
}

func checkCommands(t *testing.T, data []byte) {
	t.Helper()
	var m struct {
		Features struct {
			Commands []struct{ Command string } `json:"slash_commands"`
		}
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range m.Features.Commands {
		got = append(got, c.Command)
	}
	want := []string{"/ar"}
	for _, c := range commands.Table() {
		for _, a := range c.Aliases {
			want = append(want, "/"+a)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("commands %v, want %v", got, want)
	}
}

// The command prints it without any setting, and refuses an address that Slack would not call.
func TestManifestCommand(t *testing.T) {
	var out, errs bytes.Buffer
	if status := duebot([]string{"manifest"}, &out, &errs); status != 0 || !json.Valid(out.Bytes()) {
		t.Errorf("exit status %d: %s%s", status, out.String(), errs.String())
	}
	if status := duebot([]string{"manifest", "-url", "http://ar.example.com"}, &out, &errs); status != 1 || !strings.Contains(errs.String(), "https") {
		t.Errorf("exit status %d: %s", status, errs.String())
	}
	out.Reset()
	if status := duebot([]string{"manifest", "-url", "https://ar.example.com"}, &out, &errs); status != 0 || !strings.Contains(out.String(), `"request_url": "https://ar.example.com/slack/events"`) {
		t.Errorf("exit status %d: %s", status, out.String())
	}
}
