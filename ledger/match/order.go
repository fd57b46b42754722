package match

// orderMin and orderDigits are how many letters and digits, and how many digits, the buyer's own
// number must have to tell his order: "Mai" and "12" tell nothing.
const (
	orderMin    = 5
	orderDigits = 4
)

// foldOrder is a buyer's own number as it is compared, "" for one that tells nothing.
func foldOrder(s string) string {
	if s == "" {
		return ""
	}
	t := readText(s)
	digits := 0
	for _, r := range t.runes {
		if isDigit(r) {
			digits++
		}
	}
	dated := len(t.tokens) > 0 && t.tokens[0].dated && digits <= 8 // a day is nobody's order
	if len(t.runes) < orderMin || len(t.runes) > orderMax || digits < orderDigits || dated {
		return ""
	}
	return string(t.runes)
}

// orderMax is how long such a number may be, and orderCuts in how many pieces it may stand.
const (
	orderMax  = 35
	orderCuts = 5
)

// ordered finds the invoices whose buyer's own number stands in t as a whole: it counts with
// further evidence, since it is a number of his and not of ours.
func (b *Book) ordered(t *text) (hits []hit) {
	if len(b.orders.one)+len(b.orders.more) == 0 {
		return nil
	}
	for end := 1; end <= len(t.runes); end++ {
		if end < len(t.runes) && t.gaps[end] == joined {
			continue
		}
		cuts := 0
		for start := end - 1; start >= 0 && end-start <= orderMax && cuts < orderCuts; start-- {
			if t.gaps[start] == joined && start > 0 {
				continue
			}
			cuts++
			if end-start >= orderMin {
				hits = append(hits, b.ofOrder(t, start, end)...)
			}
			if start > 0 && t.gaps[start] > spaced {
				break
			}
		}
	}
	return hits
}

func (b *Book) ofOrder(t *text, start, end int) (hits []hit) {
	said := string(t.runes[start:end])
	slots := b.orders.get(hashOf(said))
	if len(slots) > bucketMax {
		return nil
	}
	for _, slot := range slots {
		if b.items[slot].order == said {
			hits = append(hits, hit{slot: slot, start: start, end: end, grade: gradeBare, exact: true, lettered: true, order: true})
		}
	}
	return hits
}
