import { CompactSign, decodeProtectedHeader, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { identityFromClaims } from './identity.ts';
import { generateSigningKeys } from './keys.ts';
import { TokenAuthority, TokenError } from './tokens.ts';

const keys = generateSigningKeys();
const NOW = 1_700_000_000;
let seconds = NOW;
const authority = new TokenAuthority(keys, { now: () => seconds * 1000 });
beforeAll(() => {
  seconds = NOW;
});

/** A token with exactly these claims, signed by the local key by default. */
const sign = (payload: unknown, key = keys.privateKey) =>
  new CompactSign(Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)))
    .setProtectedHeader({ typ: 'JWT', alg: 'ES256' })
    .sign(key);

async function refusal(token: string): Promise<string> {
  const error: unknown = await authority.verify(token).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TokenError);
  return (error as TokenError).message;
}

describe('mint', () => {
  it('mint signs the claims of the standalone server', async () => {
    const { token, identity, jwtPayload } = await authority.mint();
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'JWT', alg: 'ES256' });
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(payload).toEqual({
      hex_identity: identity.toHexString(),
      sub: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      iss: 'localhost',
      aud: ['spacetimedb'],
      iat: NOW,
      exp: null,
    });
    expect(identity.isEqual(identityFromClaims('localhost', payload.sub))).toBe(true);
    expect(JSON.parse(jwtPayload)).toEqual(payload);
  });

  it('mint makes a new identity each time, and verify accepts the token', async () => {
    const [a, b] = [await authority.mint(), await authority.mint()];
    expect(a.identity.isEqual(b.identity)).toBe(false);
    expect(await authority.verify(a.token)).toEqual(a);
  });
});

describe('mintWebSocketToken', () => {
  it('mintWebSocketToken keeps every claim and expires after a minute plus 5 seconds of leeway', async () => {
    const long = await authority.verify(
      await sign({ iss: 'https://elsewhere.example', sub: 'ann', aud: 'app', iat: 1, roles: ['admin'] }),
    );
    const short = await authority.mintWebSocketToken(long.claims);
    expect(short.identity.isEqual(identityFromClaims('https://elsewhere.example', 'ann'))).toBe(true);
    expect(short.claims).toMatchObject({ audience: ['app'], issuedAt: NOW, expiresAt: NOW + 60 });
    expect(short.claims.extra).toEqual({ roles: ['admin'] });

    seconds = NOW + 65;
    expect((await authority.verify(short.token)).identity.isEqual(long.identity)).toBe(true);
    seconds = NOW + 66;
    expect(await refusal(short.token)).toBe('Invalid token: ExpiredSignature');
    seconds = NOW;
  });

  it('a WebSocket token differs from other tokens only in its header', async () => {
    const long = await authority.mint();
    const short = await authority.mintWebSocketToken(long.claims);
    expect([long.opensSocketsOnly, short.opensSocketsOnly]).toEqual([false, true]);
    for (const credentials of [long, short]) {
      expect(await authority.verify(credentials.token)).toEqual(credentials);
    }
    const claimsOf = ({ jwtPayload }: typeof long) => Object.keys(JSON.parse(jwtPayload) as object);
    expect(claimsOf(short)).toEqual(claimsOf(long));
  });

  it('a WebSocket token does not outlive the token that it was made from', async () => {
    const long = await authority.verify(await sign({ iss: 'x', sub: 'y', iat: NOW, exp: NOW + 10 }));
    expect((await authority.mintWebSocketToken(long.claims)).claims.expiresAt).toBe(NOW + 10);
  });
});

