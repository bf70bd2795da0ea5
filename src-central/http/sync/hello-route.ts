/** A desk says which file it is, before anything else. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import type { HelloRequest, HelloResponse } from '../../../src-shared/protocol/hello.ts';
import { positionOfCursor } from '../../change-feed/cursor.ts';
import { hasLost } from '../../change-feed/lost-future.ts';
import { isProven } from '../../change-feed/receipt-proofs.ts';
import type { Device } from '../../identity/device.ts';
import { isOfLostLife } from '../../identity/epoch.ts';
import { greetDesk } from '../../identity/greet.ts';
import { missingOf } from '../../recovery/reoffer.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerHello(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.hello.path, (request) => answerHello(services, desks, request));
}

async function answerHello(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<HelloResponse> {
  const { db, epoch, receiptKey: key } = services;
  const device = await desks.deviceOf(request);
  const said = readRequest(ENDPOINTS.hello.request, request);
  if (said.epoch === epoch.epoch) await lookForLoss(services, device, said);
  else await lookForLostLife(services, said);
  return greetDesk({ db, epoch, device, key }, said);
}

/** Before anything else: does this desk know of this very epoch what this database does not? Then it was set back. */
async function lookForLoss(
  { db, epoch, keeper, receiptKey }: CentralServices,
  device: Device,
  { cursor, newest }: HelloRequest,
): Promise<void> {
  const seen = epoch.epoch;
  if (await hasLost(db, positionOfCursor(cursor, seen))) {
    await keeper.begin('cursor', seen);
    return;
  }
  if (newest?.proof.epoch !== seen || (await missingOf(db, device, [newest.mutationId])).length === 0) return;
  if (await isProven(receiptKey, newest)) await keeper.begin('receipt', seen);
}

/** It comes from a life that began after the backup that this database was put back from, so that no cursor can tell. */
async function lookForLostLife(
  { db, epoch, keeper, receiptKey }: CentralServices,
  { epoch: from, newest }: HelloRequest,
): Promise<void> {
  if (newest?.proof.epoch !== from) return;
  const seen = epoch.epoch;
  if (!(await isOfLostLife(db, { epoch: from, judgedAt: newest.judgedAt }))) return;
  if (await isProven(receiptKey, newest)) await keeper.begin('receipt', seen);
}
