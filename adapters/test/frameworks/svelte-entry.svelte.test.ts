import { render } from '@testing-library/svelte';
import { Identity } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { tables } from '../module_bindings/index.ts';
import { liveTable } from '../../src/index.ts';
import { fromLive } from '../../src/svelte/index.ts';
import { record, setUp } from '../set-up.ts';
import Names from './Names.svelte';
import Page from './Page.svelte';

const [ann, bob] = [3n, 4n].map((value) => new Identity(value)) as [Identity, Identity];

function open() {
  const { server, connection } = setUp();
  server.insertUser({ identity: ann, name: 'Ann' });
  const onRender = vi.fn();
  const page = render(Page, { open: () => connection, onRender });
  const texts = () => [...page.container.querySelectorAll('p, i')].map(({ textContent }) => textContent);
  const sees = (text: string) => vi.waitFor(() => expect(texts().join(' ')).toBe(text));
  return { server, connection, onRender, page, sees };
}

it('carries a connection to the components below, and closes it with the one that provides it', async () => {
  const { server, connection, page, sees } = open();
  await sees('Ann ready');
  expect(connection.status.get().state).toBe('connected');
  page.unmount();
  expect(connection.status.get().state).toBe('closed');
  await vi.waitFor(() => expect(server.open).toEqual([]));
});

it('says what is missing where no component provides one', () => {
  expect(() => render(Names, { onRender: () => undefined })).toThrow('provideConnection');
});

it('shows each change, and renders only what shows something else', async () => {
  const { server, onRender, sees } = open();
  await sees('Ann ready');
  const before = onRender.mock.calls.length;
  server.insertUser({ identity: bob, name: 'Bob' });
  await sees('Ann Bob ready');
  expect(onRender).toHaveBeenCalledTimes(before + 1);
  server.updateUser(bob, { online: false });
  server.insertMessage(ann, 'nothing to do with users');
  server.updateUser(ann, { name: 'Anna' });
  await sees('Anna Bob ready');
  expect(onRender).toHaveBeenCalledTimes(before + 2);
});

it('subscribes while it is shown, once for all places', async () => {
  const { server, connection, page, sees } = open();
  await page.rerender({ places: 2 });
  await sees('Ann ready Ann ready');
  expect(server.log).toEqual(['+ SELECT * FROM "user"']);
  record(liveTable(connection, tables.message));
  await page.rerender({ places: 0 });
  await vi.waitFor(() => expect(server.log).toContain('- SELECT * FROM "user"'));
  await page.rerender({ places: 1 });
  await sees('Ann ready');
});

it('gives the value of the moment where nothing is reactive, without subscribing', () => {
  const { server, connection } = setUp();
  const users = fromLive(liveTable(connection, tables.user));
  expect(users.current).toEqual([]);
  expect(users.state).toEqual({ phase: 'idle' });
  expect(server.sockets).toEqual([]);
});
