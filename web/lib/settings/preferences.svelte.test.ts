import { expect, it } from 'vitest';
import { Preferences } from './preferences.svelte.ts';

it('preferences are saved and restored', () => {
  const before = new Preferences();
  Object.assign(before, {
    theme: 'dark',
    density: 'compact',
    clock: '24',
    changes: false,
    database: 'lobby',
  });
  before.save();
  const after = new Preferences();
  after.load();
  expect(after.all).toEqual(before.all);
});

it.each(['{', '[]', '"x"', '{"theme":"pink","sound":"yes","uri":7}'])(
  'preferences are the defaults if %s was stored',
  (saved) => {
    localStorage.setItem('spacetimedb-chat:preferences', saved);
    const preferences = new Preferences();
    preferences.load();
    expect(preferences.all).toEqual(new Preferences().all);
  },
);
