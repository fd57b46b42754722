package ledger

import (
	"fmt"
	"io"
	"time"
)

// Campaigns: reminders that go out as one work. Each of them is a notice like any other,
// with the same rules; the campaign counts what became of them, can be paused, resumed and
// stopped, and has one message in Slack that shows how far it is.

// CampaignID numbers campaigns from 1 in order of beginning.
type CampaignID uint32

// CampaignState is how a campaign stands.
type CampaignState string

// The states. A campaign that is done or stopped stays so.
const (
	CampaignRunning CampaignState = "running"
	CampaignPaused  CampaignState = "paused"
	CampaignStopped CampaignState = "stopped" // what was not sent yet is withdrawn
	CampaignDone    CampaignState = "done"
)

// Campaign is reminders that go out as one work.
type Campaign struct {
	ID      CampaignID
	What    string // "daily", "overdue", "all", "segment retail"
	By      string
	Begun   time.Time
	Address string // Slack channel with its message
	State   CampaignState
	Size    int // reminders in it
	Count   CampaignCount
	Changed time.Time // the state
	before  int       // reminders that had come to their end then
	Ended   time.Time // the last of them came to its end
	Notice  NoticeID  // its message
	edit    NoticeID  // the newest edit of it
	shown   time.Time // when that was queued
}

// CampaignCount is what became of a campaign's reminders.
type CampaignCount struct{ Sent, Unknown, Failed, Withdrawn int }

func (n *CampaignCount) code(c *coder) {
	num(c, &n.Sent)
	num(c, &n.Unknown)
	num(c, &n.Failed)
	num(c, &n.Withdrawn)
}

// All is how many have come to their end.
func (n CampaignCount) All() int { return n.Sent + n.Unknown + n.Failed + n.Withdrawn }

// of is the count of a state.
func (n *CampaignCount) of(s NoticeState) *int {
	switch s {
	case NoticeSent:
		return &n.Sent
	case NoticeUnknown:
		return &n.Unknown
	case NoticeFailed:
		return &n.Failed
	}
	return &n.Withdrawn
}

// Label is how people name a campaign: "C-3".
func (x *Campaign) Label() string { return fmt.Sprintf("C-%d", x.ID) }

// Waiting is how many reminders have not come to their end.
func (x *Campaign) Waiting() int { return x.Size - x.Count.All() }

// Over reports whether x can change no more.
func (x *Campaign) Over() bool { return x.State == CampaignStopped || x.State == CampaignDone }

// Rate is how many reminders have come to their end in a minute since x was begun or
// resumed, and the time that the rest takes at that; 0 while that cannot be told.
func (x *Campaign) Rate(now time.Time) (perMinute int, left time.Duration) {
	if x.Over() && !x.Ended.IsZero() {
		now = x.Ended
	}
	took, n := now.Sub(x.Changed), x.Count.All()-x.before
	if x.State == CampaignDone {
		took, n = now.Sub(x.Begun), x.Count.All()
	}
	if took < time.Second || n == 0 {
		return 0, 0
	}
	return int(time.Duration(n) * time.Minute / took), took / time.Duration(n) * time.Duration(x.Waiting())
}

// CampaignBegun is the fact that a campaign begins; the notices after it name it.
type CampaignBegun struct {
	What    string
	Address string
}

func (x *CampaignBegun) kind() factKind { return kindCampaignBegun }

func (x *CampaignBegun) code(c *coder) {
	str(c, &x.What)
	str(c, &x.Address)
}

func (x *CampaignBegun) apply(s *state, f *Fact) {
	s.campaigns.add(s, Campaign{ID: CampaignID(s.campaigns.n + 1), What: x.What, By: f.By, Begun: f.Recorded, Address: x.Address,
		State: CampaignRunning, Changed: f.Recorded})
}

// CampaignChanged is the fact that a campaign was paused, resumed or stopped, or is done,
// with what had become of its reminders by then.
type CampaignChanged struct {
	Campaign CampaignID
	State    CampaignState
	Count    CampaignCount
}

