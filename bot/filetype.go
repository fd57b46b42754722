package main

import (
	"archive/zip"
	"bytes"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"duebot/ledger"
)

// fileMIME are the types of documents that are taken and handed on, by their endings. Nothing
// that a program runs or a browser draws with scripts is among them.
var fileMIME = map[ledger.FileType]string{
	"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "csv": "text/csv", "txt": "text/plain",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

// fileType tells what a file is by its content, whatever it is called: nobody can be given a
// program that is called a picture. It returns a BadInput refusal for what is not taken.
func fileType(name string, data []byte) (ledger.FileType, error) {
	var found ledger.FileType
	switch {
	case len(data) == 0:
		return "", ledger.Refuse(ledger.BadInput, "attach.empty", "name", name)
	case bytes.HasPrefix(data, []byte("%PDF-")):
		found = "pdf"
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		found = "png"
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		found = "jpg"
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		found = officeType(data)
	default:
		found = textType(name, data)
	}
	if found == "" {
		return "", ledger.Refuse(ledger.BadInput, "attach.type", "name", name)
	}
	return found, nil
}

// officeType is what an archive is by the parts that it lists: none of them is unpacked. One
// with macros is nothing that is taken.
func officeType(data []byte) (found ledger.FileType) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return ""
	}
	types := false
	for _, f := range z.File {
		switch name := strings.ToLower(f.Name); {
		case strings.HasSuffix(name, "vbaproject.bin") || strings.Contains(name, "/activex/"):
			return ""
		case name == "[content_types].xml":
			types = true
		case name == "xl/workbook.xml":
			found = "xlsx"
		case name == "word/document.xml":
			found = "docx"
		}
	}
	if !types {
		return ""
	}
	return found
}

// markup is how a text begins that a browser would draw, or a shell run.
var markup = regexp.MustCompile(`(?i)^(?:#!|<[!?a-z]|@echo\b|%!PS)`)

// textType is whether a file is plain text that is called so.
func textType(name string, data []byte) ledger.FileType {
	ending := ledger.FileType(strings.TrimPrefix(strings.ToLower(path.Ext(name)), "."))
	if ending != "csv" && ending != "txt" || !utf8.Valid(data) {
		return ""
	}
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	if bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }) || markup.Match(bytes.TrimSpace(text)) {
		return ""
	}
	return ending
}
