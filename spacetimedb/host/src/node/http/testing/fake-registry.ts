import type { RegistryApi } from '../host-api.ts';

/** A registry in memory. @param given the identity of each name */
export function fakeRegistry(given: Readonly<Record<string, string>>): RegistryApi {
  let names = new Map(Object.entries(given));
  const locked = new Set<string>();
  const energy = new Map<string, bigint>();
  return {
    identityOf: (name) => names.get(name),
    namesOf: (identity) => [...names].filter(([, of]) => of === identity).map(([name]) => name),
    mayName: () => true,
    addName: async (name, identity) => void names.set(name, identity),
    replaceNames: async (identity, given) => {
      const others = [...names].filter(([, of]) => of !== identity);
      names = new Map([...others, ...given.map((name) => [name, identity] as const)]);
    },
    isLocked: (identity) => locked.has(identity),
    setLocked: async (identity, isLocked) => {
      if (isLocked) locked.add(identity);
      else locked.delete(identity);
    },
    energyOf: (identity) => energy.get(identity) ?? 0n,
    addEnergy: (identity, amount) => {
      const balance = (energy.get(identity) ?? 0n) + amount;
      energy.set(identity, balance);
      return balance;
    },
  };
}
