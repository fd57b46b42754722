// The composer of a channel or thread, with help for slash commands.
import { h, grow, base64 } from './dom.js';
import { act } from './net.js';
import { toast, menu } from './ui.js';
import { store, save, saved } from './store.js';

let history = [];
try { history = JSON.parse(saved('history') || '[]'); } catch { history = []; }

// composer fills box. opt is {id, commands, place}: place() is {channel, thread_ts?, name}.
export function composer(box, opt) {
  let files = [];
  let list = []; // commands that are offered
  let at = -1; // the one that is chosen
  let back = -1; // how far ↑ went into the history

  const area = h('textarea', { id: opt.id, rows: '1', dir: 'auto', 'aria-autocomplete': 'list', 'aria-controls': opt.id + '-list', 'aria-expanded': 'false', role: 'combobox', spellcheck: 'false',
    oninput: changed, onkeydown: keys, onblur: () => setTimeout(hide, 150), onfocus: offer });
  const picker = h('input', { type: 'file', multiple: true, hidden: true, onchange: () => { files.push(...picker.files); picker.value = ''; chips(); } });
  const send = h('button.send', { 'aria-label': 'Send', title: 'Send (Enter)', onclick: submit }, '➤');
  const sugg = h('div.sugg', { id: opt.id + '-list', role: 'listbox', 'aria-label': 'Commands', hidden: true });
  const usage = h('div.usage', { 'aria-live': 'polite' });
  const picked = h('div.chips');
  box.replaceChildren(sugg, picked, h('div.box', null, h('button', { 'aria-label': 'Attach a file, or take a shortcut', title: 'Attach a file, or take a shortcut', 'aria-haspopup': 'menu', onclick: (e) => menu(e.currentTarget, more()) }, '+'), area, send), picker, usage);
  label();
  takeDrops(box.parentElement || box);

  // takeDrops lets files be dropped anywhere over the messages, as Slack does.
  function takeDrops(zone) {
    const carries = (ev) => ev.dataTransfer?.types.includes('Files');
    zone.addEventListener('dragover', (ev) => { if (carries(ev)) { ev.preventDefault(); box.classList.add('over'); } });
    zone.addEventListener('dragleave', (ev) => { if (!zone.contains(ev.relatedTarget)) box.classList.remove('over'); });
    zone.addEventListener('drop', (ev) => {
      box.classList.remove('over');
      if (!carries(ev)) return;
      ev.preventDefault();
      files.push(...ev.dataTransfer.files);
      chips();
      area.focus();
    });
  }

  // more is the menu of the plus: files, and the app's global shortcuts.
  function more() {
    const list = (store.slack.shortcuts || []).filter((x) => x.type === 'global');
    return [{ text: 'Attach a file', run: () => picker.click() }, list.length && { text: 'Shortcuts' },
      ...list.map((x) => ({ text: x.name, note: x.description, run: () => act('slack/shortcut', { user: store.me, callback_id: x.callback_id }) }))].filter(Boolean);
  }

  function label() {
    area.placeholder = opt.place().name === 'thread' ? 'Reply…' : 'Message ' + opt.place().name + (opt.commands ? ', or / for commands' : '');
    area.setAttribute('aria-label', area.placeholder);
  }

  function changed() {
    back = -1;
    grow(area);
    send.classList.toggle('on', !!area.value.trim() || files.length > 0);
    offer();
  }

  // offer lists the commands that begin as the text does; once one is complete, it shows
  // how that one goes on.
  function offer() {
    label();
    const text = area.value;
    usage.replaceChildren();
    if (!opt.commands || !text.startsWith('/') || text.includes('\n')) return hide();
    const low = text.toLowerCase();
    const full = store.setting.commands.filter((c) => low === c.command || low.startsWith(c.command + ' ')).sort((a, b) => b.command.length - a.command.length)[0];
    list = store.setting.commands.filter((c) => c.command.startsWith(low.replace(/\s+/g, ' ')) && c.command !== low.trim());
    if (full) usage.append(h('code', null, full.command + ' ' + full.usage), ' · ' + full.description);
    if (!list.length) return hide();
    at = -1;
    sugg.replaceChildren(...list.map((c, i) => h('div', { role: 'option', id: opt.id + '-o' + i, 'aria-selected': 'false', onmousedown: (e) => { e.preventDefault(); take(c); } },
      h('b', null, c.command), h('code', null, c.usage), h('small', null, c.description))));
    sugg.hidden = false;
    area.setAttribute('aria-expanded', 'true');
  }

  function hide() {
    list = [];
    at = -1;
    sugg.hidden = true;
    area.setAttribute('aria-expanded', 'false');
    area.removeAttribute('aria-activedescendant');
  }

  function choose(i) {
    at = (i + list.length) % list.length;
    [...sugg.children].forEach((el, n) => el.setAttribute('aria-selected', String(n === at)));
    sugg.children[at].scrollIntoView({ block: 'nearest' });
    area.setAttribute('aria-activedescendant', opt.id + '-o' + at);
  }

  function take(c) {
    area.value = c.command + ' ';
    changed();
    area.focus();
  }

  function keys(e) {
    if (e.isComposing) return;
    const open = list.length > 0;
    if (e.key === 'Escape' && open) { e.preventDefault(); hide(); }
    else if (open && e.key === 'ArrowDown') { e.preventDefault(); choose(at + 1); }
    else if (open && e.key === 'ArrowUp' && back < 0) { e.preventDefault(); choose(at < 0 ? list.length - 1 : at - 1); }
    else if (open && (e.key === 'Tab' && !e.shiftKey)) { e.preventDefault(); take(list[Math.max(at, 0)]); }
    else if (open && at >= 0 && e.key === 'Enter') { e.preventDefault(); take(list[at]); }
    else if (e.key === 'ArrowUp' && (back >= 0 || !area.value) && history.length) { e.preventDefault(); recall(back + 1); }
    else if (e.key === 'ArrowDown' && back >= 0) { e.preventDefault(); recall(back - 1); }
    else if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); submit(); }
  }

  function recall(n) {
    if (n >= history.length) return;
    area.value = n < 0 ? '' : history[n];
    changed();
    back = n;
    hide();
    area.setSelectionRange(area.value.length, area.value.length);
  }

  function chips() {
    picked.replaceChildren(...files.map((f) => h('button', { title: 'Take away', onclick: () => { files = files.filter((x) => x !== f); chips(); } }, f.name + ' ×')));
    changed();
  }

  async function submit() {
    const text = area.value.trim(), place = opt.place();
    if (!text && !files.length) return;
    const command = opt.commands && /^\/\S/.test(text) && !files.length;
    const sending = files;
    area.value = '';
    files = [];
    chips();
    hide();
    if (text) {
      history = [text, ...history.filter((x) => x !== text)].slice(0, 50);
      save('history', JSON.stringify(history));
    }
    const done = command ? await run(text, place) : await act('slack/message', { user: store.me, channel: place.channel, thread_ts: place.thread_ts, text, files: await Promise.all(sending.map(base64)) });
    if (!done && !area.value) { area.value = text; changed(); }
  }

  // run sends a slash command. What the platform itself says then is shown as it does.
  async function run(text, place) {
    const [, command, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
    const reply = await act('slack/command', { user: store.me, channel: place.channel, command, text: rest });
    if (!reply) return false;
    if (reply.error === 'operation_timeout') toast(command + ' failed with the error “operation_timeout”: the bot did not answer within 3 seconds.', true);
    else if (reply.error) toast(command + ' failed because the app did not respond (' + reply.error + ').', true);
    return true;
  }

  return { set(text) { area.value = text; changed(); hide(); area.focus(); area.setSelectionRange(text.length, text.length); } };
}
