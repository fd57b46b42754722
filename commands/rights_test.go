package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// What a role meets: it goes through to the command, the role is refused, or the customer is
// somebody else's. "all" goes through for both customers, "own" for one's own alone.
const (
	all  = "all"
	own  = "own"
	none = "none"
)

// rights is the whole of who may do what: a line per form of a command, and what sales,
// finance, a manager and an auditor meet. In a line, C is a customer's handle, I his invoice,
// P his payment, D his dispute, R his contract.
var rights = []struct {
	line                              string
	sales, finance, manager, auditing string
}{
	{`invoice C 1 "x"`, own, all, all, none},
	{`payment I 1`, none, all, all, none},
	{`payment C 1`, none, all, all, none},
	{`aging C`, own, all, all, all},
	{`aging C as-of 2026-09-30`, own, all, all, all},
	{`show I`, own, all, all, all},
	{`show C`, own, all, all, all},
	{`customer set C terms=net30`, own, all, all, none},
	{`customer set C limit=5`, none, all, all, none},
	{`customer invite C`, own, all, all, none},
	{`customer list`, all, all, all, none},
	{`credit I 1 "x"`, none, all, all, none},
	{`reissue I 1 "x"`, none, all, all, none},
	{`void I`, own, all, all, none},
	{`apply C`, none, all, all, none},
	{`unapply P I`, none, all, all, none},
	{`payments C`, own, all, all, all},
	{`refund C 1 "x"`, none, all, all, none},
	{`writeoff I "x"`, none, all, all, none},
	{`chargeback P "x"`, none, all, all, none},
	{`certificate`, all, all, all, all},
	{`certificate I "x"`, none, all, all, none},
	{`cheque C 5 no 4711 dated 2026-12-01`, none, all, all, none},
	{`cheque I 5 no 4711 dated 2026-12-01`, none, all, all, none},
	{`cheque CH-9`, all, all, all, all},
	{`cheque CH-9 deposited`, none, all, all, none},
	{`cheques`, all, all, all, all},
	{`cheques C`, own, all, all, all},
	{`cash`, all, all, all, all},
	{`cash CASH-2026-000009 void "x"`, none, all, all, none},
	{`bank`, none, all, all, all},
	{`bank BE-9`, none, all, all, all},
	{`bank BE-9 to I`, none, all, all, none},
	{`bank sure`, none, all, all, none},
	{`bank BE-9 payout stripe`, none, all, all, none},
	{`bank BE-9 refund C`, none, all, all, none},
	{`payouts`, none, all, all, all},
	{`bank mine`, none, all, all, all},
	{`bank left`, none, all, all, all},
	{`bank notours BE-9`, none, all, all, none},
	{`bank undo BB-9`, none, all, all, none},
	{`bank-details`, none, all, all, all},
	{`bank-details BC-9`, none, all, all, all},
	{`bank-details BC-9 confirm`, none, all, all, none},
	{`bank-details BC-9 cancel`, none, all, all, none},
	{`bank-details change iban=DE02120300000000202051`, none, all, all, none},
	{`odd`, none, all, all, all},
	{`odd OD-9`, none, all, all, all},
	{`odd OD-9 keep`, none, all, all, none},
	{`odd OD-9 mine`, none, all, all, none},
	{`dispute list`, all, all, all, all},
	{`dispute resolve D reject "x"`, none, all, all, none},
	{`dispute resolve I reject "x"`, none, all, all, none},
	{`question list`, all, all, all, all},
	{`question close Q-9`, all, all, all, none},
	{`question assign Q-9 @UFINANCE01`, all, all, all, none},
	{`promise I tomorrow`, own, all, all, none},
	{`notices`, all, all, all, all},
	{`remind overdue`, none, all, all, none},
	{`reminders`, all, all, all, all},
	{`preflight`, none, all, all, none},
	{`preflight C`, none, all, all, none},
	{`preflight skip C`, none, all, all, none},
	{`preflight snooze C until 2027-01-01`, none, all, all, none},
	{`preflight edit C add "x"`, none, all, all, none},
	{`preflight send C`, none, all, all, none},
	{`preflight release C`, none, all, all, none},
	{`preflight undo C`, none, all, all, none},
	{`why-reminder C`, own, all, all, all},
	{`hold C`, own, all, all, none},
	{`hold I until 2027-01-01 because they asked`, own, all, all, none},
	{`unhold C`, own, all, all, none},
	{`policy`, none, all, all, none},
	{`policy C none`, none, all, all, none},
	{`digest`, all, all, all, all},
	{`digest at 8:30`, all, all, all, all},
	{`campaigns`, all, all, all, all},
	{`pilot`, all, all, all, all},
	{`pilot show C`, own, all, all, all},
	{`pilot on`, none, none, all, none},
	{`pilot add C`, none, none, all, none},
	{`statements`, all, all, all, all},
	{`statements C`, own, all, all, all},
	{`loyalty R`, none, all, all, none},
	{`loyalty R 2% after 6`, none, all, all, none},
	{`import`, all, all, all, all},
	{`attach I`, own, all, all, all},
	{`setup`, none, all, all, none},
	{`unknown`, all, all, all, all},
	{`unknown again C`, none, all, all, none},
	{`unknown arrived all`, none, all, all, none},
	{`bounced C`, own, all, all, none},
	{`statement C`, own, all, all, all},
	{`statement C pdf`, own, all, all, all},
	{`pdf I`, own, all, all, all},
	{`act I`, own, all, all, all},
	{`act C`, own, all, all, all},
	{`delivery I`, own, all, all, all},
	{`people C`, own, all, all, all},
	{`people C 9 unlink`, own, all, all, none},
	{`people C 9 buyer`, own, all, all, none},
	{`people C 9 approve`, none, all, all, none},
	{`deposit C 5 "x"`, own, all, all, none},
	{`draft C 5 "x"`, own, all, all, none},
	{`draft issue F`, own, all, all, none},
	{`draft drop F`, own, all, all, none},
	{`drafts`, all, all, all, all},
	{`note C called`, own, all, all, none},
	{`note I called`, own, all, all, none},
	{`calls`, all, all, all, none},
	{`tasks`, all, all, all, all},
	{`tasks C`, own, all, all, all},
	{`task T-9`, all, all, all, all},
	{`task T-9 mine`, all, all, all, none},
	{`find something`, all, all, all, all},
	{`dispute open I`, own, all, all, none},
	{`dispute take D`, own, all, all, none},
	{`dispute file D`, own, all, all, all},
	{`dispute resolve D plan 3 monthly from 2026-11-01`, none, all, all, none},
	{`dispute resolve D withdraw`, none, all, all, none},
	{`history I`, own, all, all, all},
	{`history C`, own, all, all, all},
	{`history P`, own, all, all, all},
	{`why I`, own, all, all, all},
	{`why C`, own, all, all, all},
	{`period`, all, all, all, all},
	{`period close 2026-09`, none, all, all, none},
	{`period reopen 2026-09 "x"`, none, none, all, none},
	{`plan C`, own, all, all, all},
	{`plan C 3 monthly from 2026-11-01`, none, all, all, none},
	{`plan cancel C`, none, all, all, none},
	{`defer`, all, all, all, all},
	{`defer Q`, own, all, all, all},
	{`defer Q accept`, own, all, all, none},
	{`defer Q decline "x"`, own, all, all, none},
	{`claim`, all, all, all, all},
	{`claim list`, all, all, all, all},
	{`claim PC-1 confirm`, none, all, all, none},
	{`claim PC-1 notfound`, none, all, all, none},
	{`reconcile C`, own, all, all, all},
	{`reconcile C 2026-09-01 2026-09-30 send`, own, all, all, none},
	{`reconcile list`, all, all, all, all},
	{`act list`, all, all, all, all},
	{`ratings`, all, all, all, all},
	{`interest C`, own, all, all, all},
	{`interest rate 2026-07-01 2% eu`, none, all, all, none},
	{`interest rates eu`, all, all, all, all},
	{`recur C monthly from 2026-11-01 5 "x"`, own, all, all, none},
	{`recur list C`, own, all, all, none},
	{`recur list`, all, all, all, none},
	{`recur stop R`, own, all, all, none},
	{`recur R skip`, own, all, all, none},
	{`recur R price 7`, own, all, all, none},
	{`recurring C`, own, all, all, all},
	{`recurring R`, own, all, all, all},
	{`recurring`, all, all, all, all},
	{`rate USD 0.92`, none, all, all, none},
	{`rate USD`, all, all, all, all},
	{`rates`, all, all, all, all},
	{`approvals`, all, all, all, all},
	{`help`, all, all, all, all},
}

