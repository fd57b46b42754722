package commands

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"duebot/commands/card"
	"duebot/ledger"
)

// asksNothing are the verbs that need no words, or only the label of what a list shows.
var asksNothing = []string{"pilot", "statements", "help", "notices", "drafts", "rates", "approvals", "campaigns", "unknown", "import", "payouts"}

func formOfVerb(t *testing.T, d *Desk, who Staff, verb, subject string, holds map[string]string) *card.Form {
	t.Helper()
	cmd, _ := find(verb)
	c := &Call{Desk: d, Who: who, Line: subject, Args: split(subject), asking: true, holds: holds}
	f, err := d.form(c, cmd)
	if err != nil || f == nil {
		t.Fatalf("%s about %q: no form (%v)", verb, subject, err)
	}
	return f
}

// formDesk has the books of rightsDesk, and a manager who may see all of them.
func formDesk(t *testing.T) (*Desk, Staff) {
	d := rightsDesk(t)
	d.Languages = []string{"en", "ru"}
	d.Digest = DigestDesk{Reads: func(string) bool { return true }, Zone: func(string) *time.Location { return time.UTC }}
	return d.Desk, Staff{ID: me, Role: Manager}
}

// Every verb that takes words has a form, whose fields have names of their own; and a form
// that is filled in makes a line that the verb reads.
func TestEveryVerbHasAForm(t *testing.T) {
	d, manager := formDesk(t)
	for _, cmd := range Table() {
		words := strings.Contains(strings.Join(cmd.Usage, " "), "<")
		if words == (cmd.Form == nil) && !slices.Contains(asksNothing, cmd.Name) {
			t.Errorf("%s has a form: %v, takes words: %v", cmd.Name, cmd.Form != nil, words)
		}
		if (cmd.Form == nil) != (cmd.Words == nil) {
			t.Errorf("%s has only one of Form and Words", cmd.Name)
		}
		if cmd.Form == nil {
			continue
		}
		f := formOfVerb(t, d, manager, cmd.Name, "", nil)
		seen := map[string]bool{}
		for _, in := range f.Fields {
			if seen[in.Name] || in.Name == "" {
				t.Errorf("%s: two fields are called %q", cmd.Name, in.Name)
			}
			seen[in.Name] = true
		}
		if len(f.Fields) > 6 {
			t.Errorf("%s asks for %d things", cmd.Name, len(f.Fields))
		}
	}
}

