import type { Hono } from 'hono';
import type { HostApi } from '../host-api.ts';
import { identityParameter, limitCalls, queryOf, requireIdentity, type AppEnv } from '../middleware.ts';
import { queryText } from '../query.ts';

const U128_MAX = 2n ** 128n - 1n;

/**
 * Routes about energy (`crates/client-api/src/routes/energy.rs`). As on a standalone server, nothing uses energy:
 * anyone who asks for some gets it, without any effect.
 */
export function addEnergyRoutes(app: Hono<AppEnv>, host: HostApi): void {
  const { registry } = host;
  app.get('/v1/energy/:identity', (context) =>
    context.json(balance(registry.energyOf(identityParameter(context).toHexString()))),
  );

  app.post('/v1/energy/:identity', requireIdentity(host.auth), limitCalls(host), (context) => {
    const amount = queryText(queryOf(context), 'amount');
    const caller = context.get('credentials').identity.toHexString();
    if (amount === undefined) return context.json(balance(registry.energyOf(caller)));
    if (!/^\+?\d+$/.test(amount) || BigInt(amount) > U128_MAX) return context.body(null, 400);
    return context.json(balance(registry.addEnergy(caller, BigInt(amount))));
  });

  // Nobody may set a balance.
  app.put('/v1/energy/:identity', requireIdentity(host.auth), (context) => {
    identityParameter(context);
    return context.body(null, 401);
  });
}

/** A string, because a JavaScript number would lose digits. */
function balance(energy: bigint): { balance: string } {
  return { balance: String(energy) };
}
