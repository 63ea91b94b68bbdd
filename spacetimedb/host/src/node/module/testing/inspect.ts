/**
 * `inspect` follows everything reachable from a value and reports values of another realm: their function constructor
 * is different and can reach `process`.
 */
export const INSPECT = `
  const { getPrototypeOf, getOwnPropertyDescriptor, ownKeys, apply } = Reflect;
  const ObjectPrototype = Object.prototype;
  const iterate = Array.prototype[Symbol.iterator];

  function rootOf(value) {
    let root = value;
    for (let next = root; next !== null; next = getPrototypeOf(next)) root = next;
    return root;
  }
  const roots = new Set([ObjectPrototype]);
  const hasRoot = Set.prototype.has;

  function inspect(value, seen, depth) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
    if (seen.includes(value)) return undefined;
    seen[seen.length] = value;
    let root;
    try { root = rootOf(value); } catch { return undefined; }
    if (root !== value && !apply(hasRoot, roots, [root])) {
      // An object without a prototype is nobody's; this one has a root that is not ours.
      const foreign = getOwnPropertyDescriptor(root, 'constructor')?.value;
      if (typeof foreign === 'function') {
        return 'of another realm: ' + foreign.constructor('return typeof process')();
      }
    }
    if (depth === 0) return undefined;
    const parts = [getPrototypeOf(value)];
    for (const key of ownKeys(value)) {
      const property = getOwnPropertyDescriptor(value, key);
      if (property) { parts[parts.length] = property.value; parts[parts.length] = property.get; }
    }
    for (let n = 0; n < parts.length; n++) {
      const found = inspect(parts[n], seen, depth - 1);
      if (found) return found;
    }
    return undefined;
  }
`;
