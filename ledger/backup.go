package ledger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Backup writes a copy of the books as they stand to path, with their files, while commands go
// on, and verifies it. The copy is under its name only once it is whole and on the disk. It
// returns fs.ErrExist when there is a file of that name: a copy never takes another's place.
// Where files of the books are missing, all else is copied, and the error says so.
func (b *Books) Backup(path string) (*Report, error) {
	return copyTo(path, b.store.Copy, b.files, nil)
}

// CopyFile copies the ledger file at from, which no process has open, to path, and verifies
// the copy. It returns ErrInUse where a process has it open, an error that names what is
// damaged, and fs.ErrExist when there is a file at path.
func CopyFile(from, path string, watch ...Watch) (*Report, error) {
	w := firstWatch(watch)
	rep, err := Verify(from, "", w.part(0, 2))
	if err != nil {
		return nil, err
	}
	if len(rep.Problems) > 0 {
		return nil, fmt.Errorf("%s is damaged: %s", from, rep.Problems[0])
	}
	store, err := readBolt(from)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	copied, err := copyTo(path, store.Copy, FilesOf(from), w.part(1, 2))
	if err == nil && copied.Head != rep.Head {
		err = fmt.Errorf("the copy ends at fact %d, and %s at %d", copied.Head.Seq, from, rep.Head.Seq)
	}
	return copied, err
}

// copyTo writes a file by a name of its own beside path, and gives it its name when it is on
// the disk and was verified, and the files that it names lie beside it.
func copyTo(path string, write func(io.Writer) error, files Files, watch Watch) (*Report, error) {
	if exists(path) {
		return nil, &os.PathError{Op: "writing", Path: path, Err: os.ErrExist}
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name()) // once it has its name, this is only its second one
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, err)
	}
	rep, err := verify(f.Name(), "", nil, watch)
	if err != nil {
		return nil, fmt.Errorf("verifying the copy %s: %w", path, err)
	}
	if len(rep.Problems) > 0 {
		return nil, fmt.Errorf("the copy %s is damaged: %s", path, rep.Problems[0])
	}
	lost := files.copyTo(FilesOf(path), rep.files)
	return rep, errors.Join(publish(f.Name(), path), lost)
}

// publish gives a finished file its name, never another file's.
func publish(temp, path string) error {
	// A link fails where the name is taken, which a rename does not. Some file systems have
	// no links; there the name was free a moment ago.
	if err := os.Link(temp, path); errors.Is(err, os.ErrExist) {
		return err
	} else if err != nil {
		if err := os.Rename(temp, path); err != nil {
			return err
		}
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the names in a folder durable, where the file system can.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrPermission) && !errors.Is(err, os.ErrInvalid) {
		return err
	}
	return nil
}
