// The Slack-like client: rooms, messages, threads and the Home tab.
import { h, keep, forget, following, hue, initials, bytes } from './dom.js';
import { mrkdwn } from './mrkdwn.js';
import { blocks } from './blocks.js';
import { act } from './net.js';
import { menu, ask, dialog } from './ui.js';
import { dayKey, dayName, hm } from './time.js';
import { store, now, userName, isBot, world, save, saved } from './store.js';
import { composer } from './compose.js';
import { showView } from './modal.js';

const $ = (id) => document.getElementById(id);
const roles = { USALES0001: 'sales', UFINANCE01: 'finance', UMANAGER01: 'manager', UAUDITOR01: 'auditor' };
const topics = { CINVOICES1: 'Invoices, reminders and disputes, as they happen', CFINANCE01: 'Payments, closing and questions' };

let room = saved('room') || 'CINVOICES1'; // a channel id, "dm" or "home"
let open = null; // {channel, ts} of the open thread
let shown = 200; // messages drawn at most
let jump = true; // go to the end at the next drawing
let read = {}; // by person and room: the last ts seen
let first = true;
const known = new Set(); // messages that were drawn once, or were there at first

// direct is the person's own channel with the bot, once there is one.
const direct = () => store.slack.channels.find((c) => c.is_im && c.user === store.me);
const channelID = () => (room === 'dm' ? direct()?.id || store.me : room);
// knows reports the channels that the person knows of: the public ones, and those that he is in.
const knows = (c) => !c.is_im && (!(c.is_private || c.is_mpim) || c.members.includes(store.me));
const roomName = () => (room === 'dm' ? 'Duebot' : '#' + (store.slack.channels.find((c) => c.id === room)?.name || 'invoices'));

const roomComposer = composer($('slack-compose'), { id: 'slack-input', commands: true, place: () => ({ channel: channelID(), name: roomName() }) });

export function goTo(r) {
  if (room !== r) open = null;
  room = r;
  shown = 200;
  jump = true;
  save('room', r);
  forget($('messages'));
  draw();
  if (r === 'home') act('slack/home', { user: store.me });
  else $('slack-input')?.focus({ preventScroll: true });
}

export function become(user) {
  if (store.me === user) return;
  store.me = user;
  save('me', user);
  if (store.slack.channels.some((c) => c.id === room && !knows(c))) room = 'CINVOICES1';
  open = null;
  jump = true;
  forget($('messages'));
  draw();
  if (room === 'home') act('slack/home', { user });
}

// fill puts a text into the composer of a channel.
export function fill(text) {
  if (room === 'home') goTo('CINVOICES1');
  roomComposer.set(text);
}

// visible are the messages that the person sees in a channel, by ts.
function visible(id) {
  return store.slack.messages.filter((m) => m.channel === id && (!m.ephemeral_to || m.ephemeral_to === store.me))
    .sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
}

// reset forgets what was read; everything is as new.
export function reset() {
  read = {};
  first = true;
  known.clear();
  open = null;
  forget($('messages'));
}

export function draw() {
  if (!store.slack.users.length) return;
  if (first) markAll();
  drawPeople();
  const list = room === 'home' ? [] : visible(channelID());
  if (room !== 'home' && list.length && document.visibilityState === 'visible') read[store.me + channelID()] = list.at(-1).ts;
  drawRooms();
  drawHead();
  $('slack-compose').hidden = room === 'home';
  following($('messages'), () => (room === 'home' ? drawHome() : drawMessages(list)), jump, room === 'home');
  jump = false;
  drawThread(list);
  showView();
  first = false;
}

// markAll takes everything that is there at first as read.
function markAll() {
  for (const m of store.slack.messages) known.add(m.channel + m.ts);
  for (const u of store.slack.users) {
    for (const c of store.slack.channels) {
      const last = store.slack.messages.filter((m) => m.channel === c.id).reduce((a, m) => (m.ts > a ? m.ts : a), '');
      if (last) read[u.id + c.id] = last;
    }
  }
}

// unread counts what a person has not seen in a channel. His own messages don't count.
function unread(user, id) {
  const from = read[user + id] || '';
  return store.slack.messages.filter((m) => m.channel === id && m.ts > from && m.user !== user && (!m.ephemeral_to || m.ephemeral_to === user)).length;
}

export const unreadAll = () => store.slack.channels.filter((c) => knows(c) || c.user === store.me).reduce((n, c) => n + unread(store.me, c.id), 0);

