package commands

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"duebot/commands/card"
	"duebot/ledger"
)

// rateCommand enters what a currency is worth, or shows what is known of it.
//
//	line  = [ currency [ worth ] | number currency "=" number [ currency ] ] [ date ] .
//	worth = number .
//
// The first form tells what one unit is worth in the company's currency; the second one
// quotes as banks do, with either currency on the left: 100 JPY = 0.62, 1 EUR = 1.0857 USD.
func rateCommand() Command {
	return Command{
		Name: "rate", Who: anybody(),
		Usage:    []string{`rate <currency> <what one is worth> [<date>]`, `rate <sum> <currency> = <sum> [<currency>] [<date>]`, `rate <currency>`},
		Examples: []string{`rate USD 0.92`, `rate 100 JPY = 0.62 2026-10-01`, `rate 1 EUR = 1.0857 USD`, `rate USD`},
		Form:     rateForm, Words: rateWordsOf,
		Run: func(c *Call) (card.Reply, error) {
			args := split(strings.ReplaceAll(c.Line, "=", " = "))
			switch len(args) {
			case 0:
				return listRates(c)
			case 1:
				return showRate(c, args[0].text)
			}
			return enterRate(c, args)
		},
	}
}

// ratesCommand lists the currencies of which rates are known.
func ratesCommand() Command {
	return Command{
		Name: "rates", Who: anybody(), Reads: true,
		Usage: []string{`rates`}, Examples: []string{`rates`},
		Run: func(c *Call) (card.Reply, error) {
			if len(c.Args) > 0 {
				return card.Reply{}, usage("rates", "got", c.Line)
			}
			return listRates(c)
		},
	}
}

// rateSetters are who may say what money is worth.
func rateSetters() []Role { return []Role{Finance, Manager} }

func enterRate(c *Call, args []token) (card.Reply, error) {
	if set := (Command{Name: "rate", Who: rateSetters()}); !may(set, c.Who.Role) {
		return card.Reply{}, forbidden(set, c.Who.Role)
	}
	r, err := parseRate(c, args)
	if err != nil {
		return card.Reply{}, err
	}
	known := lastRate(c.View, r.Currency, r.Date)
	doubt := doubtful(r, known)
	if doubt == "" {
		return bookRate(c, r)
	}
	// What the books would refuse is refused now, and not once it was confirmed.
	if err := c.CheckRate(r); err != nil {
		return card.Reply{}, err
	}
	own := c.Company().Currency
	k := &card.Card{Title: card.T("rate.doubt.title"), Body: []card.Text{
		card.T("rate.doubt", "rate", rateWords(r, own), "known", rateWords(*known, own), "date", known.Date)}}
	if doubt == "inverse" {
		turned := ledger.Rate{Currency: r.Currency, Date: r.Date, Value: r.Per, Per: r.Value}
		k.Body = append(k.Body, card.T("rate.doubt.inverse"))
		k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.rate", "rate", rateWords(turned, own)), Do: "rate", Arg: rateArg(turned), Style: card.Primary, Wide: true})
	}
	k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.rate", "rate", rateWords(r, own)), Do: "rate", Arg: rateArg(r), Wide: true})
	return card.Reply{Card: k}, nil
}

// parseRate reads a rate with its day; today's where none is given.
func parseRate(c *Call, args []token) (r ledger.Rate, err error) {
	bad := usage("rate", "got", c.Line)
	r.Date = c.Today()
	if n := len(args) - 1; n >= 2 && looksLikeDate(args[n].text) {
		if r.Date, err = c.days().read(args[n].text); err != nil {
			return r, err
		}
		args = args[:n]
	}
	if n := len(args) - 1; n >= 2 && !looksLikeNumber(args[0].text) { // "USD = 0.92 EUR"
		if args[n].is(string(c.Company().Currency)) {
			args = args[:n]
		}
		if len(args) == 3 && args[1].is("=") {
			args = []token{args[0], args[2]}
		}
	}
	if len(args) == 2 && !looksLikeNumber(args[0].text) {
		if r.Currency, err = foreign(c, args[0].text); err != nil {
			return r, err
		}
		r.Per = decimal.NewFromInt(1)
		r.Value, err = rateNumber(c, args[1].text, r.Currency)
		return r, err
	}
	if len(args) < 4 || len(args) > 5 || !args[2].is("=") {
		return r, bad
	}
	return parseQuote(c, args, r)
}

