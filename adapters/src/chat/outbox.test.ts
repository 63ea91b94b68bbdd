import fc from 'fast-check';
import { Identity } from 'spacetimedb';
import { describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../test/fake-server.ts';
import { record, setUp } from '../../test/set-up.ts';
import { createChat, type ChatMessage, type ChatOptions } from './index.ts';

const me = new Identity(1n);
const shown = (list: readonly ChatMessage[] | undefined) =>
  list?.map(({ text, status, error }) => [text, status, ...(error ? [error.message] : [])].join(' '));

async function setUpChat(options: ChatOptions = {}) {
  const server = new FakeServer();
  server.insertUser({ identity: me, name: 'Me' });
  const fixture = setUp({ environment: { now: () => server.clock } }, server);
  const chat = createChat(fixture.connection, options);
  const { values, stop } = record(chat.messages);
  const ready = () => vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'));
  await ready();
  values.length = 0;
  const now = () => shown(chat.messages.get());
  const last = () => chat.messages.get().at(-1) as ChatMessage;
  /** The outcome of a promise, if it has settled. */
  const outcome = (promise: Promise<void>) =>
    promise.then(
      () => 'sent',
      (error: Error) => error.name,
    );
  const goOffline = async () => {
    server.down = true;
    server.socket.drop();
    await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('stale'));
  };
  const comeBack = async () => {
    server.down = false;
    await ready();
  };
  return { ...fixture, chat, values, stop, ready, now, last, outcome, goOffline, comeBack };
}

describe('my own message', () => {
  it('is shown at once as pending, then as sent, under the same key', async () => {
    const { chat, values } = await setUpChat();
    await chat.sendMessage('hello');
    expect(values.map(shown)).toEqual([['hello pending'], ['hello sent']]);
    const [[pending], [sent]] = values as [ChatMessage[], ChatMessage[]];
    expect(pending).toMatchObject({ mine: true, author: chat.me.get() ?? { name: 'Me' } });
    expect(sent?.key).toBe(pending?.key);
  });

  /** A chat that knows our identity and has not loaded messages yet. */
  async function setUpLoading() {
    const server = new FakeServer();
    server.insertUser({ identity: me, name: 'Me' });
    server.insertMessage(me, 'earlier');
    const fixture = setUp({ environment: { now: () => server.clock } }, server);
    const chat = createChat(fixture.connection);
    record(chat.me);
    await vi.waitFor(() => expect(chat.me.get()).toBeDefined());
    return { ...fixture, chat };
  }

  it('is shown before the messages of others have arrived, and after them in the list later', async () => {
    const { server, chat } = await setUpLoading();
    server.holding = true;
    server.onCall = () => undefined;
    record(chat.messages);
    void chat.sendMessage('mine');
    expect(shown(chat.messages.get())).toEqual(['mine pending']);
    expect(chat.messages.get()[0]?.author).toBe(chat.me.get());
    expect(chat.messages.status.get().status).toBe('loading');
    await vi.waitFor(() => {
      server.release();
      expect(shown(chat.messages.get())).toEqual(['earlier sent', 'mine pending']);
    });
  });

  it('is shown even if the messages of others cannot be loaded', async () => {
    const { server, chat } = await setUpLoading();
    server.refused.set('message', 'not now');
    server.onCall = () => undefined;
    record(chat.messages);
    await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('error'));
    void chat.sendMessage('mine');
    expect(shown(chat.messages.get())).toEqual(['mine pending']);
  });

  it('stays last until the server has it, after new messages of others', async () => {
    const { server, chat, now, last } = await setUpChat();
    let answer: (() => void) | undefined;
    const { onCall } = server;
    server.onCall = (call) => {
      answer = () => void (server.onCall = onCall)(call);
      return undefined;
    };
    void chat.sendMessage('mine');
    await vi.waitFor(() => expect(answer).toBeDefined());
    const pending = last();
    // The same person on another page, with the same text.
    server.insertMessage(me, 'mine');
    server.insertMessage(new Identity(7n), 'theirs');
    expect(now()).toEqual(['mine sent', 'theirs sent', 'mine pending']);
    expect(last()).toBe(pending);
  });

  it('keeps its key when its author is renamed', async () => {
    const { server, chat, last } = await setUpChat();
    await chat.sendMessage('hello');
    const { key } = last();
    server.updateUser(me, { name: 'Myself' });
    expect(last()).toMatchObject({ key, author: { name: 'Myself' } });
  });

  it('disappears when the module accepts it without inserting a row', async () => {
    const { server, chat, values } = await setUpChat();
    server.onCall = () => 'ok';
    await chat.sendMessage('/away');
    await vi.waitFor(() => expect(values.map(shown)).toEqual([['/away pending'], []]));
  });

  it('is recognised even if the module changed its text', async () => {
    const { server, chat, values } = await setUpChat();
    const { onCall } = server;
    server.onCall = (call) => onCall({ ...call, text: call.text.toUpperCase() });
    await chat.sendMessage('hello');
    expect(values.map(shown)).toEqual([['hello pending'], ['HELLO sent']]);
  });

  it('does not disappear when the server has it before the messages of others have arrived', async () => {
    const { server, chat } = await setUpLoading();
    server.insertMessage(new Identity(7n), 'old', server.clock - 400 * 86_400_000);
    const { values } = record(chat.messages);
    // The spans are requested one after the other, and the call happens in between.
    void chat.sendMessage('mine');
    await vi.waitFor(() =>
      expect(shown(chat.messages.get())).toEqual(['old sent', 'earlier sent', 'mine sent']),
    );
    expect(values.map(shown).slice(1, -1)).toEqual([['mine pending'], ['mine sent']]);
    expect(new Set(values.slice(1).map((list) => list.at(-1)?.key)).size).toBe(1);
  });

  it('is recognised when the messages are subscribed later', async () => {
    const { server, chat, stop, ready, now } = await setUpChat();
    server.onCall = () => ({ error: 'No' });
    stop();
    await chat.sendMessage('hello').catch(() => undefined);
    record(chat.messages);
    await ready();
    expect(now()).toEqual(['hello failed No']);
  });
});

