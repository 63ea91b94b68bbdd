/** A module's description of itself is invalid. */
export class ModuleDefError extends Error {
  override readonly name = 'ModuleDefError';
  /** All problems, one sentence each, which name the item. Never empty. */
  readonly problems: readonly string[];

  /** @param problems one sentence each; `message` contains them, one per line */
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
