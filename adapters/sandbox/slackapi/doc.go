// Package slackapi is a strict local stand-in of Slack for one workspace and one app: the
// Web API, Socket Mode, response URLs, files, modals and the Home tab, and the people who
// use them.
//
// The rule that makes it simple: the whole workspace is one struct behind one lock. A
// request of the app or an act of a person changes it at once and leaves envelopes in a
// queue; sockets only carry what the queue hands them.
//
// Two clocks. Message stamps, rate windows, Retry-After and the life of a response URL run
// on Options.Clock. The 3 seconds for an acknowledgement, the 3 seconds of a trigger_id and
// the pings of a socket are wall time.
//
// What surprises newcomers of the real platform, and therefore happens here too:
//   - an app hears its own messages as events, with its own bot_id;
//   - a pressed button in an ephemeral message arrives without the message; only
//     container.message_ts and response_url lead back to it;
//   - a URL button is an interaction as well and wants its acknowledgement;
//   - a slash command's text comes escaped (&amp; &lt; &gt;), with @name and #channel
//     resolved to <@U…> and <#C…|name>;
//   - chat.update keeps blocks and metadata that the call does not name;
//   - frames of 20480 bytes and more from the app close the socket with 1009.
//
// It knows no bot and never calls anything but the open sockets.
package slackapi

// The fixed workspace. Checks from outside rely on these names.
const (
	teamID     = "T0SANDBOX"
	teamName   = "Lindenhof Studio"
	teamDomain = "lindenhof"
	botUser    = "UDUEBOT001"
	botID      = "BDUEBOT001"
	appID      = "ADUEBOT001"
	botName    = "duebot"
	botToken   = "xoxb-sandbox"
	appToken   = "xapp-sandbox"

	// verification is the old shared secret that payloads still carry.
	verification = "sandbox-verification"
)
