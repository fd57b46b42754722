package bank

import (
	"bufio"
	"io"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"duebot/ledger"
)

// 1CClientBankExchange is what banks of Russia, Kazakhstan and Belarus give to 1C: lines of a key
// and a value, a section for each account and one for each payment. A payment names both sides;
// its direction is told by which of them is the account. A file of several accounts is read
// once for each.

const (
	oneCLineMax     = 64 << 10
	oneCAccountsMax = 50
)

func readOneC(s *source, f *feed) error {
	page := oneCPage(s.head)
	head, err := oneCHead(s.text(page, "ru"), f)
	if err != nil {
		return err
	}
	s.passes = int64(len(head.accounts)) + 1
	if len(f.problems) > 0 {
		return nil
	}
	for i, a := range head.accounts {
		r := &oneCReader{f: f, head: head, account: a, first: i == 0}
		if err := r.read(s.text(page, "ru")); err != nil {
			return err
		}
	}
	return nil
}

var oneCEncoding = regexp.MustCompile(`(?m)^[^=\n]{5,20}=(Windows|DOS|UTF-?8)\s*$`)

// oneCPage is the code page that the file names; the key before it is in that page itself.
func oneCPage(head []byte) encoding.Encoding {
	m := oneCEncoding.FindStringSubmatch(onlyLF(headText(head)))
	switch {
	case m == nil || m[1][0] == 'U':
		return nil
	case m[1] == "DOS":
		if guessPage(head, "ru") == charmap.Windows1251 { // it says so, and is not
			return charmap.Windows1251
		}
		return charmap.CodePage866
	}
	if guessPage(head, "ru") == charmap.CodePage866 {
		return charmap.CodePage866
	}
	return charmap.Windows1251
}

// oneCFile is what a file says of its accounts.
type oneCFile struct {
	format   string
	accounts []*oneCAccount
}

type oneCAccount struct {
	st      ledger.BankStatement
	in, out *ledger.Money
}

func (h *oneCFile) account(number string, f *feed) *oneCAccount {
	number = account(number)
	for _, a := range h.accounts {
		if a.st.Account.Number == number {
			return a
		}
	}
	a := &oneCAccount{st: ledger.BankStatement{Account: ledger.BankAccount{Number: number, Currency: oneCCurrency(number, f.options.Currency)}}}
	h.accounts = append(h.accounts, a)
	return a
}

// numericCurrency are the codes that stand in the middle of an account's number. 810 is the
// rouble before 1998, and still the rouble of accounts.
var numericCurrency = map[string]ledger.Currency{"810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY", "398": "KZT", "933": "BYN",
	"826": "GBP", "756": "CHF", "392": "JPY", "949": "TRY", "784": "AED", "051": "AMD", "944": "AZN", "417": "KGS", "860": "UZS", "981": "GEL", "972": "TJS"}

func oneCCurrency(number string, other ledger.Currency) ledger.Currency {
	switch {
	case len(number) == 20 && numericCurrency[number[5:8]] != "":
		return numericCurrency[number[5:8]]
	case strings.HasPrefix(number, "KZ"):
		return "KZT"
	case strings.HasPrefix(number, "BY"):
		return "BYN"
	}
	return other
}

// oneCLines reads keys and values. A line without a key belongs to the value before it.
type oneCLines struct {
	in   *bufio.Reader
	row  int
	next func(key, value string, row int) (*Problem, error)
}

func (o *oneCLines) read(f *feed) error {
	key, value, at := "", "", 0
	give := func() error {
		if key == "" {
			return nil
		}
		p, err := o.next(key, strings.TrimSpace(value), at)
		if p != nil {
			err = f.wrong(p.at(at, key+"="+value))
		}
		return err
	}
	for {
		line, err := readLine(o.in, oneCLineMax)
		if err == io.EOF {
			return give()
		}
		if o.row++; err != nil {
			return placed(err, o.row)
		}
		line = strings.Trim(line, "\x1a\x00")
		k, v, ok := strings.Cut(line, "=")
		word := strings.TrimSpace(k)
		if ok && strings.ContainsAny(word, " ,.;:") { // words of a purpose that go on
			ok = false
		}
		if !ok && !oneCWords[word] {
			if strings.TrimSpace(line) != "" && len(value) < textMax {
				value += " " + line
			}
			continue
		}
		if err := give(); err != nil {
			return err
		}
		key, value, at = word, v, o.row
	}
}

// oneCWords are the lines without a value.
var oneCWords = map[string]bool{"1CClientBankExchange": true, "СекцияРасчСчет": true, "КонецРасчСчет": true, "КонецДокумента": true, "КонецФайла": true, "КонецВыписки": true}

