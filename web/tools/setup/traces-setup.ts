/** Runs in each browser test file. */
import { afterAll, afterEach, beforeEach, type TestContext } from 'vitest';
import '../../../spacetimedb/test/setup.ts';
import { saveOpenContexts, traceFailures } from '../browser/traces.ts';
import { closeContexts } from '../pages/visitor.ts';

let task: TestContext['task'] | undefined;
traceFailures(
  () =>
    task && {
      name: task.name,
      hasFailed: task.result?.state === 'fail',
      isSecondTry: Boolean(task.result?.retryCount),
    },
);

beforeEach((context) => {
  task = context.task;
});
afterEach(async () => {
  await saveOpenContexts();
  task = undefined;
});
afterAll(closeContexts);
