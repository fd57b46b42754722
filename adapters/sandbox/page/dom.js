// Small tools for building and keeping up the page. Nothing here ever takes HTML from
// data: text goes in as text nodes.

// h builds an element: h('button.btn.primary', {onclick, title}, 'Text', child, …).
// Attributes that are null or false are left out; on… are listeners; "class" is added.
export function h(spec, attrs, ...kids) {
  const [tag, ...classes] = spec.split('.');
  const el = document.createElement(tag || 'div');
  if (classes.length) el.className = classes.join(' ');
  for (const [k, v] of Object.entries(attrs || {})) {
    if (v === null || v === undefined || v === false) continue;
    if (k.startsWith('on')) el.addEventListener(k.slice(2), v);
    else if (k === 'class') el.className += ' ' + v;
    else if (k === 'value' || k === 'checked' || k === 'disabled' || k === 'selected') el[k] = v;
    else el.setAttribute(k, v === true ? '' : v);
  }
  put(el, kids);
  return el;
}

// put appends children: nodes, texts, lists of them; null and false are left out.
export function put(el, kids) {
  for (const kid of kids.flat(Infinity)) {
    if (kid === null || kid === undefined || kid === false || kid === '') continue;
    el.append(kid instanceof Node ? kid : document.createTextNode(String(kid)));
  }
  return el;
}

// keep makes parent's children those of items, in order, reusing an item's element as
// long as what it shows is the same. An item is {key, look, make}: look is a text that
// changes whenever the element must be made again.
export function keep(parent, items) {
  const old = parent._kept || new Map();
  const now = new Map();
  const focus = parent.contains(document.activeElement) ? pathOf(parent, document.activeElement) : null;
  let at = parent.firstChild;
  for (const item of items) {
    let x = old.get(item.key);
    if (!x || x.look !== item.look) {
      const el = item.make(x ? x.el : null);
      if (x) {
        if (at === x.el) at = x.el.nextSibling;
        x.el.remove();
      }
      x = { el, look: item.look };
    }
    old.delete(item.key);
    now.set(item.key, x);
    if (x.el === at) at = at.nextSibling;
    else parent.insertBefore(x.el, at);
  }
  for (const x of old.values()) x.el.remove();
  parent._kept = now;
  if (focus && !parent.contains(document.activeElement)) refocus(parent, focus);
}

// forget drops what keep remembers, so that the next keep starts afresh.
export function forget(parent) {
  parent._kept = null;
  parent.replaceChildren();
}

// A focused element is found again by the key of its row and its place among the things
// that can have focus in it.
const focusable = 'button, a[href], input, select, textarea, [tabindex]';

function pathOf(parent, el) {
  if (el === parent) return null; // the list itself, which keeps it
  let row = el;
  while (row.parentNode !== parent) row = row.parentNode;
  for (const [key, x] of parent._kept || []) {
    if (x.el === row) return { key, nth: [...row.querySelectorAll(focusable)].indexOf(el) };
  }
  return null;
}

function refocus(parent, { key, nth }) {
  const x = parent._kept.get(key);
  const el = x && (nth < 0 ? x.el : x.el.querySelectorAll(focusable)[nth]);
  if (el) el.focus({ preventScroll: true });
}

// following does the work on a scrolling list and then keeps it at its end, if it was there:
// also when a picture comes later, or the room for the list changes. A page that is read from
// its top stays still.
export function following(list, work, jump, still) {
  // Whoever moves up leaves the end: a list that grows, gets another size or is shown again after
  // it was hidden has not been left. That is looked at whenever it matters, as the word of a
  // scrolling comes late: a press at what was scrolled to must not find it gone.
  const look = () => {
    if (!list.clientHeight) list._top = 0; // hidden
    else {
      if (list.scrollHeight - list.scrollTop - list.clientHeight < 60) list._atEnd = true;
      else if (list.scrollTop < list._top) list._atEnd = false;
      list._top = list.scrollTop;
    }
  };
  const toEnd = () => {
    if (!list._atEnd || list._still || !list.clientHeight) return;
    if (pressed) return void released.set(list, keepEnd);
    list.scrollTop = list.scrollHeight;
    list._top = list.scrollTop;
  };
  const keepEnd = () => { look(); toEnd(); };
  if (list._atEnd === undefined) {
    list._atEnd = true;
    list._top = 0;
    list.addEventListener('scroll', look, { passive: true });
    list.addEventListener('load', keepEnd, true);
    new ResizeObserver(keepEnd).observe(list);
  }
  look();
  if (jump) list._atEnd = true;
  list._still = still;
  const end = list._atEnd;
  work();
  list._atEnd = end;
  if (still && jump) list.scrollTop = 0;
  toEnd();
  list._top = list.scrollTop;
}

// Nothing moves under a press: a list goes to its end when the press is over.
let pressed = false;
const released = new Map(); // by list, what it does then
const release = () => {
  if (!pressed) return;
  pressed = false;
  setTimeout(() => { // the click comes first
    for (const go of released.values()) go();
    released.clear();
  });
};
addEventListener('pointerdown', () => { pressed = true; }, true);
for (const kind of ['pointerup', 'pointercancel']) addEventListener(kind, release, true);
addEventListener('pointermove', (e) => { if (!e.buttons) release(); }, true); // it ended outside of the window

// hue picks one of seven colours for a name, always the same.
export function hue(text) {
  let n = 7;
  for (const c of String(text)) n = (n * 31 + c.codePointAt(0)) % 9973;
  return 'c' + (n % 7);
}

// initials of a name: one letter for Slack's squares, two for Telegram's circles. Letters of
// a cursive script stand apart.
export function initials(name, n = 2) {
  const words = String(name).trim().split(/\s+/).filter((w) => /[\p{L}\p{N}]/u.test(w));
  return words.slice(0, n).map((w) => [...w][0]).join('\u200c').toUpperCase() || '?';
}

// bytes writes a size for people.
export function bytes(n) {
  if (!n) return '';
  if (n < 1024) return n + ' B';
  if (n < 1024 * 1024) return (n / 1024).toFixed(n < 10240 ? 1 : 0) + ' KB';
  return (n / 1024 / 1024).toFixed(1) + ' MB';
}

// base64 reads a file as the control interface wants it.
export function base64(file) {
  return new Promise((ok, no) => {
    const r = new FileReader();
    r.onload = () => ok({ name: file.name, mime: file.type || 'application/octet-stream', data: String(r.result).split(',')[1] || '' });
    r.onerror = () => no(r.error);
    r.readAsDataURL(file);
  });
}

// grow lets a textarea be as high as its text, its border included: without it there is a scrollbar.
export function grow(area) {
  area.style.height = 'auto';
  area.style.height = area.scrollHeight + area.offsetHeight - area.clientHeight + 'px';
}
