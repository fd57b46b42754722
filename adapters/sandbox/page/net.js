// The control interface.
import { toast } from './ui.js';

// get reads; it throws an Error with the interface's own sentence.
export async function get(path) {
  const r = await fetch('/control/' + path, { headers: { Accept: 'application/json' } });
  return answer(r);
}

// post acts; it throws like get.
export async function post(path, body) {
  const r = await fetch('/control/' + path, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  });
  return answer(r);
}

async function answer(r) {
  const v = await r.json().catch(() => ({ error: 'The sandbox answered ' + r.status + '.' }));
  if (!r.ok) throw Object.assign(new Error(v.error || 'The sandbox answered ' + r.status + '.'), { status: r.status });
  return v;
}

// act posts and shows what went wrong. It returns null then.
export async function act(path, body) {
  try {
    return await post(path, body);
  } catch (e) {
    toast(e.message, true);
    return null;
  }
}

// listen opens the event stream and calls back by event name, with "open" and "lost" for
// the stream itself. The browser reconnects by itself.
export function listen(on) {
  const es = new EventSource('/control/events');
  es.onopen = () => on('open', {});
  es.onerror = () => on('lost', {});
  for (const kind of ['slack', 'telegram', 'stripe', 'yookassa', 'paypal', 'mail', 'sms', 'clock', 'reset']) {
    es.addEventListener(kind, (e) => on(kind, JSON.parse(e.data)));
  }
}
