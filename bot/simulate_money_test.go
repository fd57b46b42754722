package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"duebot/adapters/sandbox/stripeapi"
	"duebot/ledger"
)

// TestMoneyComes lets money come in every way for weeks: customers pay by every provider and by
// bank, providers tell of it late, twice, in any order or never, money goes back in part and as a
// whole, statements come in several dialects, with holes, overlaps and wrong balances, twice, and
// over restarts; staff settle by buttons what waits, wrongly at times, and take that back. What
// was truly paid is known here, and at the end of each period the books must have it: nothing
// twice, nothing lost, everything at whom it is of. The seed is printed, as that of
// TestSimulation is.
func TestMoneyComes(t *testing.T) {
	t.Parallel()
	seed, soak := seedOf(t, 3*time.Second)
	m := newMoney(t, seed)
	defer m.stop()
	for end := time.Now().Add(soak); time.Now().Before(end); {
		m.period()
	}
	m.reckon()
	m.stop()
	if all := m.complaints(); len(all) > 0 {
		t.Errorf("the bot was at a loss:\n%s", strings.Join(all, ""))
	}
	checkEnds(t, ledger.Path(m.dir))
	for _, command := range []string{"verify", "rebuild"} {
		if status := duebot([]string{command, ledger.Path(m.dir)}, io.Discard, os.Stderr); status != 0 {
			t.Errorf("%s failed", command)
		}
	}
	maps.Copy(m.did, m.post.did)
	t.Logf("%d periods, %d transfers, %d sessions: %v", m.acts, len(m.tokens), len(m.sessions), m.did)
}

// simMoney is a simulation of which all money is known.
type simMoney struct {
	*simulation
	post     *postman
	payers   []simPayer
	accounts []*simAccount
	tokens   map[string]*simTransfer
	sessions map[string]*simSession // by the path of its address: the sandbox moves with each start
	bills    map[string]int64       // cents that were paid in chats, by handle
	begun    ledger.Date            // of this period
	files    int
}

type simPayer struct {
	handle, name, currency, iban, zone string
}

// simSession is a payment by link, as it truly was.
type simSession struct {
	provider, path, handle string
	back, disputed         int64
}

func newMoney(t *testing.T, seed int64) *simMoney {
	rng := rand.New(rand.NewSource(seed))
	s := &simulation{t: t, rng: rng, dir: t.TempDir(), did: map[string]int{}, owes: map[string]int64{}, chats: map[string]int64{},
		blocked: map[int64]bool{}, asked: map[string]simAsked{}, homes: map[string]bool{}, faults: new(faultLog), quietLines: true}
	m := &simMoney{simulation: s, post: &postman{rng: rand.New(rand.NewSource(seed)), did: map[string]int{}}, tokens: map[string]*simTransfer{},
		sessions: map[string]*simSession{}, bills: map[string]int64{}}
	s.before = m.post.before
	s.start(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC))
	m.payers = []simPayer{
		{"c0", "Nordwind Logistik GmbH", "EUR", "DE02120300000000202051", "Europe/Berlin"},
		{"c1", "Alba Ceramica SRL", "EUR", "IT60X0542811101000000123456", "Europe/Rome"},
		{"c2", "Kestrel Foods Limited", "EUR", "IE29AIBK93115212345678", "Europe/Dublin"},
		{"c3", "Moreno Textil SA", "EUR", "ES9121000418450200051332", "Europe/Madrid"},
		{"c4", "ООО Вега Строй", "RUB", "40702810100000005678", "Europe/Moscow"},
		{"c5", "Hartwell Bros Limited", "GBP", "GB29NWBK60161331926819", "Europe/London"},
	}
	m.accounts = []*simAccount{
		{number: "DE89370400440532013000", currency: "EUR", dialects: []func(*simFile) string{camt053, camt052, mt940, ofx}},
		{number: "DE75512108001245126199", currency: "EUR", dialects: []func(*simFile) string{germanTable}},
		{number: "40702810900000001234", currency: "RUB", dialects: []func(*simFile) string{oneC}},
	}
	m.rates()
	for i, p := range m.payers {
		m.slack(sales, fmt.Sprintf(`/ar customer add %s "%s" currency=%s lang=en tz=%s terms=net%d`, p.handle, p.name, p.currency, p.zone, 3+i))
		m.owes[p.handle] = 0
		m.programIn(int64(1001+i), "en")
		m.write(int64(1001+i), "/start "+m.invite(p.handle))
		m.chats[p.handle] = int64(1001 + i)
	}
	m.begun = m.today()
	for _, a := range m.accounts {
		a.told = m.begun.AddDays(-1)
	}
	return m
}

