/** A desk asks who else has an order open, and says whether it has. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import type { OrderPresenceResponse } from '../../../src-shared/protocol/order-presence.ts';
import { notePresence } from '../../orders/order-presence.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerOrderPresence(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.orderPresence.path, (request) => answerPresence(services, desks, request));
}

async function answerPresence(
  { db, epoch: { epoch } }: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<OrderPresenceResponse> {
  const { deviceId, branch } = await desks.deviceOf(request);
  const { orderId, sessionId, editing } = readRequest(ENDPOINTS.orderPresence.request, request);
  const nowMs = Date.now();
  const { branchId } = branch;
  const others = await notePresence(db, { orderId, sessionId, deviceId, branchId, editing, nowMs });
  return { epoch, now: nowMs, others };
}
