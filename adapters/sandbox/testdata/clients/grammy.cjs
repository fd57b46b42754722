// A bot on grammY: sends, edits, forwards, pins, hears messages and buttons, and is paid.
const { Bot, InputFile, InputMediaBuilder, InlineKeyboard } = require('grammy');
const { base, control, same, refused, later, run, pause, pixel } = require('./common.cjs');

const chat = 1001, group = -500, provider = '284685063:TEST:sandbox';

run(async () => {
  const bot = new Bot('123456789:sandbox____________________________', { client: { apiRoot: base + '/telegram' } }), api = bot.api;
  await control('telegram/message', { chat, text: '/start' });
  await control('telegram/chat', { id: group, title: 'Group', people: [{ id: 1001, first_name: 'Emma' }] });
  same('getMe', (await api.getMe()).username, 'duebot_sandbox_bot');
  const m = await api.sendMessage(chat, '<b>INV-7</b>', { parse_mode: 'HTML', reply_markup: new InlineKeyboard().text('Pay', 'p').url('Site', 'https://example.com') });
  same('entities', m.entities.map((e) => e.type), ['bold']);
  const photo = await api.sendPhoto(chat, new InputFile(pixel, 'p.png'), { caption: '*c*', parse_mode: 'MarkdownV2' });
  await pause(10);
  const album = await api.sendMediaGroup(chat, [InputMediaBuilder.photo(new InputFile(pixel, 'a.png'), { caption: 'one' }), InputMediaBuilder.photo(photo.photo[0].file_id)]);
  same('album', [album.length, album[0].media_group_id === album[1].media_group_id], [2, true]);
  await api.editMessageText(chat, m.message_id, 'paid');
  await refused('message is not modified', () => api.editMessageText(chat, m.message_id, 'paid'));
  await api.editMessageMedia(chat, photo.message_id, InputMediaBuilder.document(new InputFile(Buffer.from('%PDF'), 'INV-7.pdf')));
  const forwarded = await api.forwardMessage(group, chat, m.message_id);
  same('forward', forwarded.forward_origin.type, 'user');
  same('copies', (await api.copyMessages(group, chat, album.map((x) => x.message_id))).length, 2);
  await api.pinChatMessage(chat, m.message_id);
  same('pinned', (await api.getChat(chat)).pinned_message.message_id, m.message_id);
  await refused('not enough rights to manage pinned messages', () => api.pinChatMessage(group, forwarded.message_id));
  const f = await api.getFile(album[0].photo[0].file_id);
  same('download', (await (await fetch(`${base}/telegram/file/bot${bot.token}/${f.file_path}`)).arrayBuffer()).byteLength, pixel.length);
  await refused('chat not found', () => api.sendMessage(5, 'x'));

  const heard = [];
  bot.on('message:text', (x) => heard.push(x.message.text));
  bot.on('callback_query:data', async (x) => { heard.push(x.callbackQuery.data); await x.answerCallbackQuery({ text: 'Done' }); });
  bot.on('pre_checkout_query', (x) => x.answerPreCheckoutQuery(true));
  bot.on('message:successful_payment', (x) => heard.push('paid ' + x.message.successful_payment.total_amount));
  bot.start({ allowed_updates: ['message', 'callback_query', 'pre_checkout_query'] });
  await later('the backlog', () => heard.includes('/start'));
  await pause(10);
  const b = await api.sendMessage(chat, 'press', { reply_markup: new InlineKeyboard().text('Go', 'go') });
  same('answer', (await control('telegram/click', { chat, message_id: b.message_id, label: 'Go' })).answer?.text, 'Done');
  const bill = await api.sendInvoice(chat, 'INV-7', 'Work', 'p', 'EUR', [{ label: 'Work', amount: 500 }], { provider_token: provider, start_parameter: 's' });
  await control('telegram/pay', { chat, message_id: bill.message_id, outcome: 'paid' });
  await later('the payment', () => heard.includes('paid 500'));
  same('heard', heard, ['/start', 'go', 'paid 500']);
});