func (m *simMoney) view(f func(v *ledger.View)) {
	m.t.Helper()
	m.box.bot.Load().books.View(func(v *ledger.View) error { f(v); return nil })
}

func (m *simMoney) today() (day ledger.Date) {
	m.view(func(v *ledger.View) { day = v.Today() })
	return day
}

// rates enters those of the currencies that no bank tells us of.
func (m *simMoney) rates() {
	m.slack(finance, "/ar rate RUB 0.0108")
	m.slack(finance, "/ar rate GBP 1.15")
}

// period is some days of business, and what staff do about it.
func (m *simMoney) period() {
	m.acts++
	m.rates()
	for range 3 + m.rng.Intn(4) {
		m.bill()
	}
	m.rest()
	for range 1 + m.rng.Intn(3) {
		m.advance(strconv.Itoa(6+m.rng.Intn(30)) + "h")
		for range 1 + m.rng.Intn(3) {
			m.payOnline()
		}
		if m.rng.Intn(2) == 0 {
			m.giveBack()
		}
		if m.rng.Intn(4) == 0 {
			m.providerFails()
		}
		m.post.round()
	}
	if m.rng.Intn(2) == 0 {
		m.payout()
	}
	m.transfers()
	m.begun = m.today()
	for _, a := range m.accounts {
		m.statements(a)
	}
	m.settleAll()
	m.customersAnswer()
	m.post.round()
	if m.rng.Intn(3) == 0 {
		m.settleAll()
		m.balance(false)
	}
	if m.t.Failed() {
		m.t.FailNow()
	}
}

// bill issues an invoice that needs no approval.
func (m *simMoney) bill() {
	p := m.payers[m.rng.Intn(len(m.payers))]
	sum := int64(10000 + m.rng.Intn(150000))
	if m.rng.Intn(3) == 0 { // several customers owe the same
		sum = 25000
	}
	text := fmt.Sprintf("Work %d of day %d", len(m.invoices), m.acts)
	m.asked[text] = simAsked{p.handle, sum}
	before := m.issued()
	ts, seen := m.slack(sales, fmt.Sprintf(`/ar invoice %s %s "%s"`, p.handle, cents(sum), text))
	if !strings.Contains(seen, "[Confirm]") {
		m.t.Fatalf("no preview: %s", seen)
	}
	m.answered("slack/action", map[string]any{"user": sales, "channel": "CINVOICES1", "ts": ts, "label": "Confirm"}, nil)
	m.confirmed(text, before)
}

// payOnline lets a customer pay by some provider, or not.
func (m *simMoney) payOnline() {
	p := m.payers[m.rng.Intn(len(m.payers))]
	chat := m.chats[p.handle]
	w := m.rest()
	var links []string
	for _, msg := range w.messages(chat) {
		for _, b := range slices.Concat(msg.ReplyMarkup.Rows...) {
			if strings.Contains(b.URL, payPath) {
				links = append(links, b.URL)
			}
		}
	}
	if len(links) == 0 {
		return
	}
	if p.currency == "GBP" && m.rng.Intn(2) == 0 {
		m.payInChat(p, chat)
		return
	}
	provider := map[string][]string{"EUR": {"stripe", "paypal"}, "RUB": {"yookassa"}, "GBP": {"stripe", "paypal"}}[p.currency]
	url := links[m.rng.Intn(len(links))]
	if by := provider[m.rng.Intn(len(provider))]; len(provider) > 1 {
		url += "?by=" + by
	}
	var r struct {
		Session struct{ URL string }
	}
	outcome := []string{"paid", "paid", "paid", "paid", "declined", "expired", "pending"}[m.rng.Intn(7)]
	if err := m.try("pay", map[string]any{"url": url, "outcome": outcome}, &r); err != nil {
		m.did["payments not begun"]++
		return
	}
	m.did["online "+outcome]++
	if path := pathOf(r.Session.URL); m.sessions[path] == nil {
		provider, _, _ := strings.Cut(path[1:], "/")
		m.sessions[path] = &simSession{provider: provider, path: path, handle: p.handle}
	}
}

