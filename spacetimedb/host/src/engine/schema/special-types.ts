/** Types with a special meaning in a module's schema. */
import type { AlgebraicType } from 'spacetimedb';
import { specialField } from '../sats/type-shape.ts';

/** Is this the sum of `t.scheduleAt()`? Does not follow references. */
export function isScheduleAt(type: AlgebraicType): boolean {
  const [interval, time] = pairOfVariants(type, 'Interval', 'Time') ?? [];
  return (
    interval !== undefined &&
    time !== undefined &&
    isSpecialProduct(interval, '__time_duration_micros__') &&
    isSpecialProduct(time, '__timestamp_micros_since_unix_epoch__')
  );
}

function isSpecialProduct(type: AlgebraicType, field: string): boolean {
  return type.tag === 'Product' && specialField(type.value) === field;
}

/** Is this the product without fields? */
export function isUnit(type: AlgebraicType): boolean {
  return type.tag === 'Product' && type.value.elements.length === 0;
}

/** Is this a sum whose variants have no payload? */
export function isSimpleEnum(type: AlgebraicType): boolean {
  return type.tag === 'Sum' && type.value.variants.every(({ algebraicType }) => isUnit(algebraicType));
}

/** The payload type of an option; `undefined` for other types. Does not follow references. */
export function optionPayload(type: AlgebraicType): AlgebraicType | undefined {
  const [some, none] = pairOfVariants(type, 'some', 'none') ?? [];
  return some && none && isUnit(none) ? some : undefined;
}

/** The `ok` and `err` types of a result; `undefined` for other types. Does not follow references. */
export function resultPayloads(type: AlgebraicType): [ok: AlgebraicType, err: AlgebraicType] | undefined {
  return pairOfVariants(type, 'ok', 'err');
}

function pairOfVariants(
  type: AlgebraicType,
  first: string,
  second: string,
): [AlgebraicType, AlgebraicType] | undefined {
  if (type.tag !== 'Sum') return undefined;
  const [a, b, ...others] = type.value.variants;
  if (others.length > 0 || a?.name !== first || b?.name !== second) return undefined;
  return [a.algebraicType, b.algebraicType];
}

export interface ViewReturn {
  /** Position of the row type in the typespace. */
  readonly typeRef: number;
  /** `query`: the view returns SQL (`{ __query__: T }`); `rows`: it returns rows, as an array or an option. */
  readonly kind: 'query' | 'rows';
}

/** What a view with this return type yields; `undefined` if no view may return it (`crates/lib/src/db/view.rs`). */
export function viewReturn(type: AlgebraicType): ViewReturn | undefined {
  if (type.tag === 'Product') {
    const [element, ...others] = type.value.elements;
    const isQuery = others.length === 0 && element?.name === '__query__';
    return isQuery ? refOf(element.algebraicType, 'query') : undefined;
  }
  return refOf(type.tag === 'Array' ? type.value : optionPayload(type), 'rows');
}

function refOf(type: AlgebraicType | undefined, kind: ViewReturn['kind']): ViewReturn | undefined {
  return type?.tag === 'Ref' ? { typeRef: type.value, kind } : undefined;
}