function drawPeople() {
  keep($('people'), [{ key: 'h', look: '', make: () => h('h3', null, 'You are') }, ...store.slack.users.filter((u) => !u.is_bot).map((u) => {
    const on = u.id === store.me, dm = store.slack.channels.find((c) => c.is_im && c.user === u.id), n = on || !dm ? 0 : unread(u.id, dm.id);
    return { key: u.id, look: JSON.stringify([u, on, n]), make: () => h('button', { role: 'radio', 'aria-checked': String(on), 'data-user': u.id, onclick: () => become(u.id) },
      face(u.id), h('b', null, (u.real_name || u.name).split(' ')[0]), n ? h('span.badge', { title: 'unread direct messages' }, n) : h('em', null, roles[u.id] || '')) };
  })]);
}

function drawRooms() {
  const line = (key, sig, name, n) => {
    const here = room === key || (key === 'dm' && room === 'home');
    return { key, look: JSON.stringify([name, n, here]), make: () => h('button' + (n ? '.unread' : ''), { 'aria-current': here ? 'true' : null, 'data-room': key, onclick: () => goTo(key) },
      sig ? h('span.sig', { 'aria-hidden': 'true' }, sig) : h('img.sig', { src: '/icon.svg', alt: '' }), name, n > 0 && h('span.badge', { 'aria-label': n + ' unread' }, n)) };
  };
  const title = (text) => ({ key: 'h' + text, look: '', make: () => h('h3', null, text) });
  const dm = direct();
  keep($('rooms'), [
    title('Channels'), ...store.slack.channels.filter((c) => knows(c) && !c.is_mpim).map((c) => line(c.id, c.is_private ? '🔒' : '#', c.name, unread(store.me, c.id))),
    title('Direct messages'), line('dm', '', 'Duebot', dm ? unread(store.me, dm.id) : 0),
    ...store.slack.channels.filter((c) => knows(c) && c.is_mpim).map((c) => line(c.id, '👥', c.members.filter((u) => u !== store.me).map((u) => (isBot(u) ? 'Duebot' : userName(u).split(' ')[0])).join(', '), unread(store.me, c.id))),
  ]);
}

// drawHead names the room. An app's messages and its Home are two tabs of one room.
function drawHead() {
  const app = room === 'dm' || room === 'home', first = userName(store.me).split(' ')[0];
  const hidden = store.slack.channels.some((c) => c.id === room && (c.is_private || c.is_mpim));
  const name = app ? 'Duebot' : (hidden ? '🔒 ' : '# ') + roomName().slice(1);
  const note = room === 'home' ? 'What needs ' + first + ' now' : room === 'dm' ? 'Only ' + first + ' and the bot see this' : store.slack.channels.find((c) => c.id === room)?.topic || topics[room] || '';
  const tab = (key, label) => h('button', { 'aria-pressed': String(room === key), 'data-tab': key, onclick: () => goTo(key) }, label);
  keep($('room-head'), [{ key: 'x', look: room + name + note, make: () => h('div', null, h('h2', null, name), h('p', null, note)) },
    app && { key: 'tabs', look: room, make: () => h('div.room-tabs', { role: 'group', 'aria-label': 'Of this app' }, tab('dm', 'Messages'), tab('home', 'Home')) }].filter(Boolean));
  $('messages').setAttribute('aria-label', 'Messages in ' + name);
}

function drawHome() {
  const view = store.slack.homes[store.me]?.view || store.slack.homes[store.me];
  keep($('messages'), [view ? { key: 'home', look: JSON.stringify(view) + store.me, make: () => h('div.home', null, blocks(view.blocks, homePlace(view))) }
    : { key: 'none', look: store.me, make: () => empty('Nothing here yet', 'The bot has not published a Home tab for ' + userName(store.me) + '.') }]);
}

const homePlace = (view) => ({
  held: (b, e) => view.state?.values?.[b.block_id]?.[e.action_id], set: () => {},
  act: (e, x) => act('slack/action', { user: store.me, view_id: view.id, action_id: e.action_id, ...x }),
});

const empty = (title, text) => h('div.empty', null, h('b', null, title), text);

// drawMessages draws a channel: top-level messages, and replies that were also sent here.
function drawMessages(list) {
  const top = list.filter((m) => !m.thread_ts || m.thread_ts === m.ts || m.subtype === 'thread_broadcast');
  const replies = repliesOf(list);
  const rows = [];
  const more = top.length - shown;
  if (more > 0) rows.push({ key: 'more', look: String(more), make: () => h('button.btn.more', { onclick: () => { shown += 400; draw(); } }, `Show earlier messages (${more})`) });
  if (!top.length) rows.push({ key: 'empty', look: room, make: () => empty(roomName(), room === 'dm' ? 'Write to the bot, or type / to see what it can do.' : 'This is the very beginning. Type / to see what the bot can do.') });
  addRows(rows, top.slice(-shown), replies, true);
  keep($('messages'), rows);
}