// A form filled with what a typed line says makes the same line: the same words, or others
// that are answered with the same reply.
func TestFilledFormReadsAsTheLine(t *testing.T) {
	for _, x := range []struct {
		name, verb, arg string
		values          map[string]string
		want            string
	}{
		{"an invoice of two lines", "invoice", "", map[string]string{"customer": "acme", "text1": "Consulting, October", "price1": "3 x 1200", "text2": "Hosting", "price2": "1 x 99", "tax": "19%", "due": "14d"},
			`acme 3 x 1200 "Consulting, October" + 1 x 99 "Hosting" tax 19% due 14d`},
		{"a line with options of its own", "invoice", "acme", map[string]string{"text1": "Paper", "price1": "10 x 8.50 (tax 7% reduced, disc 10%)", "text2": "Delivery", "price2": "40", "tax": "19% incl off 5%"},
			`acme 10 x 8.50 "Paper" ( tax 7% reduced, disc 10% ) + 40 "Delivery" tax 19% incl off 5%`},
		{"another currency behind the price", "invoice", "acme", map[string]string{"text1": "Design", "price1": "1 000 USD"}, `acme 1000 "Design" currency USD`},
		{"reverse charge, and an order number of two words", "invoice", "acme", map[string]string{"text1": "Design", "price1": "1200", "tax": "reverse", "due": "net 30", "ref": "PO 4711"},
			`acme 1200 "Design" reverse due net 30 ref "PO 4711"`},
		{"quotes in a text", "invoice", "acme", map[string]string{"text1": `A 12" pipe + "cap" (red)`, "price1": "5"}, `acme 5 "A 12″ pipe + ″cap″ (red)"`},
		{"a payment with what was kept back", "payment", "INV-2026-000001", map[string]string{"sum": "980", "date": "2026-10-14", "options": `withheld 20 offset 5 "our order"`, "reference": "transfer 4711"},
			`INV-2026-000001 980 2026-10-14 withheld 20 offset 5 "our order" "transfer 4711"`},
		{"a payment in another currency, with spaces between digits", "payment", "", map[string]string{"account": "acme", "sum": "1 500,50 USD"}, `acme 1500,50 USD`},
		{"cash", "payment", "acme", map[string]string{"sum": "50", "date": "2026-10-14", "cash": "yes", "reference": "cash"}, `acme 50 2026-10-14 cash "cash"`},
		{"a cheque", "cheque", "", map[string]string{"account": "INV-2026-000001", "sum": "1 500", "number": "004711", "dated": "2026-12-15", "bank": "Banca Mare", "drawer": "Ion Ț."},
			`INV-2026-000001 1500 no "004711" dated 2026-12-15 bank "Banca Mare" drawer "Ion Ț."`},
		{"a cheque that bounced", "cheque", "CH-1 bounced", map[string]string{"why": "no funds", "date": "2026-10-14", "fee": "15"}, `CH-1 bounced "no funds" fee 15 2026-10-14`},
		{"a cheque given back", "cheque", "CH-1 returned", map[string]string{"why": "he pays by bank"}, `CH-1 returned "he pays by bank"`},
		{"another cheque in its place", "cheque", "acme CH-1 replace", map[string]string{"sum": "100", "number": "12", "dated": "2026-12-15"}, `acme 100 no "12" dated 2026-12-15 replaces CH-1`},
		{"a receipt that is void", "cash", "CASH-2026-000001 void", map[string]string{"why": "typed twice"}, `CASH-2026-000001 void "typed twice"`},
		{"a reference that looks like an option", "payment", "acme", map[string]string{"sum": "1", "reference": "fee 5"}, `acme 1 "fee 5"`},
		{"a credit of a sum", "credit", "INV-2026-000001", map[string]string{"sum": "99", "why": "You are right"}, `INV-2026-000001 99 "You are right"`},
		{"a credit of lines", "credit", "INV-2026-000001", map[string]string{"sum": "", "line1": "", "line2": "1", "why": "One seat less"}, `INV-2026-000001 line 2 x 1 "One seat less"`},
		{"a credit of lines out of many", "credit", "INV-2026-000001", map[string]string{"sum": "", "lines": "2 x 1 + 5", "why": ""}, `INV-2026-000001 line 2 x 1 line 5`},
		{"a whole plan", "plan", "acme", map[string]string{"count": "3", "every": "monthly", "from": "2026-11-01"}, `acme 3 monthly from 2026-11-01`},
		{"the parts of a plan", "plan", "acme", map[string]string{"count": "3", "every": "monthly", "parts": "400 2026-11-01, 405 2027-01-01"}, `acme 400 2026-11-01, 405 2027-01-01`},
		{"a dispute is rejected", "dispute", "D-1", map[string]string{"how": "reject", "sum": "117.81", "why": "It was delivered"}, `resolve D-1 reject "It was delivered"`},
		{"a dispute ends with a credit note", "dispute", "", map[string]string{"dispute": "D-1", "how": "credit", "sum": "99", "why": ""}, `resolve D-1 credit 99`},
		{"a dispute ends with the credit of lines", "dispute", "D-1 credit", map[string]string{"sum": "", "lines": "2 + 3 x 1", "why": "You are right"}, `resolve D-1 credit line 2 line 3 x 1 "You are right"`},
		{"a dispute is rejected from its message", "dispute", "D-1 reject", map[string]string{"why": "It was delivered"}, `resolve D-1 reject "It was delivered"`},
		{"a dispute ends with a plan", "dispute", "D-1 plan", map[string]string{"count": "3", "every": "monthly", "from": "2026-11-01", "parts": ""}, `resolve D-1 plan 3 monthly from 2026-11-01`},
		{"a dispute is opened", "dispute", "open", map[string]string{"invoice": "INV-2026-000001", "reason": "quality", "why": "Broken"}, `open INV-2026-000001 quality "Broken"`},
		{"a recurring invoice", "recur", "", map[string]string{"customer": "acme", "every": "monthly", "from": "2026-11-01", "until": "", "text1": "Retainer", "price1": "1200", "tax": "19%"},
			`acme monthly from 2026-11-01 1200 "Retainer" tax 19%`},
		{"a customer", "customer", "add", map[string]string{"name": "Acme GmbH", "handle": "acme", "currency": "EUR", "lang": "en", "terms": "2/10 net 14", "tz": "Europe/Berlin"},
			`add acme "Acme GmbH" currency=EUR lang=en tz=Europe/Berlin terms=2/10net14`},
		{"what holds for a customer", "customer", "set acme", map[string]string{"terms": "net30", "owner": "U123456", "email": "a@b.example, c@d.example", "limit": "5 000", "options": "lang=ru"},
			`set acme terms=net30 owner=U123456 email= "a@b.example, c@d.example" limit=5000 lang=ru`},
		{"a month is opened again", "period", "reopen", map[string]string{"month": "2026-09", "why": "The bank corrected"}, `reopen 2026-09 "The bank corrected"`},
		{"a segment is reminded", "remind", "", map[string]string{"whom": "segment", "segment": "retail", "customer": ""}, `segment retail`},
		{"aging by owner", "aging", "", map[string]string{"by": "owner", "only": "60", "on": "2026-09-30"}, `by owner over 60 as-of 2026-09-30`},
		{"aging of one bucket, in what the report had", "aging", "currency USD owner none", map[string]string{"by": "customer", "only": "bucket.31-60", "segment": "retail"},
			`by customer currency USD owner none bucket 31-60 segment retail`},
		{"mail that came back from one address", "bounced", "acme", map[string]string{"address": "ap@acme.example"}, `acme ap@acme.example`},
		{"interest", "interest", "acme", map[string]string{"until": "2026-09-30"}, `acme until 2026-09-30`},
		{"a statement", "statement", "acme", map[string]string{"from": "2026-07-01", "to": "2026-09-30", "known": "2026-10-05"}, `acme 2026-07-01 2026-09-30 known-at 2026-10-05`},
		{"what was said", "note", "acme", map[string]string{"said": "called Ivan,\npays Friday", "next": "2026-12-01"}, `acme called Ivan, pays Friday next 2026-12-01`},
		{"what is looked for", "find", "", map[string]string{"what": "мюлер 1200"}, `мюлер 1200`},
		{"a rate", "rate", "", map[string]string{"currency": "USD", "rate": "0.92", "date": "2026-10-01"}, `USD 0.92 2026-10-01`},
	} {
		cmd, _ := find(x.verb)
		line := lineOf(cmd.Words(x.values, x.arg))
		if line != x.want {
			t.Errorf("%s: got %s, want %s", x.name, line, x.want)
		}
		if again := lineOf(split(line)); again != lineOf(cmd.Words(x.values, x.arg)) {
			t.Errorf("%s: %s is read as %s", x.name, line, again)
		}
	}
}

