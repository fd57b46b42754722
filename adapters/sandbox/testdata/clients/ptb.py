"""A bot on python-telegram-bot 13: sends, edits, forwards, hears messages and buttons."""
import base64
import io
import json
import os
import time
import urllib.request
import warnings

warnings.simplefilter("ignore")

import telegram as tg  # noqa: E402
from telegram.ext import CallbackQueryHandler, Filters, MessageHandler, Updater  # noqa: E402

BASE = os.environ["SANDBOX"]
CHAT, GROUP = 1001, -500
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
complaints, checks = [], 0


def control(path, body):
    r = urllib.request.Request(BASE + "/control/" + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(r))


def same(what, got, want):
    global checks
    checks += 1
    if got != want:
        complaints.append("%s: %r, want %r" % (what, got, want))


def refused(words, call):
    try:
        call()
        same("refused", False, words)
    except tg.error.TelegramError as e:
        same("refused", words in str(e) or str(e), True)


def main():
    control("telegram/message", {"chat": CHAT, "text": "/start"})
    control("telegram/chat", {"id": GROUP, "title": "Group", "people": [{"id": 1001, "first_name": "Emma"}]})
    updater = Updater("123456789:sandbox____________________________", base_url=BASE + "/telegram/bot", base_file_url=BASE + "/telegram/file/bot")
    bot = updater.bot
    m = bot.send_message(CHAT, "<b>INV-7</b>", parse_mode="HTML", disable_web_page_preview=True,
                         reply_markup=tg.InlineKeyboardMarkup([[tg.InlineKeyboardButton("Pay", callback_data="p")]]))
    same("entity", m.entities[0].type, "bold")
    photo = bot.send_photo(CHAT, io.BytesIO(PIXEL), caption="c", reply_to_message_id=m.message_id)
    same("reply", photo.reply_to_message.message_id, m.message_id)
    control("clock", {"advance": "10s"})
    album = bot.send_media_group(CHAT, [tg.InputMediaPhoto(io.BytesIO(PIXEL), caption="one"), tg.InputMediaPhoto(photo.photo[0].file_id)])
    same("album", album[0].media_group_id, album[1].media_group_id)
    bot.edit_message_text("paid", CHAT, m.message_id)
    refused("Message is not modified", lambda: bot.edit_message_text("paid", CHAT, m.message_id))
    same("forward", bot.forward_message(GROUP, CHAT, m.message_id).forward_from.id, bot.id)
    same("copy", bot.copy_message(GROUP, CHAT, m.message_id).message_id > 0, True)
    same("download", bytes(bot.get_file(photo.photo[0].file_id).download_as_bytearray()), PIXEL)
    same("members", bot.get_chat_member_count(GROUP), 2)
    refused("Chat not found", lambda: bot.send_message(5, "x"))

    heard = []

    def pressed(update, _):
        heard.append(update.callback_query.data)
        update.callback_query.answer("Done")

    updater.dispatcher.add_handler(MessageHandler(Filters.text, lambda u, _: heard.append(u.message.text)))
    updater.dispatcher.add_handler(CallbackQueryHandler(pressed))
    updater.start_polling(timeout=2)
    control("clock", {"advance": "10s"})
    b = bot.send_message(CHAT, "press", reply_markup=tg.InlineKeyboardMarkup([[tg.InlineKeyboardButton("Go", callback_data="go")]]))
    same("answer", control("telegram/click", {"chat": CHAT, "message_id": b.message_id, "label": "Go"})["answer"]["text"], "Done")
    end = time.time() + 5
    while len(heard) < 2 and time.time() < end:
        time.sleep(0.02)
    same("heard", heard, ["/start", "go"])


try:
    main()
except Exception as e:  # the first that nobody expected ends the script
    complaints.append(repr(e))
print("\n".join(complaints + ["%d checks" % checks]), flush=True)
os._exit(1 if complaints else 0)
