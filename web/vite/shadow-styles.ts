/** Makes the widget's styles fit for a shadow root on somebody else's page, as a visitor of Lightning CSS. */
import type { CustomAtRules, Rule, Selector, SelectorComponent, Visitor } from 'lightningcss';

/** How many pixels a `rem` is to the styles. On a page it is whatever that page has set. */
const REM = 16;

const isPseudo = (selector: Selector, kind: string): boolean =>
  selector.length === 1 && selector[0]?.type === 'pseudo-class' && selector[0].kind === kind;

const ofRoot: SelectorComponent = { type: 'class', name: 'root' };

/**
 * - Lengths in `rem` become pixels.
 * - Rules for `:root, :host` become rules for `.root`: a page's own rules for its elements override those for the host.
 * - Tailwind registers its properties by `@property`, which a shadow root ignores, and has rules in `@layer properties`
 *   with the same initial values for browsers without `@property`. The widget uses these rules everywhere.
 */
export const shadowStyles: Visitor<CustomAtRules> = {
  Length: ({ unit, value }) => (unit === 'rem' ? { unit: 'px', value: value * REM } : undefined),
  Rule: {
    style(rule) {
      const { selectors } = rule.value;
      const [first, second] = selectors;
      if (selectors.length !== 2 || !first || !second) return undefined;
      if (!isPseudo(first, 'root') || !isPseudo(second, 'host')) return undefined;
      return { type: 'style', value: { ...rule.value, selectors: [[ofRoot]] } };
    },
    property: () => [],
    'layer-block'(rule) {
      if (rule.value.name?.join('.') !== 'properties') return undefined;
      const rules = rule.value.rules.flatMap((inner: Rule) =>
        inner.type === 'supports' ? inner.value.rules : [inner],
      );
      return { type: 'layer-block', value: { ...rule.value, rules } };
    },
  },
};
