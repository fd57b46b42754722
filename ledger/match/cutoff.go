package match

import (
	"cmp"
	"slices"
)

// What a line names, and is too little for its sum: a list may go on where the bank cut it off.

// more proposes that what is over is for others of the customer's invoices: one, a group, those
// that fall due one after the other. Where the text ends in the beginning of a number, that one is
// among them, and some ways are told; else one. Discounted prices are tried first.
func (m *matching) more(hits []hit, items []*item) {
	rest := m.others(hits, items[0])
	next := m.begun(hits, rest)
	most := 1
	if len(next) > 0 {
		most = completionsMax
	}
	for _, price := range m.pricings(items, rest) {
		c := completing{rest: rest, next: next, price: func(it *item) int64 { return price(it).Amount.Minor }, left: m.line.Amount.Minor}
		for _, it := range items {
			c.left -= c.price(it)
		}
		if c.left <= 0 {
			continue
		}
		c.find()
		for n, add := range c.found[:min(len(c.found), most)] {
			f := fit{score: scoreGroup - n, why: reason("match.sum.together", "amount", m.line.Amount)}
			for _, it := range append(slices.Clone(items), add...) {
				f.parts = append(f.parts, price(it))
			}
			m.add(m.candidate(f, hits))
		}
	}
}

// pricings are the ways to price invoices: with their discounts, where any of them has one, and
// without.
func (m *matching) pricings(lists ...[]*item) []func(*item) Allocation {
	for _, items := range lists {
		for _, it := range items {
			if _, ok := it.earlyPay(m.line.Booked); ok {
				return []func(*item) Allocation{m.cheapest, m.full}
			}
		}
	}
	return []func(*item) Allocation{m.full}
}

// cheapest settles it with the discounted price, while there is one.
func (m *matching) cheapest(it *item) Allocation {
	if _, ok := it.earlyPay(m.line.Booked); ok {
		return m.early(it)
	}
	return m.full(it)
}

// others are the customer's open invoices that hits do not name, oldest due first.
func (m *matching) others(hits []hit, of *item) []*item {
	var slots []uint32
	for _, s := range m.book.customers[of.Customer].open {
		if !slices.ContainsFunc(hits, func(h hit) bool { return h.slot == s }) {
			slots = append(slots, s)
		}
	}
	return m.byDue(slots)
}

// completionsMax is how many ways to complete a list are told.
const completionsMax = 3

// completing looks for invoices of rest that make left together, with at least one of next among
// them, where there are any.
type completing struct {
	rest, next []*item
	price      func(*item) int64
	left       int64
	found      [][]*item
}

// nextMax is how many invoices are tried as the next of a list.
const nextMax = 12

func (c *completing) find() {
	for _, it := range c.rest {
		if c.price(it) == c.left {
			c.take([]*item{it})
		}
	}
	c.rows()
	if len(c.next) == 0 {
		c.groups(nil)
	}
	for _, first := range c.next[:min(len(c.next), nextMax)] {
		c.groups(first)
	}
	if len(c.found) == 0 && len(c.next) > 0 { // what stands at the end is something else
		c.next = nil
		c.find()
	}
}

func (c *completing) take(x []*item) {
	slices.SortFunc(x, byDueDate)
	same := func(y []*item) bool { return slices.Equal(x, y) }
	begun := len(c.next) == 0 || slices.ContainsFunc(x, func(it *item) bool { return slices.Contains(c.next, it) })
	if begun && len(c.found) < completionsMax && !slices.ContainsFunc(c.found, same) {
		c.found = append(c.found, x)
	}
}

// rows takes invoices that fall due one after the other.
func (c *completing) rows() {
	have, from := int64(0), 0
	for to, it := range c.rest {
		have += c.price(it)
		for have > c.left && from < to {
			have -= c.price(c.rest[from])
			from++
		}
		if have == c.left && to > from {
			c.take(slices.Clone(c.rest[from : to+1]))
		}
	}
}

// groups takes groups, with first among them where it is not nil.
func (c *completing) groups(first *item) {
	var from []*item
	var prices []int64
	for _, it := range c.rest {
		if it != first {
			from, prices = append(from, it), append(prices, c.price(it))
		}
	}
	var head []*item
	left := c.left
	if first != nil {
		if head, left = []*item{first}, left-c.price(first); left <= 0 {
			return
		}
		if i := slices.Index(prices, left); i >= 0 {
			c.take([]*item{first, from[i]})
		}
	}
	for _, g := range groups(prices, left) {
		x := slices.Clone(head)
		for _, i := range g {
			x = append(x, from[i])
		}
		c.take(x)
	}
}

