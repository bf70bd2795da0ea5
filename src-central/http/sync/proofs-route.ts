/** A desk asks for the proofs of receipts that reached it without. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MutationId } from '../../../src-shared/domain/ids.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import type { ProofsResponse } from '../../../src-shared/protocol/reoffer.ts';
import { proveReceipts } from '../../change-feed/receipt-proofs.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerProofs(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.proofs.path, (request) => answerProofs(services, desks, request));
}

async function answerProofs(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<ProofsResponse> {
  const { db, epoch, receiptKey: key } = services;
  const { deviceId } = await desks.deviceOf(request);
  const { ids } = readRequest(ENDPOINTS.proofs.request, request);
  const proved = await proveReceipts({ db, epoch, key }, deviceId, ids);
  const proofs = [...proved].map(([id, { judgedAt, proof }]) => ({ id: id as MutationId, judgedAt, proof }));
  return { epoch: epoch.epoch, now: Date.now(), proofs };
}