// oneCHead reads what the file says of its accounts, and that it is whole.
func oneCHead(in *bufio.Reader, f *feed) (*oneCFile, error) {
	h := &oneCFile{format: string(OneC)}
	var section map[string]string
	within, from, to, ended := false, "", "", false
	lines := &oneCLines{in: in}
	lines.next = func(key, value string, row int) (*Problem, error) {
		switch {
		case key == "СекцияРасчСчет":
			section = map[string]string{}
		case key == "КонецРасчСчет" && section != nil:
			p := h.section(section, f)
			section = nil
			return p, nil
		case section != nil:
			section[key] = value
		case key == "СекцияДокумент":
			within = true
		case key == "КонецДокумента":
			within = false
		case key == "КонецФайла", key == "КонецВыписки": // as some programs end it
			ended = true
		case within:
		case key == "ВерсияФормата":
			h.format += " " + clean(value)
		case key == "ДатаНачала":
			from = value
		case key == "ДатаКонца":
			to = value
		case key == "РасчСчет" && value != "":
			h.account(value, f)
		}
		return nil, nil
	}
	if err := lines.read(f); err != nil {
		return nil, err
	}
	if !ended {
		return nil, &Problem{Line: lines.row, Key: "bank.problem.cut"}
	}
	return h, h.finish(from, to, lines.row)
}

// finish gives each account the file's period, where it has none of its own.
func (h *oneCFile) finish(from, to string, row int) error {
	if len(h.accounts) == 0 {
		return &Problem{Line: row, Key: "bank.problem.nostatement"}
	}
	if len(h.accounts) > oneCAccountsMax {
		return &Problem{Line: row, Key: "bank.problem.accounts", Args: []any{"max", oneCAccountsMax}}
	}
	for _, a := range h.accounts {
		a.st.Format = h.format
		if a.st.Account.Currency == "" {
			return &Problem{Line: row, Excerpt: a.st.Account.Number, Key: "bank.problem.nocurrency"}
		}
		if d, ok := dottedDay(from); ok && a.st.From == 0 {
			a.st.From = d
		}
		if d, ok := dottedDay(to); ok && a.st.To == 0 {
			a.st.To = d
		}
	}
	return nil
}

// section reads an account's. There may be one for each day: the first opens, the last closes.
func (h *oneCFile) section(s map[string]string, f *feed) *Problem {
	if s["РасчСчет"] == "" {
		return &Problem{Key: "bank.problem.missing", Args: []any{"field", "РасчСчет"}}
	}
	a := h.account(s["РасчСчет"], f)
	from, okFrom := dottedDay(s["ДатаНачала"])
	to, okTo := dottedDay(firstOf(s["ДатаКонца"], s["ДатаНачала"]))
	if s["ДатаНачала"] != "" && !okFrom || s["ДатаКонца"] != "" && !okTo {
		return badDate(s["ДатаНачала"] + " " + s["ДатаКонца"])
	}
	c := a.st.Account.Currency
	sum := func(key string) (*ledger.Money, *Problem) {
		if s[key] == "" {
			return nil, nil
		}
		m, p := amount(noSpaces.Replace(s[key]), c)
		return &m, p
	}
	opening, p1 := sum("НачальныйОстаток")
	closing, p2 := sum("КонечныйОстаток")
	in, p3 := sum("ВсегоПоступило")
	out, p4 := sum("ВсегоСписано")
	for _, p := range []*Problem{p1, p2, p3, p4} {
		if p != nil {
			return p
		}
	}
	if opening != nil && (a.st.Opening == nil || from < a.st.Opening.Date) {
		a.st.Opening, a.st.From = &ledger.BankBalance{Date: from, Amount: *opening}, from
	}
	if closing != nil && (a.st.Closing == nil || to >= a.st.Closing.Date) {
		a.st.Closing, a.st.To = &ledger.BankBalance{Date: to, Amount: *closing}, to
	}
	a.in, a.out = plus(a.in, in), plus(a.out, out)
	return nil
}

func plus(a, b *ledger.Money) *ledger.Money {
	if a == nil || b == nil {
		return firstMoney(a, b)
	}
	return &ledger.Money{Minor: a.Minor + b.Minor, Currency: a.Currency}
}

func firstMoney(a, b *ledger.Money) *ledger.Money {
	if a != nil {
		return a
	}
	return b
}

// noSpaces takes away what groups digits.
var noSpaces = strings.NewReplacer(" ", "", "\u00a0", "", "'", "")

