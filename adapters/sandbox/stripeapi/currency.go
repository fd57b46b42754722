package stripeapi

import (
	"fmt"
	"strings"
)

// currencies are those that Stripe charges in.
const currencies = " usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mro mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sll sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw "

// least is the smallest charge, in the currency's minor unit as Stripe counts it. Others
// are held to the worth of half a dollar, which needs a rate; here they only must not be 0.
var least = map[string]int64{
	"usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
	"dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
	"myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}

// most is the largest charge: eight digits.
const most = 99_999_999

func knownCurrency(c string) bool {
	return len(c) == 3 && strings.Contains(currencies, " "+c+" ")
}

// decimals is how many of an amount's last digits are the fraction, in Stripe's counting:
// ISK and UGX have no minor unit any more but are still sent times a hundred.
func decimals(currency string) int {
	switch currency {
	case "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf":
		return 0
	case "bhd", "jod", "kwd", "omr", "tnd":
		return 3
	}
	return 2
}

// step is what an amount must be a multiple of.
func step(currency string) int64 {
	switch currency {
	case "isk", "ugx":
		return 100
	case "bhd", "jod", "kwd", "omr", "tnd":
		return 10
	}
	return 1
}

// format writes an amount as the payment page shows it: "4,401.81 EUR".
func format(amount int64, currency string) string {
	d := decimals(currency)
	sign := ""
	if amount < 0 {
		sign, amount = "−", -amount
	}
	s := fmt.Sprintf("%0*d", d+1, amount)
	whole, frac := s[:len(s)-d], s[len(s)-d:]
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if d > 0 {
		whole += "." + frac
	}
	return sign + whole + " " + strings.ToUpper(currency)
}