func (x *CampaignChanged) kind() factKind { return kindCampaignChanged }

func (x *CampaignChanged) code(c *coder) {
	num(c, &x.Campaign)
	str(c, &x.State)
	x.Count.code(c)
}

func (x *CampaignChanged) apply(s *state, f *Fact) {
	k := s.campaigns.at(uint32(x.Campaign))
	if k == nil {
		return
	}
	switch {
	case x.State == CampaignPaused:
		put(s, s.paused, k.ID, true)
	default:
		drop(s, s.paused, k.ID)
	}
	set(s, &k.State, x.State)
	if x.State != CampaignDone { // whose rate is that of the whole
		set(s, &k.Changed, f.Recorded)
		set(s, &k.before, k.Count.All())
	}
	if k.Waiting() == 0 {
		set(s, &k.Ended, f.Recorded)
	}
}

// joined counts a notice that was queued for a campaign.
func (s *state) joined(n *Notice) {
	k := s.campaigns.at(uint32(n.Campaign))
	switch {
	case k == nil:
	case n.Kind == NoticeCampaign:
		set(s, &k.Notice, n.ID)
	case n.Kind == NoticeCampaignEdit:
		set(s, &k.edit, n.ID)
		set(s, &k.shown, n.At)
	default:
		set(s, &k.Size, k.Size+1)
	}
}

// counted counts what became of a campaign's notice: q, of unknown fate until now where was
// says so.
func (s *state) counted(q *Notice, was, became NoticeState, at time.Time) {
	k := s.campaigns.at(uint32(q.Campaign))
	if k == nil || !q.Kind.ToCustomer() {
		return
	}
	n := k.Count
	if was == NoticeUnknown {
		n.Unknown--
	}
	*n.of(became)++
	set(s, &k.Count, n)
	if k.Waiting() == 0 && k.Ended.IsZero() {
		set(s, &k.Ended, at)
	}
}

// BeginCampaign begins a campaign, whose message goes to a Slack channel.
func (tx *Tx) BeginCampaign(what, channel string) (*Campaign, error) {
	if _, err := tx.append(tx.Today(), &CampaignBegun{what, channel}); err != nil {
		return nil, err
	}
	k := tx.s.campaigns.at(tx.s.campaigns.n)
	return k, tx.Notify(NoticeQueued{Kind: NoticeCampaign, Address: channel, Campaign: k.ID})
}

// PauseCampaign keeps back what was not sent yet.
func (tx *Tx) PauseCampaign(k *Campaign) error {
	if k.State != CampaignRunning {
		return Refuse(Conflict, "campaign."+string(k.State), "campaign", k.Label())
	}
	return tx.changeCampaign(k, CampaignPaused)
}

// ResumeCampaign lets a paused campaign go on.
func (tx *Tx) ResumeCampaign(k *Campaign) error {
	if k.State != CampaignPaused {
		return Refuse(Conflict, "campaign."+string(k.State), "campaign", k.Label())
	}
	return tx.changeCampaign(k, CampaignRunning)
}

// StopCampaign ends a campaign and withdraws what was not sent yet. What is under way comes
// to its own end.
func (tx *Tx) StopCampaign(k *Campaign) (withdrawn int, err error) {
	if k.Over() {
		return 0, Refuse(Conflict, "campaign."+string(k.State), "campaign", k.Label())
	}
	if err := tx.changeCampaign(k, CampaignStopped); err != nil {
		return 0, err
	}
	for _, n := range tx.OpenNotices(0) {
		if n.Campaign != k.ID || !n.Kind.ToCustomer() || !n.Attempt.At.IsZero() {
			continue
		}
		if err := tx.Settle(NoticeOutcome{Notice: n.ID, State: NoticeWithdrawn, Reason: k.Label() + " was stopped"}); err != nil {
			return withdrawn, err
		}
		withdrawn++
	}
	return withdrawn, nil
}

