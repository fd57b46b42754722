package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"duebot/ledger/holidays"
)

// use is one place of the code that shows a text, with the names of the data that it gives.
type use struct {
	key, at string
	names   map[string]bool // nil: not known
}

// code is what the packages that show texts say of them.
type code struct {
	fset     *token.FileSet
	files    []*ast.File
	uses     []use
	prefixes map[string]string // of keys that are put together, and where
	words    map[string]bool   // all string literals
}

// readCode reads the packages whose code names texts.
func readCode(t *testing.T) *code {
	t.Helper()
	c := &code{fset: token.NewFileSet(), prefixes: map[string]string{}, words: map[string]bool{}}
	for _, dir := range []string{".", "..", "../../commands", "../../commands/card", "../../reminders", "../../ledger", "../../ledger/match", "../../adapters/bank", "../../adapters/slack", "../../adapters/telegram", "../../adapters/exchange", "../../adapters/cells", "../../adapters/paper"} {
		names, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(names) == 0 {
			t.Fatalf("no code in %s (%v)", dir, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(c.fset, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			c.files = append(c.files, f)
			c.read(f)
		}
	}
	return c
}

func (c *code) read(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.BasicLit:
			if s, ok := literal(x); ok {
				c.words[s] = true
			}
		case *ast.CallExpr:
			c.call(x)
		case *ast.CompositeLit:
			switch nameOf(x.Type) {
			case "Refusal":
				c.refusal(x, "refuse.")
			case "Problem": // of a bank's statement
				c.refusal(x, "")
			}
		}
		return true
	})
}

// call notes T(key, …), Say(key, …), Refuse(kind, key, …) and usage(verb, …).
func (c *code) call(x *ast.CallExpr) {
	prefix, at := "", 0
	names := map[string]bool{}
	switch nameOf(x.Fun) {
	case "T", "Say", "reason": // the last are those of package match
	case "Refuse":
		prefix, at = "refuse.", 1
	case "usage":
		prefix, names = "refuse.usage.", map[string]bool{"usage": true, "example": true}
	default:
		return
	}
	if len(x.Args) <= at {
		return
	}
	where := c.fset.Position(x.Pos()).String()
	if key, ok := literal(x.Args[at]); ok {
		c.uses = append(c.uses, use{prefix + key, where, pairs(x.Args[at+1:], names, x.Ellipsis.IsValid())})
	} else if head := firstLiteral(x.Args[at]); head != "" {
		c.prefixes[prefix+head] = where
	}
}

// refusal notes &Refusal{Key: key, Args: []any{…}}.
func (c *code) refusal(x *ast.CompositeLit, prefix string) {
	u := use{at: c.fset.Position(x.Pos()).String(), names: map[string]bool{}}
	for _, e := range x.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := literal(kv.Value); ok && nameOf(kv.Key) == "Key" {
			u.key = prefix + key
		}
		if args, ok := kv.Value.(*ast.CompositeLit); ok {
			u.names = pairs(args.Elts, u.names, false)
		}
	}
	if u.key != "" {
		c.uses = append(c.uses, u)
	}
}

// pairs adds the names of "name", value, …; nil where they can't be read.
func pairs(args []ast.Expr, into map[string]bool, spread bool) map[string]bool {
	if spread {
		return nil
	}
	for i := 0; i < len(args); i += 2 {
		name, ok := literal(args[i])
		if !ok {
			return nil
		}
		into[name] = true
	}
	return into
}

func literal(e ast.Expr) (string, bool) {
	x, ok := e.(*ast.BasicLit)
	if !ok || x.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(x.Value)
	return s, err == nil
}

// firstLiteral is the first fixed part of a key that is put together, up to a verb of
// Sprintf: "reason." of "reason." + string(r), "remind." of "remind.%d.title".
func firstLiteral(e ast.Expr) (head string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && head == "" {
			head, _ = literal(x)
		}
		return head == ""
	})
	head, _, _ = strings.Cut(head, "%")
	return head
}