function repliesOf(list) {
  const by = new Map();
  for (const m of list) {
    if (m.thread_ts && m.thread_ts !== m.ts) by.set(m.thread_ts, [...(by.get(m.thread_ts) || []), m]);
  }
  return by;
}

function addRows(rows, list, replies, days) {
  let prev = null;
  const today = dayKey(now());
  for (const m of list) {
    const ms = Number(m.ts) * 1000, day = dayKey(ms);
    if (days && (!prev || dayKey(Number(prev.ts) * 1000) !== day)) {
      rows.push({ key: 'day' + day, look: today, make: () => h('div.day', { role: 'separator' }, h('span', null, dayName(ms, now()))) });
      prev = null;
    }
    const follow = !!prev && prev.user === m.user && ms - Number(prev.ts) * 1000 < 300e3 && !m.ephemeral_to === !prev.ephemeral_to && !replies?.get(prev.ts);
    const under = replies?.get(m.ts) || [];
    rows.push({ key: (replies ? '' : 't') + m.channel + m.ts, look: JSON.stringify([m, follow, under.length, under.at(-1)?.ts, store.me]), make: () => message(m, follow, replies ? under : null) });
    prev = m;
  }
}

// face is a square with a picture or initials.
export function face(user) {
  if (isBot(user)) return h('span.face', { 'aria-hidden': 'true' }, h('img', { src: '/icon.svg', alt: '' }));
  const name = userName(user) || user;
  const i = store.slack.users.findIndex((u) => u.id === user); // neighbours never share a colour
  return h('span.face.' + (i < 0 ? hue(user) : 'c' + (i % 7)), { 'aria-hidden': 'true' }, initials(name, 1));
}

function message(m, follow, replies) {
  const fresh = !known.has(m.channel + m.ts);
  known.add(m.channel + m.ts);
  const ms = Number(m.ts) * 1000, bot = m.bot_id || isBot(m.user), name = bot ? 'Duebot' : userName(m.user);
  return h('article.msg' + (follow ? '.follow' : '') + (m.ephemeral_to ? '.eph' : '') + (fresh ? '.fresh' : ''), { 'data-ts': m.ts, 'aria-label': `${name}, ${hm(ms)}` },
    follow ? h('span.gutter', { 'aria-hidden': 'true' }, hm(ms)) : face(bot && !m.user ? 'UDUEBOT001' : m.user),
    h('div', null,
      m.ephemeral_to && h('div.only', null, h('span', { 'aria-hidden': 'true' }, '👁'), 'Only visible to you'),
      !follow && h('div.byline', null, h('b', null, name), bot && h('span.app', null, 'APP'), h('time', { title: new Date(ms).toISOString() }, hm(ms)), m.edited && h('span.edited', null, '(edited)')),
      content(m), m.edited && follow && h('span.edited', null, '(edited)'),
      m.reactions?.length > 0 && h('div.reacts', null, m.reactions.map((r) => h('span', null, mrkdwn(':' + r.name + ':', world()).textContent, ' ', r.count || r.users.length))),
      replies?.length > 0 && threadFoot(m, replies)),
    tip(m, replies));
}

function content(m) {
  const place = placeOf(m);
  const own = m.blocks?.length ? blocks(m.blocks, place) : m.text ? [mrkdwn(m.text, world())] : [];
  const more = (m.attachments || []).map((a) => {
    const bar = h('i');
    if (a.color) bar.style.background = /^[0-9a-f]{3,8}$/i.test(a.color) ? '#' + a.color : a.color;
    return h('div.attach', null, bar, h('div', null, a.pretext && mrkdwn(a.pretext, world()), a.title && h('b', null, a.title), a.text && mrkdwn(a.text, world()), blocks(a.blocks, place)));
  });
  return [...own, ...more, h('div', null, (m.files || []).map(file))];
}

const placeOf = (m) => ({
  held: (b, e) => m.typed?.[store.me]?.[b.block_id]?.[e.action_id] || held(e), set: () => {},
  act: (e, x) => act('slack/action', { user: store.me, channel: m.channel, ts: m.ts, action_id: e.action_id, ...x }),
});

// held is what an untouched element holds.
export function held(e) {
  return { value: e.initial_value, selected_option: e.initial_option, selected_options: e.initial_options, selected_user: e.initial_user, selected_users: e.initial_users,
    selected_channel: e.initial_channel, selected_channels: e.initial_channels, selected_conversation: e.initial_conversation, selected_conversations: e.initial_conversations,
    selected_date: e.initial_date, selected_time: e.initial_time, selected_date_time: e.initial_date_time };
}

