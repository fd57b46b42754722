package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"duebot/adapters/paper"
	"duebot/ledger"
)

// runPaper draws made-up documents in the company's look.
func runPaper(_ context.Context, fs *flag.FlagSet, args []string, out io.Writer) error {
	config := fs.String("config", "", "configuration file (or DUEBOT_CONFIG); default: the sandbox's company")
	lang := fs.String("lang", "all", "language of the documents: "+strings.Join(paper.Languages, ", ")+" or all")
	kind := fs.String("kind", "invoice", "kind of document: "+kindNames()+" or all")
	dir := fs.String("o", ".", "folder for the files")
	if len(args) > 0 && args[0] == "preview" {
		args = args[1:]
	} else if len(args) == 0 || !strings.HasPrefix(args[0], "-h") && !strings.HasPrefix(args[0], "--h") {
		fs.Usage()
		return errUsage
	}
	if err := parse(fs, args, 0); err != nil {
		return err
	}
	langs, ok := choice(paper.Languages, *lang)
	if !ok {
		fmt.Fprintf(fs.Output(), "-lang: no documents are written in %q; there are %s and all\n", *lang, strings.Join(paper.Languages, ", "))
		return errUsage
	}
	kinds, ok := choice(paper.Kinds(), paper.Kind(*kind))
	if !ok {
		fmt.Fprintf(fs.Output(), "-kind: there is no document %q; there are %s and all\n", *kind, kindNames())
		return errUsage
	}
	cfg, err := readLook(*config)
	if err != nil {
		return err
	}
	return previewAll(cfg, kinds, langs, *dir, out)
}

func kindNames() string {
	var names []string
	for _, k := range paper.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// choice is one of a list, or all of it.
func choice[T ~string](list []T, name T) ([]T, bool) {
	if name == "all" {
		return list, true
	}
	return []T{name}, slices.Contains(list, name)
}

// readLook reads what a configuration says of documents. It needs no tokens.
func readLook(path string) (c Config, err error) {
	if path == "" {
		path = os.Getenv("DUEBOT_CONFIG")
	}
	if path == "" {
		c.File = sandboxFile()
		return c, nil
	}
	if _, err := toml.DecodeFile(path, &c.File); err != nil {
		return c, fmt.Errorf("configuration %s: %w", path, err)
	}
	c.Paper.beside(path)
	c.defaults()
	return c, nil
}

// previewAll draws the documents, and tells which characters no font has.
func previewAll(cfg Config, kinds []paper.Kind, langs []string, dir string, out io.Writer) error {
	l, house, err := cfg.look()
	if err != nil {
		return err
	}
	currency := ledger.Currency(cfg.Company.Currency)
	if !currency.Valid() {
		currency = "EUR"
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, lang := range langs {
		for _, kind := range kinds {
			d := l.Preview(kind, lang, currency, ledger.DateOf(time.Now(), time.UTC))
			var data bytes.Buffer
			if err := house.Draw(&data, d); err != nil {
				return fmt.Errorf("%s in %s: %w", kind, lang, err)
			}
			path := filepath.Join(dir, fmt.Sprintf("preview-%s-%s.pdf", kind, lang))
			if err := os.WriteFile(path, data.Bytes(), 0o644); err != nil {
				return err
			}
			fmt.Fprintln(out, path)
			if missing := house.Missing(d); len(missing) > 0 {
				fmt.Fprintf(out, "      no font has %s; put a TrueType font that has into the folder of paper.fonts\n", runeNames(missing))
			}
		}
	}
	return nil
}

// runeNames lists characters with their numbers, since one that no font has may not be seen.
func runeNames(list []rune) string {
	var out []string
	for i, r := range list {
		if i == runesShown {
			out = append(out, fmt.Sprintf("and %d more", len(list)-i))
			break
		}
		out = append(out, fmt.Sprintf("%c (U+%04X)", r, r))
	}
	return strings.Join(out, ", ")
}

// runesShown is how many characters a message names.
const runesShown = 8

// look is the company's letterhead, ready to be drawn with.
func (c *Config) look() (*paper.Letterhead, *paper.House, error) {
	var errs []error
	l, files := c.letterhead(func(setting, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", setting, fmt.Sprintf(format, args...)))
	})
	if len(errs) > 0 {
		return nil, nil, errors.Join(errs...)
	}
	house, err := l.House(func(hash string) ([]byte, error) { return files[hash], nil })
	return l, house, err
}

// boxes lists the characters of a text that no font has.
func (b *Bot) boxes(v *ledger.View, text string) string {
	missing, err := paper.Unknown(v, text)
	if err != nil {
		b.log.Error("looking for characters that no font has", "error", err)
	}
	return runeNames(missing)
}
