/** Lifecycle reducers that refuse or panic, an `init` that fails, schedules and event tables. */
import { callMessage, subscribeMessage, textArgument } from './messages.ts';
import { until, type ConformanceServer, type HttpAnswer, type Person } from './server.ts';
import { openSocket, type Client } from './socket.ts';
import { conformance, type Run, type Step } from './suite.ts';

conformance('mods', runModules);

interface Setting {
  readonly server: ConformanceServer;
  readonly owner: Person;
  readonly visitor: Person;
  readonly say: (name: string, value: unknown) => void;
}

async function runModules(server: ConformanceServer): Promise<Run> {
  const steps: Step[] = [];
  const setting = {
    server,
    owner: await server.newcomer(),
    visitor: await server.newcomer(),
    say: (name: string, value: unknown) => steps.push({ name, value }),
  };
  for (const module of ['gate', 'gatepanic', 'leavepanic', 'initfail', 'initpanic']) {
    await comeAndGo(setting, module);
  }
  await schedule(setting);
  const names = ['gate', 'gatepanic', 'leavepanic', 'initfail', 'initpanic', 'sched'];
  return { steps, known: names.map((name) => [server.name(`fid-${name}`), '<DBN>']) };
}

/** The requests of the steps, to one database. */
function requests({ server, owner }: Setting, module: string) {
  const database = server.name(`fid-${module}`);
  const at = `/v1/database/${database}`;
  const headers = { authorization: `Bearer ${owner.token}` };
  const json = ({ token }: Person) => ({
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  });
  return {
    database,
    publish: async () => server.send('PUT', `${at}?host_type=Js`, headers, await server.program(module)),
    get: (rest: string) => server.send('GET', `${at}${rest}`, headers),
    call: (reducer: string, args: string, who = owner) =>
      server.send('POST', `${at}/call/${reducer}`, json(who), args),
    sql: (statement: string) => server.send('POST', `${at}/sql`, headers, statement),
    logs: async () => {
      const { body } = await server.send('GET', `${at}/logs?num_lines=50`, headers);
      return body.trim().split('\n').filter(Boolean).map(logLine);
    },
  };
}

function logLine(line: string): string {
  if (!line.startsWith('{')) return line;
  const record = JSON.parse(line) as { level: string; function?: string; message: string };
  return `${record.level} ${record.function ?? ''}: ${record.message}`;
}

function short({ status, body }: HttpAnswer): string {
  return `${status} ${body.replace(/"total_duration_micros":\d+/, '"total_duration_micros":0')}`;
}

