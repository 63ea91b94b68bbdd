/** The stores behave the same in every framework: one suite, and a thin driver for each. */
import { Identity } from 'spacetimedb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tables } from '../module_bindings/index.ts';
import { liveTable, type Readable } from '../../src/index.ts';
import { setUp } from '../set-up.ts';
import type { Framework } from './driver.ts';
import { plain } from './plain.ts';
import { react, reactReadable } from './react.ts';
import { rxjs } from './rxjs.ts';
import { solid } from './solid.ts';
import { svelteDollar, svelteFromReadable, svelteFromStore } from './svelte.svelte.ts';
import { vue } from './vue.ts';

const [ann, bob] = [3n, 4n].map((value) => new Identity(value)) as [Identity, Identity];

const shown: (() => void)[] = [];
afterEach(() => {
  for (const leave of shown.splice(0)) leave();
  document.body.replaceChildren();
});

/** The names of all users, as one text. */
function open() {
  const { server, connection } = setUp();
  const users = liveTable(connection, tables.user);
  const text = (): string => [...users.get()].map(({ name }) => name).join(' ');
  const names: Readable<string> = {
    get: text,
    subscribe: (run) => users.subscribe(() => run(text())),
  };
  return { server, names };
}

function show(framework: Framework, store: Readable<string>) {
  const target = document.createElement('div');
  document.body.append(target);
  const onRender = vi.fn();
  const leave = framework.show(store, target, onRender);
  shown.push(leave);
  return {
    onRender,
    sees: (text: string) => vi.waitFor(() => expect(target.textContent).toBe(text)),
    leave: () => {
      shown.splice(shown.indexOf(leave), 1);
      leave();
    },
  };
}

describe.each([
  plain,
  svelteDollar,
  svelteFromStore,
  svelteFromReadable,
  react,
  reactReadable,
  vue,
  solid,
  rxjs,
])('in $name', (framework) => {
  it('a store shows the current rows and each change', async () => {
    const { server, names } = open();
    server.insertUser({ identity: ann, name: 'Ann' });
    const view = show(framework, names);
    await view.sees('Ann');
    server.insertUser({ identity: bob, name: 'Bob' });
    await view.sees('Ann Bob');
    server.updateUser(ann, { name: 'Anna' });
    await view.sees('Anna Bob');
  });

  it('a store does not render again for changes that it does not show', async () => {
    const { server, names } = open();
    server.insertUser({ identity: ann, name: 'Ann' });
    const view = show(framework, names);
    await view.sees('Ann');
    const before = view.onRender.mock.calls.length;
    server.insertMessage(ann, 'nothing to do with users');
    server.updateUser(ann, { name: 'Ann' });
    server.updateUser(ann, { name: 'Anna' });
    await view.sees('Anna');
    expect(view.onRender.mock.calls.length - before).toBe(1);
  });

  it('two components that show a store share one subscription', async () => {
    const { server, names } = open();
    server.insertUser({ identity: ann, name: 'Ann' });
    const views = [show(framework, names), show(framework, names)];
    for (const view of views) await view.sees('Ann');
    expect(server.log.filter((entry) => entry.startsWith('+'))).toHaveLength(1);
  });

  it('the last component ends the subscription, and a later one opens it again', async () => {
    const { server, names } = open();
    server.insertUser({ identity: ann, name: 'Ann' });
    const first = show(framework, names);
    await first.sees('Ann');
    first.leave();
    await vi.waitFor(() => expect(server.open).toEqual([]));
    server.insertUser({ identity: bob, name: 'Bob' });
    const second = show(framework, names);
    await second.sees('Ann Bob');
  });
});
