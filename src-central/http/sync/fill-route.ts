/** A desk is filled: it opens a fill, then asks for chunk after chunk. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import type { FillOpenResponse } from '../../../src-shared/protocol/fill.ts';
import { FIGURES } from '../../metrics.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerFill(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.fillOpen.path, (request) => answerOpen(services, desks, request));
  // A chunk is packed already.
  server.post(ENDPOINTS.fillChunk.path, { compress: false }, (request, reply) =>
    answerChunk(services, desks, request).then((frame) => reply.type('application/octet-stream').send(frame)),
  );
}

async function answerOpen(
  { fills, metrics }: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<FillOpenResponse> {
  const device = await desks.deviceOf(request);
  const asked = readRequest(ENDPOINTS.fillOpen.request, request);
  metrics.count(FIGURES.fills);
  return fills.open(device, asked);
}

async function answerChunk(
  { fills, metrics }: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<Buffer> {
  const device = await desks.deviceOf(request);
  const frame = await fills.chunk(device, readRequest(ENDPOINTS.fillChunk.request, request));
  metrics.count(FIGURES.chunksSent);
  metrics.count(FIGURES.chunkBytesSent, frame.length);
  return frame;
}