func nameOf(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}

// constants are the string constants of a type, by name.
func (c *code) constants(typ string) map[string]string {
	out := map[string]string{}
	c.each(func(n ast.Node) {
		if x, ok := n.(*ast.ValueSpec); ok && nameOf(x.Type) == typ && len(x.Values) == 1 {
			if s, ok := literal(x.Values[0]); ok {
				out[x.Names[0].Name] = s
			}
		}
	})
	return out
}

func (c *code) each(f func(ast.Node)) {
	for _, file := range c.files {
		ast.Inspect(file, func(n ast.Node) bool { f(n); return true })
	}
}

// field returns the value of a field in a composite literal, nil without one.
func field(x *ast.CompositeLit, name string) ast.Expr {
	for _, e := range x.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && nameOf(kv.Key) == name {
			return kv.Value
		}
	}
	return nil
}

// verbs are the names of staff's commands, chats those of customers'.
func (c *code) verbs() (verbs, chats []string) {
	c.each(func(n ast.Node) {
		x, ok := n.(*ast.CompositeLit)
		if !ok {
			return
		}
		if nameOf(x.Type) == "Command" && field(x, "Usage") != nil {
			name, _ := literal(field(x, "Name"))
			verbs = append(verbs, name)
		}
		if list, ok := x.Type.(*ast.ArrayType); ok && nameOf(list.Elt) == "ChatCommand" {
			for _, e := range x.Elts {
				name, _ := literal(e.(*ast.CompositeLit).Elts[0])
				chats = append(chats, name)
			}
		}
	})
	return verbs, chats
}

// unknowns are the kinds of notice that may stay unknown: those of the case in Lost that
// returns LostUnknown.
func (c *code) unknowns() (out []string) {
	kinds := c.constants("NoticeKind")
	c.each(func(n ast.Node) {
		x, ok := n.(*ast.CaseClause)
		if !ok || len(x.Body) != 1 {
			return
		}
		if r, ok := x.Body[0].(*ast.ReturnStmt); ok && len(r.Results) == 1 && nameOf(r.Results[0]) == "LostUnknown" {
			for _, e := range x.List {
				out = append(out, kinds[nameOf(e)])
			}
		}
	})
	return out
}

// tasks are the codes of tasks: those that stand in the code as they are, and those that
// delivery chooses. An unknown send has a card of its own.
func (c *code) tasks() []string {
	found := map[string]bool{"failed": true, "shut": true, "rerouted.mail": true, "rerouted.chat": true, "smsrefused": true, "mailmissed": true, "mailgone": true, "resumed": true,
		"stopped.chat": true, "stopped.mail": true, "stopped.none": true, "others": true, "details": true, "question.moved": true, "question.waits": true, "pay.sum": true, "pay.forged": true, "folder.gone": true, "folder.stuck": true}
	c.each(func(n ast.Node) {
		if x, ok := n.(*ast.CompositeLit); ok && nameOf(x.Type) == "NoticeQueued" {
			if s, ok := literal(field(x, "Code")); ok && !slices.Contains([]string{"unknown", "contract", "recurring"}, s) { // cards of their own
				found[s] = true
			}
		}
	})
	return strings.Fields(sorted(found))
}

