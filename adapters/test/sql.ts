export interface ParsedQuery {
  readonly sql: string;
  readonly table: string;
  /** For a semijoin: selects messages whose `sent` is in this column of the matching rows of another table. */
  readonly join?: { readonly source: string; readonly column: string };
  matches(this: void, row: Record<string, unknown>): boolean;
}

const operators: Record<string, (a: unknown, b: unknown) => boolean> = {
  '=': (a, b) => a === b,
  '>=': (a, b) => (a as bigint) >= (b as bigint),
  '<': (a, b) => (a as bigint) < (b as bigint),
};

/**
 * Parses `SELECT * FROM t [WHERE column operator literal AND …]`, and `SELECT message.* FROM t JOIN message ON
 * message.sent = t.column [WHERE …]`, which is all that the tests need.
 */
export function parseQuery(sql: string): ParsedQuery {
  const bare = sql.replaceAll('"', '').replaceAll(/[()]/g, '');
  const [, source = '', on, where] =
    /^SELECT (?:message\.)?\* FROM (\w+)(?: JOIN message ON message\.sent = \w+\.(\w+))?(?: WHERE (.*))?$/.exec(
      bare,
    ) ?? [];
  const table = on === undefined ? source : 'message';
  const join = on === undefined ? {} : { join: { source, column: camelCase(on) } };
  if (!table) throw new Error(`The fake server does not understand: ${sql}`);
  const tests = (where?.split(' AND ') ?? []).map((condition) => {
    const [, column = '', operator = '', text = ''] = /^(?:\w+\.)?(\w+) (\S+) (.*)$/.exec(condition) ?? [];
    const compare = operators[operator];
    if (!compare) throw new Error(`The fake server does not understand: ${condition}`);
    const value = literal(text);
    const name = camelCase(column);
    return (row: Record<string, unknown>) => compare(plain(row[name]), value);
  });
  return { sql, table, ...join, matches: (row) => tests.every((test) => test(row)) };
}

function camelCase(name: string): string {
  return name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Identities and timestamps contain one number, which is compared. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.values(value)[0] : value;
}

function literal(text: string): unknown {
  if (text === 'TRUE') return true;
  if (text === 'FALSE') return false;
  if (text.startsWith('0x') || /^\d+$/.test(text)) return BigInt(text);
  const time = /^'(\d{4}-.*?)(?:\.(\d+))?Z'$/.exec(text);
  if (time) return BigInt(Date.parse(`${time[1]}Z`)) * 1000n + BigInt((time[2] ?? '').padEnd(6, '0'));
  return text.replace(/^'(.*)'$/, '$1');
}
