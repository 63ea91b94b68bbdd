/** Random numbers that a test can draw again: the seed is printed, and taken from the environment when it stands there. */
export interface Dice {
  readonly seed: number;
  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number;
  /** True in `share` of all cases. @param share from 0 to 1 */
  chance(share: number): boolean;
  /** Other dice, whose numbers depend on this seed and on `label` only. */
  fork(label: string): Dice;
}

/**
 * Dice with the seed in the environment variable, or else with a new one.
 *
 * @param variable such as `FAULT_SEED`; a whole number
 * @throws {Error} when the variable is no such number
 */
export function rollDice(variable: string): Dice {
  const given = process.env[variable];
  const seed = given ? Number(given) : Math.floor(Math.random() * 2 ** 32);
  if (!Number.isInteger(seed)) throw new Error(`${variable} must be a whole number, and is '${given}'`);
  console.info(`${variable}=${seed} repeats this run`);
  return diceOf(seed);
}

/**
 * How often a test is to repeat something.
 *
 * @param variable such as `FAULT_ROUNDS`: says so in the environment
 * @param usual how often when it does not
 * @throws {Error} when the variable is no positive whole number
 */
export function roundsOf(variable: string, usual: number): number {
  const rounds = Number(process.env[variable] || usual);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`${variable} must be a positive whole number`);
  return rounds;
}

/** Mulberry32: small, and random enough for a test. */
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
