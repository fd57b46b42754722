package ledger

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// Doubts: notices of unknown fate that staff are asked about together, in one message: those of
// a campaign, and of all others those of a day. What becomes of each is a fact of its own.

// DoubtID says which notices are asked about together.
type DoubtID struct {
	Campaign CampaignID
	Day      Date // on which they became unknown, where there is no campaign
}

// DoubtID is what a message that asks is about.
func (x *NoticeQueued) DoubtID() DoubtID {
	if x.Campaign != 0 {
		return DoubtID{Campaign: x.Campaign}
	}
	return DoubtID{Day: x.For}
}

// Doubt is what was asked about together, and what people have said.
type Doubt struct {
	Card      NoticeID // the message that asks; 0: none, or it was never posted
	Arrived   int      // so many arrived, somebody said
	ArrivedBy string   // who said the last
	Again     int      // so many were sent again
	AgainBy   string   // who had the last of them sent
	Left      int      // so many were not, since the customer was reminded meanwhile
	edit      NoticeID // the newest edit of the message
}

// Reasons with which a notice of unknown fate is withdrawn.
const (
	doubtAgain = "sent again by "
	doubtLeft  = "not sent again: the customer has been reminded since"
)

// doubted notes that the fate of q is unknown since f.
func (s *state) doubted(q *Notice, x *NoticeOutcome, f *Fact) {
	id := DoubtID{Campaign: q.Campaign}
	if q.Campaign == 0 {
		id.Day = f.Effective
	}
	set(s, &q.Doubt, id)
	set(s, &q.since, f.Effective)
	set(s, &q.via, x.Chat)
}

// cleared notes what somebody said of q, whose fate was unknown.
func (s *state) cleared(q *Notice, x *NoticeOutcome, f *Fact) {
	d := s.doubts[q.Doubt]
	switch {
	case x.State == NoticeSent:
		d.Arrived++
		d.ArrivedBy = f.By
	case x.Reason == doubtLeft:
		d.Left++
	default:
		d.Again++
		d.AgainBy = f.By
	}
	put(s, s.doubts, q.Doubt, d)
}

// askedDoubt notes that staff are asked: by a message, or by an edit of it.
func (s *state) askedDoubt(n *Notice) {
	id := n.DoubtID()
	d := s.doubts[id]
	if n.Kind == NoticeDoubt {
		d.Card = n.ID
	} else {
		d.edit = n.ID
	}
	put(s, s.doubts, id, d)
}

// unasked notes that the message that asks was never posted.
func (s *state) unasked(q *Notice) {
	id := q.DoubtID()
	if d := s.doubts[id]; d.Card == q.ID {
		d.Card = 0
		put(s, s.doubts, id, d)
	}
}

// AskUnknown asks staff, in a Slack channel, about a notice whose fate is unknown.
func (tx *Tx) AskUnknown(id NoticeID, channel string) error {
	n := tx.s.settling[id]
	if n == nil {
		return nil
	}
	return tx.ShowDoubt(n.Doubt, channel)
}

// ShowDoubt asks staff about what is unknown, in a Slack channel, or shows in the message that
// asks how that stands. An edit that waits already will show the newest.
func (tx *Tx) ShowDoubt(id DoubtID, channel string) error {
	d := tx.s.doubts[id]
	kind := NoticeDoubtEdit
	if d.Card == 0 {
		kind = NoticeDoubt
	}
	for _, waiting := range []NoticeID{d.Card, d.edit} {
		if n := tx.s.open[waiting]; n != nil && n.Attempt.At.IsZero() {
			return nil
		}
	}
	return tx.Notify(NoticeQueued{Kind: kind, Address: channel, Campaign: id.Campaign, For: id.Day})
}

// Cleared is what became of notices of unknown fate.
type Cleared struct {
	Arrived, Again, Left int
	Campaign             *Campaign // that those go out in that are sent again; nil for less than two
}

// All is how many came to an end.
func (c Cleared) All() int { return c.Arrived + c.Again + c.Left }

