import type { AlgebraicType, ProductType, SumType } from 'spacetimedb';

/** Formats a type as the server's messages do, such as `(x: U32, y: Array<String>)` (`algebraic_type/fmt.rs`). */
export function typeText(type: AlgebraicType): string {
  switch (type.tag) {
    case 'Ref':
      return `&${type.value}`;
    case 'Product':
      return productText(type.value);
    case 'Sum':
      return sumText(type.value);
    case 'Array':
      return `Array<${typeText(type.value)}>`;
    default:
      return type.tag;
  }
}

function productText(product: ProductType): string {
  const fields = product.elements.map(
    ({ name, algebraicType }, position) => `${name ?? position}: ${typeText(algebraicType)}`,
  );
  return `(${fields.join(', ')})`;
}

function sumText(sum: SumType): string {
  if (sum.variants.length === 0) return '(|)';
  const variants = sum.variants.map(({ name, algebraicType }) => {
    const payload = typeText(algebraicType);
    return name === undefined ? payload : `${name}: ${payload}`;
  });
  return `(${variants.join(' | ')})`;
}
