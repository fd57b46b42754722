package ledger

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// What is odd about money, and about words. The rules here are pure: they judge one payment by
// the customer's own last ones, and one message by its words. They would rather keep quiet than
// cry wolf: whoever is warned of ordinary life does not read the warning that counts.

// OddKind is what is odd, in one word.
type OddKind string

// The kinds.
const (
	OddTwice   OddKind = "twice"   // the sum of a payment came again within days
	OddAgain   OddKind = "again"   // money for an invoice that was paid in full before
	OddAccount OddKind = "account" // the payer's account is another than before
	OddSum     OddKind = "sum"     // a sum unlike the customer
	OddDetails OddKind = "details" // bank details that came by chat
)

// PastPayment is a payment of a customer, as the rules look back at it.
type PastPayment struct {
	Payment  PaymentID
	Amount   Money
	Date     Date
	Invoices []InvoiceID // that it was for
}

// twiceDays is within how many days a sum that comes again is asked about.
const twiceDays = 10

// habitCount is how many payments of one sum, one of them longer ago, make it a habit: rents and
// standing orders.
const habitCount = 3

// PaidTwice is the earlier payment that now may be a double of: the same sum, for the same
// invoice or for none that is told, within days. Before are the customer's last payments, newest
// first. Neat says that now settles what it settles to the last cent, and leaves nothing over:
// then it was owed, whatever its sum.
func PaidTwice(now PastPayment, before []PastPayment, neat bool) (twin PaymentID, odd bool) {
	if neat {
		return 0, false
	}
	same := 0
	for _, p := range before {
		if p.Amount != now.Amount {
			continue
		}
		same++
		days := now.Date - p.Date
		if twin == 0 && days <= twiceDays && -days <= twiceDays && meet(now.Invoices, p.Invoices) {
			twin = p.Payment
		}
	}
	return twin, twin != 0 && same < habitCount
}

// meet reports whether two payments may have been for the same: one of the invoices is the same,
// or one of them names none.
func meet(a, b []InvoiceID) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(id InvoiceID) bool { return slices.Contains(b, id) })
}

// accountsMost is from how many different accounts on a customer pays from wherever he likes.
const accountsMost = 3

// OtherAccount is the account from which a customer paid so far, where now is another. Before are
// the accounts of his last payments, newest first, "" where the bank did not tell; of one that
// finance said is his, once is enough. A customer of many accounts has no usual one.
func OtherAccount(now string, before []string, learnt func(account string) bool) (usual string, odd bool) {
	if now == "" || learnt(now) {
		return "", false
	}
	count := map[string]int{}
	for _, a := range before {
		if a == now {
			return "", false
		}
		if a == "" {
			continue
		}
		if count[a]++; usual == "" && (count[a] > 1 || learnt(a)) {
			usual = a
		}
	}
	return usual, usual != "" && len(count) < accountsMost
}

// How far from what is usual a sum must be.
const (
	sumTimes   = 3  // above the larger ones
	sumParts   = 20 // below the smallest: a twentieth
	sumHistory = 3  // as many payments make a custom
)

// SumCompare is how a sum differs from what is usual.
type SumCompare string

// The ways.
const (
	SumUsual SumCompare = ""
	SumLarge SumCompare = "large"
	SumSmall SumCompare = "small"
)

// UnlikeSum compares a sum with what a customer owed before it came, invoice by invoice, and with
// what he paid before, all in minor units of one currency. Large is more than three times both
// all that he owed and his second largest payment, so that one earlier slip hides no other. Small
// is less than a twentieth of each payment and of each invoice. What settles invoices neatly is
// no oddity. Usual is the sum that it is measured by.
func UnlikeSum(sum int64, open, paid []int64, neat bool) (how SumCompare, usual int64) {
	if neat {
		return SumUsual, 0
	}
	owed := int64(0)
	for _, m := range open {
		owed += m
	}
	if most := max(owed, secondLargest(paid)); most > 0 && sum/sumTimes > most {
		return SumLarge, most
	}
	if len(paid) < sumHistory {
		return SumUsual, 0
	}
	least := slices.Min(paid)
	if len(open) > 0 {
		least = min(least, slices.Min(open))
	}
	if sum < least/sumParts {
		return SumSmall, slices.Min(paid)
	}
	return SumUsual, 0
}

// secondLargest is the second largest of three or more payments, and the largest of fewer.
func secondLargest(paid []int64) int64 {
	if len(paid) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(paid))
	if len(sorted) < sumHistory {
		return sorted[len(sorted)-1]
	}
	return sorted[len(sorted)-2]
}

// BankWords is what words say of bank details.
type BankWords struct {
	Number  string // of an account that is none of ours, in capitals, without spaces; ""
	Changed bool   // they tell of new or changed details
}

// Any reports whether words say anything of bank details.
func (w BankWords) Any() bool { return w.Number != "" || w.Changed }

// bankWordsMax is how many characters of a text are looked at.
const bankWordsMax = 20_000

// ReadBankWords finds bank details in words that somebody wrote, in any of the six languages.
// Ours is text with the company's own details: its numbers are no news to anybody.
func ReadBankWords(text, ours string) BankWords {
	text = plainDigits(text)
	if len(text) > bankWordsMax {
		text = text[:bankWordsMax]
	}
	own := strings.ToUpper(foldNumber(plainDigits(ours)))
	w := BankWords{Changed: tellsOfChange(strings.ToLower(text))}
	for _, number := range accountNumbers(text) {
		if !strings.Contains(own, number) {
			w.Number = number
			break
		}
	}
	return w
}