// ClearDoubts books of notices of unknown fate that they arrived, or with again that they are to
// be sent once more. Of those of one customer the newest is, unless he has been reminded since;
// whether there is still something to say is looked at when its turn comes. Those whose fate is
// known are passed over, so that to say it twice changes nothing.
func (tx *Tx) ClearDoubts(ids []NoticeID, again bool, channel string) (out Cleared, err error) {
	var list []Notice // newest first
	for _, id := range slices.Backward(slices.Compact(slices.Sorted(slices.Values(ids)))) {
		if n := tx.s.settling[id]; n != nil {
			list = append(list, *n)
		}
	}
	type about struct {
		customer CustomerID
		word     string
	}
	said, shown := map[about]bool{}, map[DoubtID]bool{}
	var next []NoticeQueued
	for i := range list {
		n := &list[i]
		x := NoticeOutcome{Notice: n.ID, State: NoticeSent, Reason: "arrived, says " + tx.actor()}
		key := about{n.Customer, n.Code}
		switch {
		case !again:
			out.Arrived++
		case said[key] || tx.remindedSince(n):
			x.State, x.Reason = NoticeWithdrawn, doubtLeft
			out.Left++
		default:
			x.State, x.Reason = NoticeWithdrawn, doubtAgain+tx.actor()
			next, said[key] = append(next, tx.onceMore(n)), true
			out.Again++
		}
		if err := tx.Settle(x); err != nil {
			return out, err
		}
		shown[n.Doubt] = true
	}
	if out.Campaign, err = tx.sendAgain(next, channel); err != nil {
		return out, err
	}
	return out, tx.showDoubts(shown, channel)
}

// remindedSince reports whether n's customer was reminded after n may have reached him.
func (tx *Tx) remindedSince(n *Notice) bool {
	c := tx.Customer(n.Customer)
	return n.Kind == NoticeReminder && c != nil && (c.Reminder != 0 || c.LastContact > max(n.For, n.since.AddDays(1)))
}

// onceMore is n as it is queued once more.
func (tx *Tx) onceMore(n *Notice) NoticeQueued {
	x := n.NoticeQueued
	x.Campaign = 0 // whose work was done with the first send
	if c := tx.Customer(n.Customer); c != nil && n.Kind == NoticeReminder {
		x.For, x.Again = DateOf(tx.Now, c.Zone), true
	}
	return x
}

// sendAgain queues what is sent once more, of which the newest comes first; more than one goes
// as a campaign.
func (tx *Tx) sendAgain(list []NoticeQueued, channel string) (k *Campaign, err error) {
	if len(list) > 1 {
		if k, err = tx.BeginCampaign("again", channel); err != nil {
			return nil, err
		}
	}
	for _, x := range slices.Backward(list) { // oldest first
		if k != nil {
			x.Campaign = k.ID
		}
		if err := tx.Notify(x); err != nil {
			return k, err
		}
	}
	return k, nil
}

// showDoubts brings the messages up to date that have asked.
func (tx *Tx) showDoubts(ids map[DoubtID]bool, channel string) error {
	var list []DoubtID
	for id := range ids {
		if tx.s.doubts[id].Card != 0 {
			list = append(list, id)
		}
	}
	slices.SortFunc(list, func(a, b DoubtID) int { return cmp.Or(cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Day, b.Day)) })
	for _, id := range list {
		if err := tx.ShowDoubt(id, channel); err != nil {
			return err
		}
	}
	return nil
}

// Doubt returns what was asked about together under id.
func (v *View) Doubt(id DoubtID) Doubt { return v.s.doubts[id] }

// DoubtSince is the day on which the fate of n became unknown, and the channel that n took: ""
// where that is not known any more.
func (v *View) DoubtSince(n *Notice) (since Date, channel string) {
	if address := v.s.addressOf(n.via); address != "" {
		channel = ChannelOf(address)
	}
	return n.since, channel
}

func dumpDoubts(w io.Writer, s *state) {
	for _, n := range sortedByID(s.settling, func(_ NoticeID, n *Notice) *Notice { return n }, func(n *Notice) NoticeID { return n.ID }) {
		fmt.Fprintf(w, "unknown %d of campaign %d on %s since %s by %s\n", n.ID, n.Doubt.Campaign, n.Doubt.Day, n.since, n.via)
	}
	ids := make([]DoubtID, 0, len(s.doubts))
	for id := range s.doubts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b DoubtID) int { return cmp.Or(cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Day, b.Day)) })
	for _, id := range ids {
		d := s.doubts[id]
		fmt.Fprintf(w, "doubt of campaign %d on %s: card %d edit %d arrived %d by %s again %d by %s left %d\n", id.Campaign, id.Day, d.Card, d.edit,
			d.Arrived, d.ArrivedBy, d.Again, d.AgainBy, d.Left)
	}
}