// payInChat pays a bill of Telegram's own payments.
func (m *simMoney) payInChat(p simPayer, chat int64) {
	if w := m.rest(); strings.Contains(w.chat(chat), "[Pay") && m.rng.Intn(3) > 0 {
		m.tap(chat, "Pay")
		if w = m.rest(); strings.Contains(w.chat(chat), "[Here in Telegram]") {
			m.tap(chat, "Here in Telegram")
		}
	}
	w := m.rest()
	for _, msg := range w.messages(chat) {
		outcome := []string{"paid", "paid", "declined"}[m.rng.Intn(3)]
		if msg.Invoice.Title == "" || m.try("telegram/pay", map[string]any{"chat": chat, "message_id": msg.MessageID, "outcome": outcome}, nil) != nil {
			continue
		}
		m.did["in chat "+outcome]++
		if outcome == "paid" {
			m.bills[p.handle] += msg.Invoice.Total
		}
	}
}

// giveBack lets some money that came online go back, in part or as a whole.
func (m *simMoney) giveBack() {
	m.settleSessions(func(x *simSession, paid int64) bool {
		if x.disputed > 0 && m.rng.Intn(2) == 0 {
			if m.try("pay", map[string]any{"url": m.base + x.path, "outcome": "won"}, nil) == nil {
				x.back, x.disputed = x.back-x.disputed, 0
				m.did["online won"]++
			}
			return false
		}
		left := paid - x.back
		if left <= 1 || m.rng.Intn(3) > 0 {
			return true
		}
		act := map[string]any{"url": m.base + x.path, "outcome": "refunded"}
		sum := left
		if m.rng.Intn(2) == 0 {
			sum = 1 + m.rng.Int63n(left-1)
			act["sum"] = sum
		}
		if x.provider == "stripe" && m.rng.Intn(2) == 0 {
			act["outcome"] = "disputed"
		}
		if m.try("pay", act, nil) == nil {
			if x.back += sum; act["outcome"] == "disputed" {
				x.disputed = sum
			}
			m.did[fmt.Sprint("online ", act["outcome"])]++
		}
		return false
	})
}

// providerFails lets calls to a provider fail, or be done with the answer lost.
func (m *simMoney) providerFails() {
	platform := []string{"stripe", "paypal", "yookassa"}[m.rng.Intn(3)]
	kind := []string{"429", "500", "timeout_after_accept"}[m.rng.Intn(3)]
	if m.try("fault", map[string]any{"platform": platform, "kind": kind, "count": 1 + m.rng.Intn(2), "retry_after": 1}, nil) == nil {
		m.did["provider fails"]++
	}
}

// complaints are what the bot logged as errors, but for those of providers that failed.
func (m *simMoney) complaints() (out []string) {
	for line := range strings.Lines(m.faults.String()) {
		if !strings.Contains(line, "opening a payment") && !strings.Contains(line, "taking a webhook") {
			out = append(out, line)
		}
	}
	return out
}

// payout lets Stripe pay out to our bank: it tells so, by and by, and the bank has it as one line.
func (m *simMoney) payout() {
	id, sum := fmt.Sprintf("po_%d", m.acts), int64(1000+m.rng.Intn(50000))
	event := map[string]any{"id": "evt_" + id, "object": "event", "api_version": stripeapi.APIVersion, "type": "payout.paid", "created": 1767600000,
		"data": map[string]any{"object": map[string]any{"id": id, "object": "payout", "amount": sum, "currency": "eur", "status": "paid",
			"arrival_date": m.begun.AddDays(1).At(0, 0, time.UTC).Unix()}}}
	body, err := json.Marshal(event)
	if err != nil {
		m.t.Fatal(err)
	}
	m.post.put(letter{path: "/stripe/webhook", from: "127.0.0.1:1", header: http.Header{}, body: body})
	m.transfer(m.accounts[m.rng.Intn(2)], simTransfer{day: m.begun, cents: sum, name: "Stripe Technology Europe", iban: "IE29AIBK93115299999999", text: "STRIPE PAYOUT " + id}, 1)
	m.did["payouts"]++
}

// settleSessions calls f with the sessions that were paid, by the providers' own word, until it
// returns false.
func (m *simMoney) settleSessions(f func(x *simSession, paid int64) bool) {
	m.t.Helper()
	var state map[string]json.RawMessage
	resp, err := http.Get(m.base + "/control/state?wait=idle&part=stripe,paypal,yookassa")
	if err != nil {
		m.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&state); err != nil {
		m.t.Fatal(err)
	}
	for _, provider := range []string{"stripe", "paypal", "yookassa"} {
		var part struct {
			Sessions []struct {
				URL, Amount   string
				PaymentStatus string `json:"payment_status"`
			}
		}
		if err := json.Unmarshal(state[provider], &part); err != nil {
			m.t.Fatal(err)
		}
		for _, one := range part.Sessions {
			x := m.sessions[pathOf(one.URL)]
			if x == nil || one.PaymentStatus != "paid" {
				continue
			}
			sum, _, _ := strings.Cut(one.Amount, " ")
			paid, err := strconv.ParseInt(strings.NewReplacer(".", "", ",", "").Replace(sum), 10, 64)
			if err != nil {
				m.t.Fatalf("amount %q", one.Amount)
			}
			if !f(x, paid) {
				return
			}
		}
	}
}

