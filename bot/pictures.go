package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"duebot/adapters/paper"
	"duebot/commands/card"
	"duebot/ledger"
)

// draw draws a picture in the words of whoever is to see it. Who is named in it is called by
// name: a picture has no mentions.
func (b *Bot) draw(p *card.Picture, words card.Words) ([]byte, error) {
	say := func(t card.Text) string { return named(words(t), b.nameOf) }
	look := paper.Look{Lang: words(card.T("format.language"))}
	switch p.Kind {
	case card.PictureCode:
		return paper.Code(p.Code, say(p.Title), say(p.Note), look)
	case card.PictureAging:
		return paper.Aging(agingData(p, say), look)
	}
	return nil, fmt.Errorf("a picture of %q", p.Kind)
}

// agingData is what a picture of receivables shows, in words.
func agingData(p *card.Picture, say func(card.Text) string) paper.AgingData {
	data := paper.AgingData{Title: say(p.Title), Note: say(p.Note)}
	tone := func(t card.Tone) paper.Tone {
		return paper.Tone{Step: t.Step, Hatched: t.Hatched, Outline: t.Outline, Label: say(t.Label)}
	}
	for _, t := range p.Legend {
		data.Legend = append(data.Legend, tone(t))
	}
	for _, g := range p.Groups {
		group := paper.AgingGroup{Heading: say(g.Heading), Total: say(g.Total)}
		for _, bar := range g.Bars {
			x := paper.AgingBar{Label: say(bar.Label), Value: say(bar.Value), Was: bar.Was}
			for _, part := range bar.Parts {
				x.Parts = append(x.Parts, paper.AgingPart{Tone: tone(part.Tone), Minor: part.Minor})
			}
			group.Bars = append(group.Bars, x)
		}
		data.Groups = append(data.Groups, group)
	}
	return data
}

// named puts names into the place of mentions.
func named(s string, name func(user string) string) string {
	for {
		before, rest, ok := strings.Cut(s, card.MentionOpen)
		user, after, closed := strings.Cut(rest, card.MentionClose)
		if !ok || !closed {
			return s
		}
		s = before + name(user) + after
	}
}

// nameOf is what people call a Slack user; his id where Slack has not told.
func (b *Bot) nameOf(user string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.people[user]; p.Name != "" {
		return clean(p.Name)
	}
	return "@" + user
}

// gallery remembers which pictures Slack has. It is working state: a picture that is forgotten
// is uploaded again.
type gallery struct {
	b *Bot

	mu   sync.Mutex
	list []pictureFile // newest last; nil: not read yet
}

type pictureFile struct{ Hash, File string }

const (
	galleryRow = "slack.pictures"
	galleryMax = 200
)

func (g *gallery) Picture(hash string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read()
	if i := slices.IndexFunc(g.list, func(p pictureFile) bool { return p.Hash == hash }); i >= 0 {
		return g.list[i].File
	}
	return ""
}

// read fills the list from the books, once.
func (g *gallery) read() {
	if g.list != nil {
		return
	}
	g.list = []pictureFile{}
	g.b.books.View(func(v *ledger.View) error {
		data, err := v.Get(galleryRow)
		json.Unmarshal(data, &g.list)
		return err
	})
}

func (g *gallery) KeepPicture(hash, file string) {
	g.change(func(list []pictureFile) []pictureFile {
		return append(list[max(len(list)-galleryMax+1, 0):], pictureFile{hash, file})
	})
}

func (g *gallery) DropPicture(file string) {
	g.change(func(list []pictureFile) []pictureFile {
		return slices.DeleteFunc(list, func(p pictureFile) bool { return p.File == file })
	})
}

func (g *gallery) change(f func([]pictureFile) []pictureFile) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read()
	g.list = f(slices.Clone(g.list))
	data, err := json.Marshal(g.list)
	if err == nil {
		_, err = g.b.books.Update(context.Background(), ledger.Command{By: "duebot", Run: func(tx *ledger.Tx) ([]byte, error) {
			tx.Put(galleryRow, data)
			return nil, nil
		}})
	}
	if err != nil {
		g.b.log.Warn("remembering a picture", "error", err)
	}
}
