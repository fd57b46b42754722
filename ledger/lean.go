package ledger

// lean is what a coder has when it reads facts only to apply them: it leaves out what no
// apply function looks at, knows texts that it has read before, and takes memory that the
// chunk before has used. So the bodies of the kinds below, postings and references live only
// until the next chunk: apply copies what it keeps.
type lean struct {
	document    bool // the fact at hand is an invoice: its details are only read over
	skipping    bool // inside of details
	names       [1024]string
	line        Line
	tax         TaxSum
	postings    []Posting
	invoices    []InvoiceIssued
	payments    []PaymentReceived
	allocations []Allocated
	notices     []NoticeQueued
	outcomes    []NoticeOutcome
}

// reset makes c ready for the next chunk.
func (c *coder) reset() {
	c.texts = c.texts[:0]
	if l := c.lean; l != nil {
		l.postings, l.invoices, l.payments = l.postings[:0], l.invoices[:0], l.payments[:0]
		l.allocations, l.notices, l.outcomes = l.allocations[:0], l.notices[:0], l.outcomes[:0]
	}
}

// body returns an empty body of kind k, nil for an unknown one. Most facts by far are of a
// few kinds.
func (c *coder) body(k factKind) Body {
	if l := c.lean; l != nil {
		l.document = k == kindInvoice
		switch k {
		case kindInvoice:
			return next(&l.invoices)
		case kindPayment:
			return next(&l.payments)
		case kindAllocation:
			return next(&l.allocations)
		case kindNotice:
			return next(&l.notices)
		case kindOutcome:
			return next(&l.outcomes)
		}
	}
	return newBody(k)
}

// next returns one more zero item of list, whose items before may move.
func next[T any](list *[]T) *T {
	var zero T
	*list = append(*list, zero)
	return &(*list)[len(*list)-1]
}

// text returns b as a string: the one that was read before, where it is among the last ones.
func (l *lean) text(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	// A few bytes tell most of them apart; those that fall together are only made again.
	n := len(b)
	h := uint(n)*131 + uint(b[0])*31 + uint(b[n/2])*7 + uint(b[n-1])<<3 + uint(b[n*3/4])*61
	known := &l.names[h%uint(len(l.names))]
	if *known != string(b) {
		*known = string(b)
	}
	return *known
}

// details codes a list of a document, lines or taxes. No apply function looks at those of an
// invoice; a draft in another fact keeps them.
func details[T any](c *coder, p *[]T, one func(*coder, *T)) {
	if c.lean == nil || !c.lean.document {
		list(c, p, one)
		return
	}
	var n uint64
	c.u64(&n)
	if n > uint64(len(c.buf)) {
		c.fail(errShort)
		return
	}
	c.lean.skipping = true
	x := scratch[T](c.lean)
	for i := uint64(0); i < n && c.err == nil; i++ {
		one(c, x)
	}
	c.lean.skipping = false
}

// scratch is where an item is read to that nobody looks at.
func scratch[T any](l *lean) *T {
	if x, ok := any(&l.line).(*T); ok {
		return x
	}
	if x, ok := any(&l.tax).(*T); ok {
		return x
	}
	return new(T)
}

// via codes a command's key. Only the keys of money are looked at again.
func (c *coder) via(p *string) {
	if c.lean == nil {
		str(c, p)
		return
	}
	b := c.take()
	if keptForEver(string(b[:min(len(b), 16)])) { // no prefix is longer
		*p = string(b)
	}
}

// entry codes the postings of a fact.
func (c *coder) entry(p *[]Posting) {
	n := uint64(len(*p))
	c.u64(&n)
	if c.writing {
		codePostings(c, *p)
		return
	}
	if n > uint64(len(c.buf)) { // a posting takes a byte at least
		c.fail(errShort)
		return
	}
	var own []Posting
	list := &own
	if c.lean != nil {
		list = &c.lean.postings
	}
	from := len(*list)
	for range n {
		*list = append(*list, Posting{})
	}
	*p = (*list)[from:len(*list):len(*list)]
	codePostings(c, *p)
}

func codePostings(c *coder, ps []Posting) {
	var before *Posting
	for i := range ps {
		if c.err != nil {
			return
		}
		ps[i].code(c, before)
		before = &ps[i]
	}
}
