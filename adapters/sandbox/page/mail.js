// The mailbox: what the bot mailed, newest first, and one mail as its reader sees it.
import { h, keep, forget, bytes } from './dom.js';
import { listTime, dayName, hm } from './time.js';
import { store, now } from './store.js';

const box = () => document.getElementById('mailbox');

let open = null; // the open mail's id, null for the list
let view = 'html'; // or 'text', 'headers'
let read = null; // ids up to here were seen

export const newest = () => store.mail.at(-1)?.id || 0;
export const unreadAll = () => (read === null ? 0 : store.mail.filter((m) => m.id > read).length);

export function reset() {
  open = null;
  read = 0;
  forget(box());
}

// seen marks everything as read: the pane is being looked at.
export function seen() { read = newest(); }

export function draw(looking) {
  if (read === null || looking) seen();
  const m = open !== null && store.mail.find((x) => x.id === open);
  document.getElementById('mail-back').hidden = !m;
  document.getElementById('mail-title').textContent = m ? m.subject : 'E-mail';
  if (m) one(m); else list();
}

function list() {
  keep(box(), store.mail.length ? store.mail.slice().reverse().map((m) => ({
    key: 'm' + m.id, look: [m.id, listTime(Date.parse(m.at), now())].join(),
    make: () => h('button.mail-row', { 'data-mail': m.id, onclick: () => show(m.id) },
      h('span.mail-to', null, h('b', { dir: 'auto' }, m.to.join(', ')), h('time', null, listTime(Date.parse(m.at), now()))),
      h('span', { dir: 'auto' }, m.subject), h('small', { dir: 'auto' }, first(m)), m.files?.length ? h('small', null, '📎 ' + m.files.length) : null),
  })) : [{ key: 'none', look: '', make: () => h('p.mail-none', null, 'Nothing was mailed yet. Give a customer an address: ', h('code', null, '/ar customer set acme email=ap@acme.example')) }]);
}

// first is the beginning of a mail's text after its title.
const first = (m) => m.text.split('\n').slice(1).join(' ').replace(/\s+/g, ' ').trim().slice(0, 120);

export function show(id) {
  open = id;
  draw(true);
}

function one(m) {
  const at = Date.parse(m.at);
  const facts = [['From', m.headers.find((x) => x[0] === 'From')?.[1] || m.from], ['To', m.to.join(', ')], ['Date', dayName(at, now()) + ' ' + hm(at)]];
  const tab = (name, text) => h('button', { 'aria-pressed': String(view === name), onclick: () => { view = name; draw(true); } }, text);
  keep(box(), [{ key: 'one' + m.id, look: view, make: () => h('article.mail-one', null,
    h('dl', null, facts.map(([k, v]) => [h('dt', null, k), h('dd', { dir: 'auto' }, v)])),
    h('div.mail-views', { role: 'group', 'aria-label': 'View' }, tab('html', 'HTML'), tab('text', 'Text'), tab('headers', 'Headers')),
    m.files?.length ? h('p.mail-files', null, m.files.map((f, i) => h('a', { href: '/control/file?mail=' + m.id + '&file=' + i, target: '_blank', rel: 'noopener' }, '📎 ' + f.name + ' · ' + bytes(f.size)))) : null,
    body(m)) }]);
}

// body shows a mail's HTML in a frame that can run nothing; its links open elsewhere.
function body(m) {
  if (view === 'text') return h('pre', { dir: 'auto', tabindex: '0' }, m.text);
  if (view === 'headers') return h('pre', { tabindex: '0' }, m.headers.map((x) => x[0] + ': ' + x[1]).join('\n'));
  return h('iframe', { src: '/control/file?mail=' + m.id, sandbox: 'allow-popups allow-popups-to-escape-sandbox', title: m.subject, referrerpolicy: 'no-referrer' });
}

export function start() {
  document.getElementById('mail-back').addEventListener('click', () => { open = null; draw(true); });
}
