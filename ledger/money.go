package ledger

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Currency is an ISO 4217 code in capitals: "EUR", "JPY". The zero Currency is none.
type Currency string

// Money is an amount in the minor unit of one currency: cents for EUR, yen for JPY, fils
// (thousandths) for KWD. It may be negative.
type Money struct {
	Minor    int64
	Currency Currency
}

// moneyMax bounds every posted sum, so that adding thousands of them cannot overflow.
const moneyMax = 1_000_000_000_000_000 // 10^15 minor units

// exponents are the ISO 4217 minor units of the currencies whose number is not 2.
// Source: ISO 4217 list one, amendment 176.
var exponents = map[Currency]int32{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
	"RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
}

// known are the ISO 4217 currencies with two minor units.
const known = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC " +
	"CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES " +
	"KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR " +
	"NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT " +
	"TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"

var currencies = func() map[Currency]int32 {
	m := make(map[Currency]int32, 180)
	for _, c := range strings.Fields(known) {
		m[Currency(c)] = 2
	}
	for c, e := range exponents {
		m[c] = e
	}
	return m
}()

// ParseCurrency reads a code in any case. It returns a BadInput refusal for one that ISO
// 4217 does not list.
func ParseCurrency(s string) (Currency, error) {
	c := Currency(strings.ToUpper(s))
	if _, ok := currencies[c]; !ok {
		return "", Refuse(BadInput, "currency.unknown", "text", s)
	}
	return c, nil
}

// Valid reports whether ISO 4217 lists c.
func (c Currency) Valid() bool { _, ok := currencies[c]; return ok }

// Currencies lists all that ISO 4217 does, by their codes.
func Currencies() []Currency { return slices.Sorted(maps.Keys(currencies)) }

// Exponent is the number of decimals of c's minor unit: 2 for EUR, 0 for JPY.
func (c Currency) Exponent() int32 {
	if e, ok := currencies[c]; ok {
		return e
	}
	return 2
}

// Decimal returns m in major units: 12.34 for 1234 cents.
func (m Money) Decimal() decimal.Decimal { return decimal.New(m.Minor, -m.Currency.Exponent()) }

// String returns m as "12.34 EUR". People get it through bot/text instead.
func (m Money) String() string {
	return m.Decimal().StringFixed(m.Currency.Exponent()) + " " + string(m.Currency)
}

// MoneyParts tells a package that must not know this one what m is.
func (m Money) MoneyParts() (minor int64, exponent int32, currency string) {
	return m.Minor, m.Currency.Exponent(), string(m.Currency)
}

// Round gives d, in major units of c, as money: half away from zero. It is the only
// rounding in the books; it is applied at line net, at tax per rate, at base value and at
// instalment, and nowhere else. It returns a BadInput refusal past 10^15 minor units.
func Round(d decimal.Decimal, c Currency) (Money, error) {
	r := d.Shift(c.Exponent()).Round(0)
	if r.Abs().GreaterThan(decimal.New(moneyMax, 0)) {
		return Money{}, Refuse(BadInput, "money.toolarge", "text", d.String())
	}
	return Money{r.IntPart(), c}, nil
}

// Exact gives d as money of c. It returns a BadInput refusal when d is finer than c's
// minor unit or too large: sums that people type are never rounded in silence.
func Exact(d decimal.Decimal, c Currency) (Money, error) {
	if !d.Shift(c.Exponent()).IsInteger() {
		return Money{}, Refuse(BadInput, "money.toofine", "text", d.String(), "currency", string(c), "decimals", int(c.Exponent()))
	}
	return Round(d, c)
}

// Add returns m + n. Sums of two currencies are a mistake of the program, and so is an
// overflow: both end the transaction.
func (m Money) Add(n Money) Money {
	if m.Currency == "" {
		return n
	}
	if n.Currency != "" && n.Currency != m.Currency {
		panic(fmt.Sprintf("ledger: adding %s to %s", n, m))
	}
	s := m.Minor + n.Minor
	if n.Minor != 0 && (s > m.Minor) != (n.Minor > 0) || s == math.MinInt64 {
		panic(fmt.Sprintf("ledger: overflow adding %s to %s", n, m))
	}
	return Money{s, m.Currency}
}

// Neg returns -m.
func (m Money) Neg() Money { return Money{-m.Minor, m.Currency} }

// Sub returns m - n.
func (m Money) Sub(n Money) Money { return m.Add(Money{-n.Minor, n.Currency}) }

// IsZero reports whether m is nothing, of whatever currency.
func (m Money) IsZero() bool { return m.Minor == 0 }

func minMinor(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
