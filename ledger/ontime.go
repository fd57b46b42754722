package ledger

// Good payers: who paid the last of his invoices on time, and when he was thanked for it.

// OnTime is how many of a customer's last invoices were paid on time, one after the other: see
// View.OnTime.
type OnTime struct {
	Count  int       // in a row, from the newest back
	Last   Date      // the latest day on which one of them was paid
	Newest InvoiceID // the newest of them
}

// OnTime counts the invoices that c paid on time, from the newest back to the first that he did
// not, at most so many, and none up to an invoice (0: all). On time is in full, and by its last due
// date. An invoice that is not due yet does not count; one that is overdue, was paid late or was
// given up ends the count. What claims interest or costs, was replaced or taken back, or asked for no
// money after its credit notes, is passed over.
func (v *View) OnTime(c *Customer, after InvoiceID, most int) (out OnTime) {
	today := DateOf(v.Now, c.Zone)
	for m := v.s.moves.at(c.lastMove); m != nil && out.Count < most; m = v.s.moves.at(m.before) {
		inv := v.Invoice(m.invoice)
		if inv == nil || m.beforeHere != 0 { // not the move that made an invoice
			continue
		}
		switch {
		case inv.ID <= after:
			return out
		case inv.Void || inv.Nature != NaturePrincipal || inv.ReplacedBy != 0:
		case inv.WrittenOff != 0 || inv.Overdue(today):
			return out
		case inv.Open > 0 || inv.Paid == 0:
		case inv.ClosedOn > inv.LastDue:
			return out
		default:
			out.Count++
			out.Last, out.Newest = max(out.Last, inv.ClosedOn), max(out.Newest, inv.ID)
		}
	}
	return out
}

// Thanked is the local day on which c was thanked last, 0 for never.
func (v *View) Thanked(c *Customer) Date { return v.s.thanked[c.ID] }

// thankedFor notes that thanks are on their way.
func (s *state) thankedFor(x *NoticeQueued) { put(s, s.thanked, x.Customer, x.For) }
