package text

import (
	"testing"
	"time"
)

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

func TestNumber(t *testing.T) {
	c := load(t)
	for s, want := range map[string][2]string{"19": {"19", "19"}, "0.0108": {"0.0108", "0,0108"}, "-7.5": {"-7.5", "-7,5"}} {
		if en, ru := c.In("en").Number(s), c.In("ru").Number(s); en != want[0] || ru != want[1] {
			t.Errorf("%s: got %q and %q, want %q", s, en, ru, want)
		}
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
