package reminders

// Presets are the policies that are there without a setting, the mildest first, and those for
// consumers of some countries.
func Presets() []*Policy {
	return append([]*Policy{
		{Name: "gentle", Before: []int{5}, Interval: 5, Week: 1, Month: 3, Steps: []Step{
			{7, Friendly, Message}, {21, Friendly, Message}, {35, Plain, Message}, {60, Firm, Message}}},
		// Consumers are pressed less, and by fewer words: the last tone is that of a letter, which
		// what a law says of collecting asks for before anything else.
		{Name: "consumer", Before: []int{3}, Interval: 6, Week: 1, Month: 4, Steps: []Step{
			{5, Friendly, Message}, {14, Plain, Message}, {28, Firm, Message}, {45, Final, Message}}},
		Standard(),
		{Name: "strict", Before: []int{7, 2, 0}, Interval: 2, Week: 3, Steps: []Step{
			{1, Plain, Message}, {4, Firm, Message}, {9, Firm, Message}, {14, Final, Message}}},
	}, consumers()...)
}
