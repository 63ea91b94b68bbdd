import { ProductType, SumType } from 'spacetimedb';
import {
  makeProductDeserializer,
  makeProductSerializer,
  makeResultSerializer,
  makeSumDeserializer,
  makeSumSerializer,
} from './closures.ts';

/** Products that represent a class of the SDK, for which it compiles no code. */
const ofClass = /^__(identity|connection_id|uuid|time_duration_micros|timestamp_micros_since_unix_epoch)__$/;

/**
 * Makes the SDK run under a Content Security Policy without `unsafe-eval`. The SDK (2.10) compiles a function for each
 * row type with `Function(…)`. After this call, it composes closures instead, which read and write the same bytes. Call
 * it before the first connection; calling it again does nothing.
 *
 * One thing differs: `{ err }` of a result is written with the error's own type. The SDK writes it with the type of
 * `ok` (`serializeErr` in its `lib/algebraic_type.ts`), which neither a server nor the SDK's own deserialiser can read.
 * @example
 * ```ts
 * installWithoutEval();
 * await connection.call((db) => db.reducers.setName({ name: 'Ann' }));
 * ```
 */
export function installWithoutEval(): void {
  if (ProductType.makeSerializer === makeProductSerializer) return;
  const { makeDeserializer: productDeserializer } = ProductType;
  const { makeSerializer: sumSerializer, makeDeserializer: sumDeserializer } = SumType;

  ProductType.makeSerializer = makeProductSerializer;
  ProductType.makeDeserializer = (type, typespace) => {
    const { length, 0: only } = type.elements;
    const isPlain = length > 1 || (length === 1 && !ofClass.test(only?.name ?? ''));
    return (isPlain ? makeProductDeserializer : productDeserializer)(type, typespace);
  };
  SumType.makeSerializer = (type, typespace) => {
    if (has(type, 'some', 'none')) return sumSerializer(type, typespace);
    return (has(type, 'ok', 'err') ? makeResultSerializer : makeSumSerializer)(type, typespace);
  };
  SumType.makeDeserializer = (type, typespace) => {
    const isBuiltIn = has(type, 'some', 'none') || has(type, 'ok', 'err');
    return (isBuiltIn ? sumDeserializer : makeSumDeserializer)(type, typespace);
  };
}

/** Distinguishes options and results from enums in the same way as the SDK. */
function has({ variants }: SumType, first: string, second: string): boolean {
  return variants.length === 2 && variants[0]?.name === first && variants[1]?.name === second;
}
