package bank

// confirmed is what a person says to a proposal: yes.
func confirmed(n *NeedsMapping) *Mapping { return &n.Proposed }
