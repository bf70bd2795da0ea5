/** A desk is filled: it opens a fill, then asks for chunk after chunk. */
import type { FastifyInstance } from 'fastify';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { FIGURES } from '../../metrics.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerFill(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  const { fills, metrics } = services;
  server.post(ENDPOINTS.fillOpen.path, async (request) => {
    const device = await desks.deviceOf(request);
    const asked = readRequest(ENDPOINTS.fillOpen.request, request);
    metrics.count(FIGURES.fills);
    return fills.open(device, asked);
  });
  server.post(ENDPOINTS.fillChunk.path, async (request, reply) => {
    const device = await desks.deviceOf(request);
    const frame = await fills.chunk(device, readRequest(ENDPOINTS.fillChunk.request, request));
    metrics.count(FIGURES.chunksSent);
    metrics.count(FIGURES.chunkBytesSent, frame.length);
    return reply.type('application/octet-stream').send(frame);
  });
}
