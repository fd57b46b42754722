package ledger

import (
	"strings"
	"testing"
)

// digestActs are what readers of the digest choose.
func digestActs(t *testing.T, b *Books) {
	token := ""
	for i, act := range []func(tx *Tx) error{
		func(tx *Tx) error {
			return tx.WishDigest("UREADER01", DigestWish{Way: DigestBySlack, Days: DigestWorking, Minute: 510, Until: tx.Today().AddDays(3)})
		},
		func(tx *Tx) (err error) { token, _, err = tx.InviteDigest("UREADER01"); return err },
		func(tx *Tx) error {
			_, err := tx.FollowDigest(token, NewLink{Chat: "telegram:8801", Name: "Марта", Language: "ru"})
			return err
		},
		func(tx *Tx) error { return tx.AskDigestMail("UREADER01", "marta@lindenhof.example") },
		func(tx *Tx) error { return tx.EndDigestMail("UREADER01", true) },
		func(tx *Tx) error { return tx.UnlinkDigest("telegram:8801") },
	} {
		if err := try(b, "", act); err != nil {
			t.Errorf("act %d of the digest: %v", i, err)
		}
	}
}

// A reader's places follow what he confirmed, a link works once and for an hour, and what is
// rebuilt from the facts is the same.
func TestDigestReader(t *testing.T) {
	path := t.TempDir() + "/duebot.db"
	b := openTest(t, path)
	t.Cleanup(func() { checkFile(t, path) })
	reader := func() (r DigestReader) {
		b.View(func(v *View) error { r = v.DigestReader("UREADER01"); return nil })
		return r
	}
	digestActs(t, b)
	if r := reader(); r.Chat != "" || r.Mail != "mail:marta@lindenhof.example" || r.Asked != "" || r.Wish.Way != DigestByMail || r.Wish.Minute != 510 {
		t.Errorf("the reader is %+v", r)
	}
	var first, second string
	do(t, b, "", func(tx *Tx) (err error) { first, _, err = tx.InviteDigest("UREADER01"); return err })
	do(t, b, "", func(tx *Tx) (err error) { second, _, err = tx.InviteDigest("UREADER01"); return err })
	follow := func(token, chat string, group bool) error {
		return try(b, "", func(tx *Tx) error {
			_, err := tx.FollowDigest(token, NewLink{Chat: chat, Name: "Marta", Group: group})
			return err
		})
	}
	for what, err := range map[string]error{
		"a link before the last one": follow(first, "telegram:1", false),
		"a group":                    follow(second, "telegram:-1", true),
		"a token that nobody made":   follow("x", "telegram:1", false),
	} {
		if r, ok := AsRefusal(err); !ok || r.Key != "link.unknown" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := follow(second, "telegram:1", false); err != nil {
		t.Fatal(err)
	}
	if err := follow(second, "telegram:2", false); err == nil {
		t.Error("a link worked twice")
	}
	if r := reader(); r.Chat != "telegram:1" || r.Wish.Way != DigestByTelegram {
		t.Errorf("the reader is %+v", r)
	}
	b.View(func(v *View) error {
		if c := v.ChatCustomers("telegram:1"); len(c) > 0 || v.DigestReaderAt("telegram:1") != "UREADER01" {
			t.Error("the chat is a customer's, or not the reader's")
		}
		return nil
	})
	dump := dumpOf(t, b)
	if strings.Contains(dump, second) {
		t.Error("the books hold a token")
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

// A code is of one address that was named at one time, and of one reader.
func TestDigestCodes(t *testing.T) {
	b, _ := testBooks(t)
	code := func(user string) (code string) {
		b.View(func(v *View) error { code = v.DigestCode(user); return nil })
		return code
	}
	if code("U1") != "" {
		t.Error("there is a code, and nothing to confirm")
	}
	seen := map[string]bool{}
	for range 3 {
		do(t, b, "", func(tx *Tx) error { return tx.AskDigestMail("U1", "a@b.example") })
		seen[code("U1")] = true
	}
	do(t, b, "", func(tx *Tx) error { return tx.AskDigestMail("U2", "a@b.example") })
	seen[code("U2")] = true
	if len(seen) != 4 || len(code("U1")) != 6 {
		t.Errorf("the codes of four questions are %v", seen)
	}
	if err := try(b, "", func(tx *Tx) error { return tx.AskDigestMail("U1", "nobody") }); err == nil {
		t.Error("any word is an address")
	}
}