var hostOf = regexp.MustCompile(`^https?://[^/]+`)

func pathOf(url string) string { return hostOf.ReplaceAllString(url, "") }

// token is a word that is in no other transfer.
func (m *simMoney) token() string {
	n, out := len(m.tokens), "QX"
	for range 4 {
		out, n = out+string(rune('A'+n%26)), n/26
	}
	return out
}

// transfers books at the banks what customers and others transferred since the last period.
func (m *simMoney) transfers() {
	today := m.today()
	day := func() ledger.Date { return m.begun + ledger.Date(m.rng.Intn(int(max(today-m.begun, 1)))) }
	for range 4 + m.rng.Intn(6) {
		p := m.payers[m.rng.Intn(5)]
		text, sum := m.words(p)
		m.transfer(m.accountFor(p), simTransfer{day: day(), cents: sum, handle: p.handle, name: p.name, iban: p.iban, text: text}, 1+m.rng.Intn(8)/7)
	}
	for range m.rng.Intn(3) {
		a := m.accounts[m.rng.Intn(len(m.accounts))]
		sum := int64(1000 + m.rng.Intn(90000))
		other := []simTransfer{
			{cents: sum, name: "Tax Office Mitte", iban: "DE02500105170137075030", text: "refund of tax"},
			{cents: -sum, name: "City Works", iban: "DE02500105170137075030", text: "electricity"},
		}[m.rng.Intn(2)]
		other.day = day()
		m.transfer(a, other, 1)
	}
	if m.rng.Intn(4) == 0 { // between our own accounts
		d, sum := day(), int64(1000+m.rng.Intn(90000))
		m.transfer(m.accounts[0], simTransfer{day: d, cents: -sum, name: "Lindenhof", iban: m.accounts[1].number, text: "own account"}, 1)
		m.transfer(m.accounts[1], simTransfer{day: d, cents: sum, name: "Lindenhof", iban: m.accounts[0].number, text: "own account"}, 1)
	}
	m.takeBack(today)
	for _, a := range m.accounts {
		slices.SortStableFunc(a.all, func(x, y *simTransfer) int { return int(x.day) - int(y.day) })
	}
}

// takeBack lets a customer's bank take one of his transfers back.
func (m *simMoney) takeBack(today ledger.Date) {
	a := m.accounts[0]
	if len(a.all) == 0 || m.rng.Intn(2) > 0 {
		return
	}
	l := a.all[m.rng.Intn(len(a.all))]
	gone := slices.ContainsFunc(a.all, func(x *simTransfer) bool { return x.back == l })
	if l.handle == "" || l.back != nil || l.copies > 1 || gone || l.day >= today {
		return
	}
	m.transfer(a, simTransfer{day: max(l.day, m.begun), cents: -l.cents, handle: l.handle, name: l.name, iban: l.iban, text: "returned " + l.text, back: l}, 1)
}

// words are with what and how much a customer pays.
func (m *simMoney) words(p simPayer) (text string, sum int64) {
	var open []ledger.Invoice
	m.view(func(v *ledger.View) {
		c, err := v.CustomerNamed(p.handle)
		if err != nil {
			m.t.Fatal(err)
		}
		for _, inv := range v.OpenInvoices(c) {
			open = append(open, *inv)
		}
	})
	if len(open) == 0 || m.rng.Intn(12) == 0 {
		return "in advance", int64(5000 + m.rng.Intn(50000))
	}
	one, two := open[m.rng.Intn(len(open))], open[m.rng.Intn(len(open))]
	number := one.Number.String()
	switch m.rng.Intn(9) {
	case 0:
		return "payment", one.Open
	case 1:
		return "part of " + number, 1 + m.rng.Int63n(one.Open)
	case 2:
		return "invoice " + number, one.Open + 1 + m.rng.Int63n(5000)
	case 3:
		return "inv " + strings.ReplaceAll(number[4:], "-", " "), one.Open
	case 4:
		if one.ID != two.ID {
			return number + " and " + two.Number.String(), one.Open + two.Open
		}
	case 5:
		return "for your work", one.Open - min(one.Open-1, int64(m.rng.Intn(2000)))
	}
	return "invoice " + number, one.Open
}

