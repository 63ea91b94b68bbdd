/** What clients are subscribed to. */
import type { ConnectionId, Identity } from 'spacetimedb';
import type { TableDef } from '../schema/module-def.ts';
import type { SelectPlan } from '../sql/plan.ts';
import type { LiveQuery } from './live-query.ts';

/**
 * A query counts once per started block of this many bytes of its text, because long conditions cost memory and time.
 */
export const BYTES_PER_QUERY = 512;

/** The owner of subscriptions: the same object for all subscriptions of one connection. */
export interface Subscriber {
  readonly identity: Identity;
  readonly connectionId: ConnectionId;
}

export interface SharedQuery {
  readonly key: string;
  /** Position among all queries ever created. */
  readonly order: number;
  readonly plan: SelectPlan;
  readonly live: LiveQuery;
  /** The tables and views that it reads. */
  readonly tables: readonly TableDef[];
  readonly weight: number;
  /** The query sets that contain it. */
  readonly querySets: Set<QuerySet>;
}

export interface QuerySet {
  readonly id: number;
  /** Position among all query sets ever created. */
  readonly order: number;
  readonly subscriber: Subscriber;
  readonly isOwner: boolean;
  readonly statements: readonly string[];
  readonly queries: readonly SharedQuery[];
  readonly weight: number;
}

export interface QuerySets {
  readonly byId: Map<number, QuerySet>;
  weight: number;
}

/** The owner's queries are not limited, even if others share them. */
export function hasOwner({ querySets }: SharedQuery): boolean {
  for (const { isOwner } of querySets) if (isOwner) return true;
  return false;
}

export function weightOf(statement: string): number {
  return Math.max(1, Math.ceil(statement.length / BYTES_PER_QUERY));
}

export function noQuerySets(): QuerySets {
  return { byId: new Map(), weight: 0 };
}

export function clientText({ identity, connectionId }: Subscriber): string {
  return `(Identity(${identity.toHexString()}), ConnectionId(${connectionId.toHexString()}))`;
}

export function querySetText(id: number): string {
  return `QuerySetId { id: ${id} }`;
}
