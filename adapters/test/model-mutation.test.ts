import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { tables } from './module_bindings/index.ts';
import { mutation, liveTable, type MutationStatus } from '../src/index.ts';
import { record, setUp } from './set-up.ts';

/** Starts a call, or ends one that is in progress. */
type Step = { readonly do: 'run' | 'succeed' | 'fail'; readonly which: number };

const steps = fc.array(
  fc.record({ do: fc.constantFrom<Step['do']>('run', 'succeed', 'fail'), which: fc.nat(9) }),
  { maxLength: 20 },
);

it('reports overlapping calls: whether any is in progress, the last error, and the last result', async () => {
  const { connection } = setUp();
  record(liveTable(connection, tables.user));
  await vi.waitFor(() => expect(connection.status.get().status).toBe('connected'));
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const calls: { readonly args: readonly unknown[]; settle(error?: Error): void }[] = [];
      const save = mutation(
        connection,
        (_, text: string, number: number) =>
          new Promise<string>((resolve, reject) => {
            const settle = (error?: Error): void => (error ? reject(error) : resolve(`${text} saved`));
            calls.push({ args: [text, number], settle });
          }),
      );
      const { values, stop } = record(save);
      let model: MutationStatus<string> = { isPending: false, error: undefined, result: undefined };
      const expected = [model];
      const under: { readonly text: string; readonly promise: Promise<string>; readonly index: number }[] =
        [];

      for (const [count, step] of steps.entries()) {
        if (step.do === 'run') {
          const text = `text ${count}`;
          const promise = save.run(text, count);
          await vi.waitFor(() => expect(calls.at(-1)?.args).toEqual([text, count]), { interval: 1 });
          under.push({ text, promise, index: calls.length - 1 });
          expected.push((model = { ...model, isPending: true, error: undefined }));
        } else if (under.length > 0) {
          const [call] = under.splice(step.which % under.length, 1);
          const { text, promise, index } = call as (typeof under)[number];
          const isPending = under.length > 0;
          const error = step.do === 'fail' ? new Error(`no ${text}`) : undefined;
          calls[index]?.settle(error);
          if (error) await expect(promise).rejects.toBe(error);
          else expect(await promise).toBe(`${text} saved`);
          model = error
            ? { ...model, isPending, error }
            : { isPending, error: undefined, result: `${text} saved` };
          expected.push(model);
        }
        expect(save.get()).toEqual(model);
      }
      expect(values).toEqual(expected);
      stop();
      for (const { index } of under) calls[index]?.settle();
    }),
    { numRuns: 200 },
  );
}, 60_000);
