/**
 * Which protocol versions central serves: this build's and those before it down to the oldest. A desk of another is told
 * so before anything else is looked at; it keeps its outbox, and goes on when one of the two has been updated.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import { POKE_PATH } from '../../../src-shared/protocol/endpoints.ts';
import { OLDEST_SERVED_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../../src-shared/protocol/versions.ts';

export interface ServedVersions {
  oldest: number;
  newest: number;
}

export const SERVED_VERSIONS: ServedVersions = { oldest: OLDEST_SERVED_PROTOCOL_VERSION, newest: PROTOCOL_VERSION };

/** Lets no request of another version through to any route of `server`: it gets UPGRADE_REQUIRED. */
export function refuseUnserved(server: FastifyInstance, { oldest, newest }: ServedVersions): void {
  const served = Array.from({ length: newest - oldest + 1 }, (_, index) => oldest + index);
  server.addHook('preValidation', async (request) => {
    const version = versionOf(request);
    // One that says none has not the shape of a request, which is for its route to tell.
    if (version === undefined || served.includes(version)) return;
    throw new AppError({ code: 'UPGRADE_REQUIRED', retry: 'after-upgrade', served });
  });
}

/** Undefined of one that says none and is no stream of pokes. */
export function versionOf(request: FastifyRequest): number | undefined {
  if (request.method === 'GET') {
    if (request.url.split('?')[0] !== POKE_PATH) return undefined;
    const { protocol } = request.query as { protocol?: string };
    // Desks of version 1 don't say theirs here.
    return Number(protocol ?? 1);
  }
  const version = (request.body as { protocol?: unknown } | null | undefined)?.protocol;
  return typeof version === 'number' ? version : undefined;
}
