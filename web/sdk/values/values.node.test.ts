import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import * as sdk from 'spacetimedb';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { smallSdk } from '../../vite/small-sdk.ts';
import * as util from './util.ts';

const id = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n });

it('writes and reads identities as the SDK does', () => {
  fc.assert(
    fc.property(id(256n), id(128n), (large, small) => {
      const [identity, connectionId] = [new sdk.Identity(large), new sdk.ConnectionId(small)];
      expect(util.u256ToHexString(large)).toBe(identity.toHexString());
      expect(util.u128ToHexString(small)).toBe(connectionId.toHexString());
      expect(util.u256ToUint8Array(large)).toEqual(identity.toUint8Array());
      expect(util.u128ToUint8Array(small)).toEqual(connectionId.toUint8Array());
      expect(util.hexStringToU256(identity.toHexString())).toBe(large);
      expect(util.hexStringToU256(`0x${identity.toHexString()}`)).toBe(large);
      expect(util.hexStringToU128(connectionId.toHexString())).toBe(small);
    }),
  );
});

it('refuses texts that are no identity, as the SDK does', () => {
  for (const text of ['', '12', 'f'.repeat(66)]) {
    expect(() => new sdk.Identity(text)).toThrow();
    expect(() => util.hexStringToU256(text)).toThrow();
  }
});

it('makes of anything the whole number that the SDK makes of it, or refuses it as well', () => {
  for (const value of [5n, 5, '5', ' 7 ', '', ' ', 1.5, 'x', null, undefined, {}]) {
    const outcome = (make: () => bigint): unknown => {
      try {
        return make();
      } catch (error) {
        return String(error);
      }
    };
    const theirs = outcome(() => new sdk.Timestamp(value as bigint).microsSinceUnixEpoch);
    expect(outcome(() => util.coerceToBigInt(value, 'Timestamp'))).toBe(theirs);
  }
});

it('stands in for all that the values of the SDK ask for', async () => {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [smallSdk()],
    build: {
      write: false,
      lib: { entry: fileURLToPath(new URL('../index.ts', import.meta.url)), formats: ['es'] },
    },
  });
  const outputs = [result].flat().flatMap((build) => ('output' in build ? build.output : []));
  const modules = outputs.flatMap((output) => (output.type === 'chunk' ? output.moduleIds : []));
  expect(modules.some((module) => module.includes('/spacetimedb/src/lib/identity'))).toBe(true);
  const others = /spacetimedb\/(?:dist|src\/(?:sdk|lib\/(?:algebraic_type|util|binary_\w+|type_builders)\.))/;
  expect(modules.filter((module) => others.test(module))).toEqual([]);
});
