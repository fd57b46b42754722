package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"duebot/commands/card"
	"duebot/ledger"
)

// approvalDesk is the desk of rightsDesk with ceilings of nothing at all: whatever has one
// waits. Roles can be changed while it works.
func approvalDesk(t *testing.T) (*rightsBooks, map[string]Role) {
	t.Helper()
	d := rightsDesk(t)
	roles := map[string]Role{me: Sales, "UFINANCE01": Finance, "UMANAGER01": Manager, "UMANAGER02": Manager, "UAUDITOR01": Auditor}
	d.StaffOf = func(user string) Staff { return Staff{ID: user, Role: roles[user]} }
	d.People = func(role Role) (out []string) {
		for user, r := range roles {
			if r == role {
				out = append(out, user)
			}
		}
		slices.Sort(out)
		return out
	}
	_, err := d.Books.Update(context.Background(), ledger.Command{Run: func(tx *ledger.Tx) ([]byte, error) {
		co, zero := tx.Company(), ledger.Ceiling{Set: true}
		co.Approvals = ledger.Ceilings{Invoice: zero, Credit: zero, WriteOff: zero, Refund: zero, Limit: zero, Reopen: true}
		return nil, tx.SetCompany(co)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return d, roles
}

// line types a line, and pressed presses a button, under a key of its own; what is answered
// comes as keys of texts.
func (d *rightsBooks) line(t *testing.T, user, text string) string {
	t.Helper()
	d.press++
	reply, err := d.Line(context.Background(), Line{Key: fmt.Sprint("l", d.press), Who: d.StaffOf(user), Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return keysOf(reply)
}

func (d *rightsBooks) pressed(t *testing.T, user, do, arg string) string {
	t.Helper()
	d.press++
	reply, err := d.Press(context.Background(), Press{Key: fmt.Sprint("b", d.press), Who: d.StaffOf(user), Do: do, Arg: arg})
	if err != nil {
		t.Fatal(err)
	}
	return keysOf(reply)
}

func keysOf(r card.Reply) string {
	keys := []string{r.Card.Title.Key}
	for _, b := range r.Card.Body {
		keys = append(keys, b.Key)
	}
	return strings.TrimSpace(strings.Join(keys, " "))
}

func (d *rightsBooks) state(id ledger.ApprovalID) (s ledger.ApprovalState) {
	d.Books.View(func(v *ledger.View) error { s = v.Approval(id).State; return nil })
	return s
}

// Who may decide what another asks; nobody decides what he asks himself.
func TestWhoMayApprove(t *testing.T) {
	for _, tt := range []struct {
		asks, decides string
		want          string // key of the answer
	}{
		{me, "UFINANCE01", "approval.did"}, {me, "UMANAGER01", "approval.did"}, {me, "UAUDITOR01", "refuse.role.not"}, {me, me, "refuse.role.not"},
		{"UFINANCE01", "UMANAGER01", "approval.did"}, {"UFINANCE01", "UFINANCE01", "refuse.approval.own"}, {"UFINANCE01", me, "refuse.role.not"},
		{"UMANAGER01", "UFINANCE01", "refuse.approval.who"}, {"UMANAGER01", "UMANAGER01", "refuse.approval.own"}, {"UMANAGER01", "UMANAGER02", "approval.did"},
		{"UFINANCE01", "UNOBODY", "refuse.role.none"},
	} {
		d, _ := approvalDesk(t)
		asked := ""
		if tt.asks == me {
			d.line(t, me, `invoice mine 5 "Pens"`)
			asked = d.pressed(t, me, "confirm", "1")
		} else {
			asked = d.line(t, tt.asks, `writeoff INV-2026-000001 "insolvent"`)
		}
		if !strings.HasPrefix(asked, "approval.asked") {
			t.Fatalf("asking is answered %q", asked)
		}
		if got := d.pressed(t, tt.decides, "approve", "1"); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s approves what %s asks: got %q, want %q", tt.decides, tt.asks, got, tt.want)
		}
		if done := d.state(1) == ledger.ApprovalApproved; done != (tt.want == "approval.did") {
			t.Errorf("%s approves what %s asks: it is %s", tt.decides, tt.asks, d.state(1))
		}
	}
}

// Fifty presses at once, by two people and under repeated keys, book once.
func TestApprovalsAtOnceBookOnce(t *testing.T) {
	d, _ := approvalDesk(t)
	if got := d.line(t, "UFINANCE01", `refund mine 1 "x"`); !strings.HasPrefix(got, "refuse.") {
		t.Fatalf("nothing is on account: %q", got)
	}
	d.line(t, "UFINANCE01", `writeoff INV-2026-000001 10 "insolvent"`)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			user := []string{"UMANAGER01", "UMANAGER02"}[i%2]
			do := []string{"approve", "approve", "decline"}[i%3]
			if _, err := d.Press(context.Background(), Press{Key: fmt.Sprint("once ", user, do, i%7), Who: d.StaffOf(user), Do: do, Arg: "1"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	decided, booked := 0, 0
	d.Books.View(func(v *ledger.View) error {
		return v.Facts(1, func(f *ledger.Fact) error {
			switch f.Body.(type) {
			case *ledger.ApprovalDecided:
				decided++
			case *ledger.WrittenOff:
				booked++
			}
			return nil
		})
	})
	if want := map[bool]int{true: 1}[d.state(1) == ledger.ApprovalApproved]; decided != 1 || booked != want {
		t.Errorf("decided %d times, written off %d times; the request is %s", decided, booked, d.state(1))
	}
}

// What happens between asking and approving is seen at the approval.
func TestWhatChangesBeforeTheApproval(t *testing.T) {
	for _, tt := range []struct {
		name    string
		between func(d *rightsBooks, roles map[string]Role)
		want    string
		state   ledger.ApprovalState
	}{
		{"nothing", func(*rightsBooks, map[string]Role) {}, "approval.did", ledger.ApprovalApproved},
		{"the asker lost his role", func(_ *rightsBooks, roles map[string]Role) { delete(roles, me) }, "approval.didnot refuse.approval.asker", ledger.ApprovalStale},
		{"the approver lost his", func(_ *rightsBooks, roles map[string]Role) { roles["UMANAGER01"] = Sales }, "refuse.role.not", ledger.ApprovalWaiting},
		{"the customer went to somebody else", func(d *rightsBooks, _ map[string]Role) {
			d.line(t, "UMANAGER01", "customer set mine owner="+other)
		}, "approval.didnot refuse.customer.others", ledger.ApprovalStale},
		{"it was declined", func(d *rightsBooks, _ map[string]Role) { d.pressed(t, "UMANAGER02", "decline", "1") }, "refuse.approval.over", ledger.ApprovalDeclined},
		{"the asker withdrew it", func(d *rightsBooks, _ map[string]Role) { d.pressed(t, me, "decline", "1") }, "refuse.approval.over", ledger.ApprovalWithdrawn},
		{"a stranger declined it", func(d *rightsBooks, roles map[string]Role) {
			roles["UOTHER0001"] = Sales
			d.pressed(t, "UOTHER0001", "decline", "1")
		}, "approval.did", ledger.ApprovalApproved},
	} {
		d, roles := approvalDesk(t)
		d.line(t, me, `invoice mine 5 "Pens"`)
		d.pressed(t, me, "confirm", "1")
		tt.between(d, roles)
		if got := d.pressed(t, "UMANAGER01", "approve", "1"); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if got := d.state(1); got != tt.state {
			t.Errorf("%s: the request is %s, want %s", tt.name, got, tt.state)
		}
	}
}

// Every command that books what has a ceiling waits, whichever way it is asked for.
func TestEveryWayToBookWaits(t *testing.T) {
	for _, tt := range []struct{ user, line, do, arg string }{
		{user: "UFINANCE01", line: `credit INV-2026-000001 1 "x"`},
		{user: "UFINANCE01", line: `credit INV-2026-000001 full "x"`},
		{user: "UFINANCE01", line: `credit INV-2026-000001 line 1 "x"`},
		{user: "UFINANCE01", line: `dispute resolve D-1 credit 1 "x"`},
		{user: "UFINANCE01", line: `dispute resolve D-1 credit line 1 "x"`},
		{user: "UFINANCE01", line: `writeoff INV-2026-000001 "x"`},
		{user: "UFINANCE01", line: `payment INV-2026-000001 90 fee 7`},
		{user: "UFINANCE01", line: `payment INV-2026-000001 90 offset 7 "our order 12"`},
		{user: me, line: `recur mine monthly from 2026-11-01 5 "x"`, do: "line", arg: "recur confirm 1"},
		{user: me, line: `recur R-1 price 9`, do: "line", arg: "recur confirm 1"},
		{user: me, line: `invoice mine 1 "x"`, do: "confirm", arg: "1"},
		{user: "UFINANCE01", line: `reissue INV-2026-000001 90 "x"`, do: "confirm", arg: "1"},
	} {
		d, _ := approvalDesk(t)
		got := ""
		if tt.line != "" {
			got = d.line(t, tt.user, tt.line)
		}
		if tt.do != "" {
			got = d.pressed(t, tt.user, tt.do, tt.arg)
		}
		if !strings.HasPrefix(got, "approval.asked") {
			t.Errorf("%s %s: got %q", tt.line, tt.do, got)
			continue
		}
		if got := d.pressed(t, "UMANAGER01", "approve", "1"); !strings.HasPrefix(got, "approval.did ") {
			t.Errorf("%s %s: approved, got %q", tt.line, tt.do, got)
		}
	}
}
