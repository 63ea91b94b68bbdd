import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Sent } from './ledger.ts';
import type { FromClients, Plan, Progress, Report, ToClients } from './load-messages.ts';

type Answer<Tag extends FromClients['tag']> = Extract<FromClients, { tag: Tag }>;

/** A process that runs some of the clients of `npm run load`. */
export class ClientProcess {
  /** Resolves when all its clients have connected and subscribed. */
  readonly connected: Promise<unknown>;
  progress: Progress = { sent: 0, answered: 0, refused: 0, disconnected: 0 };
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(plan: Plan) {
    const script = path.join(import.meta.dirname, 'load-clients.ts');
    this.#child = fork(script, [JSON.stringify(plan)], {
      execArgv: ['--max-old-space-size=8192', '--conditions=source', '--import=tsx'],
    });
    this.#child.on('message', (message: FromClients) => {
      if (message.tag === 'progress') this.progress = message.progress;
    });
    this.#ended = new Promise((_resolve, reject) => {
      this.#child.on('message', (message: FromClients) => {
        if (message.tag === 'failed') reject(new Error(`A client could not connect: ${message.reason}`));
      });
      this.#child.on('exit', () => reject(new Error('The process with the clients ended before its time')));
    });
    this.#ended.catch(() => undefined);
    this.connected = this.#next('connected');
    this.connected.catch(() => undefined);
  }

  /**
   * Starts sending messages.
   *
   * @param at start time in milliseconds since the Unix epoch
   * @returns what each client has sent, once all messages are answered
   */
  async send(at: number): Promise<Answer<'sent'>['sent']> {
    this.#tell({ tag: 'start', at });
    return (await this.#next('sent')).sent;
  }

  /** @param sent what the clients of all processes have sent */
  async finish(sent: readonly (readonly [number, Sent])[]): Promise<Report> {
    this.#tell({ tag: 'finish', sent });
    return (await this.#next('report')).report;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  #tell(message: ToClients): void {
    this.#child.send(message);
  }

  #next<Tag extends FromClients['tag']>(tag: Tag): Promise<Answer<Tag>> {
    const answer = new Promise<Answer<Tag>>((resolve) => {
      const listen = (message: FromClients): void => {
        if (message.tag !== tag) return;
        this.#child.off('message', listen);
        resolve(message as Answer<Tag>);
      };
      this.#child.on('message', listen);
    });
    return Promise.race([answer, this.#ended]);
  }
}
