import { ConnectionId, Identity, TimeDuration, Timestamp, Uuid, type AlgebraicType } from 'spacetimedb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLiteral } from './literals.ts';

const TIMESTAMP = Timestamp.getAlgebraicType();
const BYTES: AlgebraicType = { tag: 'Array', value: { tag: 'U8' } };
const HEX_32 = '00'.repeat(31) + 'ff';

describe('parseLiteral', () => {
  it.each<[AlgebraicType, string, unknown]>([
    [{ tag: 'U8' }, '255', 255],
    [{ tag: 'U8' }, '256', undefined],
    [{ tag: 'U8' }, '-1', undefined],
    [{ tag: 'I8' }, '-128', -128],
    [{ tag: 'I8' }, '-129', undefined],
    [{ tag: 'U32' }, '1.0', 1],
    [{ tag: 'U32' }, '1.5', undefined],
    [{ tag: 'U32' }, '2e3', 2000],
    [{ tag: 'U32' }, '2500e-2', 25],
    [{ tag: 'U32' }, '25e-1', undefined],
    [{ tag: 'U32' }, '+7', 7],
    [{ tag: 'U32' }, '.', undefined],
    [{ tag: 'U32' }, 'ff', undefined],
    [{ tag: 'U32' }, '', undefined],
    [{ tag: 'U32' }, '1e999999999', undefined],
    [{ tag: 'U32' }, '0e999999999', 0],
    [{ tag: 'U64' }, '18446744073709551615', 18446744073709551615n],
    [{ tag: 'U256' }, '1e77', 10n ** 77n],
    [{ tag: 'I256' }, `-${1n << 255n}`, -(1n << 255n)],
    [{ tag: 'F64' }, '1e400', Infinity],
    [{ tag: 'F64' }, '-.5', -0.5],
    [{ tag: 'F32' }, '0.1', Math.fround(0.1)],
    [{ tag: 'F64' }, 'NaN', undefined],
    [{ tag: 'String' }, '5', '5'],
    [{ tag: 'Bool' }, 'true', undefined],
    [BYTES, '00fF', Uint8Array.of(0, 255)],
    [BYTES, '', new Uint8Array()],
    [BYTES, '0', undefined],
    [BYTES, 'gg', undefined],
    [Identity.getAlgebraicType(), HEX_32, new Identity(255n)],
    [Identity.getAlgebraicType(), `0x${HEX_32}`, new Identity(255n)],
    [Identity.getAlgebraicType(), 'ff', undefined],
    [ConnectionId.getAlgebraicType(), HEX_32.slice(32), new ConnectionId(255n)],
    [ConnectionId.getAlgebraicType(), HEX_32, undefined],
    [
      Uuid.getAlgebraicType(),
      '01888d6e-5c00-7000-8000-000000000001',
      Uuid.parse('01888d6e5c0070008000000000000001'),
    ],
    [
      Uuid.getAlgebraicType(),
      '{01888d6e-5c00-7000-8000-000000000001}',
      Uuid.parse('01888d6e5c0070008000000000000001'),
    ],
    [
      Uuid.getAlgebraicType(),
      '01888d6e5c0070008000000000000001',
      Uuid.parse('01888d6e5c0070008000000000000001'),
    ],
    [Uuid.getAlgebraicType(), '01888d6e-5c007000-8000-000000000001', undefined],
    [TimeDuration.getAlgebraicType(), '5', undefined],
    [TIMESTAMP, '1970-01-01T00:00:00Z', new Timestamp(0n)],
    [TIMESTAMP, '1970-01-01 00:00:01.5+00:00', new Timestamp(1_500_000n)],
    [TIMESTAMP, '1970-01-01T01:00:00+01:00', new Timestamp(0n)],
    [TIMESTAMP, '1969-12-31t23:59:59.9999999z', new Timestamp(-1n)],
    [TIMESTAMP, '2024-02-29T12:00:00Z', new Timestamp(1_709_208_000_000_000n)],
    [TIMESTAMP, '0001-01-01T00:00:00Z', new Timestamp(-62_135_596_800_000_000n)],
    [TIMESTAMP, '2023-02-29T12:00:00Z', undefined],
    [TIMESTAMP, '2023-13-01T12:00:00Z', undefined],
    [TIMESTAMP, '2023-01-01T24:00:00Z', undefined],
    [TIMESTAMP, '2023-01-01T12:00:00', undefined],
    [TIMESTAMP, '2023-01-01', undefined],
  ])('parseLiteral reads %j from %s', (type, text, value) => {
    expect(parseLiteral(text, type)).toEqual(value);
  });

  it('parseLiteral reads the timestamps that the SDK writes', () => {
    const micros = fc.bigInt({ min: 0n, max: 253_402_300_799_999_999n });
    fc.assert(
      fc.property(micros, (value) => {
        const timestamp = new Timestamp(value);
        expect(parseLiteral(timestamp.toISOString(), TIMESTAMP)).toEqual(timestamp);
      }),
    );
  });
});
