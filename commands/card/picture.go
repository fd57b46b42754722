package card

// Picture is data to be drawn: who shows the card has it drawn in the reader's language,
// where his platform shows pictures. Its figures stand in Alt, and in the card itself.
type Picture struct {
	Kind   string `json:"kind"` // PictureAging, PictureCode
	Title  Text   `json:"title"`
	Note   Text   `json:"note,omitempty"`
	Groups []Bars `json:"groups,omitempty"`
	Code   string `json:"code,omitempty"` // what a PictureCode says to whoever scans it
	Legend []Tone `json:"legend,omitempty"`
	Alt    []Text `json:"alt"` // the same in words, for those who do not see it

	ID string `json:"-"` // of the drawn picture where the platform keeps it; set by who shows the card
}

// The kinds of Picture.
const (
	PictureAging = "aging" // who or what owes how much, as bars
	PictureCode  = "code"  // a link to be scanned
)

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
	Was   int64  `json:"was,omitempty"` // how long it was before, as an outline; 0: none
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
	Outline bool `json:"outline,omitempty"` // what was before
	Label   Text `json:"label,omitempty"`   // in the legend
}
