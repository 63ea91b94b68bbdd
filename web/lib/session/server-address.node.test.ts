import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  resolveAddress,
  resolveSiteAddress,
  ServerNotAllowedError,
  AddressError,
  addressFromConfig,
  addressFromQuery,
} from './server-address.ts';

const page = new URL('https://chat.example.com/room/');
const none = { where: 'nowhere' };

describe('resolveAddress', () => {
  it("defaults to the page's server and the default database", () => {
    expect(resolveAddress([none], page)).toEqual({
      uri: 'https://chat.example.com',
      database: 'quickstart-chat',
    });
  });

  it('takes each value from the first source that has it', () => {
    const sources = [
      { where: 'a', database: 'lobby' },
      { where: 'b', uri: 'wss://b.example.com/', database: 'other' },
      { where: 'c', uri: 'https://c.example.com/' },
    ];
    expect(resolveAddress(sources, page)).toEqual({ uri: 'wss://b.example.com/', database: 'lobby' });
  });

  it('ignores empty values, such as an unset build variable', () => {
    expect(resolveAddress([{ where: 'a', uri: null, database: null }], page)).toEqual(
      resolveAddress([], page),
    );
    expect(resolveAddress([{ where: 'a', uri: '', database: '' }], page).database).toBe('quickstart-chat');
  });

  it.each([
    'localhost:3000',
    'chat',
    '/server',
    'ftp://example.com',
    'shttp://a.example',
    'https://',
    7,
    {},
    ['https://a.example'],
  ])('rejects the server address %j and says where it comes from', (uri) => {
    expect(() => resolveAddress([{ where: 'in config.json', uri }], page)).toThrow(
      /The server address in config\.json is not a web address: “.*”\. Use an address such as https:/,
    );
  });

  it.each(['Lobby', 'a_b', 'a--b', '-a', 'a-', 'a b', '../x', 5])(
    'rejects the database name %j',
    (database) => {
      expect(() => resolveAddress([{ where: "in this page's URL", database }], page)).toThrow(
        `The database name “${database}” in this page's URL is invalid.`,
      );
    },
  );

  it.each(['lobby', 'team-chat-2', `c200${'0f'.repeat(30)}`])(
    'accepts %s, a name or an identity, as the database',
    (database) => expect(resolveAddress([{ where: 'a', database }], page).database).toBe(database),
  );

  it('rejects an insecure server for a secure page, which browsers block', () => {
    const source = { where: 'in config.json', uri: 'http://10.0.0.5:3000' };
    expect(() => resolveAddress([source], page)).toThrow(/insecure server “http:\/\/10\.0\.0\.5:3000\/”/);
    expect(resolveAddress([source], new URL('http://10.0.0.1/')).uri).toBe('http://10.0.0.5:3000/');
  });

  it.each(['http://evil-localhost/', 'http://localhost.example.com/'])(
    'rejects %s for a secure page, although its name contains that of this computer',
    (uri) => expect(() => resolveAddress([{ where: 'a', uri }], page)).toThrow(/insecure server/),
  );

  it.each([
    'http://localhost:3000/',
    'http://chat.localhost:3000/',
    'ws://127.0.0.1:3000/',
    'http://127.10.20.30/',
    'http://[::1]:3000/',
  ])('allows %s on a secure page, as browsers do', (uri) =>
    expect(resolveAddress([{ where: 'a', uri }], page).uri).toBe(uri),
  );

  it('asks for a server when the page is opened from a file', () => {
    const file = new URL('file:///home/me/build/index.html');
    expect(() => resolveAddress([none], file)).toThrow(/not loaded from a web server/);
    expect(resolveAddress([{ where: 'a', uri: 'https://a.example.com' }], file).uri).toBe(
      'https://a.example.com/',
    );
  });
});

