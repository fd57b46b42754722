package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duebot/ledger"
)

// RowProblem is what is wrong with a row of a table, and what to write instead.
type RowProblem struct {
	Line int // of the file, from 1
	Text string
}

const (
	fileMax      = 64 << 20
	tableRowsMax = 200_000
)

var dottedDay = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})$`)

// readDate reads 2026-09-30 and 30.09.2026; 09/30/2026 could be read in two ways, and is not.
func readDate(s string) (ledger.Date, error) {
	iso := s
	if m := dottedDay.FindStringSubmatch(s); m != nil {
		iso = fmt.Sprintf("%s-%02s-%02s", m[3], m[2], m[1])
	}
	d, err := ledger.ParseDate(iso)
	if err != nil || d.Year() < 1990 {
		return 0, fmt.Errorf("the date %q can't be read, or does not exist; write it like 2026-09-30 or 30.09.2026", s)
	}
	return d, nil
}

// table is a CSV file with its columns by name.
type table struct {
	rows     []row
	problems []RowProblem
}

type row struct {
	line int
	cell map[string]string // by column; trimmed
}

// readTable reads a CSV file in UTF-8, with or without a byte order mark, whose delimiter is
// a comma, a semicolon or a tab.
func readTable(r io.Reader, needs, may []string) (*table, error) {
	data, err := io.ReadAll(io.LimitReader(r, fileMax+1))
	if err != nil {
		return nil, err
	}
	if len(data) > fileMax {
		return nil, fmt.Errorf("the file is larger than %d MiB", fileMax>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, errors.New("the file is not in UTF-8; save it as \"CSV UTF-8\"")
	}
	c := csv.NewReader(bytes.NewReader(data))
	c.Comma, c.FieldsPerRecord = delimiter(data), -1
	head, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file is empty; its first line names the columns, like %s", strings.Join(needs, ","))
	}
	if err != nil {
		return nil, err
	}
	columns, err := readHeader(head, needs, may)
	if err != nil {
		return nil, err
	}
	return readRows(c, columns)
}

// delimiter is the one that occurs most in the first line.
func delimiter(data []byte) rune {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t'} {
		if n := strings.Count(string(first), string(d)); n > most {
			best, most = d, n
		}
	}
	return best
}

func readHeader(head, needs, may []string) ([]string, error) {
	var columns []string
	for _, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case slices.Contains(columns, name):
			return nil, fmt.Errorf("line 1: the column %q is there twice", name)
		case !slices.Contains(needs, name) && !slices.Contains(may, name):
			return nil, fmt.Errorf("line 1: the column %q is unknown; there may be %s", name, strings.Join(append(slices.Clone(needs), may...), ", "))
		}
		columns = append(columns, name)
	}
	for _, name := range needs {
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("line 1: the column %q is missing; it must name %s", name, strings.Join(needs, ", "))
		}
	}
	return columns, nil
}

func readRows(c *csv.Reader, columns []string) (*table, error) {
	t := &table{}
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil { // a quote that is not closed: what follows can't be told apart
			return nil, err
		}
		line, _ := c.FieldPos(0)
		if len(record) != len(columns) {
			t.problems = append(t.problems, RowProblem{line, fmt.Sprintf("the row has %d cells, and the header %d; put cells with a delimiter in them into \"quotes\"", len(record), len(columns))})
			continue
		}
		if len(t.rows) == tableRowsMax {
			return nil, fmt.Errorf("line %d: there are more than %d rows; split the file", line, tableRowsMax)
		}
		cells := make(map[string]string, len(columns))
		for i, s := range record {
			cells[columns[i]] = strings.TrimSpace(s)
		}
		t.rows = append(t.rows, row{line, cells})
	}
}
