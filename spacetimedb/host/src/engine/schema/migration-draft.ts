import { compareStrings } from '../sats/compare.ts';
import type { SequenceDef } from './module-def.ts';

/** A sequence that cannot start while rows have values in its range: the caller has the rows, and looks. */
export interface SequenceCheck {
  /** Canonical name of the table, with its namespace. */
  readonly table: string;
  readonly sequence: SequenceDef;
}

export type MigrationPlan =
  | {
      readonly tag: 'auto';
      /** What is done, one line each, in the order in which it is done; the real server logs the same lines. */
      readonly steps: readonly string[];
      /** Whether clients that are connected have to be disconnected, as their bindings no longer fit. */
      readonly breaksClients: boolean;
      readonly sequenceChecks: readonly SequenceCheck[];
    }
  | {
      readonly tag: 'manual';
      /** Why it does not go by itself, one sentence each; never empty. */
      readonly reasons: readonly string[];
    };

/** The order of the steps: what is removed goes before what is added, which may have the same name. */
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

/** A plan that is still being made. */
export class MigrationDraft {
  readonly reasons: string[] = [];
  readonly sequenceChecks: SequenceCheck[] = [];
  breaksClients = false;
  readonly #steps: { kind: StepKind; name: string; text: string }[] = [];

  /** Adds a step; those of one kind are done in the order of `name`. */
  step(kind: StepKind, name: string, text: string): void {
    this.#steps.push({ kind, name, text });
  }

  /** The plan, with its steps in order; any reason against it makes it a manual one. */
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
