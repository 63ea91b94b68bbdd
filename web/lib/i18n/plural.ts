/**
 * Returns a function that chooses the plural form of a word.
 *
 * @typeParam Form the plural categories that the language's file distinguishes; `other` is used for the rest
 */
export function pluralOf<Form extends Intl.LDMLPluralRule>(
  locale: string,
): (count: number, forms: Readonly<Record<Form | 'other', (count: string) => string>>) => string {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale, { numberingSystem: 'latn' });
  return (count, forms) => {
    const known: Partial<Record<Intl.LDMLPluralRule, (count: string) => string>> = forms;
    return (known[rules.select(count)] ?? forms.other)(numbers.format(count));
  };
}
