import { describe, expect, it, vi } from 'vitest';
import { openFromNotification } from './notification-click.ts';

const link = 'https://chat.example/?room=lobby#m=1';
const page = (url: string) => ({ url, focus: vi.fn(() => Promise.resolve()), postMessage: vi.fn() });
const openNew = vi.fn(() => Promise.resolve());

describe('a click on a notification of the service worker', () => {
  it('opens the message in the page that shows its room, and focuses that page', async () => {
    const [other, room] = [page('https://chat.example/'), page('https://chat.example/?room=lobby#m=0')];
    await openFromNotification(link, [other, room], openNew);
    expect(room.postMessage).toHaveBeenCalledExactlyOnceWith({ open: link });
    expect(room.focus).toHaveBeenCalledOnce();
    expect(other.postMessage).not.toHaveBeenCalled();
    expect(other.focus).not.toHaveBeenCalled();
  });

  it('opens the message in another page of the site if none shows its room', async () => {
    const other = page('https://chat.example/?room=help');
    await openFromNotification(link, [other], openNew);
    expect(other.postMessage).toHaveBeenCalledExactlyOnceWith({ open: link });
    expect(other.focus).toHaveBeenCalledOnce();
    expect(openNew).not.toHaveBeenCalled();
  });

  it('opens a new page at the message if none is open', async () => {
    await openFromNotification(link, [], openNew);
    expect(openNew).toHaveBeenCalledExactlyOnceWith(link);
  });

  it('only focuses the page where messages have no address', async () => {
    const open = page('https://chat.example/');
    await openFromNotification(undefined, [open], openNew);
    expect(open.focus).toHaveBeenCalledOnce();
    expect(open.postMessage).not.toHaveBeenCalled();
  });
});
