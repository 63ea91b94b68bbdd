import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startHost, type StartedHost } from '../../index.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { INSPECT } from './testing/inspect.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Ways in which a procedure or an HTTP handler might reach the host's realm or its thread; like `ESCAPES`, with `url` of a server. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  'the context of the procedure':
    'leak(ctx, ctx.sender, ctx.http, ctx.http.fetch, ctx.random, ctx.databaseIdentity)',
  'the arguments of the procedure': 'leak(outerArguments, outerArguments[0], outerArguments.callee)',
  'the globals of the thread': `
    for (const name of Object.getOwnPropertyNames(globalThis)) leak(globalThis[name]);
    const names = ['process', 'require', 'module', 'postMessage', 'fetch', 'setTimeout', 'Buffer', '__filename'];
    for (const name of names) if (Function('return typeof ' + name)() !== 'undefined') leak('found ' + name)`,
  'the answer to an HTTP request': `
    const response = ctx.http.fetch(url); leak(response, response.headers, [...response.headers], response.bytes())`,
  'the error of an HTTP request that is refused': `ctx.http.fetch('http://10.0.0.1/')`,
  'the error of an HTTP request that fails': `ctx.http.fetch('http://127.0.0.1:1/')`,
  'the error of a URL that is none': `ctx.http.fetch('nowhere')`,
  'the error of a request that cannot be decoded': `sys.procedure_http_request(new Uint8Array(1), '')`,
  'the error of a request that is no array': `sys.procedure_http_request({ length: 5 }, '')`,
  'the error of a body that is no array': `sys.procedure_http_request(new Uint8Array(1), { byteLength: 5 })`,
  'a request with getters': `
    const request = new Uint8Array(4);
    for (const name of ['buffer', 'byteLength', 'byteOffset', 'length', 'slice', 'set', 'constructor'])
      Object.defineProperty(request, name, { get() { leak(this, arguments); return 1; } });
    sys.procedure_http_request(request, request)`,
  'patched arrays': `
    const prototype = Object.getPrototypeOf(Uint8Array.prototype);
    for (const name of ['set', 'slice', 'subarray']) {
      const native = prototype[name];
      prototype[name] = function (...args) { leak(this, ...args); return native.apply(this, args); };
    }
    Object.defineProperty(Object.getPrototypeOf(Uint8Array), Symbol.species, { get() { leak(this); return Uint8Array; } });
    leak(ctx.http.fetch(url).bytes()); ctx.withTx((tx) => leak(tx.db.item.insert({ id: 5, name: 'x' }), [...tx.db.item.iter()]))`,
  'the error of a transaction in a transaction': 'ctx.withTx(() => sys.procedure_start_mut_tx())',
  'the error of a transaction that is not open': 'sys.procedure_commit_mut_tx()',
  'the error of a request in a transaction': 'ctx.withTx(() => ctx.http.fetch(url))',
  'the error of a unique row': `
    ctx.withTx((tx) => { tx.db.item.insert({ id: 1, name: 'x' }); tx.db.item.insert({ id: 1, name: 'y' }); })`,
  'the error of a small buffer': `ctx.withTx((tx) => {
    for (let id = 0; id < 100; id++) tx.db.item.insert({ id: id + 100, name: 'x'.repeat(1000) });
    sys.row_iter_bsatn_advance(sys.datastore_table_scan_bsatn(sys.table_id_from_name('item')), new ArrayBuffer(1));
  })`,
  'the error of a wrong argument': 'sys.table_id_from_name(5)',
  'setters on Object.prototype': `
    const names = ['value', 'tag', 'failure', 'written', 'response', 'body', 'message', 'code', '0'];
    for (const name of names)
      Object.defineProperty(Object.prototype, name, {
        configurable: true, get() { leak(this); return undefined }, set(v) { leak(this, v) } });
    try { sys.procedure_commit_mut_tx() } catch (error) { leak(error) }
    try { leak(sys.procedure_http_request(new Uint8Array(1), '')) } catch (error) { leak(error) }
    finally { for (const name of names) delete Object.prototype[name] }`,
};
const names = Object.keys(ATTEMPTS);

/**
 * Ways in which an HTTP handler might; `request` is what it answers. The host gets what is passed to `answerWith`
 * instead of the library's answer.
 */
const HANDLER_ATTEMPTS: Readonly<Record<string, string>> = {
  'the request': 'leak(request, request.headers, [...request.headers], request.bytes(), request.version)',
  'the context of the handler': 'leak(ctx, ctx.identity, ctx.http, ctx.random, ctx.as, outerArguments)',
  'an answer with getters': `
    const answer = [];
    for (const name of ['0', '1', 'length'])
      Object.defineProperty(answer, name === 'length' ? 'byteLength' : name, {
        get() { leak(this, arguments, arguments.callee?.caller); return new Uint8Array(9); } });
    answerWith(answer)`,
  'an answer that is a proxy': `
    answerWith(new Proxy([], { get(target, key, receiver) { leak(target, key, receiver); return new Uint8Array(9); } }))`,
  'an answer that says it is longer': `
    const bytes = new Uint8Array(4);
    for (const name of ['length', 'byteLength', 'buffer'])
      Object.defineProperty(bytes, name, { get() { leak(this); return 2 ** 40; } });
    answerWith([bytes, bytes])`,
  'an answer of other arrays': 'answerWith([new Float64Array(4), new DataView(new ArrayBuffer(4))])',
  'no answer': 'answerWith(null)',
  'setters for the places of an array': `
    for (const name of ['0', '1', '2', '3', '4'])
      Object.defineProperty(Object.prototype, name, {
        configurable: true, get() { leak(this); return undefined }, set(v) { leak(this, v) } });
    answerWith([new Uint8Array(4), new Uint8Array(4)])`,
};
const handlerNames = Object.keys(HANDLER_ATTEMPTS);

