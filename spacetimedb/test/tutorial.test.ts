/**
 * The commands that the tutorial tells its readers to type, as the HTTP requests of the official CLI
 * (crates/cli/src/subcommands/{call,sql,logs}.rs). Our module answers them like the plain one.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleSource } from '../host/src/testing/module-source.ts';
import { PLAIN_MODULE } from './plain-module.ts';
import { openRoom, type Room } from './room.ts';
import { join } from './server.ts';

let plain: string;
beforeAll(async () => {
  plain = await bundleSource(PLAIN_MODULE);
});

/** `spacetime call`, `sql` and `logs` as the publisher of the module. */
function commandLine({ uri, database, owner }: Room) {
  const authorization = `Bearer ${owner.token}`;
  const identity = fetch(`${uri}/v1/database/${database}/identity`).then((answer) => answer.text());
  const at = async (rest: string) => `${uri}/v1/database/${await identity}/${rest}`;
  return {
    call: async (reducer: string, ...args: string[]) => {
      const schema = await fetch(await at('schema?version=10'), { headers: { authorization } });
      expect(await schema.text()).toContain(`"${reducer}"`);
      // An argument that is not JSON is text, so `'Hello, World!'` needs no extra quotes.
      const headers = { authorization, 'content-type': 'application/json' };
      const body = JSON.stringify(args);
      return fetch(await at(`call/${reducer}`), { method: 'POST', headers, body });
    },
    sql: async (query: string) => {
      const answer = await fetch(await at('sql'), {
        method: 'POST',
        headers: { authorization },
        body: query,
      });
      expect(answer.headers.get('content-type')).toBe('application/json');
      return (await answer.json()) as {
        schema: { elements: { name: { some: string } }[] };
        rows: unknown[][];
      }[];
    },
    logs: async () => {
      const answer = await fetch(await at('logs'), { headers: { authorization } });
      return (await answer.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { level: string; message: string });
    },
  };
}

describe.each([
  ['of this room', () => openRoom({ limits: 'default' })],
  ['of the tutorial', () => openRoom({ program: plain, limits: 'default' })],
])('the module %s', (_which, open) => {
  test("the tutorial's commands work: spacetime call quickstart-chat send_message 'Hello, World!'; logs; sql", async () => {
    const room = await open();
    const { call, logs, sql } = commandLine(room);
    const answer = await call('send_message', 'Hello, World!');
    expect([answer.status, await answer.text()]).toEqual([200, '']);

    expect(await logs()).toContainEqual(
      expect.objectContaining({
        level: 'Info',
        message: expect.stringMatching(/^User [^:]+: Hello, World!$/) as unknown,
      }),
    );

    const [result] = await sql('SELECT * FROM message');
    expect(result?.schema.elements.map(({ name }) => name.some)).toEqual(['sender', 'sent', 'text']);
    expect(result?.rows).toEqual([[[`0x${room.owner.identity}`], [expect.any(Number)], 'Hello, World!']]);
  });

  test.each([
    ['send_message', 'Messages must not be empty'],
    ['set_name', 'Names must not be empty'],
  ])("%s with an empty text is refused with the tutorial's message", async (reducer, text) => {
    const answer = await commandLine(await open()).call(reducer, '');
    expect([answer.status, await answer.text()]).toEqual([530, text]);
  });

  test('an unknown user cannot set a name', async () => {
    const room = await open();
    const person = await join(room);
    room.sql('DELETE FROM user');
    await expect(person.connection.reducers.setName({ name: 'Ann' })).rejects.toThrow(
      'Cannot set name for unknown user',
    );
    await person.leave();
  });
});