// accountFor is one of our accounts in a payer's currency.
func (m *simMoney) accountFor(p simPayer) *simAccount {
	if p.currency == "RUB" {
		return m.accounts[2]
	}
	return m.accounts[m.rng.Intn(2)]
}

// transfer books a transfer at a bank, several times where it is alike.
func (m *simMoney) transfer(a *simAccount, l simTransfer, copies int) {
	l.token, l.copies = m.token(), copies
	l.text += " " + l.token
	m.tokens[l.token] = &l
	for i := range copies {
		one := l
		one.ref = fmt.Sprintf("%s%d", l.token, i)
		if one.back != nil {
			one.back = m.tokens[one.back.token]
		}
		if i == 0 {
			m.tokens[l.token] = &one
		}
		a.all = append(a.all, &one)
	}
}

// statements drops what a bank tells of the days since its last statement.
func (m *simMoney) statements(a *simAccount) {
	today := m.today()
	to := today.AddDays(-1)
	from := a.told + 1
	if to < from || m.rng.Intn(5) == 0 {
		return // it comes with the next
	}
	a.told = to
	overlap := from.AddDays(-m.rng.Intn(4))
	switch hole := from + ledger.Date(m.rng.Intn(int(to-from)+1)); m.rng.Intn(6) {
	case 0: // a day is missing, and the file says so by its balances
		a.missing = append(a.missing, hole)
		m.drop(a.file(overlap, to, m.rng, 0, hole))
	case 1: // a day is missing between two files
		a.missing = append(a.missing, hole)
		m.drop(a.file(overlap, hole-1, m.rng, 0))
		m.drop(a.file(hole+1, to, m.rng, 0))
	case 2: // the balances are wrong; where staff refuse it, the right one comes
		if !m.drop(a.file(overlap, to, m.rng, 100)) {
			m.drop(a.file(overlap, to, m.rng, 0))
		}
	default:
		m.drop(a.file(overlap, to, m.rng, 0))
	}
	if len(a.missing) > 0 && m.rng.Intn(2) == 0 {
		m.deliverMissing(a)
	}
}

func (m *simMoney) deliverMissing(a *simAccount) {
	for _, day := range a.missing {
		m.drop(a.file(day, day, m.rng, 0))
	}
	a.missing = nil
}

// drop writes a file in some dialect, drops it into the finance channel, at times twice, and lets
// somebody press what stands under it. It reports whether its lines were taken.
func (m *simMoney) drop(f *simFile) (taken bool) {
	if f.to < f.from || len(f.lines) == 0 {
		return true
	}
	write := f.account.dialects[m.rng.Intn(len(f.account.dialects))]
	data := write(f)
	for range 1 + m.rng.Intn(6)/5 {
		m.files++
		was := m.seen()
		m.player.post("slack/message", map[string]any{"user": finance, "channel": "CFINANCE01", "text": "",
			"files": []upload{{Name: fmt.Sprintf("statement-%d.txt", m.files), Mime: "application/octet-stream", Data: []byte(data)}}}, nil)
		taken = m.pressImport(was, f) || taken
	}
	if taken {
		for _, l := range f.lines {
			l.known = true
		}
	}
	m.checkEntries()
	return taken
}

func (m *simMoney) seen() map[string]bool {
	w := m.rest()
	out := map[string]bool{}
	for _, msg := range w.Slack.Messages {
		out[msg.Channel+msg.TS] = true
	}
	return out
}

// pressImport answers what the message of a dropped file asks until it is taken or refused.
func (m *simMoney) pressImport(was map[string]bool, f *simFile) (taken bool) {
	for range 4 {
		label, msg := "", slackMessage{}
		w := m.rest()
		for _, x := range w.Slack.Messages {
			for _, l := range labels(x.Blocks) {
				if !was[x.Channel+x.TS] && (strings.HasPrefix(l, "Import ") || strings.HasPrefix(l, "Take ") || strings.HasPrefix(l, "Yes, ")) {
					label, msg = l, x
				}
			}
		}
		if label == "" {
			return taken || m.allKnown(f)
		}
		if strings.HasPrefix(label, "Take ") && m.rng.Intn(2) == 0 {
			m.did["file refused by staff"]++
			m.press1(msg, "Cancel")
			m.rest()
			return false
		}
		m.did["file: "+strings.TrimLeft(label, "ImportTakeYs, 0123456789")]++
		m.press1(msg, label)
		if strings.HasPrefix(label, "Yes, ") {
			continue
		}
		taken = true
		if m.rng.Intn(6) == 0 {
			m.did["restart while a file is taken"]++
			m.post.forget("/paypal")
			m.restart()
		}
	}
	return taken
}