describe('a message that the server refuses', () => {
  it('stays as failed, with the server’s words, and can be sent again or discarded', async () => {
    const { server, chat, now, last } = await setUpChat();
    const { onCall } = server;
    server.onCall = () => ({ error: 'Too fast' });
    await expect(chat.sendMessage('one')).rejects.toMatchObject({ name: 'ReducerError' });
    await expect(chat.sendMessage('two')).rejects.toMatchObject({ name: 'ReducerError' });
    expect(now()).toEqual(['one failed Too fast', 'two failed Too fast']);
    expect(last().error?.name).toBe('ReducerError');
    const [one, two] = chat.messages.get() as [ChatMessage, ChatMessage];
    server.onCall = onCall;
    const again = chat.retry(one);
    expect(now()).toEqual(['two failed Too fast', 'one pending']);
    // Pressed twice.
    await Promise.all([again, chat.retry(one)]);
    await chat.retry(one);
    expect(now()).toEqual(['one sent', 'two failed Too fast']);
    expect(chat.messages.get()[0]?.key).toBe(one.key);
    chat.discard(two);
    chat.discard(two);
    expect(now()).toEqual(['one sent']);
    expect(server.tables.message.size).toBe(1);
  });
});

describe('a message written while the connection is down', () => {
  it('waits, in order, and is sent after the reconnect', async () => {
    const { server, chat, now, goOffline, comeBack } = await setUpChat();
    await goOffline();
    const sent = ['a', 'b', 'c'].map((text) => chat.sendMessage(text));
    expect(now()).toEqual(['a pending', 'b pending', 'c pending']);
    await comeBack();
    await Promise.all(sent);
    expect(now()).toEqual(['a sent', 'b sent', 'c sent']);
    expect(server.tables.message.size).toBe(3);
  });

  it('is not sent when it was discarded', async () => {
    const { server, chat, last, outcome, goOffline, comeBack, now } = await setUpChat();
    await goOffline();
    const outcomes = ['a', 'b'].map((text) => outcome(chat.sendMessage(text)));
    chat.discard(last());
    await comeBack();
    expect(await Promise.all(outcomes)).toEqual(['sent', 'AbortError']);
    expect(now()).toEqual(['a sent']);
    expect(server.tables.message.size).toBe(1);
  });

  it('fails when too many wait already, and when the connection is closed', async () => {
    const { chat, connection, goOffline, now, outcome } = await setUpChat({ maxQueued: 1 });
    await goOffline();
    const outcomes = ['a', 'b'].map((text) => outcome(chat.sendMessage(text)));
    await vi.waitFor(() => expect(now()).toEqual(['a pending', expect.stringContaining('b failed')]));
    connection.close();
    expect(await Promise.all(outcomes)).toEqual(['NotConnectedError', 'NotConnectedError']);
  });
});

