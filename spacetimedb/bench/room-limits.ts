/** The room's limits, which the module stores and the owner sets. */

export interface OwnedRoom {
  readonly uri: string;
  readonly database: string;
  readonly ownerToken: string;
}

/** The reducers that set limits. The view `room_settings` has a column for each of their parameters. */
const SETTERS = ['set_flood_limits', 'set_room_limits'] as const;

/**
 * Sets every limit of the room to 0, which means none.
 *
 * @returns a function that restores the limits
 * @throws {Error} with the server's message when the token is not the owner's
 */
export async function liftRoomLimits(room: OwnedRoom): Promise<() => Promise<void>> {
  const putBack: (() => Promise<void>)[] = [];
  for (const setter of SETTERS) {
    const names = await limitNames(room, setter);
    const before = await currentLimits(room, names);
    await setLimits(room, setter, names.map(() => 0)); // prettier-ignore
    putBack.push(() => setLimits(room, setter, before));
  }
  return async () => {
    for (const back of putBack) await back();
  };
}

/** The reducer's parameters according to the server. */
async function limitNames(room: OwnedRoom, setter: string): Promise<string[]> {
  const schema = (await (await ask(room, 'schema?version=9')).json()) as {
    reducers: { name: string; params: { elements: { name: { some: string } }[] } }[];
  };
  const reducer = schema.reducers.find(({ name }) => name === setter);
  if (!reducer) throw new Error(`The module of ${room.database} has no ${setter}: it is not this chat`);
  return reducer.params.elements.map(({ name }) => name.some);
}

async function currentLimits(room: OwnedRoom, names: readonly string[]): Promise<number[]> {
  const columns = names.map((name) => `"${snakeCase(name)}"`).join(', ');
  const answer = await ask(room, 'sql', `SELECT ${columns} FROM room_settings`);
  const [result] = (await answer.json()) as { rows: number[][] }[];
  const [row] = result?.rows ?? [];
  if (!row) throw new Error('The token is not that of the room’s owner');
  return row;
}

async function setLimits(room: OwnedRoom, setter: string, values: readonly number[]): Promise<void> {
  await ask(room, `call/${setter}`, JSON.stringify(values));
}

async function ask({ uri, database, ownerToken }: OwnedRoom, what: string, body?: string): Promise<Response> {
  const answer = await fetch(new URL(`/v1/database/${database}/${what}`, uri), {
    headers: { authorization: `Bearer ${ownerToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
  if (!answer.ok) throw new Error(`${uri} answers ${answer.status}: ${await answer.text()}`);
  return answer;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
