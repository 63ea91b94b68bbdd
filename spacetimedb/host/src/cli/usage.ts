import { LIMITS } from '../engine/limits.ts';

const LIMIT_LINES = Object.entries(LIMITS)
  .map(([name, limit]) => `                       ${name.padEnd(22)}${limit.description} (${limit.default})`)
  .join('\n');

const TARGET_LINES = `    -s, --server SERVER  its address, 'local' (http://localhost:3000, the default) or 'maincloud'
    --data-dir DIR       send the owner's token of this data folder; .spacetimedb when absent, for a server on this machine
    --token TOKEN        send this token instead
    --anonymous          send none`;

/** The help of each command, in the order in which they are listed. */
const COMMANDS: Readonly<Record<string, string>> = {
  start: `  spacetimedb-host start --module DIR --name DB [options]
    --module DIR     the module's folder, with src/index.ts in it
    --name DB        the database's name
    --port N         where to listen; 3000 when absent, 0 takes a free one
    --host NAME      the address to listen on; localhost when absent
    --data-dir DIR   where to keep the data; .spacetimedb when absent
    --in-memory      keep nothing
    --static DIR     serve these files at /
    --allow-publish WHO
                     owner (the default): only who has owner.token of the data folder may publish programs;
                     anyone: as SpacetimeDB does it, everybody who reaches the port may run programs on this machine
    --trust-proxy N  how many proxies stand in front and set X-Forwarded-For, or the name of a header with the
                     client's address; limits per address go by it then, and need it behind a proxy
    --allow-http HOST  a host that procedures may send HTTP requests to, or HOST:PORT; '*' for all with public addresses;
                     may be repeated
    --frame-ancestors SOURCES
                     which pages may frame the site ('self' when absent, '*' for all); /embed/ may always be framed
    --limit NAME=N   change a limit, or remove it with 'none'; may be repeated:
${LIMIT_LINES}
`,
  publish: `  spacetimedb-host publish [options] DATABASE
    creates a database from a module, or gives it a new program
    -p, --module-path DIR  the module's folder, with src/index.ts in it; this one when absent
    -j, --js-path FILE     publish this bundled program instead
    -c, --delete-data[=always|on-conflict|never]
                           delete the stored data: always, when it does not fit the new schema, or never (the default)
    --break-clients        publish a schema that breaks connected clients
    -y, --yes              delete without asking
${TARGET_LINES}
`,
  call: `  spacetimedb-host call [options] DATABASE REDUCER [ARGUMENT]...
    calls a reducer; arguments are JSON, and texts need no quotes. Put -- before arguments that begin with a dash
${TARGET_LINES}
`,
  sql: `  spacetimedb-host sql [options] DATABASE QUERY
    runs one SQL statement and prints its rows
${TARGET_LINES}
`,
  logs: `  spacetimedb-host logs [options] DATABASE
    prints the log of a database
    -n, --num-lines N    the newest N lines only
    -f, --follow         go on with each new line, after the newest 10
    --format FORMAT      text (the default) or json
${TARGET_LINES}
`,
  generate: `  spacetimedb-host generate --module DIR --out DIR [--check]
    writes the TypeScript bindings that 'spacetime generate' would write
    --check          write nothing, and fail when they are not up to date
`,
  backup: `  spacetimedb-host backup [--data-dir DIR] FOLDER
    copies the data folder to a new folder, also while the host runs; what was confirmed before is in it
    --data-dir DIR   the data folder; .spacetimedb when absent
`,
  restore: `  spacetimedb-host restore [--data-dir DIR] FOLDER
    checks every byte of a backup, and copies it to a data folder that does not exist yet
    --data-dir DIR   the data folder to make; .spacetimedb when absent
`,
  owner: `  spacetimedb-host owner --reset [--data-dir DIR]
    makes a new owner.token when the old one or the keys are lost; stop the host first
    --data-dir DIR   the data folder; .spacetimedb when absent
`,
};

/** @param command the help of this command only @returns text that ends in a line end */
export function usage(command?: string): string {
  const text = command === undefined ? undefined : COMMANDS[command];
  if (text !== undefined) return text;
  return `spacetimedb-host: runs SpacetimeDB TypeScript modules where no SpacetimeDB is installed

${Object.values(COMMANDS).join('\n')}
  spacetimedb-host COMMAND --help | --help | --version
`;
}
