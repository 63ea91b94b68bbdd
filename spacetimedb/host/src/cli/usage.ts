import { LIMITS } from '../engine/limits.ts';

const LIMIT_LINES = Object.entries(LIMITS)
  .map(([name, limit]) => `                       ${name.padEnd(22)}${limit.description} (${limit.default})`)
  .join('\n');

const TARGET_LINES = `    -s, --server SERVER  the server's address, 'local' (http://localhost:3000, the default) or 'maincloud'
    --data-dir DIR       send the owner token of this data folder (default .spacetimedb, for servers on this machine only)
    --token TOKEN        send this token instead
    --anonymous          send no token`;

/** The help of each command, in listing order. */
const COMMANDS: Readonly<Record<string, string>> = {
  start: `  spacetimedb-host start --module DIR --name DB [options]
    --module DIR     the module's folder, which contains src/index.ts
    --name DB        the database's name
    --port N         the port to listen on (default 3000; 0 picks a free port)
    --host NAME      the address to listen on (default localhost)
    --data-dir DIR   the data folder (default .spacetimedb)
    --in-memory      store nothing on disk
    --static DIR     serve the files of this folder at /
    --allow-publish WHO
                     owner (the default): publishing needs owner.token of the data folder;
                     anyone: as on SpacetimeDB, everyone who can reach the port may run programs on this machine
    --trust-proxy N  the number of proxies in front that set X-Forwarded-For, or the name of a header with the
                     client's address; limits per address need this behind a proxy
    --allow-http HOST  allow modules to send HTTP requests to HOST or HOST:PORT; '*' allows all public addresses;
                     may be repeated
    --frame-ancestors SOURCES
                     the pages that may frame the site (default 'self', '*' for all); any page may frame /embed/
    --limit NAME=N   set a limit, or remove it with 'none'; may be repeated:
${LIMIT_LINES}
`,
  publish: `  spacetimedb-host publish [options] DATABASE
    creates or updates a database from a module
    -p, --module-path DIR  the module's folder, which contains src/index.ts (default: the current folder)
    -j, --js-path FILE     publish this bundled program instead of a folder
    -c, --delete-data[=always|on-conflict|never]
                           delete the stored data always, when it does not fit the new schema, or never (the default)
    --break-clients        allow a schema that breaks connected clients
    -y, --yes              delete data without asking
${TARGET_LINES}
`,
  call: `  spacetimedb-host call [options] DATABASE FUNCTION [ARGUMENT]...
    calls a reducer or a procedure, and prints what a procedure returns; arguments are JSON, and strings need no
    quotes. Put -- before arguments that begin with a dash
${TARGET_LINES}
`,
  sql: `  spacetimedb-host sql [options] DATABASE QUERY
    runs one SQL statement and prints its rows
${TARGET_LINES}
`,
  logs: `  spacetimedb-host logs [options] DATABASE
    prints the log of a database
    -n, --num-lines N    print only the newest N lines
    -f, --follow         print the newest 10 lines, then each new line
    --format FORMAT      text (the default) or json
${TARGET_LINES}
`,
  generate: `  spacetimedb-host generate --module DIR --out DIR [--check]
    writes the TypeScript bindings that 'spacetime generate' would write
    --check          write nothing, and fail if the bindings are not up to date
`,
  backup: `  spacetimedb-host backup [--data-dir DIR] FOLDER
    copies the data folder, with everything confirmed so far, to a new folder; the host may be running
    --data-dir DIR   the data folder (default .spacetimedb)
`,
  restore: `  spacetimedb-host restore [--data-dir DIR] FOLDER
    checks every byte of a backup and copies it to a new data folder
    --data-dir DIR   the data folder to create (default .spacetimedb)
`,
  owner: `  spacetimedb-host owner --reset [--data-dir DIR]
    creates a new owner.token after the old one or the keys are lost; stop the host first
    --data-dir DIR   the data folder (default .spacetimedb)
`,
};

/** Returns the help text, which ends with a newline. @param command the only command to explain; all by default */
export function usage(command?: string): string {
  const text = command === undefined ? undefined : COMMANDS[command];
  if (text !== undefined) return text;
  return `spacetimedb-host: runs SpacetimeDB TypeScript modules where no SpacetimeDB is installed

${Object.values(COMMANDS).join('\n')}
  spacetimedb-host COMMAND --help | --help | --version
`;
}
