/** Moves a whole room between servers with `npm run room`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startHost } from 'spacetimedb-host';
import { expect, onTestFinished, test } from 'vitest';
import { finish } from '../host/src/testing/cli-in-process.ts';
import { bundleSource } from '../host/src/testing/module-source.ts';
import { temporaryFolder } from '../host/src/testing/temporary-folder.ts';
import { main } from '../room/main.ts';
import { PLAIN_MODULE } from './plain-module.ts';
import { MODULE, chatProgram } from './room.ts';

const ROOT = path.resolve(MODULE, '..');
const RUN = path.join(MODULE, 'room/run.ts');

/** Runs what `npm run room` runs, in this process. */
async function room(...words: string[]) {
  const { exitCode, stdout, stderr } = await finish(() => main(words));
  return { exitCode, output: stdout + stderr };
}

/** Runs `npm run room` in its own process. */
async function roomProcess(...words: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', RUN, ...words], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, output };
}

async function open(dataDir: string) {
  const host = await startHost({ program: await chatProgram(), name: 'chat', dataDir });
  onTestFinished(() => host.stop());
  const post = async (token: string | undefined, route: string, body: string) => {
    const answer = await fetch(`${host.uri}/v1${route}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
    return { status: answer.status, text: await answer.text() };
  };
  return {
    uri: host.uri,
    target: ['--server', host.uri, '--data-dir', dataDir],
    person: async () =>
      JSON.parse((await post(undefined, '/identity', '')).text) as { identity: string; token: string },
    call: (token: string, reducer: string, ...args: unknown[]) =>
      post(token, `/database/chat/call/${reducer}`, JSON.stringify(args)),
    owner: host.ownerToken,
    micros: (query: string) =>
      host
        .sql(query)
        .rows.map((row) =>
          row.map((time) => Number((time as { microsSinceUnixEpoch: bigint }).microsSinceUnixEpoch)),
        ),
    rows: (query: string) =>
      host
        .sql(query)
        .rows.map((row) => row.map(String))
        .sort(),
  };
}

const DONE = { status: 200, text: '' };

test(
  'a room moves with its people, messages and what belongs to them, moderators, bans, mutes and settings',
  { timeout: 120_000 },
  async () => {
    const home = await temporaryFolder();
    const [source, target, file] = ['source', 'target', 'room.json'].map((name) => path.join(home, name)) as [
      string,
      string,
      string,
    ];
    const old = await open(source);
    const [ada, bob, eve, guest] = [
      await old.person(),
      await old.person(),
      await old.person(),
      await old.person(),
    ];
    for (const [{ token }, name] of [
      [ada, 'Ada'],
      [bob, 'Bob'],
    ] as const) {
      expect(await old.call(token, 'set_name', name)).toEqual(DONE);
    }
    for (const [{ token }, text] of [
      [ada, 'Hello'],
      [bob, 'Hi “Ada” \u{1F600}\nsecond line'],
      [eve, 'Spam'],
    ] as const) {
      expect(await old.call(token, 'send_message', text)).toEqual(DONE);
    }
    const id = ({ identity }: { identity: string }) => [`0x${identity}`];
    expect(await old.call(old.owner, 'appoint_moderator', id(ada))).toEqual(DONE);
    expect(await old.call(old.owner, 'ban_user', id(eve), 'spam')).toEqual(DONE);
    expect(await old.call(old.owner, 'mute_user', id(bob), 3600, 'loud')).toEqual(DONE);
    expect(await old.call(old.owner, 'set_retention', 5000, 0)).toEqual(DONE);
    expect(await old.call(old.owner, 'set_admission', 'wait', 7)).toEqual(DONE);
    expect(await old.call(old.owner, 'set_name_release', 14)).toEqual(DONE);
    expect(await old.call(old.owner, 'set_room_title', 'Team lounge')).toEqual(DONE);
    expect(await old.call(guest.token, 'set_name', '')).not.toEqual(DONE);
    const [[micros] = []] = old.micros("SELECT sent FROM message WHERE text = 'Hello'");
    const hello = [id(ada), [micros]];
    expect(await old.call(old.owner, 'set_edit_limit', 20)).toEqual(DONE);
    expect(await old.call(ada.token, 'edit_message', [micros], 'Hello @Bob')).toEqual(DONE);
    expect(await old.call(ada.token, 'add_reaction', ...hello, '\u{1F600}')).toEqual(DONE);
    expect(await old.call(ada.token, 'send_reply', 'To myself', ...hello)).toEqual(DONE);
    expect(await old.call(ada.token, 'pin_message', ...hello)).toEqual(DONE);

    expect(await roomProcess('export', ...old.target, 'chat', file)).toEqual({
      exitCode: 0,
      output: `${file} has 3 people and 4 messages\n`,
    });
    expect(await room('export', ...old.target, 'chat', file)).toMatchObject({ exitCode: 1 });

    // With the same signing keys everyone keeps their identity.
    await cp(path.join(source, 'keys'), path.join(target, 'keys'), { recursive: true });
    const next = await open(target);
    // An interrupted import is repeated.
    for (let times = 0; times < 2; times++) {
      expect(await room('import', ...next.target, 'chat', file)).toMatchObject({ exitCode: 0 });
    }
    for (const query of [
      'SELECT sender, sent, text FROM message',
      `SELECT name FROM user WHERE identity = 0x${ada.identity}`,
      `SELECT online, name FROM user WHERE identity = 0x${eve.identity}`,
      "SELECT identity FROM staff WHERE role = 'moderator'",
      'SELECT identity, reason FROM ban',
      'SELECT identity, reason FROM mute',
      'SELECT policy, minutes FROM admission_policy',
      'SELECT away_days FROM name_rule',
      'SELECT title FROM room_title',
      'SELECT keep_messages, keep_days FROM retention',
      'SELECT identity, key FROM claimed_name',
      'SELECT edit_minutes FROM message_rule',
      'SELECT sender, sent, at FROM message_edit',
      'SELECT sender, sent, at, text FROM message_version',
      'SELECT sender, sent, to_sender, to_sent FROM reply',
      'SELECT sender, sent, person, emoji FROM reaction',
      'SELECT sender, sent, person, is_everyone, name FROM mention',
      'SELECT sender, sent, pinned_by, at FROM pin',
    ]) {
      expect(next.rows(query), query).toEqual(old.rows(query));
      expect(old.rows(query), query).not.toEqual([]);
    }
    expect(await next.call(ada.token, 'send_message', 'I am still Ada')).toEqual(DONE);
    expect((await next.call(bob.token, 'send_message', 'x')).text).toMatch(/muted/);
    expect((await next.call(eve.token, 'send_message', 'x')).text).toMatch(/banned/);
  },
);

test('an import reports skipped and missing data', { timeout: 120_000 }, async () => {
  const home = await temporaryFolder();
  const file = path.join(home, 'room.json');
  const sender = 'ad'.repeat(32);
  const content = {
    format: 'spacetimedb-chat-room',
    version: 1,
    exported: new Date().toISOString(),
    people: [{ identity: sender, name: 'x'.repeat(100) }],
    messages: [
      { sender, sent: 1_700_000_000_000_000, text: 'x'.repeat(3000) },
      { sender, sent: 1_700_000_000_000_001, text: 'Fine' },
    ],
    moderators: [],
    bans: [],
    mutes: [],
    settings: {},
  };
  await writeFile(file, JSON.stringify(content));
  const next = await open(path.join(home, 'next'));
  const { exitCode, output } = await room('import', ...next.target, '--free-names', 'chat', file);
  expect(exitCode).toBe(0);
  expect(output).toMatch(/left out the name "x+": Names must not have more than 32 characters/);
  expect(output).toMatch(/left out a message by (ad)+: Messages must not have more than 2000 characters/);
  expect(next.rows('SELECT text FROM message')).toEqual([['Fine']]);

  await writeFile(file, '{"people": []}');
  expect(await roomProcess('import', ...next.target, 'chat', file)).toEqual({
    exitCode: 1,
    output: 'the file is no exported room\n',
  });
});

test("the tutorial's own module can be exported but cannot import", { timeout: 120_000 }, async () => {
  const home = await temporaryFolder();
  const [dataDir, file] = [path.join(home, 'data'), path.join(home, 'room.json')];
  const host = await startHost({ program: await bundleSource(PLAIN_MODULE), name: 'chat', dataDir });
  onTestFinished(() => host.stop());
  expect(host.call('send_message', ['Hello'])).toMatchObject({ tag: 'ok' });
  const target = ['--server', host.uri, '--data-dir', dataDir];
  expect((await room('export', ...target, 'chat', file)).output).toContain('has 1 person and 1 message');
  expect(await room('import', ...target, 'chat', file)).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining('publish the module of this repository there first'),
  });
});
