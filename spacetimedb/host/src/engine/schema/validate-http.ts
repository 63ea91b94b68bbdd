import { identifierProblem } from './identifier.ts';
import type { HttpRouteDef, ModuleDef } from './module-def.ts';

/** Finds problems with HTTP handlers and their routes. */
export function httpProblems(def: ModuleDef): string[] {
  const problems: string[] = [];
  const handlers = new Set<string>();
  for (const { name, sourceName } of def.httpHandlers) {
    const badName = identifierProblem(sourceName) ?? identifierProblem(name);
    if (badName) problems.push(`The HTTP handler name \`${sourceName}\` ${badName}.`);
    if (handlers.has(name)) problems.push(`The name \`${name}\` is used for more than one HTTP handler.`);
    handlers.add(name);
  }
  def.httpRoutes.forEach((route, i) => {
    const item = `HTTP route \`${describe(route)}\``;
    if (!/^(\/[-a-z0-9_~/]*)?$/.test(route.path)) {
      problems.push(`${item} must start with a slash and may hold only a-z, 0-9 and -_~/.`);
    }
    if (!handlers.has(route.handlerName)) {
      problems.push(`${item} leads to \`${route.handlerName}\`, which is not an HTTP handler.`);
    }
    if (def.httpRoutes.slice(0, i).some((earlier) => overlap(earlier, route))) {
      problems.push(`${item} is declared more than once.`);
    }
  });
  return problems;
}

function describe({ method, path }: HttpRouteDef): string {
  return `${method ?? 'ANY'} ${path}`;
}

function overlap(a: HttpRouteDef, b: HttpRouteDef): boolean {
  if (a.path !== b.path) return false;
  return a.method === undefined || b.method === undefined || a.method === b.method;
}
