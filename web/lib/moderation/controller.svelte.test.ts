import { setGlobalLogLevel, Timestamp } from 'spacetimedb';
import { connect, memoryTokens, ReducerError, type Connection } from 'spacetimedb-stores';
import type { Chat, ChatMessage } from 'spacetimedb-stores/chat';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DbConnection } from '../../module_bindings/index.ts';
import type { OpenReport, PersonStanding, RecordedAct } from '../../module_bindings/types.ts';
import { message, user } from '../../testing/fixtures.ts';
import { ModerationController } from './controller.svelte.ts';
import { reportedMessages, type ReportedMessage } from './reported.ts';
import { byId } from './standing.ts';
import { en } from './texts/en.ts';

const [me, ada, bob] = [user('Me', { isMe: true }), user('Ada'), user('Bob')];
const ago = (ms: number) => Timestamp.fromDate(new Date(Date.now() - ms));
const HOUR = 3_600_000;

const standing = ({ identity } = me, parts: Partial<PersonStanding> = {}): PersonStanding => ({
  identity,
  role: undefined,
  mutedUntil: undefined,
  bannedSince: undefined,
  reason: '',
  ...parts,
});

/** The tools of a moderator, on a connection that is never opened. */
function setUp(
  mine: PersonStanding | null = standing(me, { role: 'moderator' }),
  others: readonly PersonStanding[] = [],
) {
  const reducers = {
    deleteMessage: vi.fn(() => Promise.resolve()),
    closeReports: vi.fn(() => Promise.resolve()),
  };
  setGlobalLogLevel('error');
  const never = () => new Promise<never>(() => undefined);
  const opened = connect(
    () => DbConnection.builder().withUri('http://chat.example').withDatabaseName('chat'),
    // Asks for the first token without an end, so no socket is opened.
    {
      tokens: memoryTokens(),
      environment: { locks: { request: never } as unknown as LockManager, fetch: never },
    },
  );
  onTestFinished(() => opened.close());
  const call = (run: (db: { reducers: typeof reducers }) => Promise<void>) => run({ reducers });
  const connection = Object.create(opened, { call: { value: call } }) as Connection<DbConnection>;
  const users = [me, ada, bob];
  const chat = {
    users: { get: () => users, subscribe: () => () => undefined },
  } as unknown as Chat;
  const people = byId(mine ? [mine, ...others] : others, ({ identity }) => identity.toHexString());
  return {
    reducers,
    controller: new ModerationController(
      { chat, connection },
      { mine: mine ?? undefined, people, admission: undefined },
    ),
  };
}

describe('whom moderators may act on', () => {
  const moderator = standing(me, { role: 'moderator' });
  const owner = standing(me, { role: 'owner' });

  it.each([
    ['a moderator', moderator, undefined, true],
    ['a moderator', moderator, 'moderator', false],
    ['a moderator', moderator, 'owner', false],
    ['the owner', owner, undefined, true],
    ['the owner', owner, 'moderator', true],
    ['the owner', owner, 'owner', false],
  ])('%s may act on a person with the role $2: $3', (_, mine, role, may) => {
    const { controller } = setUp(mine, [standing(ada, { role })]);
    expect(controller.canModerate(ada)).toBe(may);
    expect(controller.messages.canModerate(ada)).toBe(may);
  });

  it('includes people of whom nothing is known, and never the reader', () => {
    const { controller } = setUp(standing(me));
    expect(controller.canModerate(bob)).toBe(true);
    expect(controller.canModerate(me)).toBe(false);
  });

  it('only the owner is the owner', () => {
    expect(setUp(owner).controller.isOwner).toBe(true);
    expect(setUp(moderator).controller.isOwner).toBe(false);
    expect(setUp(null).controller.isOwner).toBe(false);
  });
});

