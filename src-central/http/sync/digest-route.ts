/** A desk asks what its rows should come to. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import type { DigestResponse } from '../../../src-shared/protocol/digest.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { cursorOf, xidOfCursor } from '../../change-feed/cursor.ts';
import { digestAt } from '../../change-feed/digest.ts';
import { findDivergence } from '../../change-feed/divergence.ts';
import { readSnapshot } from '../../change-feed/gate.ts';
import { FIGURES } from '../../metrics.ts';
import { logFault } from '../errors.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerDigest(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.digest.path, (request) => answerDigest(services, desks, request));
}

async function answerDigest(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<DigestResponse> {
  const { db, epoch, metrics } = services;
  const device = await desks.deviceOf(request);
  const { cursor, protocol } = readRequest(ENDPOINTS.digest.request, request);
  const xid = xidOfCursor(cursor, epoch.epoch);
  const { tables, divergence } = await readSnapshot(db, async (tx) => ({
    tables: await digestAt(tx, { xid, scopes: device.scopes }),
    divergence: await findDivergence(tx, device.scopes),
  }));
  if (divergence.length > 0) {
    metrics.count(FIGURES.divergences);
    const logId = logFault(request.log, new Error('the change feed and the tables differ'));
    request.log.error({ logId, divergence }, 'divergence');
    throw new AppError({ code: 'INTERNAL', retry: 'never', logId });
  }
  // Desks of protocol 1 have no such rows, and would miss nothing by them.
  if (protocol < 2) delete tables['grant'];
  return { epoch: epoch.epoch, at: cursorOf(epoch.epoch, xid), tables };
}
