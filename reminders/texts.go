package reminders

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// OwnText is what a company says in place of our words in reminders.
type OwnText struct {
	Policy   string            `json:"policy,omitempty"` // by which it is said; "": by all that have no other
	Language string            `json:"language"`
	Voice    string            `json:"voice"`           // a tone, or "soon" for the words before the due date
	Title    map[string]string `json:"title,omitempty"` // by plural form; none: ours
	Body     map[string]string `json:"body,omitempty"`
}

// Voices are the tones of words before the due date and of steps.
func Voices() []string {
	out := []string{Soon}
	for _, t := range Tones() {
		out = append(out, string(t))
	}
	return out
}

// Soon is the voice of words before the due date.
const Soon = "soon"

// Said is what a reminder is about.
type Said struct {
	Count    int // of invoices
	Company  string
	Customer string
	Total    card.Text // what is asked for of them
}

// Words are the title and the first sentences of a reminder by a policy, in one of its voices.
func (p *Policies) Words(policy, voice string, s Said) (title, body card.Text) {
	title = card.T("remind."+voice+".title", "count", s.Count, "company", s.Company, "customer", s.Customer, "total", s.Total)
	body = card.T("remind."+voice+".body", "count", s.Count, "company", s.Company, "customer", s.Customer, "total", s.Total)
	if slices.ContainsFunc(p.Texts, func(x OwnText) bool { return x.Policy == policy && policy != "" }) {
		title.Key += "/" + policy
		body.Key += "/" + policy
	}
	return title, body
}

// Own reports whether the words of a policy in a voice and a language are the company's.
func (p *Policies) Own(policy, voice, language string) bool {
	return p.OwnOf("", voice, language) || p.OwnOf(policy, voice, language)
}

// OwnOf reports whether the company has words for one policy alone, or with "" for all.
func (p *Policies) OwnOf(policy, voice, language string) bool {
	return slices.ContainsFunc(p.Texts, func(x OwnText) bool { return x.Policy == policy && x.Voice == voice && x.Language == language })
}

// said is what a reminder about some invoices is about.
func said(v *ledger.View, c *ledger.Customer, count int, sums map[ledger.Currency]ledger.Money) Said {
	return Said{Count: count, Company: v.Company().Name, Customer: v.CustomerName(c), Total: each(sums)}
}
