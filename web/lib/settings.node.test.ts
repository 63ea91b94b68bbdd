import { describe, expect, it } from 'vitest';
import { resolveSettings, SettingsError, settingsFromFile, settingsFromQuery } from './settings.ts';

const page = new URL('https://chat.example.com/room/');
const none = { where: 'nowhere' };

describe('resolveSettings', () => {
  it('falls back on the server of the page and the default database', () => {
    expect(resolveSettings([none], page)).toEqual({
      uri: 'https://chat.example.com',
      database: 'quickstart-chat',
    });
  });

  it('takes each setting from the first source that has it', () => {
    const sources = [
      { where: 'a', database: 'lobby' },
      { where: 'b', uri: 'wss://b.example.com/', database: 'other' },
      { where: 'c', uri: 'https://c.example.com/' },
    ];
    expect(resolveSettings(sources, page)).toEqual({ uri: 'wss://b.example.com/', database: 'lobby' });
  });

  it('takes an empty setting for none, as an unset variable of the build is one', () => {
    expect(resolveSettings([{ where: 'a', uri: '', database: '' }], page).database).toBe('quickstart-chat');
  });

  it.each(['localhost:3000', 'chat', '/server', 'ftp://example.com', 'https://', 7, {}])(
    'explains that %j is no server address, and where it stands',
    (uri) => {
      expect(() => resolveSettings([{ where: 'in config.json', uri }], page)).toThrow(
        /The server address in config\.json is not a web address: “.*”\. An address looks like https:/,
      );
    },
  );

  it.each(['Lobby', 'a_b', 'a--b', '-a', 'a-', 'a b', '../x', 5])(
    'explains that %j is no database',
    (database) => {
      expect(() => resolveSettings([{ where: "in this page's address", database }], page)).toThrow(
        `No database can be called “${database}”, as it is in this page's address.`,
      );
    },
  );

  it("takes a database's identity for its name", () => {
    const database = `c200${'0f'.repeat(30)}`;
    expect(resolveSettings([{ where: 'a', database }], page).database).toBe(database);
  });

  it('explains what a browser forbids: an insecure server for a secure page', () => {
    const source = { where: 'in config.json', uri: 'http://10.0.0.5:3000' };
    expect(() => resolveSettings([source], page)).toThrow(/insecure server “http:\/\/10\.0\.0\.5:3000\/”/);
    expect(resolveSettings([source], new URL('http://10.0.0.1/')).uri).toBe('http://10.0.0.5:3000/');
  });

  it.each(['http://localhost:3000/', 'ws://127.0.0.1:3000/', 'http://[::1]:3000/'])(
    'lets a secure page use %s, as browsers do',
    (uri) => expect(resolveSettings([{ where: 'a', uri }], page).uri).toBe(uri),
  );

  it('asks for a server when a file is opened without one', () => {
    const file = new URL('file:///home/me/build/index.html');
    expect(() => resolveSettings([none], file)).toThrow(/not loaded from a web server/);
    expect(resolveSettings([{ where: 'a', uri: 'https://a.example.com' }], file).uri).toBe(
      'https://a.example.com/',
    );
  });
});

describe('settingsFromQuery', () => {
  it('reads the address', () => {
    const source = settingsFromQuery(
      new URL('https://x.example/?uri=https%3A%2F%2Fy.example&database=lobby'),
    );
    expect(source).toMatchObject({ uri: 'https://y.example', database: 'lobby' });
  });

  it('leaves out what is not there', () => {
    expect(settingsFromQuery(page)).toMatchObject({ uri: undefined, database: undefined });
  });
});

describe('settingsFromFile', () => {
  const answering = (body: string, init: ResponseInit & { type?: string } = {}) =>
    settingsFromFile('https://x.example/config.json', async () => {
      return new Response(body, { headers: { 'content-type': init.type ?? 'application/json' }, ...init });
    });

  it('reads the file', async () => {
    expect(await answering('{ "uri": "https://y.example", "database": "lobby" }')).toMatchObject({
      uri: 'https://y.example',
      database: 'lobby',
    });
  });

  it('takes a missing file for no settings', async () => {
    const nothing = { where: 'in config.json' };
    expect(await answering('not found', { status: 404 })).toEqual(nothing);
    expect(await answering('<!doctype html>', { type: 'text/html' })).toEqual(nothing);
    expect(await settingsFromFile('https://x.example/', () => Promise.reject(new TypeError('down')))).toEqual(
      nothing,
    );
  });

  it.each(['{ "uri": ', '[]', 'null', '"https://y.example"'])(
    'explains that it cannot read %s',
    async (content) => {
      await expect(answering(content)).rejects.toThrow(SettingsError);
      await expect(answering(content)).rejects.toThrow(/config\.json .* cannot be read/);
    },
  );
});
