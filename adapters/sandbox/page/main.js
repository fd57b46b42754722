// The page: it draws the sandbox's state and sends what people do. The state is read once
// and again whenever the sandbox says that a part of it changed; drawing keeps what stayed
// the same, so nothing flickers and nothing scrolls away.
import { h } from './dom.js';
import { get, listen } from './net.js';
import { toast } from './ui.js';
import { store, setNow, save, saved } from './store.js';
import * as slack from './slack.js';
import * as phone from './phone.js';
import * as mail from './mail.js';
import { watchLinks } from './links.js';
import { startClock, setMoving } from './clockbar.js';
import { startTools } from './tools.js';

const $ = (id) => document.getElementById(id);
const draw = { slack: slack.draw, telegram: phone.draw, stripe: () => {}, yookassa: () => {}, paypal: () => {}, mail: () => mail.draw(looking()), sms: phone.draw };

// One reading at a time: what changes meanwhile is read right after.
let wanted = new Set();
let reading = false;

async function refresh(...parts) {
  parts.forEach((p) => wanted.add(p));
  if (reading) return;
  reading = true;
  while (wanted.size) {
    const now = [...wanted];
    wanted = new Set();
    try {
      const state = await get('state?part=' + now.join(','));
      if (!store.moving) setNow(state.now);
      for (const p of now) {
        store[p] = state[p];
        draw[p]();
      }
      badges();
      lost(false);
    } catch (e) {
      console.error(e);
      lost(true);
      break;
    }
    await new Promise((done) => setTimeout(done, store.moving ? 250 : 30));
  }
  reading = false;
}

function on(kind, data) {
  switch (kind) {
    case 'open': lost(false); refresh('slack', 'telegram', 'stripe', 'yookassa', 'paypal', 'mail', 'sms'); break;
    case 'lost': lost(true); break;
    case 'slack': case 'telegram': case 'stripe': case 'yookassa': case 'paypal': case 'mail': case 'sms': refresh(kind); break;
    case 'clock': setNow(data.now); setMoving(data.moving); tick(); break;
    case 'reset': save('hint', ''); hint(); slack.reset(); phone.reset(); mail.reset(); refresh('slack', 'telegram', 'stripe', 'yookassa', 'paypal', 'mail', 'sms'); toast('Everything is new.'); break;
  }
}

const lost = (yes) => { $('link-state').hidden = !yes; };
let tick = () => {};

// badges shows unread counts on the tabs and in the title.
function badges() {
  const a = slack.unreadAll(), b = phone.unreadAll(), c = mail.unreadAll();
  for (const [id, n] of [['tab-slack', a], ['tab-phone', b], ['tab-mail', c], ['tool-mail', c]]) {
    const el = $(id).querySelector('.badge');
    el.hidden = !n;
    el.textContent = n;
  }
  document.title = (a + b + c ? `(${a + b + c}) ` : '') + 'Duebot · Sandbox';
}

function show(which) {
  $('stage').dataset.show = which;
  for (const [id, name] of [['tab-slack', 'slack'], ['tab-phone', 'phone'], ['tab-mail', 'mail']]) $(id).setAttribute('aria-selected', String(name === which));
  if (which === 'slack') slack.draw(); else if (which === 'phone') phone.draw(); else mail.draw(true);
  badges();
}

// right shows the mailbox in the phone's place, or the phone again.
function right() {
  const on = $('stage').dataset.right !== 'mail';
  $('stage').dataset.right = on ? 'mail' : '';
  $('tool-mail').setAttribute('aria-pressed', String(on));
  mail.draw(on);
  badges();
}

// looking tells whether the mailbox can be seen.
const looking = () => $('mail').offsetParent !== null;

// hint invites the newcomer to his first act. The part between backquotes is what to type.
function hint() {
  const text = store.setting.hint;
  if (!text || saved('hint') === text) return;
  const [before, line, after] = text.split('`');
  const away = () => { save('hint', text); $('hint').hidden = true; };
  $('hint').replaceChildren(h('span.spark', { 'aria-hidden': 'true' }, '✨'),
    h('div', null, h('p', null, before), line && h('code', null, line),
      h('div.row', null, h('p', null, after), line && h('button.btn', { onclick: () => { slack.fill(line); away(); } }, 'Put it in the composer'))),
    h('button.x', { 'aria-label': 'Hide this hint', onclick: away }, '×'));
  $('hint').hidden = false;
}

async function start() {
  startTools();
  $('tab-slack').addEventListener('click', () => show('slack'));
  $('tab-phone').addEventListener('click', () => show('phone'));
  $('tab-mail').addEventListener('click', () => show('mail'));
  $('tool-mail').addEventListener('click', right);
  mail.start();
  watchLinks(() => show('phone'));
  document.addEventListener('visibilitychange', () => slack.draw());
  try {
    store.setting = await get('page');
  } catch (e) {
    toast(e.message, true);
  }
  hint();
  setMoving(false);
  await refresh('slack', 'telegram', 'stripe', 'yookassa', 'paypal', 'mail', 'sms');
  tick = startClock(() => { slack.draw(); phone.draw(); mail.draw(looking()); });
  listen(on);
}

start();
