// The phone: the list of Telegram's chats and of short messages, and one of either.
import { h, keep, forget, following, hue, initials, bytes, base64, grow } from './dom.js';
import { entities } from './entities.js';
import { act, post } from './net.js';
import { menu, toast } from './ui.js';
import { dayKey, dayName, hm, listTime } from './time.js';
import { store, now } from './store.js';
import * as sms from './sms.js';

const screen = () => document.getElementById('screen');
const BOT = (m) => m.from?.is_bot === true;

let chat = null; // the open chat's or thread's id, null for the list
let query = '';
let shown = 120;
let from = {}; // by group: who writes
let read = null; // by chat: the last message id seen
let drafts = {};
let parts = null; // the open chat's elements
let fresh = new Set();

const chatOf = (id) => store.telegram.chats.find((c) => c.id === id);

// whoHolds is the id of whoever holds the phone: of a group, of who writes; null in the list.
export const whoHolds = () => (chat === null ? null : sms.threadOf(chat) ? sms.threadOf(chat).chat : chatOf(chat)?.type === 'private' ? chat : (from[chat] ?? null));

// nameOf is a chat's name in the list.
export const nameOf = (c) => c.title || [c.people?.[0]?.first_name, c.people?.[0]?.last_name].filter(Boolean).join(' ') || 'Chat ' + c.id;

// own keeps a name's writing direction to itself.
const own = (name) => '\u2068' + name + '\u2069';

export function openChat(id) {
  if (parts && chat !== null) drafts[chat] = parts.area.value;
  chat = id;
  shown = 120;
  parts = null;
  forget(screen());
  draw();
  if (id !== null) parts?.area?.focus({ preventScroll: true });
}

export function reset() {
  chat = null;
  parts = null;
  read = null;
  drafts = {};
  sms.reset();
  forget(screen());
}

export function draw() {
  const chats = store.telegram.chats;
  if (!read) read = Object.fromEntries(chats.map((c) => [c.id, lastID(c)]));
  sms.look();
  if (chat !== null && !chatOf(chat) && !sms.threadOf(chat)) openChat(null);
  const c = chat !== null && chatOf(chat), t = chat !== null && sms.threadOf(chat);
  if (t) sms.draw(screen(), t, openChat);
  else if (c) {
    read[c.id] = lastID(c);
    drawChat(c);
  } else drawList();
  document.getElementById('phone-caption').textContent = t ? 'You are ' + own(sms.threadName(t)) + ', a customer.' : c ? (c.type === 'private' ? 'You are ' + own(nameOf(c)) + ', a customer.' : 'A group with the bot.') : 'The customers’ phones. Pick a chat.';
}

const lastID = (c) => c.messages.reduce((n, m) => Math.max(n, m.message_id), 0);
const unread = (c) => (read ? c.messages.filter((m) => BOT(m) && m.message_id > (read[c.id] ?? 0)).length : 0);
export const unreadAll = () => store.telegram.chats.reduce((n, c) => n + unread(c), 0) + sms.unreadAll();

const avatar = (c, small) => h('span.ava.' + hue(c.id) + (small ? '.sm' : ''), { 'aria-hidden': 'true' }, c.type === 'private' ? initials(nameOf(c)) : '👥');

// ---- the list ----

function drawList() {
  const el = screen();
  let list = el.querySelector('.tg-rows');
  if (!list) {
    list = h('div.tg-rows', { role: 'list' });
    el.replaceChildren(h('div.tg-list', null, h('div.tg-title', null, 'Chats'),
      h('input.tg-search', { type: 'search', placeholder: 'Search', 'aria-label': 'Search chats', value: query, oninput: (e) => { query = e.target.value; drawList(); } }), list));
  }
  const low = query.toLowerCase();
  const found = store.telegram.chats.filter((c) => !low || nameOf(c).toLowerCase().includes(low) || (c.people || []).some((p) => (p.username || '').toLowerCase().includes(low)) || c.messages.some((m) => (m.text || m.caption || '').toLowerCase().includes(low)));
  found.sort((a, b) => lastAt(b) - lastAt(a) || a.id - b.id);
  const short = sms.threads().filter((t) => !low || [sms.threadName(t), t.number, ...t.messages.map((m) => m.text)].some((x) => x.toLowerCase().includes(low)));
  const rows = [...found.map((c) => ({ at: lastAt(c), row: chatRow(c) })), ...short.map((t) => ({ at: sms.lastAt(t), row: threadRow(t) }))];
  rows.sort((a, b) => b.at - a.at);
  keep(list, rows.length ? rows.map((x) => x.row) : [{ key: 'none', look: query, make: () => h('div.tg-none', null, 'No chat matches “' + query + '”.') }]);
}

