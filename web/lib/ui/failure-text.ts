import type { CallError } from 'spacetimedb-stores';
import { en } from '../i18n/en.ts';
import { translate } from '../i18n/translate.ts';

/** Explains to the author why a message was not sent. */
export function failureText(error: CallError | undefined, t = en): string {
  if (!error) return t.notArrived;
  if (error.code === 'not-connected') return t.noConnection;
  if (error.code === 'unknown-outcome') return t.outcomeUnknown;
  return translate(error.message, t);
}
