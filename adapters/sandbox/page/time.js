// Business time as people in the company see it: in Berlin.
export const zone = 'Europe/Berlin';

const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
const fmt = (o) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...o });
const clock = fmt({ hour: '2-digit', minute: '2-digit' });
const seconds = fmt({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const weekday = fmt({ weekday: 'long' });
const full = fmt({ day: 'numeric', month: 'long', year: 'numeric' });
const short = fmt({ day: 'numeric', month: 'short' });
const shortYear = fmt({ day: 'numeric', month: 'short', year: 'numeric' });
const dayLong = fmt({ weekday: 'long', day: 'numeric', month: 'long' });
const tiny = fmt({ day: '2-digit', month: '2-digit', year: '2-digit' });

// split is a moment's calendar parts in Berlin, as numbers.
export function split(ms) {
  const o = {};
  for (const p of parts.formatToParts(ms)) o[p.type] = Number(p.value);
  return o;
}

// moment is the time of a wall clock in Berlin. At the end of summer time the earlier of
// the two is meant.
export function moment(y, mo, d, h = 0, mi = 0) {
  const want = Date.UTC(y, mo - 1, d, h, mi);
  for (const offset of [2, 1]) {
    const t = want - offset * 3600e3;
    const s = split(t);
    if (Date.UTC(s.year, s.month - 1, s.day, s.hour, s.minute) === want) return t;
  }
  return want - 3600e3;
}

// next is the first time after ms at which it is h:mi in Berlin.
export function next(ms, h, mi) {
  const s = split(ms);
  for (let d = s.day; ; d++) {
    const t = moment(s.year, s.month, d, h, mi);
    if (t > ms) return t;
  }
}

export const hm = (ms) => clock.format(ms);
export const weekdayOf = (ms) => weekday.format(ms);
export const dateOf = (ms) => full.format(ms);
export const dayKey = (ms) => { const s = split(ms); return s.year + '-' + s.month + '-' + s.day; };

// dayName is how a day separator names a day, seen from now.
export function dayName(ms, now) {
  if (dayKey(ms) === dayKey(now)) return 'Today';
  if (dayKey(ms) === dayKey(now - 864e5)) return 'Yesterday';
  return split(ms).year === split(now).year ? dayLong.format(ms) : dayLong.format(ms) + ' ' + split(ms).year;
}

// listTime is the time in a chat list.
export function listTime(ms, now) {
  if (dayKey(ms) === dayKey(now)) return hm(ms);
  if (now - ms < 6 * 864e5 && ms < now) return fmt({ weekday: 'short' }).format(ms);
  return split(ms).year === split(now).year ? short.format(ms) : tiny.format(ms);
}

// slackDate words Slack's <!date^…> tokens.
export function slackDate(sec, pattern, now) {
  const ms = sec * 1000;
  const pretty = (text) => ['Today', 'Yesterday'].includes(dayName(ms, now)) ? dayName(ms, now).toLowerCase() : text;
  const words = {
    date_num: () => { const s = split(ms); return `${s.year}-${String(s.month).padStart(2, '0')}-${String(s.day).padStart(2, '0')}`; },
    date: () => full.format(ms), date_long: () => weekday.format(ms) + ', ' + full.format(ms), date_short: () => shortYear.format(ms),
    date_pretty: () => pretty(full.format(ms)), date_long_pretty: () => pretty(weekday.format(ms) + ', ' + full.format(ms)),
    date_short_pretty: () => pretty(shortYear.format(ms)), time: () => clock.format(ms), time_secs: () => seconds.format(ms),
    day_divider_pretty: () => dayName(ms, now), ago: () => ago(now - ms),
  };
  return pattern.replace(/\{(\w+)\}/g, (all, name) => (words[name] ? words[name]() : all));
}

function ago(ms) {
  const unit = [[86400e3, 'day'], [3600e3, 'hour'], [60e3, 'minute']].find(([n]) => Math.abs(ms) >= n) || [1000, 'second'];
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.round(ms / unit[0]), unit[1]);
}
