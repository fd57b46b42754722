package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// message is one text of a language file: its words by plural form. A text that reads the
// same at every number has "other" alone.
type message map[string]string

func (m message) isPlural() bool { return len(m) > 1 }

// fields are the names that a text mentions. Those under "may" stand only inside a condition,
// so that a caller may leave them out.
type fields struct{ must, may map[string]bool }

func (f fields) all() []string {
	var out []string
	for name := range f.must {
		out = append(out, name)
	}
	for name := range f.may {
		if !f.must[name] {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

// readLanguages reads the files as they are, without the mechanism that is tested.
func readLanguages(t *testing.T) map[string]map[string]message {
	t.Helper()
	names, err := filepath.Glob("*.toml")
	if err != nil || len(names) < 2 {
		t.Fatalf("language files: %v, %v", names, err)
	}
	out := map[string]map[string]message{}
	for _, name := range names {
		var raw map[string]any
		if _, err := toml.DecodeFile(name, &raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		texts := map[string]message{}
		for key, v := range raw {
			texts[key] = readMessage(t, name+" "+key, v)
		}
		out[strings.TrimSuffix(name, ".toml")] = texts
	}
	return out
}

func readMessage(t *testing.T, where string, v any) message {
	t.Helper()
	if s, ok := v.(string); ok {
		return message{"other": s}
	}
	m := message{}
	forms, _ := v.(map[string]any)
	for form, words := range forms {
		m[form], _ = words.(string)
	}
	if m["other"] == "" {
		t.Errorf("%s: no words for other", where)
	}
	return m
}

// fieldsOf reads the names out of all forms of a text, but not count, which need not be
// mentioned.
func fieldsOf(t *testing.T, where string, m message) fields {
	t.Helper()
	f := fields{map[string]bool{}, map[string]bool{}}
	for form, words := range m {
		trees, err := parse.Parse("", words, "", "", map[string]any{"eq": true})
		if err != nil {
			t.Errorf("%s %s: %v", where, form, err)
			continue
		}
		f.walk(trees[""].Root, false)
	}
	delete(f.must, "count")
	return f
}

func (f fields) walk(list *parse.ListNode, guarded bool) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch x := n.(type) {
		case *parse.ActionNode:
			f.note(x.Pipe, guarded)
		case *parse.WithNode:
			f.note(x.Pipe, true)
			f.walk(x.List, true)
			f.walk(x.ElseList, guarded)
		case *parse.IfNode:
			f.note(x.Pipe, guarded)
			f.walk(x.List, guarded)
			f.walk(x.ElseList, guarded)
		}
	}
}

func (f fields) note(p *parse.PipeNode, guarded bool) {
	into := f.must
	if guarded {
		into = f.may
	}
	for _, cmd := range p.Cmds {
		for _, arg := range cmd.Args {
			if x, ok := arg.(*parse.FieldNode); ok {
				into[x.Ident[0]] = true
			}
		}
	}
}

func TestLanguagesHaveTheSameTexts(t *testing.T) {
	langs := readLanguages(t)
	for lang, texts := range langs {
		for key, m := range langs[Fallback] {
			other, ok := texts[key]
			if !ok {
				t.Errorf("%s has no %q", lang, key)
				continue
			}
			want, got := fieldsOf(t, Fallback+" "+key, m), fieldsOf(t, lang+" "+key, other)
			if a, b := strings.Join(want.all(), " "), strings.Join(got.all(), " "); a != b {
				t.Errorf("%s %s mentions %q, %s mentions %q", lang, key, b, Fallback, a)
			}
			sameInEachForm(t, lang+" "+key, other)
		}
		for key := range texts {
			if _, ok := langs[Fallback][key]; !ok {
				t.Errorf("%s has %q, %s has not", lang, key, Fallback)
			}
		}
	}
}

func sameInEachForm(t *testing.T, where string, m message) {
	t.Helper()
	all := strings.Join(fieldsOf(t, where, m).all(), " ")
	for form, words := range m {
		if got := strings.Join(fieldsOf(t, where, message{form: words}).all(), " "); got != all {
			t.Errorf("%s: form %s mentions %q, the others %q", where, form, got, all)
		}
	}
}

// pluralForms are the forms that CLDR has for a language, found by trying numbers.
func pluralForms(lang string) string {
	names := map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}
	tag, found := language.Make(lang), map[string]bool{}
	for n := 0; n <= 1000; n++ {
		found[names[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]] = true
		found[names[plural.Cardinal.MatchPlural(tag, n, 1, 1, 5, 5)]] = true // n.5
	}
	return sorted(found)
}

func sorted[V any](m map[string]V) string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

func TestPluralFormsAreTheLanguages(t *testing.T) {
	if got := pluralForms("ru"); got != "few many one other" {
		t.Fatalf("forms of ru are %q", got)
	}
	for lang, texts := range readLanguages(t) {
		want := pluralForms(lang)
		for key, m := range texts {
			if !m.isPlural() && strings.Contains(m["other"], ".count") {
				t.Errorf("%s %s tells a count in one form only", lang, key)
			}
			if got := sorted(m); m.isPlural() && got != want {
				t.Errorf("%s %s has the forms %q, want %q", lang, key, got, want)
			}
		}
	}
}

func TestPluralsRead(t *testing.T) {
	c := load(t)
	for _, x := range []struct {
		lang  string
		count int
		want  string
	}{
		{"en", 1, "overdue by 1 day"}, {"en", 2, "overdue by 2 days"}, {"en", 0, "overdue by 0 days"},
		{"ru", 1, "просрочен на 1 день"}, {"ru", 3, "просрочен на 3 дня"}, {"ru", 5, "просрочен на 5 дней"},
		{"ru", 11, "просрочен на 11 дней"}, {"ru", 21, "просрочен на 21 день"}, {"ru", 22, "просрочен на 22 дня"},
		{"ru", 111, "просрочен на 111 дней"}, {"ru", 0, "просрочен на 0 дней"},
	} {
		if got := c.In(x.lang).Say("state.overdue", map[string]any{"count": x.count}); got != x.want {
			t.Errorf("%s %d: got %q, want %q", x.lang, x.count, got, x.want)
		}
	}
}

func load(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

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
	for _, dir := range []string{".", "..", "../../commands", "../../reminders", "../../ledger", "../../adapters/slack", "../../adapters/telegram"} {
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
			if nameOf(x.Type) == "Refusal" {
				c.refusal(x)
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
	case "T", "Say":
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
func (c *code) refusal(x *ast.CompositeLit) {
	u := use{at: c.fset.Position(x.Pos()).String(), names: map[string]bool{}}
	for _, e := range x.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := literal(kv.Value); ok && nameOf(kv.Key) == "Key" {
			u.key = "refuse." + key
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
	found := map[string]bool{"failed": true, "gone": true}
	c.each(func(n ast.Node) {
		if x, ok := n.(*ast.CompositeLit); ok && nameOf(x.Type) == "NoticeQueued" {
			if s, ok := literal(field(x, "Code")); ok && s != "unknown" {
				found[s] = true
			}
		}
	})
	return strings.Fields(sorted(found))
}

// steps is how many steps the default policy of reminders has.
func (c *code) steps() (n int) {
	c.each(func(node ast.Node) {
		if x, ok := node.(*ast.CompositeLit); ok && nameOf(x.Type) == "Policy" {
			if list, ok := field(x, "Steps").(*ast.CompositeLit); ok {
				n = len(list.Elts)
			}
		}
	})
	return n
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
	add("language.", langs)
	add("method.", []string{"bank", "stripe"})
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
			add(side+"outcome.", []string{o}, data...)
		}
	}
	add("task.", c.tasks(), "handle", "number", "detail")
	add("task.unknown.", c.unknowns(), "customer")
	for i := 0; i <= c.steps(); i++ {
		step := "remind." + strconv.Itoa(i) + "."
		add(step, []string{"title"}, "count", "company")
		add(step, []string{"body"}, "count", "company", "customer")
	}
	// Keys that reach T or Say in a variable.
	add("digest.", []string{"cash", "newly", "overdue"})
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

// sample is a datum as people see it, by its name.
func sample(w *Words, name string) string {
	switch name {
	case "amount", "open", "total", "left":
		return w.Money(123456789, 2, "EUR")
	case "date", "due":
		return w.Date(2026, 10, 15)
	case "until":
		return w.Time(time.Date(2026, 10, 15, 9, 5, 0, 0, time.UTC))
	case "number", "example", "near":
		return "INV-2026-000001"
	case "decimals":
		return "2"
	case "max":
		return "60"
	case "linked":
		return "7"
	}
	return "Acme " + name
}

func TestEveryTextRenders(t *testing.T) {
	c := load(t)
	for lang, texts := range readLanguages(t) {
		w := c.In(lang)
		for key, m := range texts {
			f := fieldsOf(t, lang+" "+key, m)
			for _, count := range []int{0, 1, 2, 5, 21, 1_000_000} {
				data := map[string]any{"count": count}
				for name := range f.must {
					data[name] = sample(w, name)
				}
				checkWords(t, lang+" "+key, key, w.Say(key, data)) // without what may be left out
				for name := range f.may {
					data[name] = sample(w, name)
				}
				checkWords(t, lang+" "+key, key, w.Say(key, data))
			}
		}
	}
}

func checkWords(t *testing.T, where, key, got string) {
	t.Helper()
	switch {
	case got == key || got == "":
		t.Errorf("%s says nothing: %q", where, got)
	case strings.Contains(got, "<no value>") || strings.Contains(got, "{{"):
		t.Errorf("%s lacks a datum: %q", where, got)
	case strings.Contains(got, "..") || strings.Contains(got, "  ") || strings.Contains(got, " ,") || strings.TrimSpace(got) != got && key != "format.group":
		t.Errorf("%s reads badly: %q", where, got)
	}
}

func TestHostileDataComeThroughUnchanged(t *testing.T) {
	c := load(t)
	hostile := []string{"{{.amount}}", "{{", "}}{{end}}", "<b>&amp;</b>", "%s %d %!", "*x*`_~", "\u202eשלום\u202c مرحبا", "\"'\\\n\t", strings.Repeat("ы", 5000)}
	for lang, texts := range readLanguages(t) {
		for key, m := range texts {
			for i, bad := range hostile {
				data := map[string]any{"count": 5}
				names := fieldsOf(t, lang+" "+key, m).all()
				for _, name := range names {
					data[name] = name + bad
				}
				got := c.In(lang).Say(key, data)
				for _, name := range names {
					if !strings.Contains(got, name+bad) {
						t.Errorf("%s %s: datum %s of the kind %d is lost or changed", lang, key, name, i)
					}
				}
			}
		}
	}
}

// toCustomers are the texts that customers are shown: by their beginnings, and refusals of
// what they may press or write.
var toCustomers = []string{"chat.", "menu.", "inv.", "pay.", "receipt.", "remind.", "reason.", "state.", "copy.note", "dispute.reply", "account.more",
	"refuse.link.unknown", "refuse.invoice.closed", "refuse.dispute.already", "refuse.dispute.over", "refuse.pay.", "refuse.key.reused"}

func TestTone(t *testing.T) {
	for lang, texts := range readLanguages(t) {
		for key, m := range texts {
			for _, words := range m {
				if strings.Contains(words, "!") {
					t.Errorf("%s %s: an exclamation mark", lang, key)
				}
				for _, prefix := range toCustomers {
					if strings.HasPrefix(key, prefix) && strings.Contains(words, "`") {
						t.Errorf("%s %s: a Slack mark in a text for customers", lang, key)
					}
				}
			}
		}
	}
}

// TestTextsFitTheirPlaces holds the limits of the platforms for short texts: Telegram's
// toast 200 and command 256, our label there 60, Slack's confirm buttons 30 and question 300.
// "button.old" is no label but what an old button answers.
func TestTextsFitTheirPlaces(t *testing.T) {
	c := load(t)
	limits := map[string]int{"button.": 60, "button.credit": 30, "button.reject": 30, "button.unlink": 30, "button.never": 30, "confirm.": 300,
		"menu.": 256, "reason.": 60, "chat.oldbutton": 60, "chat.disputed.already": 200, "chat.error": 200, "refuse.pay.": 200, "pay.failed": 200,
		"refuse.invoice.closed": 200, "refuse.dispute.": 200, "refuse.key.reused": 200}
	for lang, texts := range readLanguages(t) {
		w := c.In(lang)
		for key, m := range texts {
			data := map[string]any{}
			for _, name := range fieldsOf(t, key, m).all() {
				data[name] = sample(w, name)
			}
			n := utf8.RuneCountInString(w.Say(key, data))
			for prefix, limit := range limits {
				if key != "button.old" && strings.HasPrefix(key, prefix) && n > limit {
					t.Errorf("%s %s has %d characters, more than %d", lang, key, n, limit)
				}
			}
		}
	}
}

// The sums are what Node's Intl (CLDR 48) writes for the same numbers.
func TestMoney(t *testing.T) {
	c := load(t)
	for _, x := range []struct {
		minor    int64
		decimals int32
		currency string
		en, ru   string
	}{
		{440181, 2, "EUR", "€4,401.81", "4\u00a0401,81\u00a0€"},
		{0, 2, "EUR", "€0.00", "0,00\u00a0€"},
		{5, 2, "EUR", "€0.05", "0,05\u00a0€"},
		{-5, 2, "EUR", "-€0.05", "-0,05\u00a0€"},
		{99999, 2, "GBP", "£999.99", "999,99\u00a0£"},
		{100000, 2, "GBP", "£1,000.00", "1\u00a0000,00\u00a0£"},
		{-123456789, 2, "USD", "-$1,234,567.89", "-1\u00a0234\u00a0567,89\u00a0$"},
		{1200, 0, "JPY", "¥1,200", "1\u00a0200\u00a0¥"},
		{7, 0, "JPY", "¥7", "7\u00a0¥"},
		{1234567, 3, "KWD", "KWD\u00a01,234.567", "1\u00a0234,567\u00a0KWD"},
		{-50, 3, "KWD", "-KWD\u00a00.050", "-0,050\u00a0KWD"},
		{-500, 2, "RUB", "-RUB\u00a05.00", "-5,00\u00a0₽"},
		{9950, 2, "CHF", "CHF\u00a099.50", "99,50\u00a0CHF"},
		{100, 2, "CNY", "CN¥1.00", "1,00\u00a0CN¥"},
		{100, 2, "PHP", "₱1.00", "1,00\u00a0PHP"},
		{1_000_000_000_000_000, 2, "EUR", "€10,000,000,000,000.00", "10\u00a0000\u00a0000\u00a0000\u00a0000,00\u00a0€"},
	} {
		for lang, want := range map[string]string{"en": x.en, "ru": x.ru} {
			if got := c.In(lang).Money(x.minor, x.decimals, x.currency); got != want {
				t.Errorf("%s %d %s: got %q, want %q", lang, x.minor, x.currency, got, want)
			}
		}
	}
}

// The days are what Intl writes with dateStyle medium, for en-GB and ru.
func TestDate(t *testing.T) {
	c := load(t)
	for _, x := range []struct {
		y, m, d int
		en, ru  string
	}{
		{2026, 1, 5, "5 Jan 2026", "5 янв. 2026 г."},
		{2026, 2, 28, "28 Feb 2026", "28 февр. 2026 г."},
		{2026, 3, 1, "1 Mar 2026", "1 мар. 2026 г."},
		{2026, 5, 9, "9 May 2026", "9 мая 2026 г."},
		{2026, 6, 5, "5 Jun 2026", "5 июн. 2026 г."},
		{2026, 9, 30, "30 Sept 2026", "30 сент. 2026 г."},
		{2026, 10, 15, "15 Oct 2026", "15 окт. 2026 г."},
		{2027, 12, 31, "31 Dec 2027", "31 дек. 2027 г."},
		{2026, 0, 1, "", ""},
		{2026, 13, 1, "", ""},
	} {
		for lang, want := range map[string]string{"en": x.en, "ru": x.ru} {
			if got := c.In(lang).Date(x.y, x.m, x.d); got != want {
				t.Errorf("%s: got %q, want %q", lang, got, want)
			}
		}
	}
	at := time.Date(2026, 10, 15, 9, 5, 0, 0, time.UTC)
	if got, want := c.In("ru").Time(at), "15 окт. 2026 г. 09:05"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWholeNumbers(t *testing.T) {
	c := load(t)
	for n, want := range map[int64][2]string{
		7: {"7", "7"}, 9999: {"9999", "9999"}, 12345: {"12,345", "12\u00a0345"}, -1234567: {"-1,234,567", "-1\u00a0234\u00a0567"},
	} {
		if en, ru := c.In("en").Int(n), c.In("ru").Int(n); en != want[0] || ru != want[1] {
			t.Errorf("%d: got %q and %q, want %q", n, en, ru, want)
		}
	}
}

func TestLanguageOfAPlatform(t *testing.T) {
	c := load(t)
	for tag, want := range map[string]string{"ru": "ru", "ru-RU": "ru", "RU_ru": "ru", "en-US": "en", "pt-br": "en", "": "en", "run": "en"} {
		if got := c.Match(tag); got != want {
			t.Errorf("Match(%q): got %q, want %q", tag, got, want)
		}
	}
	if got := c.In("xx").Lang; got != Fallback {
		t.Errorf("In(xx) speaks %q", got)
	}
	if got := c.In("en").Say("no.such.text", nil); got != "no.such.text" {
		t.Errorf("a text that is not there says %q", got)
	}
}

func TestFilesAreUTF8(t *testing.T) {
	for _, name := range []string{"en.toml", "ru.toml"} {
		data, err := os.ReadFile(name)
		if err != nil || !utf8.Valid(data) || strings.Contains(string(data), "\u00a0") {
			t.Errorf("%s: %v; not UTF-8, or a no-break space that cannot be seen", name, err)
		}
	}
}
