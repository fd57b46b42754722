// The shortcodes that bots of this kind use. Others stay as typed.
const table = {
  white_check_mark: '✅', heavy_check_mark: '✔️', x: '❌', warning: '⚠️', information_source: 'ℹ️', bell: '🔔', no_bell: '🔕', rotating_light: '🚨',
  moneybag: '💰', money_with_wings: '💸', dollar: '💵', euro: '💶', credit_card: '💳', bank: '🏦', receipt: '🧾', abacus: '🧮',
  page_facing_up: '📄', page_with_curl: '📃', bookmark_tabs: '📑', clipboard: '📋', memo: '📝', pencil: '📝', pencil2: '✏️', paperclip: '📎', file_folder: '📁', open_file_folder: '📂', card_index: '📇',
  chart_with_upwards_trend: '📈', chart_with_downwards_trend: '📉', bar_chart: '📊', calendar: '📆', date: '📅', spiral_calendar_pad: '🗓️',
  hourglass: '⌛', hourglass_flowing_sand: '⏳', alarm_clock: '⏰', clock3: '🕒', stopwatch: '⏱️',
  email: '✉️', envelope: '✉️', incoming_envelope: '📨', mailbox: '📫', inbox_tray: '📥', outbox_tray: '📤', speech_balloon: '💬', thought_balloon: '💭', loudspeaker: '📢', mega: '📣', telephone_receiver: '📞', iphone: '📱', link: '🔗',
  lock: '🔒', unlock: '🔓', key: '🔑', mag: '🔍', bulb: '💡', gear: '⚙️', wrench: '🔧', hammer_and_wrench: '🛠️', robot_face: '🤖', package: '📦', label: '🏷️', scales: '⚖️', handshake: '🤝',
  tada: '🎉', sparkles: '✨', star: '⭐', fire: '🔥', rocket: '🚀', eyes: '👀', wave: '👋', pray: '🙏', '+1': '👍', thumbsup: '👍', '-1': '👎', thumbsdown: '👎', clap: '👏', ok_hand: '👌', point_right: '👉', raised_hand: '✋', muscle: '💪',
  smile: '😄', slightly_smiling_face: '🙂', grinning: '😀', wink: '😉', thinking_face: '🤔', confused: '😕', cry: '😢', sunglasses: '😎', heart: '❤️', sunny: '☀️', coffee: '☕',
  red_circle: '🔴', large_orange_circle: '🟠', large_yellow_circle: '🟡', large_green_circle: '🟢', large_blue_circle: '🔵', white_circle: '⚪', black_circle: '⚫', small_red_triangle: '🔺', large_green_square: '🟩', large_red_square: '🟥',
  arrow_right: '➡️', arrow_left: '⬅️', arrow_up: '⬆️', arrow_down: '⬇️', arrows_counterclockwise: '🔄', repeat: '🔁', heavy_plus_sign: '➕', heavy_minus_sign: '➖', question: '❓', exclamation: '❗', no_entry: '⛔', no_entry_sign: '🚫', construction: '🚧',
  one: '1️⃣', two: '2️⃣', three: '3️⃣', de: '🇩🇪', us: '🇺🇸', gb: '🇬🇧', ru: '🇷🇺', it: '🇮🇹', cn: '🇨🇳', flag_ro: '🇷🇴', flag_ir: '🇮🇷',
};

export function emoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (all, name) => table[name] || all);
}
