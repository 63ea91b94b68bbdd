import type { Hono } from 'hono';
import type { HostApi } from '../host-api.ts';
import { HttpError } from '../http-error.ts';
import {
  checkIdentityParameter,
  identityParameter,
  mintForCaller,
  requireIdentity,
  type AppEnv,
} from '../middleware.ts';
import { readUtf8Body } from '../request-body.ts';

/** Routes that create, verify and exchange tokens (`crates/client-api/src/routes/identity.rs`). */
export function addIdentityRoutes(app: Hono<AppEnv>, host: HostApi): void {
  const identified = requireIdentity(host.auth);

  app.post('/v1/identity', async (context) => {
    const { identity, token } = await mintForCaller(host, context);
    return context.json({ identity: identity.toHexString(), token });
  });

  app.post('/v1/identity/websocket-token', identified, async (context) => {
    const { token } = await host.auth.mintWebSocketToken(context.get('credentials').claims);
    return context.json({ token });
  });

  // Only this host has this route; SpacetimeDB has no one-time codes.
  app.post('/v1/identity/sign-in-code', async (context) => {
    const token = host.redeemSignInCode(await readUtf8Body(context));
    if (token === undefined) {
      throw new HttpError(404, 'This sign-in code was already used, or the server has been restarted since');
    }
    return context.json({ token });
  });

  app.get('/v1/identity/public-key', (context) =>
    context.body(host.auth.publicKeyPem, 200, { 'content-type': 'application/pem-certificate-chain' }),
  );

  // A bad identity is refused before a missing token.
  app.get('/v1/identity/:identity/verify', checkIdentityParameter, identified, (context) => {
    const matches = context.get('credentials').identity.isEqual(identityParameter(context));
    return context.body(null, matches ? 204 : 400);
  });

  app.get('/v1/identity/:identity/databases', (context) => {
    const owner = identityParameter(context);
    const owned = [...host.databases()].filter((database) => database.owner.isEqual(owner));
    return context.json({ identities: owned.map((database) => database.identity.toHexString()) });
  });
}
