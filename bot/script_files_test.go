package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// upload is a file in an act.
type upload struct {
	Name string `json:"name"`
	Mime string `json:"mime"`
	Data []byte `json:"data"`
}

func scriptDrop(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "drop USER CHANNEL FILE… [-as NAME]")
	channel, text := args[1], ""
	if channel == "DM" {
		channel = args[0]
	}
	var files []upload
	for i := 2; i < len(args); i++ {
		if args[i] == "-as" {
			i++
			files[len(files)-1].Name = args[i]
			continue
		}
		files = append(files, upload{Name: filepath.Base(args[i]), Mime: "application/octet-stream", Data: []byte(ts.ReadFile(args[i]))})
	}
	on(ts).play.post("slack/message", map[string]any{"user": args[0], "channel": channel, "text": text, "files": files}, nil)
	on(ts).play.state()
}

func scriptUploads(ts *testscript.TestScript, _ bool, _ []string) {
	s := on(ts)
	s.play.state()
	resp, err := http.Get(s.play.base + "/control/state")
	ts.Check(err)
	defer resp.Body.Close()
	var w struct {
		Slack struct {
			Messages []struct {
				BotID string `json:"bot_id"`
				Files []struct{ ID, Name string }
			}
		}
	}
	ts.Check(json.NewDecoder(resp.Body).Decode(&w))
	for _, m := range w.Slack.Messages {
		for _, f := range m.Files {
			if m.BotID == "" {
				continue
			}
			file, err := http.Get(s.play.base + "/control/file?slack=" + f.ID)
			ts.Check(err)
			data, err := io.ReadAll(file.Body)
			file.Body.Close()
			ts.Check(err)
			fmt.Fprintf(ts.Stdout(), "%s\n%s", f.Name, data)
		}
	}
}
