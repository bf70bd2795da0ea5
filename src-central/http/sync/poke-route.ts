/** A desk listens for news. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import { POKE_PATH } from '../../../src-shared/protocol/endpoints.ts';
import { deviceOfRequest } from '../../identity/device.ts';
import type { CentralServices } from '../services.ts';
import type { SeenDesks } from './desk-request.ts';

export function registerPoke(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.get(POKE_PATH, (request, reply) => openPokeStream(services, desks, request, reply));
}

async function openPokeStream(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const device = await desks.deviceOf(request);
  const { authorization } = request.headers;
  reply.hijack();
  const isStillKnown = async (): Promise<boolean> => {
    try {
      await deviceOfRequest(services.db, authorization);
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  };
  const { protocol } = request.query as { protocol?: string };
  services.streams.open(reply.raw, device, { isStillKnown, takesBeats: Number(protocol) >= 2 });
}
