/** A desk compares the books of one business day of its branch. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import type { DayBookResponse } from '../../../src-shared/protocol/day-book.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { ordersScope } from '../../../src-shared/protocol/scope.ts';
import { xidOfCursor } from '../../change-feed/cursor.ts';
import { readDayBook } from '../../change-feed/day-book.ts';
import { readSnapshot } from '../../change-feed/gate.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerDayBook(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.dayBook.path, (request) => answerDayBook(services, desks, request));
}

async function answerDayBook(
  { db, epoch: { epoch } }: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<DayBookResponse> {
  const device = await desks.deviceOf(request);
  const { cursor, day } = readRequest(ENDPOINTS.dayBook.request, request);
  const scope = ordersScope(device.branch.branchId, day);
  // Its own branch's, but of a month that it does not keep: there is nothing to compare with.
  if (!device.scopes.includes(scope))
    throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `orders of ${day}` });
  const xid = xidOfCursor(cursor, epoch);
  return { epoch, now: Date.now(), ...(await readSnapshot(db, (tx) => readDayBook(tx, { xid, scope, day }))) };
}