const lastAt = (c) => (c.messages.at(-1)?.date || 0) * 1000;

function chatRow(c) {
  const last = c.messages.at(-1), n = unread(c), name = nameOf(c), text = last ? oneLine(last) : c.started ? '' : 'No messages yet';
  const when = last ? listTime(last.date * 1000, now()) : '';
  return { key: c.id, look: JSON.stringify([name, n, text, when, c.blocked]), make: () => row({ 'data-chat': c.id, 'data-lang': c.people?.[0]?.language_code, onclick: () => openChat(c.id) },
    avatar(c), name, last && h('i', null, BOT(last) ? '' : 'You: '), text, (c.blocked ? '🚫 ' : '') + when, n) };
}

function threadRow(t) {
  const n = sms.unread(t), name = sms.threadName(t), text = t.messages.at(-1).text, when = listTime(sms.lastAt(t), now());
  return { key: t.id, look: JSON.stringify([name, n, text, when]), make: () => row({ 'data-number': t.number, onclick: () => openChat(t.id) },
    h('span.ava.' + hue(t.id), { 'aria-hidden': 'true' }, t.customer ? initials(name) : '#'), name, h('i', null, 'SMS: '), text, when, n) };
}

function row(attrs, face, name, before, text, when, n) {
  return h('button', attrs, face, h('span', null, h('b', { dir: 'auto' }, name), h('span.last', null, before, text)),
    h('span.meta', null, h('span', null, when), n > 0 && h('span.badge', { 'aria-label': n + ' unread' }, n)));
}

function oneLine(m) {
  if (m.photo) return '🖼 ' + (m.caption || 'Photo');
  if (m.video || m.animation) return '🎬 ' + (m.caption || 'Video');
  if (m.audio) return '🎵 ' + (m.caption || m.audio.title || m.audio.file_name || 'Audio');
  if (m.voice) return '🎤 ' + (m.caption || 'Voice message');
  if (m.location) return '📍 ' + (m.venue?.title || 'Location');
  if (m.document) return '📎 ' + (m.caption?.split('\n')[0] || m.document.file_name || 'Document');
  if (m.contact) return '👤 Contact';
  return (m.text || service(m) || '').split('\n')[0].slice(0, 90);
}

// ---- a chat ----

function drawChat(c) {
  if (!parts) buildChat(c);
  const head = JSON.stringify([nameOf(c), c.blocked, c.action, unreadAll()]);
  if (parts.headLook !== head) {
    parts.headLook = head;
    const others = unreadAll();
    parts.head.replaceChildren(
      h('button', { 'aria-label': 'Back to the chats', onclick: () => openChat(null) }, '‹', others > 0 && h('span.badge', null, others)),
      c.type === 'private' ? h('span.ava.sm', { 'aria-hidden': 'true' }, h('img', { src: '/icon.svg', alt: '', width: 38, height: 38 })) : avatar(c, true),
      h('div.who', null, h('b', null, c.type === 'private' ? 'Duebot' : nameOf(c)), h('small', null, c.blocked ? 'blocked' : c.action === 'typing' ? 'typing…' : c.action ? 'sending a file…' : c.type === 'private' ? 'bot · on ' + own(nameOf(c)) + '’s phone' : (c.people?.length || 0) + 1 + ' members')),
      h('button', { 'aria-label': 'Chat menu', 'aria-haspopup': 'menu', onclick: (e) => chatMenu(e.currentTarget, c) }, '⋮'));
  }
  drawShort(c);
  drawFoot(c); // first: it takes room from the messages
  following(parts.body, () => drawMessages(c), parts.jump);
  parts.jump = false;
}

