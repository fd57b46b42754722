// Package telegramapi is a strict local stand-in of Telegram's Bot API with one bot, its
// chats and the people in them.
//
// A bot talks to it over HTTP as to the real server: it checks tokens, formats, limits and
// rates, and refuses in the server's own words. People act through Go methods (Message,
// Click, Edit, Block, …), which make updates that the bot fetches with getUpdates or gets by
// its webhook.
//
//	Server   everything, and the http.Handler
//	Chat     a private chat, group or supergroup with its people
//	message  one Bot API Message; never changed once stored, an edit stores a new one
//	update   one undelivered update, kept until a higher offset confirms it, or the webhook
//
// Message stamps, rates and the life of updates run on the business clock; the time-outs
// of long polls and the deadline of callback answers run on wall time. Nothing here knows
// what the bot is for.
//
// # Methods
//
// Each has its effect in the chats, where people see it. What is not in this list is answered
// with 404, as a name that the Bot API does not know.
//
//	of the bot     getMe setMyCommands getMyCommands deleteMyCommands setMyName getMyName
//	               setMyDescription getMyDescription setMyShortDescription getMyShortDescription
//	               setChatMenuButton getChatMenuButton
//	updates        getUpdates setWebhook deleteWebhook getWebhookInfo
//	sending        sendMessage sendPhoto sendDocument sendVideo sendAnimation sendAudio sendVoice
//	               sendMediaGroup sendContact sendLocation sendVenue sendChatAction
//	again          forwardMessage forwardMessages copyMessage copyMessages
//	changing       editMessageText editMessageCaption editMessageMedia editMessageReplyMarkup
//	               deleteMessage deleteMessages pinChatMessage unpinChatMessage
//	               unpinAllChatMessages setMessageReaction
//	answering      answerCallbackQuery answerPreCheckoutQuery; answerInlineQuery
//	               answerWebAppQuery answerShippingQuery know no query
//	payments       sendInvoice createInvoiceLink
//	topics         createForumTopic editForumTopic closeForumTopic reopenForumTopic deleteForumTopic
//	chats          getChat getChatMember getChatMemberCount getChatMembersCount
//	               getChatAdministrators getUserProfilePhotos
//	files          getFile, and the download at /file/bot<token>/<path>
//
// # Rules
//
//	bodies         query, form, multipart and JSON; GET and POST; methods in any case; booleans
//	               true, yes or 1; a part with a file name is a file, attach:// leads to one
//	text           4,096 characters after parsing, captions 1,024, raw text 32,768 bytes; HTML,
//	               MarkdownV2 and the older Markdown with the server's errors and byte offsets;
//	               entities cut and sorted as it does
//	keyboards      100 buttons, callback_data 64 bytes, addresses checked, web_app over https and
//	               in private chats only, pay first and under invoices only
//	albums         up to ten: photos with videos, documents or audio files alone; captions placed
//	               alike; one file alone is no album
//	files          50 MB up, 20 MB down, photos 10 MB; a photo is no document and the reverse;
//	               addresses of files are never fetched
//	editing        the bot's own messages; "message is not modified"; albums keep their media type
//	deleting       48 hours; the bot's own, in private chats all, in groups with the right
//	forwarding     not what is protected or a service message; invoices are not copied
//	rights         pins, topics and the deletion of others' messages need the bot to be an
//	               administrator with that right; it then hears all that is said
//	topics         a closed one takes no messages, a deleted one takes its messages along
//	callbacks      answered once, within 20 seconds, in 200 characters
//	rates          one message a second and chat with a small burst, 20 a minute in a group, 30 a
//	               second in all; retry_after and Retry-After; an album counts its files
//	updates        kept 24 hours; allowed_updates stay; a second poller gets 409; update_id comes
//	               first in the object
//	chats          blocked, kicked, never started, migrated: each refused in its own words
package telegramapi
