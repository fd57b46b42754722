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
// It knows no bot and never calls anything but the open sockets and the addresses of the
// app's manifest.
//
// # Methods
//
// Each has its effect in the workspace, where people see it. What is not in this list is
// answered with unknown_method.
//
//	tests and app    api.test auth.test apps.connections.open
//	messages         chat.postMessage chat.postEphemeral chat.meMessage chat.update chat.delete
//	                 chat.getPermalink chat.scheduleMessage chat.scheduledMessages.list
//	                 chat.deleteScheduledMessage
//	conversations    conversations.list conversations.info conversations.members
//	                 conversations.history conversations.replies conversations.open
//	                 conversations.close conversations.create conversations.join
//	                 conversations.invite conversations.kick conversations.leave
//	                 conversations.archive conversations.unarchive conversations.rename
//	                 conversations.setTopic conversations.setPurpose conversations.mark
//	people           users.list users.info users.lookupByEmail users.conversations
//	                 users.profile.get users.getPresence users.setPresence usergroups.list
//	                 usergroups.users.list bots.info team.info emoji.list
//	views            views.open views.push views.update views.publish
//	files            files.getUploadURLExternal files.completeUploadExternal files.info
//	                 files.list files.delete; files.upload is switched off
//	on messages      reactions.add reactions.remove reactions.get reactions.list
//	                 pins.add pins.remove pins.list
//
// # Rules
//
//	bodies           form, multipart and JSON; GET and POST; the token in the header or in the
//	                 body; missing_charset, superfluous_charset and invalid_charset
//	scopes           each method's, by the kind of channel, from the app's manifest:
//	                 missing_scope with needed and provided
//	rates            each method's tier, one chat.postMessage a second and channel: 429 with
//	                 Retry-After
//	text             cut at 40,000 characters with message_truncated; 4,000 in chat.update
//	                 (msg_too_long); no_text
//	blocks           Block Kit's limits by surface, each complaint with its JSON pointer, in errors
//	                 and in response_metadata; invalid_blocks_format, msg_blocks_too_long
//	metadata         invalid_metadata_format, invalid_metadata_schema, metadata_too_large
//	channels         not_in_channel; a private channel or group message without the bot is
//	                 channel_not_found; is_archived; names, topics and members checked
//	threads          thread_not_found; a reply to a reply goes to the parent; under a deleted
//	                 parent it goes to the channel
//	own messages     cant_update_message, cant_delete_message, message_not_found for ephemeral ones
//	scheduled        time_in_past, time_too_far (120 days), restricted_too_many (30 in 5 minutes)
//	views            three in a stack (push_limit_reached), hash_conflict, duplicate external_id;
//	                 a trigger_id lives 3 seconds and opens once (expired_, exchanged_,
//	                 invalid_trigger_id)
//	response URLs    30 minutes, five uses
//	lists            pages by cursor: invalid_cursor, invalid_limit
//	sockets          ten at most, a single-use ticket, pings, warning before a refresh, redelivery
//	                 of what was not acknowledged, frames below 20,480 bytes
//	requests         signed with v0, events retried three times with their headers, addresses
//	                 verified by a challenge
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