function buildChat(c) {
  const head = h('header.tg-head'), body = h('div.tg-body', { role: 'log', 'aria-live': 'polite', 'aria-label': 'Messages', tabindex: '0' }), foot = h('div.tg-foot');
  const area = h('textarea', { id: 'phone-input', rows: '1', dir: 'auto', placeholder: 'Message', 'aria-label': 'Message', value: drafts[c.id] || '', oninput: () => { grow(area); suggest(c); }, onkeydown: (e) => keys(e, c) });
  const short = h('div');
  screen().replaceChildren(h('div.tg-chat', null, head, short, body, foot));
  parts = { head, short, body, foot, area, jump: true, chat: c.id };
  fresh = new Set(c.messages.map((m) => m.message_id));
}

// drawShort leads from a customer's chat to the short messages on the same phone.
function drawShort(c) {
  keep(parts.short, sms.threadsAt(c.id).map((t) => ({ key: t.id, look: t.messages.length + ' ' + sms.unread(t),
    make: () => h('button.tg-sms', { onclick: () => openChat(t.id) }, '💬 ' + (t.messages.length === 1 ? 'A short message' : t.messages.length + ' short messages') + ' on this phone', sms.unread(t) > 0 && h('span.badge', null, sms.unread(t))) })));
}

function drawMessages(c) {
  const rows = [], list = c.messages.slice(-shown);
  if (c.messages.length > shown) rows.push({ key: 'more', look: String(c.messages.length - shown), make: () => h('button.tg-note', { onclick: () => { shown += 300; draw(); } }, 'Earlier messages') });
  if (!list.length) rows.push({ key: 'none', look: String(c.started), make: () => h('div.tg-note', null, c.started ? 'No messages here yet.' : 'No messages here yet. Press Start, or open an invitation link.') });
  const today = dayKey(now());
  list.forEach((m, i) => {
    const prev = list[i - 1], next = list[i + 1], ms = m.date * 1000, day = dayKey(ms);
    const newDay = !prev || dayKey(prev.date * 1000) !== day;
    if (newDay) rows.push({ key: 'day' + day, look: today, make: () => h('div.tg-day', { role: 'separator' }, dayName(ms, now())) });
    const note = service(m);
    if (note) return rows.push({ key: m.message_id, look: note, make: () => h('div.tg-note', null, note) });
    const same = (x) => x && !service(x) && x.from?.id === m.from?.id;
    const head = newDay || !same(prev), tail = !same(next) || dayKey(next.date * 1000) !== day || !!m.reply_markup?.inline_keyboard?.length;
    rows.push({ key: m.message_id, look: JSON.stringify([m, head, tail, from[c.id], c.reactions?.[m.message_id]]), make: () => message(c, m, head, tail) });
  });
  keep(parts.body, rows);
}

function service(m) {
  const who = m.from?.first_name || 'Somebody';
  if (m.new_chat_members) return who + ' added ' + m.new_chat_members.map((p) => p.first_name).join(', ');
  if (m.left_chat_member) return m.left_chat_member.first_name + ' left the group';
  if (m.new_chat_title) return who + ' named the group “' + m.new_chat_title + '”';
  if (m.pinned_message) return who + ' pinned “' + (oneLine(m.pinned_message) || 'a message') + '”';
  if (m.migrate_to_chat_id) return 'The group became a supergroup';
  if (m.migrate_from_chat_id) return 'This supergroup was a group before';
  if (m.successful_payment) return 'You have paid ' + price(m.successful_payment) + '.';
  return '';
}

// price is a sum of Telegram's payments, which counts in smallest units.
function price({ total_amount: total, currency }) {
  const f = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
  return f.format(total / 10 ** f.resolvedOptions().maximumFractionDigits);
}