// A refusal stands at the field that it is about.
func TestRefusalAtItsField(t *testing.T) {
	for _, x := range []struct {
		name   string
		why    *ledger.Refusal
		values map[string]string
		want   string
	}{
		{"the field holds the word", refusal("number.unknown", "text", "ten"), map[string]string{"sum": "5", "price1": "ten", "text1": "ten of them"}, "price1"},
		{"the word is one of several", refusal("date.unknown", "text", "31.31."), map[string]string{"due": "net 30", "parts": "5 31.31., 6 1.2."}, "parts"},
		{"no field holds it", refusal("payment.closed", "number", "INV-1"), map[string]string{"sum": "5", "date": "2026-10-01"}, "sum"},
		{"a reason is missing", refusal("refund.why"), map[string]string{"sum": "5", "why": ""}, "why"},
		{"a customer of somebody else", refusal("customer.others", "customer", "acme"), map[string]string{"customer": "acme", "text1": "x"}, "customer"},
		{"nothing of the sort is asked", refusal("period.closed"), map[string]string{"zz": "1"}, "zz"},
	} {
		if got := wrongAt(x.why, x.values); got != x.want {
			t.Errorf("%s: at %q, want %q", x.name, got, x.want)
		}
	}
	if fits(refusal("role.not")) {
		t.Error("a role is nothing that a field could mend")
	}
}

func refusal(key string, args ...any) *ledger.Refusal {
	r, _ := ledger.AsRefusal(ledger.Refuse(ledger.BadInput, key, args...))
	return r
}

// A form does what its line does, and the same form sent twice does it once.
func TestFillOnce(t *testing.T) {
	d, manager := formDesk(t)
	in := Filled{Key: "slack:view:1", Who: manager, Do: "payment", Arg: "mine", Values: map[string]string{"sum": "10", "date": "2026-10-01"}}
	for range 2 {
		if r, err := d.Fill(context.Background(), in); err != nil || len(r.Wrong) > 0 || r.Card == nil {
			t.Fatalf("got %+v, %v", r, err)
		}
	}
	d.Books.View(func(v *ledger.View) error {
		if n := v.LastPayment(); n != 5 { // four were there
			t.Errorf("booked %d payments", n)
		}
		return nil
	})
	in.Key, in.Values = "slack:view:2", map[string]string{"sum": "-1", "date": "2026-10-01"}
	if r, err := d.Fill(context.Background(), in); err != nil || len(r.Wrong) != 1 || r.Wrong[0].Field != "sum" {
		t.Errorf("got %+v, %v", r.Wrong, err)
	}
}
