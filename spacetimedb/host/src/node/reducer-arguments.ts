import type { CallArguments } from '../engine/database-api.ts';

/** In SATS-JSON, by position or by name. Bigints are allowed. */
export type ReducerArguments = readonly unknown[] | Readonly<Record<string, unknown>>;

/** JSON has no bigint; SATS-JSON takes whole numbers of any size as numbers. */
export function toArguments(args: ReducerArguments): CallArguments {
  const text = JSON.stringify(args, (_key, value: unknown) =>
    typeof value === 'bigint' ? RAW_NUMBER + String(value) : value,
  );
  return { format: 'json', text: text.replace(new RegExp(`"${RAW_NUMBER}(-?\\d+)"`, 'g'), '$1') };
}

/** Marks a bigint inside JSON text: no string that a caller writes begins like this by chance. */
const RAW_NUMBER = '\uE000bigint:';
