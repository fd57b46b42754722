// Short messages on the customers' phones: one thread for each number that the bot wrote to. They
// go one way. Whose number it is the sandbox tells, where a bot runs inside.
import { h, keep, following, hue, initials } from './dom.js';
import { dayKey, dayName, hm } from './time.js';
import { store, now } from './store.js';

let read = null; // by number: the last message's id seen

// threads are the numbers with what came to each, oldest first. A thread's id is no chat's.
export function threads() {
  const by = new Map();
  for (const m of store.sms) {
    const t = by.get(m.to) || { id: 'sms' + m.to, number: m.to, messages: [] };
    t.messages.push(m);
    t.customer = m.customer || '';
    t.chat = m.chat || null;
    by.set(m.to, t);
  }
  return [...by.values()];
}

export const threadOf = (id) => threads().find((t) => t.id === id);
export const threadsAt = (chat) => threads().filter((t) => t.chat === chat);
export const threadName = (t) => t.customer || t.number;
export const lastAt = (t) => Date.parse(t.messages.at(-1).at);

const newest = (t) => t.messages.at(-1).id;
export const unread = (t) => (read ? t.messages.filter((m) => m.id > (read[t.number] ?? 0)).length : 0);
export const unreadAll = () => threads().reduce((n, t) => n + unread(t), 0);

// look takes what is there when the page opens as seen.
export function look() { read ||= Object.fromEntries(threads().map((t) => [t.number, newest(t)])); }

export function reset() { read = {}; }

// draw shows a thread in el; back leads to the list, and to the customer's Telegram chat.
export function draw(el, t, back) {
  read[t.number] = newest(t);
  let body = el.querySelector('.sms-body');
  if (body?.dataset.number !== t.number) {
    body = h('div.tg-body.sms-body', { 'data-number': t.number, role: 'log', 'aria-live': 'polite', 'aria-label': 'Short messages', tabindex: '0' });
    el.replaceChildren(h('div.tg-chat.sms', null,
      h('header.tg-head', null, h('button', { 'aria-label': 'Back to the chats', onclick: () => back(null) }, '‹'),
        h('span.ava.sm.' + hue(t.id), { 'aria-hidden': 'true' }, t.customer ? initials(t.customer) : '#'),
        h('div.who', null, h('b', { dir: 'auto' }, threadName(t)), h('small', null, 'SMS' + (t.customer ? ' to ' + t.number : '')))),
      t.chat && h('button.tg-sms', { onclick: () => back(t.chat) }, '✈ Telegram on this phone'), body,
      h('footer.tg-foot.sms-foot', null, 'Short messages go one way: nobody reads an answer.')));
  }
  following(body, () => keep(body, rows(t)));
}

function rows(t) {
  const out = [], today = dayKey(now());
  t.messages.forEach((m, i) => {
    const at = Date.parse(m.at), day = dayKey(at);
    if (!i || dayKey(Date.parse(t.messages[i - 1].at)) !== day) out.push({ key: 'day' + day, look: today, make: () => h('div.tg-day', { role: 'separator' }, dayName(at, now())) });
    out.push({ key: m.id, look: m.text, make: () => h('article.tg-m.first.tail', { 'data-sms': m.id, 'aria-label': 'SMS, ' + hm(at) },
      h('div.bubble', null, h('span.t', { dir: 'auto' }, linked(m.text)), h('span.stamp', null, hm(at)))) });
  });
  return out;
}

// linked is a text with its addresses as links, as phones make them.
function linked(text) {
  return text.split(/(https?:\/\/\S*[^\s.,;:!?)])/).map((part, i) => (i % 2 ? h('a', { href: part, target: '_blank', rel: 'noopener noreferrer' }, part) : part));
}
