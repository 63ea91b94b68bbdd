/** `npm run room`: exports a room from a server and imports it into another one. */
import { readFile, writeFile } from 'node:fs/promises';
import { UsageError, failInOneLine } from 'spacetimedb-host';
import { parseOptions } from '../host/src/cli/options.ts';
import { TARGET, parseTarget } from '../host/src/cli/remote-arguments.ts';
import { exportRoom } from './export-room.ts';
import { importRoom } from './import-room.ts';
import { formatRoom, parseRoom } from './room-file.ts';
import { RoomServer } from './room-server.ts';

const USAGE = `npm run room: copies people, names, messages with what belongs to them, moderators, bans, mutes and settings of a room

  npm run room -- export [options] DATABASE FILE
  npm run room -- import [options] DATABASE FILE
    -s, --server SERVER  its address, 'local' (http://localhost:3000, the default) or 'maincloud'
    --data-dir DIR       send the owner's token of this data folder; .spacetimedb when absent, for a server on this machine
    --token TOKEN        send this token instead: that of the database's owner
    --free-names         import: people get new identities there, so names are free for those who take them first
`;

/**
 * Runs a command. An error is one line on standard error and sets the exit code: 2 for an invalid command line, 1 for
 * other errors.
 */
export async function main([command, ...words]: readonly string[]): Promise<void> {
  try {
    if (command === undefined || command === '--help' || words.includes('--help')) {
      process.stdout.write(USAGE);
    } else if (command === 'export') await runExport(words);
    else if (command === 'import') await runImport(words);
    else throw new UsageError(`there is no command '${command}': it is 'export' or 'import'`);
  } catch (error) {
    failInOneLine(error, error instanceof UsageError ? 2 : 1);
  }
}

async function runExport(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, TARGET, ['DATABASE', 'FILE']);
  const [database = '', file = ''] = positionals;
  const room = await exportRoom(await RoomServer.open(parseTarget(values), database));
  await writeFile(file, formatRoom(room), { flag: 'wx', mode: 0o600 });
  console.log(`${file} has ${counted(room.people.length, room.messages.length)}`);
}

async function runImport(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, { ...TARGET, 'free-names': { type: 'boolean' } }, [
    'DATABASE',
    'FILE',
  ]);
  const [database = '', file = ''] = positionals;
  const room = parseRoom(await readFile(file, 'utf8'));
  const server = await RoomServer.open(parseTarget(values), database);
  const { people, messages, skipped } = await importRoom(server, room, {
    reserveNames: !values['free-names'],
    progress: (line) => console.log(line),
  });
  for (const line of skipped) console.error(`left out ${line}`);
  console.log(`${database} now has ${counted(people, messages)} from ${file}`);
}

function counted(people: number, messages: number): string {
  return `${people} ${people === 1 ? 'person' : 'people'} and ${messages} ${messages === 1 ? 'message' : 'messages'}`;
}
