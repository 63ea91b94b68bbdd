import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import KeyNotice from './KeyNotice.svelte';

const persist = vi.fn<() => Promise<boolean>>();

function browser(vendor: string): void {
  vi.spyOn(navigator, 'vendor', 'get').mockReturnValue(vendor);
  Object.defineProperty(navigator, 'storage', { configurable: true, value: { persist } });
}

/** Opens the page again. */
function visit(props: { hasName?: boolean; hasRole?: boolean } = {}) {
  const onshow = vi.fn();
  const { unmount } = render(KeyNotice, {
    room: 'host/lobby',
    hasName: false,
    hasRole: false,
    onshow,
    ...props,
  });
  return { onshow, unmount, notice: screen.queryByRole('region') };
}

beforeEach(() => void persist.mockReset().mockResolvedValue(true));
afterEach(() => {
  vi.restoreAllMocks();
  Reflect.deleteProperty(navigator, 'storage');
});

describe('in Safari', () => {
  beforeEach(() => browser('Apple Computer, Inc.'));

  it('people with a name are warned on their next visit that the key will be deleted', () => {
    const first = visit({ hasName: true });
    expect(first.notice).toBeNull();
    first.unmount();
    expect(visit({ hasName: true }).notice).toHaveTextContent(/Only this browser .* 7 days/);
  });

  it('people without a name are never warned', () => {
    visit().unmount();
    expect(visit().notice).toBeNull();
    expect(persist).not.toHaveBeenCalled();
  });
});

describe('in other browsers', () => {
  beforeEach(() => browser('Google Inc.'));

  it('the owner and moderators are warned at once, without the seven days', () => {
    const { notice } = visit({ hasRole: true });
    expect(notice).toHaveTextContent('Only this browser can sign you in.');
    expect(notice).not.toHaveTextContent('7 days');
  });

  it('people with a name are not warned', () => {
    visit({ hasName: true }).unmount();
    expect(visit({ hasName: true }).notice).toBeNull();
  });

  it.each(['Show the key', 'Not now'])('the notice does not return after “%s”', async (name) => {
    const { onshow, unmount } = visit({ hasRole: true });
    await userEvent.click(screen.getByRole('button', { name }));
    expect(onshow).toHaveBeenCalledTimes(name === 'Not now' ? 0 : 1);
    expect(screen.queryByRole('region')).toBeNull();
    unmount();
    expect(visit({ hasRole: true }).notice).toBeNull();
  });

  it('the browser is asked to keep the stored data', () => {
    visit({ hasName: true });
    expect(persist).toHaveBeenCalledTimes(1);
  });
});

it('Firefox, which would ask the person, is not asked', () => {
  browser('');
  visit({ hasName: true, hasRole: true });
  expect(persist).not.toHaveBeenCalled();
});
