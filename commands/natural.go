package commands

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"duebot/commands/card"
	"duebot/ledger"
	"duebot/ledger/names"
)

// aliases are words that people say for verbs, in the languages of staff. What is a verb of
// Table is none.
var aliases = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, language := range []map[string]string{
		{ // English
			"paid": "payment", "pay": "payment", "received": "payment", "bill": "invoice",
			"owes": "aging", "who owes": "aging", "who owes us": "aging", "overdue": "aging overdue",
			"status": "show", "open": "show", "search": "find", "reminder": "remind", "promised": "promise", "promises": "promise",
			"called": "note called", "call list": "calls", "disputes": "dispute list", "reject": "dispute resolve reject", "customers": "customer list",
		},
		{ // Russian
			"оплачено": "payment", "оплата": "payment", "платеж": "payment", "платёж": "payment", "оплатили": "payment", "счет": "invoice", "счёт": "invoice",
			"долги": "aging", "кто должен": "aging", "просрочка": "aging overdue", "покажи": "show", "показать": "show", "статус": "show",
			"найди": "find", "найти": "find", "поиск": "find", "почему": "why", "история": "history", "выписка": "statement",
			"напомни": "remind", "напомнить": "remind", "обещание": "promise", "обещал": "promise", "обещали": "promise",
			"заметка": "note", "запиши": "note", "звонил": "note звонил", "позвонил": "note позвонил", "звонки": "calls", "кому звонить": "calls",
			"спор": "dispute", "споры": "dispute list", "клиент": "customer", "клиенты": "customer list",
			"помощь": "help", "справка": "help", "сторно": "credit", "списать": "writeoff",
		},
		{ // Romanian, with and without its marks
			"plată": "payment", "plata": "payment", "plătit": "payment", "platit": "payment", "încasare": "payment", "incasare": "payment",
			"factură": "invoice", "factura": "invoice", "datorii": "aging", "restanțe": "aging overdue", "restante": "aging overdue", "cine datorează": "aging",
			"arată": "show", "arata": "show", "stare": "show", "caută": "find", "cauta": "find", "de ce": "why", "istoric": "history", "extras": "statement",
			"amintește": "remind", "aminteste": "remind", "promisiune": "promise", "a promis": "promise", "notiță": "note", "notita": "note", "apeluri": "calls",
			"contestație": "dispute", "contestații": "dispute list", "client": "customer", "clienți": "customer list", "ajutor": "help",
		},
		{ // Italian
			"pagamento": "payment", "pagato": "payment", "incasso": "payment", "incassato": "payment", "fattura": "invoice",
			"crediti": "aging", "chi deve": "aging", "scaduto": "aging overdue", "scaduti": "aging overdue", "mostra": "show", "stato": "show",
			"cerca": "find", "trova": "find", "perché": "why", "perche": "why", "storico": "history", "estratto": "statement",
			"sollecita": "remind", "sollecito": "remind", "promessa": "promise", "ha promesso": "promise", "nota": "note", "annota": "note",
			"telefonate": "calls", "chiamate": "calls", "contestazione": "dispute", "contestazioni": "dispute list", "cliente": "customer", "clienti": "customer list", "aiuto": "help",
		},
		{ // Chinese
			"收款": "payment", "到账": "payment", "已付款": "payment", "开单": "invoice", "开账单": "invoice", "账龄": "aging", "谁欠款": "aging", "逾期": "aging overdue",
			"查看": "show", "状态": "show", "查找": "find", "搜索": "find", "为什么": "why", "历史": "history", "对账单": "statement",
			"催款": "remind", "提醒": "remind", "承诺": "promise", "备注": "note", "记录": "note", "电话": "calls", "异议": "dispute", "异议列表": "dispute list",
			"客户": "customer", "客户列表": "customer list", "帮助": "help", "核销坏账": "writeoff",
		},
		{ // Persian
			"دریافتی": "payment", "دریافت": "payment", "پرداخت شد": "payment", "درخواست": "invoice", "صورتحساب": "invoice", "مطالبات": "aging", "بدهکاران": "aging", "معوق": "aging overdue",
			"نمایش": "show", "وضعیت": "show", "جستجو": "find", "پیدا کن": "find", "چرا": "why", "تاریخچه": "history", "گردش حساب": "statement",
			"یادآوری": "remind", "قول": "promise", "قول داد": "promise", "یادداشت": "note", "تماس\u200cها": "calls", "تماسها": "calls",
			"اعتراض": "dispute", "اعتراض\u200cها": "dispute list", "مشتری": "customer", "مشتریان": "customer list", "راهنما": "help", "کمک": "help",
		},
	} {
		maps.Copy(all, language)
	}
	return all
})

// aliasOf is the verb that a word or two stand for, with the words that belong to it.
func aliasOf(words string) (verb string, ok bool) {
	verb, ok = aliases()[strings.ToLower(strings.TrimSpace(words))]
	return verb, ok
}

// aliasMax is how many words an alias has at most.
const aliasMax = 3

// natural puts the verb in the place of words that people say for it: "who owes" is aging.
func natural(line string) string {
	words := strings.Fields(line)
	if len(words) == 0 {
		return line
	}
	if verb := strings.TrimRight(words[0], "?:,!."); verb != "" {
		if _, ok := find(verb); ok { // "why?"
			_, rest := cutWord(line)
			return strings.TrimSpace(verb + " " + rest)
		}
	}
	for n := min(aliasMax, len(words)); n > 0; n-- {
		if verb, ok := aliasOf(strings.TrimRight(strings.Join(words[:n], " "), "?:,!")); ok {
			rest := strings.TrimSpace(line)
			for range n {
				_, rest = cutWord(rest)
			}
			return strings.TrimSpace(verb + " " + rest)
		}
	}
	return line
}

