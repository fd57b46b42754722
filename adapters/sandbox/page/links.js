// Addresses that are followed anywhere in the page: an invitation to the bot is opened in
// a customer's chat, a payment page in the phone, a file of Slack's as it is, anything else in a
// tab of its own.
import { h, hue, initials } from './dom.js';
import { act } from './net.js';
import { dialog } from './ui.js';
import { store } from './store.js';
import { nameOf, openChat, sheet, whoHolds } from './phone.js';

export function watchLinks(showPhone) {
  document.addEventListener('click', (e) => {
    const a = e.target.closest?.('a[href]');
    if (!a || e.defaultPrevented || e.button || e.ctrlKey || e.metaKey) return;
    let u;
    try { u = new URL(a.href); } catch { return; }
    if (u.hostname === 't.me' && u.pathname.slice(1).toLowerCase() === store.setting.bot.toLowerCase()) {
      e.preventDefault();
      const token = u.searchParams.get('start'), here = a.closest('#phone') && privateChat(whoHolds());
      if (u.searchParams.has('startgroup')) groupInvitation(u.searchParams.get('startgroup'), showPhone);
      else if (here) start(here, token, showPhone);
      else invitation(token, showPhone);
    } else if (slackFile(u)) {
      e.preventDefault();
      window.open('/control/file?slack=' + slackFile(u), '_blank', 'noopener');
    } else if (a.closest('#phone') && payPage(u)) {
      e.preventDefault();
      sheet(u.href);
    }
  });
}

const local = (host) => ['localhost', '127.0.0.1', '[::1]'].includes(host);
const payPage = (u) => (u.host === location.host || local(u.hostname)) && /^\/(pay|(stripe|yookassa|paypal)\/pay)\//.test(u.pathname);

// slackFile is the file behind Slack's own link to it.
const slackFile = (u) => u.hostname.endsWith('.slack.com') && /^\/files\/[UW]\w+\/(F\w+)/.exec(u.pathname)?.[1];

const privateChat = (id) => store.telegram.chats.find((c) => c.type === 'private' && c.id === id);

// groupInvitation asks to which group the bot is added: one that is there, or a new one of a
// person and a colleague.
function groupInvitation(token, showPhone) {
  const list = h('div.pick');
  const d = dialog({ title: 'Add to a group', body: [h('p', null, 'Telegram lets a person choose a group, adds the bot to it, and presses Start there.'), list] });
  const row = (key, c, name, note, run) => h('button', { 'data-chat': key, onclick: () => { d.close(); run(); } },
    h('span.ava.sm.' + hue(c.id), { 'aria-hidden': 'true' }, initials(name)), h('span', null, h('b', { dir: 'auto' }, name), h('small', { dir: 'auto' }, note)));
  const groups = store.telegram.chats.filter((c) => c.type !== 'private' && !c.migrated_to && !c.blocked), people = store.telegram.chats.filter((c) => c.type === 'private');
  list.replaceChildren(...groups.map((c) => row(c.id, c, nameOf(c), (c.people || []).map((p) => p.first_name).join(', '), () => startGroup(c.id, token, showPhone))),
    ...people.map((c, i) => row('new' + c.id, c, 'New group of ' + nameOf(c), 'with a colleague', () => newGroup(c, people[(i + 1) % people.length], token, showPhone))));
  list.querySelector('button')?.focus();
}

async function newGroup(c, other, token, showPhone) {
  const id = Math.min(-500000, ...store.telegram.chats.map((x) => x.id).filter((x) => x > -1000000000000)) - 1;
  const people = [c, ...(other && other.id !== c.id ? [other] : [])].map((x) => x.people[0]);
  if ((await act('telegram/chat', { id, type: 'group', title: people.map((p) => p.first_name).join(' & '), people })) === null) return;
  for (let i = 0; i < 20 && !store.telegram.chats.some((x) => x.id === id); i++) await new Promise((done) => setTimeout(done, 100)); // the page hears of it
  await startGroup(id, token, showPhone);
}

async function startGroup(id, token, showPhone) {
  showPhone();
  openChat(id);
  await act('telegram/message', { chat: id, text: '/start@' + store.setting.bot + ' ' + token });
}

// invitation asks whose phone opens the link, and presses Start there.
function invitation(token, showPhone) {
  const search = h('input.field', { type: 'search', placeholder: 'Search', 'aria-label': 'Search chats', oninput: () => fill() });
  const list = h('div.pick');
  const d = dialog({ title: 'Open in Telegram', body: [h('p', null, token ? 'Whose phone opens this invitation? It presses Start there.' : 'Whose phone opens the bot?'), search, list] });
  const fill = () => {
    const low = search.value.toLowerCase();
    const chats = store.telegram.chats.filter((c) => c.type === 'private' && (!low || nameOf(c).toLowerCase().includes(low)));
    // People who don't know the bot yet come first: they are the ones who get invitations.
    chats.sort((a, b) => (a.messages.length > 0) - (b.messages.length > 0));
    list.replaceChildren(...chats.map((c) => h('button', { 'data-chat': c.id, onclick: () => { d.close(); start(c, token, showPhone); } },
      h('span.ava.sm.' + hue(c.id), { 'aria-hidden': 'true' }, initials(nameOf(c))), h('span', null, h('b', { dir: 'auto' }, nameOf(c)), h('small', null, c.messages.length ? 'already talks to the bot' : 'new to the bot', ' · ', c.people?.[0]?.language_code || '')))));
  };
  fill();
  search.focus();
}

async function start(c, token, showPhone) {
  showPhone();
  openChat(c.id);
  if (token) await act('telegram/message', { chat: c.id, text: '/start ' + token });
}
