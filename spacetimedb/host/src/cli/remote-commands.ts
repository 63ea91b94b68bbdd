import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { bundleModule } from '../node/module/bundle.ts';
import { formatLogLine, readLines } from './log-lines.ts';
import type { RemoteCommand } from './remote-arguments.ts';
import { ServerClient, ServerError } from './server-client.ts';
import { functionsOf, type JsonModule } from './server-functions.ts';
import { formatSqlResult, parseWideJson, type JsonSqlResult, type JsonType } from './sql-table.ts';

type Of<Name extends RemoteCommand['name']> = Extract<RemoteCommand, { name: Name }>;

/** Runs a command that talks to a server. @throws {Error} with a one-sentence message for the user */
export async function runRemote(command: RemoteCommand): Promise<void> {
  const client = await ServerClient.open(command.target);
  switch (command.name) {
    case 'publish':
      return publish(client, command);
    case 'call':
      return call(client, command);
    case 'sql':
      return sql(client, command);
    case 'logs':
      return logs(client, command);
  }
}

interface Published {
  readonly Success: { readonly database_identity: string; readonly op: 'created' | 'updated' };
}

async function publish(client: ServerClient, command: Of<'publish'>): Promise<void> {
  const { database, source } = command;
  const program =
    source.kind === 'folder' ? await bundleModule(source.path) : await readFile(source.path, 'utf8');
  const query = { host_type: 'Js', ...(await migrationQuery(client, command, program)) };
  console.log('Publishing module...');
  const response = await client.request(database, '', { method: 'PUT', query, body: program });
  const { Success: done } = (await response.json()) as Published;
  const what = done.op === 'created' ? 'Created new' : 'Updated';
  console.log(`${what} database with name: ${database}, identity: ${done.database_identity}`);
}

type Plan =
  | {
      readonly AutoMigrate: {
        readonly migrate_plan: string;
        readonly break_clients: boolean;
        readonly token: string;
      };
    }
  | { readonly ManualMigrate: { readonly reason: string } };

/** Asks the server what publishing would change. @returns query parameters that the publish request needs */
async function migrationQuery(
  client: ServerClient,
  { database, deleteData, mayBreakClients, yes }: Of<'publish'>,
  program: string,
): Promise<Record<string, string>> {
  if (deleteData === 'always') return confirmDeletion(database, yes);
  const plan = await planMigration(client, database, program);
  if (plan === undefined) return {};
  if ('ManualMigrate' in plan) {
    if (deleteData === 'on-conflict') return confirmDeletion(database, yes);
    throw new Error(
      `${database} was not changed: ${plan.ManualMigrate.reason}; --delete-data=on-conflict deletes its data to publish anyway`,
    );
  }
  const { migrate_plan: steps, break_clients: breaks, token } = plan.AutoMigrate;
  if (!breaks) return {};
  if (!mayBreakClients) {
    throw new Error(
      `${database} was not changed: clients that are connected would break (${steps.trim()}); --break-clients publishes anyway and disconnects them`,
    );
  }
  return { policy: 'BreakClients', token };
}

async function planMigration(
  client: ServerClient,
  database: string,
  program: string,
): Promise<Plan | undefined> {
  try {
    const query = { host_type: 'Js', style: 'NoColor' };
    const response = await client.request(database, '/pre_publish', { method: 'POST', query, body: program });
    return (await response.json()) as Plan;
  } catch (error) {
    // The database does not exist yet.
    if (error instanceof ServerError && error.status === 404) return undefined;
    throw error;
  }
}

async function confirmDeletion(database: string, yes: boolean): Promise<{ clear: 'true' }> {
  if (yes) return { clear: 'true' };
  if (!process.stdin.isTTY) throw new Error(`deleting all data of ${database} needs --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`This deletes all data of ${database}. Are you sure? [y/N] `);
  terminal.close();
  if (/^y(es)?$/i.test(answer.trim())) return { clear: 'true' };
  throw new Error('Aborted');
}

async function call(client: ServerClient, { database, reducer: name, args }: Of<'call'>): Promise<void> {
  const schema = await client.request(database, '/schema', { query: { version: '10' } });
  const functions = functionsOf((await schema.json()) as JsonModule);
  const found = functions.find((each) => each.name === name);
  if (!found) {
    const names = functions.map((each) => each.name).join(', ');
    throw new Error(`${database} has no reducer or procedure '${name}'; it has ${names || 'none'}`);
  }
  const body = `[${args.map((text, index) => toJson(text, found.params[index])).join(',')}]`;
  const response = await client
    .request(database, `/call/${encodeURIComponent(name)}`, {
      method: 'POST',
      body,
      contentType: 'application/json',
    })
    .catch((error: unknown) => {
      const isBug = error instanceof ServerError && /fatal error/.test(error.message);
      if (!isBug) throw error;
      const said = error.message.replace(/\.$/, '');
      throw new Error(`${said}: 'spacetimedb-host logs ${database}' has the reason`, { cause: error });
    });
  if (found.kind === 'procedure') console.log(await response.text());
}

/** Texts and identities may be written without quotes and brackets. Everything else is JSON. */
function toJson(text: string, type: JsonType = {}): string {
  if ('String' in type && !/^".*"$/s.test(text)) return JSON.stringify(text);
  if (isIdentity(type) && /^(0x)?[0-9a-f]{64}$/i.test(text)) return `["0x${text.replace(/^0x/i, '')}"]`;
  return text;
}

function isIdentity({ Product: product }: JsonType): boolean {
  const { elements = [] } = (product ?? {}) as { elements?: { name: { some?: string } }[] };
  return elements.length === 1 && elements[0]?.name.some === '__identity__';
}

async function sql(client: ServerClient, { database, query }: Of<'sql'>): Promise<void> {
  const response = await client.request(database, '/sql', { method: 'POST', body: query });
  const results = parseWideJson(await response.text()) as JsonSqlResult[];
  console.log(results.map(formatSqlResult).join('\n\n'));
}

async function logs(client: ServerClient, { database, lines, follow, format }: Of<'logs'>): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    const query = {
      ...(lines === undefined ? {} : { num_lines: String(lines) }),
      ...(follow ? { follow: 'true' } : {}),
    };
    const { body } = await client.request(database, '/logs', { query, signal: stop.signal });
    if (!body) return;
    for await (const line of readLines(body)) console.log(format === 'json' ? line : formatLogLine(line));
  } catch (error) {
    if (stop.signal.aborted) return;
    if (error instanceof TypeError) {
      throw new Error(`${client.server} ended the connection`, { cause: error });
    }
    throw error;
  }
}
