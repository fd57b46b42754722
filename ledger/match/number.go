package match

import "duebot/ledger/names"

// number is how an invoice is called, cut into what spellings keep apart.
type number struct {
	atoms []atom
	main  int // the atom that tells the invoice from others
	year  int // the atom that is a year, -1: none
	canon uint64
	said  string // the letters in front, as they sound: СЧ is SCH abroad
}

// atom is a run of letters, or a run of digits.
type atom struct {
	digits bool
	runes  []rune
}

func readNumber(s string) number {
	t := readText(s)
	n := number{main: -1, year: -1, canon: canon(t.runes, t.gaps)}
	for i, r := range t.runes {
		digits := isDigit(r)
		if last := len(n.atoms) - 1; last >= 0 && n.atoms[last].digits == digits && (t.gaps[i] == joined || !digits) {
			n.atoms[last].runes = append(n.atoms[last].runes, r)
			continue
		}
		n.atoms = append(n.atoms, atom{digits, []rune{r}})
	}
	n.said = names.Key(string(t.written[:len(n.letters())]))
	n.choose()
	return n
}

// choose finds the year, and what tells the invoice: the longest of the other runs of digits,
// the last of those that are as long.
func (n *number) choose() {
	count := 0
	for _, a := range n.atoms {
		if a.digits {
			count++
		}
	}
	for i, a := range n.atoms {
		if a.digits && count > 1 && n.year < 0 && len(a.runes) == 4 && isYear(a.value()) {
			n.year = i
			continue
		}
		if a.digits && (n.main < 0 || len(a.runes) >= len(n.atoms[n.main].runes)) {
			n.main = i
		}
	}
	if n.main < 0 {
		n.main, n.year = n.year, -1
	}
}

func (a *atom) value() uint64 {
	v := uint64(0)
	for _, r := range a.runes {
		v = v*10 + uint64(r-'0')
	}
	return v
}

// letters are the letters that n begins with.
func (n *number) letters() []rune {
	if len(n.atoms) > 0 && !n.atoms[0].digits {
		return n.atoms[0].runes
	}
	return nil
}

// keys are the numbers by which n is looked up: what tells it, and all its digits in one, with
// the zeros that stand in front of each run and without.
func (n *number) keys() (out []uint64) {
	if n.main < 0 {
		return nil
	}
	all, lean := []rune(nil), []rune(nil)
	for _, a := range n.atoms {
		if a.digits {
			all = append(all, a.runes...)
			lean = append(lean, a.stripped()...)
		}
	}
	for _, digits := range [][]rune{n.atoms[n.main].runes, all, lean} {
		if v, ok := parse(digits); ok && !contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func contains(list []uint64, v uint64) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

// stripped is a without zeros in front.
func (a *atom) stripped() []rune {
	i := 0
	for i < len(a.runes)-1 && a.runes[i] == '0' {
		i++
	}
	return a.runes[i:]
}

// parse reads digits as a number; ok is false for too many.
func parse(digits []rune) (v uint64, ok bool) {
	n := 0
	for _, r := range digits {
		if v = v*10 + uint64(r-'0'); v > 0 {
			n++
		}
	}
	return v, len(digits) > 0 && n <= digitsMax
}

// size is how many letters and digits tell n.
func size(atoms []atom) (chars int) {
	for _, a := range atoms {
		chars += len(a.runes)
	}
	return chars
}
