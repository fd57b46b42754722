package commands

import (
	"regexp"
	"strings"

	"duebot/commands/card"
	"duebot/ledger"
)

// contactOptions are what a line says about how a customer is reached:
//
//	option = "email=" ( address { "," address } | "none" ) | "channel=" ( "telegram" | "email" | "none" )
//	       | "mailreminders=" ( "on" | "off" ) | "phone=" ( number | "none" )
//	       | "statements=" ( "monthly" | "quarterly" ) [ ",always" ] | "off" | "default"
//	       | "requires=" ( "none" | need { "," need } ) .
//	need   = "order number" | "cost centre" | "buyer code" .
type contactOptions struct {
	mails   []string
	renamed bool // mails is set
	channel *string
	stopped *bool
	phone   *string

	statements *ledger.WantsStatements

	required bool // requires is set
	requires []ledger.Requirement
}

// take reads one option; known is false for one that is about something else.
func (o *contactOptions) take(key, value string) (known bool, err error) {
	switch key {
	case "email":
		o.renamed, o.mails = true, nil
		for _, a := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
			if !strings.EqualFold(a, "none") {
				o.mails = append(o.mails, plainMail(a))
			}
		}
	case "phone":
		if strings.EqualFold(value, "none") {
			value = ""
		}
		o.phone = &value
	case "channel":
		channel := strings.ToLower(value)
		switch channel {
		case "none":
			channel = ""
		case "email":
			channel = ledger.ChannelMail
		}
		o.channel = &channel
	case "requires":
		o.required = true
		o.requires, err = requiresOption(value)
		return true, err
	case "statements":
		wants, err := statementsOption(value)
		o.statements = &wants
		return true, err
	case "mailreminders":
		stopped := strings.EqualFold(value, "off")
		if !stopped && !strings.EqualFold(value, "on") {
			return true, ledger.Refuse(ledger.BadInput, "mailreminders.form", "text", value)
		}
		o.stopped = &stopped
	default:
		return false, nil
	}
	return true, nil
}

// linked is an address as Slack sends it: it makes a link of what looks like one.
var linked = regexp.MustCompile(`^<mailto:([^|>]*)(?:\|[^>]*)?>$`)

func plainMail(s string) string {
	if m := linked.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return s
}

// set books the options, and reports whether any of them is news.
func (o *contactOptions) set(tx *ledger.Tx, cust *ledger.Customer) (changed bool, err error) {
	if o.renamed {
		if changed, err = tx.SetMails(cust, o.mails); err != nil {
			return false, err
		}
	}
	if o.phone != nil {
		news, err := tx.SetPhone(cust, *o.phone)
		if err != nil {
			return false, err
		}
		changed = changed || news
	}
	if o.required {
		news, err := tx.Require(cust, o.requires)
		if err != nil {
			return false, err
		}
		changed = changed || news
	}
	if o.channel != nil {
		news, err := tx.ChooseChannel(cust, *o.channel)
		if err != nil {
			return false, err
		}
		changed = changed || news
	}
	if w := o.statements; w != nil {
		news, err := tx.ChooseStatements(cust, w.Every, w.Always)
		if err != nil {
			return false, err
		}
		changed = changed || news
	}
	if o.stopped != nil {
		news, err := tx.StopMailReminders(cust, *o.stopped)
		return changed || news, err
	}
	return changed, nil
}

// contactFields are how a customer is reached by e-mail, and what he chose.
func contactFields(v *ledger.View, cust *ledger.Customer) (out []card.Field) {
	if list := cust.MailAddresses(); len(list) > 0 {
		value := card.Plain(strings.Join(list, ", "))
		if cust.MailStopped {
			value = card.Join(value, card.T("mail.stopped"))
		}
		out = append(out, card.Field{Label: card.T("field.mail"), Value: value})
	}
	if phone := v.Phone(cust); phone != "" {
		out = append(out, card.Field{Label: card.T("col.phone"), Value: card.Plain(phone)})
	}
	if cust.NextCall != 0 {
		out = append(out, card.Field{Label: card.T("field.nextcall"), Value: card.T("value", "value", cust.NextCall)})
	}
	if w := v.StatementsOf(cust); w.Every != ledger.StatementsAsSet {
		value := card.T("statements.every." + w.Every.String())
		if w.Always {
			value = card.Join(value, card.T("statements.always"))
		}
		out = append(out, card.Field{Label: card.T("field.statements"), Value: value})
	}
	if cust.Channel != "" {
		out = append(out, card.Field{Label: card.T("field.channel"), Value: card.T("channel." + cust.Channel)})
	}
	return out
}

// Unsubscribe ends a customer's reminders by e-mail, and tells staff. It reports false for a
// customer who is not there.
func (d *Desk) Unsubscribe(tx *ledger.Tx, id ledger.CustomerID) (bool, error) {
	cust := tx.Customer(id)
	if cust == nil {
		return false, nil
	}
	changed, err := tx.StopMailReminders(cust, true)
	if !changed || err != nil {
		return err == nil, err
	}
	return true, tx.Notify(ledger.NoticeQueued{Kind: ledger.NoticeTask, Customer: id, Address: d.FinanceChannel, Code: "unsubscribed"})
}
