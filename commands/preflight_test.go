package commands

import "testing"

func TestWordsAfter(t *testing.T) {
	for _, x := range []struct {
		line string
		n    int
		want string
	}{
		{`edit acme add "如已付款，请忽略。"`, 3, "如已付款，请忽略。"},
		{`2026-10-05 edit acme instead «Мы, как всегда, ждём»`, 4, "Мы, как всегда, ждём"},
		{`edit acme add Pay "soon", please`, 3, `Pay "soon", please`},
		{`edit acme add "`, 3, `"`},
		{`edit acme off`, 3, ""},
	} {
		if got := wordsAfter(x.line, x.n); got != x.want {
			t.Errorf("%q: got %q, want %q", x.line, got, x.want)
		}
	}
}