// families are the keys that the code puts together, each with the data that it gives.
func (c *code) families(langs []string) (out []use) {
	add := func(prefix string, names []string, data ...string) {
		given := map[string]bool{}
		for _, d := range data {
			given[d] = true
		}
		for _, name := range names {
			out = append(out, use{prefix + name, "family " + prefix, given})
		}
	}
	values := func(typ string) []string {
		found := map[string]bool{}
		for _, v := range c.constants(typ) {
			found[v] = true
		}
		return strings.Fields(sorted(found))
	}
	verbs, chats := c.verbs()
	add("help.", verbs)
	add("menu.", chats)
	add("reason.", values("Reason"))
	add("holiday.", holidays.Keys())
	add("fact.", values("FactName"))
	add("button.period.", []string{"month", "lastmonth", "year"})
	add("language.", langs)
	add("method.", []string{"bank", "stripe", "paypal", "yookassa", "telegram", "cash", "cheque"})
	add("cheque.state.", values("ChequeState"))
	add("chat.cheque.", []string{"received", "bounced", "returned", "mistake"}, "number", "amount", "date", "company")
	for _, word := range []string{"received", "bounced", "returned", "mistake"} {
		add("chat.cheque."+word+".", []string{"title"}, "number", "amount")
	}
	add("pay.by.", []string{"stripe", "paypal", "yookassa", "telegram"})
	for _, s := range values("InvoiceState") {
		if s != "overdue" { // which has a count, and is named as a whole
			add("state.", []string{s})
		}
	}
	for _, side := range []string{"chat.", "staff."} {
		add(side+"outcome.", []string{"title"}, "number", "dispute", "open", "who")
		for _, o := range values("Outcome") {
			data := []string{"number", "dispute", "open", "who"}
			if o == "credited" {
				data = append(data, "note", "amount")
			}
			if o == "reissued" {
				data = append(data, "by")
			}
			add(side+"outcome.", []string{o}, data...)
		}
	}
	add("outcome.", values("Outcome"))
	add("claim.outcome.", values("ClaimOutcome"))
	add("chat.act.diff.", values("DifferenceKind"), "number", "date", "ours", "theirs")
	add("diff.", values("DifferenceKind"))
	add("chat.diff.", values("DifferenceKind"))
	add("promise.outcome.", []string{"awaited", "kept", "broken", "moved", "lapsed"}, "date")
	add("deferral.state.", []string{"agreed", "declined", "refused"})
	add("deferral.told.", []string{"agreed", "declined", "offered"}, "deferral", "customer")
	add("chat.terms.", []string{"agreed", "agreed.day", "agreed.plan", "offered", "offered.day", "offered.plan", "declined"}, "what", "date", "company")
	add("channel.", []string{"telegram", "mail", "sms"})
	for _, name := range []string{"ask", "done", "failed", "unknown"} {
		add("mail.stop."+name+".", []string{"title", "body"}, "company")
	}
	add("message.", values("NoticeKind"))
	add("sent.", values("NoticeState"))
	add("decided.", []string{"approved", "declined", "withdrawn", "expired", "stale"})
	add("task.", c.tasks(), "handle", "customer", "number", "detail")
	add("task.unknown.", c.unknowns(), "customer")
	for _, voice := range append(values("Tone"), "soon") {
		step := "remind." + voice + "."
		add(step, []string{"title", "body"}, "count", "company", "customer", "total")
	}
	add("tone.", append(values("Tone"), "soon"))
	add("reminding.policy.", values("Source"), "policy", "version")
	add("reminding.kept.", values("Why"), "handle", "until")
	add("reminding.silence.", []string{"promise", "claim", "cheque"}, "number", "until")
	add("statements.every.", []string{"default", "off", "monthly", "quarterly"})
	add("chat.statements.", []string{"off", "monthly", "quarterly"})
	add("statements.because.", []string{"onitsway", "near", "hold", "freeday", "quiet", "nobody", "late"})
	add("nature.", []string{"principal", "interest", "costs"})
	add("every.", []string{"weekly", "monthly", "quarterly", "yearly"})
	add("every.n.", []string{"weekly", "monthly"}, "count")
	add("recur.held.", []string{"limit", "rate", "requires", "other", "burst", "approval", "declined"}, "contract", "handle", "date", "n", "approval")
	add("approval.state.", []string{"approved", "declined", "withdrawn", "expired", "stale"}, "who")
	add("approval.done.", []string{"approved", "declined", "expired", "stale"}, "approval", "who")
	add("need.", append(values("NeedKind"), "nolimit"), "amount", "percent", "before", "month")
	add("require.", values("Requirement"))
	add("unsaid.", []string{"failed", "waits", "unchanged", "later"}, "customer")
	add("chat.odd.", []string{"voice", "video", "sticker", "other"})
	add("refuse.requires.", values("Requirement"), "customer")
	add("route.", values("RouteReason"))
	add("campaign.state.", values("CampaignState"))
	add("campaign.what.", []string{"daily", "overdue", "all", "again", "bank"})
	add("platform.", []string{"telegram", "mail", "sms"})
	add("bounced.", []string{"chat", "waits"}, "handle")
	add("button.", []string{"pause", "resume", "stop"})
	add("remindhand.", []string{"pilot", "onitsway", "toosoon", "nobody", "nothing"}, "count")
	for _, s := range values("CampaignState") { // what is refused to a campaign
		add("refuse.campaign.", []string{s}, "campaign")
	}
	add("setup.", []string{"company", "people", "customers", "invoices", "check", "invite", "done"})
	add("setup.role.", values("Role"))
	add("button.setup.", []string{"next", "skip", "back", "look"})
	add("import.state.", values("importState"))
	add("import.found.", values("ImportKind"), "count")
	add("provider.", []string{"stripe", "paypal", "yookassa"})
	add("entry.left.", []string{"notours", "outgoing", "own", "refund", "payout", "booked", "twin", "parts"}, "other")
	add("ask.several.", []string{"best", "onaccount", "notours"})
	add("ask.preflight.", []string{"skip", "snooze", "send", "release"})
	add("preflight.state.", values("RowState"))
	add("bank.place.", []string{"posted", "account", "returned", "left"}, "count")
	add("bankchange.state.", values("BankChangeState"))
	add("bankfield.", []string{"iban", "bic", "bank", "holder", "account"})
	add("odd.what.", []string{"twice", "again", "account", "details", "sum.large", "sum.small"})
	add("odd.why.", values("OddKind"))
	add("odd.outcome.", values("OddOutcome"))
	add("button.odd.", []string{"keep", "refund", "same", "right", "learn", "not", "fraud"}, "payment")
	add("bank.column.", strings.Fields(strings.Join(values("Column"), " ")), "head")
	add("bank.doubt.", []string{"account", "amount", "changed", "currency", "date", "nohead", "order", "point", "sides", "sign"}, "currency")
	add("match.ref", []string{"", ".field", ".bare", ".maybe", ".other", ".range"}, "number")
	add("match.sum.", []string{"all", "due"}, "amount", "count")
	add("bank.odd.", values("BankMismatchKind"), "line", "said", "found", "lines", "there")
	add("bank.odd.", []string{"turnover.out", "balances"}, "line", "said", "found", "lines", "there")
	add("bank.done.", []string{"posted", "account", "returned", "left", "waits"}, "count")
	add("import.next.", values("ImportKind"))
	add("import.ask.", []string{"kind", "dates", "numbers"}, "text")
	add("import.kind.", []string{"opening", "invoices", "payments", "statement"})
	add("aging.by.", []string{"currency", "owner", "segment"})
	add("home.", []string{"approvals", "links", "deferrals", "disputes", "questions", "promises", "unknown", "mailasks", "routes", "calls", "tasks", "untaken", "claims", "entries", "cheques"}, "count")
	add("pick.by.", []string{"customer", "currency", "owner", "segment", "bucket"})
	add("position.", values("Position"))
	add("found.", values("FindReason"))
	add("paper.name.", []string{"invoice", "act", "delivery", "credit", "receipt", "voucher", "statement", "reconciliation"}, "number", "customer", "from", "to")
	add("work.kind.", values("TaskKind"))
	add("work.outcome.", values("TaskOutcome"))
	add("work.note.", values("NoteKind"))
	for _, kind := range values("TaskKind") {
		if kind != "noroute" { // which says what it said before there were tasks
			add("work.why.", []string{kind}, "number", "step", "date")
		}
	}
	add("work.script.", []string{"plain", "promise", "final", "friendly"}, "company", "amount", "number", "due")
	add("button.work.", []string{"promised", "talked", "unreached", "posted", "mailed", "mine", "pass", "on", "lawyer", "nothing", "paid", "plan", "dispute", "hold", "writeoff"})
	add("step.", []string{"call", "letter", "sms"})
	for _, voice := range append(values("Tone"), "soon", "short") {
		add("sms.", []string{voice}, "company", "number", "more", "amount", "due", "link")
	}
	add("button.file.", []string{"invoice", "act", "delivery", "xlsx", "csv"})
	add("call.", []string{"agreed", "cheque", "broken", "unreached", "silent"})
	add("calls.", []string{"noanswer", "wrongnumber", "snoozed"}, "customer", "date", "handle")
	add("button.paper.", []string{"invoice", "act", "delivery", "statement", "reconciliation"})
	add("chat.paper.", []string{"invoice", "act", "delivery", "receipt", "credit"}, "number", "company")
	add("chat.paper.", []string{"statement", "reconciliation"}, "company")
	// Keys that reach T or Say in a variable.
	add("digest.", []string{"cash", "newly", "moved", "broken", "today", "contested", "overdue", "disputed", "piloted", "onhold", "forecast", "dso"})
	add("digest.today.", []string{"promises", "parts", "cheques"}, "number", "sums")
	add("digest.by.", values("ForecastBy"))
	add("digest.without.", []string{"disputed", "held", "unsaid"}, "sums")
	add("digest.way.", []string{"slack", "telegram", "mail"})
	add("digest.", []string{"settling", "tasks", "waiting", "odds", "cheques", "unknown"}, "count", "sums", "days")
	add("button.digest.", []string{"approvals", "settling", "tasks", "deferrals", "claims", "waiting", "odds", "cheques", "unknown"})
	add("button.digest.unlink.", []string{"telegram", "mail"})
	add("chat.stopped.", []string{"chat", "mail", "none"})
	add("settled.", []string{"arrived", "again"}, "who")
	return out
}