var dotted = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?:\D|$)`)

func dottedDay(s string) (ledger.Date, bool) {
	m := dotted.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil { // as some programs write it
		d, p := isoDay(s)
		return d, p == nil
	}
	if len(m[3]) == 2 {
		m[3] = "20" + m[3]
	}
	return realDay(m[3], m[2], m[1])
}

// oneCReader reads the payments of one account.
type oneCReader struct {
	f       *feed
	head    *oneCFile
	account *oneCAccount
	first   bool // tells what is wrong, once
	doc     map[string]string
	row     int
}

func (r *oneCReader) read(in *bufio.Reader) error {
	if err := r.f.begin(r.account.st); err != nil {
		return err
	}
	lines := &oneCLines{in: in, next: r.next}
	if err := lines.read(r.f); err != nil {
		return err
	}
	if r.doc != nil {
		return &Problem{Line: r.row, Key: "bank.problem.cut"}
	}
	if r.account.in != nil {
		r.f.checkTurnover(*r.account.in, false)
	}
	if r.account.out != nil {
		r.f.checkTurnover(*r.account.out, true)
	}
	return r.f.end(r.account.st)
}

func (r *oneCReader) next(key, value string, row int) (*Problem, error) {
	switch {
	case key == "СекцияДокумент":
		if r.doc != nil && r.first {
			return &Problem{Key: "bank.problem.cut"}, nil
		}
		r.doc, r.row = map[string]string{"СекцияДокумент": value}, row
	case r.doc == nil:
	case key == "КонецДокумента":
		doc := r.doc
		r.doc = nil
		p, err := r.payment(doc)
		if p != nil {
			p.Line = r.row
			p.Excerpt = shorten(clean("Номер="+doc["Номер"]+" Дата="+doc["Дата"]+" Сумма="+doc["Сумма"]), 2*excerptMax)
		}
		return p, err
	case r.doc[key] == "" && len(r.doc) < 300:
		r.doc[key] = value
	}
	return nil, nil
}

// payment tells a payment, if it is of the account.
func (r *oneCReader) payment(d map[string]string) (*Problem, error) {
	own := r.account.st.Account.Number
	went := account(d["ПлательщикСчет"]) == own || account(d["ПлательщикРасчСчет"]) == own
	came := account(d["ПолучательСчет"]) == own || account(d["ПолучательРасчСчет"]) == own
	switch {
	case !went && !came:
		if r.first && !r.known(d) {
			return &Problem{Key: "bank.problem.otheraccount"}, nil
		}
		return nil, nil
	case went && came: // from the account to itself: the day that is there tells
		if went = d["ДатаСписано"] != "" || d["ДатаПоступило"] == ""; went {
			came = false
		}
	}
	if d["Сумма"] == "" {
		return &Problem{Key: "bank.problem.missing", Args: []any{"field", "Сумма"}}, nil
	}
	sum, p := amount(noSpaces.Replace(d["Сумма"]), r.account.st.Account.Currency)
	if p != nil {
		return p, nil
	}
	l := ledger.BankLine{Row: r.row, Amount: sum, Code: clean(d["СекцияДокумент"]), EndToEnd: clean(d["Номер"])}
	other, booked := "Плательщик", d["ДатаПоступило"]
	if !came {
		l.Amount = sum.Neg()
		other, booked = "Получатель", d["ДатаСписано"]
	}
	booked = firstOf(booked, d["ДатаСписано"], d["ДатаПоступило"], d["Дата"])
	day, ok := dottedDay(booked)
	if !ok {
		return badDate(booked), nil
	}
	l.Booked = day
	oneCParty(&l, d, other)
	l.Text = clean(d["НазначениеПлатежа"])
	if l.Text == "" {
		l.Text = joined(d["НазначениеПлатежа1"], d["НазначениеПлатежа2"], d["НазначениеПлатежа3"], d["НазначениеПлатежа4"], d["НазначениеПлатежа5"], d["НазначениеПлатежа6"])
	}
	if code := clean(d["Код"]); code != "0" {
		l.Creditor = code
	}
	return nil, r.f.line(l)
}

// known reports whether a payment is of another account of the file.
func (r *oneCReader) known(d map[string]string) bool {
	sides := []string{account(d["ПлательщикСчет"]), account(d["ПлательщикРасчСчет"]), account(d["ПолучательСчет"]), account(d["ПолучательРасчСчет"])}
	return slices.ContainsFunc(r.head.accounts, func(a *oneCAccount) bool { return slices.Contains(sides, a.st.Account.Number) })
}

// taxBefore is a tax number before a name, with or without its word.
var taxBefore = regexp.MustCompile(`^(?:ИНН\s*)?(\d{10,13})(?:\s*КПП\s*\d{9})?[\s,;/\\]+(.*)$`)

// oneCParty reads the other side: its name stands alone, or behind its tax number.
func oneCParty(l *ledger.BankLine, d map[string]string, side string) {
	name := clean(firstOf(d[side+"1"], d[side]))
	l.PartyTax = clean(d[side+"ИНН"])
	if m := taxBefore.FindStringSubmatch(name); m != nil {
		name, l.PartyTax = m[2], firstOf(l.PartyTax, m[1])
	}
	if l.PartyTax == "0" {
		l.PartyTax = ""
	}
	l.PartyName = name
	number := account(firstOf(d[side+"Счет"], d[side+"РасчСчет"]))
	if own := account(d[side+"РасчСчет"]); own != "" && strings.HasPrefix(number, "301") { // of the bank, through which others pay too
		number = own
	}
	l.Party = ledger.BankAccount{Number: number, Bank: account(d[side+"БИК"]), Holder: name}
}
