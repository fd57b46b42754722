package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/BurntSushi/toml"

	"duebot/adapters/slack"
	"duebot/bot/text"
	"duebot/commands"
	"duebot/commands/card"
)

// appName is what Slack shows beside our messages.
const appName = "Duebot"

// runManifest prints the manifest of the Slack app: it comes before any setting is there.
func runManifest(_ context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	path := fs.String("config", "", "configuration file (or DUEBOT_CONFIG): the company's language is the manifest's")
	to := fs.String("url", "", "for HTTP mode: where Slack reaches the bot, as https://ar.example.com; without it Socket Mode")
	if err := parse(fs, args, 0); err != nil {
		return err
	}
	if *path == "" {
		*path = os.Getenv("DUEBOT_CONFIG")
	}
	var file File
	if *path != "" {
		if _, err := toml.DecodeFile(*path, &file); err != nil {
			return fmt.Errorf("configuration %s: %w", *path, err)
		}
	}
	if *to == "" && os.Getenv("SLACK_SIGNING_SECRET") != "" && os.Getenv("SLACK_APP_TOKEN") == "" {
		*to = os.Getenv("DUEBOT_PUBLIC_URL")
	}
	if u, err := url.Parse(*to); *to != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		return errors.New("-url: Slack calls addresses like https://ar.example.com only")
	}
	data, err := manifest(file.Company.Language, *to)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}

// manifest is the app's manifest, made of the table that runs the commands: /ar with every
// verb, and the short forms.
func manifest(lang, to string) ([]byte, error) {
	texts, err := text.Load()
	if err != nil {
		return nil, err
	}
	words := wordsIn(texts, texts.Match(lang))
	app := slack.App{Name: appName, Description: words(card.T("manifest.description")), URL: to,
		Commands: []slack.SlashCommand{{Command: "/ar", Description: words(card.T("manifest.ar")), Usage: "help"}}}
	for _, c := range commands.Table() {
		for _, a := range c.Aliases {
			app.Commands = append(app.Commands, slack.SlashCommand{Command: "/" + a, Description: words(card.T("help." + c.Name)), Usage: usage(c)})
		}
	}
	for _, x := range commands.Shortcuts() {
		app.Shortcuts = append(app.Shortcuts, slack.MenuEntry{ID: x.ID, Name: words(x.Name), Description: words(card.T("shortcut.about")), Message: x.Message})
	}
	return slack.Manifest(app)
}

// usage is what follows a command's short form.
func usage(c commands.Command) string { return c.Usage[0][len(c.Name)+1:] }
