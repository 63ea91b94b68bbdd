/** The tools that the Model Context Protocol offers, as `tools/list` describes them. */

interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The tool cannot change anything. */
  readonly isReadOnly: boolean;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  /** Works on one database. */
  readonly needsDatabase: boolean;
}

const TOOLS: readonly Tool[] = [
  {
    name: 'ping',
    title: 'Ping',
    description: 'Check that the host answers; a message comes back.',
    isReadOnly: true,
    properties: { message: { type: 'string' } },
    required: [],
    needsDatabase: false,
  },
  {
    name: 'get_schema',
    title: 'Get schema',
    description: 'The types, tables and reducers of the database, as JSON.',
    isReadOnly: true,
    properties: {},
    required: [],
    needsDatabase: true,
  },
  {
    name: 'sql',
    title: 'Run SQL',
    description:
      'Run one SQL statement; rows come back as JSON. Only the owner of the database may write with it.',
    isReadOnly: false,
    properties: {
      sql: { type: 'string', description: 'The statement.' },
      confirmed: { type: 'boolean', description: 'Wait until what is read is on disk.' },
    },
    required: ['sql'],
    needsDatabase: true,
  },
  {
    name: 'call',
    title: 'Call reducer',
    description:
      'Call a reducer, the usual way to write. Its arguments are a JSON array, such as ["alice"] or [42].',
    isReadOnly: false,
    properties: {
      reducer: { type: 'string', description: 'The name of the reducer.' },
      args: { type: 'array', description: 'The arguments in order; [] when absent.' },
    },
    required: ['reducer'],
    needsDatabase: true,
  },
];

const LIST_DATABASES: Tool = {
  name: 'list_databases',
  title: 'List databases',
  description: 'The databases on this host that you own, with identity and names.',
  isReadOnly: true,
  properties: {},
  required: [],
  needsDatabase: false,
};

/** @param isHostWide must each call name its database, because the URL does not? */
export function mcpTools(isHostWide: boolean): unknown[] {
  return (isHostWide ? [LIST_DATABASES, ...TOOLS] : TOOLS).map((tool) => describe(tool, isHostWide));
}

function describe(tool: Tool, isHostWide: boolean): unknown {
  const names = isHostWide && tool.needsDatabase;
  const database = { type: 'string', description: 'The name or identity of the database.' };
  const required = names ? ['database', ...tool.required] : tool.required;
  return {
    name: tool.name,
    description: tool.description,
    inputSchema: {
      type: 'object',
      properties: { ...tool.properties, ...(names ? { database } : {}) },
      ...(required.length > 0 ? { required } : {}),
    },
    annotations: {
      title: tool.title,
      readOnlyHint: tool.isReadOnly,
      destructiveHint: !tool.isReadOnly,
      openWorldHint: false,
    },
  };
}
