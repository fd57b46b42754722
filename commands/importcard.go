package commands

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// importCommand lists the files that were dropped last, or shows one with its buttons. Without
// words it is no form but the list, with a menu that opens a file: one comes by being dropped.
//
//	line = [ "F-" n [ "rows" ] ] .
func importCommand() Command {
	return Command{
		Name: "import", Who: anybody(), Reads: true,
		Usage:    []string{`import`, `import <F-1>`, `import <F-1> rows`},
		Examples: []string{`import`, `import F-1`, `import F-1 rows`},
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) == 0 {
				return c.importList()
			}
			x, err := loadImport(c.View, ledger.ParseImportID(c.Args[0].text))
			if err == nil && (x == nil || !c.mayRead(x)) {
				err = ledger.Refuse(ledger.NotFound, "import.unknown", "text", c.Args[0].text)
			}
			if err != nil {
				return card.Reply{}, err
			}
			if len(c.Args) > 1 {
				return c.importRows(x)
			}
			k := importCard(c.View, x)
			if !may(Command{Who: importers()}, c.Who.Role) {
				k.Buttons = nil
			}
			if len(x.Wrong) > 0 {
				k.Buttons = append(k.Buttons, lineButton(card.T("button.import.rows"), "import "+x.ID.Label()+" rows"))
			}
			return card.Reply{Card: k}, nil
		},
	}
}

// mayRead reports whether the asker may see what became of a file: its rows name customers of
// others, so sales see what they dropped themselves.
func (c *Call) mayRead(x *fileImport) bool {
	return c.May == nil || x.By == c.Who.ID
}

// importsListed is how many files a list shows.
const importsListed = 15

func (c *Call) importList() (card.Reply, error) {
	k := &card.Card{Title: card.T("import.list"), Table: &card.Table{
		Head:  []card.Text{card.T("col.file"), card.T("col.name"), card.T("col.begun"), card.T("col.state"), card.T("col.rows")},
		Right: []bool{false, false, false, false, true}}}
	last, err := c.Get("import.last")
	if err != nil {
		return card.Reply{}, err
	}
	n, _ := strconv.ParseUint(string(last), 10, 32)
	co, pick := c.Company(), card.Pick{Label: card.T("pick.file")}
	for id := ledger.ImportID(n); id > 0 && len(k.Table.Rows) < importsListed; id-- {
		x, err := loadImport(c.View, id)
		if err != nil {
			return card.Reply{}, err
		}
		if x == nil || !c.mayRead(x) {
			continue
		}
		k.Table.Rows = append(k.Table.Rows, []card.Text{card.Plain(id.Label()), card.Plain(x.Name), card.T("value", "value", card.Instant{At: x.At, Zone: co.Zone()}),
			card.T("import.state." + string(x.State)), card.T("value", "value", x.Rows)})
		pick.Buttons = append(pick.Buttons, lineButton(card.T("import.title", "import", id.Label(), "name", x.Name), "import "+id.Label()))
	}
	if len(k.Table.Rows) == 0 {
		return card.Say("import.none"), nil
	}
	k.Note = []card.Text{card.T("import.how")}
	k.Picks = []card.Pick{pick}
	return card.Reply{Card: k}, nil
}

// importRows hands the rows that could not be booked to whoever asks, as a file.
func (c *Call) importRows(x *fileImport) (card.Reply, error) {
	if !c.Args[1].is("rows") || len(c.Args) > 2 {
		return card.Reply{}, ledger.Refuse(ledger.NotFound, "import.unknown", "text", c.Line)
	}
	f, err := wrongFile(c.View, x)
	if err == nil && f == nil {
		err = ledger.Refuse(ledger.NotFound, "import.norows", "import", x.ID.Label())
	}
	if err != nil {
		return card.Reply{}, err
	}
	return card.Reply{Card: &card.Card{Body: []card.Text{card.T("import.rowsfile", "import", x.ID.Label())}, File: f}}, nil
}

// importNews is the message of a dropped file as it stands, or the file of its wrong rows.
func importNews(v *ledger.View, n *ledger.Notice) (card.Message, error) {
	x, err := loadImport(v, n.Import)
	if err != nil {
		return card.Message{}, err
	}
	if x == nil {
		return card.Message{Withdraw: "the file is forgotten"}, nil
	}
	if n.Kind == ledger.NoticeImportRows {
		return wrongRowsNews(v, x)
	}
	return card.Message{Card: importCard(v, x)}, nil
}

func wrongRowsNews(v *ledger.View, x *fileImport) (card.Message, error) {
	f, err := wrongFile(v, x)
	if err != nil || f == nil {
		return card.Message{Withdraw: "there are no wrong rows any more"}, err
	}
	return card.Message{Card: &card.Card{Body: []card.Text{f.Text}, File: f}}, nil
}