// parseQuote reads "100 JPY = 0.62 EUR", either currency on the left; the one on the right
// may be left out, if the other is foreign.
func parseQuote(c *Call, args []token, r ledger.Rate) (ledger.Rate, error) {
	own := c.Company().Currency
	left, err := ledger.ParseCurrency(args[1].text)
	if err != nil {
		return r, err
	}
	right := own
	if len(args) == 5 {
		if right, err = ledger.ParseCurrency(args[4].text); err != nil {
			return r, err
		}
	}
	if left == right || left != own && right != own {
		return r, ledger.Refuse(ledger.BadInput, "rate.pair", "base", string(own), "left", string(left), "right", string(right))
	}
	r.Currency = left
	if left == own {
		r.Currency = right
	}
	a, err := rateNumber(c, args[0].text, r.Currency)
	if err != nil {
		return r, err
	}
	b, err := rateNumber(c, args[3].text, r.Currency)
	if r.Per, r.Value = a, b; left == own {
		r.Per, r.Value = b, a
	}
	return r, err
}

// foreign reads a currency that is not the company's own.
func foreign(c *Call, text string) (ledger.Currency, error) {
	cur, err := ledger.ParseCurrency(text)
	if own := c.Company().Currency; err == nil && cur == own {
		err = ledger.Refuse(ledger.BadInput, "rate.own", "base", string(own))
	}
	return cur, err
}

func rateNumber(c *Call, text string, cur ledger.Currency) (decimal.Decimal, error) {
	d, err := parseRateOf(text, c.Lang())
	if err == nil && !d.IsPositive() {
		err = ledger.Refuse(ledger.BadInput, "rate.positive", "text", text, "currency", string(cur))
	}
	return d, err
}

// bookRate makes r known.
func bookRate(c *Call, r ledger.Rate) (card.Reply, error) {
	n, err := c.Tx.SetRates(ledger.RateEntered, []ledger.Rate{r})
	if err != nil {
		return card.Reply{}, err
	}
	key := "rate.done"
	if n == 0 {
		key = "rate.known"
	}
	return card.Say(key, "rate", rateWords(r, c.Company().Currency), "date", r.Date), nil
}

// lastRate is the rate of cur that held on a day; before the first one, the first. It is nil
// where none is known.
func lastRate(v *ledger.View, cur ledger.Currency, day ledger.Date) *ledger.Rate {
	list := v.Rates(cur)
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Date <= day || i == 0 {
			return &list[i]
		}
	}
	return nil
}

// doubtful says why somebody should look at r once more: "far" where it is more than 20 % off
// what is known; "inverse" where its inverse is near that, and r itself is 5 % off or more,
// which is how the usual slip looks; "" where all is well.
func doubtful(r ledger.Rate, known *ledger.Rate) string {
	if known == nil {
		return ""
	}
	turned := ledger.Rate{Value: r.Per, Per: r.Value}
	far, near := off(r, *known), off(turned, *known)
	switch {
	case far.GreaterThan(decimal.NewFromInt(5)) && near.LessThan(far) && !near.GreaterThan(decimal.NewFromInt(20)):
		return "inverse"
	case far.GreaterThan(decimal.NewFromInt(20)):
		return "far"
	}
	return ""
}

// off is by how many percent r differs from known: 0 for the same.
func off(r, known ledger.Rate) decimal.Decimal {
	is, was := r.Value.Mul(known.Per), known.Value.Mul(r.Per)
	return is.Sub(was).Abs().Mul(decimal.NewFromInt(100)).DivRound(was, 6)
}

// rateArg is a rate in a button: "USD/0.92/1/20728".
func rateArg(r ledger.Rate) string {
	return strings.Join([]string{string(r.Currency), r.Value.String(), r.Per.String(), strconv.Itoa(int(r.Date))}, "/")
}

// rateByButton books a rate that was doubted and confirmed. A second press changes nothing.
func rateByButton(c *Call) (card.Reply, error) {
	part := strings.Split(c.Where.Arg, "/")
	if len(part) != 4 {
		return card.Say("button.old"), nil
	}
	value, err1 := decimal.NewFromString(part[1])
	per, err2 := decimal.NewFromString(part[2])
	day, err3 := strconv.Atoi(part[3])
	if err1 != nil || err2 != nil || err3 != nil {
		return card.Say("button.old"), nil
	}
	r, err := bookRate(c, ledger.Rate{Currency: ledger.Currency(part[0]), Date: ledger.Date(day), Value: value, Per: per})
	r.Replace = true
	return r, err
}

