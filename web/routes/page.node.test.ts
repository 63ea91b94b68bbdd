import { render } from 'svelte/server';
import { expect, it, vi } from 'vitest';
import Page from './+page.svelte';

it('prerendering opens no socket and sends no request', async () => {
  const [socket, fetched] = [vi.fn(), vi.fn()];
  vi.stubGlobal('WebSocket', socket);
  vi.stubGlobal('fetch', fetched);
  const { body, head } = await render(Page);
  expect(body).toContain('Connecting…');
  expect(head).toContain('<title>');
  expect(socket).not.toHaveBeenCalled();
  expect(fetched).not.toHaveBeenCalled();
});
