/**
 * Chooses among the forms that a word has in a language, by number.
 *
 * @typeParam Form the categories of the language that its files tell apart; `other` serves for those left out
 */
export function pluralOf<Form extends Intl.LDMLPluralRule>(
  locale: string,
): (count: number, forms: Readonly<Record<Form | 'other', (count: string) => string>>) => string {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (count, forms) => {
    const known: Partial<Record<Intl.LDMLPluralRule, (count: string) => string>> = forms;
    return (known[rules.select(count)] ?? forms.other)(numbers.format(count));
  };
}
