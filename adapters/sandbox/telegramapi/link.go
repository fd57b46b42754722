package telegramapi

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// setLink makes e a link to an address, or a mention of a user when the address says so.
// It reports false for an address that Telegram would not link.
func (e *Entity) setLink(address string) bool {
	if id := mentioned(address); id != 0 {
		e.Type, e.User = "text_mention", &Person{ID: id}
		return true
	}
	link, err := checkLink(address)
	if err != nil {
		return false
	}
	e.Type, e.URL = "text_link", link
	return true
}

// mentioned returns the user of a tg://user?id=… address, or 0.
func mentioned(address string) int64 {
	rest, ok := cutScheme(address, "tg:")
	if !ok {
		return 0
	}
	host, query, _ := strings.Cut(rest, "?")
	if strings.TrimSuffix(lowerASCII(host), "/") != "user" {
		return 0
	}
	for _, part := range strings.Split(strings.SplitN(query, "#", 2)[0], "&") {
		if k, v, _ := strings.Cut(part, "="); k == "id" {
			id, err := strconv.ParseInt(v, 10, 64)
			if err != nil || id <= 0 {
				return 0
			}
			return id
		}
	}
	return 0
}

func cutScheme(address, scheme string) (rest string, ok bool) {
	if len(address) < len(scheme) || lowerASCII(address[:len(scheme)]) != scheme {
		return "", false
	}
	return strings.TrimPrefix(address[len(scheme):], "//"), true
}

// checkLink returns an address as the server spells it ("example.com" becomes
// "http://example.com/"). The error is the server's.
func checkLink(address string) (string, error) {
	for _, scheme := range []string{"tg", "ton"} {
		rest, ok := cutScheme(address, scheme+":")
		if !ok {
			continue
		}
		u, err := parseAddress(rest)
		if err != nil {
			return "", err
		}
		if strings.HasPrefix(lowerASCII(rest), "http://") || u.https || u.user != "" || u.port != 0 || !plainHost(u.host) {
			return "", wordsf("Wrong %s URL", scheme)
		}
		return scheme + "://" + u.host + strings.Replace(u.query, "/?", "?", 1), nil
	}
	u, err := parseAddress(address)
	if err != nil {
		return "", err
	}
	if !strings.Contains(u.host, ".") && !strings.HasPrefix(u.host, "[") {
		return "", words("Wrong HTTP URL")
	}
	return u.String(), nil
}

func plainHost(host string) bool {
	for i := 0; i < len(host); i++ {
		if !isAlnum(host[i]) && host[i] != '-' && host[i] != '_' {
			return false
		}
	}
	return true
}

// webAddress is an HTTP address taken apart; the query begins with "/" and runs to the end.
type webAddress struct {
	https bool
	user  string
	host  string
	port  int
	query string
}

func (u webAddress) String() string {
	out := "http://"
	if u.https {
		out = "https://"
	}
	if u.user != "" {
		out += u.user + "@"
	}
	out += u.host
	if u.port > 0 {
		out += ":" + strconv.Itoa(u.port)
	}
	return out + u.query
}

// parseAddress takes an address apart; without a scheme it is HTTP.
func parseAddress(s string) (webAddress, error) {
	var u webAddress
	if i := strings.IndexAny(s, ":/?#@[]"); i >= 0 && strings.HasPrefix(s[i:], "://") {
		switch lowerASCII(s[:i]) {
		case "http":
		case "https":
			u.https = true
		default:
			return u, words("Unsupported URL protocol")
		}
		s = s[i+3:]
	}
	authority, query := s, ""
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		authority, query = s[:i], s[i:]
	}
	authority, err := u.takePort(authority)
	if err != nil {
		return u, err
	}
	host := authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		u.user, host = authority[:i], authority[i+1:]
	}
	if u.host, err = checkHost(host); err != nil {
		return u, err
	}
	u.query = spellQuery(query)
	return u, nil
}

// takePort cuts ":port" from the end of user@host:port.
func (u *webAddress) takePort(s string) (string, error) {
	i := strings.LastIndexAny(s, ":]@")
	if i <= 0 || s[i] != ':' {
		return s, nil
	}
	port, err := strconv.Atoi(s[i+1:])
	if err != nil || port < 1 || port > 65535 {
		return "", words("Wrong port number specified in the URL")
	}
	u.port = port
	return s[:i], nil
}

// checkHost lowers a host and refuses what cannot be one; letters of any script may be.
func checkHost(host string) (string, error) {
	switch {
	case host == "":
		return "", words("URL host is empty")
	case host == ".":
		return "", words("Host is invalid")
	case host[0] == '[' && strings.HasSuffix(host, "]"):
		if a, err := netip.ParseAddr(host[1 : len(host)-1]); err != nil || !a.Is6() {
			return "", words("Wrong IPv6 address specified in the URL")
		}
		return lowerASCII(host), nil
	}
	host = lowerASCII(host)
	for i := 0; i < len(host); i++ {
		c := host[i]
		switch {
		case isAlnum(c) || c >= 128 || strings.IndexByte(".-_!$,~*'();&+=", c) >= 0:
		case c == '%':
			if i+2 >= len(host) || digit(host[i+1]) < 0 || digit(host[i+2]) < 0 {
				return "", words("Wrong percent-encoded symbol in URL host")
			}
			i += 2
		default:
			return "", words("Wrong URL host")
		}
	}
	return host, nil
}

func spellQuery(query string) string {
	query = strings.TrimRight(query, " \t\r\n\v\x00")
	var out strings.Builder
	if !strings.HasPrefix(query, "/") {
		out.WriteByte('/')
	}
	for i := 0; i < len(query); i++ {
		if c := query[i]; c <= 0x20 {
			fmt.Fprintf(&out, "%%%02X", c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}
