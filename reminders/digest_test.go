package reminders

import (
	"slices"
	"testing"
	"time"

	"duebot/ledger"
)

// A reader has one digest for each of his dates, whatever he changes: his zone, his hour, or his
// days; also where the clock skips his hour or has it twice.
func TestOneDigestPerDate(t *testing.T) {
	type change struct {
		at   string // from when on
		zone string
		wish ledger.DigestWish
	}
	every := func(minute int) ledger.DigestWish {
		return ledger.DigestWish{Days: ledger.DigestEvery, Minute: minute}
	}
	for name, x := range map[string]struct {
		from, to string
		changes  []change
		want     []string
	}{
		"every day at nine": {"2026-03-02T00:00:00Z", "2026-03-04T23:00:00Z", []change{{"", "Europe/Berlin", every(540)}},
			[]string{"2026-03-02 08:00", "2026-03-03 08:00", "2026-03-04 08:00"}},
		"a later hour on a day that had one": {"2026-03-02T00:00:00Z", "2026-03-03T23:00:00Z",
			[]change{{"", "UTC", every(540)}, {"2026-03-02T10:00:00Z", "UTC", every(1020)}}, []string{"2026-03-02 09:00", "2026-03-03 17:00"}},
		"an earlier hour, passed already, on a day that had none": {"2026-03-02T00:00:00Z", "2026-03-02T23:00:00Z",
			[]change{{"", "UTC", every(1020)}, {"2026-03-02T10:00:00Z", "UTC", every(540)}}, []string{"2026-03-02 10:00"}},
		"a flight to the west on a day that had one": {"2026-03-02T00:00:00Z", "2026-03-03T23:00:00Z",
			[]change{{"", "Asia/Tokyo", every(540)}, {"2026-03-02T02:00:00Z", "America/Los_Angeles", every(540)}}, []string{"2026-03-02 00:00", "2026-03-03 17:00"}},
		"over the date line, to a day that had one": {"2026-03-02T00:00:00Z", "2026-03-03T23:00:00Z",
			[]change{{"", "Pacific/Auckland", every(540)}, {"2026-03-02T22:00:00Z", "Pacific/Honolulu", every(540)}}, []string{"2026-03-02 00:00", "2026-03-02 20:00"}},
		"the morning after the clock was set forward": {"2026-03-28T00:00:00Z", "2026-03-29T23:00:00Z", []change{{"", "Europe/Berlin", every(330)}},
			[]string{"2026-03-28 04:30", "2026-03-29 03:30"}},
		"working days, with Iran's": {"2026-03-04T00:00:00Z", "2026-03-08T23:00:00Z",
			[]change{{"", "Asia/Tehran", ledger.DigestWish{Days: ledger.DigestWorking, Minute: 540}}},
			[]string{"2026-03-04 05:30", "2026-03-05 05:30", "2026-03-07 05:30", "2026-03-08 05:30"}},
		"some days": {"2026-03-02T00:00:00Z", "2026-03-08T23:00:00Z",
			[]change{{"", "UTC", ledger.DigestWish{Days: 1<<time.Monday | 1<<time.Sunday, Minute: 540}}}, []string{"2026-03-02 09:00", "2026-03-08 09:00"}},
		"a pause": {"2026-03-02T00:00:00Z", "2026-03-04T23:00:00Z",
			[]change{{"", "UTC", ledger.DigestWish{Days: ledger.DigestEvery, Minute: 540, Until: day(t, "2026-03-04")}}}, []string{"2026-03-04 09:00"}},
		"an hour in the evening":      {"2026-03-02T00:00:00Z", "2026-03-02T23:00:00Z", []change{{"", "UTC", every(20 * 60)}}, []string{"2026-03-02 20:00"}},
		"an outage until the evening": {"2026-03-02T18:30:00Z", "2026-03-03T10:00:00Z", []change{{"", "UTC", every(540)}}, []string{"2026-03-03 09:00"}},
	} {
		o := newOffice(t, "UTC")
		var reader Reader
		o.rules.Readers = func() []Reader { return []Reader{reader} }
		var got []string
		for now := moment(x.from); !now.After(moment(x.to)); now = now.Add(30 * time.Minute) {
			for _, c := range x.changes {
				if c.at == "" || !now.Before(moment(c.at)) {
					zone, err := time.LoadLocation(c.zone)
					if err != nil {
						t.Fatal(err)
					}
					reader = Reader{User: "U1", Zone: zone, Wish: c.wish}
				}
			}
			for range 2 { // run twice, it says nothing twice
				before := o.digests()
				o.now = now
				if _, err := o.rules.runDigests(t.Context(), now); err != nil {
					t.Fatal(err)
				}
				for range o.digests() - before {
					got = append(got, now.UTC().Format("2006-01-02 15:04"))
				}
			}
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: got %q, want %q", name, got, x.want)
		}
	}
}

func moment(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return at
}

// digests is how many digests were ever queued.
func (o *office) digests() (n int) {
	o.do(func(tx *ledger.Tx) error {
		for _, x := range tx.OpenNotices(0) {
			if x.Kind == ledger.NoticeDigest {
				n++
			}
		}
		return nil
	})
	return n
}
