import { beforeEach } from 'vitest';

/**
 * Makes tests that share a page safe to retry: a second try must not be affected by the first one.
 *
 * @param renew called before each try of a test but the first, such as to open a new page
 */
export function beforeSecondTry(renew: () => Promise<unknown>): void {
  beforeEach(async ({ task }) => {
    if (task.result?.retryCount) await renew();
  });
}
