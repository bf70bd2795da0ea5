/** A desk asks what is new in its scopes. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { xidOfCursor } from '../../change-feed/cursor.ts';
import { CursorNotes } from '../../change-feed/device-cursors.ts';
import { pageJson, pullPage, type FeedPage } from '../../change-feed/pull.ts';
import { proveReceipts, type Proved } from '../../change-feed/receipt-proofs.ts';
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
  const { cursor, protocol, maxBytes } = readRequest(ENDPOINTS.pull.request, request);
  const { deviceId, scopes } = device;
  await cursors.note({ deviceId, protocol, xid: xidOfCursor(cursor, epoch.epoch) });
  const asked = { epoch: epoch.epoch, cursor };
  const page = await pullPage(db, { ...asked, scopes, maxBytes, reader: { deviceId, protocol } }).catch(
    (error: unknown) => noteFuture(services, asked, error),
  );
  metrics.count(FIGURES.pulls);
  metrics.count(FIGURES.changesSent, page.rows.length);
  const proofs = protocol >= 2 ? await proofsOf(services, deviceId, page) : new Map<string, Proved>();
  return pageJson(page, { epoch: asked.epoch, protocol, heldBackMs: stalls.heldMs(), proofs });
}

async function proofsOf({ db, epoch, receiptKey: key }: CentralServices, deviceId: string, page: FeedPage) {
  const receipts = page.rows.filter((row) => row.kind === 'receipt' && row.op === 'put').map((row) => row.key);
  return proveReceipts({ db, epoch, key }, deviceId, receipts);
}

/** A cursor of this very epoch that is ahead of central: the desk has read what this database does not remember. */
async function noteFuture(
  { keeper }: CentralServices,
  { epoch, cursor }: { epoch: string; cursor: string },
  error: unknown,
): Promise<never> {
  const changed = error instanceof AppError && error.data.code === 'EPOCH_CHANGED' && error.data.epoch === epoch;
  if (changed && cursor.startsWith(`${epoch}.`)) await keeper.begin('cursor', epoch);
  throw error;
}
