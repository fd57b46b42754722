package main

import (
	"testing"
	"time"

	"duebot/bot/clock"
	"duebot/bot/pace"
	"duebot/ledger"
)

func testDelivery() *delivery {
	return &delivery{clock: clock.New(time.Time{}), pace: pace.New(25, 5), lanes: map[string]*lane{}, platforms: map[string]*platform{},
		paused: map[ledger.CampaignID]bool{}, bot: &Bot{}}
}

// A chat that is linked while its customer's lane looks for one is not overlooked: the lane
// would wait until something else is said to him.
func TestLaneWokenWhileItLooked(t *testing.T) {
	d := testDelivery()
	l := d.lane(customerLane(1))
	l.queue, l.head = []queued{{id: 7}}, queued{id: 7}

	l.state = laneBusy
	if d.stepped(l, 0, true) || l.state != laneParked {
		t.Fatalf("got %+v, want a lane that waits for a chat", l)
	}
	l.state = laneBusy
	d.take(&news{routes: []ledger.CustomerID{1}})
	if !d.stepped(l, 0, true) || len(l.queue) != 1 {
		t.Errorf("got %+v, want a lane that looks again", l)
	}
}

// What else is to be said overtakes campaigns, except what the same chat is told before it.
func TestCampaignsGiveWay(t *testing.T) {
	d := testDelivery()
	d.stopped = false
	at := func(name string, q ...queued) *lane {
		l := d.lane(name)
		l.queue, l.state, l.call = q, laneBusy, pace.Call{Platform: pace.Telegram, Method: "sendMessage", Chat: "telegram:" + name}
		l.head = q[0]
		d.busy++
		d.looked(l)
		return l
	}
	p := d.platform(pace.Telegram)
	at("customer:1", queued{id: 1, campaign: 1})
	both := at("customer:2", queued{id: 2, campaign: 1}, queued{id: 4, campaign: 0})
	plain := at("customer:3", queued{id: 3, campaign: 0})
	for _, want := range []*lane{both, plain, d.lanes["customer:1"]} {
		from, l := &p.urgent, p.urgent.peek()
		if l == nil {
			from, l = &p.campaigns, p.campaigns.peek()
		}
		if l != want {
			t.Fatalf("got %v, want %s", l, want.name)
		}
		from.pop()
		l.state = laneBusy
	}
}

// A lane passes over what a pause keeps back, and is parked when nothing else is left.
func TestPausedNoticesArePassedOver(t *testing.T) {
	d := testDelivery()
	d.paused[1] = true
	l := d.lane(customerLane(1))
	l.queue = []queued{{id: 1, campaign: 1}, {id: 2}, {id: 3, campaign: 1}}
	if got := d.first(l); got.id != 2 {
		t.Errorf("got notice %d, want 2", got.id)
	}
	l.queue = []queued{{id: 1, campaign: 1}, {id: 3, campaign: 1}}
	if got := d.first(l); got.id != 0 {
		t.Errorf("got notice %d, want none", got.id)
	}
	l.state, d.busy = laneBusy, 1
	l.head = queued{}
	d.looked(l)
	if l.state != laneParked || d.busy != 0 || d.waiting != 0 {
		t.Errorf("got %+v, want a parked lane", l)
	}
	if todo := d.take(&news{paused: map[ledger.CampaignID]bool{}}); len(todo) != 1 || d.first(l).id != 1 {
		t.Errorf("the end of the pause wakes %d lanes, want one", len(todo))
	}
}
