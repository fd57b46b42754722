package commands

import (
	"strconv"
	"strings"

	"duebot/commands/card"
)

// helpCommand explains the verbs that the asker may use, or one of them.
func helpCommand() Command {
	return Command{
		Name: "help", Who: append(anybody(), ""), Reads: true,
		Usage:    []string{`help [<verb>]`},
		Examples: []string{`help invoice`},
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{Card: overview(c)}, nil
			}
			cmd, ok := find(c.Args[0].text)
			if !ok {
				reply, _ := unknownVerb(c.Args[0].text)
				return reply, nil
			}
			return card.Reply{Card: explain(c.Desk, cmd)}, nil
		},
	}
}

func overview(c *Call) *card.Card {
	k := &card.Card{Title: card.T("help.title")}
	for _, cmd := range Table() {
		if c.Who.may(cmd) {
			k.Body = append(k.Body, card.T("help.line", "usage", "/ar "+cmd.Usage[0], "what", card.T("help."+cmd.Name)))
		}
	}
	k.Note = []card.Text{card.T("help.foot")}
	if c.Who.Role == Sales && !c.Desk.SalesSeeAll {
		k.Note = append(k.Note, card.T("help.own"))
	}
	return k
}

func explain(d *Desk, cmd Command) *card.Card {
	k := &card.Card{Title: card.T("help.verb", "verb", "/ar "+cmd.Name), Body: []card.Text{card.T("help." + cmd.Name)}}
	for _, u := range cmd.Usage {
		k.Body = append(k.Body, card.T("help.typed", "line", "/ar "+u))
	}
	k.Body = append(k.Body, card.T("help.examples"))
	for _, e := range cmd.Examples {
		k.Body = append(k.Body, card.T("help.typed", "line", "/ar "+e))
	}
	who := make([]string, 0, len(cmd.Who))
	for _, r := range cmd.Who {
		if r != "" {
			who = append(who, string(r))
		}
	}
	k.Note = []card.Text{card.T("help.who", "who", strings.Join(who, ", "))}
	if d.ownOnly(cmd) {
		k.Note = append(k.Note, card.T("help.own"))
	}
	return k
}

// idArg and cutArg write and read what a button is about: "12", "12.credit".
func idArg(id uint32) string { return strconv.FormatUint(uint64(id), 10) }

func cutArg(arg string) (id uint32, rest string) {
	head, rest, _ := strings.Cut(arg, ".")
	n, _ := strconv.ParseUint(head, 10, 32)
	return uint32(n), rest
}
