package telegramapi

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// input is a file on its way into a message: of which kind, where it is, what is said under
// it, and what its sender says of it.
type input struct {
	kind    string // as file.Kind
	field   string // of the call, "" in an InputMedia
	media   string // attach://part, a file id or an address
	caption message

	width, height, duration int
	performer, title        string
}

// mediaKinds are the types of InputMedia by their names.
var mediaKinds = map[string]string{"photo": "Photo", "document": "Document", "video": "Video", "animation": "Animation", "audio": "Audio"}

// family says which kinds go into one album: pictures and videos, documents, audio files.
func family(kind string) string {
	if kind == "Photo" {
		return "Video"
	}
	return kind
}

func (s *Server) sendPhoto(p *params) (any, *apiError) { return s.sendFile(p, "Photo", "photo") }
func (s *Server) sendVideo(p *params) (any, *apiError) { return s.sendFile(p, "Video", "video") }
func (s *Server) sendAudio(p *params) (any, *apiError) { return s.sendFile(p, "Audio", "audio") }
func (s *Server) sendVoice(p *params) (any, *apiError) { return s.sendFile(p, "VoiceNote", "voice") }
func (s *Server) sendDocument(p *params) (any, *apiError) {
	return s.sendFile(p, "Document", "document")
}
func (s *Server) sendAnimation(p *params) (any, *apiError) {
	return s.sendFile(p, "Animation", "animation")
}

func (s *Server) sendFile(p *params, kind, field string) (any, *apiError) {
	if p.files[field] == nil && p.str(field) == "" {
		return nil, bad("There is no " + field + " in the request")
	}
	in := input{kind: kind, field: field, media: p.str(field), performer: p.str("performer"), title: p.str("title"),
		width: int(p.integer("width", 0, 0, 10000)), height: int(p.integer("height", 0, 0, 10000)), duration: int(p.integer("duration", 0, 0, 86400))}
	var err *apiError
	if in.caption, err = readCaption(p.str("caption"), p.str("parse_mode"), p.str("caption_entities")); err != nil {
		return nil, err
	}
	in.caption.CaptionAbove, in.caption.Spoiler = p.flag("show_caption_above_media"), p.flag("has_spoiler")
	// The chat is looked at before the file is kept, so that a refused one leaves nothing.
	if _, err := s.writable(p); err != nil {
		return nil, err
	}
	f, err := s.mediaFile(p, in)
	if err != nil {
		return nil, err
	}
	var m message
	in.put(&m, f)
	return s.deliver(p, m)
}

// mediaFile is the file of an input, which is kept when it is new.
func (s *Server) mediaFile(p *params, in input) (*file, *apiError) {
	before := len(s.files)
	f, err := s.inputFile(p, in.kind, in.field, in.media)
	switch {
	case err != nil:
		return nil, err
	case f == nil && in.field == "":
		return nil, bad("Can't parse InputMedia: media not found")
	case f == nil:
		return nil, bad("There is no " + in.field + " in the request")
	}
	if len(s.files) > before && f.Kind != "Photo" {
		f.Duration, f.Performer, f.Title = in.duration, in.performer, in.title
		if f.Width == 0 {
			f.Width, f.Height = in.width, in.height
		}
	}
	return f, nil
}

// put shows an input's file and caption in a message.
func (in input) put(m *message, f *file) {
	m.Caption, m.CaptionEntities, m.CaptionAbove = in.caption.Caption, in.caption.CaptionEntities, in.caption.CaptionAbove
	m.Spoiler = in.caption.Spoiler && (f.Kind == "Photo" || f.Kind == "Video" || f.Kind == "Animation")
	m.show(f)
}

// show puts a file into a message. Older clients know an animation as a document too.
func (m *message) show(f *file) {
	m.Photo, m.Document, m.Video, m.Animation, m.Audio, m.Voice = nil, nil, nil, nil, nil, nil
	switch f.Kind {
	case "Photo":
		m.Photo = f.photo()
	case "Video":
		m.Video = f.recording()
	case "Animation":
		m.Animation, m.Document = f.recording(), f.document()
	case "Audio":
		m.Audio = f.recording()
	case "VoiceNote":
		m.Voice = f.recording()
	default:
		m.Document = f.document()
	}
}

// kind is the kind of a message's file, "" when it has none.
func (m *message) kind() string {
	switch {
	case m.Photo != nil:
		return "Photo"
	case m.Video != nil:
		return "Video"
	case m.Animation != nil:
		return "Animation"
	case m.Audio != nil:
		return "Audio"
	case m.Voice != nil:
		return "VoiceNote"
	case m.Document != nil:
		return "Document"
	}
	return ""
}

// media reports a message with a file, which has a caption and not a text.
func (m *message) media() bool { return m.kind() != "" }

// wordless reports a message that has neither text nor caption.
func (m *message) wordless() bool {
	return m.Invoice != nil || m.Contact != nil || m.Location != nil
}