// Under a bill without buttons Telegram itself puts the one that pays.
function message(c, m, head, tail) {
  const out = !BOT(m) && (c.type === 'private' || m.from?.id === from[c.id]), keys = m.reply_markup?.inline_keyboard || (m.invoice && [[{ text: 'Pay ' + price(m.invoice), pay: true }]]), isNew = !fresh.has(m.message_id);
  fresh.add(m.message_id);
  const say = (text) => act('telegram/message', { chat: c.id, from: from[c.id], text });
  return h('article.tg-m' + (out ? '.out' : '') + (head ? '.first' : '') + (tail ? '.tail' : '') + (keys?.length ? '.kb' : '') + (isNew ? '.new' : ''), { 'data-id': m.message_id, 'aria-label': `${m.from?.first_name || ''}, ${hm(m.date * 1000)}` },
    h('div.bubble', null,
      c.type !== 'private' && head && !out && h('span.name', null, m.from?.first_name),
      m.forward_origin && h('div', null, h('small', null, 'Forwarded from ' + own(m.forward_origin.sender_user?.first_name || 'somebody'))),
      m.reply_to_message && h('div.reply', null, h('b', null, m.reply_to_message.from?.first_name || ''), h('span', { dir: 'auto' }, m.quote?.text || oneLine(m.reply_to_message))),
      m.photo && photo(m), file(m) && doc(file(m), m.voice ? 'Voice message' : m.audio?.title),
      m.location && h('div.doc', null, h('i', { 'aria-hidden': 'true' }, '📍'), h('span', null, h('b', { dir: 'auto' }, m.venue?.title || 'Location'), h('small', { dir: 'auto' }, m.venue?.address || m.location.latitude + ', ' + m.location.longitude))),
      m.contact && h('div.doc', null, h('i', { 'aria-hidden': 'true' }, '👤'), h('span', null, h('b', null, [m.contact.first_name, m.contact.last_name].filter(Boolean).join(' ')), h('small', null, m.contact.phone_number))),
      m.invoice && h('div', null, h('b', null, m.invoice.title), h('div', null, m.invoice.description)),
      m.text !== undefined && (out && /^\/start \S+$/.test(m.text) ? entities('/start', m.entities, say) : entities(m.text, m.entities, say)), // a link's token is not shown
      m.caption !== undefined && entities(m.caption, m.caption_entities, say),
      c.reactions?.[m.message_id] && h('div', null, c.reactions[m.message_id]),
      h('span.stamp', null, m.edit_date ? 'edited ' : '', hm(m.date * 1000), out ? ' ✓✓' : '')),
    keys?.length > 0 && h('div.keys', null, keys.map((row) => h('div', null, row.map((b) => key(c, m, b))))));
}

function photo(m) {
  const big = m.photo.reduce((a, p) => (p.width > a.width ? p : a), m.photo[0]);
  const src = '/control/file?telegram=' + encodeURIComponent(big.file_id);
  return h('a.photo', { href: src, target: '_blank' }, h('img', { src, alt: 'Photo', loading: 'lazy', width: big.width, height: big.height }));
}

// file is what a message carries beside a photo.
const file = (m) => m.document || m.video || m.audio || m.voice;

function doc(d, name) {
  const kind = (d.file_name || '').split('.').pop().slice(0, 4) || 'file';
  const looks = kind.toLowerCase() === 'pdf' ? { target: '_blank', rel: 'noopener' } : { download: d.file_name || 'file' }; // browsers show a PDF themselves
  return h('a.doc', { href: '/control/file?telegram=' + encodeURIComponent(d.file_id), ...looks }, h('i', { 'aria-hidden': 'true' }, kind), h('span', null, h('b', { dir: 'auto' }, name || d.file_name || 'Document'), h('small', null, bytes(d.file_size))));
}

function key(c, m, b) {
  const url = b.url || b.web_app?.url;
  const el = h('button.key', { dir: 'auto', title: url, onclick: async () => {
    if (url) return follow(url);
    if (b.pay) return bill(c, m, b.text);
    el.classList.add('busy');
    try {
      const { answer } = await post('telegram/click', { chat: c.id, from: from[c.id], message_id: m.message_id, ...(b.text ? { label: b.text } : { data: b.callback_data }) });
      if (answer?.url) follow(answer.url);
      else if (answer?.text) answer.show_alert ? alert(answer.text) : note(answer.text);
    } catch (e) { toast(e.message, true); }
    el.classList.remove('busy');
  } }, b.text, url && h('span.arrow', { 'aria-hidden': 'true' }, '↗'));
  return el;
}

// follow opens an address as if it stood in the chat.
function follow(url) {
  const a = h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', hidden: true }, 'link');
  screen().append(a);
  a.click();
  a.remove();
}

