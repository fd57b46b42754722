package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/htmlindex"
)

// upload is a file in an act.
type upload struct {
	Name string `json:"name"`
	Mime string `json:"mime"`
	Data []byte `json:"data"`
}

func scriptDrop(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "drop USER CHANNEL [-in NUMBER] [-text WORDS] FILE… [-as NAME] [-mb MORE]")
	channel, text, thread := args[1], "", ""
	if channel == "DM" {
		channel = args[0]
	}
	var files []upload
	for i := 2; i < len(args); i++ {
		if args[i] == "-in" {
			i++
			channel, thread = on(ts).play.card(args[i])
			continue
		}
		if args[i] == "-text" {
			i++
			text = args[i]
			continue
		}
		if args[i] == "-as" {
			i++
			files[len(files)-1].Name = args[i]
			continue
		}
		if args[i] == "-mb" {
			i++
			n, err := strconv.Atoi(args[i])
			ts.Check(err)
			last := &files[len(files)-1]
			last.Data = append(last.Data, bytes.Repeat([]byte("a line of words\n"), n<<16)...)
			continue
		}
		files = append(files, upload{Name: filepath.Base(args[i]), Mime: "application/octet-stream", Data: []byte(ts.ReadFile(args[i]))})
	}
	on(ts).play.post("slack/message", map[string]any{"user": args[0], "channel": channel, "thread_ts": thread, "text": text, "files": files}, nil)
	on(ts).play.state()
}

// sharedFile is a file of a message in Slack.
type sharedFile struct {
	ID, Name, Permalink string
	bot                 bool
}

// slackFiles are the files of all messages.
func (s *stage) slackFiles(ts *testscript.TestScript) (out []sharedFile) {
	s.play.state()
	resp, err := http.Get(s.play.base + "/control/state")
	ts.Check(err)
	defer resp.Body.Close()
	var w struct {
		Slack struct {
			Messages []struct {
				BotID string `json:"bot_id"`
				Files []sharedFile
			}
		}
	}
	ts.Check(json.NewDecoder(resp.Body).Decode(&w))
	for _, m := range w.Slack.Messages {
		for _, f := range m.Files {
			f.bot = m.BotID != ""
			out = append(out, f)
		}
	}
	return out
}

func scriptUploads(ts *testscript.TestScript, _ bool, _ []string) {
	s := on(ts)
	for _, f := range s.slackFiles(ts) {
		if !f.bot {
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

func scriptShare(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "share USER FILE")
	s, link := on(ts), args[1]
	for _, f := range s.slackFiles(ts) {
		if f.Name == args[1] {
			link = f.Permalink
		}
	}
	s.play.post("slack/message", map[string]any{"user": args[0], "channel": args[0], "text": "please: <" + link + ">"}, nil)
	s.play.state()
}

func scriptWorkbook(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 2, "workbook OUT IN")
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[1]))).ReadAll()
	ts.Check(err)
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		for j, s := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			ts.Check(err)
			ts.Check(f.SetCellValue("Sheet1", cell, cellValue(s)))
		}
	}
	ts.Check(f.SaveAs(ts.MkAbs(args[0])))
}

// cellValue is what a person typed into a cell, as a spreadsheet keeps it.
func cellValue(s string) any {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return n
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return day
	}
	return s
}

func scriptRecode(ts *testscript.TestScript, _ bool, args []string) {
	need(ts, args, 3, "recode OUT IN CODEPAGE")
	page, err := htmlindex.Get(args[2])
	ts.Check(err)
	text, err := page.NewEncoder().String(ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
