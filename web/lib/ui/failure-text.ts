import { en } from '../i18n/en.ts';

/** Explains to the author why a message was not sent. The stores identify errors by their `name`. */
export function failureText(error: unknown, t = en): string {
  if (!(error instanceof Error)) return t.notArrived;
  if (error.name === 'NotConnectedError') return t.noConnection;
  if (error.name === 'UnknownOutcomeError') return t.outcomeUnknown;
  return t.translated[error.message] ?? error.message;
}
