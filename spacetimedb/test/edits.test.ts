import { expect, onTestFinished, test, vi } from 'vitest';
import { OK, openRoom, refused, textsIn } from './room.ts';
import { ask, everything, id, named, newestOf, refusedByProcedure, rows, say, visitor } from './messages.ts';
import { join, subscribe } from './server.ts';

const MINUTE = 60_000;

test('an edit replaces the text and keeps the author, the time and the earlier texts', async () => {
  const room = await openRoom();
  const ann = await visitor(room);
  const key = await say(room, ann, 'helo');
  await room.time.advance(1000);
  expect(await ann.call('edit_message', key[1], 'hello')).toEqual(OK);
  expect(await ann.call('edit_message', key[1], 'hello!')).toEqual(OK);
  expect(rows(room, 'message', 'sender', 'sent', 'text')).toEqual([[...key.flat(), 'hello!']]);
  const versions = (await ask(room.owner, 'message_versions', ...key)) as [[number], string][];
  expect(versions.map(([, text]) => text)).toEqual(['helo', 'hello']);
  expect(rows(room, 'message_edit', 'sender', 'sent', 'at')).toEqual([[...key.flat(), versions[1]?.[0][0]]]);
  expect(versions[0]?.[0][0]).toBeGreaterThanOrEqual(key[1][0] + 1_000_000);
});

test('an edit to the same text does nothing', async () => {
  const room = await openRoom({ limits: { burst: 1, per_minute: 1 } });
  const ann = await visitor(room);
  const [, sent] = await say(room, ann, 'hello');
  expect(await ann.call('edit_message', sent, 'hello')).toEqual(OK);
  expect(rows(room, 'message_edit', 'id')).toEqual([]);
  expect(rows(room, 'message_version', 'id')).toEqual([]);
});

test('clients of the tutorial see an edit as a deletion and a new message with the same time', async () => {
  const room = await openRoom();
  const ann = await visitor(room);
  const reader = await join(room);
  onTestFinished(() => reader.leave());
  await subscribe(reader, 'SELECT * FROM message');
  const [, sent] = await say(room, ann, 'before');
  await vi.waitFor(() => expect([...reader.connection.db.message.iter()]).toHaveLength(1));
  const seen: string[] = [];
  const note =
    (what: string) => (_: unknown, row: { sent: { microsSinceUnixEpoch: bigint }; text: string }) =>
      seen.push(`${what} ${row.sent.microsSinceUnixEpoch} ${row.text}`);
  reader.connection.db.message.onDelete(note('delete'));
  reader.connection.db.message.onInsert(note('insert'));
  expect(await ann.call('edit_message', sent, 'after')).toEqual(OK);
  await vi.waitFor(() =>
    expect(seen.toSorted()).toEqual([`delete ${sent[0]} before`, `insert ${sent[0]} after`]),
  );
});

test('nobody edits or deletes the messages of others', async () => {
  const room = await openRoom();
  const [ann, ben] = [await visitor(room), await visitor(room)];
  const [, sent] = await say(room, ann, 'mine');
  for (const person of [ben, room.owner]) {
    expect(await person.call('edit_message', sent, 'yours')).toEqual(refused('Message not found'));
    expect(await person.call('delete_own_message', sent)).toEqual(refused('Message not found'));
  }
  expect(textsIn(room)).toEqual(['mine']);
});

test('messages can be edited for an hour, or as long as the owner allows', async () => {
  const room = await openRoom();
  const ann = await visitor(room);
  const [, sent] = await say(room, ann, 'one');
  await room.time.advance(59 * MINUTE);
  expect(await ann.call('edit_message', sent, 'two')).toEqual(OK);
  await room.time.advance(2 * MINUTE);
  const late = (duration: string) => refused(`You can edit a message for ${duration} after sending it`);
  expect(await ann.call('edit_message', sent, 'three')).toEqual(late('60 minutes'));
  expect(await ann.call('set_edit_limit', 0)).toEqual(refused('Only the owner of the room may do this'));
  expect(await room.owner.call('set_edit_limit', 0)).toEqual(OK);
  expect(await ann.call('edit_message', sent, 'three')).toEqual(OK);
  expect(await room.owner.call('set_edit_limit', 10)).toEqual(OK);
  expect(rows(room, 'message_rule', 'id', 'edit_minutes')).toEqual([[0, 10]]);
  expect(await ann.call('edit_message', sent, 'four')).toEqual(late('10 minutes'));
  expect(textsIn(room)).toEqual(['three']);
});

