/**
 * Replacements for built-in functions in the widget's build, because old libraries such as Prototype and MooTools
 * change the built-in ones.
 */

/** `Array.from`: theirs supports neither iterables nor the second parameter. */
export function arrayFrom<From, To = From>(
  items: Iterable<From> | ArrayLike<From>,
  map?: (item: From, index: number) => To,
): To[] {
  const list: unknown[] = [];
  if (isIterable(items)) list.push(...items);
  else for (let index = 0; index < items.length; index++) list.push(items[index]);
  return map ? (list as From[]).map((item, index) => map(item, index)) : (list as To[]);
}

function isIterable<Item>(items: Iterable<Item> | ArrayLike<Item>): items is Iterable<Item> {
  // Strings are iterable, too.
  return Symbol.iterator in Object(items);
}

/** `Array.prototype.map`, which is called with typed arrays: theirs works with arrays only. */
export function arrayMap<From, To>(
  this: ArrayLike<From>,
  map: (item: From, index: number, items: ArrayLike<From>) => To,
): To[] {
  const list: To[] = [];
  for (let index = 0; index < this.length; index++) list.push(map(this[index] as From, index, this));
  return list;
}