// spare are texts that are ready before the code that will show them.
var spare = []string{"inv.more", "slack.old"}

func TestCodeAndTextsFit(t *testing.T) {
	langs := readLanguages(t)
	texts := langs[Fallback]
	c := readCode(t)
	uses := append(c.uses, c.families(strings.Fields(sorted(langs)))...)
	if len(uses) < 250 {
		t.Fatalf("found %d uses of texts: the code is not read right", len(uses))
	}
	used := map[string]bool{}
	for _, key := range spare {
		used[key] = true
	}
	for _, u := range uses {
		used[u.key] = true
		m, ok := texts[u.key]
		if !ok {
			t.Errorf("%s: there is no text %q", u.at, u.key)
			continue
		}
		checkData(t, u, fieldsOf(t, u.key, m), langs)
	}
	for key := range texts {
		if !used[key] && !c.words[key] {
			t.Errorf("text %q is not used", key)
		}
	}
	for prefix, at := range c.prefixes {
		if prefix != "refuse." && prefix != "refuse.usage." && !anyPrefix(uses, prefix) {
			t.Errorf("%s: keys that begin with %q are no family of this test", at, prefix)
		}
	}
}

// checkData sees to it that a use gives what its text mentions, and a count where its forms
// need one.
func checkData(t *testing.T, u use, f fields, langs map[string]map[string]message) {
	t.Helper()
	if u.names == nil {
		return
	}
	for name := range f.must {
		if !u.names[name] {
			t.Errorf("%s: %q mentions {{.%s}}, which is not given", u.at, u.key, name)
		}
	}
	for lang, texts := range langs {
		if texts[u.key].isPlural() && !u.names["count"] {
			t.Errorf("%s: %q has plural forms in %s, and no count is given", u.at, u.key, lang)
		}
	}
}

func anyPrefix(uses []use, prefix string) bool {
	for _, u := range uses {
		if strings.HasPrefix(u.key, prefix) || strings.Contains(u.key, "."+prefix) {
			return true
		}
	}
	return false
}
