import { hasChanges } from '../codegen/write.ts';
import { generateBindings } from '../node/generate-bindings.ts';
import { resetOwner } from '../node/owner.ts';
import { startHost } from '../node/start-host.ts';
import { backUp, restore } from '../node/storage/backup.ts';
import { HOST_VERSION } from '../version.ts';
import { UsageError, parseCommand, type Command } from './arguments.ts';
import { failInOneLine, stopOnSignals } from './process.ts';
import { runRemote } from './remote-commands.ts';
import { usage } from './usage.ts';

/**
 * Runs the command line. An error is one line on standard error and sets the exit code: 2 for an invalid command line,
 * 1 for other errors.
 *
 * @param words the words after the program's name
 */
export async function main(words: readonly string[]): Promise<void> {
  try {
    await run(parseCommand(words));
  } catch (error) {
    if (error instanceof UsageError) failInOneLine(error, 2, ' (see spacetimedb-host --help)');
    failInOneLine(error);
  }
}

async function run(command: Command): Promise<void> {
  switch (command.name) {
    case 'help':
      process.stdout.write(usage(command.of));
      return;
    case 'version':
      console.log(HOST_VERSION);
      return;
    case 'start':
      return start(command);
    case 'generate':
      return generate(command);
    case 'owner':
      return owner(command);
    case 'backup':
      return makeBackup(command);
    case 'restore':
      return restoreBackup(command);
    default:
      return runRemote(command);
  }
}

async function start(command: Extract<Command, { name: 'start' }>): Promise<void> {
  const { module, database, port, hostname, dataDir, staticDir, limits } = command;
  const { allowPublish, allowHttp, trustProxy, frameAncestors } = command;
  const host = await startHost({
    module,
    name: database,
    port,
    limits,
    allowPublish,
    allowHttp,
    ...(trustProxy === undefined ? {} : { trustProxy }),
    ...(frameAncestors === undefined ? {} : { frameAncestors }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(staticDir === undefined ? {} : { staticDir }),
  });
  stopOnSignals(() => host.stop());
  console.log(host.uri);
}

async function generate({ module, outDir, check }: Extract<Command, { name: 'generate' }>): Promise<void> {
  const changes = await generateBindings({ module, outDir, check });
  const { missing, stale, extra } = changes;
  if (check && hasChanges(changes)) {
    const list = [...missing, ...stale, ...extra].join(', ');
    throw new Error(`the bindings in ${outDir} are not up to date: ${list}`);
  }
  if (!check) console.log(hasChanges(changes) ? `wrote ${outDir}` : `${outDir} is up to date`);
}

async function owner({ dataDir }: Extract<Command, { name: 'owner' }>): Promise<void> {
  const { identity, tokenFile, isSameIdentity, transferred, hasNewKeys } = await resetOwner(dataDir);
  console.log(`${tokenFile} has a new token of ${identity}`);
  if (!isSameIdentity) {
    const databases = transferred.join(', ') || 'no database';
    console.log(`The owner's identity was lost, and is a new one: it owns ${databases} now`);
  }
  if (hasNewKeys) console.log('There are new signing keys: everyone has to sign in again');
}

async function makeBackup({ dataDir, to }: Extract<Command, { name: 'backup' }>): Promise<void> {
  const { folder, databases, bytes } = await backUp(dataDir, to);
  console.log(`${folder} has ${countDatabases(databases.length)}, ${formatBytes(bytes)}`);
}

async function restoreBackup({ from, dataDir }: Extract<Command, { name: 'restore' }>): Promise<void> {
  const { folder, databases, bytes } = await restore(from, dataDir);
  console.log(`${folder} has ${countDatabases(databases.length)}, ${formatBytes(bytes)}`);
}

function countDatabases(count: number): string {
  return count === 1 ? '1 database' : `${count} databases`;
}

function formatBytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
