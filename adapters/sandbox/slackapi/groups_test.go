package slackapi

import (
	"slices"
	"testing"
)

// Groups are listed in Slack's shapes, and refused as Slack refuses.
func TestUserGroups(t *testing.T) {
	x := open(t)
	list := x.ask("usergroups.list", `{"include_users":true,"include_count":true}`)
	groups, _ := list["usergroups"].([]any)
	if len(groups) != 1 {
		t.Fatalf("got %v", list)
	}
	g, _ := groups[0].(map[string]any)
	if g["id"] != "SSALES0001" || g["handle"] != "sales" || g["user_count"] != 1.0 || g["date_delete"] != 0.0 || g["is_usergroup"] != true {
		t.Errorf("got %v", g)
	}
	members := func() any { return x.ask("usergroups.users.list", `{"usergroup":"SSALES0001"}`)["users"] }
	if got, _ := members().([]any); !slices.Equal(got, []any{"USALES0001"}) {
		t.Errorf("members are %v", got)
	}
	if err := x.SetGroup(t.Context(), "SSALES0001", []string{"UFINANCE01", "UMANAGER01"}, false); err != nil {
		t.Fatal(err)
	}
	if got, _ := members().([]any); !slices.Equal(got, []any{"UFINANCE01", "UMANAGER01"}) {
		t.Errorf("members are %v", got)
	}
	if err := x.SetGroup(t.Context(), "SSALES0001", []string{"UNOBODY001"}, false); err == nil {
		t.Error("a group took somebody whom the workspace does not know")
	}
	if err := x.SetGroup(t.Context(), "SNONE", nil, false); err == nil {
		t.Error("there is no such group")
	}
	if err := x.SetGroup(t.Context(), "SSALES0001", nil, true); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, args, want string }{
		{"usergroups.users.list", `{"usergroup":"SSALES0001"}`, "no_such_subteam"},
		{"usergroups.users.list", `{"usergroup":"SSALES0001","include_disabled":true}`, ""},
		{"usergroups.users.list", `{}`, "invalid_arguments"},
	} {
		if a := x.ask(c.method, c.args); stringOf(a["error"]) != c.want {
			t.Errorf("%s %s: got %v, want %q", c.method, c.args, a, c.want)
		}
	}
}

// Without the scope nothing is told, and Slack says which one is needed.
func TestUserGroupsNeedTheirScope(t *testing.T) {
	x := open(t)
	if err := x.SetScope("usergroups:read", false); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"usergroups.list", "usergroups.users.list"} {
		a := x.ask(method, `{"usergroup":"SSALES0001"}`)
		if a["error"] != "missing_scope" || a["needed"] != "usergroups:read" || a["provided"] == "" {
			t.Errorf("%s: got %v", method, a)
		}
	}
	if err := x.SetScope("usergroups:read", true); err != nil {
		t.Fatal(err)
	}
	if a := x.ask("usergroups.users.list", `{"usergroup":"SSALES0001"}`); a["ok"] != true {
		t.Errorf("got %v", a)
	}
	if err := x.SetScope("admin", false); err == nil {
		t.Error("the app does not ask for that")
	}
}