const SOURCE = `
  import { Router, schema, SyncResponse, table, t } from 'spacetimedb/server';
  import * as sys from 'spacetime:sys@2.0';
  const item = table({ name: 'item', public: true }, { id: t.u32().primaryKey(), name: t.string() });
  const spacetimedb = schema({ item });
  export default spacetimedb;
  ${INSPECT}
  const attempts = {
    ${names.map((name) => `${JSON.stringify(name)}: (leak, ctx, sys, outerArguments, url) => { ${ATTEMPTS[name]} },`).join('\n')}
  };
  export const attempt = spacetimedb.procedure({ name: t.string(), url: t.string() }, t.string(), function (ctx, { name, url }) {
    const found = [];
    const leak = (...values) => { for (let n = 0; n < values.length; n++) found[found.length] = values[n]; };
    try { attempts[name](leak, ctx, sys, arguments, url); }
    catch (error) { found[found.length] = error; }
    Array.prototype[Symbol.iterator] = iterate;
    const seen = [];
    let text = 'inside';
    for (let n = 0; n < found.length; n++) text = inspect(found[n], seen, 3) ?? text;
    for (let n = 0; n < found.length; n++) if (typeof found[n] === 'string' && found[n].startsWith('found ')) text = found[n];
    return text;
  });
  const handlerAttempts = {
    ${handlerNames.map((name) => `${JSON.stringify(name)}: function (leak, ctx, answerWith, outerArguments, request) { ${HANDLER_ATTEMPTS[name]} },`).join('\n')}
  };
  let seenByHandler, answer;
  const makeHooks = spacetimedb[sys.moduleHooks];
  spacetimedb[sys.moduleHooks] = function (exports) {
    const hooks = makeHooks.call(this, exports);
    const handle = hooks.__call_http_handler__;
    hooks.__call_http_handler__ = function (...args) {
      const usual = handle.apply(this, args);
      return answer === undefined ? usual : answer.value;
    };
    return hooks;
  };
  export const handle = spacetimedb.httpHandler(function (ctx, request) {
    seenByHandler = [];
    answer = undefined;
    const answerWith = (value) => { answer = { value }; };
    const leak = (...values) => { for (let n = 0; n < values.length; n++) seenByHandler[seenByHandler.length] = values[n]; };
    try { handlerAttempts[request.text()](leak, ctx, answerWith, arguments, request); }
    catch (error) { seenByHandler[seenByHandler.length] = error; }
    return new SyncResponse('answered');
  });
  export const seen = spacetimedb.procedure(t.string(), () => {
    let text = 'inside';
    for (let n = 0; n < seenByHandler.length; n++) text = inspect(seenByHandler[n], [], 3) ?? text;
    return text;
  });
  export const router = spacetimedb.httpRouter(new Router().post('/try', handle));
  export const alive = spacetimedb.procedure(t.string(), () => 'alive');
`;

let program: string;
let server: Server;
let url: string;
let port: number;
beforeAll(async () => {
  program = await bundleSource(SOURCE);
  server = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  url = `http://127.0.0.1:${port}/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function call(host: StartedHost, name: string, ...args: string[]): Promise<unknown> {
  const response = await fetch(`${host.uri}/v1/database/escapes/call/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  const text = await response.text();
  return response.ok ? JSON.parse(text) : text;
}

/** These change what later calls in their thread use. */
const CHANGING = /patched|setters/;

describe('attempts to escape from a thread', () => {
  let shared: StartedHost;
  const start = () =>
    startHost({
      program,
      name: 'escapes',
      limits: { callMillis: 60_000, procedures: 1 },
      allowHttp: [`127.0.0.1:${port}`, '127.0.0.1:1'],
    });
  beforeAll(async () => {
    shared = await start();
  });
  afterAll(() => shared.stop());

  async function hostFor(attempt: string): Promise<StartedHost> {
    if (!CHANGING.test(attempt)) return shared;
    const own = await start();
    onTestFinished(() => own.stop());
    return own;
  }

  test.each(names)("a procedure cannot reach the host's realm by %s", async (name) => {
    const host = await hostFor(name);
    expect(await call(host, 'attempt', name, url)).toBe('inside');
    // Neither the thread nor the host is harmed.
    expect(await call(host, 'alive')).toBe('alive');
    expect(host.logs().filter(({ level }) => level === 'Panic')).toEqual([]);
  });

  test.each(handlerNames)("an HTTP handler cannot reach the host's realm by %s", async (name) => {
    const host = await hostFor(name);
    const response = await fetch(`${host.uri}/v1/database/escapes/route/try`, { method: 'POST', body: name });
    expect([200, 500]).toContain(response.status);
    // The same thread, and so the same variables.
    expect(await call(host, 'seen')).toBe('inside');
    expect(await call(host, 'alive')).toBe('alive');
  });
});
