// An app on Slack's own @slack/web-api and @slack/socket-mode: messages, files, channels,
// pages of a list, a command, a button and the form that it opens.
const { WebClient } = require('@slack/web-api');
const { SocketModeClient } = require('@slack/socket-mode');
const { base, control, same, refused, later, run, pause, pixel } = require('./common.cjs');

const channel = 'CFINANCE01', user = 'USALES0001', slackApiUrl = base + '/slack/api/';
const text = (s) => ({ type: 'plain_text', text: s });
const form = { type: 'modal', title: text('Form'), submit: text('OK'), blocks: [{ type: 'input', block_id: 'b', label: text('Why'), element: { type: 'plain_text_input', action_id: 'a' } }] };

run(async () => {
  const web = new WebClient('xoxb-sandbox', { slackApiUrl, logLevel: 'error', retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
  same('auth.test', (await web.auth.test()).user_id, 'UDUEBOT001');
  const m = await web.chat.postMessage({ channel, text: 'INV-7', metadata: { event_type: 'notice', event_payload: { id: '7' } },
    blocks: [{ type: 'actions', elements: [{ type: 'button', text: text('Why'), action_id: 'why', value: '7' }] }] });
  await web.chat.postMessage({ channel, text: 'reply', thread_ts: m.ts });
  same('replies', (await web.conversations.replies({ channel, ts: m.ts })).messages.length, 2);
  same('metadata', (await web.conversations.history({ channel, include_all_metadata: true })).messages[0].metadata.event_payload.id, '7');
  await refused('invalid_blocks', () => web.chat.postMessage({ channel, text: 'x', blocks: [{ type: 'actions', elements: [] }] }));
  await refused('unknown_method', () => web.apiCall('chat.sing'));
  const people = [];
  for await (const page of web.paginate('users.list', { limit: 2 })) people.push(...page.members.map((p) => p.name));
  same('pages', people, ['sofia', 'farid', 'marta', 'arthur', 'duebot']);
  const up = await web.files.uploadV2({ channel_id: channel, filename: 'a.png', file: pixel, initial_comment: 'see' });
  same('upload', up.ok, true);
  same('group message', (await web.conversations.open({ users: user + ',UFINANCE01' })).channel.is_mpim, true);
  const room = (await web.conversations.create({ name: 'board', is_private: true })).channel;
  await web.conversations.invite({ channel: room.id, users: user });
  await refused('name_taken', () => web.conversations.create({ name: 'board' }));
  await pause(10);
  await refused('rate-limit', async () => { for (let i = 0; i < 9; i++) await web.chat.postMessage({ channel, text: 'x' }); });

  const heard = [];
  const socket = new SocketModeClient({ appToken: 'xapp-sandbox', clientOptions: { slackApiUrl }, logLevel: 'error' });
  socket.on('slack_event', ({ type, ack }) => type === 'events_api' && ack());
  socket.on('slash_commands', async ({ ack, body }) => { heard.push(body.command + ' ' + body.text); await ack({ text: 'pong' }); });
  socket.on('interactive', async ({ ack, body }) => {
    heard.push(body.type);
    if (body.type === 'view_submission') return ack({ response_action: 'errors', errors: { b: body.view.state.values.b.a.value } });
    await ack();
    const { view } = await web.views.open({ trigger_id: body.trigger_id, view: form });
    await refused('exchanged_trigger_id', () => web.views.open({ trigger_id: body.trigger_id, view: form }));
    await refused('hash_conflict', () => web.views.update({ view_id: view.id, hash: 'old', view: form }));
    heard.push(view.id);
  });
  await socket.start();
  same('command', (await control('slack/command', { user, channel, command: '/ar', text: 'ping' })).payload?.text, 'pong');
  await control('slack/action', { user, channel, ts: m.ts, action_id: 'why' });
  await later('the form', () => heard.length === 3);
  same('errors', (await control('slack/submit', { user, view_id: heard[2], values: { a: 'because' } })).errors, { b: 'because' });
  await socket.disconnect();
});
