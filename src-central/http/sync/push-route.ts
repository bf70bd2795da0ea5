/** A desk offers what waits in its outbox. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { incarnationId } from '../../../src-shared/domain/ids.ts';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS } from '../../../src-shared/protocol/limits.ts';
import type { PushResponse } from '../../../src-shared/protocol/receipt.ts';
import { outcomesFor } from '../../change-feed/older-rows.ts';
import { FIGURES } from '../../metrics.ts';
import { disputeIncarnation, incarnationsOf, notOfThisDesk } from '../../identity/incarnations.ts';
import { GatheredPushes } from '../../mutations/gathered-pushes.ts';
import { pushMutations, type Settled } from '../../mutations/push.ts';
import { logFault } from '../errors.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

/**
 * A push's frame. Its elements are read one by one, later: a bad one must not fail its neighbours, as it would if the
 * whole were parsed by ENDPOINTS.push.request.
 */
const pushFrame = z.object({
  protocol: z.int(),
  incarnationId,
  life: z.uuid().optional(),
  mutations: z.array(z.unknown()).min(1).max(MAX_PUSH_MUTATIONS),
});

export function registerPush(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  const gathered = new GatheredPushes<Settled>();
  server.post(ENDPOINTS.push.path, { bodyLimit: MAX_PUSH_BYTES }, (request) =>
    answerPush(services, { desks, gathered }, request),
  );
}

async function answerPush(
  services: CentralServices,
  { desks, gathered }: { desks: SeenDesks; gathered: GatheredPushes<Settled> },
  request: FastifyRequest,
): Promise<PushResponse> {
  const { db, epoch, metrics, watcher } = services;
  const device = await desks.deviceOf(request);
  const frame = readRequest(pushFrame, request);
  const incarnations = await incarnationsOf(db, device);
  const own = incarnations.get(frame.incarnationId);
  // Desks of protocol 1 know of no lives, and say no hello.
  if (!own && frame.protocol >= 2) throw await notOfThisDesk(db, frame.incarnationId);
  if (!own) throw new AppError({ code: 'NOT_ALLOWED', retry: 'never' });
  // A file that is not the one that spoke last under its name.
  const stale = own.disputed || frame.life === undefined || own.life !== frame.life;
  if (frame.protocol >= 2 && stale) throw helloFirst();
  let disputed = false;
  const outcomes = await pushMutations(
    {
      db,
      epoch,
      device,
      catalogue: services.catalogue,
      incarnations: new Map([...incarnations].map(([id, { code }]) => [id, code])),
      incarnationId: frame.incarnationId,
      gathered,
      sliceMutations: services.sliceMutations,
      placeTaken: () => (disputed = true),
      logFault: (error) => logFault(request.log, error),
      committed: (xid) => watcher.committed(xid),
    },
    frame.mutations,
  );
  if (outcomes.length < frame.mutations.length) {
    request.log.warn({ given: frame.mutations.length, answered: outcomes.length }, 'mutations without an id');
  }
  metrics.count(FIGURES.pushes);
  if (disputed && frame.protocol >= 2) {
    await disputeIncarnation(db, frame.incarnationId);
    throw helloFirst();
  }
  for (const { outcome } of outcomes) metrics.count(FIGURES.mutations, 1, `{outcome="${outcome}"}`);
  return { epoch: epoch.epoch, now: Date.now(), outcomes: outcomesFor(frame.protocol, outcomes) };
}

function helloFirst(): AppError {
  return new AppError({ code: 'HELLO_FIRST', retry: 'later' });
}
