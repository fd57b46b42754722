package simulate

import (
	"fmt"
	"time"
)

// The digest, as the oracle sees it: to each reader on the days that he wants, at his hour or a little
// later, and once.

// reader is somebody who reads the digest.
type reader struct {
	name   string
	at     calendar
	minute int            // of his day
	days   []time.Weekday // none: business days of his
	pause  day            // before which he wants none
}

// digestEnd is the minute of a day after which a digest is left to the next one, where it is not wanted
// later.
const digestEnd = 18 * 60

func (r *reader) wants(on day) bool {
	if on < r.pause {
		return false
	}
	if len(r.days) == 0 {
		return r.at.works(on)
	}
	for _, d := range r.days {
		if on.time().Weekday() == d {
			return true
		}
	}
	return false
}

// hours reports whether r's digest may come at a time.
func (r *reader) hours(now time.Time) bool {
	local := now.In(r.at.zone)
	minute := local.Hour()*60 + local.Minute()
	return minute >= r.minute && (minute < digestEnd || r.minute >= digestEnd)
}

// digest is told that a reader's digest was queued, for a day of his.
func (o *oracle) digest(r *reader, meant day, now time.Time) {
	key := r.name + meant.String()
	if o.digests[key]++; o.digests[key] > 1 || meant != r.at.today(now) || !r.wants(meant) || !r.hours(now) {
		o.faults = append(o.faults, fmt.Sprintf("%s: digest %d of %+v for %s at %s", now, o.digests[key], *r, meant, now.In(r.at.zone)))
	}
}

// digested is told after each run: who wants one has it within its hours.
func (o *oracle) digested(r *reader, now time.Time) {
	today := r.at.today(now)
	if o.checks++; r.wants(today) && r.hours(now) && o.digests[r.name+today.String()] != 1 {
		o.faults = append(o.faults, fmt.Sprintf("%s: %+v has %d digests of %s", now, *r, o.digests[r.name+today.String()], today))
	}
}