describe('a message whose answer was lost', () => {
  async function lose(arrives: boolean) {
    const fixture = await setUpChat();
    const { server, chat, now } = fixture;
    const { onCall } = server;
    server.onCall = (call) => {
      server.down = true;
      call.socket.drop();
      if (arrives) onCall(call);
      server.onCall = onCall;
      return undefined;
    };
    const sent = fixture.outcome(chat.sendMessage('hello'));
    await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('stale'));
    expect(now()).toEqual(['hello pending']);
    return { ...fixture, sent };
  }

  it('is sent if the rows contain it after the reconnect', async () => {
    const { values, comeBack, sent, now } = await lose(true);
    await comeBack();
    expect(await sent).toBe('sent');
    expect(now()).toEqual(['hello sent']);
    expect(values).toHaveLength(2);
  });

  it('has failed if they do not, and can be sent again', async () => {
    const { server, chat, comeBack, sent, now, last } = await lose(false);
    await comeBack();
    expect(await sent).toBe('NotConnectedError');
    expect(now()).toEqual(['hello failed The connection was lost before the message arrived']);
    await chat.retry(last());
    expect(now()).toEqual(['hello sent']);
    expect(server.tables.message.size).toBe(1);
  });

  it('is not shown twice if it arrives after all', async () => {
    const { server, comeBack, now } = await lose(false);
    await comeBack();
    server.insertMessage(me, 'hello');
    expect(now()).toEqual(['hello sent']);
  });

  it('is not confused with an older one with the same text', async () => {
    const { server, chat, stop, sent, ready, comeBack, now } = await lose(false);
    server.insertMessage(me, 'hello', server.clock - 10 * 60_000);
    stop();
    await sent;
    record(chat.messages);
    await comeBack();
    await ready();
    expect(now()).toEqual(['hello sent', 'hello failed The connection was lost before the answer']);
    server.insertMessage(me, 'hello');
    expect(now()).toEqual(['hello sent', 'hello sent']);
  });

  it('has an unknown outcome when nobody subscribes to the rows', async () => {
    const { stop, sent } = await lose(true);
    stop();
    expect(await sent).toBe('UnknownOutcomeError');
  });
});

it('shows no message twice and loses none, whatever happens to the connection', async () => {
  const step = fc.constantFrom('send', 'send', 'lose before', 'lose after', 'refuse', 'down', 'up', 'settle');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const { server, connection, chat, values, comeBack } = await setUpChat();
      const { onCall } = server;
      const texts: string[] = [];
      for (const step of steps) {
        if (step === 'send') {
          texts.push(`text ${texts.length}`);
          void chat.sendMessage(texts.at(-1) as string);
        } else if (step === 'down') {
          server.down = true;
          server.open.forEach((socket) => socket.drop());
        } else if (step === 'up') {
          server.down = false;
        } else if (step === 'settle') {
          await new Promise((resolve) => setTimeout(resolve));
        } else {
          server.onCall = (call) => {
            server.onCall = onCall;
            if (step === 'refuse') return { error: 'No' };
            call.socket.drop();
            if (step === 'lose after') onCall(call);
            return undefined;
          };
        }
      }
      server.onCall = onCall;
      await comeBack();
      await vi.waitFor(async () => {
        for (const message of chat.messages.get()) if (message.status === 'failed') await chat.retry(message);
        expect(shown(chat.messages.get())?.toSorted()).toEqual(
          texts.map((text) => `${text} sent`).toSorted(),
        );
      });
      expect([...server.tables.message.values()].map((row) => row['text'])).toHaveLength(texts.length);
      for (const list of values) {
        const here = list.map(({ text }) => text);
        expect(here).toHaveLength(new Set(here).size);
        expect(list).toHaveLength(new Set(list.map(({ key }) => key)).size);
      }
      connection.close();
    }),
    { numRuns: 60 },
  );
}, 60_000);
