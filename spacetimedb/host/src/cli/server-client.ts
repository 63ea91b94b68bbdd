import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Target } from './remote-arguments.ts';

/** The server answered with an error. `message` is the server's text for the user. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** Calls the HTTP API of a SpacetimeDB server: this package's host, SpacetimeDB itself, or Maincloud. */
export class ServerClient {
  readonly server: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws {Error} when the owner's token cannot be read, with advice for the user */
  static async open({ server, credentials }: Target): Promise<ServerClient> {
    switch (credentials.kind) {
      case 'anonymous':
        return new ServerClient(server, undefined);
      case 'token':
        return new ServerClient(server, credentials.token);
      case 'owner':
        return new ServerClient(server, await readOwnerToken(credentials.dataDir));
    }
  }

  private constructor(server: string, token: string | undefined) {
    this.server = server;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /**
   * @param route below `/v1/database/DATABASE`, such as `/sql`
   * @throws {ServerError} when the server refuses @throws {Error} when there is no response
   */
  async request(database: string, route: string, options: RequestOptions = {}): Promise<Response> {
    const { method = 'GET', query = {}, body, contentType, signal } = options;
    const url = new URL(`${this.server}/v1/database/${encodeURIComponent(database)}${route}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const response = await fetch(url, {
      method,
      headers: { ...this.#headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new Error(`${this.server} does not answer: ${causeOf(error)}`, { cause: error });
    });
    if (response.ok) return response;
    const text = (await response.text()).trim();
    throw new ServerError(response.status, text || `${this.server} answered with status ${response.status}`);
  }
}

async function readOwnerToken(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'owner.token');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : (error as Error).message;
    throw new Error(
      `the owner's token ${file} ${reason}: say where the data folder is with --data-dir, or use --token or --anonymous`,
      { cause: error },
    );
  }
}

/** `fetch` only reports that it failed, not why. */
function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  const { code, message: reason } = (cause ?? {}) as NodeJS.ErrnoException;
  return code ?? reason ?? message;
}
