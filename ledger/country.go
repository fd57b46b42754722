package ledger

import (
	_ "embed"
	"strings"
	"sync"
)

// Country is a country by its code in ISO 3166, "RO"; "" where it is not known.
type Country string

// zoneTable is the time zones of the IANA database with the country of each, by its zone.tab; the
// older names of zones, by its backward, have that of the zone or the one they are named after.
//
//go:embed zones.txt
var zoneTable string

var zoneCountries = sync.OnceValue(func() map[string]Country {
	out := map[string]Country{}
	for line := range strings.Lines(zoneTable) {
		zone, country, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[zone] = Country(country)
	}
	return out
})

// countryCodes are the countries that have a zone.
var countryCodes = sync.OnceValue(func() map[Country]bool {
	out := map[Country]bool{}
	for _, c := range zoneCountries() {
		out[c] = true
	}
	return out
})

// ZoneCountry is the country of a time zone ("Europe/Bucharest"), "" where that is not known.
func ZoneCountry(zone string) Country { return zoneCountries()[zone] }

// Known reports whether there is such a country.
func (c Country) Known() bool { return countryCodes()[c] }

// CountryOf is a customer's country: his own, or where that was not said the one of his zone.
func (v *View) CountryOf(c *Customer) Country {
	if at := v.s.laws[c.ID].Country; at != "" {
		return at
	}
	return ZoneCountry(c.ZoneName)
}

// Home is the company's country.
func (v *View) Home() Country { return ZoneCountry(v.s.company.ZoneName) }
