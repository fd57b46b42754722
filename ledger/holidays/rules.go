package holidays

import (
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/mw"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"

	"duebot/ledger"
)

// rules are the holidays that cal has for whole countries; what one region alone keeps is not
// among them. Russia's and Ukraine's follow decrees and stand in holidays.txt.
var rules = sync.OnceValue(func() map[ledger.Country][]*cal.Holiday {
	return map[ledger.Country][]*cal.Holiday{
		"AR": ar.Holidays, "AT": at.Holidays, "BE": be.Holidays, "BG": bg.Holidays, "BR": br.Holidays, "CA": ca.Holidays,
		"CH": ch.Holidays, "CZ": cz.Holidays, "DE": de.Holidays, "DK": dk.Holidays, "ES": es.Holidays, "FR": fr.Holidays,
		"GB": gb.Holidays, "GR": gr.Holidays, "HR": hr.Holidays, "IE": ie.Holidays, "IT": it.Holidays, "JP": jp.Holidays,
		"LT": lt.Holidays, "LV": lv.Holidays, "MW": mw.Holidays, "NL": nl.Holidays, "NO": no.Holidays, "NZ": nz.Holidays,
		"PL": pl.Holidays, "RO": ro.Holidays, "SE": se.Holidays, "SI": si.Holidays, "SK": sk.Holidays, "US": us.Holidays,
		"ZA": za.Holidays,
	}
})

// byRule adds the holidays of a year that cal knows: the day itself, and the one on which it is
// made up for. What is one of next year's may be that of this one's last day.
func byRule(y year, to map[ledger.Date]ledger.Special) {
	for _, h := range rules()[y.country] {
		if h.Type == cal.ObservanceReligious || h.Type == cal.ObservanceOther {
			continue // some public ones are of no type there
		}
		for _, of := range []int{y.of - 1, y.of, y.of + 1} {
			actual, observed := h.Calc(of)
			for _, at := range []time.Time{actual, observed} {
				if !at.IsZero() && at.Year() == y.of {
					to[ledger.NewDate(at.Date())] = ledger.Special{Key: keyOf(h.Name, actual)}
				}
			}
		}
	}
}

// easter is Easter Sunday, by the eastern reckoning or the western one.
func easter(y int, eastern bool) ledger.Date {
	h := aa.Easter.Clone(nil)
	h.Julian = eastern
	at, _ := h.Calc(y)
	return ledger.NewDate(at.Date())
}

// keys are the names that holidays of cal's have among the texts: those of the countries whose
// language we speak.
var keys = map[string]string{
	// Romania
	"Anul Nou": "newyear", "A doua zi de Anul Nou": "newyears", "Ziua Unirii Principatelor Române": "rounion", "Vinerea Mare": "goodfriday",
	"Paștele": "easter", "A doua zi de Paște": "eastermonday", "Ziua Muncii": "labour", "Ziua Copilului": "children", "Rusalii": "pentecost",
	"Luni după Rusalii": "pentecostmonday", "Adormirea Maicii Domnului": "assumption", "Sfântul Andrei": "standrew",
	"Ziua Națională a României": "ronational", "Crăciunul": "christmas", "A doua zi de Crăciun": "christmas2",
	// Italy
	"Capodanno": "newyear", "Epifania": "epiphany", "Pasquetta": "eastermonday", "Festa della Liberazione": "itliberation", "Festa del Lavoro": "labour",
	"Festa della Repubblica": "itrepublic", "Assunzione": "assumption", "Tutti i santi": "allsaints", "Immacolata Concezione": "immaculate",
	"Natale": "christmas", "Santo Stefano": "ststephen",
	// Great Britain, the United States, and those who call their days alike
	"New Year's Day": "newyear", "Good Friday": "goodfriday", "Easter Monday": "eastermonday", "Early May": "earlymay", "Spring Bank Holiday": "springbank",
	"Summer Bank Holiday": "summerbank", "Christmas Day": "christmas", "Boxing Day": "boxingday", "Martin Luther King Jr. Day": "mlk", "Presidents' Day": "presidents",
	"Memorial Day": "memorial", "Juneteenth": "juneteenth", "Independence Day": "usindependence", "Labor Day": "labor", "Columbus Day": "columbus",
	"Veterans Day": "veterans", "Thanksgiving Day": "thanksgiving", "Saint Stephen's Day": "ststephen",
}

// keyOf is what a holiday is called among the texts: some are the same everywhere.
func keyOf(name string, at time.Time) string {
	switch _, m, d := at.Date(); {
	case m == time.January && d == 1:
		return "newyear"
	case m == time.December && d == 25:
		return "christmas"
	}
	if key := keys[name]; key != "" {
		return key
	}
	return "public"
}