// recording is the file as a Message shows a video, an animation, an audio file or a voice note.
func (f *file) recording() *recording {
	r := &recording{FileID: f.ID, UniqueID: f.UniqueID, Duration: f.Duration, Performer: f.Performer, Title: f.Title,
		FileName: f.Name, MIME: f.MIME, FileSize: len(f.Data)}
	switch f.Kind {
	case "Video", "Animation":
		r.Width, r.Height, r.Performer, r.Title = &f.Width, &f.Height, "", ""
	case "VoiceNote":
		r.FileName, r.Performer, r.Title = "", "", ""
	}
	return r
}

// readMedia reads an InputMedia.
func readMedia(f fields) (in input, refusal *apiError) {
	fail := func(err error) (input, *apiError) { return in, bad("Can't parse InputMedia: " + err.Error()) }
	texts := map[string]string{}
	for _, name := range []string{"caption", "parse_mode", "media", "performer", "title"} {
		x, err := f.text(name, false)
		if err != nil {
			return fail(err)
		}
		texts[name] = x
	}
	if in.caption, refusal = readCaption(texts["caption"], texts["parse_mode"], string(f["caption_entities"])); refusal != nil {
		return in, refusal
	}
	in.media, in.performer, in.title = texts["media"], texts["performer"], texts["title"]
	in.caption.CaptionAbove, in.caption.Spoiler = f.flag("show_caption_above_media"), f.flag("has_spoiler")
	numbers := &params{vals: map[string]string{}}
	for _, name := range []string{"width", "height", "duration"} {
		numbers.vals[name] = strings.Trim(string(f[name]), `"`)
	}
	in.width, in.height = int(numbers.integer("width", 0, 0, 10000)), int(numbers.integer("height", 0, 0, 10000))
	in.duration = int(numbers.integer("duration", 0, 0, 86400))
	what, err := f.text("type", true)
	if err != nil {
		return fail(err)
	}
	if in.kind = mediaKinds[what]; in.kind == "" {
		return fail(wordsf("type \"%s\" is unsupported", what))
	}
	return in, nil
}

// albumMax is the most files that go into one album.
const albumMax = 10

// sendMediaGroup sends an album: messages that share a media_group_id. One file alone is an
// ordinary message.
func (s *Server) sendMediaGroup(p *params) (any, *apiError) {
	delete(p.vals, "reply_markup") // albums have none
	list, err := readAlbum(p)
	if err != nil {
		return nil, err
	}
	if _, err := s.writable(p); err != nil {
		return nil, err
	}
	album := ""
	if len(list) > 1 {
		album = strconv.FormatInt(1<<43|s.nextSerial(), 10)
	}
	var out []message
	for i, in := range list {
		f, err := s.mediaFile(p, in)
		if err != nil && (strings.HasSuffix(err.Text, "IMAGE_PROCESS_FAILED") || strings.HasSuffix(err.Text, "PHOTO_INVALID_DIMENSIONS")) {
			err = bad(fmt.Sprintf("Failed to send message #%d with the error message %q", i+1, strings.TrimPrefix(err.Text, "Bad Request: ")))
		}
		if err != nil {
			return nil, err
		}
		m := message{Album: album}
		in.put(&m, f)
		out = append(out, m)
	}
	sent, err := s.deliverAll(p, out)
	if err != nil {
		return nil, err
	}
	return sent, nil
}

// readAlbum reads the files of an album and checks that they go together.
func readAlbum(p *params) ([]input, *apiError) {
	var raw []json.RawMessage
	switch src := p.str("media"); {
	case src == "":
		return nil, bad("Parameter \"media\" is required")
	case !json.Valid([]byte(src)):
		return nil, bad("Can't parse media JSON object")
	case json.Unmarshal([]byte(src), &raw) != nil:
		return nil, bad("Expected an Array of InputMedia")
	}
	var list []input
	for _, x := range raw {
		f, err := readFields(x, "expected an Object")
		if err != nil {
			return nil, bad("Can't parse InputMedia: " + err.Error())
		}
		in, refusal := readMedia(f)
		switch {
		case refusal != nil:
			return nil, refusal
		case in.kind == "Animation":
			return nil, bad("Can't parse InputMedia: type \"animation\" can't be used in sendMediaGroup")
		}
		list = append(list, in)
	}
	return list, checkAlbum(list)
}

func checkAlbum(list []input) *apiError {
	if len(list) == 0 {
		return bad("There are no messages to send")
	}
	if len(list) > albumMax {
		return bad("Too many messages to send as an album")
	}
	for _, in := range list {
		for _, x := range []string{"Document", "Audio"} {
			if (in.kind == x) != (list[0].kind == x) {
				return bad(x + " can't be mixed with other media types")
			}
		}
		if family(in.kind) == "Video" && in.caption.CaptionAbove != list[0].caption.CaptionAbove {
			return bad("Parameter show_caption_above_media must be the same for all messages")
		}
	}
	return nil
}
