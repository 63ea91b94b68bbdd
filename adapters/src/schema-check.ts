/** Compares the bindings with the database. Loaded only after rows could not be read or the server refused a query. */

/** The description of a table in the bindings; from the SDK's `tableDef`. */
export interface ExpectedTable {
  /** The name in the module. */
  readonly sourceName: string;
  /** The row type; absent in bindings that describe it differently. */
  readonly rowType: {
    readonly elements?: readonly { readonly name?: string | undefined; readonly algebraicType: unknown }[];
  };
  readonly columns: Record<string, { readonly columnMetadata: { readonly name?: string } }>;
}

/** The parts of the server's module description (version 9) that are used here. */
interface Schema {
  readonly typespace: { readonly types: readonly unknown[] };
  readonly tables: readonly { readonly name: string; readonly product_type_ref: number }[];
  readonly misc_exports?: readonly Record<string, { readonly name?: unknown }>[];
}

/**
 * Compares tables of the bindings with those that the database has.
 * @param uri the server's address
 * @param database its name there
 * @returns the first difference that makes rows unreadable, as a text for people; undefined if there is none
 * @throws when the server does not describe the database
 */
export async function findSchemaMismatch(
  tables: readonly ExpectedTable[],
  uri: string,
  database: string,
  get: (url: URL) => Promise<Response>,
): Promise<string | undefined> {
  const url = new URL(`v1/database/${encodeURIComponent(database)}/schema?version=9`, uri);
  url.protocol = url.protocol.replace('ws', 'http');
  const response = await get(url);
  return response.ok ? differenceFrom(tables, await response.json()) : undefined;
}

function differenceFrom(tables: readonly ExpectedTable[], schema: unknown): string | undefined {
  const { typespace, tables: known, misc_exports: others = [] } = schema as Schema;
  for (const { sourceName, rowType, columns } of tables) {
    // Views have no type that could be compared here.
    if (others.some((other) => Object.values(other)[0]?.name === sourceName)) continue;
    const table = known.find(({ name }) => name === sourceName);
    if (!table) return `it has no table “${sourceName}”`;
    if (!rowType.elements) continue;
    const expected = rowType.elements.map(({ name = '', algebraicType }) => ({
      name: columns[name]?.columnMetadata.name ?? name,
      type: shapeOf(algebraicType, []),
    }));
    const row = typespace.types[table.product_type_ref] as { Product: Parts };
    const actual = row.Product.elements.map(({ name, algebraic_type }) => ({
      name: name.some ?? '',
      type: shapeOf(algebraic_type, typespace.types),
    }));
    const difference = compareColumns(expected, actual);
    if (difference !== undefined) return `its table “${sourceName}” ${difference}`;
  }
  return undefined;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

/** The columns of a row type of the server. */
interface Parts {
  readonly elements: readonly {
    readonly name: { readonly some?: string };
    readonly algebraic_type: unknown;
  }[];
}

function compareColumns(expected: readonly Column[], actual: readonly Column[]): string | undefined {
  for (const { name, type } of expected) {
    const column = actual.find((other) => other.name === name);
    if (!column) return `has no column “${name}”`;
    if (column.type !== type) return `has a column “${name}” of another type`;
  }
  const more = actual.find(({ name }) => !expected.some((other) => other.name === name));
  if (more) return `has another column, “${more.name}”`;
  const isSameOrder = expected.every(({ name }, index) => actual[index]?.name === name);
  return isSameOrder ? undefined : 'has its columns in another order';
}

/** Maximum depth of the comparison, because types may contain themselves. */
const DEPTH = 6;

/**
 * A text that is equal for types with the same encoding, whatever the names of their parts.
 *
 * @param type of the SDK, `{ tag, value }`, or of the server, `{ [tag]: value }`
 * @param types the targets of the server's type references
 */
function shapeOf(type: unknown, types: readonly unknown[], depth = 0): string {
  const { tag, value } = taggedOf(type as object);
  if (tag === 'Ref') return shapeOf(types[value as number], types, depth);
  if (depth > DEPTH) return '…';
  if (tag === 'Array') return `[${shapeOf(value, types, depth + 1)}]`;
  if (tag !== 'Product' && tag !== 'Sum') return tag;
  const { elements, variants } = value as { elements?: readonly object[]; variants?: readonly object[] };
  const parts = (elements ?? variants ?? []).map((part) => {
    const { algebraicType, algebraic_type = algebraicType } = part as Record<string, unknown>;
    return shapeOf(algebraic_type, types, depth + 1);
  });
  return `${tag}(${parts.join()})`;
}

function taggedOf(type: object): { tag: string; value?: unknown } {
  if ('tag' in type) return type as { tag: string; value?: unknown };
  const [[tag, value] = ['', undefined]] = Object.entries(type);
  return { tag, value };
}
