/** A module whose description of itself cannot be accepted. */
export class ModuleDefError extends Error {
  override readonly name = 'ModuleDefError';
  /** Everything that is wrong, one sentence each, each naming the item. Never empty. */
  readonly problems: readonly string[];

  /** @param problems one sentence each; `message` is these, one a line */
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
