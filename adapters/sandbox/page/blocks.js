// Block Kit as DOM. What a person does with an element is handed to place.act(element,
// {value, selected, label}); in a form the value is kept by place.set instead.
import { h, base64 } from './dom.js';
import { mrkdwn, plain, rich } from './mrkdwn.js';
import { ask, menu } from './ui.js';
import { finder } from './finder.js';
import { split, moment } from './time.js';
import { store, world } from './store.js';

// blocks renders a list of blocks. place is {act, set, held, errors}: held(block, element)
// is what the element holds now, errors are messages by block_id.
export function blocks(list, place) {
  return (list || []).map((b) => block(b, place)).filter(Boolean);
}

function block(b, place) {
  switch (b.type) {
    case 'section': return section(b, place);
    case 'header': return h('div.bk.header', { role: 'heading', 'aria-level': '3', dir: 'auto' }, plain(b.text.text));
    case 'divider': return h('hr.bk.divider');
    case 'context': return h('div.bk.context', null, b.elements.map((e) => e.type === 'image' ? image(e) : words(e)));
    case 'actions': case 'context_actions': return h('div.bk.actions', null, b.elements.map((e) => element(e, b, place)));
    case 'image': return h('div.bk.image', null, h('figure', null, b.title && h('figcaption', { dir: 'auto' }, plain(b.title.text)), image(b)));
    case 'input': return input(b, place);
    case 'rich_text': return h('div.bk', null, rich(b, world()));
    case 'markdown': return h('div.bk', null, mrkdwn(markdown(b.text), world()));
    case 'table': case 'data_table': return table(b);
    case 'video': return h('div.bk', null, words(b.title), h('a', { href: b.video_url, target: '_blank', rel: 'noopener noreferrer' }, 'Watch the video'));
    case 'alert': return h('div.bk.context', { role: 'note' }, words(b.text));
    case 'file': return null; // shown with the message's files
    case 'container': return h('div.bk.attach', null, h('i'), h('div', null, b.title && words(b.title), blocks(b.child_blocks || b.blocks, place)));
    case 'card': return card(b, place);
    case 'carousel': return h('div.bk', null, blocks(b.elements, place));
  }
  return h('div.bk.context', null, `(a ${b.type} block)`);
}

// words renders a text object.
function words(t) {
  if (!t) return null;
  if (t.type === 'mrkdwn') return mrkdwn(t.text, world());
  return h('div.txt', { dir: 'auto' }, plain(t.text ?? t));
}

const image = (e) => h('img', { src: e.image_url || (e.slack_file && '/control/file?slack=' + encodeURIComponent(e.slack_file.id)), alt: e.alt_text || '', title: e.alt_text, loading: 'lazy' });

function section(b, place) {
  return h('div.bk.section', null,
    h('div.txt', null, b.text && words(b.text), b.fields && h('div.fields', null, b.fields.map(words))),
    b.accessory && h('div.accessory', null, b.accessory.type === 'image' ? image(b.accessory) : element(b.accessory, b, place)));
}

function card(b, place) {
  return h('div.bk.attach', null, h('i'), h('div', null, b.hero_image && image(b.hero_image), words(b.title), words(b.subtitle), words(b.body),
    b.actions && h('div.bk.actions', null, b.actions.map((e) => element(e, b, place)))));
}

