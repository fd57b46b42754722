// Package slack is the staff's channel: Slack by Socket Mode or by HTTP, through slack-go
// v0.35.0. Both ways end in the same three functions (inbound.go).
//
// What its platform and library do that one would not guess:
//   - A slash command or a button must be acknowledged within 3 seconds, and nobody tells
//     them again: we acknowledge after the commit, or say "Working…" after one.
//   - slack-go closes a socket before it opens the next, tells nobody of it, and its Run ends
//     only for a bad token: two sockets are kept and supervised, and what both bring, or a
//     retry, or a replay, is done once (once.go).
//   - slack-go drops a whole event, and never acknowledges it, over one block that it cannot
//     read, and an interaction over an empty list of values (its issue 943): we read the few
//     fields that matter ourselves, also out of what it gave up.
//   - Its events go through a channel of 50 that blocks the reader: each is taken at once.
//   - gorilla/websocket panics when a broken connection is read on: that ends one socket.
//   - Its signature check remembers nothing: a signed request can be replayed for five minutes.
//     Repetitions are known by trigger and event ids, not by X-Slack-Retry-Num.
//   - slack-go has no timeout of its own, and its own retries sleep in the caller: it is given
//     a client with a timeout, and no retries.
//   - chat.postMessage has no idempotency key: our notice's id travels in the metadata, and a
//     send whose answer was lost is looked up by it (Find).
//   - A file is shared later than files.completeUploadExternal answers, now and then never, and
//     its message has no metadata: the file's id is kept, and files.info tells where it is.
//   - A frame to Slack of 20,480 bytes or more is lost in silence: a long answer goes to the
//     response_url.
//   - One handler per action_id, no prefixes: what a button is about is in its value.
package slack
