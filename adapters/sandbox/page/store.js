// What the page knows: the last state of each part, whom the person plays, and the time.
export const store = {
  slack: { users: [], channels: [], messages: [], views: [], homes: {} },
  telegram: { chats: [], commands: {} },
  stripe: { sessions: [] },
  yookassa: { sessions: [] },
  paypal: { sessions: [] },
  mail: [],
  sms: [],
  setting: { hint: '', commands: [], bot: 'duebot_sandbox_bot', movable: false },
  me: saved('me') || 'USALES0001',
  base: Date.now(), // business time at …
  seen: performance.now(), // … this moment of the page
  moving: false,
};

// now is business time in milliseconds. Between the sandbox's words it goes on like a
// clock on the wall.
export const now = () => store.base + (performance.now() - store.seen);

export function setNow(text) {
  store.base = Date.parse(text);
  store.seen = performance.now();
}

// saved and save keep small choices for the next visit; without storage they are lost.
export function saved(name) {
  try { return localStorage.getItem('duebot.' + name); } catch { return null; }
}

export function save(name, value) {
  try { localStorage.setItem('duebot.' + name, value); } catch { /* the choice lasts as long as the page */ }
}

export const userName = (id) => {
  const u = store.slack.users.find((x) => x.id === id);
  return u ? u.real_name || u.name : '';
};
export const channelName = (id) => {
  const c = store.slack.channels.find((x) => x.id === id);
  return c && !c.is_im ? c.name : '';
};
export const isBot = (id) => { const u = store.slack.users.find((x) => x.id === id); return !!(u && (u.is_bot || u.bot)); };

// world is what mrkdwn needs to know.
export const world = () => ({ user: (id) => userName(id), channel: channelName, me: store.me, now: now() });
