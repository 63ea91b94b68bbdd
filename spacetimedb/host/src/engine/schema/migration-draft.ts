import { compareStrings } from '../sats/compare.ts';
import type { SequenceDef } from './module-def.ts';

/** A new sequence must not start while rows have values in its range. The caller checks the rows. */
export interface SequenceCheck {
  /** Canonical name of the table, with its namespace. */
  readonly table: string;
  readonly sequence: SequenceDef;
}

export type MigrationPlan =
  | {
      readonly tag: 'auto';
      /** The changes in order, one line each. The real server logs the same lines. */
      readonly steps: readonly string[];
      /** Must connected clients be disconnected, because their bindings no longer match? */
      readonly breaksClients: boolean;
      readonly sequenceChecks: readonly SequenceCheck[];
    }
  | {
      readonly tag: 'manual';
      /** Why an automatic migration is not possible, one sentence each; never empty. */
      readonly reasons: readonly string[];
    };

/** The order of the steps. Removals come before additions, which may have the same name. */
const STEP_KINDS = [
  'RemoveIndex',
  'RemoveConstraint',
  'RemoveSequence',
  'RemoveView',
  'RemoveRowLevelSecurity',
  'RemoveTable',
  'ChangeColumns',
  'ReschemaEventTable',
  'AddColumns',
  'ChangeIndexSourceName',
  'ChangeTableAccessorName',
  'ChangeColumnAccessorName',
  'AddTable',
  'AddIndex',
  'AddConstraint',
  'AddSequence',
  'AddView',
  'AddRowLevelSecurity',
  'ChangeAccess',
  'ChangePrimaryKey',
  'UpdateView',
] as const;

type StepKind = (typeof STEP_KINDS)[number];

/** A migration plan under construction. */
export class MigrationDraft {
  readonly reasons: string[] = [];
  readonly sequenceChecks: SequenceCheck[] = [];
  breaksClients = false;
  readonly #steps: { kind: StepKind; name: string; text: string }[] = [];

  /** Adds a step. Steps of one kind are sorted by `name`. */
  step(kind: StepKind, name: string, text: string): void {
    this.#steps.push({ kind, name, text });
  }

  /** Returns the plan with its steps in order. Any reason makes it manual. */
  finish(): MigrationPlan {
    if (this.reasons.length > 0) return { tag: 'manual', reasons: [...new Set(this.reasons)] };
    const { breaksClients, sequenceChecks } = this;
    const steps = this.#steps
      .toSorted(
        (a, b) => STEP_KINDS.indexOf(a.kind) - STEP_KINDS.indexOf(b.kind) || compareStrings(a.name, b.name),
      )
      .map(({ text }) => text);
    if (breaksClients) steps.push('Disconnecting all users');
    return { tag: 'auto', steps, breaksClients, sequenceChecks };
  }
}
