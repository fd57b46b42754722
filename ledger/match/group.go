package match

// groupMax is how many invoices a payment without a reference may be for, unless it is for all.
const groupMax = 5

// reachOf says, by the size of a group, among how many of the oldest invoices it is sought: the
// groups of five of a large account are too many to try, and too many to mean anything.
var reachOf = [groupMax + 1]int{2: 300, 3: 120, 4: 48, 5: 26}

// groupsMax is how many groups of one size are told.
const groupsMax = 3

// groups finds the smallest groups of two to five prices that add up to target: the smallest
// group first, then the oldest. Prices are in order of age.
func groups(prices []int64, target int64) (out [][]int) {
	for size := 2; size <= groupMax && len(out) == 0; size++ {
		s := search{target: target, size: size, steps: 30_000}
		s.begin(prices[:min(len(prices), reachOf[size])])
		out = s.found
	}
	return out
}

// search looks for groups of one size. The last of a group is looked up, not sought.
type search struct {
	prices []int64
	target int64
	size   int
	at     map[int64][]int // where a price stands
	chosen []int
	found  [][]int
	steps  int // that are left: a bound, whatever the prices are
}

func (s *search) begin(prices []int64) {
	s.prices, s.at = prices, make(map[int64][]int, len(prices))
	for i, p := range prices {
		if p > 0 && p < s.target {
			s.at[p] = append(s.at[p], i)
		}
	}
	s.next(0, s.target)
}

func (s *search) next(from int, left int64) {
	if len(s.chosen) == s.size-1 {
		for _, i := range s.at[left] {
			if i >= from {
				s.found = append(s.found, append(append([]int(nil), s.chosen...), i))
				return
			}
		}
		return
	}
	for i := from; i < len(s.prices); i++ {
		if s.steps--; s.steps < 0 || len(s.found) >= groupsMax {
			return
		}
		if p := s.prices[i]; p > 0 && p < left {
			s.chosen = append(s.chosen, i)
			s.next(i+1, left-p)
			s.chosen = s.chosen[:len(s.chosen)-1]
		}
	}
}