const me, other = "USALES0001", "USALES0002"

func TestWhoMayDoWhat(t *testing.T) {
	d := rightsDesk(t)
	seen := map[string]bool{}
	for _, r := range rights {
		verb, _ := cutWord(r.line)
		seen[verb] = true
		for _, as := range []struct {
			who  Staff
			want string
		}{
			{Staff{ID: me, Role: Sales}, r.sales}, {Staff{ID: me, Role: Finance}, r.finance}, {Staff{ID: me, Role: Manager}, r.manager},
			{Staff{ID: me, Role: Auditor}, r.auditing}, {Staff{ID: me}, map[bool]string{true: all, false: none}[verb == "help"]},
		} {
			for n, handle := range []string{"mine", "theirs", "stand", "nobodys"} {
				line := rightsLine(r.line, n+1, handle)
				want := map[string]string{all: "through", own: "through", none: "role"}[as.want]
				if as.want == own && handle == "theirs" {
					want = "others"
				}
				got := d.meets(t, as.who, line)
				if want == "role" && as.who.Role == Sales && handle == "theirs" && got == "others" {
					continue // both refuse him
				}
				if got != want {
					t.Errorf("%s by %q: meets %q, want %q", line, as.who.Role, got, want)
				}
			}
		}
	}
	for _, cmd := range Table() {
		if !seen[cmd.Name] {
			t.Errorf("the table does not say who may use %q", cmd.Name)
		}
	}
}

