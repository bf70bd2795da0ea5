/** A desk says which file it is, before anything else. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import type { HelloResponse } from '../../../src-shared/protocol/hello.ts';
import { greetDesk } from '../../identity/greet.ts';
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
  return greetDesk({ db, epoch, device, key }, said);
}
