import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The command line is invalid. `message` says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O; strict: true }>>['values'];

/**
 * Parses options and positional arguments.
 *
 * @param positionals the names of the positional arguments; one that ends in `…` takes all remaining ones, even none
 * @throws {UsageError} for an unknown option, or a missing or extra argument
 */
export function parseOptions<O extends Options>(
  words: readonly string[],
  options: O,
  positionals: readonly string[] = [],
): { readonly values: Values<O>; readonly positionals: readonly string[] } {
  const parsed = attempt(() =>
    parseArgs({ args: [...words], options, strict: true, allowPositionals: positionals.length > 0 }),
  );
  const rest = positionals.at(-1)?.endsWith('…') ?? false;
  const needed = rest ? positionals.slice(0, -1) : positionals;
  const missing = needed[parsed.positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  if (!rest && parsed.positionals.length > needed.length) {
    throw new UsageError(`'${parsed.positionals[needed.length]}' is one argument too many`);
  }
  return { values: parsed.values as Values<O>, positionals: parsed.positionals };
}

/** Turns every error of `read` into a {@link UsageError} with the same message. */
export function attempt<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** @throws {UsageError} when the option is missing or empty */
export function required(value: string | undefined, option: string): string {
  if (value === undefined || value === '') throw new UsageError(`${option} is missing`);
  return value;
}

/** @throws {UsageError} when `value` is none of `choices` */
export function oneOf<Choice extends string>(
  option: string,
  value: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new UsageError(`${option} is ${choices.map((choice) => `'${choice}'`).join(' or ')}, not '${value}'`);
}