// worth is what one unit is worth in the company's currency, to 6 significant digits.
func worth(r ledger.Rate) string {
	d := r.Value.DivRound(r.Per, 12)
	places := int32(6 - d.NumDigits() - int(d.Exponent()))
	return d.Round(min(max(places, 0), 12)).String()
}

// rateRows is how many days of a currency are shown, the newest first.
const rateRows = 10

func showRate(c *Call, word string) (card.Reply, error) {
	cur, err := foreign(c, word)
	if err != nil {
		return card.Reply{}, err
	}
	list := c.Rates(cur)
	if len(list) == 0 {
		_, err := c.RateOn(cur, c.Today())
		return card.Reply{}, err
	}
	var rows []ledger.Rate
	for i := len(list) - 1; i >= 0 && len(rows) < rateRows; i-- {
		rows = append(rows, list[i])
	}
	k := &card.Card{Title: card.T("rate.title", "currency", string(cur), "base", string(c.Company().Currency))}
	k.Table, err = rateTable(c.View, rows)
	k.Body = rateWarning(c.View, list[len(list)-1])
	k.Buttons = c.rateButtons(cur)
	return card.Reply{Card: k}, err
}

// rateButtons lead whoever may enter a rate to its form.
func (c *Call) rateButtons(cur ledger.Currency) []card.Button {
	if !may(Command{Who: rateSetters()}, c.Who.Role) {
		return nil
	}
	return []card.Button{formButton(card.T("button.enterrate"), "rate", string(cur))}
}

func listRates(c *Call) (card.Reply, error) {
	known := c.RatedCurrencies()
	if len(known) == 0 {
		return card.Say("rate.none", "base", string(c.Company().Currency)), nil
	}
	var rows []ledger.Rate
	for _, cur := range known {
		list := c.Rates(cur)
		rows = append(rows, list[len(list)-1])
	}
	k := &card.Card{Title: card.T("rates.title", "base", string(c.Company().Currency))}
	k.Buttons = c.rateButtons("")
	var err error
	k.Table, err = rateTable(c.View, rows)
	return card.Reply{Card: k}, err
}

// rateWarning warns of a last rate that holds no more.
func rateWarning(v *ledger.View, last ledger.Rate) []card.Text {
	if _, err := v.RateOn(last.Currency, v.Today()); err == nil {
		return nil
	}
	return []card.Text{card.T("rate.stale", "currency", string(last.Currency))}
}

// rateTable shows rates with their day, what one unit is worth by them, and their source.
func rateTable(v *ledger.View, rows []ledger.Rate) (*card.Table, error) {
	own := v.Company().Currency
	t := &card.Table{Head: []card.Text{card.T("col.day"), card.T("col.rate"), card.T("col.worth", "base", string(own)), card.T("col.source")},
		Right: []bool{false, false, true, false}, First: true}
	sources, err := sourcesOf(v, rows)
	for i, r := range rows {
		t.Rows = append(t.Rows, []card.Text{card.T("value", "value", r.Date), rateWords(r, own),
			card.T("rate.about", "of", string(r.Currency), "worth", card.Number(worth(r))), sources[i]})
	}
	return t, err
}

// sourceFacts bounds how far back the sources of rates are looked for.
const sourceFacts = 400

// sourcesOf tells where each rate came from: whoever entered it, or the source that brought
// it. It reads the newest facts first.
func sourcesOf(v *ledger.View, rows []ledger.Rate) ([]card.Text, error) {
	out := make([]card.Text, len(rows))
	left, facts := len(rows), 0
	err := v.RateFacts(func(f *ledger.Fact, x *ledger.RatesSet) bool {
		for i, r := range rows {
			if out[i].IsZero() && x.Has(r) {
				out[i] = card.Plain(x.Source)
				if x.Source == ledger.RateEntered {
					out[i] = card.T("rate.entered", "who", actor(v, f.By))
				}
				left--
			}
		}
		facts++
		return left > 0 && facts < sourceFacts
	})
	for i := range out {
		if out[i].IsZero() {
			out[i] = card.Plain("–")
		}
	}
	return out, err
}
