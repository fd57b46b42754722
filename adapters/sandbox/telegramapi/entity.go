package telegramapi

import (
	"cmp"
	"slices"
)

// Entity is a Bot API MessageEntity. Offset and length are UTF-16 code units.
type Entity struct {
	Type        string  `json:"type"`
	Offset      int     `json:"offset"`
	Length      int     `json:"length"`
	URL         string  `json:"url,omitempty"`
	User        *Person `json:"user,omitempty"`
	Language    string  `json:"language,omitempty"`
	CustomEmoji string  `json:"custom_emoji_id,omitempty"`
	Unix        int64   `json:"unix_time,omitempty"`
	DateFormat  string  `json:"date_time_format,omitempty"`
}

func (e Entity) end() int { return e.Offset + e.Length }

// rank orders entities of one place and length: what is outside comes first.
func (e Entity) rank() int {
	switch e.Type {
	case "blockquote", "expandable_blockquote":
		return 0
	case "pre":
		if e.Language != "" {
			return 10
		}
		return 11
	case "code":
		return 20
	case "date_time":
		return 30
	case "text_link", "text_mention":
		return 49
	case "bold":
		return 90
	case "italic":
		return 91
	case "underline":
		return 92
	case "strikethrough":
		return 93
	case "spoiler":
		return 94
	case "custom_emoji":
		return 99
	}
	return 50
}

// splittable entities may overlap each other: they are cut where they do.
func (e Entity) splittable() bool { r := e.rank(); return r >= 90 && r <= 94 }

func (e Entity) quote() bool { return e.rank() == 0 }

func (e Entity) listing() bool { return e.Type == "pre" || e.Type == "code" }

func sortEntities(list []Entity) {
	slices.SortStableFunc(list, func(a, b Entity) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length), cmp.Compare(a.rank(), b.rank()))
	})
}

// fixEntities sorts a list and makes it one that Telegram allows: nothing in code, links
// and code inside one another not at all, quotes around but not across others, and
// overlapping styles cut into pieces.
func fixEntities(list []Entity) []Entity {
	sortEntities(list)
	if validEntities(list) {
		return list
	}
	var whole, quotes, styles []Entity
	for _, e := range list {
		switch {
		case e.splittable():
			styles = append(styles, e)
		case e.quote():
			quotes = append(quotes, e)
		default:
			whole = append(whole, e)
		}
	}
	whole, quotes = disjoint(whole), disjoint(quotes)
	whole = append(notAcross(whole, quotes), quotes...)
	sortEntities(whole)
	out := append(whole, splitStyles(styles, whole)...)
	sortEntities(out)
	return out
}

// validEntities reports whether a sorted list is already as Telegram allows it.
func validEntities(list []Entity) bool {
	var stack []Entity
	ends := map[string]int{}
	for _, e := range list {
		for len(stack) > 0 && e.Offset >= stack[len(stack)-1].end() {
			stack = stack[:len(stack)-1]
		}
		for i, outer := range stack {
			inner := i == len(stack)-1
			switch {
			case inner && (e.end() > outer.end() || outer.listing()),
				outer.Type == e.Type,
				outer.quote() && e.quote(),
				e.listing() && !outer.quote(),
				!e.splittable() && !outer.splittable() && !outer.quote():
				return false
			}
		}
		if e.splittable() {
			if end, ok := ends[e.Type]; ok && end >= e.Offset {
				return false
			}
			ends[e.Type] = e.end()
		}
		stack = append(stack, e)
	}
	return true
}

// disjoint keeps of a sorted list what does not begin inside one kept before.
func disjoint(list []Entity) []Entity {
	var out []Entity
	end := 0
	for _, e := range list {
		if e.Offset >= end {
			out, end = append(out, e), e.end()
		}
	}
	return out
}

// notAcross drops what contains or crosses a quote; what lies inside one stays.
func notAcross(list, quotes []Entity) []Entity {
	var out []Entity
next:
	for _, e := range list {
		for _, q := range quotes {
			if e.Offset < q.end() && q.Offset < e.end() && (q.Offset > e.Offset || q.end() < e.end()) {
				continue next
			}
		}
		out = append(out, e)
	}
	return out
}

// splitStyles joins styles of one kind that touch, and cuts them at every edge of another
// style or of what stands around; styles inside code are dropped.
func splitStyles(styles, others []Entity) []Entity {
	cuts := map[int]bool{}
	for _, e := range others {
		cuts[e.Offset], cuts[e.end()] = true, true
	}
	covered := func(at int) bool {
		for _, e := range others {
			if e.listing() && e.Offset <= at && at < e.end() {
				return true
			}
		}
		return false
	}
	joined := joinStyles(styles)
	for _, e := range joined {
		cuts[e.Offset] = true
	}
	var out []Entity
	for _, e := range joined {
		from := e.Offset
		for at := e.Offset + 1; at <= e.end(); at++ {
			if at < e.end() && !cuts[at] {
				continue
			}
			if !covered(from) {
				out = append(out, Entity{Type: e.Type, Offset: from, Length: at - from})
			}
			from = at
		}
	}
	sortEntities(out)
	return out
}

func joinStyles(styles []Entity) []Entity {
	var out []Entity
	last := map[string]int{}
	for _, e := range styles {
		if i, ok := last[e.Type]; ok && e.Offset <= out[i].end() {
			out[i].Length = max(out[i].end(), e.end()) - out[i].Offset
			continue
		}
		last[e.Type] = len(out)
		out = append(out, e)
	}
	return out
}