func (m *simMoney) press1(msg slackMessage, label string) {
	m.answered("slack/action", map[string]any{"user": finance, "channel": msg.Channel, "ts": msg.TS, "label": label}, nil)
}

// allKnown reports whether the books have all lines of a file, so that nothing is to be pressed.
func (m *simMoney) allKnown(f *simFile) bool {
	return !slices.ContainsFunc(f.lines, func(l *simTransfer) bool { return !l.known })
}

// simEntry is an entry in the books with the transfer that it truly is.
type simEntry struct {
	ledger.BankEntry
	truth  *simTransfer
	owners []string // handles of the customers whose money it became
}

var tokenWord = regexp.MustCompile(`QX[A-Z]{4}`)

// entries are all entries in the books, by token.
func (m *simMoney) entries() map[string][]simEntry {
	m.t.Helper()
	out := map[string][]simEntry{}
	m.view(func(v *ledger.View) {
		for id := ledger.BankEntryID(1); v.BankEntry(id) != nil; id++ {
			e := simEntry{BankEntry: *v.BankEntry(id)}
			l, err := v.Line(v.BankEntry(id))
			if err != nil {
				m.t.Fatal(err)
			}
			words := tokenWord.FindAllString(strings.ReplaceAll(l.Text, " ", ""), -1)
			if len(words) == 0 {
				m.t.Fatalf("nobody transferred %s: %+v", id.Label(), l)
			}
			token := words[len(words)-1] // what is taken back names what it was, too
			if e.truth = m.tokens[token]; e.truth == nil {
				m.t.Fatalf("nobody transferred %s: %+v", id.Label(), l)
			}
			if e.Place == ledger.EntryApplied {
				for _, p := range e.Payments {
					e.owners = append(e.owners, v.Customer(v.Payment(p).Customer).Handle)
				}
			}
			out[token] = append(out[token], e)
		}
	})
	return out
}

// checkEntries sees that each transfer that a statement told of is in the books once, with its
// sum and its day, and no other.
func (m *simMoney) checkEntries() {
	m.t.Helper()
	found, want := m.entries(), map[string]int{}
	for _, a := range m.accounts {
		for _, l := range a.all {
			if l.known {
				want[l.token]++
			}
		}
	}
	for token, list := range found {
		for _, e := range list {
			if e.Amount.Minor != e.truth.cents || e.Booked != e.truth.day {
				m.t.Errorf("%s is %s of %s, and truly %s of %s", e.ID.Label(), e.Amount, e.Booked, cents(e.truth.cents), e.truth.day)
			}
			if e.Place == ledger.EntryApplied && e.Alone && !m.right(&e) {
				m.t.Errorf("%s of %s was posted to %v by itself: %+v", e.ID.Label(), e.truth.handle, e.owners, e.truth)
			}
		}
		if len(list) != want[token] {
			m.t.Errorf("%s was told of %d times, and is in the books %d times: %+v", token, want[token], len(list), list[0].truth)
		}
	}
	for token := range want {
		if len(found[token]) == 0 {
			m.t.Errorf("%s was told of, and is not in the books: %+v", token, m.tokens[token])
		}
	}
	m.view(func(v *ledger.View) {
		for id := ledger.ImportID(1); int(id) <= m.files+1; id++ {
			if n := v.BankCount(id); n.In != n.Posted+n.Account+n.Return+n.Waits+n.Left {
				m.t.Errorf("%s: %+v", id.Label(), n)
			}
		}
	})
	if m.t.Failed() {
		m.t.FailNow()
	}
}

// right reports whether an entry is where it belongs.
func (m *simMoney) right(e *simEntry) bool {
	switch {
	case e.truth.back != nil:
		return e.Place == ledger.EntryReturn
	case e.truth.handle == "":
		return e.Place == ledger.EntryLeft
	}
	return e.Place == ledger.EntryApplied && !slices.ContainsFunc(e.owners, func(h string) bool { return h != e.truth.handle })
}

// settleAll lets staff look at every entry that is not where it belongs.
func (m *simMoney) settleAll() {
	if m.rng.Intn(2) == 0 {
		ts, seen := m.slack(finance, "/ar bank")
		if at := strings.Index(seen, "[Apply "); at >= 0 {
			label, _, _ := strings.Cut(seen[at+1:], "]")
			m.answered("slack/action", map[string]any{"user": finance, "channel": "CINVOICES1", "ts": ts, "label": label}, nil)
			m.did["bulk"]++
			m.rest()
		}
	}
	for _, list := range m.sorted() {
		for _, e := range list {
			if !m.right(&e) && m.rng.Intn(8) > 0 {
				m.settleEntry(&e)
			}
		}
	}
	m.checkEntries()
}

