import { LIMITS } from '../engine/limits.ts';

const LIMIT_LINES = Object.entries(LIMITS)
  .map(([name, limit]) => `                       ${name.padEnd(22)}${limit.description} (${limit.default})`)
  .join('\n');

export const USAGE = `spacetimedb-host: runs SpacetimeDB TypeScript modules where no SpacetimeDB is installed

  spacetimedb-host start --module DIR --name DB [options]
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
    --frame-ancestors SOURCES
                     which pages may frame the site ('self' when absent, '*' for all); /embed/ may always be framed
    --limit NAME=N   change a limit, or remove it with 'none'; may be repeated:
${LIMIT_LINES}

  spacetimedb-host generate --module DIR --out DIR [--check]
    writes the TypeScript bindings that 'spacetime generate' would write
    --check          write nothing, and fail when they are not up to date

  spacetimedb-host owner --reset [--data-dir DIR]
    makes a new owner.token when the old one or the keys are lost; stop the host first
    --data-dir DIR   the data folder; .spacetimedb when absent

  spacetimedb-host --help | --version
`;
