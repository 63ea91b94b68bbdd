import { expect, it, vi } from 'vitest';
import { chatSessionWith, message, user } from '../../testing/fixtures.ts';
import { en } from '../i18n/en.ts';
import { MessageActions, type MessageHost } from './message-actions.svelte.ts';

const theirs = message(user('Ada'), 'Hello');
const near = document.createElement('article');

function setUp() {
  const host: MessageHost = {
    session: chatSessionWith({}),
    get strings() {
      return en;
    },
    moderation: undefined,
    pageLink: undefined,
    reply: vi.fn(),
    edit: vi.fn(),
    show: () => Promise.resolve(true),
    refocus: vi.fn(),
  };
  return { host, actions: new MessageActions(host) };
}

it('loads the tools once', async () => {
  const { host, actions } = setUp();
  expect(actions.tools).toBeUndefined();
  const loading = actions.load();
  expect(actions.load()).toBe(loading);
  const tools = await loading;
  expect(tools?.host).toBe(host);
  expect(actions.tools).toBe(tools);
  expect(await actions.load()).toBe(tools);
});

it('does nothing when the tools cannot be loaded, and tries again the next time', async () => {
  const { host, actions } = setUp();
  const fail = () => {
    throw new Error('offline');
  };
  const strings = vi.spyOn(host, 'strings', 'get').mockImplementationOnce(fail).mockImplementationOnce(fail);
  await actions.open(theirs, near);
  await actions.run('menu', theirs, near);
  expect(actions.tools).toBeUndefined();
  await actions.open(theirs, near);
  expect(strings.mock.calls.length).toBeGreaterThan(2);
  expect(actions.tools?.menu).toEqual({ message: theirs, anchor: near });
});

it('runs what a key says once the tools are loaded', async () => {
  const { actions } = setUp();
  await actions.run('menu', theirs, near);
  expect(actions.tools?.menu).toEqual({ message: theirs, anchor: near });
});
