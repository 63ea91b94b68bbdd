import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startHost, type StartedHost } from '../index.ts';
import { parseCommand } from './arguments.ts';
import { usage } from './usage.ts';
import { bundleSource, writeModule } from '../testing/module-source.ts';
import { runInProcess } from '../testing/cli-in-process.ts';
import { runCli, startCli } from '../testing/cli.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const SOURCE = `
  import { SenderError, schema, table, t } from 'spacetimedb/server';
  const note = table(
    { name: 'note', public: true },
    { id: t.u64().primaryKey(), author: t.identity(), text: t.string(), tag: t.string().optional() },
  );
  const tags = schema({ tag: table({ name: 'tag', public: true }, { name: t.string().primaryKey() }) });
  const putTag = tags.reducer({ name: t.string() }, (ctx, { name }) => { ctx.db.tag.insert({ name }); });
  const spacetimedb = schema({ note, tags: { default: tags, putTag } });
  export default spacetimedb;
  export const start = spacetimedb.init(() => undefined);
  export const countNotes = spacetimedb.procedure({ prefix: t.string() }, t.string(), (ctx, { prefix }) =>
    ctx.withTx((tx) => prefix + tx.db.note.count()));
  export const add = spacetimedb.reducer({ id: t.u64(), text: t.string() }, (ctx, { id, text }) => {
    if (text === '') throw new SenderError('Notes must not be empty');
    console.info('adds ' + text);
    ctx.db.note.insert({ id, text, author: ctx.sender, tag: undefined });
  });
  export const give = spacetimedb.reducer({ id: t.u64(), author: t.identity() }, (ctx, { id, author }) => {
    const row = ctx.db.note.id.find(id);
    if (!row) throw new Error('a bug');
    ctx.db.note.id.update({ ...row, author });
  });`;

interface Setup {
  readonly host: StartedHost;
  /** Options that send a command to the host as its owner. */
  readonly target: readonly string[];
  readonly home: string;
}

let program: string;
beforeAll(async () => {
  program = await bundleSource(SOURCE);
});

async function setUp(): Promise<Setup> {
  const home = await temporaryFolder();
  const dataDir = path.join(home, 'data');
  const host = await startHost({ program, name: 'notes', dataDir });
  onTestFinished(() => host.stop());
  return { host, home, target: ['--server', host.uri, '--data-dir', dataDir] };
}

const failure = (message: RegExp, exitCode = 1) => ({
  exitCode,
  stdout: '',
  stderr: expect.stringMatching(new RegExp(`^[^\\n]*(${message.source})[^\\n]*\\n$`)),
});
const DONE = { exitCode: 0, stdout: '', stderr: '' };

describe('call', { timeout: 300_000 }, () => {
  test('call accepts texts and identities without quotes, and other arguments as JSON', async () => {
    const { host, target } = await setUp();
    expect(await runCli('call', ...target, 'notes', 'add', '9007199254740993', 'Hello "you"')).toEqual(DONE);
    expect(await runInProcess('call', ...target, 'notes', 'add', '2', '"quoted"')).toEqual(DONE);
    const other = 'ab'.repeat(32);
    expect(await runInProcess('call', ...target, 'notes', 'give', '2', `0x${other}`)).toEqual(DONE);
    expect(await runInProcess('call', ...target, 'notes', 'tags.put_tag', '7')).toEqual(DONE);
    expect(host.sql('SELECT name FROM tags.tag').rows).toEqual([['7']]);
    expect(host.sql('SELECT id, text FROM note').rows).toEqual(
      expect.arrayContaining([
        [9007199254740993n, 'Hello "you"'],
        [2n, 'quoted'],
      ]),
    );
    expect(host.sql(`SELECT text FROM note WHERE author = 0x${other}`).rows).toEqual([['quoted']]);
  });

  test('call prints what a procedure returns', async () => {
    const { target } = await setUp();
    expect(await runInProcess('call', ...target, 'notes', 'count_notes', '1')).toEqual({
      ...DONE,
      stdout: '"10"\n',
    });
  });

  test("call prints the module's refusal, and lists the functions if the name is unknown", async () => {
    const { target } = await setUp();
    expect(await runCli('call', ...target, 'notes', 'add', '1', '')).toMatchObject(
      failure(/Notes must not be empty/),
    );
    expect(await runInProcess('call', ...target, 'notes', 'give', '7', 'ab'.repeat(32))).toMatchObject(
      failure(/fatal error.*: 'spacetimedb-host logs notes' has the reason/),
    );
    expect(await runInProcess('call', ...target, 'notes', 'remove')).toMatchObject(
      failure(/notes has no reducer or procedure 'remove'; it has add, give, count_notes, tags.put_tag/),
    );
    expect(await runInProcess('call', ...target, 'notes', 'add', '1')).toMatchObject(failure(/argument/));
    expect(await runInProcess('call', ...target, 'nowhere', 'add')).toMatchObject(failure(/nowhere/));
  });
});

describe('sql', { timeout: 300_000 }, () => {
  test('sql prints a table with every digit, and the number of changed rows', async () => {
    const { host, target } = await setUp();
    host.call('add', [9007199254740993n, 'left\u202Eright']);
    const { stdout } = await runInProcess('sql', ...target, 'notes', 'SELECT id, text, tag FROM note');
    expect(stdout).toBe(
      [
        ' id               | text                | tag',
        '------------------+---------------------+-------------',
        ' 9007199254740993 | "left\\u202eright" | (none = ())',
        '',
      ]
        .join('\n')
        .replace(' text                ', ' text              ')
        .replace('---------------------', '-------------------'),
    );
    expect(await runInProcess('sql', ...target, 'notes', 'DELETE FROM note')).toMatchObject({
      stdout: 'OK: 1 deleted\n',
    });
    expect(await runInProcess('sql', ...target, 'notes', 'SELECT')).toMatchObject({
      exitCode: 1,
      stdout: '',
    });
  });

  test('sql runs as the owner, with a token, or anonymously', async () => {
    const { host, target, home } = await setUp();
    const [server = '', uri = ''] = target;
    const remove = ['notes', 'DELETE FROM note'];
    expect(await runInProcess('sql', server, uri, '--token', host.ownerToken, ...remove)).toMatchObject({
      stdout: 'OK\n',
    });
    expect(await runInProcess('sql', server, uri, '--anonymous', ...remove)).toMatchObject(
      failure(/not authorized to run SQL DML statements/),
    );
    expect(await runInProcess('sql', server, uri, '--data-dir', home, ...remove)).toMatchObject(
      failure(/owner\.token is not there: say where the data folder is/),
    );
    expect(await runInProcess('sql', '--server', 'chat.example.com', ...remove)).toMatchObject(
      failure(/not on this machine: add --token/, 2),
    );
    expect(await runInProcess('sql', server, uri, '--token', 'x', '--anonymous', ...remove)).toMatchObject(
      failure(/exclude each other/, 2),
    );
    expect(await runInProcess('sql', server, 'http://localhost:1', '--anonymous', ...remove)).toMatchObject(
      failure(/http:\/\/localhost:1 does not answer: [A-Z]+|http:\/\/localhost:1 does not answer/),
    );
  });
});

describe('logs', { timeout: 300_000 }, () => {
  test('logs prints the newest lines as text or JSON', async () => {
    const { host, target } = await setUp();
    host.call('add', [1n, 'one']);
    host.call('add', [2n, 'two']);
    expect((await runInProcess('logs', ...target, 'notes', '-n', '1')).stdout).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+\+00:00 {2}INFO: [^\n]*adds two\n$/,
    );
    const { stdout } = await runInProcess('logs', ...target, 'notes', '-n', '2', '--format', 'json');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { message: string });
    expect(lines.map(({ message }) => message)).toEqual(['adds one', 'adds two']);
    expect(await runInProcess('logs', ...target, '--anonymous', 'notes')).toMatchObject({ exitCode: 2 });
  });

  test('logs follows new lines until it is interrupted', async () => {
    const { host, target } = await setUp();
    host.call('add', [1n, 'before']);
    const following = await startCli('logs', '--follow', '-n', '1', ...target, 'notes');
    onTestFinished(() => void following.process.kill('SIGKILL'));
    expect(following.line).toContain('adds before');
    const next = new Promise<string>((resolve) => {
      following.process.stdout?.on('data', (data: Buffer) => resolve(data.toString()));
    });
    host.call('add', [2n, 'after']);
    expect(await next).toContain('adds after');
    following.process.kill('SIGINT');
    expect(await following.finished).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('publish', { timeout: 300_000 }, () => {
  const withColumn = SOURCE.replace(
    'tag: t.string().optional() }',
    'tag: t.string().optional(), stars: t.u8().default(1) }',
  ).replace('ctx.db.note.insert({ ', 'ctx.db.note.insert({ stars: 5, ');

  test('publish creates and updates a database', async () => {
    const { host, target, home } = await setUp();
    const { folder: module, file } = await writeModule(home, SOURCE);
    const publish = (...words: string[]) => runInProcess('publish', '-p', module, ...target, ...words);
    expect(await publish('more-notes')).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringMatching(/Created new database with name: more-notes, identity: [0-9a-f]{64}\n$/),
    });
    await writeFile(file, `${SOURCE}\nexport const extra = spacetimedb.reducer({}, () => {});`);
    expect((await publish('more-notes')).stdout).toContain('Updated database with name: more-notes');
    expect(await runInProcess('call', ...target, 'more-notes', 'extra')).toEqual(DONE);
    expect((await fetch(`${host.uri}/v1/database/more-notes`)).status).toBe(200);
  });

  test('publish changes nothing that would break clients or lose data, unless told to', async () => {
    const { host, target, home } = await setUp();
    const { folder: module, file } = await writeModule(home, withColumn);
    host.call('add', [1n, 'kept']);
    const publish = (...words: string[]) =>
      runInProcess('publish', '-p', module, ...target, ...words, 'notes');
    expect(await publish()).toMatchObject(failure(/notes was not changed: .*--break-clients/));
    expect(await publish('--break-clients')).toMatchObject({ exitCode: 0 });
    expect(host.sql('SELECT text, stars FROM note').rows).toEqual([['kept', 1]]);

    await writeFile(file, SOURCE);
    expect(await publish()).toMatchObject(failure(/notes was not changed: .*--delete-data=on-conflict/));
    expect(await publish('--delete-data=on-conflict')).toMatchObject(failure(/needs --yes/));
    expect(host.sql('SELECT text FROM note').rows).toEqual([['kept']]);
    expect(await publish('--delete-data=on-conflict', '--yes')).toMatchObject({ exitCode: 0 });
    host.call('add', [1n, 'new']);
    expect(await publish('-c', '-y')).toMatchObject({ exitCode: 0 });
    expect(host.sql('SELECT text FROM note').rows).toEqual([]);
  });

  test('publish sends a bundled program, and only as the owner', async () => {
    const { target, home } = await setUp();
    const file = path.join(home, 'program.js');
    await writeFile(file, program);
    expect(await runInProcess('publish', '-j', file, ...target, 'from-a-file')).toMatchObject({
      exitCode: 0,
    });
    const [server = '', uri = ''] = target;
    const anonymous = await runInProcess('publish', '-j', file, server, uri, '--anonymous', 'nobodys');
    expect(anonymous.exitCode).toBe(1);
    expect(anonymous.stderr).not.toBe('');
  });
});

describe('help and version', { timeout: 300_000 }, () => {
  const commands = ['start', 'publish', 'call', 'sql', 'logs', 'generate', 'backup', 'restore', 'owner'];

  test.each(commands)('%s --help explains only that command', (command) => {
    expect(parseCommand([command, '--help'])).toEqual({ name: 'help', of: command });
    expect(usage(command)).toMatch(new RegExp(`^  spacetimedb-host ${command} `));
    expect(usage(command).match(/^ {2}spacetimedb-host /gm)).toHaveLength(1);
    expect(usage()).toContain(usage(command));
  });

  test('--help among the options prints the help, but after -- it is an argument', async () => {
    expect(await runInProcess('start', '--port', '1', '--help')).toEqual({
      exitCode: 0,
      stdout: usage('start'),
      stderr: '',
    });
    expect(parseCommand(['call', 'notes', 'add', '--', '--help'])).toMatchObject({ args: ['--help'] });
  });

  test('--version prints the version of package.json', async () => {
    const file = path.resolve(import.meta.dirname, '../../package.json');
    const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
    expect((await runInProcess('--version')).stdout).toBe(`${version}\n`);
  });
});
