package ledger

// openItem is what aging asks of an open invoice. A customer's items lie one after another,
// so that the aging of all reads memory in order, however many invoices lie between them.
type openItem struct {
	invoice  InvoiceID
	due      Date
	open     int64
	currency uint16 // index into state.currencies
	plain    bool   // never disputed and without conditions: due and open tell all
}

func (s *state) itemOf(inv *Invoice) openItem {
	return openItem{inv.ID, inv.Due, inv.Open, s.currencyIndex(inv.Currency), inv.lastDisputed == 0 && inv.cond == nil}
}

// addItem lists inv among its customer's open items.
func (s *state) addItem(inv *Invoice) {
	for int(inv.Customer) >= len(s.items) {
		set(s, &s.items, append(s.items, nil))
	}
	list := &s.items[inv.Customer]
	set(s, list, append(*list, s.itemOf(inv)))
}

// dropItem takes inv off the list; the last item takes its place.
func (s *state) dropItem(inv *Invoice) {
	list := &s.items[inv.Customer]
	last := len(*list) - 1
	for i := range *list {
		if item := &(*list)[i]; item.invoice == inv.ID {
			if i != last {
				set(s, item, (*list)[last])
			}
			// Clipped: another item must not take a place that a refused command gives back.
			if s.replay {
				*list = (*list)[:last]
			} else {
				set(s, list, (*list)[:last:last])
			}
			return
		}
	}
}

// noteItem brings inv's item up to what is open and disputed now, if it is open.
func (s *state) noteItem(inv *Invoice) {
	for i, item := range s.itemsOf(inv.Customer) {
		if item.invoice == inv.ID {
			set(s, &s.items[inv.Customer][i], s.itemOf(inv))
			return
		}
	}
}

// itemsOf are a customer's open items, in no order; they must not be changed.
func (s *state) itemsOf(id CustomerID) []openItem {
	if int(id) >= len(s.items) {
		return nil
	}
	return s.items[id]
}
