/** Measures the time from the start of a navigation to the frame that shows the newest message. */
import type { Browser } from 'playwright-core';
import type { Client } from './clients.ts';
import { Probe, type Conditions, type Waterfall } from './probe.ts';

/** Lighthouse's “slow 4G”, as emulated by Chromium's developer tools. */
const SLOW_4G = {
  latency: 562.5,
  downloadThroughput: (1474.56 * 1000) / 8,
  uploadThroughput: (675 * 1000) / 8,
};

export const CONDITIONS: Readonly<Record<string, Conditions>> = {
  'CPU 4 times slower': { slowdown: 4 },
  'slow 4G': { network: SLOW_4G },
  'slow 4G, CPU 4 times slower': { slowdown: 4, network: SLOW_4G },
};

/**
 * Loads the clients in turns, once per round, so that other load on the machine affects all of them equally.
 *
 * @returns the medians of all rounds, by client
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

export function mediansOf(rounds: readonly Record<string, number>[]): Record<string, number> {
  const medians = Object.keys(rounds[0] ?? {}).map((key) => {
    const sorted = rounds.map((round) => round[key] ?? NaN).sort((a, b) => a - b);
    return [key, sorted[Math.floor(sorted.length / 2)] ?? NaN] as const;
  });
  return Object.fromEntries(medians);
}
