package telegramapi

import (
	"fmt"
	"strconv"
	"strings"
)

// apiError is a refusal as the server words it.
type apiError struct {
	Code       int
	Text       string
	RetryAfter int   // seconds, with a 429
	MigrateTo  int64 // the supergroup's id, when a group was upgraded
}

func (e *apiError) Error() string { return e.Text }

// bad is a 400 and forbidden a 403, with the prefix that the server puts before them.
func bad(text string) *apiError       { return worded(400, "Bad Request", text) }
func forbidden(text string) *apiError { return worded(403, "Forbidden", text) }

// worded puts the prefix before a text and lowers its first letter, unless the second
// shows that it is a name such as BUTTON_DATA_INVALID.
func worded(code int, prefix, text string) *apiError {
	if strings.HasPrefix(text, prefix) {
		return &apiError{Code: code, Text: text}
	}
	if len(text) < 2 || (text[1] != '_' && (text[1] < 'A' || text[1] > 'Z')) {
		text = strings.ToLower(text[:1]) + text[1:]
	}
	return &apiError{Code: code, Text: prefix + ": " + text}
}

func tooMany(seconds int) *apiError {
	return &apiError{Code: 429, Text: "Too Many Requests: retry after " + strconv.Itoa(seconds), RetryAfter: seconds}
}

func conflict(text string) *apiError { return &apiError{Code: 409, Text: "Conflict: " + text} }

func tooLarge() *apiError { return &apiError{Code: 413, Text: "Request Entity Too Large"} }

// Texts that more than one method uses.
const (
	textChatNotFound = "Chat not found"
	textNotModified  = "Message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	textQueryTooOld  = "Query is too old and response timeout expired or query ID is invalid"
)

// words is an error in the server's own words, which begin with a capital letter until a
// prefix comes before them.
type words string

func (w words) Error() string { return string(w) }

func wordsf(format string, args ...any) error { return words(fmt.Sprintf(format, args...)) }
