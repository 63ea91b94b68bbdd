/** Reactive queries behave the same in every framework with its own entry. */
import { Identity } from 'spacetimedb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tables } from '../module_bindings/index.ts';
import { liveTable } from '../../src/index.ts';
import { fromReadable, liveQuery } from '../../src/svelte/index.ts';
import { record, setUp } from '../set-up.ts';
import type { QueryFramework } from './driver.ts';
import { reactQuery, reactStrictQuery } from './react.ts';
import { svelteQuery } from './svelte.svelte.ts';

const [ann, bob] = [3n, 4n].map((value) => new Identity(value)) as [Identity, Identity];
const ONLINE = 'SELECT * FROM "user" WHERE "user"."online" = TRUE';
const OFFLINE = 'SELECT * FROM "user" WHERE "user"."online" = FALSE';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  document.body.replaceChildren();
});

/** A page that shows who is online: Ann is online, and Bob is not. */
function open(framework: QueryFramework) {
  const { server, connection } = setUp();
  server.insertUser({ identity: ann, name: 'Ann', online: true });
  server.insertUser({ identity: bob, name: 'Bob', online: false });
  const target = document.createElement('div');
  document.body.append(target);
  const rendered: string[] = [];
  const page = framework.show(connection, target, { online: true, places: 1 }, (text) => rendered.push(text));
  cleanUps.push(page.leave);
  const sees = (...texts: string[]) =>
    vi.waitFor(() => expect([...target.children].map(({ textContent }) => textContent)).toEqual(texts));
  return { server, connection, page, rendered, sees };
}

describe.each([svelteQuery, reactQuery, reactStrictQuery])('a query in $name', (framework) => {
  it('is loading at first, and shows the rows, each change and the status of the connection', async () => {
    const { server, rendered, sees } = open(framework);
    await sees('Ann, ready, connected');
    expect(rendered[0]).toMatch(/^, loading, /);
    server.updateUser(bob, { online: true });
    await sees('Ann Bob, ready, connected');
  });

  it('keeps its last rows as stale until those of the next query arrive, and is never empty', async () => {
    const { server, page, rendered, sees } = open(framework);
    await sees('Ann, ready, connected');
    const { length } = rendered;
    server.holding = true;
    page.update({ online: false, places: 1 });
    await sees('Ann, stale, connected');
    await vi.waitFor(() => expect(server.log).toContain(`+ ${OFFLINE}`));
    server.release();
    await sees('Bob, ready, connected');
    expect(new Set(rendered.slice(length))).toEqual(
      new Set(['Ann, stale, connected', 'Bob, ready, connected']),
    );
  });

  it('keeps its last rows through several changes in a row, and settles on the last query', async () => {
    const { server, page, rendered, sees } = open(framework);
    await sees('Ann, ready, connected');
    const { length } = rendered;
    server.holding = true;
    page.update({ online: false, places: 1 });
    await sees('Ann, stale, connected');
    page.update({ online: true, places: 1 });
    page.update({ online: false, places: 1 });
    await sees('Ann, stale, connected');
    server.holding = false;
    server.release();
    await sees('Bob, ready, connected');
    expect(rendered.slice(length).filter((text) => text.startsWith(','))).toEqual([]);
  });

  it('shows the last rows with the error of a query that the server refuses', async () => {
    const { server, page, sees } = open(framework);
    await sees('Ann, ready, connected');
    server.refused.set('user', 'too many queries');
    page.update({ online: false, places: 1 });
    await sees('Ann, error refused, connected');
  });

  it('ends the subscription to the previous query, and to the last one with its component', async () => {
    const { server, connection, page, sees } = open(framework);
    await sees('Ann, ready, connected');
    record(liveTable(connection, tables.message));
    page.update({ online: false, places: 1 });
    await sees('Bob, ready, connected');
    await vi.waitFor(() => expect(server.log).toContain(`- ${ONLINE}`));
    page.update({ online: false, places: 0 });
    await vi.waitFor(() => expect(server.log).toContain(`- ${OFFLINE}`));
    page.update({ online: false, places: 1 });
    await sees('Bob, ready, connected');
  });

  it('has one subscription for all components that show it', async () => {
    const { server, page, sees } = open(framework);
    page.update({ online: true, places: 3 });
    await sees(...Array<string>(3).fill('Ann, ready, connected'));
    expect(server.log).toEqual([`+ ${ONLINE}`]);
  });

  it('is stale while the connection is lost', async () => {
    const { server, sees } = open(framework);
    await sees('Ann, ready, connected');
    server.down = true;
    server.socket.drop();
    await sees('Ann, stale, reconnecting');
    server.down = false;
    await sees('Ann, ready, connected');
  });

  it('says what is missing if nothing provides a connection', async () => {
    const target = document.createElement('div');
    await expect(framework.showAlone(target)).rejects.toThrow(/setConnection|ConnectionProvider/);
  });
});

describe('in Svelte, outside any reactive context', () => {
  it('a store and a query return the current value without subscribing', () => {
    const { server, connection } = setUp();
    const users = fromReadable(liveTable(connection, tables.user));
    expect(users.current).toEqual([]);
    expect(users.status.status).toBe('idle');
    const query = liveQuery(tables.user, { connection });
    expect(query.current).toEqual([]);
    expect([query.status.isLoading, query.error]).toEqual([true, undefined]);
    expect(fromReadable(connection.status).current.status).toBe('idle');
    expect(server.sockets).toEqual([]);
  });
});
