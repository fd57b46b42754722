// A select whose options the bot finds: a field to type into, and the list of what was found.
import { h } from './dom.js';
import { plain } from './mrkdwn.js';

let lists = 0;
const pause = 150; // ms after a key before the bot is asked

// finder makes the field. held is the option that it holds, chosen is told of another, and
// find(query) asks the bot.
export function finder(e, held, chosen, find) {
  const id = 'found-' + (++lists);
  let options = [], at = -1, asked = 0, timer = 0;
  const label = (o) => (o?.text?.text ? plain(o.text.text).textContent : '');
  const field = h('input.field', { type: 'text', role: 'combobox', autocomplete: 'off', dir: 'auto', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': id,
    placeholder: e.placeholder?.text || 'Choose…', value: label(held), oninput: later, onkeydown: keys, onfocus: () => { field.select(); later(); }, onblur: () => setTimeout(leave, 150) });
  const list = h('div.found', { id, role: 'listbox', hidden: true });
  return h('div.finder', null, field, list);

  function later() {
    clearTimeout(timer);
    timer = setTimeout(look, pause);
  }

  async function look() {
    const query = field.value === label(held) ? '' : field.value.trim();
    if (query.length < (e.min_query_length ?? 3)) return hide();
    const mine = ++asked;
    const answer = await find(query);
    if (mine !== asked || document.activeElement !== field) return; // a newer question is on its way
    options = answer?.options || (answer?.option_groups || []).flatMap((g) => g.options);
    at = -1;
    list.replaceChildren(...(options.length ? options.map((o, i) => h('div', { role: 'option', id: id + '-' + i, 'aria-selected': 'false', dir: 'auto',
      onmousedown: (ev) => { ev.preventDefault(); take(o); } }, label(o))) : [h('div.none', null, 'No results')]));
    list.hidden = false;
    field.setAttribute('aria-expanded', 'true');
  }

  function hide() {
    list.hidden = true;
    options = [];
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
  }

  // leave puts back what is held: words that are no option count for nothing.
  function leave() {
    asked++;
    hide();
    if (!field.value.trim() && held) { held = null; chosen(null); }
    field.value = label(held);
  }

  function take(o) {
    held = o;
    field.value = label(o);
    hide();
    chosen(o);
  }

  function choose(i) {
    at = (i + options.length) % options.length;
    [...list.children].forEach((el, n) => el.setAttribute('aria-selected', String(n === at)));
    list.children[at].scrollIntoView({ block: 'nearest' });
    field.setAttribute('aria-activedescendant', id + '-' + at);
  }

  function keys(ev) {
    if (ev.isComposing) return;
    if (ev.key === 'ArrowDown' || ev.key === 'ArrowUp') {
      ev.preventDefault();
      if (options.length) choose(at + (ev.key === 'ArrowDown' ? 1 : at < 0 ? 0 : -1)); else later();
    } else if (ev.key === 'Enter' && !list.hidden) {
      ev.preventDefault();
      if (options.length) take(options[Math.max(at, 0)]);
    } else if (ev.key === 'Escape' && !list.hidden) {
      ev.preventDefault();
      ev.stopPropagation();
      hide();
    }
  }
}
