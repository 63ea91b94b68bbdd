/** The rules of row-level security that a module declares. */
import { Identity } from 'spacetimedb';
import type { ModuleDef, TableDef } from '../schema/module-def.ts';
import { SqlCatalog } from '../sql/catalog.ts';
import { compileRule } from '../sql/compile.ts';
import { ruleTable } from '../sql/rule-table.ts';
import { SqlError } from '../sql/sql-error.ts';
import { systemTable } from '../system-tables/definitions.ts';
import { viewTableDef } from '../views/view-table.ts';

/** The rules by the canonical name of their table, each once. */
export function rulesByTable(def: ModuleDef): ReadonlyMap<string, readonly string[]> {
  const rules = new Map<string, string[]>();
  const catalog = everything(def);
  for (const sql of new Set(def.rowLevelSecurity)) {
    const name = catalog.table(ruleTable(sql))?.name;
    if (name === undefined) throw new SqlError(`no such table: \`${ruleTable(sql)}\``);
    rules.set(name, [...(rules.get(name) ?? []), sql]);
  }
  return rules;
}

/** Lists the problems of a module's rules, one sentence each; empty if the rules are valid. */
export function ruleProblems(def: ModuleDef): string[] {
  const catalog = everything(def);
  return def.rowLevelSecurity.flatMap((sql) => {
    const problem = problemOf(sql, catalog);
    return problem === undefined ? [] : [`failed to create row-level security: \`${sql}\`: ${problem}`];
  });
}

function problemOf(sql: string, catalog: SqlCatalog): string | undefined {
  let table: TableDef | undefined;
  try {
    const { query, relation } = compileRule(sql, catalog, Identity.zero());
    table = query.relations[relation]?.table;
  } catch (error) {
    if (error instanceof SqlError) return error.message;
    throw error;
  }
  if (table?.isPublic === true) return undefined;
  return (
    `Cannot define RLS rule on private table: ${table?.name}. ` +
    'Please make table public if you wish to restrict access using RLS.'
  );
}

/** All tables and views that a rule may name. */
function everything(def: ModuleDef): SqlCatalog {
  return new SqlCatalog(def, true, {
    view: (view) => viewTableDef(view, def.typespace),
    isView: (table) => def.views.some(({ name }) => name === table.name),
    systemTable,
  });
}
