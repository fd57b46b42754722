package main

import (
	"archive/zip"
	"bytes"
	"testing"

	"duebot/adapters/paper"
	"duebot/ledger"
)

// archive is a zip with parts of these names.
func archive(t testing.TB, names ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What a file is follows from its content; what a program runs, or a browser draws with
// scripts, is never taken, whatever it is called.
func TestFileType(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want ledger.FileType
	}{
		{"a.exe", []byte("%PDF-1.7\n"), "pdf"}, {"a.pdf", []byte("\x89PNG\r\n\x1a\n0"), "png"}, {"a", []byte("\xff\xd8\xff\xe0"), "jpg"},
		{"a.xlsx", archive(t, "[Content_Types].xml", "xl/workbook.xml"), "xlsx"}, {"a.zip", archive(t, "[Content_Types].xml", "word/document.xml"), "docx"},
		{"a.xlsx", archive(t, "[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), ""}, {"a.docx", archive(t, "[Content_Types].xml", "word/document.xml", "word/activeX/activeX1.xml"), ""},
		{"a.xlsx", archive(t, "xl/workbook.xml"), ""}, {"a.zip", archive(t, "run.exe"), ""}, {"a.xlsx", []byte("PK\x03\x04cut"), ""},
		{"a.csv", []byte("\ufeffday,hours\r\n1,2\n"), "csv"}, {"a.TXT", []byte("наряд №7"), "txt"}, {"a.md", []byte("text"), ""}, {"a.txt", []byte("a\x00b"), ""},
		{"a.txt", []byte("\xd0"), ""}, {"a.txt", []byte(" \n<html>"), ""}, {"a.csv", []byte("#!/bin/sh"), ""}, {"a.txt", []byte("<?xml version"), ""}, {"a.txt", []byte("<svg onload=x>"), ""},
		{"a.png", []byte("MZ\x90"), ""}, {"a.pdf", []byte("\x7fELF"), ""}, {"a.pdf", []byte("x%PDF-1.7"), ""}, {"a.html", []byte("hello"), ""}, {"a.svg", []byte("<svg/>"), ""},
		{"a.pdf", nil, ""},
	} {
		got, err := fileType(c.name, c.data)
		if _, refused := ledger.AsRefusal(err); got != c.want || refused != (c.want == "") {
			t.Errorf("%s %.20q: got %q, %v", c.name, c.data, got, err)
		}
		if c.want != "" && fileMIME[got] == "" {
			t.Errorf("%s has no MIME type", got)
		}
	}
	var book bytes.Buffer
	if err := (&paper.Workbook{Sheets: []paper.Sheet{{Name: "x"}}}).Write(&book); err != nil {
		t.Fatal(err)
	}
	if got, err := fileType("x", book.Bytes()); got != "xlsx" {
		t.Errorf("a workbook of ours is %q, %v", got, err)
	}
}

func FuzzFileType(f *testing.F) {
	f.Add("a.xlsx", archive(f, "[Content_Types].xml", "xl/workbook.xml"))
	f.Add("a.txt", []byte("<a"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if got, err := fileType(name, data); (got == "") != (err != nil) {
			t.Errorf("%q, %v", got, err)
		}
	})
}
