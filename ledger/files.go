package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Files are the files of the books: logos, fonts, and what people hand in with an invoice.
// They lie in a folder beside the ledger, each once, named by the SHA-256 of its content; a
// fact names it by the same. A file is there before the fact that names it is committed: a
// crash in between leaves one too many, which Sweep drops, and never one too few.
//
// Nothing here looks into a file, draws or runs it.
type Files struct{ dir string }

// FilesOf are the files of the ledger at path.
func FilesOf(path string) Files { return Files{path + filesEnding} }

const filesEnding = ".files"

// ErrAltered says that a file is not what its name says.
var ErrAltered = errors.New("the file is not the one that was kept")

// half is how the name of a file begins that is not whole yet.
const half = ".new-"

func (f Files) path(h Hash) string { return filepath.Join(f.dir, h.String()) }

// HashOf is the name of a file of these bytes.
func HashOf(data []byte) Hash { return sha256.Sum256(data) }

// Put keeps data, once, and returns its name. When it returns, the file is on the disk.
func (f Files) Put(data []byte) (Hash, error) {
	h := HashOf(data)
	if _, err := f.Read(h); err == nil {
		return h, nil
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return h, err
	}
	temp, err := os.CreateTemp(f.dir, half+"*")
	if err != nil {
		return h, err
	}
	defer os.Remove(temp.Name()) // not there any more once it has its name
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if e := temp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temp.Name(), f.path(h)) // over one that was altered
	}
	if err != nil {
		return h, fmt.Errorf("keeping a file: %w", err)
	}
	return h, syncDir(f.dir)
}

// Read returns a file. It returns fs.ErrNotExist for one that is missing, and ErrAltered for
// one that has become another.
func (f Files) Read(h Hash) ([]byte, error) {
	data, err := os.ReadFile(f.path(h))
	if err != nil {
		return nil, err
	}
	if HashOf(data) != h {
		return nil, fmt.Errorf("file %s: %w", h.Short(), ErrAltered)
	}
	return data, nil
}

// ReadNamed is Read by a name as texts keep it.
func (f Files) ReadNamed(name string) ([]byte, error) {
	h, err := ParseHash(name)
	if err != nil {
		return nil, err
	}
	return f.Read(h)
}

// ParseHash reads what String wrote.
func ParseHash(text string) (h Hash, err error) {
	data, err := hex.DecodeString(text)
	if err != nil || len(data) != len(h) {
		return h, fmt.Errorf("%q is not a SHA-256", text)
	}
	return Hash(data), nil
}

// missing tells which of the files that are wanted are not whole.
func (f Files) missing(want map[Hash]bool) (problems []string) {
	for _, h := range sortedHashes(want) {
		switch _, err := f.Read(h); {
		case errors.Is(err, fs.ErrNotExist):
			problems = append(problems, fmt.Sprintf("file %s is missing in %s", h, f.dir))
		case errors.Is(err, ErrAltered):
			problems = append(problems, fmt.Sprintf("file %s in %s was altered", h, f.dir))
		case err != nil:
			problems = append(problems, fmt.Sprintf("file %s: %v", h, err))
		}
	}
	return problems
}

// copyTo keeps the wanted files in another folder too. Copies beside that one share what they
// have in common, where the file system can. What cannot be copied is named in the error, and
// does not hold up the rest.
func (f Files) copyTo(to Files, want map[Hash]bool) error {
	beside, _ := filepath.Glob(filepath.Join(filepath.Dir(to.dir), "*"+filesEnding))
	beside = slices.DeleteFunc(beside, func(dir string) bool { return dir == f.dir || dir == to.dir })
	var errs []error
	for _, h := range sortedHashes(want) {
		if _, err := to.Read(h); err == nil || to.share(beside, h) {
			continue
		}
		data, err := f.Read(h)
		if err == nil {
			_, err = to.Put(data)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("copying a file of the books: %w", err))
		}
	}
	return errors.Join(errs...)
}

// share links a file that is whole in one of these folders.
func (f Files) share(folders []string, h Hash) bool {
	for _, dir := range folders {
		from := Files{dir}
		if _, err := from.Read(h); err == nil && os.MkdirAll(f.dir, 0o700) == nil && os.Link(from.path(h), f.path(h)) == nil {
			return syncDir(f.dir) == nil
		}
	}
	return false
}

// Remove drops a whole folder of files: that of a copy which is too old.
func (f Files) Remove() error { return os.RemoveAll(f.dir) }

// sweep removes every file that nobody wants, and those that were never finished. What is
// not named like one of ours stays.
func (f Files) sweep(want map[Hash]bool) (dropped int, err error) {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	var errs []error
	for _, e := range entries {
		h, err := ParseHash(e.Name())
		if err == nil && !want[h] || strings.HasPrefix(e.Name(), half) {
			dropped++
			errs = append(errs, os.Remove(filepath.Join(f.dir, e.Name())))
		}
	}
	return dropped, errors.Join(append(errs, err)...)
}

// Files are the files of these books.
func (b *Books) Files() Files { return b.files }

// Files are the files of these books.
func (v *View) Files() Files { return v.b.files }

// SweepFiles drops the files that no fact names: a crash before the commit left them. It is
// for the start, before anything is being kept.
func (b *Books) SweepFiles() (dropped int, err error) {
	err = b.View(func(v *View) error {
		dropped, err = b.files.sweep(v.wantedFiles())
		return err
	})
	return dropped, err
}

// wantedFiles are those that facts name.
func (v *View) wantedFiles() map[Hash]bool {
	want := map[Hash]bool{}
	for _, l := range v.s.letterheads {
		for _, h := range l.Files() {
			want[h] = true
		}
	}
	v.s.files.each(func(f *File) { want[f.Bytes] = true })
	v.s.acts.each(func(r *Reconciliation) {
		for _, h := range []Hash{r.Bytes, r.List} {
			if h != (Hash{}) {
				want[h] = true
			}
		}
	})
	return want
}

var hashPattern = regexp.MustCompile(`"[0-9a-f]{64}"`)

// Files are those that a letterhead names: logo and fonts.
func (l *Letterhead) Files() (out []Hash) {
	for _, name := range hashPattern.FindAllString(l.Data, -1) {
		if h, err := ParseHash(name[1 : len(name)-1]); err == nil {
			out = append(out, h)
		}
	}
	return out
}

// sortedHashes brings hashes into an order, so that the same folder tells the same story.
func sortedHashes(set map[Hash]bool) []Hash {
	return slices.SortedFunc(maps.Keys(set), func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
}