func (m *simMoney) sorted() (out [][]simEntry) {
	all := m.entries()
	for _, token := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[token])
	}
	return out
}

// settleEntry does one thing about an entry: the right one, or a wrong one that is taken back
// later.
func (m *simMoney) settleEntry(e *simEntry) {
	label, l := e.ID.Label(), e.truth
	if e.Place != ledger.EntryWaits {
		m.pressEntry(e, "Undo")
		return
	}
	if l.back != nil {
		m.returnEntry(e)
		return
	}
	if l.handle == "" {
		m.pressEntry(e, "Not Ours")
		return
	}
	switch m.rng.Intn(10) {
	case 0: // a mistake
		m.did["mistakes"]++
		m.pressEntry(e, []string{"Not Ours", "Apply 1", "Apply 2"}[m.rng.Intn(3)])
		return
	case 1:
		m.pressEntry(e, "I Take It")
		return
	case 2, 3:
		if m.pressEntry(e, "Ask "+l.handle) {
			return
		}
	case 4:
		if m.pressEntry(e, "On Account: "+l.handle) {
			return
		}
	case 5, 6:
		m.splitEntry(e)
		return
	}
	if n := m.proposal(e); n > 0 {
		m.pressEntry(e, "Apply "+strconv.Itoa(n))
		return
	}
	m.slack(finance, "/ar bank "+label+" to "+l.handle)
	m.did["to customer"]++
}

// entryCard is the message that shows an entry; where there is none it is asked for.
func (m *simMoney) entryCard(e *simEntry) slackMessage {
	channel, ts, ok := "", "", false
	m.view(func(v *ledger.View) {
		if now := v.BankEntry(e.ID); now.Card != 0 {
			channel, ts, ok, _ = v.NoticeMessage(now.Card)
		}
	})
	if !ok || m.rng.Intn(4) == 0 {
		channel = "slack:CINVOICES1"
		ts, _ = m.slack(finance, "/ar bank "+e.ID.Label())
	}
	w := m.rest()
	for _, msg := range w.Slack.Messages {
		if "slack:"+msg.Channel == channel && msg.TS == ts {
			return msg
		}
	}
	m.t.Errorf("%s has no message", e.ID.Label())
	return slackMessage{}
}

// pressEntry presses a button of an entry's message, if it is there, at times twice.
func (m *simMoney) pressEntry(e *simEntry, label string) bool {
	msg := m.entryCard(e)
	if !slices.Contains(labels(msg.Blocks), label) {
		return false
	}
	m.did["entry: "+strings.TrimRight(label, "0123456789 c")]++
	for range 1 + m.rng.Intn(4)/3 {
		m.press1(msg, label)
	}
	m.rest()
	return true
}

// proposal is the number of one that is for the right customer alone, 0 for none.
func (m *simMoney) proposal(e *simEntry) int {
	msg := m.entryCard(e)
	text := msg.Text + string(msg.Blocks)
	for n := 1; n <= 3; n++ {
		_, rest, ok := strings.Cut(text, fmt.Sprintf("*%d.*", n))
		if !ok {
			return 0
		}
		rest, _, _ = strings.Cut(rest, fmt.Sprintf("*%d.*", n+1))
		good := true
		for _, p := range m.payers {
			good = good && strings.Contains(rest, p.name) == (p.handle == e.truth.handle)
		}
		if good {
			return n
		}
	}
	return 0
}

// splitEntry divides an entry in the form over some invoices of its customer.
func (m *simMoney) splitEntry(e *simEntry) {
	msg := m.entryCard(e)
	if !slices.Contains(labels(msg.Blocks), "Split") {
		return
	}
	to, left := []string{}, e.truth.cents
	m.view(func(v *ledger.View) {
		c, _ := v.CustomerNamed(e.truth.handle)
		for _, inv := range v.OpenInvoices(c) {
			if sum := min(inv.Open, left); sum > 1 && m.rng.Intn(2) == 0 {
				sum = 1 + m.rng.Int63n(sum)
				to, left = append(to, inv.Number.String()+" "+cents(sum)), left-sum
			}
		}
	})
	if left > 0 {
		to = append(to, e.truth.handle)
	}
	v := m.modal(finance, func() { m.press1(msg, "Split") })
	if v == nil {
		m.t.Errorf("Split of %s opens no form", e.ID.Label())
		return
	}
	if !m.sendForm(finance, v, map[string]string{"to": strings.Join(to, " + ")}) {
		m.t.Errorf("%s could not be divided as %v", e.ID.Label(), to)
	}
	m.did["entry: Split"]++
	m.closeAll(finance)
}

