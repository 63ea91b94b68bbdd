import { mkdir, readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runInProcess } from '../testing/cli-in-process.ts';
import { runCli, startCli, type Running } from '../testing/cli.ts';
import { startHost } from '../index.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const CHAT = path.resolve(import.meta.dirname, '../../..');

/** Stops a command that a test left running. */
function endAfterwards({ process }: Running): void {
  onTestFinished(() => void process.kill('SIGKILL'));
}

async function moduleFolder(source: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'src'));
  await writeFile(path.join(folder, 'src', 'index.ts'), source);
  return folder;
}

/** Publishes something that is not a module, without a token. @returns the status of the answer */
async function publish(uri: string): Promise<number> {
  const answer = await fetch(`${uri}/v1/database/x?host_type=Js`, {
    method: 'PUT',
    body: 'export default 1',
  });
  return answer.status;
}

/** One line about the problem, and a non-zero exit code. */
const complaint = (message: RegExp, exitCode = 1) => ({
  exitCode,
  stderr: expect.stringMatching(new RegExp(`^[^\\n]*(${message.source})[^\\n]*\\n$`)),
});

describe('start', { timeout: 300_000 }, () => {
  test('start prints one address, serves there, and exits with 0 when it is stopped', async () => {
    const running = await startCli('start', '--module', CHAT, '--name', 'chat', '--port', '0', '--in-memory');
    endAfterwards(running);
    expect(running.line).toMatch(/^http:\/\/localhost:\d+$/);
    expect((await fetch(`${running.line}/v1/database/chat`)).status).toBe(200);
    // Only the owner may publish.
    expect(await publish(running.line)).toBe(401);
    running.process.kill('SIGTERM');
    expect(await running.finished).toEqual({ exitCode: 0, stdout: `${running.line}\n`, stderr: '' });
  });

  test('anyone may publish if start allows it', async () => {
    const words = ['start', '--module', CHAT, '--name', 'chat', '--port', '0', '--in-memory'];
    const running = await startCli(...words, '--allow-publish', 'anyone');
    endAfterwards(running);
    // The program is not a module, but the host accepted and tried it.
    expect(await publish(running.line)).toBe(500);
    expect((await runInProcess('--help')).stdout).toMatch(
      /anyone: .*everyone who can reach the port may run programs/,
    );
  });

  test('start reports a taken port', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void holder.close());
    const { port } = holder.address() as AddressInfo;
    expect(
      await runInProcess('start', '--module', CHAT, '--name', 'chat', '--in-memory', '--port', String(port)),
    ).toMatchObject(complaint(new RegExp(`Port ${port} is already in use`)));
  });

  test('start reports a missing module', async () => {
    const folder = await temporaryFolder();
    expect(await runInProcess('start', '--module', folder, '--name', 'chat', '--in-memory')).toMatchObject(
      complaint(/no module in .*src\/index\.ts is missing/),
    );
  });

  test('start reports a folder that is not a module', async () => {
    const folder = await moduleFolder('export default 1;');
    expect(await runInProcess('start', '--module', folder, '--name', 'chat', '--in-memory')).toMatchObject(
      complaint(/not a Schema object/),
    );
  });

  test.each([
    ['a syntax error', 'export default {', /does not bundle: .*\[ src\/index\.ts:1:/s],
    ['a missing import', "import './nowhere.ts'; export default 1;", /'\.\/nowhere\.ts'.*Module not found/s],
  ])('start shows %s in a module as the bundler formats it', async (_what, source, message) => {
    const folder = await moduleFolder(source);
    const { exitCode, stderr } = await runInProcess(
      'start',
      '--module',
      folder,
      '--name',
      'chat',
      '--in-memory',
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBeGreaterThan(4);
  });

  test('start reports an unusable data folder and leaves it unchanged', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'data');
    await writeFile(file, 'my notes');
    expect(
      await runInProcess('start', '--module', CHAT, '--name', 'chat', '--port', '0', '--data-dir', file),
    ).toMatchObject(complaint(/data folder/));
    expect(await readFile(file, 'utf8')).toBe('my notes');
  });

  test.each([
    [
      'broken',
      (file: string) => writeFile(file, 'this is no database '.repeat(1000)),
      /log-000001 is damaged/,
    ],
    ['cut off', (file: string) => truncate(file, 4096), /log-000001 is cut off/],
  ])('start reports that a stored database is %s and leaves it unchanged', async (_what, damage, message) => {
    const folder = await temporaryFolder();
    const words = ['start', '--module', CHAT, '--name', 'chat', '--port', '0', '--data-dir', folder];
    await (await startHost({ module: CHAT, name: 'chat', dataDir: folder })).stop();
    const [identity = ''] = await readdir(path.join(folder, 'databases'));
    const file = path.join(folder, 'databases', identity, 'log-000001');
    await damage(file);
    const before = await readFile(file);
    expect(await runInProcess(...words)).toMatchObject(complaint(message));
    expect(await readFile(file)).toEqual(before);
  });

  test('start reports that another host uses the data folder', async () => {
    const folder = await temporaryFolder();
    const words = ['start', '--module', CHAT, '--name', 'chat', '--port', '0', '--data-dir', folder];
    const host = await startHost({ module: CHAT, name: 'chat', dataDir: folder });
    onTestFinished(() => host.stop());
    expect(await runInProcess(...words)).toMatchObject(complaint(/in use by another host/));
  });
});

describe('generate', { timeout: 300_000 }, () => {
  test('generate writes the bindings, and checks whether they are up to date', async () => {
    const out = path.join(await temporaryFolder(), 'bindings');
    const words = ['generate', '--module', CHAT, '--out', out];
    expect(await runInProcess(...words, '--check')).toMatchObject(complaint(/not up to date: .*index\.ts/));
    expect(await runInProcess(...words)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await readFile(path.join(out, 'user_table.ts'), 'utf8')).toContain(
      'identity: __t.identity().primaryKey()',
    );
    expect(await runInProcess(...words, '--check')).toMatchObject({ exitCode: 0, stderr: '' });
    await writeFile(path.join(out, 'user_table.ts'), '// changed');
    expect(await runInProcess(...words, '--check')).toMatchObject(
      complaint(/not up to date: user_table\.ts/),
    );
  });
});

const START = ['start', '--module', CHAT, '--name', 'chat', '--in-memory'];

describe('invalid arguments', { timeout: 300_000 }, () => {
  test.each([
    [['stop'], /there is no command 'stop'/],
    [['start'], /--module is missing/],
    [['start', '--module', CHAT, '--name', 'Not A Name'], /not a database name/],
    [['start', '--module', CHAT, '--name', 'chat', '--port', 'http'], /not a port/],
    [['start', '--module', CHAT, '--name', 'chat', '--in-memory', '--data-dir', 'x'], /exclude each other/],
    [['start', '--bogus'], /bogus/],
    [[...START, '--allow-publish', 'me'], /--allow-publish is 'owner' or 'anyone', not 'me'/],
    [[...START, '--trust-proxy', '0'], /'0' is neither a number of proxies/],
    [[...START, '--frame-ancestors', 'self;'], /'self;' does not say who may frame the site/],
  ])('%j exits with code 2', async (words, message) => {
    expect(await runInProcess(...words)).toMatchObject(complaint(message, 2));
  });

  test('a process with an unknown option exits with code 2', async () => {
    expect(await runCli('start', '--bogus')).toMatchObject(complaint(/bogus/, 2));
  });
});
