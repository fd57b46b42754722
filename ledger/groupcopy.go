package ledger

import (
	"fmt"
	"io"
	"slices"
	"strconv"
)

// groupCopy is the message by which a group heard of an invoice, beside the one to its customer:
// it is edited as that is.
type groupCopy struct {
	message NoticeID
	edit    NoticeID // the newest edit of it
}

// shownToGroup notes such a message, or an edit of one.
func (s *state) shownToGroup(x *NoticeQueued, id NoticeID) {
	list := slices.Clone(s.groupCopies[x.Invoice])
	switch x.Kind {
	case NoticeGroup:
		list = append(list, groupCopy{message: id})
	case NoticeGroupEdit:
		for i := range list {
			if list[i].message == x.GroupCopy() {
				list[i].edit = id
			}
		}
	default:
		return
	}
	put(s, s.groupCopies, x.Invoice, list)
}

// GroupCopy is the message of a group's that an edit changes, 0 for no such edit.
func (n *NoticeQueued) GroupCopy() NoticeID {
	if n.Kind != NoticeGroupEdit {
		return 0
	}
	id, _ := strconv.ParseUint(n.Code, 10, 32)
	return NoticeID(id)
}

// editGroups queues edits of the messages that show an invoice to groups, but for those that an
// edit on its way, or the message itself, will show as it is now.
func (tx *Tx) editGroups(inv *Invoice) error {
	for _, g := range slices.Clone(tx.s.groupCopies[inv.ID]) {
		if n := tx.s.open[g.edit]; n != nil && n.Attempt.At.IsZero() {
			continue
		}
		chat, _, stands, err := tx.NoticeMessage(g.message)
		if n := tx.s.open[g.message]; n != nil && !n.Attempt.At.IsZero() {
			chat, stands = n.Who, true // it may be there in a moment
		}
		if err != nil {
			return err
		}
		if !stands {
			continue
		}
		err = tx.Notify(NoticeQueued{Kind: NoticeGroupEdit, Customer: inv.Customer, Invoice: inv.ID, Who: chat, Code: strconv.Itoa(int(g.message))})
		if err != nil {
			return err
		}
	}
	return nil
}

func dumpGroupCopies(w io.Writer, s *state) {
	for id := InvoiceID(1); id <= InvoiceID(s.invoices.n); id++ {
		for _, g := range s.groupCopies[id] {
			fmt.Fprintf(w, "invoice %d shown to a group by %d edit %d\n", id, g.message, g.edit)
		}
	}
}
