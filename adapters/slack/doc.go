// Package slack is the staff's channel: Slack by Socket Mode, through slack-go v0.35.0.
//
// What its platform and library do that one would not guess:
//   - A slash command or a button must be acknowledged within 3 seconds, and nobody tells
//     them again: we acknowledge after the commit, or say "Working…" after one.
//   - slack-go delivers no event when a socket is refreshed, and its Run ends only for a bad
//     token: we supervise it.
//   - slack-go has no timeout of its own, and its own retries sleep in the caller: it is given
//     a client with a timeout, and no retries.
//   - chat.postMessage has no idempotency key: our notice's id travels in the metadata, and a
//     send whose answer was lost is looked up by it (Find).
//   - A frame to Slack of 20,480 bytes or more is lost in silence: a long answer goes to the
//     response_url.
//   - One handler per action_id, no prefixes: what a button is about is in its value.
package slack