describe('verify', () => {
  it('verify accepts a token without hex_identity, aud and exp, and one made with jose', async () => {
    const bare = await authority.verify(await sign({ iss: 'x', sub: 'y', iat: NOW }));
    expect(bare.claims).toMatchObject({ issuer: 'x', subject: 'y', audience: [], expiresAt: null });
    const jwt = await new SignJWT({ hex_identity: identityFromClaims('x', 'y').toHexString() })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer('x')
      .setSubject('y')
      .setIssuedAt(NOW)
      .setExpirationTime(NOW + 5)
      .sign(keys.privateKey);
    expect((await authority.verify(jwt)).identity.isEqual(bare.identity)).toBe(true);
  });

  it.each(['iat', 'nbf'])(
    'verify refuses a token whose %s is further in the future than clocks differ',
    async (claim) => {
      const refusals = { iat: /issued in the future/, nbf: /ImmatureSignature/ };
      const claims = { iss: 'localhost', sub: 'y', iat: NOW, exp: null };
      const inTime = await sign({ ...claims, [claim]: NOW + 60 });
      expect((await authority.verify(inTime)).claims.subject).toBe('y');
      const early = await sign({ ...claims, [claim]: NOW + 61 });
      expect(await refusal(early)).toMatch(refusals[claim as keyof typeof refusals]);
      expect(await refusal(await sign({ ...claims, [claim]: 'soon' }))).toMatch(/is not a whole number/);
    },
  );

  it('verify accepts an expired token with atAnyTime', async () => {
    const claims = { iss: 'localhost', sub: 'y', iat: NOW + 1000, nbf: NOW + 1000, exp: NOW - 1000 };
    const token = await sign(claims);
    expect((await authority.verify(token, { atAnyTime: true })).claims.subject).toBe('y');
    expect(await refusal(token)).toMatch(/^Invalid token/);
  });

  it('a WebSocket token tolerates a clock set back by at most 5 seconds', async () => {
    const { token } = await authority.mintWebSocketToken((await authority.mint()).claims);
    seconds = NOW - 5;
    expect((await authority.verify(token)).opensSocketsOnly).toBe(true);
    seconds = NOW - 6;
    expect(await refusal(token)).toMatch(/issued in the future/);
    seconds = NOW;
  });

  it('verify keeps `nbf` if the token has it', async () => {
    const early = await authority.verify(await sign({ iss: 'x', sub: 'y', iat: NOW, nbf: NOW - 9 }));
    expect(early.claims.extra).toEqual({});
    const short = await authority.mintWebSocketToken(early.claims);
    expect(JSON.parse(short.jwtPayload)).toMatchObject({ nbf: NOW - 9 });
    expect(JSON.parse((await authority.mint()).jwtPayload)).not.toHaveProperty('nbf');
  });

  it.each(['', 'garbage', 'a.b', 'a.b.c', '....', 'a.b.c.d', 'é.é.é'])(
    'verify refuses %j as not a token',
    async (text) => {
      expect(await refusal(text)).toBe('Invalid token: InvalidToken');
    },
  );

  it.each([
    [{ sub: 'y', iat: 1 }, 'Invalid token: Missing required claim: iss'],
    [{ iss: 'x', iat: 1 }, 'Invalid token: Missing required claim: sub'],
    [{ iss: 'x', sub: 'y' }, 'Invalid token: Missing required claim: iat'],
    [{ iss: 'x', sub: 7, iat: 1 }, 'Invalid token: claim sub is not a string'],
    [
      { iss: 'x', sub: 'y', iat: 1, exp: 'soon' },
      'Invalid token: claim exp is not a whole number of seconds',
    ],
    [{ iss: 'x', sub: 'y', iat: 1, aud: [1] }, 'Invalid token: claim aud is not a string'],
    [{ iss: '', sub: 'y', iat: 1 }, 'Issuer empty'],
    [{ iss: 'x', sub: '', iat: 1 }, 'Subject empty'],
    [{ iss: 'é'.repeat(65), sub: 'y', iat: 1 }, `Issuer too long: "${'é'.repeat(65)}"`],
    [{ iss: 'x', sub: 's'.repeat(129), iat: 1 }, `Subject too long: "${'s'.repeat(129)}"`],
    [
      { iss: 'x', sub: 'y', iat: 1, hex_identity: 'c200' },
      'Invalid token: claim hex_identity is not an identity',
    ],
    [[], 'Invalid token: the payload is not a JSON object'],
    ['not json', 'Invalid token: the payload is not JSON'],
  ])('verify refuses the payload %j', async (payload, message) => {
    expect(await refusal(await sign(payload))).toBe(message);
  });

  it('verify refuses an identity that does not match issuer and subject', async () => {
    const stolen = identityFromClaims('localhost', 'someone else').toHexString();
    const own = identityFromClaims('localhost', 'me').toHexString();
    expect(await refusal(await sign({ iss: 'localhost', sub: 'me', iat: 1, hex_identity: stolen }))).toBe(
      `Identity mismatch: token identity ${stolen} does not match computed identity ${own}`,
    );
  });

  it('verify refuses other keys, and explains when the token would need OpenID', async () => {
    const other = generateSigningKeys().privateKey;
    expect(await refusal(await sign({ iss: 'localhost', sub: 'me', iat: 1 }, other))).toBe(
      'Invalid token: InvalidSignature',
    );
    expect(await refusal(await sign({ iss: 'https://issuer.example', sub: 'me', iat: 1 }, other))).toBe(
      'Error fetching public key for issuer https://issuer.example: this host accepts only tokens that it signed itself',
    );
  });

  it('verify refuses a changed payload and other algorithms, including "none" and the public key as a secret', async () => {
    const { token, jwtPayload } = await authority.mint();
    const [header, , signature] = token.split('.');
    const changed = Buffer.from(jwtPayload.replace('"aud"', '"AUD"')).toString('base64url');
    expect(await refusal(`${header}.${changed}.${signature}`)).toBe('Invalid token: InvalidSignature');

    const body = Buffer.from(jwtPayload).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await refusal(`${none}.${body}.`)).toMatch(/^Invalid token: /);

    const hs256 = await new CompactSign(Buffer.from(jwtPayload))
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(keys.publicKeyPem));
    expect(await refusal(hs256)).toBe('Invalid token: InvalidAlgorithm');
  });
});
