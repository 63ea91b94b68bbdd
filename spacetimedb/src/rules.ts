/**
 * The rules of the room: pure functions, shared by the module (which enforces them) and by the clients (which
 * show them while someone types). Each returns the text that the person should read, or `undefined` when the
 * input is fine.
 */

/** Why `name` cannot be taken as a display name, or `undefined` when it can. */
export function nameProblem(name: string): string | undefined {
  return isBlank(name) ? 'Names must not be empty' : undefined;
}

/** Why `text` cannot be sent as a message, or `undefined` when it can. */
export function messageProblem(text: string): string | undefined {
  return isBlank(text) ? 'Messages must not be empty' : undefined;
}

/** The tutorial refuses only `''`; a text of nothing but white space looks just as empty to its reader. */
function isBlank(text: string): boolean {
  return text.trim() === '';
}
