/** There was no connection to send a call on. Nothing was sent, so it is safe to try again. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
}

/**
 * The connection was lost between sending a call and its answer: the call may or may not have taken effect.
 */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}
