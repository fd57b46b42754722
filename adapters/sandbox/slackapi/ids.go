package slackapi

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
)

var triggerForm = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9a-f]{16}$`)

// triggerID has the form of the real ones: two numbers and a secret.
func triggerID(seq int64) string {
	return fmt.Sprintf("%d.%d.%s", 1000000000000+seq, seq, random(8))
}

// hashOf is the hash of a view: seconds and something short.
func hashOf(sec, seq int64) string {
	h := fnv.New32a()
	fmt.Fprint(h, seq)
	return strconv.FormatInt(sec, 10) + "." + strconv.FormatUint(uint64(h.Sum32()), 36)
}

// uuid is a random identifier in the usual form.
func uuid() string {
	r := random(16)
	return r[:8] + "-" + r[8:12] + "-" + r[12:16] + "-" + r[16:20] + "-" + r[20:]
}

// withIDs is a copy of checked blocks in which each block has its block_id and each
// interactive element its action_id, as Slack fills them in.
func withIDs(blocks []any) []any {
	list, _ := copyOf(blocks).([]any)
	for i, b := range list {
		block, ok := b.(map[string]any)
		if !ok {
			continue
		}
		if stringOf(block["block_id"]) == "" {
			block["block_id"] = "b" + shortHash(strconv.Itoa(i), stringOf(block["type"]), random(4))
		}
		eachElement(block, func(e map[string]any, _ string) {
			if stringOf(e["action_id"]) == "" {
				e["action_id"] = "a" + shortHash(random(4))
			}
		})
	}
	return list
}

// shortHash is five characters that stand for parts.
func shortHash(parts ...string) string {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	s := strconv.FormatUint(h.Sum64(), 36)
	return s[len(s)-5:]
}
