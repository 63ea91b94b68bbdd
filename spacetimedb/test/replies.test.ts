import { expect, test } from 'vitest';
import { OK, openRoom, refused, textsIn } from './room.ts';
import { id, newestOf, rows, say, visitor } from './messages.ts';

test('a reply is a message with a row that says which message it answers', async () => {
  const room = await openRoom();
  const [ann, ben] = [await visitor(room), await visitor(room)];
  const [annId, annSent] = await say(room, ann, 'Who is coming?');
  expect(await ben.call('send_reply', '  I am', annId, annSent)).toEqual(OK);
  const [benId, benSent] = newestOf(room, ben);
  expect(textsIn(room)).toEqual(['Who is coming?', '  I am']);
  expect(rows(room, 'reply', 'sender', 'sent', 'to_sender', 'to_sent')).toEqual([
    [...benId, ...benSent, ...annId, ...annSent],
  ]);
});

test('a reply to a message that was deleted or never sent is refused', async () => {
  const room = await openRoom();
  const [ann, ben] = [await visitor(room), await visitor(room)];
  const [annId, sent] = await say(room, ann, 'Wrong window');
  expect(await ann.call('delete_own_message', sent)).toEqual(OK);
  expect(await ben.call('send_reply', 'What?', annId, sent)).toEqual(refused('That message was deleted'));
  const [, benSent] = await say(room, ben, 'Hello');
  expect(await ben.call('send_reply', 'What?', annId, benSent)).toEqual(refused('That message was deleted'));
  expect(textsIn(room)).toEqual(['Hello']);
  expect(rows(room, 'reply', 'id')).toEqual([]);
});

test('replies stay when the answered message is deleted, and are deleted with their own message', async () => {
  const room = await openRoom();
  const [ann, ben] = [await visitor(room), await visitor(room)];
  const target = await say(room, ann, 'First');
  expect(await ben.call('send_reply', 'Second', ...target)).toEqual(OK);
  expect(await ann.call('delete_own_message', target[1])).toEqual(OK);
  expect(rows(room, 'reply', 'to_sender', 'to_sent')).toEqual([target.flat()]);
  expect(await ben.call('delete_own_message', newestOf(room, ben)[1])).toEqual(OK);
  expect(rows(room, 'reply', 'id')).toEqual([]);
});

test('the rules for messages apply to replies', async () => {
  const room = await openRoom({ limits: { burst: 2, per_minute: 1 } });
  const [ann, ben] = [await visitor(room), await visitor(room)];
  const target = await say(room, ann, 'First');
  expect(await ben.call('send_reply', ' ', ...target)).toEqual(refused('Messages must not be empty'));
  expect(await ben.call('send_reply', 'One', ...target)).toEqual(OK);
  expect(await ben.call('send_reply', 'Two', ...target)).toEqual(OK);
  expect((await ben.call('send_reply', 'Three', ...target)).text).toMatch(/^Slow down a little/);
  expect(await room.owner.call('mute_user', id(ann), 60, '')).toEqual(OK);
  expect((await ann.call('send_reply', 'Me too', ...target)).text).toMatch(/^You are muted/);
  expect(textsIn(room)).toEqual(['First', 'One', 'Two']);
  expect(rows(room, 'reply', 'id')).toHaveLength(2);
});