function file(f) {
  const href = '/control/file?slack=' + encodeURIComponent(f.id), mime = f.mimetype || '', name = f.title || f.name || f.id;
  if (/^image\/(png|jpe?g|gif|webp)/.test(mime)) return h('a.shot', { href, target: '_blank', title: name }, h('img', { src: href, alt: name, loading: 'lazy' }));
  const kind = mime.startsWith('image/') ? '.img' : /csv|sheet|excel/.test(mime) ? '.tab' : mime.startsWith('text/') ? '.txtf' : '';
  const opens = mime === 'application/pdf' ? { target: '_blank', rel: 'noopener' } : { download: f.name || name };
  return h('a.file', { href, ...opens }, h('i' + kind, { 'aria-hidden': 'true' }, (f.filetype || f.name?.split('.').pop() || 'file').slice(0, 4)), h('span', null, h('b', { dir: 'auto' }, name), h('small', null, bytes(f.size) || 'File')));
}

function threadFoot(m, replies) {
  const who = [...new Set(replies.map((r) => r.user))].slice(0, 4);
  return h('div', null, h('button.foot', { onclick: () => openThread(m) }, who.map(face), replies.length === 1 ? '1 reply' : replies.length + ' replies', h('small', null, 'Last at ' + hm(Number(replies.at(-1).ts) * 1000))));
}

function tip(m, replies) {
  if (m.ephemeral_to) return null;
  const mine = m.user === store.me;
  return h('div.tip', null,
    replies && h('button', { onclick: () => openThread(m) }, 'Reply in thread'),
    mine && h('button', { onclick: () => edit(m) }, 'Edit'),
    mine && h('button', { onclick: async () => { if (await ask({ title: 'Delete message', text: 'Delete this message? This can’t be undone.', yes: 'Delete', danger: true })) act('slack/delete', { user: store.me, channel: m.channel, ts: m.ts }); } }, 'Delete'),
    h('button', { 'aria-label': 'More', 'aria-haspopup': 'menu', onclick: (e) => menu(e.currentTarget, [
      ...(store.slack.shortcuts || []).filter((x) => x.type === 'message').map((x) => ({ text: x.name, note: 'Duebot',
        run: () => act('slack/shortcut', { user: store.me, callback_id: x.callback_id, channel: m.channel, ts: m.ts }) })),
      { text: 'Copy the text', run: () => navigator.clipboard?.writeText(m.text || '') },
      { text: 'Copy ' + m.ts, note: 'the message’s ts', run: () => navigator.clipboard?.writeText(m.ts) },
    ]) }, '⋯'));
}

function edit(m) {
  const area = h('textarea.field', { value: m.text.replace(/<(https?:[^|>]+)>/g, '$1').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&'), 'aria-label': 'Message' });
  const d = dialog({ title: 'Edit message', body: area, foot: [h('button.btn', { onclick: () => d.close() }, 'Cancel'),
    h('button.btn.primary', { onclick: () => { act('slack/edit', { user: store.me, channel: m.channel, ts: m.ts, text: area.value }); d.close(); } }, 'Save')] });
}

function openThread(m) {
  open = { channel: m.channel, ts: m.thread_ts || m.ts };
  draw();
  $('thread-input')?.focus();
}

let threadComposer = null;

function drawThread(list) {
  const box = $('thread');
  const parent = open && store.slack.messages.find((m) => m.channel === open.channel && m.ts === open.ts);
  box.hidden = !parent;
  if (!parent) {
    box.replaceChildren();
    threadComposer = null;
    return;
  }
  if (!threadComposer || box.dataset.ts !== open.ts) {
    box.dataset.ts = open.ts;
    box.replaceChildren(h('header', null, h('b', null, 'Thread'), h('small', null, roomName()), h('button.x', { 'aria-label': 'Close the thread', onclick: () => { open = null; draw(); } }, '×')),
      h('div.scroll', { role: 'log', 'aria-live': 'polite', 'aria-label': 'Replies', tabindex: '0' }), h('div.compose'));
    threadComposer = composer(box.querySelector('.compose'), { id: 'thread-input', commands: false, place: () => ({ channel: open.channel, thread_ts: open.ts, name: 'thread' }) });
  }
  const replies = list.filter((m) => m.thread_ts === open.ts && m.ts !== open.ts);
  const rows = [];
  addRows(rows, [parent], null, false);
  rows.push({ key: 'count', look: String(replies.length), make: () => h('div.count', null, replies.length === 1 ? '1 reply' : replies.length + ' replies') });
  addRows(rows, replies, null, false);
  const scroll = box.querySelector('.scroll');
  following(scroll, () => keep(scroll, rows), !scroll._kept);
}
