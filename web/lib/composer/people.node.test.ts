import { expect, it } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import { findPeople, recentAuthors } from './people.ts';

const me = user('Annika', { isMe: true });
const ann = user('Ann Lee', { online: false });
const zoe = user('Zoé Anders');
const anton = user('Anton', { online: false });
const andy = user('Andy');
const guest = user(undefined, { id: 'f'.repeat(64), label: 'Quiet Otter', online: false });
const users = [andy, ann, me, anton, guest, zoe];
const find = (query: string, recent = recentAuthors([]), limit = 8): string[] =>
  findPeople(users, recent, query, limit).map(({ label }) => label);

it('lists people who are online first, then recent authors, then the others', () => {
  expect(find('an')).toEqual(['Andy', 'Zoé Anders', 'Ann Lee', 'Anton']);
  const recent = recentAuthors([message(ann, 'first'), message(anton, 'then')]);
  expect(find('an', recent)).toEqual(['Andy', 'Zoé Anders', 'Anton', 'Ann Lee']);
});

it('lists recent authors by how long ago they wrote', () => {
  const recent = recentAuthors([message(ann, '1'), message(anton, '2'), message(zoe, '3')]);
  expect(find('an', recent)).toEqual(['Andy', 'Zoé Anders', 'Anton', 'Ann Lee']);
});

it('counts from the newest message of an author who wrote several', () => {
  const recent = recentAuthors([message(anton, '1'), message(ann, '2'), message(anton, '3')]);
  expect(find('an', recent)).toEqual(['Andy', 'Zoé Anders', 'Anton', 'Ann Lee']);
});

it('lists those whose name starts with the text before those who have a word that does', () => {
  const [aaron, xaver] = [user('Aaron Xu'), user('Xaver')];
  expect(findPeople([aaron, xaver], new Map(), 'x', 8)).toEqual([xaver, aaron]);
});

it('finds a name by any of its words, in any case and without accents', () => {
  expect(find('ZOE')).toEqual(['Zoé Anders']);
  expect(find('lee')).toEqual(['Ann Lee']);
  expect(find('otter')).toEqual(['Quiet Otter']);
  expect(find('tter')).toEqual([]);
});

it('finds a name with spaces while it is typed, and nothing once it is complete', () => {
  expect(find('quiet o')).toEqual(['Quiet Otter']);
  expect(find('quiet x')).toEqual([]);
  expect(find('anton')).toEqual(['Anton']);
  expect(find('ann ')).toEqual(['Ann Lee']);
  const ann = user('Ann');
  expect(findPeople([ann, ...users], new Map(), 'ann ', 8)).toEqual([]);
});

it('sorts names with numbers numerically, and ignores case', () => {
  const [ten, two, two_] = [user('bob 10'), user('Bob 2'), user('bob 2', { id: 'b'.repeat(64) })];
  expect(findPeople([ten, two, two_], new Map(), 'b', 8)).toEqual([two, two_, ten]);
  expect(findPeople([two_, two], new Map(), 'b', 8)).toEqual([two_, two]);
});

it('leaves out the reader and stops at the limit', () => {
  expect(find('annika')).toEqual([]);
  expect(find('', recentAuthors([]), 2)).toEqual(['Andy', 'Zoé Anders']);
});

it('only counts the last messages as recent', () => {
  const others = Array.from({ length: 200 }, () => message(zoe, 'again'));
  expect([...recentAuthors([message(ann, 'long ago'), ...others]).keys()]).toEqual([zoe.id]);
});
