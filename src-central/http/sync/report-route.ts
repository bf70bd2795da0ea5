/** A desk tells what it found wrong in its rows. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ReportResponse } from '../../../src-shared/protocol/report.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { raiseAlarm } from '../../alarms/alarms.ts';
import { FIGURES } from '../../metrics.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerReport(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.report.path, (request) => answerReport(services, desks, request));
}

async function answerReport(
  { db, epoch, metrics }: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<ReportResponse> {
  const { deviceId } = await desks.deviceOf(request);
  const { alarms } = readRequest(ENDPOINTS.report.request, request);
  for (const { alarmId, what, scope, kind, ...detail } of alarms) {
    const subject = `${scope} ${kind}`;
    if (await raiseAlarm(db, { alarmId, deviceId, what, subject, detail })) {
      metrics.count(FIGURES.alarms);
      request.log.warn({ deviceId, what, subject, ...detail }, 'a desk has found a fault in its rows');
    }
  }
  return { epoch: epoch.epoch, alarmIds: alarms.map(({ alarmId }) => alarmId) };
}