// returnEntry says which payment an entry took back, once that is booked as its customer's.
func (m *simMoney) returnEntry(e *simEntry) {
	of := m.entries()[e.truth.back.token]
	if len(of) != 1 || of[0].Place != ledger.EntryApplied || !m.right(&of[0]) {
		return
	}
	if len(of[0].Payments) != 1 {
		m.t.Errorf("%s of one customer became %d payments", of[0].ID.Label(), len(of[0].Payments))
		return
	}
	_, seen := m.slack(finance, fmt.Sprintf("/ar bank %s return %s", e.ID.Label(), ledger.PaymentLabel(of[0].Payments[0])))
	m.sane(seen)
	m.did["entry: return"]++
}

// customersAnswer lets customers say what their money is for, where they were asked.
func (m *simMoney) customersAnswer() {
	w := m.rest()
	for _, p := range m.payers {
		for _, msg := range w.messages(m.chats[p.handle]) {
			if !strings.Contains(msg.Text, "which invoice it is for") || m.rng.Intn(3) == 0 {
				continue
			}
			all := slices.Concat(msg.ReplyMarkup.Rows...)
			if len(all) == 0 {
				continue
			}
			b := all[m.rng.Intn(len(all))]
			if m.try("telegram/click", map[string]any{"chat": m.chats[p.handle], "message_id": msg.MessageID, "label": b.Text}, nil) == nil {
				m.did["customer said what for"]++
			}
		}
	}
	m.rest()
}

// reckon brings everything that is still to come, settles it, and compares the books with what
// was truly paid.
func (m *simMoney) reckon() {
	for _, a := range m.accounts {
		m.deliverMissing(a)
		for range 5 {
			if m.drop(a.file(m.begun.AddDays(-400), m.today().AddDays(-1), m.rng, 0)) {
				break
			}
		}
	}
	for range 40 {
		if m.settled() {
			break
		}
		m.settleAll()
		m.customersAnswer()
	}
	for range 10 {
		m.post.round()
		m.advance("26h")
	}
	if !m.post.empty() {
		m.t.Errorf("%d webhooks are never taken", len(m.post.bag))
	}
	m.balance(true)
}

func (m *simMoney) settled() bool {
	for _, list := range m.entries() {
		for _, e := range list {
			if !m.right(&e) {
				return false
			}
		}
	}
	return true
}

// balance compares what each customer owes, and what came from him, with what is true. Before
// the end some of it waits, or is still with the postman.
func (m *simMoney) balance(end bool) {
	m.t.Helper()
	m.rest()
	arrived := maps.Clone(m.bills)
	m.settleSessions(func(x *simSession, paid int64) bool { arrived[x.handle] += paid - x.back; return true })
	for _, list := range m.entries() {
		for _, e := range list {
			if m.right(&e) {
				arrived[e.truth.handle] += e.truth.cents
			}
		}
	}
	m.view(func(v *ledger.View) {
		told := map[string]int{}
		v.Payouts(func(p *ledger.Payout) { told[p.ID]++ })
		for id, n := range told {
			if n > 1 {
				m.t.Errorf("the payout %s is told of %d times", id, n)
			}
		}
		if end && len(told) != m.did["payouts"] {
			m.t.Errorf("of %d payouts %d are told of", m.did["payouts"], len(told))
		}
		booked := map[string]int64{}
		v.Payments(func(p *ledger.Payment) {
			if !p.Returned {
				booked[v.Customer(p.Customer).Handle] += p.Amount.Minor - p.Refunded
			}
		})
		for _, p := range m.payers {
			c, err := v.CustomerNamed(p.handle)
			if err != nil {
				m.t.Fatal(err)
			}
			if end && booked[p.handle] != arrived[p.handle] {
				m.t.Errorf("of %s %s are booked, and %s truly came", p.handle, cents(booked[p.handle]), cents(arrived[p.handle]))
			}
			owed := int64(0)
			for _, b := range v.Balance(c) {
				owed += b.Minor
			}
			want := -booked[p.handle]
			v.Invoices(func(i *ledger.Invoice) {
				if i.Customer == c.ID {
					want += i.Total - i.Discounted - i.WrittenOff - i.Deducted - i.Credited
				}
			})
			if owed != want {
				m.t.Errorf("%s owes %s, and by his documents %s", p.handle, cents(owed), cents(want))
			}
			m.owes[p.handle] = want
		}
	})
	if m.t.Failed() {
		m.t.FailNow()
	}
}
