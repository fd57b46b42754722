// Slack's modals: the person's topmost view as a dialog.
import { h } from './dom.js';
import { blocks } from './blocks.js';
import { post, act } from './net.js';
import { toast } from './ui.js';
import { store } from './store.js';
import { held } from './slack.js';

let at = null; // {id, look, el, values, errors, root}

// showView opens, changes or closes the dialog so that it shows the state.
export function showView() {
  const stack = store.slack.views.filter((v) => v.user === store.me);
  const top = stack.at(-1);
  if (!top) return drop();
  const look = JSON.stringify(top.view.blocks) + JSON.stringify([top.view.title, top.view.submit, top.view.close, top.id, stack.length]);
  if (at && at.id === top.id && at.look === look) return;
  if (!at || at.id !== top.id) {
    drop();
    at = { id: top.id, values: {}, errors: {}, touched: false };
  }
  at.look = look;
  at.errors = {};
  paint(top, stack.length > 1);
}

function drop() {
  if (!at) return;
  const el = at.el;
  at = null;
  el?.close();
  el?.remove();
}

// place keeps what is typed by block_id and action_id, so that a change of the view by the
// bot loses nothing.
function placeOf(view) {
  const kept = (b, e) => at.values[b.block_id]?.[e.action_id];
  return {
    errors: at.errors,
    held: (b, e) => {
      const was = view.state?.values?.[b.block_id]?.[e.action_id];
      const typed = kept(b, e);
      return typed === undefined ? was || held(e) : asHeld(e, typed);
    },
    set: (b, e, v) => { (at.values[b.block_id] ||= {})[e.action_id] = v; },
    act: (e, x) => act('slack/action', { user: store.me, view_id: view.id, action_id: e.action_id, values: typedIn(view), ...x }),
    find: (e, query) => act('slack/suggest', { user: store.me, view_id: view.id, action_id: e.action_id, query }),
  };
}

// typedIn is what was typed into the inputs of a view, by block_id: Slack tells it with every act.
function typedIn(view) {
  const out = {};
  for (const b of view.blocks) {
    const e = b.type === 'input' && b.element, v = e && at.values[b.block_id]?.[e.action_id];
    if (v !== undefined && v !== false) out[b.block_id] = v;
  }
  return out;
}

// asHeld writes a typed value as Slack's state does.
function asHeld(e, v) {
  const options = (e.options || (e.option_groups || []).flatMap((g) => g.options));
  const pick = (x) => (x && x.value !== undefined ? x : options.find((o) => o.value === x));
  return { value: v, rich_text_value: v, selected_option: pick(v), selected_options: Array.isArray(v) ? v.map(pick).filter(Boolean) : [], selected_user: v, selected_users: v,
    selected_channel: v, selected_channels: v, selected_conversation: v, selected_conversations: v, selected_date: v, selected_time: v, selected_date_time: v };
}

function paint(top, under) {
  const v = top.view, fresh = !at.el;
  const el = at.el || h('dialog.modal', { 'aria-labelledby': 'modal-title', 'data-view': v.callback_id });
  const focus = !fresh && el.contains(document.activeElement) ? document.activeElement.id : '';
  const scroll = el.querySelector('.dlg-body')?.scrollTop || 0;
  const send = v.submit && h('button.btn.primary', { type: 'submit', form: 'modal-form' }, v.submit.text);
  el.replaceChildren(
    h('div.dlg-head', null, under && h('button.x', { 'aria-label': 'Back', onclick: shut }, '‹'), h('h2', { id: 'modal-title', dir: 'auto' }, v.title?.text || ''), h('button.x', { 'aria-label': 'Close', onclick: shut }, '×')),
    h('form.dlg-body', { id: 'modal-form', onsubmit: (e) => { e.preventDefault(); submit(top, send); }, novalidate: true }, blocks(v.blocks, placeOf(v))),
    h('div.dlg-foot', null, h('button.btn', { type: 'button', onclick: shut }, v.close?.text || (under ? 'Back' : send ? 'Cancel' : 'Close')), send));
  if (fresh) {
    at.el = el;
    // Escape closes by telling the bot, as the cross does.
    el.addEventListener('cancel', (e) => { e.preventDefault(); shut(); });
    // A browser may close a dialog on a second Escape without asking.
    el.addEventListener('close', () => { if (at && at.el === el) { shut(); drop(); } });
    document.body.append(el);
    el.showModal();
    (el.querySelector('[autofocus]') || el.querySelector('.dlg-body input, .dlg-body textarea, .dlg-body select, .dlg-body button') || send)?.focus();
  } else {
    el.querySelector('.dlg-body').scrollTop = scroll;
    if (focus) document.getElementById(focus)?.focus();
  }
}

function shut() {
  act('slack/close', { user: store.me, view_id: at.id });
}

async function submit(top, send) {
  const mine = at;
  if (mine.sending || !top.view.submit) return;
  mine.sending = true;
  const values = typedIn(top.view);
  send?.classList.add('busy');
  try {
    const reply = await post('slack/submit', { user: store.me, view_id: top.id, values });
    if (reply.error) toast('We had some trouble connecting. Try again? (' + reply.error + ')', true);
    mine.errors = reply.errors || {};
  } catch (e) {
    toast(e.message, true);
  }
  mine.sending = false;
  send?.classList.remove('busy');
  const still = store.slack.views.find((x) => x.id === top.id);
  if (at === mine && still && Object.keys(mine.errors).length) {
    paint(still, store.slack.views.filter((x) => x.user === store.me).length > 1);
    mine.el.querySelector('[aria-invalid]')?.focus();
  }
}
