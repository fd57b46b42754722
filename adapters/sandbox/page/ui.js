// Toasts, menus and dialogs.
import { h } from './dom.js';

export function toast(text, bad) {
  const el = h('div.toast' + (bad ? '.bad' : ''), { role: bad ? 'alert' : null }, text);
  const box = document.getElementById('toasts');
  box.append(el);
  while (box.children.length > 4) box.firstChild.remove();
  setTimeout(() => el.remove(), bad ? 7000 : 3500);
}

// menu opens a menu below a button. Items are elements, or {text, note, danger, run}; one
// without run is a heading. Escape, a click elsewhere and a choice close it.
export function menu(button, items) {
  if (button._menu) return button._menu();
  const box = h('div.menu', { role: 'menu' }, items.map((x) => {
    if (x instanceof Node) return x;
    if (!x.run) return h('h3', null, x.text);
    return h('button' + (x.danger ? '.danger' : ''), { role: 'menuitem', disabled: !!x.off, onclick: () => { close(); x.run(); } },
      x.text, x.note && h('small', null, x.note));
  }));
  // Inside a modal dialog only what is in the dialog can be used.
  (button.closest('dialog') || document.body).append(box);
  const r = button.getBoundingClientRect();
  const left = Math.min(r.left, innerWidth - box.offsetWidth - 10);
  const below = r.bottom + 6 + box.offsetHeight < innerHeight || r.top < box.offsetHeight;
  box.style.left = Math.max(8, left) + 'px';
  box.style.top = (below ? r.bottom + 6 : r.top - 6 - box.offsetHeight) + 'px';
  button.setAttribute('aria-expanded', 'true');

  function close() {
    box.remove();
    delete button._menu;
    button.setAttribute('aria-expanded', 'false');
    removeEventListener('pointerdown', outside, true);
    removeEventListener('keydown', keys, true);
  }
  function outside(e) {
    if (!box.contains(e.target) && !button.contains(e.target)) close();
  }
  function keys(e) {
    const list = [...box.querySelectorAll('button:not(:disabled)')];
    const i = list.indexOf(document.activeElement);
    if (e.key === 'Escape') { e.preventDefault(); e.stopPropagation(); close(); button.focus(); }
    else if (e.key === 'ArrowDown') { e.preventDefault(); list[(i + 1) % list.length]?.focus(); }
    else if (e.key === 'ArrowUp') { e.preventDefault(); list[(i - 1 + list.length) % list.length]?.focus(); }
    else if (e.key === 'Tab') close();
  }
  addEventListener('pointerdown', outside, true);
  addEventListener('keydown', keys, true);
  button._menu = close;
  box.querySelector('button:not(:disabled)')?.focus();
  return close;
}

// dialog opens a modal dialog and returns {el, close}. onclose is called once, with what
// close was given; undefined when the person closed it by Escape or the cross.
export function dialog({ title, body, foot, onclose, kind = '', icon }) {
  const back = document.activeElement;
  let value;
  const el = h('dialog' + kind, { 'aria-labelledby': 'dlg-' + (++dialogs) },
    h('div.dlg-head', null, icon, h('h2', { id: 'dlg-' + dialogs }, title), h('button.x', { 'aria-label': 'Close', onclick: () => close() }, '×')),
    h('div.dlg-body', null, body),
    foot && h('div.dlg-foot', null, foot));
  function close(v) {
    value = v;
    el.close();
  }
  el.addEventListener('close', () => {
    // The event comes a moment after the dialog has gone: whoever has gone on to type elsewhere
    // by then keeps the keyboard.
    const free = el.contains(document.activeElement) || document.activeElement === document.body;
    el.remove();
    if (free && back && back.isConnected) back.focus({ preventScroll: true });
    if (onclose) onclose(value);
  });
  document.body.append(el);
  el.showModal();
  return { el, close };
}
let dialogs = 0;

// ask is a question with two answers; it resolves to true or false.
export function ask({ title, text, yes = 'Continue', no = 'Cancel', danger }) {
  return new Promise((done) => {
    const d = dialog({
      title, body: h('div.txt', null, text), onclose: (v) => done(v === true),
      foot: [h('button.btn', { onclick: () => d.close(false) }, no),
        h('button.btn.' + (danger ? 'danger' : 'primary'), { autofocus: true, onclick: () => d.close(true) }, yes)],
    });
  });
}
