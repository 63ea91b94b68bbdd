import type { Hono } from 'hono';
import { AlgebraicType, BinaryReader } from 'spacetimedb';
import type { DatabaseApi, ProcedureOutcome, ReducerOutcome } from '../../../engine/database-api.ts';
import { toUntypedJson } from '../../../engine/sats/to-json.ts';
import { asClient } from '../client-lifecycle.ts';
import type { HostApi } from '../host-api.ts';
import { HttpError } from '../http-error.ts';
import { findDatabase, identifyOrMint, limitCalls, type AppEnv } from '../middleware.ts';
import { readUtf8Body } from '../request-body.ts';

/** The status of a reducer that failed. */
const MODULE_FAILED = 530;

/**
 * `POST …/call/:function`: calls a reducer or a procedure with arguments in SATS-JSON. Answers 200 once its changes are
 * on disk.
 */
export function addCallRoute(app: Hono<AppEnv>, host: HostApi): void {
  app.post(
    '/v1/database/:database/call/:function',
    identifyOrMint(host),
    limitCalls(host),
    findDatabase(host),
    async (context) => {
      const contentType = context.req.header('content-type');
      requireMediaType(contentType);
      const text = await readUtf8Body(context);
      requireJson(contentType);
      const database = context.get('database');
      const name = context.req.param('function');
      return asClient(database, context.get('credentials'), async (client) => {
        if (isProcedure(database, name)) {
          const outcome = await database.callProcedure(client, name, { format: 'json', text });
          if (outcome.tag === 'returned') await database.durable();
          return respondToProcedure(outcome);
        }
        const started = performance.now();
        const outcome = database.callReducer(client, name, { format: 'json', text });
        const elapsedMicros = Math.round((performance.now() - started) * 1000);
        if (outcome.tag === 'no_such_reducer') database.logSystem('Error', missingProcedure(name), name);
        // The real server answers earlier, and may lose a confirmed change in a crash.
        if (outcome.tag === 'ok') await database.durable();
        return respond(outcome, elapsedMicros);
      });
    },
  );
}

/** No reducer and procedure have the same name. */
function isProcedure({ moduleDef }: DatabaseApi, name: string): boolean {
  return moduleDef.procedures.some((procedure) => procedure.name === name);
}

/** @throws {HttpError} 400 when the header is missing or not a media type */
function requireMediaType(contentType: string | undefined): asserts contentType is string {
  if (contentType === undefined) throw new HttpError(400, 'Header of type `content-type` was missing');
  if (!/^\s*[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(?:;|$)/.test(contentType)) {
    throw new HttpError(400, 'invalid HTTP header (content-type)');
  }
}

/** Like the real server, this compares the whole value and refuses a charset parameter. */
function requireJson(contentType: string): void {
  if (contentType.trim().toLowerCase() === 'application/json') return;
  throw new HttpError(415, 'Expected request with `Content-Type: application/json`');
}

/** The real server looks for a procedure when there is no reducer with this name. */
function missingProcedure(name: string): string {
  return `External attempt to call nonexistent procedure "${name}" failed. Have you run \`spacetime generate\` recently?`;
}

function respondToProcedure(outcome: ProcedureOutcome): Response {
  switch (outcome.tag) {
    case 'returned': {
      const { type, typespace, value, durationMicros } = outcome;
      const returned: unknown = AlgebraicType.makeDeserializer(type, typespace)(new BinaryReader(value));
      return new Response(toUntypedJson(type, typespace, returned), {
        headers: {
          'content-type': 'application/json',
          'spacetime-execution-duration-micros': String(durationMicros),
        },
      });
    }
    case 'fatal':
      throw new HttpError(500, outcome.message);
    case 'unavailable':
      throw new HttpError(503, outcome.message);
    case 'no_such_procedure':
      throw new HttpError(404, outcome.message);
    case 'invalid_arguments':
      throw new HttpError(400, outcome.message);
  }
}

function respond(outcome: ReducerOutcome, elapsedMicros: number): Response {
  switch (outcome.tag) {
    case 'ok':
      return executed(200, '', outcome.durationMicros);
    case 'unavailable':
      throw new HttpError(503, outcome.message);
    case 'sender_error':
    case 'fatal':
      return executed(MODULE_FAILED, outcome.message, elapsedMicros);
    // The real server looks for a procedure next, and this is its message when there is none.
    case 'no_such_reducer':
      throw new HttpError(404, 'No such procedure');
    case 'invalid_arguments':
    case 'lifecycle_reducer':
      throw new HttpError(400, outcome.message);
  }
}

function executed(status: number, body: string, durationMicros: number): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'spacetime-energy-used': '0',
      'spacetime-execution-duration-micros': String(durationMicros),
    },
  });
}
