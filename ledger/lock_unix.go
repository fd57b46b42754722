//go:build unix

package ledger

import (
	"os"
	"syscall"
)

// lockShared takes bbolt's own lock for reading: a running duebot holds it for writing.
func lockShared(f *os.File) (unlock func(), err error) {
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); err != nil {
		return nil, ErrInUse
	}
	return func() { syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }, nil
}
