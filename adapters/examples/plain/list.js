import { DbConnection, tables } from 'module_bindings';
import { computed, connect, liveTable, mutation } from 'spacetimedb-stores';

const connection = connect(() =>
  DbConnection.builder().withUri(location.origin).withDatabaseName('shopping-list'),
);
const items = liveTable(connection, tables.item);
const left = computed([items], (items) => items.filter(({ done }) => !done).length);

const add = mutation(connection, (db, /** @type {string} */ text) => db.reducers.add({ text }));
const setDone = mutation(connection, (db, /** @type {bigint} */ id, /** @type {boolean} */ done) =>
  db.reducers.setDone({ id, done }),
);
const remove = mutation(connection, (db, /** @type {bigint} */ id) => db.reducers.remove({ id }));

/**
 * @template {Element} Type
 * @param {string} selector
 * @param {new () => Type} type
 * @param {ParentNode} within
 */
function element(selector, type, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`There is no ${selector}`);
  return found;
}

const field = element('#text', HTMLInputElement);
const list = element('#items', HTMLUListElement);
const template = element('#item', HTMLTemplateElement);

/** One `<li>` per item. Existing ones are kept, which preserves the focus. @type {Map<bigint, HTMLLIElement>} */
const shown = new Map();

items.subscribe((rows) => {
  const gone = new Set(shown.keys());
  for (const { id, text, done } of rows) {
    gone.delete(id);
    const row = shown.get(id) ?? append(id);
    element('span', HTMLSpanElement, row).textContent = text;
    element('input', HTMLInputElement, row).checked = done;
    element('button', HTMLButtonElement, row).setAttribute('aria-label', `Remove ${text}`);
  }
  for (const id of gone) {
    shown.get(id)?.remove();
    shown.delete(id);
  }
});

/** Rows are sorted by primary key, so a new one is the last. @param {bigint} id */
function append(id) {
  list.append(template.content.cloneNode(true));
  const row = element(':scope > li:last-child', HTMLLIElement, list);
  const box = element('input', HTMLInputElement, row);
  box.onchange = async () => {
    await setDone.run(id, box.checked).catch(() => undefined);
    // The browser ticks the box at once. When the call fails, it shows the server's state again.
    box.checked = items.get().find((item) => item.id === id)?.done ?? false;
  };
  element('button', HTMLButtonElement, row).onclick = () => remove.run(id);
  shown.set(id, row);
  return row;
}

element('#form', HTMLFormElement).onsubmit = async (event) => {
  event.preventDefault();
  const sent = field.value;
  try {
    await add.run(sent);
    // The field may already contain the next item.
    if (field.value === sent) field.value = '';
  } catch {
    // It is shown below, and the text stays in the field.
  }
};

add.subscribe(({ isPending, error }) => {
  element('#add', HTMLButtonElement).disabled = isPending;
  element('#problem', HTMLElement).textContent = error?.message ?? '';
});
setDone.subscribe(({ error }) => {
  element('#tick-problem', HTMLElement).textContent = error ? `Ticking failed: ${error.message}` : '';
});
remove.subscribe(({ error }) => {
  element('#remove-problem', HTMLElement).textContent = error ? `Removing failed: ${error.message}` : '';
});
left.subscribe((count) => (element('#left', HTMLElement).textContent = `${count} to buy`));
items.status.subscribe(({ isStale }) => list.classList.toggle('stale', isStale));

const words = { connected: 'Connected', offline: 'You are offline', reconnecting: 'Reconnecting…' };
connection.status.subscribe(({ status, error }) => {
  const rejected = status === 'rejected';
  element('#reset', HTMLButtonElement).hidden = !rejected;
  element('#status', HTMLElement).textContent = rejected
    ? (error?.message ?? 'The server refused the sign-in')
    : (words[/** @type {keyof typeof words} */ (status)] ?? 'Connecting…');
});
element('#reset', HTMLButtonElement).onclick = connection.resetIdentity;
