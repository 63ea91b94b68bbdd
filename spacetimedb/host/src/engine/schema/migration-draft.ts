import { compareStrings } from '../sats/compare.ts';
import { disconnectedClients, type Shown } from './migration-text.ts';
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
      /** In the order of execution. */
      readonly steps: readonly MigrationStep[];
      /** Must connected clients be disconnected, because their bindings no longer match? */
      readonly breaksClients: boolean;
      readonly sequenceChecks: readonly SequenceCheck[];
    }
  | {
      readonly tag: 'manual';
      /** Why an automatic migration is not possible, one sentence each; never empty. */
      readonly reasons: readonly string[];
    };

export interface MigrationStep {
  readonly kind: StepKind;
  /** Canonical name of what is changed, with its namespace. */
  readonly name: string;
  /** One line that describes the step. */
  readonly text: string;
  /** The text that the publisher sees before accepting the plan. */
  readonly show: Shown;
}

/** The order of the steps. Removals come before additions, which may have the same name. */
const STEP_KINDS = [
  'RemoveIndex',
  'RemoveConstraint',
  'RemoveSequence',
  'RemoveSchedule',
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
  'AddSchedule',
  'AddView',
  'AddRowLevelSecurity',
  'ChangeAccess',
  'ChangePrimaryKey',
  'UpdateView',
  'DisconnectAllUsers',
] as const;

type StepKind = (typeof STEP_KINDS)[number];

/** The real server writes no log line for these (`crates/engine/src/update.rs`). */
const SILENT: readonly StepKind[] = [
  'RemoveSchedule',
  'RemoveView',
  'AddColumns',
  'AddSchedule',
  'AddView',
  'ChangeAccess',
  'UpdateView',
];

/** The log lines of a migration. */
export function logLines(steps: readonly MigrationStep[]): string[] {
  return steps.filter(({ kind }) => !SILENT.includes(kind)).map(({ text }) => text);
}

/** A migration plan under construction. */
export class MigrationDraft {
  readonly reasons: string[] = [];
  readonly sequenceChecks: SequenceCheck[] = [];
  breaksClients = false;
  readonly #steps: MigrationStep[] = [];

  /** Adds a step. Steps of one kind are sorted by `name`. */
  step(kind: StepKind, name: string, text: string, show: Shown): void {
    this.#steps.push({ kind, name, text, show });
  }

  /** Returns the plan with its steps in order. Any reason makes it manual. */
  finish(): MigrationPlan {
    if (this.reasons.length > 0) return { tag: 'manual', reasons: [...new Set(this.reasons)] };
    const { breaksClients, sequenceChecks } = this;
    if (breaksClients) this.step('DisconnectAllUsers', '', 'Disconnecting all users', disconnectedClients);
    const steps = this.#steps.toSorted(
      (a, b) => STEP_KINDS.indexOf(a.kind) - STEP_KINDS.indexOf(b.kind) || compareStrings(a.name, b.name),
    );
    return { tag: 'auto', steps, breaksClients, sequenceChecks };
  }
}