// wrongFile is the rows of a file that could not be booked, each with its reason; nil where
// there are none.
func wrongFile(v *ledger.View, x *fileImport) (*card.File, error) {
	data, err := v.Get(importWrongRows(x.ID))
	if err != nil || data == nil {
		return nil, err
	}
	var w wrongRows
	if err := json.Unmarshal(data, &w); err != nil {
		return nil, err
	}
	t := &card.Table{Head: []card.Text{card.T("col.line"), card.T("col.problem")}}
	for _, h := range w.Head {
		t.Head = append(t.Head, card.Plain(h))
	}
	for _, row := range w.Rows {
		cells := []card.Text{card.T("value", "value", row.Line), row.Why}
		for _, c := range row.Cells {
			cells = append(cells, card.Plain(c))
		}
		t.Rows = append(t.Rows, cells)
	}
	return &card.File{Name: strings.ToLower(x.ID.Label()) + "-wrong-rows.csv", Text: card.T("import.wrongfile", "count", len(w.Rows)), Table: t}, nil
}

// importCard shows what a file would do or did, with the buttons that fit its state.
func importCard(v *ledger.View, x *fileImport) *card.Card {
	k := &card.Card{Title: card.Join(card.T("import.title", "import", x.ID.Label(), "name", x.Name), card.T("import.state."+string(x.State)))}
	switch x.State {
	case importFetch, importCheck, importBook:
		cells, percent := bar(x.Tried, max(x.Rows, 1))
		k.Body = []card.Text{card.T("import.bar", "bar", cells, "percent", percent)}
		if id, rows := v.Booking(); x.State == importBook && id == x.ID {
			cells, percent = bar(rows, max(x.Rows, 1))
			k.Body = []card.Text{card.T("import.bar", "bar", cells, "percent", percent), card.T("import.counts")}
		} else {
			k.Buttons = []card.Button{importButton(x, "stop", card.T("button.stop"))}
		}
	case importAsking:
		if x.Ask.What == "columns" {
			x.columnsOn(k)
			break
		}
		x.askOn(k)
	case importReady:
		x.foundOn(k)
		x.bankOn(v, k)
		book := importButton(x, "book", card.T("button.import", "count", x.Count.Added+x.Count.Changed))
		book.Style = card.Primary
		if x.Bank != nil && x.Bank.odd() {
			book.Style, book.Label = card.Danger, card.T("button.import.odd", "count", x.Count.Added)
		}
		if x.Count.Added+x.Count.Changed == 0 {
			k.Note = append(k.Note, x.nothing())
		} else {
			k.Buttons = []card.Button{book}
			if x.Kind == ledger.ImportInvoices {
				k.Note = append(k.Note, card.T("import.issues"))
			}
		}
		if x.Bank != nil && x.Bank.Mapping != nil {
			k.Buttons = append(k.Buttons, importButton(x, "anew", card.T("button.columns.anew")))
		}
		k.Buttons = append(k.Buttons, importButton(x, "cancel", card.T("button.cancel")))
	case importWrong:
		if x.Kind == ledger.ImportStatement {
			x.bankWrongOn(k)
			break
		}
		x.foundOn(k)
		x.wrongOn(k)
	case importDone:
		x.foundOn(k)
		x.bankOn(v, k)
		if len(x.Wrong) > 0 {
			x.wrongOn(k)
		}
		k.Note = append(k.Note, x.whoTook())
		if x.Kind != ledger.ImportStatement || v.BankCount(x.ID).Waits > 0 {
			k.Note = append(k.Note, importNext(x.Kind))
		}
	case importCancelled:
		k.Body = []card.Text{card.T("import.cancelled")}
	case importFailed:
		k.Body = []card.Text{*x.Why, card.T("import.failed")}
	}
	return k
}

// importNext says what comes next, by what was imported.
func importNext(kind ledger.ImportKind) card.Text { return card.T("import.next." + string(kind)) }

func importButton(x *fileImport, do string, label card.Text) card.Button {
	return card.Button{Label: label, Do: "import", Arg: idArg(uint32(x.ID)) + "." + do}
}

// askOn asks what the file leaves open.
func (x *fileImport) askOn(k *card.Card) {
	k.Body = []card.Text{card.T("import.ask."+x.Ask.What, "text", x.Ask.Example)}
	for _, o := range x.Ask.Options {
		k.Buttons = append(k.Buttons, importButton(x, "answer."+x.Ask.What+"."+o, x.option(o)))
	}
	k.Buttons = append(k.Buttons, importButton(x, "cancel", card.T("button.cancel")))
}

// option words one of the answers to a question.
func (x *fileImport) option(o string) card.Text {
	switch x.Ask.What {
	case "kind":
		return card.T("import.kind." + o)
	case "dates":
		return card.T("import.day", "date", exampleDay(x.Ask.Example, o))
	}
	group := map[string]string{".": ",", ",": "."}[o]
	d, err := decimal.NewFromString(strings.Replace(strings.ReplaceAll(x.Ask.Example, group, ""), o, ".", 1))
	if err != nil { // with a currency beside it
		return card.T("import.point", "text", o)
	}
	return card.T("import.number", "value", number(d))
}

