/**
 * Types as generated code refers to them: by name, or as a built-in shape. Source:
 * `crates/schema/src/type_for_generate.rs` of the real server.
 */
import type { AlgebraicType } from 'spacetimedb';
import { specialField, type SpecialField } from '../sats/type-shape.ts';
import type { Typespace } from '../sats/typespace.ts';
import { isScheduleAt, isUnit, optionPayload, resultPayloads } from './special-types.ts';

type PrimitiveTag = Exclude<AlgebraicType['tag'], 'Ref' | 'Sum' | 'Product' | 'Array'>;

type SpecialUse =
  'identity' | 'connectionId' | 'timestamp' | 'timeDuration' | 'uuid' | 'scheduleAt' | 'unit' | 'never';

export type TypeUse =
  /** A named type, by its position in the typespace. */
  | { readonly kind: 'ref'; readonly typeRef: number }
  | { readonly kind: 'array'; readonly element: TypeUse }
  | { readonly kind: 'option'; readonly payload: TypeUse }
  | { readonly kind: 'result'; readonly ok: TypeUse; readonly err: TypeUse }
  | { readonly kind: 'special'; readonly name: SpecialUse }
  | { readonly kind: 'primitive'; readonly tag: PrimitiveTag };

const SPECIAL_USES: Readonly<Record<SpecialField, SpecialUse>> = {
  __identity__: 'identity',
  __connection_id__: 'connectionId',
  __timestamp_micros_since_unix_epoch__: 'timestamp',
  __time_duration_micros__: 'timeDuration',
  __uuid__: 'uuid',
};

/** Code cannot refer to this type. `message` says why, as the end of a sentence. */
export class TypeUseError extends Error {
  override readonly name = 'TypeUseError';
}

/** Converts types: references to named types stay, references to other types are replaced by their targets. */
export class TypeUses {
  readonly #typespace: Typespace;
  readonly #named: ReadonlySet<number>;

  /** @param named positions of the named types */
  constructor(typespace: Typespace, named: Iterable<number>) {
    this.#typespace = typespace;
    this.#named = new Set(named);
  }

  /** @throws {TypeUseError} for a product or sum without a name, or a cycle of types without names */
  read(type: AlgebraicType): TypeUse {
    return this.#read(type, []);
  }

  #read(type: AlgebraicType, within: readonly number[]): TypeUse {
    if (type.tag === 'Ref') return this.#readRef(type.value, within);
    if (type.tag === 'Array') return { kind: 'array', element: this.#read(type.value, within) };
    if (type.tag !== 'Product' && type.tag !== 'Sum') return { kind: 'primitive', tag: type.tag };
    const special = specialUse(type);
    if (special) return { kind: 'special', name: special };
    const payload = optionPayload(type);
    if (payload) return { kind: 'option', payload: this.#read(payload, within) };
    const [ok, err] = resultPayloads(type) ?? [];
    if (ok && err) return { kind: 'result', ok: this.#read(ok, within), err: this.#read(err, within) };
    throw new TypeUseError(`a ${type.tag.toLowerCase()} type that has no name`);
  }

  #readRef(typeRef: number, within: readonly number[]): TypeUse {
    if (this.#named.has(typeRef)) return { kind: 'ref', typeRef };
    const target = this.#typespace.types[typeRef];
    if (!target) throw new TypeUseError(`type ${typeRef}, which does not exist`);
    if (within.includes(typeRef))
      throw new TypeUseError(`type ${typeRef}, which refers to itself and has no name`);
    return this.#read(target, [...within, typeRef]);
  }
}

function specialUse(type: AlgebraicType): SpecialUse | undefined {
  if (isUnit(type)) return 'unit';
  if (isScheduleAt(type)) return 'scheduleAt';
  if (type.tag === 'Sum') return type.value.variants.length === 0 ? 'never' : undefined;
  const field = type.tag === 'Product' ? specialField(type.value) : undefined;
  return field && SPECIAL_USES[field];
}
