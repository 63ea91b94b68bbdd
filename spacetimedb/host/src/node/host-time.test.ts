import { expect, onTestFinished, test } from 'vitest';
import { ManualTime, startHost } from '../index.ts';
import { bundleSource } from '../testing/module-source.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 0, 1, 12) * 1000;

const NOTES = `
  import { schema, table, t } from 'spacetimedb/server';
  const note = table({ name: 'note' }, { text: t.string(), at: t.timestamp() });
  const spacetimedb = schema({ note });
  export default spacetimedb;
  export const add = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => {
    ctx.db.note.insert({ text, at: ctx.timestamp });
  });
`;

test(
  'timestamps follow the wall clock after a suspend and never go back, even over a restart',
  { timeout: 120_000 },
  async () => {
    const dataDir = await temporaryFolder();
    const program = await bundleSource(NOTES);
    const time = new ManualTime(NOON);
    const first = await startHost({ program, name: 'notes', dataDir, time });
    onTestFinished(() => first.stop());
    first.call('add', ['evening']);
    time.setWallClock(NOON + 8 * HOUR_MS * 1000);
    first.call('add', ['morning']);
    await first.stop();

    // The clock is set back by a day before the host restarts.
    const back = new ManualTime(NOON - 16 * HOUR_MS * 1000);
    const second = await startHost({ program, name: 'notes', dataDir, time: back });
    onTestFinished(() => second.stop());
    second.call('add', ['after the restart']);
    back.advance(HOUR_MS);
    second.call('add', ['an hour later']);
    back.advance(48 * HOUR_MS);
    second.call('add', ['two days later']);

    const notes = second
      .sql('SELECT text, at FROM note')
      .rows.map(
        ([text, at]) =>
          [
            text as string,
            Number((at as { microsSinceUnixEpoch: bigint }).microsSinceUnixEpoch) - NOON,
          ] as const,
      )
      .sort(([, a], [, b]) => a - b);
    expect(notes.map(([text]) => text)).toEqual([
      'evening',
      'morning',
      'after the restart',
      'an hour later',
      'two days later',
    ]);
    const hours = notes.map(([, at]) => Math.round((at / HOUR_MS / 1000) * 100) / 100);
    expect(hours).toEqual([0, 8, 8, 8.5, 33]);
  },
);
