package slackapi

import (
	"encoding/json"
	"strings"
	"testing"
)

func BenchmarkValidateFiftyBlocks(b *testing.B) {
	btn := `{"type":"button","text":{"type":"plain_text","text":"Open"},"value":"1"}`
	row := `{"type":"actions","elements":[` + strings.TrimSuffix(strings.Repeat(btn+",", 5), ",") + `]}`
	raw := json.RawMessage(`[` + strings.TrimSuffix(strings.Repeat(row+",", 50), ",") + `]`)
	for b.Loop() {
		ValidateMessage(raw)
	}
}
