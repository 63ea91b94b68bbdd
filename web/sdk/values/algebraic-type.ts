/** In place of the SDK's `lib/algebraic_type.ts`, of which its values ask only how they are described. */
export const AlgebraicType = {
  Product: (value: object) => ({ tag: 'Product', value }),
  Sum: (value: object) => ({ tag: 'Sum', value }),
  I64: { tag: 'I64' },
  U128: { tag: 'U128' },
  U256: { tag: 'U256' },
};
