package match

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"duebot/ledger"
	"duebot/ledger/names"
)

// wordIndex says in whose names a word stands: by its key, and by its consonants.
type wordIndex struct {
	keys  map[string][]ledger.CustomerID
	bones map[string][]ledger.CustomerID
	total int
}

func newWordIndex() wordIndex {
	return wordIndex{map[string][]ledger.CustomerID{}, map[string][]ledger.CustomerID{}, 0}
}

// bonesMin is how many consonants tell a word, where the vowels are known too.
const bonesMin = 3

// boned reports whether a word is looked up by its consonants: of scripts that write no more two
// are enough.
func boned(w *names.Word) bool {
	return len(w.Bones) >= bonesMin || w.Script == names.Arab && len(w.Bones) >= bonesMin-1
}

func (x *wordIndex) add(n *name, id ledger.CustomerID) {
	x.total++
	for _, w := range n.words {
		x.keys[w.Key] = append(x.keys[w.Key], id)
		if boned(&w) {
			x.bones[w.Bones] = append(x.bones[w.Bones], id)
		}
	}
}

func (x *wordIndex) drop(n *name, id ledger.CustomerID) {
	x.total--
	for _, w := range n.words {
		dropFrom(x.keys, w.Key, id)
		if boned(&w) {
			dropFrom(x.bones, w.Bones, id)
		}
	}
}

func dropFrom(m map[string][]ledger.CustomerID, key string, id ledger.CustomerID) {
	list := m[key]
	if i := slices.Index(list, id); i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	if len(list) == 0 {
		delete(m, key)
	} else {
		m[key] = list
	}
}

// weight is how much a word tells: a rare one more.
func (x *wordIndex) weight(w *names.Word) int { return x.rarity(len(x.keys[w.Key])) }

// rarity is how much a word tells that so many names have.
func (x *wordIndex) rarity(have int) int { return 1 + bits.Len(uint(max(x.total, 16)/(have+1))) }

// among are the customers who share the rarest words with n, at most max of them.
func (x *wordIndex) among(n *name, most int) []ledger.CustomerID {
	score := map[ledger.CustomerID]int{}
	for _, w := range n.typed() {
		seen := map[ledger.CustomerID]bool{}
		count := func(near []ledger.CustomerID, less int) {
			if len(near) > namesakesMax {
				return
			}
			for _, id := range near {
				if !seen[id] {
					seen[id] = true
					score[id] += max(x.rarity(len(near))-less, 1)
				}
			}
		}
		count(x.keys[w.Key], 0)
		if len(w.Bones) >= bonesMin-1 {
			count(x.bones[w.Bones], 2)
		}
	}
	out := make([]ledger.CustomerID, 0, len(score))
	for id := range score {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b ledger.CustomerID) int {
		if score[a] != score[b] {
			return score[b] - score[a]
		}
		return int(a) - int(b)
	})
	return out[:min(len(out), most)]
}

// namesakesMax is how many customers may share a word by which one is looked up.
const namesakesMax = 400

// typed are the words of n in all the ways in which they may be meant.
func (n *name) typed() []names.Word {
	if n.asTyped == nil {
		n.asTyped = append(joinedWords(n.words), n.other...)
	}
	return n.asTyped
}

// joinedWords are words, and each two neighbours as one: HONG XING is Hongxing.
func joinedWords(words []names.Word) []names.Word {
	out := slices.Clone(words)
	for i := 1; i < len(words); i++ {
		if a, b := words[i-1], words[i]; a.Script == b.Script && len(a.Key)+len(b.Key) <= 24 {
			if both := names.Words(a.Key + b.Key); len(both) == 1 {
				out = append(out, both[0])
			}
		}
	}
	return out
}

// likeness is how much of a customer's name stands in what a bank writes, in hundredths; what
// the bank writes besides counts a little against it.
func (x *wordIndex) likeness(customer, written *name) int {
	typed := written.typed()
	have, all := 0, 0
	used := map[string]bool{}
	for i := range customer.words {
		w := &customer.words[i]
		weight, best, by := x.weight(w), 0, ""
		for j := range typed {
			if n := nearness(&typed[j], w, j == len(written.words)-1); n > best {
				best, by = n, typed[j].Key
			}
		}
		have, all = have+weight*best, all+weight*100
		used[by] = true
	}
	if all == 0 {
		return 0
	}
	strange, total := 0, 0
	for i := range written.words {
		w := &written.words[i]
		weight := x.weight(w)
		total += weight
		if bestNear(w, customer.words) == 0 && !partOf(used, w.Key) && !written.meant(used) {
			strange += weight
		}
	}
	return have * 100 / all * (4*total - strange) / max(4*total, 1)
}

// meant reports whether a word of n counts as one of those used in another reading.
func (n *name) meant(used map[string]bool) bool {
	return slices.ContainsFunc(n.other, func(w names.Word) bool { return used[w.Key] })
}

func bestNear(w *names.Word, words []names.Word) (best int) {
	for i := range words {
		best = max(best, nearness(w, &words[i], false))
	}
	return best
}

func partOf(used map[string]bool, key string) bool {
	for u := range used {
		if strings.Contains(u, key) {
			return true
		}
	}
	return false
}

// nearness is how near a written word is to a word of a name, in hundredths. The last word may
// be cut off, and any that is long.
func nearness(typed, named *names.Word, last bool) int {
	n := utf8.RuneCountInString(typed.Key)
	switch names.Near(typed, named) {
	case names.Same:
		return 100
	case names.OneOff:
		if n >= 5 {
			return 90
		}
	case names.Begins:
		if n >= 5 || last && n >= 2 {
			return 85
		}
	case names.TwoOff:
		if n >= 9 {
			return 80
		}
	case names.Skeleton:
		if len(typed.Bones) >= bonesMin {
			return 90
		}
		return 75
	}
	switch {
	case typed.Bones != named.Bones:
	case len(typed.Bones) >= bonesMin:
		return 85
	case (typed.Script == names.Arab) != (named.Script == names.Arab) && typed.Key != "" && named.Key != "" && typed.Key[0] == named.Key[0]:
		return 60 // short, and the vowels are left out in one of them
	}
	return 0
}
