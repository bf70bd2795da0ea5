/** A desk says what it still needs of stock that was set aside for it, and that it promises nothing more of it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import type { LeaseReportResponse } from '../../../src-shared/protocol/lease.ts';
import { actingFor } from '../../db/acting.ts';
import { incarnationsOf, notOfThisDesk } from '../../identity/incarnations.ts';
import { takeReports } from '../../leases/stock-leases.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerLeases(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.reportLeases.path, (request) => answerReport(services, desks, request));
}

async function answerReport(
  { db, epoch, watcher }: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<LeaseReportResponse> {
  const device = await desks.deviceOf(request);
  const { incarnationId, life, reports } = readRequest(ENDPOINTS.reportLeases.request, request);
  const own = (await incarnationsOf(db, device)).get(incarnationId);
  if (!own) throw await notOfThisDesk(db, incarnationId);
  // A copy of the file must not renounce what the file itself has promised.
  if (own.disputed || own.life !== life) throw new AppError({ code: 'HELLO_FIRST', retry: 'later' });
  const { deviceId } = device;
  const xid = await actingFor({ via: 'desk', userId: null, userName: '', deviceId }, () =>
    takeReports(db, device, { incarnationId, reports }),
  );
  if (xid !== undefined) watcher.committed(xid);
  return { epoch: epoch.epoch, now: Date.now() };
}