// unknownVerb says what was understood, and names the nearest verbs.
func unknownVerb(verb string) (card.Reply, []reading) {
	near := verbsNear(verb)
	var out []reading
	for _, v := range near {
		out = append(out, reading{v, card.Plain("/ar " + v)})
	}
	if len(near) > 0 {
		return card.Say("verb.near", "text", verb, "near", near[0]), out
	}
	return card.Say("verb.unknown", "text", repeated(verb)), nil
}

// threadSubjects are where verbs take the invoice of a thread: as its first word, by its number or by
// its customer. What is typed there itself comes before it.
func threadSubjects() map[string]func(inv *ledger.Invoice, c *ledger.Customer) string {
	number := func(inv *ledger.Invoice, _ *ledger.Customer) string { return inv.Number.String() }
	handle := func(_ *ledger.Invoice, c *ledger.Customer) string { return c.Handle }
	return map[string]func(*ledger.Invoice, *ledger.Customer) string{
		"payment": number, "show": number, "why": number, "history": number, "promise": number, "credit": number, "reissue": number, "void": number,
		"writeoff": number, "attach": number, "certificate": number, "note": number, "plan": number,
		"remind": handle, "interest": handle, "statement": handle, "apply": handle, "payments": handle, "aging": handle, "refund": handle,
	}
}

// inThread puts the invoice of a thread into a line that names none.
func inThread(v *ledger.View, inv *ledger.Invoice, line string) string {
	verb, rest := cutWord(line)
	cmd, ok := find(verb)
	if !ok {
		return line
	}
	cust, args := v.Customer(inv.Customer), split(rest)
	if cmd.Name == "dispute" {
		return disputeInThread(inv, args, line)
	}
	name := threadSubjects()[cmd.Name]
	if name == nil || len(args) > 0 && (namesOther(v, cmd.Name, args[0]) || cmd.Name == "remind") {
		return line
	}
	return strings.TrimSpace(verb + " " + name(inv, cust) + " " + rest)
}

// namesOther reports whether the first word behind a verb says what it is about, and not the
// thread. A number alone is a sum where sums stand: invoices of the old program may be called so.
// "aging by owner" is about all customers.
func namesOther(v *ledger.View, verb string, t token) bool {
	switch verb {
	case "aging":
		return namesOne(v, t) || slices.ContainsFunc([]string{"by", "owner", "segment", "currency", "over", "overdue", "bucket"}, t.is)
	case "payment", "credit", "writeoff", "refund":
		return namesOne(v, t) && (t.quoted || !looksLikeNumber(t.text))
	}
	return namesOne(v, t)
}

// namesOne reports whether a word names an invoice or a customer, also one whom the asker may
// not see.
func namesOne(v *ledger.View, t token) bool {
	if t.quoted {
		return false
	}
	_, _, err := invoiceOrCustomer(v, t.text)
	r, refused := ledger.AsRefusal(err)
	return err == nil || ledger.LooksLikeNumber(names.Digits(t.text)) || refused && r.Kind == ledger.Forbidden || paymentForm.MatchString(t.text)
}

// disputeInThread puts the invoice where dispute's own verbs want it: "dispute credit 99",
// "dispute wrong sum".
func disputeInThread(inv *ledger.Invoice, args []token, line string) string {
	number := inv.Number.String()
	verb, _ := cutWord(line)
	rest := typedLine(args)
	switch {
	case len(args) == 0:
		return verb + " open " + number
	case args[0].is("list"):
		return line
	case args[0].is("resolve"), args[0].is("open"):
		if len(args) > 1 && (ledger.LooksLikeNumber(args[1].text) || disputeForm.MatchString(args[1].text)) {
			return line
		}
		return verb + " " + args[0].text + " " + number + " " + typedLine(args[1:])
	case args[0].is("credit"), args[0].is("reject"):
		return verb + " resolve " + number + " " + rest
	case ledger.LooksLikeNumber(args[0].text):
		return line
	}
	return verb + " open " + number + " " + rest
}

// spoken is what a line says once what it leaves to its place is put in: verbs for words that
// people say, invoices for the links to their cards, and the invoice of its thread.
func (d *Desk) spoken(l Line) (line string, err error) {
	line = natural(strings.TrimSpace(l.Text))
	links := cardLink.FindAllStringSubmatch(line, -1)
	if len(links) == 0 && l.Thread == "" {
		return line, nil
	}
	err = d.Books.View(func(v *ledger.View) error {
		for _, m := range links {
			inv := linkedInvoice(v, m)
			if inv == nil {
				return ledger.Refuse(ledger.NotFound, "link.card", "text", m[0])
			}
			line = strings.Replace(line, m[0], inv.Number.String(), 1)
		}
		if inv := v.ThreadInvoice("slack:"+l.Channel, l.Thread); inv != nil && l.Thread != "" {
			line = inThread(v, inv, line)
		}
		return nil
	})
	return line, err
}

// cardLink is a link to a message in Slack: channel, seconds, the rest of its ts, and its
// thread where it is a reply.
var cardLink = regexp.MustCompile(`<?https?://[^\s/|>]+/archives/([A-Z0-9]+)/p(\d{10})(\d{6})(?:\?[^\s|>]*?thread_ts=(\d+\.\d+)[^\s|>]*|\?[^\s|>]*)?(?:\|[^>]*)?>?`)

// linkedInvoice is the invoice in whose thread the message of a link stands.
func linkedInvoice(v *ledger.View, m []string) *ledger.Invoice {
	if m[4] != "" {
		return v.ThreadInvoice("slack:"+m[1], m[4])
	}
	return v.ThreadInvoice("slack:"+m[1], m[2]+"."+m[3])
}
