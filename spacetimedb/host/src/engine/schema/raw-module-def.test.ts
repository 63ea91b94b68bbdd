import { AlgebraicType } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { describeModule } from '../../codegen/testing/describe-module.ts';
import { ModuleDefError } from './errors.ts';
import { decodeRawModuleDef, encodeRawModuleDef, section } from './raw-module-def.ts';
import { moduleTest } from '../../codegen/testing/module-test.ts';
import { RawModuleBuilder } from './testing/raw-module-builder.ts';

describe('decodeRawModuleDef', () => {
  it('decodeRawModuleDef is the inverse of encodeRawModuleDef', () => {
    const submodule = new RawModuleBuilder().table('inner', { id: AlgebraicType.U64 }).build();
    const raw = moduleTest()
      .section({ tag: 'RowLevelSecurity', value: [{ sql: 'SELECT * FROM person' }] })
      .section({ tag: 'CaseConversionPolicy', value: { tag: 'None' } })
      .section({ tag: 'HttpHandlers', value: [{ sourceName: 'get' }] })
      .section({
        tag: 'HttpRoutes',
        value: [{ handlerFunction: 'get', method: { tag: 'Method', value: { tag: 'Get' } }, path: '/x' }],
      })
      .section({ tag: 'Submodules', value: [{ namespace: 'lib', module: submodule }] })
      .build();
    expect(decodeRawModuleDef(encodeRawModuleDef(raw))).toEqual(raw);
  });

  it('decodeRawModuleDef reads what the SDK writes, and encodeRawModuleDef writes the same', async () => {
    const bytes = await describeModule(`
      import { schema, t, table } from 'spacetimedb/server';
      const Color = t.enum('Color', { red: t.unit(), rgb: t.array(t.u8()) });
      const paint = table({ name: 'paint', public: true }, {
        id: t.u64().primaryKey().autoInc(), color: Color, note: t.string().default('none'),
      });
      export default schema({ paint });
    `);
    const raw = decodeRawModuleDef(bytes);
    expect(section(raw, 'Tables')?.[0]?.sourceName).toBe('paint');
    expect(section(raw, 'Tables')?.[0]?.defaultValues).toEqual([
      { colId: 2, value: new Uint8Array([4, 0, 0, 0, 110, 111, 110, 101]) },
    ]);
    expect(encodeRawModuleDef(raw)).toEqual(bytes);
  });

  it.each([
    ['nothing', [], 'no bytes at all'],
    ['version 8', [0, 0, 0, 0, 0], 'format 8, from an SDK before 2.0'],
    ['version 9', [1, 0, 0, 0, 0], 'format 9, from an SDK before 2.0'],
    ['a later version', [3, 0, 0, 0, 0], 'newer than this host (tag 3)'],
    ['a truncated description', [2, 1, 0, 0, 0, 0], 'cannot be decoded'],
    ['bytes left over', [2, 0, 0, 0, 0, 9, 9], 'cannot be decoded: 2 bytes are left over.'],
    ['a section of the future', [2, 1, 0, 0, 0, 99], 'does not know'],
    ['a type of the future', [2, 1, 0, 0, 0, 0, 1, 0, 0, 0, 77], 'does not know'],
    ['an option that is neither', [2, 1, 0, 0, 0, 6, 1, 0, 0, 0, 5], 'cannot be decoded'],
  ])('decodeRawModuleDef refuses %s', (_, bytes, message) => {
    const decode = (): unknown => decodeRawModuleDef(new Uint8Array(bytes));
    expect(decode).toThrow(ModuleDefError);
    expect(decode).toThrow(message);
  });
});
