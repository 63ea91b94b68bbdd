/**
 * Publishing over an existing database: plans, refusals, rows and log lines; and modules that use less common features.
 */
import type { ConformanceServer, HttpAnswer } from './server.ts';
import { conformance, type Run, type Step } from './suite.ts';

conformance('publish', publishAll);

async function publishAll(server: ConformanceServer): Promise<Run> {
  const owner = await server.newcomer();
  const headers = { authorization: `Bearer ${owner.token}` };
  const steps: Step[] = [];
  const say = (name: string, { status, body }: HttpAnswer) => {
    steps.push({ name, value: { status, body } });
    return body;
  };
  const put = async (database: string, module: string, query = '') =>
    server.send(
      'PUT',
      `/v1/database/${database}?host_type=Js${query}`,
      headers,
      await server.program(module),
    );
  const plan = async (database: string, module: string, query = '&style=NoColor') =>
    server.send(
      'POST',
      `/v1/database/${database}/pre_publish?host_type=Js${query}`,
      headers,
      await server.program(module),
    );
  const call = (database: string, reducer: string, args: string) =>
    server.send(
      'POST',
      `/v1/database/${database}/call/${reducer}`,
      { ...headers, 'content-type': 'application/json' },
      args,
    );
  const logs = (database: string) =>
    server.send('GET', `/v1/database/${database}/logs?num_lines=40`, headers);

  let count = 0;
  for (const to of [
    'base',
    'addcol_default',
    'addcol_nodefault',
    'rmcol',
    'private_',
    'addtable',
    'rmtable',
    'unique',
  ]) {
    const database = server.name(`fid-m${++count}`);
    await put(database, 'base');
    await call(database, 'add', '["one"]');
    await call(database, 'add', '["one"]');
    const planned = say(`plan base -> ${to}`, await plan(database, to));
    if (to === 'addcol_default') say(`plan colour base -> ${to}`, await plan(database, to, ''));
    say(`publish base -> ${to}`, await put(database, to));
    const token = /"token":"(\w+)"/.exec(planned)?.[1];
    if (token !== undefined) {
      const wrong = '0'.repeat(64);
      say(
        `publish base -> ${to} wrong token`,
        await put(database, to, `&policy=BreakClients&token=${wrong}`),
      );
      say(`publish base -> ${to} with token`, await put(database, to, `&policy=BreakClients&token=${token}`));
    }
    say(
      `rows after ${to}`,
      await server.send('POST', `/v1/database/${database}/sql`, headers, 'SELECT * FROM thing'),
    );
    say(`logs after ${to}`, await logs(database));
  }
  for (const module of ['rls', 'procedure', 'http', 'sys1', 'sys9', 'throws', 'globals']) {
    say(`publish ${module}`, await put(server.name(`fid-x-${module}`), module));
  }
  const globals = server.name('fid-x-globals');
  for (const reducer of ['probe', 'boom', 'loop_log'])
    say(`call ${reducer}`, await call(globals, reducer, '[]'));
  say('logs globals', await logs(globals));
  return { steps, known: [[owner.identity, '<ME>']] };
}