// The setting opens all customers to sales; somebody who is an auditor too looks at all, and
// changes his own alone.
func TestWhoSeesAll(t *testing.T) {
	d := rightsDesk(t)
	auditing := Staff{ID: me, Role: Sales, Audits: true}
	for _, tt := range []struct {
		name, line, want string
		who              Staff
		all              bool
	}{
		{"the setting opens seeing", "show theirs", "through", Staff{ID: me, Role: Sales}, true},
		{"the setting opens doing", `void INV-2026-000002`, "through", Staff{ID: me, Role: Sales}, true},
		{"who audits too sees all", "show theirs", "through", auditing, false},
		{"who audits too changes his own alone", "promise INV-2026-000002 tomorrow", "others", auditing, false},
		{"an auditor without another role changes nothing", "promise INV-2026-000001 tomorrow", "role", Staff{ID: me, Role: Auditor, Audits: true}, false},
	} {
		d.SalesSeeAll = tt.all
		if got := d.meets(t, tt.who, tt.line); got != tt.want {
			t.Errorf("%s: meets %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Buttons are checked as lines are, and lists leave out what is not one's own.
func TestButtonsAndListsKeepToOwnCustomers(t *testing.T) {
	d := rightsDesk(t)
	who := Staff{ID: me, Role: Sales}
	for _, p := range []struct{ do, arg, want string }{
		{"show", "1", "through"}, {"show", "2", "others"}, {"aging", "1", "through"}, {"aging", "2", "others"}, {"aging", "all", "through"},
		{"unlink", "2.1001", "others"}, {"take", "2", "others"}, {"confirm", "1", "through"}, {"cancel", "1", "through"}, {"settle", "1.again", "through"},
		{"override", "1", "role"}, {"charge", "1.0.x", "role"}, {"rate", "USD", "role"}, {"approve", "1", "role"}, {"decline", "1", "through"},
	} {
		d.press++
		reply, err := d.Press(context.Background(), Press{Key: fmt.Sprint("p", d.press), Who: who, Do: p.do, Arg: p.arg})
		if err != nil {
			t.Fatal(err)
		}
		if got := met(reply); got != p.want {
			t.Errorf("button %s %s: meets %q, want %q", p.do, p.arg, got, p.want)
		}
	}
	for _, line := range []string{"aging", "aging by owner", "aging as-of 2026-10-01", "customer list", "dispute list", "recur list", "drafts"} {
		reply, err := d.Line(context.Background(), Line{Key: "list " + line, Who: who, Text: line})
		if err != nil {
			t.Fatal(err)
		}
		cells := fmt.Sprint(reply.Card.Table)
		if strings.Contains(cells, "theirs") {
			t.Errorf("%s shows the customer of somebody else: %s", line, cells)
		}
		if !slices.ContainsFunc(append(reply.Card.Note, reply.Card.Body...), func(x card.Text) bool { return x.Key == "own.note" }) {
			t.Errorf("%s does not say that customers are left out", line)
		}
	}
}

// Of several roles the widest is their union: whatever sales may, finance may, and whatever
// finance may, a manager may.
func TestRolesAreNested(t *testing.T) {
	list := slices.Clone(Table())
	for name, b := range buttons() {
		b.Name = "button " + name
		list = append(list, b)
	}
	for _, cmd := range list {
		if may(cmd, Sales) && !may(cmd, Finance) || may(cmd, Finance) && !may(cmd, Manager) {
			t.Errorf("%s is for %v: the roles are not nested", cmd.Name, cmd.Who)
		}
	}
}

type rightsBooks struct {
	*Desk
	press int
}

// rightsDesk has four customers, each with an invoice, a payment and a dispute: mine, theirs,
// one whose substitute I am, and one whom nobody looks after.
func rightsDesk(t *testing.T) *rightsBooks {
	t.Helper()
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	b, err := ledger.Open(t.TempDir()+"/duebot.db", ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	_, err = b.Update(context.Background(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		if err := tx.SetCompany(ledger.CompanySet{Name: "L", Currency: "EUR", ZoneName: "UTC", Language: "en", Invoices: "INV", Credits: "CN"}); err != nil {
			return nil, err
		}
		for i, handle := range []string{"mine", "theirs", "stand", "nobodys"} {
			c, err := tx.AddCustomer(ledger.NewCustomer{Handle: handle, Name: handle, Owner: []string{me, other, other, ""}[i]})
			if err == nil && handle == "stand" {
				id := me
				_, err = tx.ChangeCustomer(c, ledger.CustomerChange{Substitute: &id})
			}
			if err == nil {
				err = someDocuments(tx, c)
			}
			if err != nil {
				return nil, err
			}
		}
		return nil, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return &rightsBooks{Desk: &Desk{Books: b, Settings: Settings{InvoiceChannel: "C1", FinanceChannel: "C2", Remind: noReminder,
		InviteURL: func(token string) string { return token }}}}
}

func someDocuments(tx *ledger.Tx, c *ledger.Customer) error {
	inv, err := tx.Issue(ledger.Draft{Customer: c.ID, Date: tx.Today(), Due: tx.Today(), Currency: "EUR", Lines: []ledger.Line{{Text: "a", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(100)}}})
	if err == nil {
		_, _, err = tx.Receive(ledger.NewPayment{Customer: c.ID, Date: tx.Today(), Invoice: inv.ID, Amount: ledger.Money{Minor: 300, Currency: "EUR"}})
	}
	if err == nil {
		_, err = tx.OpenDispute(inv, ledger.ReasonSum, ledger.Money{Minor: 100, Currency: "EUR"}, "telegram:1")
	}
	if err == nil {
		_, err = tx.RequestDeferral(c, []*ledger.Invoice{inv}, []ledger.PlanPart{{Due: tx.Today().AddDays(90), Minor: inv.Undisputed().Minor}}, "telegram:1")
	}
	if err == nil {
		_, err = tx.MakeContract(ledger.ContractMade{Customer: c.ID, From: tx.Today().AddDays(1), Schedule: ledger.Schedule{Every: ledger.Monthly, Day: 1},
			Draft: ledger.Draft{Customer: c.ID, Currency: "EUR", Lines: []ledger.Line{{Text: "a", Quantity: decimal.NewFromInt(1), Price: decimal.NewFromInt(1)}}}})
		tx.Put(draftPrefix+fmt.Sprint(c.ID), fmt.Appendf(nil, `{"number":%d,"line":"%s 5 work"}`, c.ID, c.Handle))
	}
	return err
}

// rightsLine names customer n in a line of the table.
func rightsLine(line string, n int, handle string) string {
	words := strings.Fields(line)
	for i, w := range words {
		switch w {
		case "C":
			words[i] = handle
		case "I":
			words[i] = fmt.Sprintf("INV-2026-%06d", n)
		case "F":
			words[i] = fmt.Sprint(n)
		case "Q":
			words[i] = fmt.Sprintf("DF-%d", n)
		case "P", "D", "R":
			words[i] = fmt.Sprintf("%s-%d", w, n)
		}
	}
	return strings.Join(words, " ")
}

// meets runs a line in books of its own making: what it books is taken back.
func (d *rightsBooks) meets(t *testing.T, who Staff, line string) string {
	t.Helper()
	verb, rest := cutWord(line)
	cmd, ok := meant(verb, rest)
	if !ok {
		t.Fatalf("%s: no such command", line)
	}
	if !who.may(cmd) {
		return met(d.forbid(cmd, who, ""))
	}
	got := ""
	_, err := d.Books.Update(context.Background(), ledger.Command{By: who.By(), Run: func(tx *ledger.Tx) ([]byte, error) {
		tx.May = d.lens(who, cmd)
		reply, err := cmd.Run(&Call{Tx: tx, View: &tx.View, Desk: d.Desk, Who: who, Line: rest, Args: split(rest)})
		reply, err = answered(reply, err)
		got = met(reply)
		if err != nil {
			return nil, err
		}
		return nil, ledger.Refuse(ledger.Conflict, "taken back")
	}})
	if _, refused := ledger.AsRefusal(err); !refused {
		t.Fatalf("%s: %v", line, err)
	}
	return got
}

// met is what a reply says of rights.
func met(r card.Reply) string {
	for _, t := range r.Card.Body {
		switch t.Key {
		case "refuse.role.not", "refuse.role.none":
			return "role"
		case "refuse.customer.others":
			return "others"
		}
	}
	return "through"
}

// noReminder finds nobody to be reminded.
func noReminder(*ledger.View, *ledger.Customer, bool) (n ledger.NoticeQueued, why string) {
	return n, "nothing"
}
