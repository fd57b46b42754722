package bank

import (
	"bytes"
	"regexp"
	"strings"
)

// Format is a format of bank statements, as people call it.
type Format string

// The formats that are read.
const (
	CAMT  Format = "CAMT"
	MT940 Format = "MT940" // and MT942
	OneC  Format = "1CClientBankExchange"
	OFX   Format = "OFX"
	CSV   Format = "CSV"
	XLSX  Format = "XLSX"
	Zip   Format = "ZIP" // of files of CAMT
)

// The formats that are told, and refused by their name.
const (
	QIF     Format = "QIF"
	CODA    Format = "CODA"
	BAI2    Format = "BAI2"
	CSB43   Format = "CSB43"
	OldXLS  Format = "XLS"
	PDF     Format = "PDF"
	HTML    Format = "HTML"
	OFC     Format = "OFC"
	Pain    Format = "pain.001" // payments to be made: what goes to a bank
	Unknown Format = ""
)

// Sniff tells the format of a file by its first bytes, 64 KiB of them or the whole. The name is
// not believed: it only tells apart what content leaves open, which is nothing so far.
func Sniff(head []byte, _ string) Format { return sniff(head) }

func sniff(head []byte) Format {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		if bytes.Contains(head, []byte("[Content_Types].xml")) || bytes.Contains(head, []byte("xl/")) || bytes.Contains(head, []byte("_rels/.rels")) {
			return XLSX
		}
		return Zip
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return OldXLS
	case bytes.HasPrefix(head, []byte("%PDF")):
		return PDF
	}
	text := onlyLF(headText(head))
	for _, f := range textFormats {
		if f.is.MatchString(text) {
			return f.format
		}
	}
	if looksLikeTable(text) {
		return CSV
	}
	return Unknown
}

// textFormats are the marks of formats, the surer ones first.
var textFormats = []struct {
	format Format
	is     *regexp.Regexp
}{
	{CAMT, regexp.MustCompile(`<(?:[\w.-]+:)?(?:BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)|camt\.05[234]\.001`)},
	{OneC, regexp.MustCompile(`^\s*1CClientBankExchange`)},
	{OFX, regexp.MustCompile(`(?i)OFXHEADER|<OFX[>\s]`)},
	{OFC, regexp.MustCompile(`(?i)<OFC[>\s]`)},
	{Pain, regexp.MustCompile(`<(?:[\w.-]+:)?(?:CstmrCdtTrfInitn|CstmrDrctDbtInitn)|pain\.00[18]\.001`)},
	{HTML, regexp.MustCompile(`(?i)^\s*<!doctype html|<html[>\s]|<table[>\s]|office:spreadsheet`)},
	{MT940, regexp.MustCompile(`(?m)^\{1:F01|^[\x01\s]*:(?:20|25P?|28C?):|^:(?:60[FM]|62[FM]|64|65):[CD]\d|^:61:\d{6}|^:86:|\{4:\s*:20:`)},
	{QIF, regexp.MustCompile(`(?i)^\s*!(?:Type|Account|Option|Clear)\b`)},
	{CODA, regexp.MustCompile(`^0000[0 ]\d{10}`)},
	{BAI2, regexp.MustCompile(`^01,[^,\n]*,[^,\n]*,\d{6},\d{4},`)},
	{CSB43, regexp.MustCompile(`^11\d{18}\d{12}[12]\d{14}\d{3}`)},
}

// encryptedPackage is the name of what a locked workbook holds, in UTF-16.
var encryptedPackage = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")

// refused is the problem of a format that is not read.
func refused(format Format, head []byte) *Problem {
	p := &Problem{Line: 1, Excerpt: excerpt(head), Key: "bank.problem.unknown"}
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(head, utf8Mark))) == 0:
		p.Key = "bank.problem.empty"
	case format == OldXLS && bytes.Contains(head, encryptedPackage): // a workbook of today with a password
		p.Key, p.Excerpt = "bank.problem.book", ""
	case format == OldXLS:
		p.Key, p.Excerpt = "bank.problem.oldexcel", ""
	case format == PDF:
		p.Key, p.Excerpt, p.Args = "bank.problem.format", "", []any{"format", "PDF"}
	case format != Unknown:
		p.Key, p.Args = "bank.problem.format", []any{"format", string(format)}
	}
	return p
}

// looksLikeTable reports whether lines are divided by the same separator.
func looksLikeTable(text string) bool {
	if strings.ContainsRune(text, 0) {
		return false
	}
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		if strings.ContainsAny(line, ",;\t|") {
			lines++
		}
	}
	return lines > 0
}
