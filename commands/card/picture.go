package card

// Picture is data to be drawn: who shows the card has it drawn in the reader's language,
// where his platform shows pictures. Its figures stand in Alt, and in the card itself.
type Picture struct {
	Kind   string `json:"kind"` // PictureAging
	Title  Text   `json:"title"`
	Note   Text   `json:"note,omitempty"`
	Groups []Bars `json:"groups"`
	Legend []Tone `json:"legend,omitempty"`
	Alt    []Text `json:"alt"` // the same in words, for those who do not see it

	ID string `json:"-"` // of the drawn picture where the platform keeps it; set by who shows the card
}

// PictureAging is who or what owes how much, as bars.
const PictureAging = "aging"

// Bars are those on one scale: of one currency.
type Bars struct {
	Heading Text  `json:"heading,omitempty"`
	Total   Text  `json:"total,omitempty"`
	Bars    []Bar `json:"bars"`
}

// Bar is one bar with its label and sum.
type Bar struct {
	Label Text   `json:"label"`
	Value Text   `json:"value"`
	Parts []Part `json:"parts"`
}

// Part is a part of a bar.
type Part struct {
	Tone  Tone  `json:"tone"`
	Minor int64 `json:"minor"`
}

// Tone is what a colour means: 0 is not due, 1 to 5 are older and older.
type Tone struct {
	Step    int  `json:"step,omitempty"`
	Hatched bool `json:"hatched,omitempty"` // disputed
	Label   Text `json:"label,omitempty"`   // in the legend
}
