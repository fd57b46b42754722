package bank

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strings"
)

const (
	zipFilesMax = 1000
	zipBytesMax = 4 << 30 // of all files, unpacked
	zipOneMax   = 64      // times as large as it is packed, beyond the first 64 MiB
)

// readZip reads an archive of statements in CAMT, as banks give them out, one file after the
// other as if they were one.
func readZip(s *source, f *feed) error {
	z, err := zip.NewReader(s.src, s.size)
	if err != nil || len(z.File) > zipFilesMax {
		return &Problem{Line: 1, Key: "bank.problem.zip"}
	}
	left := min(zipBytesMax, zipOneMax*s.size+64<<20)
	for i, file := range z.File {
		name := path.Base(file.Name)
		if file.FileInfo().IsDir() || strings.HasPrefix(name, ".") || strings.HasPrefix(file.Name, "__MACOSX/") {
			continue
		}
		f.file = shorten(clean(name), excerptMax)
		n, err := readZipped(file, left, f)
		if err != nil {
			return err
		}
		left -= n
		if s.progress != nil {
			s.progress(s.size*int64(i+1)/int64(len(z.File)), s.size)
		}
	}
	f.file = ""
	return nil
}

// readZipped reads one file of an archive. Its own word about its size is not believed.
func readZipped(file *zip.File, left int64, f *feed) (int64, error) {
	r, err := file.Open()
	if err != nil {
		return 0, &Problem{Line: 1, Key: "bank.problem.zip"}
	}
	defer r.Close()
	in := &bounded{r: r, left: left}
	head := make([]byte, headMax)
	n, err := io.ReadFull(in, head)
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, zipProblem(err)
	}
	head = head[:n]
	if format := sniff(head); format != CAMT {
		if format == Unknown || format == CSV {
			return left - in.left, nil // a note, a list of what is in it
		}
		return 0, &Problem{Line: 1, Key: "bank.problem.zipped", Args: []any{"format", string(format)}}
	}
	one := &source{head: head, size: int64(n), in: in}
	err = readCAMT(one, f)
	return left - in.left, zipProblem(err)
}

// zipProblem says that an archive is damaged, where its files can't be unpacked.
func zipProblem(err error) error {
	if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) || err != nil && strings.HasPrefix(err.Error(), "flate:") {
		return &Problem{Line: 1, Key: "bank.problem.zip"}
	}
	return err
}

// bounded ends with a problem when more comes than may.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, &Problem{Line: 1, Key: "bank.problem.bomb"}
	}
	return n, err
}
