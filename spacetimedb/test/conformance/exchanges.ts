/** WebSocket exchanges with the module `chat` in one subprotocol. */
import {
  callMessage,
  oneOffMessage,
  procedureMessage,
  subscribeMessage,
  textArgument,
  unsubscribeMessage,
} from './messages.ts';
import { ONE_OFF_QUERIES, subscriptions } from './queries.ts';
import { until, type ConformanceServer, type Person } from './server.ts';
import { openSocket, outcome, V2, type Client } from './socket.ts';
import type { Step } from './suite.ts';

interface Talk {
  readonly server: ConformanceServer;
  readonly database: string;
  readonly protocol: string;
  readonly a: Person;
  readonly b: Person;
}

const OWN_USER = 'SELECT * FROM user WHERE identity = :sender';

export async function exchanges({ server, database, protocol, a, b }: Talk): Promise<Step[]> {
  const version = protocol === V2 ? 'v2' : 'v3';
  const steps: Step[] = [];
  const record = (name: string, value: unknown) => steps.push({ name: `${version} ${name}`, value });
  const join = async ({ token }: Person, query = 'compression=None') => {
    const client = await openSocket(server, database, {
      query: `${query}&token=${token}`,
      protocols: [protocol],
    });
    await client.wait();
    client.take();
    client.frames.length = 0;
    return client;
  };
  /** One exchange on its own connection. */
  const exchange = async (name: string, talkTo: (client: Client) => Promise<unknown>) => {
    const client = await join(a);
    const extra = await talkTo(client);
    record(name, { seen: client.take(), closed: client.closed, ...(extra ?? {}) });
    await client.close();
  };
  const say = (name: string, ...messages: (Uint8Array | string)[]) =>
    exchange(name, async (client) => {
      for (const message of messages) client.send(message);
      await client.settle();
    });
  const answer = async (client: Client, ...messages: Uint8Array[]) => {
    for (const message of messages) client.send(message);
    await client.wait(messages.length);
    await client.settle();
    return client.take();
  };

  await say('subscribe none', subscribeMessage(1, 7, []));
  for (const queries of subscriptions(b.identity)) {
    const [query = ''] = queries;
    if (/from\s+\*;?$/i.test(query)) {
      await exchange(`subscribe ${query}`, async (client) => ({
        tables: (await answer(client, subscribeMessage(1, 7, queries))).map(namesOfTables),
      }));
    } else {
      await say(`subscribe ${JSON.stringify(queries)}`, subscribeMessage(1, 7, queries));
    }
  }

  const own = (request: number, set: number, ...more: string[]) =>
    subscribeMessage(request, set, [OWN_USER, ...more]);
  await say(
    'subscribe same set id twice',
    subscribeMessage(1, 7, ["SELECT * FROM message WHERE text = 'a'"]),
    own(2, 7),
  );
  await say('subscribe same query two sets', own(1, 7), own(2, 8));
  await say('subscribe error then same id', subscribeMessage(1, 7, ['SELECT * FROM nope']), own(2, 7));
  await say('unsubscribe without any', unsubscribeMessage(1, 7));
  await say('unsubscribe other id', own(1, 7), unsubscribeMessage(2, 9));
  await say('unsubscribe default', own(1, 7), unsubscribeMessage(2, 7));
  await say(
    'unsubscribe dropped rows',
    own(1, 7, "SELECT * FROM message WHERE text = 'zz'"),
    unsubscribeMessage(2, 7, 1),
  );
  await say('unsubscribe bad flags', own(1, 7), unsubscribeMessage(2, 7, 5));
  await say('unsubscribe twice', own(1, 7), unsubscribeMessage(2, 7), unsubscribeMessage(3, 7));
  await say('unsubscribe and again', own(1, 7), unsubscribeMessage(2, 7), own(3, 7));
  for (const query of ONE_OFF_QUERIES) await say(`one-off ${query}`, oneOffMessage(3, query));

  const call = (name: string, args: Uint8Array, flags = 0) => callMessage(5, name, args, flags);
  const empty = Buffer.alloc(0);
  await say('call ok', call('send_message', textArgument('ws hello')));
  await say('call err', call('send_message', textArgument('')));
  await say('call unknown', call('nope', textArgument('a')));
  await say('call empty name', call('', textArgument('a')));
  await say('call no args', call('send_message', empty));
  await say('call short args', call('send_message', Buffer.from([5, 0, 0, 0, 97])));
  await say('call long args', call('send_message', Buffer.concat([textArgument('ab'), Buffer.from([1, 2])])));
  await say('call bad utf8', call('send_message', Buffer.from([1, 0, 0, 0, 255])));
  await say('call lifecycle', call('identity_connected', empty));
  await say('call init', call('init', empty));
  await say('call flags 1', call('send_message', textArgument('flag'), 1));
  await say('call camel', call('sendMessage', textArgument('a')));
  await sayProcedure('procedure unknown', procedureMessage(6, 'nope', empty));
  await sayProcedure('procedure is reducer', procedureMessage(6, 'send_message', textArgument('a')));
  await sayProcedure('procedure flags 1', procedureMessage(6, 'nope', empty, 1));

  async function sayProcedure(name: string, message: Uint8Array) {
    await exchange(name, async (client) => {
      client.send(message);
      // Procedures are not ordered with other messages.
      await client.wait();
    });
  }

  const query = oneOffMessage(3, 'SELECT * FROM nope');
  await say('text message', 'hello');
  await say('empty binary', empty);
  await say('unknown tag', Buffer.from([99]));
  await say('cut off', subscribeMessage(1, 7, ['SELECT * FROM user']).subarray(0, 12));
  await say('trailing byte', Buffer.concat([query, Buffer.from([1])]));
  await say('two in one frame', Buffer.concat([query, oneOffMessage(4, 'SELECT * FROM nope2')]));
  await say('huge length', Buffer.from([2, 1, 0, 0, 0, 255, 255, 255, 255, 1]));

  const sendMessage = (request: number, text: string) =>
    callMessage(request, 'send_message', textArgument(text));
  const setName = (request: number, name: string) => callMessage(request, 'set_name', textArgument(name));
  await exchange('own call with subscription', async (client) => {
    await answer(client, subscribeMessage(1, 7, ["SELECT * FROM message WHERE text = 'mine'", OWN_USER]));
    client.send(sendMessage(2, 'mine'));
    await client.settle();
  });
  await exchange('own set_name with two sets', async (client) => {
    await answer(client, own(1, 7), own(2, 3, "SELECT * FROM message WHERE text = 'q'"));
    client.send(setName(4, `Ada ${version}`));
    await client.settle();
  });
  await exchange('set_name same again', async (client) => {
    await answer(client, own(1, 7));
    client.send(setName(4, `Ada ${version}`));
    await client.settle();
  });
  await exchange('overlapping queries one set', async (client) => {
    await answer(
      client,
      subscribeMessage(1, 7, [
        "SELECT * FROM message WHERE text = 'over'",
        `SELECT * FROM message WHERE sender = 0x${a.identity} AND text = 'over'`,
      ]),
    );
    client.send(sendMessage(2, 'over'));
    await client.settle();
  });
  await exchange('other client sees', async (client) => {
    const first = await answer(
      client,
      subscribeMessage(1, 7, [
        "SELECT * FROM message WHERE text = 'seen'",
        `SELECT * FROM user WHERE identity = 0x${b.identity}`,
      ]),
    );
    const other = await join(b);
    await client.settle();
    const onConnect = client.take();
    const dSaw = await answer(other, sendMessage(2, 'seen'));
    await client.settle();
    const onCall = client.take();
    await answer(other, sendMessage(3, 'not subscribed'));
    await client.settle();
    const onOther = client.take();
    await other.close();
    await client.wait();
    await client.settle();
    return { first, onConnect, onCall, dSaw, onOther, onLeave: client.take() };
  });
  await exchange('rapid calls in order', async (client) => {
    const messages = Array.from({ length: 20 }, (_, index) => sendMessage(100 + index, 'r'));
    const seen = await answer(client, ...messages);
    return { order: seen.map((message) => (message['ReducerResult'] as { req: number } | undefined)?.req) };
  });
  await exchange('ping', async (client) => {
    let pong: string | null = null;
    client.socket.on('pong', (data) => {
      pong = data.toString();
    });
    client.socket.ping('abc');
    await until(() => pong !== null);
    return { pong };
  });

  for (const compression of ['None', 'Gzip', 'Brotli', '']) {
    const client = await join(a, compression === '' ? 'x=1' : `compression=${compression}`);
    const big = 'big'.repeat(1000);
    await next(client, sendMessage(1, big));
    client.frames.length = 0;
    await next(client, subscribeMessage(1, 7, [`SELECT * FROM message WHERE text = '${big}'`]));
    await next(client, unsubscribeMessage(2, 7, 1));
    await next(client, oneOffMessage(2, 'SELECT * FROM nope'));
    record(`compression '${compression}' small and large`, {
      frames: client.frames.map((frame) => frame.compression),
    });
    await client.close();
  }
  const compressed = await join(a, 'compression=Gzip');
  const thresholds: Record<string, unknown> = {};
  for (const length of [900, 1000, 1100, 1200, 2000]) {
    compressed.frames.length = 0;
    const seen = await next(compressed, oneOffMessage(2, `SELECT * FROM ${'n'.repeat(length)}`));
    thresholds[length] = { len: JSON.stringify(seen).length, frame: compressed.frames[0] };
  }
  record('compression threshold', thresholds);
  await compressed.close();

  const light = await join(a, 'compression=None&light=true');
  light.send(own(1, 7));
  await light.settle();
  const bob = await join(b);
  await answer(bob, setName(1, 'Bob'));
  light.send(setName(4, `Light ${version}`));
  await light.settle();
  record('light', { seen: light.take() });
  await Promise.all([light.close(), bob.close()]);

  const unconfirmed = await join(a, 'compression=None&confirmed=false');
  record('confirmed=false order', {
    seen: await answer(
      unconfirmed,
      sendMessage(1, 'c1'),
      oneOffMessage(2, "SELECT * FROM message WHERE text = 'nothing at all'"),
    ),
  });
  await unconfirmed.close();

  const twice = {
    query: `compression=None&connection_id=${'ab'.repeat(16)}&token=${a.token}`,
    protocols: [protocol],
  };
  const c = await openSocket(server, database, twice);
  await c.wait();
  const d = await openSocket(server, database, twice);
  if (d.refused === undefined) await d.wait();
  record('same connection id twice', { c: await outcome(c), d: await outcome(d) });
  await Promise.all([c.close(), d.close()]);
  return steps;
}

/** Sends one message, and waits for one. */
async function next(client: Client, message: Uint8Array) {
  client.send(message);
  await client.wait();
  return client.take();
}

/** The names of the tables in the answer to a subscription. */
function namesOfTables(message: Readonly<Record<string, unknown>>): unknown {
  const applied = message['SubscribeApplied'] as { tables: { table: string }[] } | undefined;
  return applied?.tables.map(({ table }) => table) ?? message;
}
