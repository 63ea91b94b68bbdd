/** Sends the requests of a recorded file in order. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ConformanceServer, HttpAnswer } from './server.ts';
import type { Run, Step } from './suite.ts';

interface RecordedRequest {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The headers that were recorded. */
const HEADERS = [
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'allow',
  'content-type',
  'vary',
];

/**
 * @param file of `../recorded`, without `.json`
 * @param module the module that is published first, as `<DB>`
 */
export async function replay(server: ConformanceServer, file: string, module: string): Promise<Run> {
  const requests = JSON.parse(
    readFileSync(path.join(import.meta.dirname, '../recorded', `${file}.json`), 'utf8'),
  ) as RecordedRequest[];
  const program = await server.program(module);
  const [owner, a, b] = [await server.newcomer(), await server.newcomer(), await server.newcomer()];
  const database = server.name('replayed');
  const published = await server.send(
    'PUT',
    `/v1/database/${database}?host_type=Js`,
    { authorization: `Bearer ${owner.token}` },
    program,
  );
  const id = (JSON.parse(published.body) as { Success: { database_identity: string } }).Success
    .database_identity;

  const known = [
    [owner.token, '<OWNER_TOKEN>'],
    [a.token, '<A_TOKEN>'],
    [b.token, '<B_TOKEN>'],
    // A token with a changed signature.
    [`${a.token.slice(0, -6)}AAAAAA`, '<A_AAAAAA'],
    [owner.identity, '<OWNER>'],
    [a.identity, '<A>'],
    [b.identity, '<B>'],
    [id, '<DB_ID>'],
    [database, '<DB>'],
  ] as const;
  const fill = (text: string) =>
    known
      .reduce((filled, [own, mark]) => filled.replaceAll(mark, own), text)
      .replace('<PROGRAM>', () => program);

  const steps: Step[] = [];
  for (const { name, method, path: at, headers, body } of requests) {
    const filled = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, fill(value)]));
    // These two are not UTF-8.
    const isBinary = name === 'call latin1 body' || name === 'sql: <bytes>';
    const sent = body === undefined ? undefined : Buffer.from(fill(body), isBinary ? 'latin1' : 'utf8');
    steps.push({ name, value: recordable(await server.send(method, fill(at), filled, sent)) });
  }
  return { steps, known };
}

function recordable({ status, headers, body }: HttpAnswer): unknown {
  const kept = HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]));
  const identity = headers['spacetime-identity'] === undefined ? 'absent' : 'present';
  return { status, headers: { ...Object.fromEntries(kept), 'spacetime-identity': identity }, body };
}
