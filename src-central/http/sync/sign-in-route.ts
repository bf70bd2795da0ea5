/** A person signs in on a desk. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import type { SignInResponse } from '../../../src-shared/protocol/enrol.ts';
import { signInOnDesk } from '../../identity/sign-in.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerSignIn(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.signIn.path, (request) => answerSignIn(services, desks, request));
}

async function answerSignIn(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<SignInResponse> {
  const device = await desks.deviceOf(request);
  const asked = readRequest(ENDPOINTS.signIn.request, request);
  const { certificate, ...answer } = await signInOnDesk({ db: services.db, key: services.receiptKey }, device, asked);
  // Desks of protocol 1 don't know what to do with one.
  return asked.protocol >= 2 && certificate !== undefined ? { ...answer, certificate } : answer;
}
