import { AlgebraicType } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { resolveRawModuleDef } from './resolve.ts';
import { problems, withSection } from './testing/module-problems.ts';
import { RawModuleBuilder } from './testing/raw-module-builder.ts';

const { String: Text, U16 } = AlgebraicType;

describe('functions', () => {
  it.each<[string, RawModuleBuilder, string]>([
    [
      'two reducers of one name',
      new RawModuleBuilder().reducer('foo').reducer('foo'),
      'The name `foo` is used for more than one reducer, procedure or view.',
    ],
    [
      'a reducer and a procedure of one name',
      new RawModuleBuilder().reducer('fooBar').procedure('foo_bar', {}, U16),
      'The name `foo_bar` is used for more than one reducer, procedure or view.',
    ],
    [
      'a bad name',
      new RawModuleBuilder().reducer('a.b'),
      'The function name `a.b` may hold only letters, digits and underscores.',
    ],
    [
      'a bad parameter name',
      new RawModuleBuilder().reducer('foo', { '§': U16 }),
      'The parameter name `§` of `foo` must start with a letter or an underscore.',
    ],
    [
      'two reducers for one event',
      new RawModuleBuilder().reducer('a', {}, { lifecycle: 'Init' }).reducer('b', {}, { lifecycle: 'Init' }),
      'The lifecycle event Init has more than one reducer.',
    ],
    [
      'one reducer for two events',
      new RawModuleBuilder().reducer('a', {}, { lifecycle: 'Init' }).lifecycle('OnConnect', 'a'),
      'Reducer `a` is used for more than one lifecycle event.',
    ],
    [
      'an event without its reducer',
      new RawModuleBuilder().lifecycle('OnConnect', 'gone'),
      'The lifecycle event OnConnect calls `gone`, which is not a reducer.',
    ],
    [
      'a view that returns a number',
      new RawModuleBuilder().view('v', U16),
      'View `v` must return an array, an option or a query of a row type.',
    ],
    [
      'a key of a view that does not exist',
      withSection({ tag: 'ViewPrimaryKeys', value: [{ viewSourceName: 'v', columns: ['id'] }] }),
      'View `v` has a primary key but does not exist.',
    ],
  ])('validation refuses %s', (_, module, sentence) => {
    expect(problems(module)).toContain(sentence);
  });

  it('validation refuses a reducer that returns a value', () => {
    const module = withSection({
      tag: 'Reducers',
      value: [
        {
          sourceName: 'r',
          params: { elements: [] },
          visibility: { tag: 'ClientCallable' },
          okReturnType: U16,
          errReturnType: Text,
        },
      ],
    });
    // The builder's own empty section of reducers comes first and would count.
    const raw = module.build();
    raw.sections = raw.sections.filter(
      ({ tag, value }) => tag !== 'Reducers' || (value as unknown[]).length > 0,
    );
    expect(() => resolveRawModuleDef(raw)).toThrow(
      'Reducer `r` must return nothing, and fail with a string.',
    );
  });
});

describe('HTTP routes', () => {
  const routes = (...paths: string[]): RawModuleBuilder =>
    withSection({ tag: 'HttpHandlers', value: [{ sourceName: 'handle' }] }).section({
      tag: 'HttpRoutes',
      value: paths.map((path) => ({ handlerFunction: 'handle', method: { tag: 'Any' }, path })),
    });

  it.each(['', '/', '/a/b-c_d~9'])('validation accepts the HTTP route `%s`', (path) => {
    expect(problems(routes(path))).toEqual([]);
  });

  it.each(['no-slash', '/Uppercase', '/café', '/a b', '/a?b', '/a%20b', '/{x}', '/a\n'])(
    'validation refuses the HTTP route %j',
    (path) => {
      expect(problems(routes(path))).toEqual([
        `HTTP route \`ANY ${path}\` must start with a slash and may hold only a-z, 0-9 and -_~/.`,
      ]);
    },
  );

  it('validation refuses overlapping HTTP routes and routes without a handler', () => {
    const module = withSection({ tag: 'HttpHandlers', value: [{ sourceName: 'handle' }] }).section({
      tag: 'HttpRoutes',
      value: [
        { handlerFunction: 'handle', method: { tag: 'Method', value: { tag: 'Get' } }, path: '/hook' },
        { handlerFunction: 'handle', method: { tag: 'Method', value: { tag: 'Post' } }, path: '/hook' },
        { handlerFunction: 'handle', method: { tag: 'Any' }, path: '/hook' },
        { handlerFunction: 'gone', method: { tag: 'Any' }, path: '/other' },
      ],
    });
    expect(problems(module)).toEqual([
      'HTTP route `ANY /hook` is declared more than once.',
      'HTTP route `ANY /other` leads to `gone`, which is not an HTTP handler.',
    ]);
  });
});