// note is Telegram's toast; alert its box with OK.
function note(text) {
  screen().querySelector('.tg-toast')?.remove();
  const el = h('div.tg-toast', { role: 'status', dir: 'auto' }, text);
  screen().append(el);
  setTimeout(() => el.remove(), 3500);
}

function alert(text) {
  const el = h('div.tg-alert', { role: 'alertdialog', 'aria-label': 'Duebot', onkeydown: (e) => { if (e.key === 'Escape') el.remove(); } }, h('div', null, h('p', { dir: 'auto' }, text), h('button', { onclick: () => el.remove() }, 'OK')));
  screen().append(el);
  el.querySelector('button').focus();
}

// sheet shows an address in a frame that lies over the chat.
export function sheet(url) {
  screen().querySelector('.sheet')?.remove();
  const frame = h('iframe', { src: url, title: 'Payment page' });
  const close = () => el.remove();
  const el = h('div.sheet', { role: 'dialog', 'aria-label': 'Payment', onkeydown: (e) => { if (e.key === 'Escape') close(); } },
    h('header', null, h('div', null, h('b', null, 'Payment'), h('small', null, new URL(url).host)), h('button.x', { 'aria-label': 'Open in a tab', title: 'Open in a tab', onclick: () => window.open(url, '_blank', 'noopener') }, '↗'), h('button.x', { 'aria-label': 'Close the payment page', onclick: close }, '×')),
    frame);
  // The pay page knows no script. Its way back to the chat closes the sheet.
  frame.addEventListener('load', () => {
    try {
      frame.contentDocument.addEventListener('click', (e) => {
        const a = e.target.closest?.('a[href^="https://t.me/"]');
        if (a) { e.preventDefault(); close(); }
      });
    } catch { /* a page of another origin */ }
  });
  screen().append(el);
  el.querySelector('button:last-of-type').focus();
}

// bill shows a bill of Telegram's own payments, with what may become of it. What the bot, or the
// bank, refuses is said in it.
function bill(c, m, label) {
  screen().querySelector('.sheet')?.remove();
  const says = h('p', { role: 'status', dir: 'auto' });
  const pay = async (outcome) => {
    try {
      await post('telegram/pay', { chat: c.id, from: from[c.id], message_id: m.message_id, outcome });
      if (outcome === 'paid') return el.remove();
      says.textContent = 'The bank declined the payment. Nothing was charged.';
    } catch (e) { says.textContent = e.message; }
  };
  const close = () => el.remove();
  const el = h('div.sheet', { role: 'dialog', 'aria-label': 'Payment', onkeydown: (e) => { if (e.key === 'Escape') close(); } },
    h('header', null, h('div', null, h('b', null, 'Checkout'), h('small', null, 'Telegram')), h('button.x', { 'aria-label': 'Close the payment page', onclick: close }, '×')),
    h('div.bill', null, h('b', { dir: 'auto' }, m.invoice.title), h('p', { dir: 'auto' }, m.invoice.description), says,
      h('button.go', { onclick: () => pay('paid') }, label), h('button', { onclick: () => pay('declined') }, 'Pay with a card that is refused')));
  screen().append(el);
  el.querySelector('.go').focus();
}

// ---- the foot ----

function drawFoot(c) {
  const look = JSON.stringify([c.id, c.blocked, canStart(c), c.keyboard, commandsOf(c).length, c.people]);
  if (parts.footLook === look) return;
  parts.footLook = look;
  const had = document.activeElement === parts.area;
  if (c.blocked && c.type === 'private') parts.foot.replaceChildren(h('button.tg-wide', { onclick: () => act('telegram/block', { chat: c.id, blocked: false }) }, 'Unblock'));
  else if (canStart(c)) parts.foot.replaceChildren(h('button.tg-wide', { onclick: () => act('telegram/message', { chat: c.id, text: '/start' }) }, 'START'));
  else {
    const picker = h('input', { type: 'file', hidden: true, onchange: async () => { for (const f of picker.files) await sendFile(c, f); picker.value = ''; } });
    parts.foot.replaceChildren(
      ...(c.type === 'private' ? [] : [whoWrites(c)]),
      h('form', { onsubmit: (e) => { e.preventDefault(); send(c); } },
        commandsOf(c).length > 0 && h('button.menu-btn', { type: 'button', 'aria-label': 'Bot menu', onclick: () => suggest(c, true) }, '☰ Menu'),
        h('button', { type: 'button', 'aria-label': 'Attach a file or photo', onclick: () => picker.click() }, '📎'),
        parts.area, h('button.send', { 'aria-label': 'Send' }, '➤')), picker, ...replyKeyboard(c));
  }
  if (had) parts.area.focus({ preventScroll: true });
}

