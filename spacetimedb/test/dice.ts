/** Random numbers that can be repeated: the seed is printed, and can be set in the environment. */
export interface Dice {
  readonly seed: number;
  /** A whole number from 0 up to but not including `count`. */
  below(count: number): number;
  /** True with the probability `share`. @param share from 0 to 1 */
  chance(share: number): boolean;
  /** Independent dice that depend only on this seed and `label`. */
  fork(label: string): Dice;
}

/**
 * Dice with the seed from an environment variable, or a new seed.
 *
 * @param variable such as `FAULT_SEED`; a whole number
 * @throws {Error} when the variable is not a whole number
 */
export function rollDice(variable: string): Dice {
  const given = process.env[variable];
  const seed = given ? Number(given) : Math.floor(Math.random() * 2 ** 32);
  if (!Number.isInteger(seed)) throw new Error(`${variable} must be a whole number, and is '${given}'`);
  console.info(`${variable}=${seed} repeats this run`);
  return diceOf(seed);
}

/**
 * How often a test repeats something.
 *
 * @param variable environment variable with the number, such as `FAULT_ROUNDS`
 * @param usual the number without the variable
 * @throws {Error} when the variable is not a positive whole number
 */
export function roundsOf(variable: string, usual: number): number {
  const rounds = Number(process.env[variable] || usual);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`${variable} must be a positive whole number`);
  return rounds;
}

/** Mulberry32: small, and random enough for tests. */
function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    seed,
    below: (count) => Math.floor(next() * count),
    chance: (share) => next() < share,
    fork: (label) =>
      diceOf([...label].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), seed)),
  };
}
