package commands

import (
	"sort"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// Who may do what: a command and a button name the roles that may use them. The roles are
// nested: a manager may all that finance may, and finance all that sales may; so of several
// roles the widest holds, and that is their union. Only an auditor looks at all and does
// nothing, which Staff.Audits adds to another role.
//
// Sales see and change their own customers: those whom they own or stand in for, and those
// whom nobody looks after. One function decides, lens, and the books ask it wherever a
// customer or an invoice is named (ledger.View.May); lists leave out whom it refuses.

// may reports whether cmd is for one of s's roles.
func (s Staff) may(cmd Command) bool { return may(cmd, s.Role) || s.Audits && may(cmd, Auditor) }

func may(cmd Command, role Role) bool {
	for _, r := range cmd.Who {
		if r == role {
			return true
		}
	}
	return false
}

// forbidden says why, and whom to ask.
func forbidden(cmd Command, role Role) *ledger.Refusal {
	if role == "" {
		return &ledger.Refusal{Kind: ledger.Forbidden, Key: "role.none"}
	}
	who := make([]string, len(cmd.Who))
	for i, r := range cmd.Who {
		who[i] = string(r)
	}
	sort.Strings(who)
	return &ledger.Refusal{Kind: ledger.Forbidden, Key: "role.not", Args: []any{"verb", cmd.Name, "role", string(role), "who", strings.Join(who, ", ")}}
}

// forbid refuses cmd; line is what was typed, which somebody else may be asked to run.
func (d *Desk) forbid(cmd Command, who Staff, line string) card.Reply {
	r := forbidden(cmd, who.Role)
	d.noted(r)
	reply := refused(r)
	d.offer(reply.Card, who, r, line)
	return reply
}

// noted hands err back, and tells whoever counts them when it refuses somebody what is not his.
func (d *Desk) noted(err error) error {
	if r, ok := ledger.AsRefusal(err); ok && r.Kind == ledger.Forbidden {
		d.turnedAway(r.Key)
	}
	return err
}

func (d *Desk) turnedAway(key string) {
	if d.Refused != nil {
		d.Refused(key)
	}
}

// lens is what who may name in cmd: nil for all.
func (d *Desk) lens(who Staff, cmd Command) func(*ledger.Customer) error {
	if who.Role != Sales || d.SalesSeeAll || (cmd.Reads || cmd.Shows) && who.Audits {
		return nil
	}
	return func(c *ledger.Customer) error {
		if c.LookedAfterBy(who.ID) {
			return nil
		}
		owner := c.Owner
		if owner == "" {
			owner = c.Substitute
		}
		return ledger.Refuse(ledger.Forbidden, "customer.others", "customer", c.Handle, "owner", card.User(owner))
	}
}

// ownNote says on a list that customers of others were left out.
func ownNote(v *ledger.View, k *card.Card) {
	if v.May != nil {
		k.Note = append(k.Note, card.T("own.note"))
	}
}

// ownOnly reports whether sales may use cmd for their own customers only.
func (d *Desk) ownOnly(cmd Command) bool {
	names := strings.Join(cmd.Usage, " ")
	return may(cmd, Sales) && !d.SalesSeeAll && (strings.Contains(names, "customer") || strings.Contains(names, "<invoice"))
}
