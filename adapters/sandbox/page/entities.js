// Telegram's message entities as DOM. Offsets count UTF-16 units, as JavaScript's strings do.
import { h } from './dom.js';

// entities renders a text with its entities; command(text) is called for a tapped command.
export function entities(text, list, command) {
  const sorted = [...(list || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const [nodes] = build(text, sorted, 0, 0, text.length, command);
  return h('span.t', { dir: 'auto' }, nodes);
}

// build renders [from, to) with the entities from number i on that lie inside.
function build(text, list, i, from, to, command) {
  const out = [];
  while (i < list.length && list[i].offset < to) {
    const e = list[i], end = Math.min(e.offset + e.length, to);
    if (e.offset > from) out.push(text.slice(from, e.offset));
    const [kids, next] = build(text, list, i + 1, Math.max(e.offset, from), end, command);
    out.push(wrap(e, text.slice(e.offset, end), kids, command));
    from = Math.max(from, end);
    if (/quote$/.test(e.type) && text[from] === '\n') from++; // a quote ends its line by itself
    i = next;
  }
  if (from < to) out.push(text.slice(from, to));
  return [out, i];
}

function wrap(e, text, kids, command) {
  const a = (href) => h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, kids);
  switch (e.type) {
    case 'bold': return h('b', null, kids);
    case 'italic': return h('i', null, kids);
    case 'underline': return h('u', null, kids);
    case 'strikethrough': return h('s', null, kids);
    case 'code': return h('code', null, kids);
    case 'pre': return h('pre', { title: e.language }, kids);
    case 'blockquote': case 'expandable_blockquote': return h('blockquote', null, kids);
    case 'spoiler': return h('span.spoiler', { role: 'button', tabindex: '0', 'aria-label': 'Hidden text; press to show', onclick: (ev) => ev.currentTarget.classList.add('open'), onkeydown: (ev) => { if (ev.key === 'Enter') ev.currentTarget.classList.add('open'); } }, kids);
    case 'url': return a(/^[a-z]+:/i.test(text) ? text : 'https://' + text);
    case 'text_link': return /^(https?|mailto|tel|tg):/i.test(e.url) ? a(e.url) : h('span', null, kids);
    case 'email': return a('mailto:' + text);
    case 'phone_number': return a('tel:' + text.replace(/\s/g, ''));
    case 'bot_command': return h('a', { href: '#', onclick: (ev) => { ev.preventDefault(); ev.stopPropagation(); command(text); } }, kids);
    case 'mention': case 'hashtag': case 'cashtag': case 'text_mention': return h('span', { class: 'tg-mention' }, kids);
  }
  return h('span', null, kids);
}
