/** A desk asks what would become of its queue. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { incarnationId } from '../../../src-shared/domain/ids.ts';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import type { DryRunResponse } from '../../../src-shared/protocol/dry-run.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { MAX_DRY_RUN_MUTATIONS, MAX_PUSH_BYTES } from '../../../src-shared/protocol/limits.ts';
import { incarnationCodes } from '../../mutations/authenticate.ts';
import { outcomesFor } from '../../change-feed/older-rows.ts';
import { dryRun } from '../../mutations/dry-run.ts';
import { logFault } from '../errors.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

/** Like a push's frame: an element that can't be read has an outcome, and spoils no other. */
const frame = z.object({
  protocol: z.int(),
  incarnationId,
  mutations: z.array(z.unknown()).min(1).max(MAX_DRY_RUN_MUTATIONS),
});

export function registerDryRun(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.dryRun.path, { bodyLimit: MAX_PUSH_BYTES }, (request) =>
    answerDryRun(services, desks, request),
  );
}

async function answerDryRun(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<DryRunResponse> {
  const { db, epoch, catalogue } = services;
  const device = await desks.deviceOf(request);
  const asked = readRequest(frame, request);
  const incarnations = await incarnationCodes(db, device);
  if (!incarnations.has(asked.incarnationId)) throw new AppError({ code: 'NOT_ALLOWED', retry: 'never' });
  const entries = await dryRun(
    { db, epoch, device, catalogue, incarnations, logFault: (error) => logFault(request.log, error) },
    asked.mutations,
  );
  const outcomes = outcomesFor(
    asked.protocol,
    entries.map(({ outcome }) => outcome),
  );
  const told = entries.map((entry, index) => Object.assign(entry, { outcome: outcomes[index] ?? entry.outcome }));
  return { epoch: epoch.epoch, now: Date.now(), entries: told };
}