const canStart = (c) => c.type === 'private' && !c.messages.length && !c.started;

function whoWrites(c) {
  const el = h('select.tg-as', { 'aria-label': 'Who writes', onchange: () => { from[c.id] = Number(el.value); draw(); } }, (c.people || []).map((p) => h('option', { value: p.id }, 'as ' + p.first_name)));
  from[c.id] ||= c.people?.[0]?.id;
  el.value = from[c.id];
  return el;
}

function replyKeyboard(c) {
  if (!c.keyboard?.keyboard) return [];
  return [h('div.tg-reply-kb', null, c.keyboard.keyboard.map((row) => h('div', null, row.map((b) => {
    const text = b.text || b;
    return h('button', { dir: 'auto', onclick: () => b.request_contact ? act('telegram/message', { chat: c.id, contact: { phone_number: '+491701234567', first_name: c.people?.[0]?.first_name || 'A', user_id: c.people?.[0]?.id } }) : act('telegram/message', { chat: c.id, from: from[c.id], text }) }, text);
  }))))];
}

// commandsOf are the bot's commands for a chat: the narrowest scope and the person's
// language first.
function commandsOf(c) {
  const all = store.telegram.commands || {}, lang = c.people?.[0]?.language_code || '';
  const scopes = ['chat:' + c.id, c.type === 'private' ? 'all_private_chats' : 'all_group_chats', 'default'];
  for (const s of scopes) for (const l of [lang, '']) if (all[s + '/' + l]?.length) return all[s + '/' + l];
  return [];
}

function suggest(c, all) {
  const open = parts.foot.querySelector('.tg-cmds');
  open?.remove();
  const text = parts.area.value;
  if (all ? open : !/^\/\w*$/.test(text)) return;
  const list = commandsOf(c).filter((x) => all || ('/' + x.command).startsWith(text));
  if (!list.length) return;
  parts.foot.append(h('div.tg-cmds', { role: 'listbox', 'aria-label': 'Bot commands' }, list.map((x, i) => h('button', { role: 'option', 'aria-selected': String(!all && i === 0), onclick: () => { parts.area.value = ''; suggest(c); act('telegram/message', { chat: c.id, from: from[c.id], text: '/' + x.command }); } }, h('b', null, '/' + x.command), h('small', { dir: 'auto' }, x.description)))));
}

function keys(e, c) {
  if (e.isComposing) return;
  const cmds = parts.foot.querySelector('.tg-cmds');
  if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); send(c); }
  else if (e.key === 'Escape' && cmds) { e.preventDefault(); cmds.remove(); }
  else if (e.key === 'Tab' && cmds && !e.shiftKey) { e.preventDefault(); parts.area.value = cmds.querySelector('b').textContent; cmds.remove(); }
}

async function send(c) {
  const text = parts.area.value.trim();
  if (!text) return;
  parts.area.value = '';
  grow(parts.area);
  suggest(c);
  parts.jump = true;
  if (!(await act('telegram/message', { chat: c.id, from: from[c.id], text })) && parts) parts.area.value = text;
}

async function sendFile(c, f) {
  const file = await base64(f), text = parts.area.value.trim();
  parts.area.value = '';
  await act('telegram/message', { chat: c.id, from: from[c.id], text, [f.type.startsWith('image/') ? 'photo' : 'document']: file });
}

function chatMenu(button, c) {
  menu(button, [
    c.type === 'private' && { text: c.blocked ? 'Unblock the bot' : 'Block the bot', note: c.blocked ? '' : 'It can’t write here any more', danger: !c.blocked, run: () => act('telegram/block', { chat: c.id, blocked: !c.blocked }) },
    { text: 'Chat id ' + c.id, note: (c.people || []).map((p) => [p.first_name, p.language_code].filter(Boolean).join(' · ')).join(', '), run: () => navigator.clipboard?.writeText(String(c.id)) },
  ].filter(Boolean));
}
