package bank

// Mapping says what the columns of a table mean.
type Mapping struct{}

// NeedsMapping is returned for a table whose columns a person has not confirmed yet.
type NeedsMapping struct {
	Proposed Mapping
	Head     []string
	Sample   [][]string
	Doubts   []string
}

func (n *NeedsMapping) Error() string { return "bank: the columns of the table are not confirmed" }
