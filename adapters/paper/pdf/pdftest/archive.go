package pdftest

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Archive lists what in a file is against PDF/A-3 (ISO 19005-3, level B): structure, output
// intent, metadata, fonts, pages, pictures, links and attached files. An empty list is no
// certificate.
func Archive(data []byte) []string {
	f := read(data)
	if len(f.faults) > 0 {
		return f.faults
	}
	f.frame()
	catalog := f.at(f.trailer, "/Root")
	if catalog == nil {
		return append(f.faults, "there is no catalog")
	}
	f.forbidden()
	f.intent(catalog)
	f.metadata(catalog)
	f.attached(catalog)
	f.pages(catalog)
	return f.faults
}

// frame is the first lines and the last.
func (f *file) frame() {
	lines := bytes.SplitN(f.data, []byte("\n"), 3)
	if !regexp.MustCompile(`^%PDF-1\.[0-7]$`).Match(lines[0]) {
		f.fault("the header is %q", lines[0])
	}
	if b := lines[1]; len(b) < 5 || b[0] != '%' || b[1] < 128 || b[2] < 128 || b[3] < 128 || b[4] < 128 {
		f.fault("the second line does not say that the file is binary: %q", b)
	}
	if !regexp.MustCompile(`/ID\[<[0-9a-f]{32}><[0-9a-f]{32}>\]`).MatchString(f.trailer) || strings.Contains(f.trailer, "/Encrypt") {
		f.fault("the trailer is %q", f.trailer)
	}
}

// never are keys and values that an archive must not have, and those by which something is
// see-through or depends on the reader.
var never = regexp.MustCompile(`/(JavaScript|JS|Launch|AA|OpenAction|Encrypt|SMask|CA|ca|BM|LZWDecode|Crypt|Movie|Sound|XFA|NeedAppearances|OPI|PS|Alternates|TR|HTP|OC|OCProperties|Requirements|Presteps|PieceInfo|GoToR|SubmitForm|ImportData|Interpolate true|External|F ?\(\)/FFilter)\b`)

func (f *file) forbidden() {
	for n, o := range f.objects {
		if m := never.FindString(o.dict); m != "" {
			f.fault("object %d has %s", n, m)
		}
		for _, name := range regexp.MustCompile(`/[^/<>\[\]() ]+`).FindAllString(o.dict, -1) {
			if len(name) > 128 {
				f.fault("object %d has a name of %d bytes", n, len(name))
			}
		}
	}
}

// intent is the colours that the file is made for.
func (f *file) intent(catalog *object) {
	intents := f.list(catalog.dict, "/OutputIntents")
	if len(intents) != 1 || !strings.Contains(intents[0].dict, "/S/GTS_PDFA1") {
		f.fault("there are %d output intents", len(intents))
		return
	}
	p := f.at(intents[0].dict, "/DestOutputProfile")
	if p == nil || len(p.stream) < 128 || !strings.Contains(p.dict, "/N 3") || string(p.stream[36:40]) != "acsp" || string(p.stream[16:20]) != "RGB " ||
		int(binary.BigEndian.Uint32(p.stream)) != len(p.stream) || p.stream[8] > 4 {
		f.fault("the colour profile is none of RGB")
	}
}

// metadata must lie readable in the file, be well formed, and say the same as the dictionary.
func (f *file) metadata(catalog *object) {
	if !regexp.MustCompile(`/Lang\(\)`).MatchString(catalog.dict) || !strings.Contains(catalog.dict, "/DisplayDocTitle true") {
		f.fault("the catalog says no language, or hides the title")
	}
	m := f.at(catalog.dict, "/Metadata")
	if m == nil || m.packed || !strings.Contains(m.dict, "/Type/Metadata/Subtype/XML") {
		f.fault("the metadata are not there or packed")
		return
	}
	got := map[string]string{}
	path := []string{}
	for d := xml.NewDecoder(bytes.NewReader(m.stream)); ; {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			f.fault("metadata: %v", err)
			return
		}
		switch t := tok.(type) {
		case xml.StartElement:
			path = append(path, t.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			for _, p := range path {
				got[p] += string(t)
			}
		}
	}
	if got["part"] != "3" || got["conformance"] != "B" {
		f.fault("the metadata say part %q, level %q", got["part"], got["conformance"])
	}
	info := f.at(f.trailer, "/Info")
	for key, name := range map[string]string{"/Title": "title", "/Author": "creator", "/Subject": "description", "/Producer": "Producer", "/Creator": "CreatorTool"} {
		if want := stringOf(info.whole, key); want != got[name] {
			f.fault("the dictionary says %s %.60q, the metadata %.60q", key, want, got[name])
		}
	}
	date := regexp.MustCompile(`\D`)
	if want := date.ReplaceAllString(stringOf(info.whole, "/CreationDate"), ""); want != date.ReplaceAllString(got["CreateDate"], "") || len(want) != 18 {
		f.fault("made at %s, and by the metadata %s", want, got["CreateDate"])
	}
}