// markdown turns the few marks of a markdown block into mrkdwn.
const markdown = (t) => t.replace(/\*\*(.+?)\*\*/g, '*$1*').replace(/\[([^\]]+)\]\((https?:[^)]+)\)/g, '<$2|$1>').replace(/^#+\s+(.*)$/gm, '*$1*').replace(/^[-*] /gm, '• ');

function table(b) {
  const set = b.column_settings || [];
  const cell = (c, i, head) => h(head ? 'th' : 'td', { scope: head ? 'col' : null, dir: 'auto', class: [set[i]?.align, set[i]?.is_wrapped ? '' : 'nowrap'].filter(Boolean).join(' ') },
    c.type === 'rich_text' ? rich(c, world()) : c.type === 'mrkdwn' ? mrkdwn(c.text, world()) : plain(c.text ?? c.value ?? ''));
  const [first, ...rest] = b.rows || [];
  return h('div.bk.table-wrap', { tabindex: '0', role: 'region', 'aria-label': 'Table' }, h('table' + (first?.length > 5 ? '.broad' : ''), null,
    first && h('thead', null, h('tr', null, first.map((c, i) => cell(c, i, true)))),
    h('tbody', null, rest.map((r) => h('tr', null, r.map((c, i) => cell(c, i)))))));
}

// input is a labelled element of a form.
function input(b, place) {
  const e = b.element, error = place.errors && place.errors[b.block_id];
  const id = 'in-' + (++inputs);
  const many = ['checkboxes', 'radio_buttons'].includes(e.type);
  const el = element(e, b, place, id);
  if (!many) {
    const field = el.matches('input, select, textarea') ? el : el.querySelector('input, select, textarea');
    if (field) { field.id = id; if (error) { field.setAttribute('aria-invalid', 'true'); field.setAttribute('aria-describedby', id + '-e'); } }
  } else el.setAttribute('aria-labelledby', id + '-l');
  return h('div.inp' + (error ? '.bad' : ''), null,
    h(many ? 'div.lab' : 'label', { for: many ? null : id, id: id + '-l', dir: 'auto' }, plain(b.label.text), b.optional && h('em', null, ' (optional)')),
    el,
    error && h('div.wrong', { id: id + '-e', role: 'alert' }, h('span', { 'aria-hidden': 'true' }, '⚠'), error),
    b.hint && h('div.help', { dir: 'auto' }, plain(b.hint.text)));
}
let inputs = 0;

const option = (o, on) => h('option', { value: o.value, selected: on }, plain(o.text.text));

// element renders an interactive element.
function element(e, b, place) {
  const held = place.held(b, e);
  const form = b.type === 'input';
  // chosen keeps a value, and tells the bot where Slack would.
  const chosen = async (v, label) => {
    if (form) place.set(b, e, v);
    if (form && !b.dispatch_action) return;
    if (e.confirm && !(await confirmed(e.confirm))) return;
    place.act(e, { selected: v, label }, b);
  };
  switch (e.type) {
    case 'button': case 'workflow_button': case 'icon_button': return button(e, b, place);
    case 'feedback_buttons': return h('span', null, [e.positive_button, e.negative_button].map((x) => h('button.btn', { onclick: () => place.act(e, { value: x.value, label: x.text.text }, b) }, plain(x.text.text))));
    case 'overflow': return overflow(e, b, place);
    case 'static_select': return select(e, held?.selected_option?.value, (v) => chosen(v));
    case 'external_select': return finder(e, held?.selected_option, chosen, (query) => place.find(e, query, b));
    case 'users_select': return select(e, held?.selected_user, chosen, people());
    case 'channels_select': return select(e, held?.selected_channel, chosen, rooms());
    case 'conversations_select': return select(e, held?.selected_conversation, chosen, [...rooms(), ...people()]);
    case 'multi_static_select': return many(e, 'checkbox', optionsOf(e), (held?.selected_options || []).map((o) => o.value), chosen);
    case 'multi_users_select': return many(e, 'checkbox', people(), held?.selected_users || [], chosen);
    case 'multi_channels_select': return many(e, 'checkbox', rooms(), held?.selected_channels || [], chosen);
    case 'multi_conversations_select': return many(e, 'checkbox', [...rooms(), ...people()], held?.selected_conversations || [], chosen);
    case 'checkboxes': return many(e, 'checkbox', e.options, (held?.selected_options || []).map((o) => o.value), chosen);
    case 'radio_buttons': return many(e, 'radio', e.options, [held?.selected_option?.value], (list) => chosen(list[0]));
    case 'datepicker': return typed(e, 'date', held?.selected_date, chosen);
    case 'timepicker': return typed(e, 'time', held?.selected_time, chosen);
    case 'datetimepicker': return moments(e, held?.selected_date_time, chosen);
    case 'plain_text_input': return text(e, held?.value, chosen, place, b);
    case 'email_text_input': return text(e, held?.value, chosen, place, b, 'email');
    case 'url_text_input': return text(e, held?.value, chosen, place, b, 'url');
    case 'number_input': return text(e, held?.value, chosen, place, b, 'number');
    case 'rich_text_input': return text({ ...e, multiline: true }, typeof held?.rich_text_value === 'string' ? held.rich_text_value : '', chosen, place, b);
    case 'file_input': return h('input.el', { type: 'file', multiple: (e.max_files || 10) > 1, onchange: async (ev) => place.set(b, e, await Promise.all([...ev.target.files].map(base64))) });
    case 'image': return image(e);
  }
  return h('span.edited', null, `(${e.type})`);
}

function button(e, b, place) {
  const style = e.style === 'primary' ? '.primary' : e.style === 'danger' ? '.danger' : '';
  const label = e.text && e.text.text;
  const el = h('button.btn' + style, { type: 'button', 'aria-label': e.accessibility_label, 'data-action': e.action_id, onclick: async () => {
    if (e.confirm && !(await confirmed(e.confirm))) return;
    if (e.url) open(e.url, place);
    el.classList.add('busy');
    await place.act(e, { value: e.value, label }, b);
    el.classList.remove('busy');
  } }, plain(label || e.accessibility_label || e.icon || '…'));
  return el;
}

// open follows a button's address as a click on a link would, so that the page's own
// handling of addresses sees it.
function open(url) {
  const a = h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' });
  document.getElementById('slack').append(a);
  a.click();
  a.remove();
}

const confirmed = (c) => ask({ title: c.title.text, text: c.text.type === 'mrkdwn' ? mrkdwn(c.text.text, world()) : c.text.text, yes: c.confirm.text, no: c.deny.text, danger: c.style === 'danger' });

function overflow(e, b, place) {
  const el = h('button.btn', { type: 'button', 'aria-label': 'More', 'aria-haspopup': 'menu', onclick: () => menu(el, e.options.map((o) => ({
    text: plain(o.text.text), note: o.description && o.description.text, run: async () => {
      if (e.confirm && !(await confirmed(e.confirm))) return;
      if (o.url) open(o.url, place);
      place.act(e, { selected: o.value }, b);
    } }))) }, '•••');
  return el;
}

const people = () => store.slack.users.filter((u) => !u.is_bot).map((u) => ({ value: u.id, text: { text: u.real_name || u.name } }));
const rooms = () => store.slack.channels.filter((c) => !c.is_im).map((c) => ({ value: c.id, text: { text: '#' + c.name } }));
const optionsOf = (e) => e.options || (e.option_groups || []).flatMap((g) => g.options);

function select(e, value, chosen, list) {
  const el = h('select.el', { 'aria-label': e.placeholder?.text || 'Choose', onchange: () => chosen(el.value) },
    h('option', { value: '', disabled: true, hidden: true }, e.placeholder?.text || 'Choose…'),
    list ? list.map((o) => option(o)) : e.options ? e.options.map((o) => option(o)) : (e.option_groups || []).map((g) => h('optgroup', { label: g.label.text }, g.options.map((o) => option(o)))));
  el.value = value ?? '';
  return el;
}

function many(e, type, options, values, chosen) {
  const name = 'group-' + (++inputs);
  const box = h('div.group', { role: type === 'radio' ? 'radiogroup' : 'group' }, options.map((o) => h('label', null,
    h('input', { type, name, value: o.value, checked: values.includes(o.value), onchange: () => chosen([...box.querySelectorAll('input:checked')].map((x) => x.value)) }),
    h('span', { dir: 'auto' }, o.text.type === 'mrkdwn' ? mrkdwn(o.text.text, world()) : plain(o.text.text),
      o.description && h('small', null, o.description.type === 'mrkdwn' ? mrkdwn(o.description.text, world()) : plain(o.description.text))))));
  return box;
}

const typed = (e, type, value, chosen) => h('input.el', { type, value: value || '', 'aria-label': e.placeholder?.text || type, onchange: (ev) => chosen(ev.target.value) });

// moments is a date and time in Berlin; the bot gets Unix seconds.
function moments(e, value, chosen) {
  const s = value && split(value * 1000), two = (n) => String(n).padStart(2, '0');
  return h('input.el', { type: 'datetime-local', value: s ? `${s.year}-${two(s.month)}-${two(s.day)}T${two(s.hour)}:${two(s.minute)}` : '', 'aria-label': 'Date and time',
    onchange: (ev) => { const m = ev.target.value.match(/\d+/g)?.map(Number); if (m) chosen(moment(...m) / 1000); } });
}

function text(e, value, chosen, place, b, type = 'text') {
  const how = e.dispatch_action_config?.trigger_actions_on || ['on_enter_pressed'];
  const attrs = { placeholder: e.placeholder?.text, value: value || '', dir: 'auto', autofocus: e.focus_on_load,
    oninput: (ev) => { place.set(b, e, ev.target.value); if (b.dispatch_action && how.includes('on_character_entered')) chosen(ev.target.value); },
    onkeydown: (ev) => { if (ev.key === 'Enter' && !ev.shiftKey && b.dispatch_action && how.includes('on_enter_pressed')) { ev.preventDefault(); chosen(ev.target.value); } } };
  if (e.multiline) return h('textarea.field', { ...attrs, rows: 4 });
  // Numbers and addresses are typed as text: a browser's own fields hide what they can't
  // read, and judge it in their own words.
  return h('input.field', { ...attrs, type: 'text', inputmode: type === 'number' ? 'decimal' : type, autocomplete: 'off' });
}
