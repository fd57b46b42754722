// The tools of the top bar: faults, payments, reset, light and dark.
import { h } from './dom.js';
import { act, get } from './net.js';
import { menu, ask, dialog, toast } from './ui.js';
import { store, save, saved } from './store.js';

const $ = (id) => document.getElementById(id);

export function startTools() {
  $('tool-fault').addEventListener('click', () => faults());
  $('tool-pay').addEventListener('click', (e) => payments(e.currentTarget));
  $('tool-reset').addEventListener('click', reset);
  $('tool-theme').addEventListener('click', () => theme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark', true));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const wish = new URLSearchParams(location.search).get('theme');
  theme(wish || saved('theme') || (dark.matches ? 'dark' : 'light'));
  dark.addEventListener('change', () => { if (!saved('theme')) theme(dark.matches ? 'dark' : 'light'); });
}

function theme(name, keep) {
  document.documentElement.dataset.theme = name === 'dark' ? 'dark' : 'light';
  if (keep) save('theme', name);
}

// What can fail, and where: kind, name, what it does, platforms. What has no kind is another act.
const kinds = [
  ['429', 'Too many requests', 'asks the bot to come back later', 'slack telegram stripe yookassa paypal ecb mail'],
  ['500', 'Internal error', 'does nothing and says so', 'slack telegram stripe yookassa paypal ecb mail'],
  ['timeout', 'No answer', 'does nothing and says nothing', 'slack telegram stripe yookassa paypal ecb mail'],
  ['timeout_after_accept', 'Lost answer', 'does it, but the bot never hears', 'slack telegram stripe yookassa paypal ecb mail'],
  ['duplicate', 'Duplicate', 'the next delivery to the bot comes twice', 'slack telegram stripe yookassa paypal'],
  ['drop_socket', 'Cut connection', 'the open connection breaks now', 'slack telegram mail'],
  ['black_hole', 'Black hole', 'takes connections and never answers, for “Retry after” seconds', 'slack telegram mail'],
  ['refused', 'Connection refused', 'nobody is there, for “Retry after” seconds', 'slack telegram mail'],
  ['refresh', 'Fresh socket', 'Slack closes a socket and wants another', 'slack'],
  ['unshared', 'Lost file', 'takes a file and shows it to nobody', 'slack'],
  ['forged', 'Forged call', 'somebody calls the bot in the platform’s name', 'slack telegram'],
  ['conflict', 'Another bot', 'polls with the same token, once', 'telegram'],
  ['poison', 'Poison update', 'one that the bot cannot read', 'telegram'],
  ['550', 'Refused', 'no such reader', 'mail'],
  ['451', 'Refused for now', 'try again later', 'mail'],
  ['', 'Archive #invoices', 'or take it back', 'slack', () => channel('archived')],
  ['', 'Remove from #invoices', 'or invite the bot again', 'slack', () => channel('removed')],
  ['', 'Take a scope away', 'or give it back', 'slack', () => scope()],
];

// channel turns one thing about the bot's channel over.
const turned = {};
async function channel(what) {
  turned[what] = !turned[what];
  const r = await act('slack/channel', { channel: 'CINVOICES1', [what]: turned[what] });
  toast(!r ? 'Nothing changed.' : what === 'archived' ? (turned[what] ? '#invoices is archived.' : '#invoices is in use again.') : (turned[what] ? 'The bot is no longer in #invoices.' : 'The bot is in #invoices again.'), !r);
}

// scope takes the right to post, and gives it back.
async function scope() {
  turned.scope = !turned.scope;
  if (await act('slack/scope', { scope: 'chat:write', granted: !turned.scope })) toast(turned.scope ? 'The app may not post any more (chat:write).' : 'The app may post again.');
}

const names = { slack: 'Slack', telegram: 'Telegram', stripe: 'Stripe', yookassa: 'YooKassa', paypal: 'PayPal', ecb: 'ECB', mail: 'E-mail' };

async function faults() {
  const platform = h('select.field', null, Object.entries(names).map(([p, name]) => h('option', { value: p }, name)));
  const count = h('input.field', { type: 'number', min: '1', max: '99', value: '1' });
  const after = h('input.field', { type: 'number', min: '1', max: '3600', value: '5', title: 'for too many requests and a dead line, in seconds' });
  const left = h('p', { 'aria-live': 'polite' });
  const tiles = h('div.tiles');
  const show = (list) => { left.textContent = list.length ? 'Still to come: ' + list.map((f) => `${f.count}× ${f.platform} ${f.kind}`).join(', ') + '.' : 'Nothing is set to fail.'; $('tool-fault').classList.toggle('armed', list.length > 0); };
  const go = async (kind) => {
    const r = await act('fault', { platform: platform.value, kind, count: Number(count.value) || 1, ...(['429', 'black_hole', 'refused'].includes(kind) ? { retry_after: Number(after.value) || 1 } : {}) });
    if (r) show(r.faults);
  };
  const offer = () => tiles.replaceChildren(...kinds.filter((k) => k[3].split(' ').includes(platform.value)).map(([kind, name, note, , run]) =>
    h('button', { onclick: () => (run ? run() : go(kind)) }, h('span', null, h('b', null, name), h('small', null, note)))));
  platform.addEventListener('change', offer);
  offer();
  dialog({ title: 'Let a platform fail', body: [
    h('p', null, 'Real platforms are slow, refuse, and repeat themselves. See what the bot makes of it.'),
    h('div.trio', null, h('label', null, 'Platform', platform), h('label', null, 'How often', count), h('label', null, 'Retry after', after)),
    tiles, left] });
  try { show((await get('fault')).faults); } catch (e) { toast(e.message, true); }
}

function payments(button) {
  const open = ['stripe', 'yookassa', 'paypal'].flatMap((by) => store[by].sessions.map((s) => ({ ...s, by }))).slice(0, 30);
  menu(button, open.length ? open.flatMap((s) => [{ text: s.amount + ' · ' + (s.payment_status === 'paid' ? 'paid' : s.status), note: Object.values(s.metadata || {}).join(' · ') || s.client_reference_id || s.id, off: s.status !== 'open' && s.payment_status !== 'unpaid', run: () => outcomes(s) }])
    : [h('p', null, 'No payment page has been opened yet. They appear here as customers press Pay.')]);
}

// outcomes lets a payment end in each of its ways.
function outcomes(s) {
  const go = async (outcome) => { d.close(); await act('pay', { url: s.url, outcome }); };
  const late = s.status === 'complete';
  const d = dialog({ title: s.amount, body: [h('p', null, late ? 'A bank debit that has not arrived yet.' : 'An open payment page.'), h('div.pick', null,
    h('button', { onclick: () => go('paid') }, h('span', null, h('b', null, late ? 'The money arrives' : 'Pay'), h('small', null, names[s.by] + ' confirms it'))),
    h('button', { onclick: () => go('declined') }, h('span', null, h('b', null, late ? 'The debit fails' : 'Decline the card'))),
    !late && s.by === 'stripe' && h('button', { onclick: () => go('pending') }, h('span', null, h('b', null, 'Pay by bank debit'), h('small', null, 'the money comes later'))),
    !late && h('button', { onclick: () => go('short') }, h('span', null, h('b', null, 'Take another sum'), h('small', null, 'a unit less than was asked for'))),
    !late && h('button', { onclick: () => go('expired') }, h('span', null, h('b', null, 'Let it expire'))),
    !late && h('button', { onclick: () => { d.close(); window.open(s.url, '_blank', 'noopener'); } }, h('span', null, h('b', null, 'Open the page'))))] });
}

async function reset() {
  if (!(await ask({ title: 'Start again?', text: 'The books, both clients and the payments become as they were at the beginning. What you did here is lost.', yes: 'Reset', danger: true }))) return;
  document.body.classList.add('resetting');
  await act('reset', {});
  document.body.classList.remove('resetting');
}
