package commands

import (
	"fmt"
	"strconv"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// campaignsCommand lists the campaigns of reminders, or shows one with its buttons.
//
//	line = [ "C-" n ] .
func campaignsCommand() Command {
	return Command{
		Name: "campaigns", Who: anybody(), Reads: true,
		Usage:    []string{`campaigns`, `campaigns <C-1>`},
		Examples: []string{`campaigns`, `campaigns C-1`},
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return card.Reply{Card: campaignList(c)}, nil
			}
			k, err := c.findCampaign(c.Args[0].text)
			if err != nil {
				return card.Reply{}, err
			}
			shown := campaignCard(c.View, k)
			if !may(Command{Who: campaigners()}, c.Who.Role) {
				shown.Buttons = nil
			}
			return card.Reply{Card: shown}, nil
		},
	}
}

// campaigners may begin, pause and stop campaigns.
func campaigners() []Role { return []Role{Finance, Manager} }

// findCampaign reads "C-3".
func (c *Call) findCampaign(word string) (*ledger.Campaign, error) {
	if rest, ok := strings.CutPrefix(strings.ToUpper(word), "C-"); ok {
		if n, err := strconv.ParseUint(rest, 10, 32); err == nil {
			if k := c.Campaign(ledger.CampaignID(n)); k != nil {
				return k, nil
			}
		}
	}
	return nil, ledger.Refuse(ledger.NotFound, "campaign.unknown", "text", word)
}

func campaignList(c *Call) *card.Card {
	v, most := c.View, c.pagesAhead()
	k := &card.Card{Title: card.T("campaigns.title"), Table: &card.Table{
		Head:  []card.Text{card.T("col.campaign"), card.T("col.begun"), card.T("col.state"), card.T("field.sent"), card.T("col.all")},
		Right: []bool{false, false, false, true, true}}}
	co := v.Company()
	v.Campaigns(func(x *ledger.Campaign) bool {
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Join(card.Plain(x.Label()), campaignWhat(x)),
			card.T("value", "value", card.Instant{At: x.Begun, Zone: co.Zone()}), card.T("campaign.state." + string(x.State)),
			card.Plain(strconv.Itoa(x.Count.Sent)), card.Plain(strconv.Itoa(x.Size))})
		return len(k.Table.Rows) < most
	})
	k.Table.Open = len(k.Table.Rows) == most
	if len(k.Table.Rows) == 0 {
		return &card.Card{Body: []card.Text{card.T("campaigns.none")}}
	}
	return k
}

// campaignWhat says whom a campaign is to.
func campaignWhat(x *ledger.Campaign) card.Text {
	what, segment, _ := strings.Cut(x.What, " ")
	if segment != "" {
		return card.T("campaign.what.segment", "segment", segment)
	}
	return card.T("campaign.what." + what)
}

// barCells is how long the bar of a campaign's progress is.
const barCells = 20

// bar shows a part of a whole.
func bar(part, whole int) (cells string, percent int) {
	if whole == 0 {
		return strings.Repeat("▓", barCells), 100
	}
	done := part * barCells / whole
	return strings.Repeat("▓", done) + strings.Repeat("░", barCells-done), part * 100 / whole
}

// campaignCard shows how far a campaign is, with the buttons that fit its state.
func campaignCard(v *ledger.View, x *ledger.Campaign) *card.Card {
	k := &card.Card{Title: card.Join(card.T("campaign.title", "campaign", x.Label()), campaignWhat(x))}
	if x.What == "bank" {
		k.Title = card.T("campaign.title.bank", "campaign", x.Label())
	}
	cells, percent := bar(x.Count.All(), x.Size)
	k.Body = []card.Text{card.T("campaign.bar", "bar", cells, "percent", percent, "state", card.T("campaign.state."+string(x.State)))}
	add := func(key string, n int) {
		if n > 0 || key == "field.sent" {
			k.Fields = append(k.Fields, card.Field{Label: card.T(key), Value: card.T("value", "value", n)})
		}
	}
	add("field.sent", x.Count.Sent)
	add("field.waiting", x.Waiting())
	add("field.unknown", x.Count.Unknown)
	add("field.failed", x.Count.Failed)
	add("field.withdrawn", x.Count.Withdrawn)
	if perMinute, left := x.Rate(v.Now); perMinute > 0 && x.State == ledger.CampaignRunning {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.rate"), Value: card.T("campaign.rate", "count", perMinute)})
		if x.Waiting() > 0 {
			k.Fields = append(k.Fields, card.Field{Label: card.T("field.left"), Value: card.T("campaign.left", "count", int(left.Minutes())+1)})
		}
	}
	co := v.Company()
	k.Note = []card.Text{card.T("campaign.begun", "who", actor(v, x.By), "at", card.Instant{At: x.Begun, Zone: co.Zone()})}
	if x.Count.Unknown > 0 {
		k.Note = append(k.Note, card.T("campaign.unknown"))
	}
	k.Buttons = campaignButtons(x)
	return k
}

func campaignButtons(x *ledger.Campaign) []card.Button {
	button := func(do string) card.Button {
		return card.Button{Label: card.T("button." + do), Do: "campaign", Arg: idArg(uint32(x.ID)) + "." + do}
	}
	stop := button("stop")
	stop.Style, stop.Confirm = card.Danger, card.T("confirm.stop", "count", x.Waiting())
	switch x.State {
	case ledger.CampaignRunning:
		return []card.Button{button("pause"), stop}
	case ledger.CampaignPaused:
		resume := button("resume")
		resume.Style = card.Primary
		return []card.Button{resume, stop}
	}
	return nil
}

// campaignNews is the message of a campaign as it stands.
func campaignNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	x := v.Campaign(n.Campaign)
	if x == nil {
		return card.Message{}, fmt.Errorf("notice %d is about no campaign", n.ID)
	}
	return card.Message{Card: campaignCard(v, x)}, nil
}

// changeCampaign pauses, resumes or stops a campaign. Its message is edited by itself.
func changeCampaign(c *Call) (card.Reply, error) {
	id, how := cutArg(c.Where.Arg)
	x := c.Campaign(ledger.CampaignID(id))
	if x == nil {
		return card.Say("button.old"), nil
	}
	switch how {
	case "pause":
		return card.Say("campaign.paused", "campaign", x.Label(), "count", x.Waiting()), c.Tx.PauseCampaign(x)
	case "resume":
		return card.Say("campaign.resumed", "campaign", x.Label(), "count", x.Waiting()), c.Tx.ResumeCampaign(x)
	case "stop":
		n, err := c.Tx.StopCampaign(x)
		return card.Say("campaign.stopped", "campaign", x.Label(), "count", n), err
	}
	return card.Say("button.old"), nil
}