describe('resolveSiteAddress', () => {
  const query = (uri: string) => [{ where: "in this page's URL", uri }];
  const file = (content: object) => [{ where: 'in config.json', ...content }];
  const site = (uri: string, content: object) => resolveSiteAddress(query(uri), file(content), page);

  it.each(['https://evil.example/', 'wss://evil.example:8443', 'https://chat.example.com:444'])(
    'reports %s as a foreign server',
    (uri) => expect(site(uri, {}).foreign).toBe(new URL(uri).host),
  );

  it.each([
    'https://chat.example.com',
    'wss://chat.example.com/',
    'WSS://CHAT.example.com:443',
    'https://user@chat.example.com/',
  ])("recognises %s as the page's own server", (uri) =>
    expect(site(uri, { servers: [] }).foreign).toBeUndefined(),
  );

  it("treats the server in config.json or in the build as the site's own", () => {
    const settings = site('wss://own.example', { uri: 'https://own.example/', servers: [] });
    expect(settings).toEqual({
      uri: 'wss://own.example/',
      database: 'quickstart-chat',
      foreign: undefined,
      rooms: [],
    });
    const built = { where: 'that this page was built with', uri: 'https://built.example' };
    const own = [...file({ servers: [] }), built];
    expect(resolveSiteAddress(query('wss://built.example'), own, page).foreign).toBeUndefined();
    expect(() => resolveSiteAddress(query('https://chat.example.com'), own, page)).toThrow(
      ServerNotAllowedError,
    );
  });

  it("knows the site's own server even if the site's database is invalid", () => {
    const chosen = [{ where: 'a', database: 'lobby' }];
    expect(resolveSiteAddress(chosen, file({ database: 'Not valid', servers: [] }), page)).toMatchObject({
      database: 'lobby',
      foreign: undefined,
    });
  });

  it('rejects a server that is not on the list, and names it and its source', () => {
    const servers = ['wss://a.example/', 'https://b.example', 'https://news.example'];
    expect(site('https://a.example', { servers }).foreign).toBe('a.example');
    expect(site('wss://b.example/', { servers }).foreign).toBe('b.example');
    expect(site('wss://news.example/', { servers }).foreign).toBe('news.example');
    expect(() => site('https://evil.example/', { servers })).toThrow(
      /does not allow the server evil\.example, set in this page's URL/,
    );
    const visitor = [{ where: 'in your settings', uri: 'https://evil.example' }];
    expect(() => resolveSiteAddress(visitor, file({ servers }), page)).toThrow(/in your settings/);
    expect(() => site('http://localhost:3000', { servers: ['https://localhost:3000'] })).toThrow(
      ServerNotAllowedError,
    );
  });

  it('rejects every spelling of an address that is not on the list', () => {
    const host = fc.constantFrom(
      'a.example',
      'A.example',
      'a.example.',
      'a.example.evil.net',
      'evil.net',
      '\u0430.example',
    );
    const address = fc
      .record({
        scheme: fc.constantFrom('https', 'wss', 'WSS'),
        user: fc.constantFrom('', 'a.example@', 'a.example:443@'),
        host,
        port: fc.constantFrom('', ':443', ':444'),
        rest: fc.constantFrom('', '/', '/a.example', '?a.example', '#@a.example', '\\\\@a.example'),
      })
      .map(({ scheme, user, host, port, rest }) => `${scheme}://${user}${host}${port}${rest}`);
    fc.assert(
      fc.property(address, (uri) => {
        const allowed = new URL(uri).hostname === 'a.example' && new URL(uri).port === '';
        const attempt = (): unknown => site(uri, { servers: ['https://a.example'] });
        if (allowed) expect(attempt()).toMatchObject({ foreign: 'a.example' });
        else expect(attempt).toThrow(ServerNotAllowedError);
      }),
    );
  });

  it.each([null, {}, ['a.example'], [7], [['https://evil.example']], 'evil'])(
    'rejects %j as a list of servers, and allows no foreign server',
    (servers) =>
      expect(() => site('https://evil.example', { servers })).toThrow(
        /“servers” in config\.json must be a list/,
      ),
  );

  it('allows no foreign server while the list is unknown', () => {
    const built = { where: 'that this page was built with' };
    expect(() =>
      resolveSiteAddress(query('https://evil.example'), [...file({ unknown: true }), built], page),
    ).toThrow(/could not check whether its site allows the server evil\.example/);
    expect(site('wss://chat.example.com', { unknown: true }).foreign).toBeUndefined();
    const local = new URL('file:///home/me/index.html');
    expect(resolveSiteAddress(query('https://a.example'), file({ unknown: true }), local).foreign).toBe(
      'a.example',
    );
  });
});

