import { beforeEach, expect, it, vi } from 'vitest';
import { user } from '../../testing/fixtures.ts';
import { carryName } from './carry-name.ts';

const me = user('Ann', { isMe: true });
const nameless = { ...me, name: undefined };
const onrename = vi.fn(() => Promise.resolve());

beforeEach(() => onrename.mockClear());

it('sets the name from another room where the reader would be asked for one', () => {
  carryName('host', { me, welcome: false, onrename });
  carryName('host', { me: nameless, welcome: true, onrename });
  expect(onrename).toHaveBeenCalledExactlyOnceWith('Ann');
});

it('does nothing for anonymous readers, other identities and other servers', () => {
  carryName('host', { me, welcome: false, onrename });
  carryName('host', { me: nameless, welcome: false, onrename });
  carryName('host', { me: { ...nameless, id: '1'.repeat(64) }, welcome: true, onrename });
  carryName('other', { me: nameless, welcome: true, onrename });
  carryName('host', { me: undefined, welcome: true, onrename });
  expect(onrename).not.toHaveBeenCalled();
});

it('ignores a name that is taken', async () => {
  carryName('host', { me, welcome: false, onrename });
  const refused = vi.fn(() => Promise.reject(new Error('Ann is taken')));
  carryName('host', { me: nameless, welcome: true, onrename: refused });
  await expect(refused.mock.results[0]?.value).rejects.toThrow();
});
