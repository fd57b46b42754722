package pdf

import (
	"bytes"
	"crypto/md5"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Attachment is a file inside the document: an e-invoice, or what supports the claim.
type Attachment struct {
	Name, Mime  string
	Description string
	Relation    string // to the document: "Data", "Source", "Alternative", "Supplement"
	Data        []byte
	Changed     time.Time
}

// Attach adds a file to the document.
func (w *Writer) Attach(a Attachment) {
	if a.Relation == "" {
		a.Relation = "Unspecified"
	}
	if !strings.Contains(a.Mime, "/") {
		a.Mime = "application/octet-stream"
	}
	a.Name, a.Description = told(a.Name), told(a.Description)
	w.files = append(w.files, a)
}

// attachments writes the attached files and returns what the catalog says of them. The
// list of names must be in order.
func (w *Writer) attachments() string {
	if len(w.files) == 0 {
		return ""
	}
	slices.SortStableFunc(w.files, func(a, b Attachment) int { return strings.Compare(a.Name, b.Name) })
	var names, list bytes.Buffer
	for _, a := range w.files {
		stream, spec := w.reserve(), w.reserve()
		date := text((&Info{Created: a.Changed}).date())
		// The sum is the format's own, against damage; it seals nothing.
		w.stream(stream, fmt.Sprintf("/Type/EmbeddedFile/Subtype/%s/Params<</ModDate%s/Size %d/CheckSum<%x>>>", name(a.Mime), date, len(a.Data), md5.Sum(a.Data)), a.Data)
		w.object(spec, fmt.Sprintf("<</Type/Filespec/F%s/UF%s/Desc%s/AFRelationship/%s/EF<</F %d 0 R/UF %d 0 R>>>>",
			text(a.Name), text(a.Name), text(a.Description), name(a.Relation), stream, stream))
		fmt.Fprintf(&names, "%s %d 0 R ", text(a.Name), spec)
		fmt.Fprintf(&list, "%d 0 R ", spec)
	}
	return fmt.Sprintf("/AF[%s]/Names<</EmbeddedFiles<</Names[%s]>>>>", list.String(), names.String())
}

// name writes a name: what is neither letter nor digit as #XX.
func name(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '.' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "#%02X", c)
		}
	}
	return b.String()
}

// xmp is the metadata that PDF/A wants: the same as in the information dictionary.
func (i *Info) xmp() []byte {
	at := i.Created.UTC().Format("2006-01-02T15:04:05+00:00")
	return []byte("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">` +
		`<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>` +
		`<dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + escaped(i.Title) + `</rdf:li></rdf:Alt></dc:title>` +
		`<dc:creator><rdf:Seq><rdf:li>` + escaped(i.Author) + `</rdf:li></rdf:Seq></dc:creator>` +
		`<dc:description><rdf:Alt><rdf:li xml:lang="x-default">` + escaped(i.Subject) + `</rdf:li></rdf:Alt></dc:description>` +
		`<xmp:CreatorTool>` + producer + `</xmp:CreatorTool><xmp:CreateDate>` + at + `</xmp:CreateDate><xmp:ModifyDate>` + at + `</xmp:ModifyDate><pdf:Producer>` + producer + `</pdf:Producer>` +
		`</rdf:Description></rdf:RDF></x:xmpmeta>` + "\n<?xpacket end=\"w\"?>")
}

func escaped(s string) string {
	var b bytes.Buffer
	// Writes to a buffer do not fail; what XML cannot hold is replaced.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
