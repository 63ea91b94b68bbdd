import { readAddress } from '../timeline/links.ts';

/** The target of a link with its own text. */
export interface LinkTarget {
  readonly href: string;
  /** The host or mail address, to show beside a text that may imitate another one. */
  readonly shown?: string;
}

/** Characters that a browser removes or that turn text around. None of them belongs in a written address. */
const unwritten = /[\s\p{Cc}\p{Bidi_Control}]/u;
/** Invisible characters, and those that turn text around. */
const deceptive = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
/** Labels are short. A longer one may hide an address. */
const MAX_LABEL = 200;
const mailAddress = /^mailto:([^\s?@,]+@[^\s?@,]+)$/i;

/**
 * Returns where `[label](written)` leads.
 *
 * @param label the link's text
 * @param written the address as written, with or without angle brackets
 * @returns undefined if it is not a web or mail address
 */
export function linkTarget(label: string, written: string): LinkTarget | undefined {
  const address = written.replace(/^<(.*)>$/s, '$1').replace(/\\(?=[!-/:-@[-`{-~])/g, '');
  if (unwritten.test(address) || deceptive.test(address)) return undefined;
  const [, mail] = mailAddress.exec(address) ?? [];
  const href = mail === undefined ? webAddress(address) : URL.canParse(address) ? address : undefined;
  if (href === undefined) return undefined;
  const shown = mail ?? new URL(href).host;
  return isHonest(label, shown) ? { href } : { href, shown };
}

function webAddress(address: string): string | undefined {
  return /^https?:/i.test(address) ? readAddress(address) : undefined;
}

/** Whether a label names no target, or the right one. */
function isHonest(label: string, target: string): boolean {
  if (label.length > MAX_LABEL || deceptive.test(label)) return false;
  // Full-width and other compatibility forms of dots, slashes and letters become the usual ones.
  const plain = label.normalize('NFKC').replace(/[。｡]/g, '.').toLowerCase();
  return plain.split(/\s/).every((word) => !claim.test(word) || claimed(word) === claimed(target));
}

/** Such as "evil.example", "//localhost", "1.1.1.1" and "ann@example.com", but not "v1.2" or "end." */
const claim = /\/\/|@|\w:\d|\.\p{L}|\d(?:\.\d+){3}/u;

/** Returns the host or mail address that a word names. */
function claimed(word: string): string {
  return word
    .replace(/^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu, '')
    .replace(/^(?:https?|mailto):(?:\/\/)?/, '')
    .replace(/[/?#].*/s, '')
    .replace(/^www\./, '');
}
