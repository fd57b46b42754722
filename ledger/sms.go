package ledger

import "strings"

// A short message goes to a customer's telephone, where its number is one that the whole world can
// dial: by E.164, a plus sign, the code of a country, and up to fifteen digits in all.

// callingCodes are the codes of countries and networks that ITU-T has assigned (E.164, list of 2016
// with its amendments), in order of their length; one that begins with another one of the list is
// that other one's.
const callingCodes = " 1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 " +
	"211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246 247 248 249 " +
	"250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 " +
	"370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 " +
	"670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 850 852 853 855 856 880 886 " +
	"960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998 "

// How many digits a number has that can be dialled, its country's code among them.
const (
	dialLeast = 8
	dialMost  = 15
)

// dialMarks takes out what people write between the digits of a telephone number.
var dialMarks = strings.NewReplacer(" ", "", "(0)", "", "(", "", ")", "", "-", "", ".", "", "/", "", "\u00a0", "")

// DialNumber reads a telephone number as people write it and returns it by E.164 ("+40721234567");
// ok is false for one without its country's code, and for one with an extension.
func DialNumber(phone string) (number string, ok bool) {
	rest, plus := strings.CutPrefix(strings.TrimSpace(phone), "+")
	digits := dialMarks.Replace(rest)
	if !plus || len(digits) < dialLeast || len(digits) > dialMost || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	for n := 1; n <= 3; n++ {
		if strings.Contains(callingCodes, " "+digits[:n]+" ") {
			return "+" + digits, true
		}
	}
	return "", false
}

// SMSAddress is where short messages to c go, "sms:+40721234567"; "" where they cannot.
func (v *View) SMSAddress(c *Customer) string {
	number, ok := DialNumber(v.Phone(c))
	if !ok {
		return ""
	}
	return ChannelSMS + ":" + number
}

// ReachesBySMS reports whether c has a number that is not known to be refused.
func (v *View) ReachesBySMS(c *Customer) bool {
	address := v.SMSAddress(c)
	return address != "" && !v.Shut(address)
}

// callable has the number of c stand for him where facts tell of messages to it.
func (s *state) callable(c *Customer) {
	phone, err := s.read(c.Phone)
	number, ok := DialNumber(phone)
	if err != nil || !ok {
		return // the text is damaged, which verify tells, or was erased; or it is no such number
	}
	address := ChannelSMS + ":" + number
	put(s, s.people, address, ChatPerson{Person: c.Person, Address: c.Phone})
	put(s, s.addresses, c.Person, address)
	s.openRoute(address, c.ID)
}
