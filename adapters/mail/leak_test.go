package mail

import (
	"testing"

	"go.uber.org/goleak"
)

// No test leaves anything running but connections that wait to be used again.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}
