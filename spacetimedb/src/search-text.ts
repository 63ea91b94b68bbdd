/** How texts are compared in a search: pure, so that clients can search the messages that they have. */

/** Maximum characters of a search, as `countCharacters` counts. */
export const SEARCH_MAX_LENGTH = 100;

/** Accents and other marks that many scripts share. Japanese voicing marks make other letters, so they stay. */
const SHARED_MARK = /(?![\u3099\u309A])(?=\p{M})\p{Script=Inherited}|\p{Default_Ignorable_Code_Point}/gu;

/** A key that is equal for texts that differ only in case, accents, width or compatibility forms. */
export function searchKey(text: string): string {
  // Enough for most messages.
  if (/^[\0-\x7F]*$/.test(text)) return text.toUpperCase();
  const plain = text.normalize('NFKD').replace(SHARED_MARK, '');
  // Lower case first, so that letters with several lower-case forms (`ς`, `ß`) end in one.
  return plain.toLowerCase().toUpperCase().normalize('NFC');
}

/** The keys of the words to search for. */
export function searchWords(text: string): string[] {
  return [...new Set(searchKey(text).split(/\p{White_Space}+/u))].filter((word) => word !== '');
}
