package commands

import (
	"context"
	"fmt"
	"testing"
)

// After a backup was restored, messages in Slack have buttons about what the books do not know.
// They answer, whoever presses them.
func TestButtonsYoungerThanTheBooks(t *testing.T) {
	d, _ := approvalDesk(t)
	n := 0
	for do := range buttons() {
		for _, what := range []string{"", "x", "zz", "c////////zz//w", "c////////zz/zz", "c////////zz", "c/////////zz", "c//////////w", "c/=/-/ZZZ/9/9/zzzzzz/zzzzzz/1/1/w/zzzz"} {
			for _, arg := range []string{what, "99." + what, "99.1." + what} {
				for _, user := range []string{me, "UMANAGER01"} {
					n++
					if _, err := d.Press(context.Background(), Press{Key: fmt.Sprint("young", n), Who: d.StaffOf(user), Do: do, Arg: arg}); err != nil {
						t.Errorf("%s %q: %v", do, arg, err)
					}
				}
			}
		}
	}
}