// begun are the invoices of rest whose number the end of the text begins with, after the last
// that hits name; nil where it ends in no such beginning.
func (m *matching) begun(hits []hit, rest []*item) (out []*item) {
	tail, ok := m.tail(hits)
	if !ok || len(tail) == 0 {
		return nil
	}
	digits := isDigit(tail[0])
	for _, it := range rest {
		n := &it.number
		if n.main < 0 {
			continue
		}
		var all []rune
		for _, a := range n.atoms {
			all = append(all, a.runes...)
		}
		if begins(all, tail) || digits && begins(n.atoms[n.main].stripped(), tail) {
			out = append(out, it)
		}
	}
	return out
}

func begins(whole, part []rune) bool {
	return len(part) <= len(whole) && slices.Equal(whole[:len(part)], part)
}

// tail is what stands behind the last of hits; ok is false where the text is so short that no
// bank cut it.
func (m *matching) tail(hits []hit) (tail []rune, ok bool) {
	t := readText(m.line.Text)
	end := 0
	for _, h := range hits {
		if h.end <= len(t.runes) && h.grade >= gradeListed {
			end = max(end, h.end)
		}
	}
	return t.runes[end:], end > 0 && len(t.runes) >= lineMin
}

// completeMost is how many other invoices a customer may have open for a list to be completed: of
// so few all choices are tried, and chance makes a sum of theirs in one of thousands.
const completeMost = 10

// cutOff settles a list that the bank cut off, where there is one way alone to complete it: all
// that is named is open and whole, the text ends in the list, and among all choices of what else
// the customer owes exactly one makes the sum.
func (m *matching) cutOff(all []hit) bool {
	named := slices.DeleteFunc(slices.Clone(all), func(h hit) bool { return h.grade < gradeListed })
	items := m.byDue(slotsOf(named))
	if len(items) == 0 || len(items) != len(named) || slices.ContainsFunc(items, func(it *item) bool { return it.Customer != items[0].Customer }) {
		return false
	}
	rest := m.others(named, items[0])
	tail, ok := m.tail(named)
	next := m.begun(named, rest)
	if !ok || len(rest) == 0 || len(rest) > completeMost || len(tail) > 0 && len(next) == 0 || len(tail) == 0 && len(named) < 2 || len(tail) < tailMin && len(named) < 2 {
		return false
	}
	parts, found := m.onlyWay(items, rest, next)
	if found != 1 {
		return false
	}
	c := m.candidate(fit{parts: parts, score: scoreExact - 1, why: reason("match.sum.completed", "amount", m.line.Amount, "count", len(parts)-len(items))}, named)
	c.posts = true
	m.add(c)
	return true
}

// tailMin is how much of a number must stand at the end where one invoice alone is named before
// it.
const tailMin = 4

// onlyWay counts the ways in which items and some of rest, with one of next among them, make the
// line's sum, each at the price of its day or at the one with discount; it returns the first.
func (m *matching) onlyWay(items, rest, next []*item) (parts []Allocation, found int) {
	whole := append(slices.Clone(items), rest...)
	var chosen []Allocation
	steps := 100_000
	var try func(i int, left int64, added, begun bool)
	try = func(i int, left int64, added, begun bool) {
		if steps--; steps < 0 {
			found = 2 // too many to be sure of one
		}
		if left < 0 || found > 1 {
			return
		}
		if i == len(whole) {
			if left == 0 && added && begun {
				if found++; found == 1 {
					parts = slices.Clone(chosen)
				}
			}
			return
		}
		it := whole[i]
		other := i >= len(items)
		prices := []Allocation{m.full(it)}
		if _, ok := it.earlyPay(m.line.Booked); ok {
			prices = append(prices, m.early(it))
		}
		for _, a := range prices {
			chosen = append(chosen, a)
			try(i+1, left-a.Amount.Minor, added || other, begun || other && slices.Contains(next, it))
			chosen = chosen[:len(chosen)-1]
		}
		if other {
			try(i+1, left, added, begun)
		}
	}
	try(0, m.line.Amount.Minor, false, len(next) == 0)
	slices.SortStableFunc(parts, func(a, b Allocation) int {
		return cmp.Compare(m.book.items[m.book.slots[a.Invoice]].Due, m.book.items[m.book.slots[b.Invoice]].Due)
	})
	return parts, found
}