func (tx *Tx) changeCampaign(k *Campaign, to CampaignState) error {
	if _, err := tx.append(tx.Today(), &CampaignChanged{k.ID, to, k.Count}); err != nil {
		return err
	}
	return tx.showCampaign(k, true)
}

// shownEvery is how often the message of a campaign is edited at most while it runs.
const shownEvery = 5 * time.Second

// showCampaign queues an edit of a campaign's message, unless one waits already, or the last
// was a moment ago and nothing but numbers has changed.
func (tx *Tx) showCampaign(k *Campaign, now bool) error {
	if n := tx.s.open[k.edit]; n != nil && n.Attempt.At.IsZero() || !now && tx.Now.Sub(k.shown) < shownEvery {
		return nil
	}
	return tx.Notify(NoticeQueued{Kind: NoticeCampaignEdit, Address: k.Address, Campaign: k.ID})
}

// campaignWent shows that one of a campaign's notices has come to its end, and ends the
// campaign with its last.
func (tx *Tx) campaignWent(id CampaignID) error {
	k := tx.Campaign(id)
	if k == nil {
		return nil
	}
	last := k.Waiting() == 0
	if last && !k.Over() {
		return tx.changeCampaign(k, CampaignDone)
	}
	return tx.showCampaign(k, last)
}

// Campaign returns campaign id, nil where there is none.
func (v *View) Campaign(id CampaignID) *Campaign { return v.s.campaigns.at(uint32(id)) }

// Campaigns calls f with every campaign, newest first, until it returns false.
func (v *View) Campaigns(f func(*Campaign) bool) {
	for id := v.s.campaigns.n; id > 0 && f(v.s.campaigns.at(id)); id-- {
	}
}

// PausedCampaigns are the campaigns that are paused.
func (v *View) PausedCampaigns() map[CampaignID]bool {
	out := make(map[CampaignID]bool, len(v.s.paused))
	for id := range v.s.paused {
		out[id] = true
	}
	return out
}

func dumpCampaigns(w io.Writer, s *state) {
	s.campaigns.each(func(k *Campaign) {
		fmt.Fprintf(w, "campaign %d %q by %s begun %s in %s %s size %d %v changed %s before %d ended %s notice %d edit %d shown %s paused %t\n", k.ID, k.What, k.By,
			k.Begun, k.Address, k.State, k.Size, k.Count, k.Changed, k.before, k.Ended, k.Notice, k.edit, k.shown, s.paused[k.ID])
	})
}

// newSpoken makes the bodies of routes and campaigns.
func newSpoken(k factKind) Body {
	switch k {
	case kindRouteBroken:
		return new(RouteBroken)
	case kindRouteMended:
		return new(RouteMended)
	case kindChatMoved:
		return new(ChatMoved)
	case kindCampaignBegun:
		return new(CampaignBegun)
	case kindCampaignChanged:
		return new(CampaignChanged)
	}
	return nil
}

// The names of what happens to routes and campaigns.
const (
	FactRouteBroken FactName = "routebroken"
	FactRouteMended FactName = "routemended"
	FactChatMoved   FactName = "chatmoved"
	FactCampaign    FactName = "campaign"
)

// describeSpoken tells facts about routes and campaigns.
func (v *View) describeSpoken(f *Fact) (d Description, ok bool) {
	switch x := f.Body.(type) {
	case *RouteBroken:
		d = Description{Name: FactRouteBroken, Refs: append(v.handle(x.Customer), string(x.Reason))}
	case *RouteMended:
		d = Description{Name: FactRouteMended, Refs: v.handle(x.Customer)}
	case *ChatMoved:
		d = Description{Name: FactChatMoved, Refs: v.handle(x.Customer)}
	case *CampaignBegun:
		d = Description{Name: FactCampaign, Refs: []string{x.What}}
	case *CampaignChanged:
		d = Description{Name: FactCampaign, Refs: []string{(&Campaign{ID: x.Campaign}).Label(), string(x.State)}}
	}
	return d, d.Name != ""
}
