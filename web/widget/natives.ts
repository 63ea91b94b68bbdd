/**
 * Stands in for `Array.from` in the widget's build, because old libraries such as Prototype and MooTools replace it on
 * their pages with a function that knows neither iterables nor the second parameter.
 */
export function arrayFrom<From, To = From>(
  items: Iterable<From> | ArrayLike<From>,
  map?: (item: From, index: number) => To,
): To[] {
  const list: unknown[] = [];
  if (Symbol.iterator in items) list.push(...items);
  else for (let index = 0; index < items.length; index++) list.push(items[index]);
  return map ? (list as From[]).map((item, index) => map(item, index)) : (list as To[]);
}
