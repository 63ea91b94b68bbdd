/** What the SDK writes its log with, in place of `safe-stable-stringify`: keys in their own order, whole numbers of any size. */
export function stringify(value: unknown, replace = (_key: string, part: unknown): unknown => part): string {
  const text: unknown = JSON.stringify(value, (key, part: unknown) => {
    const shown = replace(key, part);
    return typeof shown === 'bigint' ? String(shown) : shown;
  });
  return String(text);
}
