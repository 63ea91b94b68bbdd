/** Why a message was not sent, in words for its writer. Errors are told apart by their `name`, as the stores name them. */
export function failureWords(error: unknown): string {
  if (!(error instanceof Error)) return 'It did not arrive.';
  if (error.name === 'NotConnectedError') return 'There is no connection.';
  if (error.name === 'UnknownOutcomeError') {
    return 'The connection was lost before the server answered, so it may have arrived all the same.';
  }
  return error.message;
}
