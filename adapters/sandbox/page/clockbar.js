// The business clock and its controls.
import { h } from './dom.js';
import { post } from './net.js';
import { dialog, toast } from './ui.js';
import { hm, weekdayOf, dateOf, next, split, moment, dayKey } from './time.js';
import { store, now, setNow } from './store.js';

const $ = (id) => document.getElementById(id);

export function startClock(newDay) {
  let day = '';
  const tick = () => {
    const t = now();
    set($('clock-time'), hm(t));
    set($('phone-time'), hm(t));
    if (dayKey(t) !== day) {
      day = dayKey(t);
      set($('clock-day'), weekdayOf(t));
      set($('clock-date'), dateOf(t));
      newDay();
    }
  };
  tick();
  setInterval(tick, 500);
  $('clock-steps').addEventListener('click', (e) => {
    const b = e.target.closest('button');
    if (!b) return;
    if (b.dataset.advance) move({ advance: b.dataset.advance });
    else move({ set: new Date(next(now(), ...b.dataset.next.split(':').map(Number))).toISOString() });
  });
  $('clock-now').addEventListener('click', choose);
  return tick;
}

const set = (el, text) => { if (el.textContent !== text) el.textContent = text; };

// setMoving shows whether the clock is on its way.
export function setMoving(on) {
  store.moving = on;
  document.body.classList.toggle('clock-moves', on);
  $('clock-moving').hidden = !on;
  for (const b of $('clock-steps').children) b.disabled = on || !store.setting.movable;
  $('clock-now').disabled = on || !store.setting.movable;
  $('clock-steps').title = store.setting.movable ? '' : 'This sandbox runs on real time';
}

async function move(body) {
  setMoving(true);
  try {
    const { now: t } = await post('clock', body);
    setNow(t);
  } catch (e) {
    toast(e.message, true);
  }
  setMoving(false);
}

// choose asks for any later moment, in Berlin.
function choose() {
  const s = split(now() + 3600e3), two = (n) => String(n).padStart(2, '0');
  const field = h('input.field', { type: 'datetime-local', value: `${s.year}-${two(s.month)}-${two(s.day)}T${two(s.hour)}:00`, 'aria-label': 'Date and time in Berlin' });
  const go = (e) => {
    e.preventDefault();
    const m = field.value.match(/\d+/g)?.map(Number);
    if (!m) return;
    d.close();
    move({ set: new Date(moment(...m)).toISOString() });
  };
  const d = dialog({ title: 'Move the clock', body: [h('p', null, 'Everything that is due by then happens on the way: reminders, digests, expiring links. Times are Berlin’s.'), h('form', { id: 'clock-form', onsubmit: go }, field)],
    foot: [h('button.btn', { onclick: () => d.close() }, 'Cancel'), h('button.btn.primary', { form: 'clock-form', type: 'submit' }, 'Move')] });
}
