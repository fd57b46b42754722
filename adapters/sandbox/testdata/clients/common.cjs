// What the scripts of the Node clients share: the sandbox's controls and a list of complaints.
const base = process.env.SANDBOX;

async function control(path, body) {
  const r = await fetch(base + '/control/' + path, { method: body ? 'POST' : 'GET', headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
  const out = await r.json();
  if (!r.ok) throw new Error(path + ': ' + out.error);
  return out;
}

const complaints = [];
let checks = 0;

// same compares; refused wants a call to fail with these words.
function same(what, got, want) {
  checks++;
  if (JSON.stringify(got) !== JSON.stringify(want)) complaints.push(`${what}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

async function refused(words, call) {
  checks++;
  try {
    await call();
    complaints.push('was not refused: ' + words);
  } catch (e) {
    if (!String(e.description || e.message).includes(words)) complaints.push(`${e.description || e.message}, want ${words}`);
  }
}

// later waits until a condition holds, at most five seconds.
async function later(what, holds) {
  for (const end = Date.now() + 5000; Date.now() < end;) {
    if (await holds()) return same(what, true, true);
    await new Promise((r) => setTimeout(r, 20));
  }
  same(what, false, true);
}

// run plays a script and ends the process with what it found.
function run(script) {
  script().catch((e) => complaints.push(String(e.stack || e))).then(() => {
    for (const c of complaints) console.log(c.slice(0, 500));
    console.log(`${checks} checks`);
    process.exit(complaints.length ? 1 : 0);
  });
}

const pause = (seconds) => control('clock', { advance: seconds + 's' });
const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

module.exports = { base, control, same, refused, later, run, pause, pixel };