describe('the rooms of a site', () => {
  const rooms = [{ database: 'lobby', title: 'Lobby' }, { database: 'help' }];
  const at = (search: string, content: object = {}, visitor: object = {}) =>
    resolveSiteAddress(
      [addressFromQuery(new URL(search, page)), { where: 'in your settings', ...visitor }],
      [{ where: 'in config.json', rooms, ...content }],
      page,
    );

  it('opens the first one by default', () => {
    expect(at('')).toMatchObject({ database: 'lobby', title: 'Lobby', foreign: undefined });
    expect(at('', { database: 'old', title: 'Old' })).toMatchObject({ database: 'lobby', title: 'Lobby' });
  });

  it('opens the one in the address', () => {
    expect(at('?room=help')).toMatchObject({ database: 'help', title: undefined });
    expect(at('?room=help', { title: 'The site' }).title).toBeUndefined();
    expect(at('?room=help').rooms).toEqual(rooms);
  });

  it('opens the first one if the address names none of them', () => {
    for (const search of ['?room=secret', '?room=', '?room=Lobby']) expect(at(search).database).toBe('lobby');
  });

  it('a link to a room leads there, whatever the visitor has chosen', () => {
    const visitor = { uri: 'https://elsewhere.example', database: 'private' };
    expect(at('?room=help', {}, visitor)).toMatchObject({ database: 'help', foreign: undefined });
    expect(at('', {}, visitor)).toMatchObject({ database: 'private', foreign: 'elsewhere.example' });
  });

  it('prefers sources before the one that names a room, and ignores those after it', () => {
    const sources = [
      { where: 'a', uri: 'https://elsewhere.example' },
      { where: 'b', room: 'help' },
      { where: 'c', database: 'private' },
    ];
    expect(resolveSiteAddress(sources, [{ where: 'in config.json', rooms }], page)).toMatchObject({
      database: 'help',
      foreign: 'elsewhere.example',
    });
  });

  it('takes the server and the database from a link that names them beside a room', () => {
    expect(at('?room=help&uri=https://elsewhere.example')).toMatchObject({ foreign: 'elsewhere.example' });
    expect(at('?room=help&database=private')).toMatchObject({ database: 'private', title: undefined });
  });

  it('has no title where the site gives none, or in a database that is not its own', () => {
    expect(at('', { rooms: undefined, title: ' Lounge ' }).title).toBe('Lounge');
    expect(at('', { rooms: undefined, title: '  ' }).title).toBeUndefined();
    expect(at('?database=private', { rooms: undefined, title: 'Lounge' }).title).toBeUndefined();
  });

  it('has no rooms to switch between on another server, or in a database that is not listed', () => {
    expect(at('?uri=https://elsewhere.example').rooms).toEqual([]);
    expect(at('?database=private').rooms).toEqual([]);
    expect(at('?room=help', { rooms: undefined })).toMatchObject({ database: 'quickstart-chat', rooms: [] });
    expect(at('', { rooms: [] })).toMatchObject({ database: 'quickstart-chat', rooms: [] });
  });

  it.each([
    null,
    'lobby',
    ['lobby'],
    [{}],
    [{ title: 'Lobby' }],
    [{ database: 'lobby' }, { database: 'lobby', title: 'Again' }],
  ])('rejects %j as a list of rooms', (list) =>
    expect(() => at('', { rooms: list })).toThrow(
      'The “rooms” in config.json must be a list of different databases, such as [{ "database": "lobby", "title": "Lobby" }].',
    ),
  );

  it('rejects a room whose database or title cannot be one', () => {
    expect(() => at('', { rooms: [{ database: 'Lobby' }] })).toThrow(
      'The database name “Lobby” in config.json is invalid.',
    );
    expect(() => at('', { rooms: [{ database: 'lobby', title: 7 }] })).toThrow(
      'The “title” in config.json must be a text',
    );
  });
});

describe('addressFromQuery', () => {
  it('reads the query parameters', () => {
    const source = addressFromQuery(new URL('https://x.example/?uri=https%3A%2F%2Fy.example&database=lobby'));
    expect(source).toMatchObject({ uri: 'https://y.example', database: 'lobby' });
  });

  it('leaves out missing parameters', () => {
    expect(addressFromQuery(page)).toMatchObject({ uri: undefined, database: undefined });
  });
});

describe('addressFromConfig', () => {
  const answering = (body: string, init: ResponseInit & { type?: string } = {}) =>
    addressFromConfig('https://x.example/config.json', async () => {
      return new Response(body, { headers: { 'content-type': init.type ?? 'application/json' }, ...init });
    });

  it('reads the file', async () => {
    expect(await answering('{ "uri": "https://y.example", "database": "lobby" }')).toMatchObject({
      uri: 'https://y.example',
      database: 'lobby',
    });
  });

  it('treats a missing file as an empty one', async () => {
    const nothing = { where: 'in config.json' };
    expect(await answering('not found', { status: 404 })).toEqual(nothing);
    expect(await answering('<!doctype html>', { type: 'text/html' })).toEqual(nothing);
    expect(await addressFromConfig('https://x.example/', async () => new Response())).toEqual(nothing);
  });

  it('reports the configuration as unknown if there is no response or a server error', async () => {
    const unknown = { where: 'in config.json', unknown: true };
    for (const status of [500, 503]) expect(await answering('no', { status })).toEqual(unknown);
    expect(
      await addressFromConfig('https://x.example/', () => Promise.reject(new TypeError('down'))),
    ).toEqual(unknown);
  });

  it('reads any title, and leaves out missing values', async () => {
    expect(await answering('{ "title": "Lounge" }')).toStrictEqual({
      where: 'in config.json',
      uri: undefined,
      database: undefined,
      title: 'Lounge',
    });
    expect(await answering('{}')).not.toHaveProperty('title');
  });

  it('reads the list of rooms', async () => {
    const rooms = [{ database: 'lobby', title: 'Lobby' }];
    expect(await answering(JSON.stringify({ rooms }))).toMatchObject({ rooms });
  });

  it('reads the list of allowed servers', async () => {
    expect(await answering('{ "servers": ["https://a.example"] }')).toMatchObject({
      servers: ['https://a.example'],
    });
  });

  it.each(['{ "uri": ', '[]', 'null', '"https://y.example"'])(
    'rejects %s as the content of the file',
    async (content) => {
      await expect(answering(content)).rejects.toThrow(AddressError);
      await expect(answering(content)).rejects.toThrow(/config\.json .* is invalid/);
    },
  );
});