test('the rules for messages apply to edits', async () => {
  const room = await openRoom({ limits: { burst: 3, per_minute: 1 } });
  const ann = await visitor(room);
  const [, sent] = await say(room, ann, 'one');
  const edit = (text: string) => ann.call('edit_message', sent, text);
  expect(await edit(' ')).toEqual(refused('Messages must not be empty'));
  expect(await edit('x'.repeat(2001))).toEqual(refused('Messages must not have more than 2000 characters'));
  expect(await room.owner.call('mute_user', id(ann), 30, '')).toEqual(OK);
  expect((await edit('two')).text).toMatch(/^You are muted/);
  await room.time.advance(40_000);
  expect(await edit('two')).toEqual(OK);
  expect(await edit('three')).toEqual(OK);
  expect((await edit('four')).text).toMatch(/^Slow down a little/);
  expect(await room.owner.call('ban_user', id(ann), '')).toEqual(OK);
  expect((await edit('five')).status).not.toBe(200);
  expect(textsIn(room)).toEqual(['three']);
});

test('a message has at most 100 earlier texts', { timeout: 60_000 }, async () => {
  const room = await openRoom();
  const ann = await visitor(room);
  const key = await say(room, ann, '0');
  for (let n = 1; n <= 100; n++) expect(await ann.call('edit_message', key[1], String(n))).toEqual(OK);
  expect(await ann.call('edit_message', key[1], '101')).toEqual(
    refused('A message can be edited at most 100 times'),
  );
  expect(await ask(room.owner, 'message_versions', ...key)).toHaveLength(100);
});

test('only moderators read earlier texts', async () => {
  const room = await openRoom();
  const [ann, ben] = [await visitor(room), await visitor(room)];
  const key = await say(room, ann, 'secret');
  await ann.call('edit_message', key[1], 'public');
  for (const person of [ann, ben]) {
    expect(await person.call('message_versions', ...key)).toEqual(
      refusedByProcedure('Only moderators may do this'),
    );
    const reader = await join(room, { token: person.token });
    onTestFinished(() => reader.leave());
    await expect(subscribe(reader, 'SELECT * FROM message_version')).rejects.toThrow();
  }
});

test('nothing remains of a message that its author deleted, even if it was edited and reported', async () => {
  const room = await openRoom();
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  const key = await say(room, ann, 'first-text @Ben');
  await ann.call('edit_message', key[1], 'second-text @Ann');
  await ben.call('add_reaction', ...key, '\u{1F389}');
  await room.owner.call('pin_message', ...key);
  await ben.call('send_reply', 'answer', ...key);
  await ben.call('report_message', ...key, 'rude');
  expect(await ann.call('delete_own_message', key[1])).toEqual(OK);
  for (const table of ['message_edit', 'message_version', 'reaction', 'mention', 'pin']) {
    expect(rows(room, table, 'id'), table).toEqual([]);
  }
  expect(textsIn(room)).toEqual(['answer']);
  expect(rows(room, 'report', 'text')).toEqual([['second-text @Ann']]);
  expect(await room.owner.call('close_reports', ...key)).toEqual(OK);
  expect(everything(room)).not.toMatch(/first-text|second-text/);
});

test('people who are muted may delete their messages, and those who are banned may not', async () => {
  const room = await openRoom();
  const ann = await visitor(room);
  const [, first] = await say(room, ann, 'one');
  const [, second] = await say(room, ann, 'two');
  const connected = await join(room, { token: ann.token });
  onTestFinished(() => connected.leave());
  await room.owner.call('mute_user', id(ann), 60, '');
  expect(await ann.call('delete_own_message', first)).toEqual(OK);
  await room.owner.call('ban_user', id(ann), '');
  expect((await ann.call('delete_own_message', second)).status).not.toBe(200);
  expect(textsIn(room)).toEqual(['two']);
});

test('a message that a moderator deleted is restored with everything that belongs to it', async () => {
  const room = await openRoom();
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  const key = await say(room, ann, 'hello @Ben');
  await ann.call('edit_message', key[1], 'hello there @Ben');
  await ben.call('add_reaction', ...key, '\u{1F389}');
  const tables = ['message', 'message_edit', 'message_version', 'reaction', 'mention'];
  const content = () => tables.map((table) => rows(room, table, '*'));
  const before = content();
  expect(await room.owner.call('delete_message', ...key, '')).toEqual(OK);
  expect(await ann.call('edit_message', key[1], 'again')).toEqual(refused('Message not found'));
  expect(await ann.call('delete_own_message', key[1])).toEqual(refused('Message not found'));
  expect(await ben.call('add_reaction', ...key, '\u{1F600}')).toEqual(refused('Message not found'));
  const [act] = room.sql('SELECT act FROM deleted_message')[0] ?? [];
  expect(await room.owner.call('restore_message', Number(act))).toEqual(OK);
  expect(content()).toEqual(before);
  expect(newestOf(room, ann)).toEqual(key);
});
