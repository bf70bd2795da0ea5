/** A desk brings back what had been settled before central was set back. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { incarnationId, mutationId, type MutationId } from '../../../src-shared/domain/ids.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS, MAX_REOFFER_IDS } from '../../../src-shared/protocol/limits.ts';
import type { ReofferResponse } from '../../../src-shared/protocol/reoffer.ts';
import { readGate } from '../../change-feed/gate.ts';
import { epochChanged } from '../../identity/epoch.ts';
import { FIGURES } from '../../metrics.ts';
import { noteDone } from '../../recovery/recovery-state.ts';
import { missingOf, takeBack } from '../../recovery/reoffer.ts';
import { settleWaiting } from '../../recovery/settle-again.ts';
import { logFault } from '../errors.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

/** As of a push: elements are read one by one, so that a bad one fails alone. */
const frame = z.object({
  protocol: z.int(),
  epoch: z.string(),
  incarnationId,
  ask: z.array(mutationId).max(MAX_REOFFER_IDS),
  mutations: z.array(z.unknown()).max(MAX_PUSH_MUTATIONS),
  done: z.boolean(),
});

export function registerReoffer(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.reoffer.path, { bodyLimit: MAX_PUSH_BYTES }, (request) =>
    answerReoffer(services, desks, request),
  );
}

async function answerReoffer(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<ReofferResponse> {
  const { db, epoch, receiptKey: key, catalogue, metrics, watcher, keeper } = services;
  const device = await desks.deviceOf(request);
  const said = readRequest(frame, request);
  if (said.epoch !== epoch.epoch) throw epochChanged(epoch.epoch);
  const missing = (await missingOf(db, device, said.ask)) as MutationId[];
  const context = {
    db,
    epoch,
    device,
    key,
    catalogue,
    logFault: (error: unknown) => logFault(request.log, error),
    committed: (xid: string) => watcher.committed(xid),
  };
  const outcomes = said.mutations.length > 0 ? await takeBack(context, said.mutations) : [];
  metrics.count(FIGURES.broughtBack, outcomes.length);
  if (said.done) {
    // What it brought may have been taken in by a node that was stopped before it could settle it.
    await settleWaiting(context);
    if (await noteDone(db, { epoch: epoch.epoch, deviceId: device.deviceId })) await keeper.refresh();
  }
  // By the database's clock and read last: a backup that began after it has all that was answered for.
  const { now } = await readGate(db);
  return { epoch: said.epoch, now, missing, outcomes };
}