// plainDigits writes the digits of any script as ours.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '\u00a0' || r == '\u202f':
			return ' '
		case r == '\u200c': // joins no letters in Persian
			return ' '
		}
		return r
	}, s)
}

// foldNumber leaves the letters and digits of a number.
func foldNumber(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

var (
	ibanForm = regexp.MustCompile(`(?i)\b[A-Z]{2}[0-9]{2}(?:[ -]?[0-9A-Z]){11,30}`)
	// Russian accounts of companies, people and banks have twenty digits with known beginnings.
	rubleForm = regexp.MustCompile(`\b(?:40[5-8]|423|426|301)(?: ?[0-9]){17}\b`)
	// Any other number is an account's where it is called so.
	namedForm = regexp.MustCompile(`(?i)(?:account (?:no\b\.?|number)|\ba/c\b|\bacct\b|sort code|routing (?:no\b\.?|number)|kontonummer|num[ăa]rul contului|` +
		`numero (?:di|del) conto|账号|帐号|卡号|شماره حساب|شماره کارت|شبا)[^0-9]{0,16}((?:IR)?[0-9][0-9 -]{4,32}[0-9])`)
)

// accountNumbers are the numbers of accounts in a text, folded.
func accountNumbers(text string) (out []string) {
	for _, found := range ibanForm.FindAllString(text, -1) {
		// What follows may look like a part of it: the longest that is valid counts.
		for iban := foldNumber(found); len(iban) >= 15; iban = iban[:len(iban)-1] {
			if ValidIBAN(iban) {
				out = append(out, iban)
				break
			}
		}
	}
	for _, found := range rubleForm.FindAllString(text, -1) {
		if n := foldNumber(found); len(n) == 20 {
			out = append(out, n)
		}
	}
	for _, found := range namedForm.FindAllStringSubmatch(text, -1) {
		if n := foldNumber(found[1]); len(n) >= 6 {
			out = append(out, n)
		}
	}
	return out
}

// ValidIBAN checks an IBAN, in capitals and without blanks, by its form and its two check
// digits: as a number, with the first four characters at the end and letters from 10 on, it
// leaves 1 when divided by 97.
func ValidIBAN(iban string) bool {
	if len(iban) < 15 || len(iban) > 34 {
		return false
	}
	rest := 0
	for _, r := range iban[4:] + iban[:4] {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1 && strings.Trim(iban[:2], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// Words, by language, that name bank details; those that tell of a change, which must stand near
// them; and those that say both. Who asks for our details, wants a new invoice or has changed his
// address tells of nothing.
var (
	detailWords = regexp.MustCompile(`\biban\b|bank(?:ing)? details|bank account|account details|account number|payment details|wire instructions|\bour bank\b|` +
		`реквизит|расч[её]тн\S* сч[её]т|банковск\S* сч[её]т|р/с|счета? в банке|наш\S* банк|` +
		`date(?:le)? bancare|cont(?:ul|uri|urile)? bancar|contul nostru|contul de plat|banca noastr|` +
		`coordinate bancarie|dati bancari|conto corrente|conto bancario|nostro conto|nostra banca|` +
		`银行账|银行帐|银行信息|收款账|收款帐|账户信息|开户行|打款账|汇款账|` +
		`حساب بانکی|شماره حساب|شماره کارت|شبا|اطلاعات بانکی|مشخصات بانکی|حساب ما`)
	changeWords = regexp.MustCompile(`\bchang(?:ed|es?|ing)\b|\bupdated\b|\bswitched\b|\bno longer\b|` +
		`измен|смени|смена|поменя|обнов|` +
		`schimbat|modificat|actualizat|` +
		`cambiat|variat|aggiornat|` +
		`变更|更改|更换|更新|修改|改了|换了|改为|改成|` +
		`تغییر|عوض`)
	newDetailWords = regexp.MustCompile(`\bnew (?:iban|bank|banking|account (?:details|number)|payment details|wire)\b|old (?:bank )?account\b|` +
		`(?:^|[^\p{L}])нов\S* (?:банк|реквизит|р/с|расч[её]тн|iban)|друг\S* реквизит|на другой сч[её]т|` +
		`noul (?:cont|iban)|noile date bancare|date(?:le)? bancare noi|cont(?:ul)? (?:bancar )?nou|iban nou|` +
		`nuov\S* (?:iban|conto|coordinate|dati bancari|banca)|` +
		`新的?(?:银行(?:账|帐|信息|卡)|账户|账号|帐户|帐号|收款|开户行)|` +
		`حساب (?:بانکی )?جدید|شبای? جدید|کارت جدید|حساب دیگری`)
)

// changeNear is how many bytes may lie between the two: a letter of Russian or Persian takes two,
// one of Chinese three.
const changeNear = 60

// tellsOfChange reports whether a text in small letters tells of new bank details.
func tellsOfChange(text string) bool {
	if newDetailWords.MatchString(text) {
		return true
	}
	changes := changeWords.FindAllStringIndex(text, -1)
	for _, at := range detailWords.FindAllStringIndex(text, -1) {
		for _, c := range changes {
			if c[0]-at[1] <= changeNear && at[0]-c[1] <= changeNear {
				return true
			}
		}
	}
	return false
}