async function comeAndGo(setting: Setting, module: string): Promise<void> {
  const { server, visitor, say } = setting;
  const { database, publish, get, call, sql, logs } = requests(setting, module);
  say(`${module} publish`, short(await publish()));
  const info = short(await get('')).replace(/"initial_program.*/, '');
  say(`${module} info`, info.replace(/"(Js|Wasm)"/, '"X"'));
  say(`${module} identity`, short(await get('/identity')));
  const called = await call('hi', '[]');
  const spacetimeHeaders = Object.keys(called.headers).filter((name) => name.startsWith('spacetime'));
  say(`${module} call`, [short(called), spacetimeHeaders.sort()]);
  say(`${module} sql`, short(await sql('SELECT * FROM seen')));

  const client = await openSocket(server, database, { query: `compression=None&token=${visitor.token}` });
  if (client.refused === undefined) {
    await client.settle();
    say(`${module} ws`, [...payloads(client), ...closing(client)]);
  } else {
    await until(() => client.closed !== null);
    const { status } = client.refused as { status: number };
    // The WebSocket library reports an error when a socket that never opened is closed.
    say(`${module} ws`, [`refused ${status}`, 'error', ...closing(client)]);
  }
  client.socket.terminate();
  // The server has noticed the disconnect once it has run the module's reducer for it.
  if (module === 'leavepanic') {
    await until(async () => (await logs()).filter((line) => line.startsWith('Panic')).length >= 3);
  }
  say(`${module} sql after`, short(await sql('SELECT COUNT(*) AS n FROM seen')));
  say(`${module} logs`, await logs());
  say(`${module} publish again`, short(await publish()));
}

async function schedule(setting: Setting): Promise<void> {
  const { server, visitor, say } = setting;
  const { database, publish, call, sql, logs } = requests(setting, 'sched');
  say('sched publish', short(await publish()));
  const client = await openSocket(server, database, { query: `compression=None&token=${visitor.token}` });
  await client.wait();
  client.take();
  const seen = async (name: string) => {
    await client.settle();
    say(name, payloads(client));
    client.take();
  };
  const sayCall = async (reducer: string, args: string, who?: Person) =>
    say(`sched call ${reducer} ${args}${who ? ' other' : ''}`, short(await call(reducer, args, who)));

  client.send(subscribeMessage(1, 1, ['SELECT * FROM ping', 'SELECT * FROM done', 'SELECT * FROM tick']));
  await seen('sched subscribe');
  await sayCall('fire', '["a"]');
  await seen('sched event');
  await sayCall('fire_fail', '["b"]');
  await seen('sched event failed');
  client.send(callMessage(5, 'fire', textArgument('own')));
  await seen('sched own event');
  await sayCall('twice', '[]');
  await seen('sched twice');
  await sayCall('once', '["o"]');
  await client.wait(3);
  await client.settle();
  say('sched once', client.take().length);
  say('sched done', short(await sql('SELECT * FROM done')));
  say('sched tick', short(await sql('SELECT label FROM tick')));
  say('sched ping', short(await sql('SELECT * FROM ping')));

  const ran = async (label: string) => {
    const { body } = await sql(`SELECT COUNT(*) AS n FROM done WHERE label = '${label}'`);
    return (JSON.parse(body) as { rows: number[][] }[])[0]?.rows[0]?.[0] ?? 0;
  };
  await sayCall('every', '["e"]');
  await until(async () => (await ran('e')) >= 2);
  await sayCall('stop', '[]');
  const count = await ran('e');
  // If an interval of 200 ms still ran, it would be due before this.
  await call('every', '["other"]');
  await until(async () => (await ran('other')) >= 2);
  await call('stop', '[]');
  say('sched stopped', (await ran('e')) === count);
  await client.settle();
  client.take();

  const row = (label: string) => `[{"scheduled_id":1,"scheduled_at":{"interval":[5]},"label":"${label}"}]`;
  await sayCall('run_tick', row('by hand'));
  await sayCall('run_tick', row('by other'), visitor);
  await sayCall('run_tick', '[]', visitor);
  client.send(callMessage(5, 'run_tick', Buffer.alloc(0)));
  await seen('sched ws run_tick');
  for (const statement of [
    "INSERT INTO ping (label) VALUES ('sql')",
    "INSERT INTO done (label, same_sender) VALUES ('sql', true)",
    "INSERT INTO tick (scheduled_id, scheduled_at, label) VALUES (0, 0, 'x')",
    'SELECT scheduled_at FROM tick',
    'DELETE FROM ping',
    "UPDATE ping SET label = 'x'",
    'SELECT p.* FROM ping p JOIN done d ON p.label = d.label',
    'SELECT COUNT(*) AS n FROM ping',
  ]) {
    say(`sched sql ${statement}`, short(await sql(statement)));
  }
  await seen('sched after sql');
  let set = 86;
  for (const query of [
    'SELECT p.* FROM ping p JOIN done d ON p.label = d.label',
    "SELECT * FROM ping WHERE label = 'zz'",
    'select * from *',
  ]) {
    client.send(subscribeMessage(1, set++, [query]));
    await client.settle();
    say(`sched subscribe ${query}`, payloads(client).map(appliedTables));
    client.take();
  }
  await sayCall('fire', '["zz"]');
  await client.settle();
  say(
    'sched event to many',
    payloads(client).map((payload) => payload.length),
  );
  await client.close();
  say('sched logs', await logs());
}

/** The messages as hex, without their times. */
function payloads(client: Client): string[] {
  return client.payloads.map((payload) =>
    payload[0] === 0 ? 'InitialConnection' : payload.toString('hex').replace(/(?<=^06.{8}).{16}/, '<ts>'),
  );
}

function closing({ closed }: Client): string[] {
  return closed === null ? [] : [`closed ${closed.code} ${closed.reason}`];
}

/** The tables that a `SubscribeApplied` names, or the text of an error. */
function appliedTables(hex: string): string {
  if (hex.startsWith('01')) {
    const names = hex.match(/0400000070696e67|04000000646f6e65|040000007469636b/g) ?? [];
    return `applied, tables ${names.join()}`;
  }
  return Buffer.from(hex, 'hex')
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, '.');
}
