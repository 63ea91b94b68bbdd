import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCli } from '../../../spacetimedb/host/src/testing/cli.ts';
import { ROOT } from '../environment.ts';
import { builtExample, examples } from '../examples.ts';

const script = fileURLToPath(new URL('../../scripts/example.ts', import.meta.url));

/** Runs `npm run example -- NAME` with an empty database. */
export class RunningExample {
  /** The page's address. */
  url = '';
  readonly #name: string;
  readonly #dataDir: string;
  #process: ChildProcess | undefined;

  static async start(name: string): Promise<RunningExample> {
    const example = new RunningExample(name, await mkdtemp(join(tmpdir(), 'example-')));
    await example.#run();
    return example;
  }

  private constructor(name: string, dataDir: string) {
    this.#name = name;
    this.#dataDir = dataDir;
  }

  /** Runs the command. */
  async #run(): Promise<void> {
    const { NODE_ENV: _, VITEST: __, ...environment } = process.env;
    const child = spawn(process.execPath, ['--conditions=source', '--import=tsx', script, this.#name], {
      env: { ...environment, DATA_DIR: this.#dataDir, PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
    this.url = await new Promise((resolve, reject) => {
      child.stdout.on('data', () => {
        const address = /http:\/\/localhost:\d+/.exec(said);
        if (address) resolve(address[0]);
      });
      child.once('exit', () => reject(new Error(`The example ended: ${said}`)));
    });
  }

  /** Starts it again after a stop, at the same address and without building it again. */
  async restart(): Promise<void> {
    const example = examples[this.#name];
    if (!example) throw new Error(`There is no example ${this.#name}`);
    const { process } = await startCli(
      ...['start', '--module', join(ROOT, example.module), '--name', example.database],
      ...['--port', new URL(this.url).port, '--data-dir', this.#dataDir],
      ...['--static', builtExample(this.#name)],
    );
    this.#process = process;
  }

  /** Stops it as Ctrl+C does. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}
