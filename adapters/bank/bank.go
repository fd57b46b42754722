// Package bank reads statements of banks: CAMT.052, 053 and 054, MT940 and MT942,
// 1CClientBankExchange, OFX, and tables in CSV and XLSX.
//
// A file is told by its content, never by its name. Reading streams: a sink is given each
// statement's beginning, its lines and its end, and a million lines take no more memory than
// ten. What can't be read is a Problem with its line, and then nothing of the file counts; what
// does not add up is a mismatch at the statement's end, which a person may accept.
//
// The nouns: a Format; a Sink, which takes what is read; Problems, why a file is not; a Mapping,
// which says what the columns of a table mean; an Identity, by which a line is known again.
//
// It books nothing and matches nothing.
package bank

import (
	"bytes"
	"io"

	"golang.org/x/text/encoding"

	"duebot/ledger"
)

// Options say what a file leaves open.
type Options struct {
	Account  string          // of a table without it: the number of our account
	Currency ledger.Currency // of the account, where the file does not say it
	Language string          // the company's, two letters: it decides where the encoding is in doubt
	Today    ledger.Date     // 0: not told; no line of a table was booked long after it
	Mapping  *Mapping        // what the columns of a table mean; nil: they are proposed
}

// Sink takes what is read, in the order of the file. Each may be nil. What they return as an
// error ends the reading and is returned by Read.
type Sink struct {
	Begin    func(ledger.BankStatement) error
	Line     func(ledger.BankLine) error
	End      func(ledger.BankStatement, []ledger.BankMismatch) error // the statement with what only its end says
	Progress func(done, size int64)
}

// headMax is as much of a file as tells its format and its encoding.
const headMax = 64 << 10

// reader reads the statements of a file of one format.
type reader func(s *source, f *feed) error

// readers are the formats that are read.
func readers() map[Format]reader {
	return map[Format]reader{
		CAMT: readCAMT, Zip: readZip, MT940: readMT940, OneC: readOneC, CSV: readCSV, XLSX: readXLSX, OFX: readOFX,
	}
}

// Read reads all statements of a file into sink. It returns Problems where the file can't be
// read, whole or in part, and then what the sink was given does not count; *NeedsMapping for a
// table whose columns a person has not confirmed; else what the sink or the file returned.
func Read(src io.ReaderAt, size int64, o Options, sink Sink) error {
	s, err := newSource(src, size, sink.Progress)
	if err != nil {
		return err
	}
	f := &feed{options: o, sink: sink}
	format := sniff(s.head)
	read, ok := readers()[format]
	if !ok {
		return Problems{refused(format, s.head)}
	}
	if err := read(s, f); err != nil {
		return f.failed(err)
	}
	switch {
	case len(f.problems) > 0:
		return f.sorted()
	case f.statements == 0:
		return Problems{{Line: 1, Excerpt: excerpt(s.head), Key: "bank.problem.nostatement"}}
	}
	s.done()
	return nil
}

// source is a file that is read from its beginning as often as it takes.
type source struct {
	src      io.ReaderAt
	size     int64
	head     []byte
	progress func(done, size int64)
	in       io.Reader // of a file that is read once only: what comes after the head
	passes   int64     // how often the file is read in all; 0 is once
	pass     int64
	told     int64
	page     encoding.Encoding // as it was guessed; nil before
}

func newSource(src io.ReaderAt, size int64, progress func(done, size int64)) (*source, error) {
	s := &source{src: src, size: size, progress: progress, head: make([]byte, min(size, headMax))}
	n, err := src.ReadAt(s.head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	s.head = s.head[:n]
	return s, nil
}

const progressStep = 256 << 10

// Reader returns the file's bytes from its beginning.
func (s *source) reader() io.Reader {
	if s.in != nil {
		return io.MultiReader(bytes.NewReader(s.head), s.in)
	}
	s.pass++
	return &counted{s: s, r: io.NewSectionReader(s.src, 0, s.size)}
}

func (s *source) done() {
	if s.progress != nil {
		s.progress(s.size, s.size)
	}
}

// counted tells the progress of one pass through a file.
type counted struct {
	s          *source
	r          io.Reader
	read, told int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.read += int64(n)
	if c.s.progress != nil && c.read-c.told >= progressStep {
		c.told = c.read
		passes := max(c.s.passes, c.s.pass)
		if all := ((c.s.pass-1)*c.s.size + c.read) / passes; all > c.s.told { // more passes may turn out to be needed
			c.s.told = all
			c.s.progress(all, c.s.size)
		}
	}
	return n, err
}
