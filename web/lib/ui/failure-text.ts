import type { CallError } from 'spacetimedb-stores';
import { en } from '../i18n/en.ts';

/** Why a message was not sent, in words for its writer. */
export function failureText(error: CallError | undefined, t = en): string {
  switch (error?.code) {
    case undefined:
      return t.notArrived;
    case 'not-connected':
      return t.noConnection;
    case 'unknown-outcome':
      return t.outcomeUnknown;
    default:
      return t.translated[error.message] ?? error.message;
  }
}
