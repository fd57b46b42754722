package card

// Form is what a command asks when it came without its words: a modal in Slack. What was
// filled in becomes the words of the same typed line, so that form and line know one rule.
type Form struct {
	Title  Text    `json:"title"`         // 24 characters once it is worded
	Submit Text    `json:"submit"`        // a verb, as short
	Do     string  `json:"do"`            // the verb that the filled form runs
	Arg    string  `json:"arg,omitempty"` // what it is about already; sealed, and handed back
	Body   []Text  `json:"body,omitempty"`
	Fields []Input `json:"fields"`
	More   Text    `json:"more,omitempty"` // a button that makes the form again, one line longer
	// Instead says that the answer takes the place of the message whose button opened the form.
	Instead bool `json:"instead,omitempty"`
}

// Kinds of Input, by what is asked for.
const (
	InputLine     = "line"     // one line of words, a sum, a number
	InputText     = "text"     // several lines
	InputDate     = "date"     // a day; its value is written 2026-12-31
	InputChoice   = "choice"   // one of Options
	InputTick     = "tick"     // yes or no; its value is "yes" or ""
	InputPerson   = "person"   // a member of staff; its value is a Slack user id
	InputCustomer = "customer" // found by typing; its value is a handle
	InputInvoice  = "invoice"  // found by typing; its value is a number
	InputAccount  = "account"  // an invoice or a customer, found by typing
)

// Input is one field of a form.
type Input struct {
	Name     string   `json:"name"` // what its value is called
	Kind     string   `json:"kind"`
	Label    Text     `json:"label"`
	Hint     Text     `json:"hint,omitempty"`    // small, below: an example
	Example  Text     `json:"example,omitempty"` // in the empty field
	Value    string   `json:"value,omitempty"`   // what it holds at first
	Shown    Text     `json:"shown,omitempty"`   // that value in words, where it is found by typing; of a tick, what it says
	Options  []Option `json:"options,omitempty"`
	Optional bool     `json:"optional,omitempty"`
	Again    bool     `json:"again,omitempty"` // a change makes the form again, with what it holds
}

// Option is one of a choice.
type Option struct {
	Value string `json:"value"`
	Label Text   `json:"label"`
}

// Wrong is what is wrong with a field, so that the form stays open and says it there.
type Wrong struct {
	Field string `json:"field"`
	Text  Text   `json:"text"`
}
