/**
 * Says why `name` is not a valid identifier, as the end of a sentence about it; `undefined` if it is. Identifiers are
 * in Unicode normalization form C, start with an XID_Start character or an underscore, and continue with XID_Continue
 * characters. No word is reserved (`crates/schema/src/identifier.rs`; its list of reserved words is empty).
 */
export function identifierProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.normalize('NFC') !== name) return 'is not in Unicode normalization form C';
  if (!/^[_\p{XIDS}]/u.test(name)) return 'must start with a letter or an underscore';
  if (!/^[_\p{XIDS}]\p{XIDC}*$/u.test(name)) return 'may hold only letters, digits and underscores';
  return undefined;
}
