package cells

import (
	"archive/zip"
	"errors"
	"io"

	"duebot/ledger"
)

// CheckBook unpacks a workbook into nothing: its own word about its size is not believed.
func CheckBook(src io.ReaderAt, size, max int64) error {
	z, err := zip.NewReader(src, size)
	if err != nil {
		return ledger.Refuse(ledger.BadInput, "file.book")
	}
	left := max
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return ledger.Refuse(ledger.BadInput, "file.book")
		}
		n, err := io.CopyN(io.Discard, r, left+1)
		r.Close()
		if left -= n; left < 0 {
			return ledger.Refuse(ledger.BadInput, "file.bomb")
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return ledger.Refuse(ledger.BadInput, "file.book")
		}
	}
	return nil
}
