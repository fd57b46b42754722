package bank

import (
	"bufio"
	"io"
	"strings"
)

const (
	csvLineMax   = 1 << 20
	csvRowLines  = 40 // lines that one row may take, for cells of several lines
	headLinesMax = 40 // among which the headings are looked for
	columnsMax   = 200
)

// csvRows are the rows of a table in text.
type csvRows struct {
	in    *bufio.Reader
	comma byte
	width int // as many cells as a row should have; 0 while that is not known
	row   int
}

// next returns the cells of a row and the line where it begins. A quote that is never closed is
// a problem: what follows can't be told apart.
func (c *csvRows) next() ([]string, int, error) {
	line, err := readLine(c.in, csvLineMax)
	c.row++
	begin := c.row
	if err != nil {
		return nil, begin, placed(err, begin)
	}
	cells, open := splitRow(line, c.comma, false)
	for i, s := range cells { // ="0001" and `0001 keep a spreadsheet from taking it for a number
		s = strings.TrimPrefix(s, "`")
		cells[i] = s
		if len(s) > 3 && strings.HasPrefix(s, `="`) && strings.HasSuffix(s, `"`) {
			cells[i] = s[2 : len(s)-1]
		}
	}
	if open {
		if careless, still := splitRow(line, c.comma, true); !still && c.width > 0 && len(careless) == c.width {
			return careless, begin, nil
		}
	}
	for lines := 1; open; lines++ {
		more, err := readLine(c.in, csvLineMax)
		c.row++
		if err == io.EOF || lines > csvRowLines || len(line) > csvLineMax {
			return nil, begin, (&Problem{Key: "bank.problem.quotes"}).at(begin, line)
		}
		if err != nil {
			return nil, begin, placed(err, c.row)
		}
		line += "\n" + more
		cells, open = splitRow(line, c.comma, false)
	}
	return cells, begin, nil
}

// splitRow divides a row. A cell that begins with a quote ends with the next one before a
// separator; two quotes are one, but where a program was careless with them. Open is a quote
// that is not closed.
func splitRow(s string, comma byte, careless bool) (cells []string, open bool) {
	for {
		rest := strings.TrimLeft(s, blanks(comma))
		if rest == "" || rest[0] != '"' {
			cell, after, more := strings.Cut(s, string(comma))
			cells = append(cells, strings.TrimSpace(cell))
			if !more {
				return cells, false
			}
			s = after
			continue
		}
		cell, after, end := quotedCell(rest[1:], comma, careless)
		cells = append(cells, strings.TrimSpace(cell))
		switch end {
		case 'o':
			return cells, true
		case 'l':
			return cells, false
		}
		s = after
	}
}

// blanks may stand around quotes.
func blanks(comma byte) string {
	if comma == '\t' {
		return " "
	}
	return " \t"
}

// quotedCell reads to the quote that closes a cell. End is 'c' at a separator, 'l' at the end of
// the row, 'o' where the cell stays open.
func quotedCell(s string, comma byte, careless bool) (cell, after string, end byte) {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '"' {
			out.WriteByte(s[i])
			continue
		}
		rest := strings.TrimLeft(s[i+1:], blanks(comma))
		double := i+1 < len(s) && s[i+1] == '"'
		switch {
		case double && !careless:
			out.WriteByte('"')
			i++
		case rest == "":
			return out.String(), "", 'l'
		case rest[0] == comma:
			return out.String(), rest[1:], 'c'
		default:
			out.WriteByte('"')
		}
	}
	return out.String(), "", 'o'
}

// readCSV reads a table in text.
func readCSV(s *source, f *feed) error {
	t := &table{source: s, f: f, format: CSV}
	var lines []string
	in := s.text(nil, f.options.Language)
	for len(lines) < headLinesMax {
		line, err := readLine(in, csvLineMax)
		if err == io.EOF {
			break
		}
		if err != nil {
			return placed(err, len(lines)+1)
		}
		if strings.ContainsRune(line, 0) {
			return &Problem{Line: len(lines) + 1, Key: "bank.problem.unknown"}
		}
		lines = append(lines, line)
	}
	comma, at := headOf(lines)
	t.open = func() (rows, error) {
		return &csvRows{in: s.text(nil, f.options.Language), comma: comma, width: t.width}, nil
	}
	return t.read(at)
}

// headOf looks for the separator, and for the line of the headings, from 0; -1 is none.
func headOf(lines []string) (comma byte, at int) {
	comma, at, most := ',', -1, 1
	for _, c := range []byte(";,\t|") {
		for i, line := range lines {
			cells, _ := splitRow(line, c, false)
			if n := known(cells); n > most {
				comma, at, most = c, i, n
			}
		}
	}
	if at >= 0 {
		return comma, at
	}
	best := 0
	for _, c := range []byte(";,\t|") {
		if n := regular(lines, c); n > best {
			comma, best = c, n
		}
	}
	return comma, -1
}

// regular counts the cells in lines that have as many of them as most others.
func regular(lines []string, comma byte) int {
	counts, best := map[int]int{}, 0
	for _, line := range lines {
		if cells, _ := splitRow(line, comma, false); len(cells) > 1 {
			counts[len(cells)]++
		}
	}
	for cells, n := range counts {
		best = max(best, n*100+min(cells, 30))
	}
	return best
}
