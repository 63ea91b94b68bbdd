/** From the start of a navigation to the frame that shows the newest message: how long it takes, and what happens meanwhile. */
import type { Browser } from 'playwright-core';
import type { Client } from './clients.ts';
import { Probe, type Conditions } from './probe.ts';

/** Those of Lighthouse: its “slow 4G” as Chromium's developer tools imitate it. */
const SLOW_4G = {
  latency: 562.5,
  downloadThroughput: (1474.56 * 1000) / 8,
  uploadThroughput: (675 * 1000) / 8,
};

/** What is measured, by its name. */
export const CONDITIONS: Readonly<Record<string, Conditions>> = {
  'CPU 4 times slower': { slowdown: 4 },
  'slow 4G': { network: SLOW_4G },
  'slow 4G, CPU 4 times slower': { slowdown: 4, network: SLOW_4G },
};

/** Milliseconds since the start of the navigation, by what happened then. */
export type Waterfall = Record<string, number>;

/**
 * Loads each client once a round, in turns, so that what else the machine does slows down all of them.
 *
 * @returns by client: the medians of all rounds
 */
export async function compareLoads(
  browser: Browser,
  clients: Readonly<Record<string, Client>>,
  uri: string,
  newest: string,
  conditions: Conditions,
  rounds: number,
): Promise<Record<string, Waterfall>> {
  const loads: Record<string, Waterfall[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, client] of Object.entries(clients)) {
      const probe = await Probe.open(browser, client, uri, newest, conditions);
      (loads[name] ??= []).push(await probe.waterfall());
      await probe.close();
    }
  }
  return Object.fromEntries(Object.entries(loads).map(([name, all]) => [name, mediansOf(all)]));
}

/** The median of each figure. */
export function mediansOf(rounds: readonly Record<string, number>[]): Record<string, number> {
  const medians = Object.keys(rounds[0] ?? {}).map((key) => {
    const sorted = rounds.map((round) => round[key] ?? NaN).sort((a, b) => a - b);
    return [key, sorted[Math.floor(sorted.length / 2)] ?? NaN] as const;
  });
  return Object.fromEntries(medians);
}
