// Writes icu.json: sums and days as ICU writes them, by Node's Intl. Run it with
// `node icu.js > icu.json` when the languages or the currencies change.
const tags = { en: ['en-US', 'en-GB'], ru: ['ru', 'ru'], ro: ['ro', 'ro'], it: ['it', 'it'], zh: ['zh-CN', 'zh-CN'], fa: ['fa', 'fa'] };
const currencies = 'AED AUD AZN BGN BRL CAD CHF CNY CZK DKK EUR GBP GEL HKD HUF ILS INR IRR JPY KRW KWD KZT MDL MXN NOK NZD PHP PLN RON RSD RUB SEK THB TRY TWD UAH USD UZS VND'.split(' ');
const sums = [0, 5, -5, 99999, 100000, 123456, 440181, 1000000, -123456789, 98765432100];
const days = [];
for (const [y, m] of [[2026, 1], [2026, 2], [2026, 3], [2026, 4], [2026, 5], [2026, 6], [2026, 7], [2026, 8], [2026, 9], [2026, 10], [2026, 11], [2027, 12], [2024, 2]]) {
  for (const d of [1, 9, 20, 21, 28]) days.push([y, m, d]);
}
const out = { icu: process.versions.icu, languages: {} };
for (const [lang, [number, date]] of Object.entries(tags)) {
  const money = {}, dates = [];
  for (const currency of currencies) {
    const f = new Intl.NumberFormat(number, { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: 2 });
    const all = ['EUR', 'USD', 'RUB', 'RON', 'CNY', 'IRR', 'GBP', 'JPY', 'CHF'].includes(currency);
    money[currency] = (all ? sums : [440181, -5]).map(n => [n, f.format((n < 0 ? '-' : '') + String(Math.abs(n)).padStart(3, '0').replace(/(..)$/, '.$1'))]);
  }
  const medium = calendar => new Intl.DateTimeFormat(date, { dateStyle: 'medium', timeZone: 'UTC', calendar });
  for (const [y, m, d] of days) {
    const at = new Date(Date.UTC(y, m - 1, d)), ours = medium('gregory').format(at);
    dates.push([y, m, d, lang === 'fa' ? `${medium('persian').format(at)} (${ours})` : ours]);
  }
  out.languages[lang] = { money, dates };
}
console.log(JSON.stringify(out, null, 0).replace(/\],\[/g, '],\n['));
