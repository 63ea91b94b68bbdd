/** Names of generated files and their symbols. All are derived from source names. */
import { toCase } from '../../engine/schema/case-conversion.ts';

export const tableModule = (name: string): string => `${toCase(name, 'snake')}_table`;
export const reducerModule = (name: string): string => `${toCase(name, 'snake')}_reducer`;
export const procedureModule = (name: string): string => `${toCase(name, 'snake')}_procedure`;

export const rowSymbol = (name: string, namespace: readonly string[] = []): string =>
  `${namespaced(name, namespace)}Row`;
export const reducerSymbol = (name: string, namespace: readonly string[] = []): string =>
  `${namespaced(name, namespace)}Reducer`;
export const procedureSymbol = (name: string, namespace: readonly string[] = []): string =>
  `${namespaced(name, namespace)}Procedure`;

/** The key of a table, reducer or procedure in client code. */
export const accessor = (name: string): string => toCase(name, 'camel');

/** The underscore separates a submodule's symbols from root symbols with the same beginning. */
function namespaced(name: string, namespace: readonly string[]): string {
  const symbol = toCase(name, 'pascal');
  return namespace.length === 0 ? symbol : `${toCase(namespace.join('_'), 'pascal')}_${symbol}`;
}