// relations are how a file may belong to its document.
var relations = regexp.MustCompile(`/AFRelationship/(Source|Data|Alternative|Supplement|Unspecified)\b`)

// attached files must say what they are, and how they belong to the document.
func (f *file) attached(catalog *object) {
	n := 0
	for i, o := range f.objects {
		if !strings.Contains(o.dict, "/Type/Filespec") {
			continue
		}
		n++
		file := f.at(o.dict, "/EF<</F")
		if !strings.Contains(o.dict, "/F()") && !strings.Contains(o.dict, "/F<>") || !strings.Contains(o.dict, "/UF") || !relations.MatchString(o.dict) || file == nil {
			f.fault("attached file %d: %s", i, o.dict)
			continue
		}
		if !regexp.MustCompile(`/Type/EmbeddedFile/Subtype/[a-z0-9-]+#2F[^/ ]+/Params<</ModDate\(\)/Size \d+`).MatchString(file.dict) ||
			!strings.Contains(file.dict, fmt.Sprintf("/Size %d/", len(file.stream))) {
			f.fault("attached file %d: %s", i, file.dict)
		}
	}
	if listed := len(f.list(catalog.dict, "/AF")); listed != n {
		f.fault("%d files are attached, and %d listed", n, listed)
	}
}

// pages are what is drawn, with the fonts by which it is.
func (f *file) pages(catalog *object) {
	tree := f.at(catalog.dict, "/Pages")
	if tree == nil {
		f.fault("there is no list of pages")
		return
	}
	pages := f.list(tree.dict, "/Kids")
	if len(pages) == 0 || !strings.Contains(tree.dict, "/Count "+strconv.Itoa(len(pages))) {
		f.fault("there are %d pages, and the list says %s", len(pages), tree.dict[max(0, len(tree.dict)-20):])
	}
	var fonts map[string]*cidFont
	for i, p := range pages {
		resources := f.at(p.dict, "/Resources")
		if resources == nil || !strings.Contains(p.dict, "/MediaBox[0 0 ") {
			f.fault("page %d: %s", i+1, p.dict)
			continue
		}
		if fonts == nil { // all pages share them
			fonts = f.fonts(resources)
			f.pictures(resources)
		}
		for _, c := range f.list(p.dict, "/Contents") {
			f.content(i+1, c.stream, fonts)
		}
		for _, a := range f.list(p.dict, "/Annots") {
			if !strings.Contains(a.dict, "/Subtype/Link/F 4") || !strings.Contains(a.dict, "/A<</S/URI/URI()>>") {
				f.fault("page %d has the note %s", i+1, a.dict)
			}
		}
	}
}

// pictures must have as many bytes as their pixels want, in colours of the output intent.
func (f *file) pictures(resources *object) {
	_, list, _ := strings.Cut(resources.dict, "/XObject<<")
	for _, ref := range refPattern.FindAllStringSubmatch(list, -1) {
		n, _ := strconv.Atoi(ref[1])
		o := f.objects[n]
		var w, h int
		m := regexp.MustCompile(`/Width (\d+)/Height (\d+)/BitsPerComponent 8/ColorSpace/Device(RGB|Gray)`).FindStringSubmatch(o.dict)
		if m == nil {
			f.fault("picture %d: %s", n, o.dict)
			continue
		}
		w, _ = strconv.Atoi(m[1])
		h, _ = strconv.Atoi(m[2])
		if m[3] == "RGB" {
			w *= 3
		}
		if !strings.Contains(o.dict, "/DCTDecode") && len(o.stream) != w*h {
			f.fault("picture %d has %d bytes, not %d", n, len(o.stream), w*h)
		}
	}
}
