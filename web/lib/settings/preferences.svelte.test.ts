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
    notify: 'mentions',
    quiet: true,
    quietFrom: '21:30',
    quietTo: '08:05',
    offered: true,
  });
  before.save();
  const after = new Preferences();
  after.load();
  expect(after.all).toEqual(before.all);
});

it.each([
  '{',
  '[]',
  '"x"',
  '{"theme":"pink","sound":"yes","uri":7}',
  '{"notify":"some","quietFrom":"24:00","quietTo":"7:00","quiet":1}',
  '{"quietFrom":"x21:00","quietTo":"21:000"}',
  '{"quietFrom":["21:00"],"quietTo":1900}',
])('preferences are the defaults if %s was stored', (saved) => {
  localStorage.setItem('spacetimedb-chat:preferences', saved);
  const preferences = new Preferences();
  preferences.load();
  expect(preferences.all).toEqual(new Preferences().all);
});

it.each([
  [true, 'all'],
  [false, 'none'],
])('notifications that were on (%s) in an older version are now for %s', (notify, expected) => {
  localStorage.setItem('spacetimedb-chat:preferences', JSON.stringify({ notify }));
  const preferences = new Preferences();
  preferences.load();
  expect(preferences.notify).toBe(expected);
});

it('preferences of a new browser change nothing and enable no alerts', () => {
  expect(new Preferences().all).toEqual({
    theme: 'system',
    density: 'comfortable',
    clock: 'system',
    language: 'auto',
    changes: true,
    keys: true,
    notify: 'none',
    sound: false,
    quiet: false,
    quietFrom: '22:00',
    quietTo: '07:00',
    offered: false,
    uri: '',
    database: '',
  });
});
