import { connectionContext } from '../../src/svelte/index.ts';
import type { DbConnection } from '../module_bindings/index.ts';

export const { provideConnection, useConnection } = connectionContext<DbConnection>();
