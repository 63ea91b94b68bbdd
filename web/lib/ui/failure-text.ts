import { en } from '../i18n/en.ts';

/** Why a message was not sent, in words for its writer. Errors are told apart by their `name`, as the stores name them. */
export function failureText(error: unknown, t = en): string {
  if (!(error instanceof Error)) return t.notArrived;
  if (error.name === 'NotConnectedError') return t.noConnection;
  if (error.name === 'UnknownOutcomeError') return t.outcomeUnknown;
  return t.translated[error.message] ?? error.message;
}
