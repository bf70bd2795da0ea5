/** For those who run central: is it alive, can it work, what does it do. */
import type { FastifyInstance } from 'fastify';
import { readGate } from '../change-feed/gate.ts';
import type { CentralServices } from './services.ts';

export function registerOpsRoutes(server: FastifyInstance, services: CentralServices): void {
  server.get('/healthz', () => ({ status: 'alive' }));

  server.get('/readyz', async (request, reply) => {
    try {
      await readGate(services.db);
      return { status: 'ready' };
    } catch (error) {
      request.log.warn({ err: error }, 'not ready');
      return reply.code(503).send({ status: 'the database does not answer' });
    }
  });

  server.get('/metrics', (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(services.metrics.text()),
  );
}
