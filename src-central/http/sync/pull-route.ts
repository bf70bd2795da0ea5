/** A desk asks what is new in its scopes. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { xidOfCursor } from '../../change-feed/cursor.ts';
import { CursorNotes } from '../../change-feed/device-cursors.ts';
import { pageJson, pullPage } from '../../change-feed/pull.ts';
import { FIGURES } from '../../metrics.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerPull(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  const cursors = new CursorNotes(services.db);
  server.post(ENDPOINTS.pull.path, (request, reply) =>
    answerPull(services, { desks, cursors }, request).then((json) =>
      reply.type('application/json; charset=utf-8').send(json),
    ),
  );
}

async function answerPull(
  services: CentralServices,
  { desks, cursors }: { desks: SeenDesks; cursors: CursorNotes },
  request: FastifyRequest,
): Promise<string> {
  const { db, epoch, metrics, stalls, streams } = services;
  const device = await desks.deviceOf(request);
  streams.rescope(device);
  const { cursor, protocol } = readRequest(ENDPOINTS.pull.request, request);
  const { deviceId, scopes } = device;
  await cursors.note({ deviceId, protocol, xid: xidOfCursor(cursor, epoch.epoch) });
  const page = await pullPage(db, { epoch: epoch.epoch, cursor, scopes, reader: { deviceId, protocol } });
  metrics.count(FIGURES.pulls);
  metrics.count(FIGURES.changesSent, page.rows.length);
  return pageJson(page, { epoch: epoch.epoch, protocol, heldBackMs: stalls.heldMs() });
}
