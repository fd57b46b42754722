// Slack's mrkdwn and rich text as DOM. Unknown marks stay as they are typed.
import { h } from './dom.js';
import { emoji } from './emoji.js';
import { slackDate } from './time.js';

const unescape = (s) => s.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

// mrkdwn renders a text. world gives names: {user(id), channel(id), me, now}.
export function mrkdwn(text, world) {
  const out = h('div.txt', { dir: 'auto' });
  // Code blocks first: nothing inside them is a mark.
  String(text).split(/```/).forEach((part, i, all) => {
    if (i % 2 && i < all.length - 1) out.append(h('pre', null, unescape(plainLinks(part)).replace(/^\n|\n$/g, '')));
    else lines(i % 2 ? '```' + part : part, out, world);
  });
  return out;
}

// plain renders a plain_text object: emoji, but no marks.
export function plain(text) {
  return document.createTextNode(emoji(String(text)));
}

const plainLinks = (s) => s.replace(/<(?:[^>|]+\|)?([^>]+)>/g, '$1');

function lines(text, out, world) {
  let quote = null;
  const rows = text.replace(/^\n|\n$/g, '').split('\n');
  rows.forEach((row, i) => {
    const q = /^(?:&gt;|>)\s?(.*)$/.exec(row);
    const into = q ? (quote ||= out.appendChild(h('blockquote'))) : out;
    if (!q) quote = null;
    if (into.lastChild && into.lastChild.nodeName !== 'PRE' && into.lastChild.nodeName !== 'BLOCKQUOTE') into.append(h('br'));
    inline(q ? q[1] : row, into, world);
    if (i < rows.length - 1 && row === '') into.append(h('br'));
  });
}

// One mark at a time, the earliest first. A mark must stand free, as Slack wants it.
const marks = [
  [/`([^`\n]+)`/, (m) => h('code', null, unescape(plainLinks(m[1])))],
  [/<([^<>\s|][^<>|]*)(?:\|([^<>]*))?>/, (m, world) => token(m[1], m[2], world)],
  // A bare address becomes a link, as Slack makes of it; what ends the sentence is not its.
  [/https?:\/\/[^\s<>|]*[^\s<>|.,;:!?'")\]]/, (m) => link(unescape(m[0]))],
  [/(?<![\p{L}\p{N}*])\*(?!\s)([^*\n]*[^*\s])\*(?![\p{L}\p{N}*])/u, (m, world) => inline(m[1], h('b'), world)],
  [/(?<![\p{L}\p{N}_])_(?!\s)([^_\n]*[^_\s])_(?![\p{L}\p{N}_])/u, (m, world) => inline(m[1], h('i'), world)],
  [/(?<![\p{L}\p{N}~])~(?!\s)([^~\n]*[^~\s])~(?![\p{L}\p{N}~])/u, (m, world) => inline(m[1], h('s'), world)],
];

function inline(text, into, world) {
  while (text) {
    let best = null;
    for (const [re, make] of marks) {
      const m = re.exec(text);
      if (m && (!best || m.index < best.m.index)) best = { m, make };
    }
    if (!best) break;
    into.append(emoji(unescape(text.slice(0, best.m.index))));
    into.append(best.make(best.m, world));
    text = text.slice(best.m.index + best.m[0].length);
  }
  into.append(emoji(unescape(text)));
  return into;
}

function token(target, label, world) {
  const text = label === undefined ? '' : emoji(unescape(label));
  switch (target[0]) {
    case '@': return mention('@' + (world.user(target.slice(1)) || text || target.slice(1)), target.slice(1) === world.me);
    case '#': return mention('#' + (world.channel(target.slice(1)) || text || target.slice(1)));
    case '!': return special(target.slice(1), text, world);
  }
  return link(unescape(target), text);
}

function special(target, text, world) {
  const [name, stamp, pattern, href] = target.split('^');
  if (name === 'date') {
    const shown = slackDate(Number(stamp), pattern || '{date_num}', world.now) || text;
    return href ? link(unescape(href), shown) : h('time', { title: text }, shown);
  }
  return mention('@' + (name.startsWith('subteam') ? text.replace(/^@/, '') || 'group' : name));
}

const mention = (text, me) => h('span.at' + (me ? '.me' : ''), null, text);

// link is an anchor for the schemes that may be followed, and only text for others.
export function link(href, text) {
  if (!/^(https?:|mailto:|tel:)/i.test(href)) return document.createTextNode(text || href);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text || href.replace(/^mailto:|^tel:/, ''));
}

// rich renders a rich_text block.
export function rich(block, world) {
  return h('div.txt', { dir: 'auto' }, (block.elements || []).map((e) => richPart(e, world)));
}

function richPart(e, world) {
  const kids = () => (e.elements || []).map((x) => richInline(x, world));
  switch (e.type) {
    case 'rich_text_quote': return h('blockquote', null, breaks(kids()));
    case 'rich_text_preformatted': return h('pre', null, kids());
    case 'rich_text_list': {
      const list = h(e.style === 'ordered' ? 'ol' : 'ul', { start: e.offset ? e.offset + 1 : null }, (e.elements || []).map((x) => h('li', null, richPart(x, world))));
      if (e.indent) list.style.marginLeft = e.indent * 24 + 'px';
      return list;
    }
  }
  return h('p', null, breaks(kids()));
}

// breaks turns line ends inside text nodes into <br>.
function breaks(nodes) {
  return nodes.flatMap((n) => n.nodeType !== 3 ? [n] : n.data.split('\n').flatMap((t, i) => i ? [h('br'), t] : [t]));
}

function richInline(e, world) {
  switch (e.type) {
    case 'text': return styled(document.createTextNode(e.text), e.style);
    case 'link': return styled(link(e.url, e.text), e.style);
    case 'emoji': return document.createTextNode(emoji(':' + e.name + ':'));
    case 'user': return mention('@' + (world.user(e.user_id) || e.user_id), e.user_id === world.me);
    case 'channel': return mention('#' + (world.channel(e.channel_id) || e.channel_id));
    case 'broadcast': return mention('@' + e.range);
    case 'usergroup': return mention('@' + e.usergroup_id);
    case 'date': return document.createTextNode(slackDate(e.timestamp, e.format || '{date_short}', world.now));
    case 'color': return h('code', null, e.value);
  }
  return document.createTextNode(e.text || '');
}

function styled(node, style = {}) {
  for (const [k, tag] of [['code', 'code'], ['strike', 's'], ['italic', 'i'], ['bold', 'b'], ['underline', 'u']]) {
    if (style && style[k]) node = h(tag, null, node);
  }
  return node;
}