// foundOn says what the rows are, and what becomes of them.
func (x *fileImport) foundOn(k *card.Card) {
	var counts []card.Text
	add := func(n int, what card.Text) {
		if n > 0 {
			counts = append(counts, what)
		}
	}
	add(x.Count.Added, card.T("import.new", "rows", x.Count.Added))
	add(x.Count.Changed, card.T("import.changed", "rows", x.Count.Changed))
	add(x.Count.Same, card.T("import.same", "rows", x.Count.Same))
	add(x.Count.Wrong, card.T("import.wrong", "rows", x.Count.Wrong))
	k.Body = append(k.Body, card.T("import.found."+string(x.Kind), "count", x.Rows))
	if len(counts) > 0 {
		k.Body = append(k.Body, card.Join(counts...))
	}
	if len(x.Owed) > 0 && x.State != importWrong {
		k.Fields = append(k.Fields, card.Field{Label: card.T("field.total"), Value: eachOwed(x.Owed)})
	}
	if x.Totals > 0 {
		k.Note = append(k.Note, card.T("import.totals", "count", x.Totals))
	}
	if n := len(x.Unused); n > 0 {
		k.Note = append(k.Note, card.T("import.unused", "count", n, "names", strings.Join(x.Unused[:min(n, unusedShown)], ", ")))
	}
}

func eachOwed(sums map[ledger.Currency]int64) card.Text {
	var out []card.Text
	for _, c := range currenciesOf(sums) {
		out = append(out, money(ledger.Money{Minor: sums[c], Currency: c}))
	}
	return card.Join(out...)
}

// wrongOn names the first rows that cannot be booked.
func (x *fileImport) wrongOn(k *card.Card) {
	for _, w := range x.Wrong {
		k.Body = append(k.Body, card.T("import.row", "line", w.Line, "why", w.Why))
	}
	if more := x.Count.Wrong - len(x.Wrong); more > 0 {
		k.Body = append(k.Body, card.T("import.more", "count", more))
	}
	if x.State == importWrong {
		k.Note = append(k.Note, card.T("import.mend"))
	}
}

// importByButton does what somebody pressed under a dropped file: it is booked, cancelled,
// stopped, or read otherwise. The work itself comes after.
func importByButton(c *Call) (card.Reply, error) {
	id, how := cutArg(c.Where.Arg)
	x, err := loadImport(c.View, ledger.ImportID(id))
	if err != nil {
		return card.Reply{}, err
	}
	if x == nil {
		return card.Say("button.old"), nil
	}
	how, answer, _ := strings.Cut(how, ".")
	was := x.State
	switch {
	case how == "book" && x.State == importReady:
		if err := c.mayOpen(x.Kind); err != nil {
			return card.Reply{}, err
		}
		x.State, x.Tried = importBook, 0
	case how == "answer" && x.State == importAsking:
		what, option, _ := strings.Cut(answer, ".")
		if x.Ask.What != what || !slices.Contains(x.Ask.Options, option) {
			return card.Say("button.old"), nil
		}
		if what == "columns" {
			c.confirmColumns(x, option)
		}
		x.Answers, x.Ask, x.State, x.Tried = x.Answers.With(what, option), nil, importCheck, 0
	case how == "anew" && x.State == importReady && x.Bank != nil:
		x.Bank, x.State, x.Tried = &bankWork{Anew: true}, importCheck, 0
	case how == "cancel" && !x.over(), how == "stop" && !x.over():
		if booking, _ := c.Booking(); booking == x.ID {
			return card.Reply{}, ledger.Refuse(ledger.Conflict, "import.toolate", "import", x.ID.Label())
		}
		x.State = importCancelled
	default:
		return card.Reply{}, ledger.Refuse(ledger.Conflict, "import.moved", "import", x.ID.Label(), "state", card.T("import.state."+string(was)))
	}
	x.Decided = c.Who.ID
	return card.Reply{}, c.Desk.showImport(c.Tx, x)
}

// mayOpen refuses opening balances to all but managers where the company asks a second person
// for large invoices: they are many invoices at once, and no request shows them all.
func (c *Call) mayOpen(kind ledger.ImportKind) error {
	if kind != ledger.ImportOpening || !c.Company().Approvals.Invoice.Set || c.Who.Role == Manager {
		return nil
	}
	return forbidden(Command{Name: "import", Who: []Role{Manager}}, c.Who.Role)
}

// exampleDay reads a day of which the first two numbers are day and month, in either order.
func exampleDay(s, order string) ledger.Date {
	var n [3]int
	for i, part := range strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		if i < len(n) {
			n[i], _ = strconv.Atoi(part)
		}
	}
	if n[2] < 100 {
		n[2] += 2000
	}
	if order == "mdy" {
		n[0], n[1] = n[1], n[0]
	}
	return ledger.NewDate(n[2], time.Month(n[1]), n[0])
}
