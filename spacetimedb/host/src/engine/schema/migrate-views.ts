import type { AlgebraicType } from 'spacetimedb';
import { columnUpgrade } from './column-upgrade.ts';
import { inlineRefs } from './inline-types.ts';
import type { MigrationDraft } from './migration-draft.ts';
import { changedAccess, changedView, nothing } from './migration-text.ts';
import type { ViewDef } from './module-def.ts';
import type { Mounted } from './mounted.ts';

/** A view can always be evaluated again. Clients are disconnected only if its columns change. */
export function planViews(
  draft: MigrationDraft,
  before: ReadonlyMap<string, Mounted<ViewDef>>,
  after: ReadonlyMap<string, Mounted<ViewDef>>,
): void {
  const remove = (name: string, view: Mounted<ViewDef>): void => {
    draft.breaksClients = true;
    draft.step('RemoveView', name, `Dropping view \`${name}\``, changedView('removed', name, view));
  };
  const add = (name: string, view: Mounted<ViewDef>): void =>
    draft.step('AddView', name, `Creating view \`${name}\``, changedView('created', name, view));
  for (const [name, view] of before) {
    if (!after.has(name)) remove(name, view);
  }
  for (const [name, current] of after) {
    const old = before.get(name);
    if (!old) {
      add(name, current);
      continue;
    }
    if (old.item.isPublic !== current.item.isPublic) {
      const access = current.item.isPublic ? 'public' : 'private';
      const text = `Changing access of view \`${name}\` to ${access}`;
      draft.step('ChangeAccess', name, text, changedAccess(name, current.item.isPublic));
    }
    if (looksDifferent(old, current)) {
      remove(name, old);
      add(name, current);
    } else {
      draft.step('UpdateView', name, `Updating view \`${name}\``, nothing);
    }
  }
}

function looksDifferent(old: Mounted<ViewDef>, current: Mounted<ViewDef>): boolean {
  const [before, after] = [old.item, current.item];
  return (
    before.isAnonymous !== after.isAnonymous ||
    before.primaryKey !== after.primaryKey ||
    !hasSameShape(columnsOf(old), columnsOf(current)) ||
    !hasSameShape(paramsOf(old), paramsOf(current))
  );
}

type Fields = readonly { readonly name: string; readonly type: AlgebraicType }[];

function hasSameShape(before: Fields, after: Fields): boolean {
  if (before.length !== after.length) return false;
  return before.every(({ name, type }, i) => {
    const current = after[i];
    if (current?.name !== name) return false;
    const { isChanged, reasons } = columnUpgrade('', name, type, current.type);
    return !isChanged && reasons.length === 0;
  });
}

function columnsOf({ item, def }: Mounted<ViewDef>): Fields {
  return item.columns.map(({ name, type }) => ({ name, type: inlineRefs(type, def.typespace) }));
}

function paramsOf({ item, def }: Mounted<ViewDef>): Fields {
  return item.params.elements.map(({ name = '', algebraicType }) => ({
    name,
    type: inlineRefs(algebraicType, def.typespace),
  }));
}