it('knows people by their identity, and names strangers as guests', () => {
  const { controller } = setUp(undefined, [standing(ada, { reason: 'rude' })]);
  expect(controller.person(ada.id)).toBe(ada);
  expect(controller.nameOf(ada.id)).toBe('Ada');
  expect(controller.nameOf('f'.repeat(64))).toBe(user(undefined, { id: 'f'.repeat(64) }).label);
  expect(controller.standing(ada.id)?.reason).toBe('rude');
});

it('lists people who are banned, or muted now', () => {
  const cy = user('Cy');
  const { controller } = setUp(undefined, [
    standing(ada, { bannedSince: ago(HOUR) }),
    standing(bob, { mutedUntil: ago(-HOUR) }),
    standing(cy, { mutedUntil: ago(HOUR) }),
  ]);
  expect(controller.restricted.map(([id]) => id)).toEqual([ada.id, bob.id]);
});

it('knows nothing of the room before the server has answered', () => {
  const { controller } = setUp();
  expect(controller.acts).toEqual([]);
  expect(controller.waiting).toEqual([]);
  expect(controller.reports).toEqual([]);
  expect(controller.settings).toBeUndefined();
  expect(controller.title).toBe('');
  expect(controller.editMinutes).toBe(60);
});

it('offers to undo an act', () => {
  const deletion = { id: 1n, action: 'delete_message', subject: ada.identity } as RecordedAct;
  const { controller } = setUp();
  expect(controller.undo({ ...deletion, deletedText: 'rude' }, en)?.label).toBe('Restore');
  expect(controller.undo(deletion, en)).toBeUndefined();
});

it('the menu of a message opens its dialog, or that of its author', () => {
  const { controller } = setUp();
  const sent = message(ada, 'Hello');
  controller.messages.deleteMessage(sent);
  expect(controller.dialog).toEqual({ kind: 'message', message: sent });
  controller.messages.moderate(ada);
  expect(controller.dialog).toEqual({ kind: 'person', id: ada.id });
});

describe('a deletion', () => {
  const sent = ago(HOUR);
  const sender = ada.identity;
  const report = (id: bigint, reason: string) => ({ id, sender, sent, text: 'Hello', reason }) as OpenReport;
  const [reported] = reportedMessages([report(1n, 'spam'), report(2n, 'rude')]) as [ReportedMessage];

  it('names the message by its sender and its time', async () => {
    const { reducers, controller } = setUp();
    await controller.deleteMessage(
      message(ada, 'Hello', { row: { sender, sent } as ChatMessage['row'] }),
      'spam',
    );
    expect(reducers.deleteMessage).toHaveBeenCalledExactlyOnceWith({ sender, sent, reason: 'spam' });
  });

  it('is refused for a message that the server does not have', async () => {
    const { reducers, controller } = setUp();
    await expect(controller.deleteMessage(message(me, 'Hello'), 'spam')).rejects.toThrow(
      'does not have this message',
    );
    expect(reducers.deleteMessage).not.toHaveBeenCalled();
  });

  it('of a reported message gives the first reason and closes the reports', async () => {
    const { reducers, controller } = setUp();
    await controller.deleteReported(reported);
    expect(reducers.deleteMessage).toHaveBeenCalledExactlyOnceWith({ sender, sent, reason: 'spam' });
    expect(reducers.closeReports).toHaveBeenCalledExactlyOnceWith({ sender, sent });
  });

  it('of a reported message that is gone closes the reports, and any other error keeps them', async () => {
    const { reducers, controller } = setUp();
    reducers.deleteMessage.mockRejectedValueOnce(new ReducerError('refused', 'Message not found'));
    await controller.deleteReported(reported);
    expect(reducers.closeReports).toHaveBeenCalledOnce();
    reducers.deleteMessage.mockRejectedValueOnce(new ReducerError('refused', 'Not a moderator'));
    await expect(controller.deleteReported(reported)).rejects.toThrow('Not a moderator');
    expect(reducers.closeReports).toHaveBeenCalledOnce();
  });
});
