/** The desks' API: src-shared/protocol/endpoints.ts says what goes up and down, docs/protocol.md what it means. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z, type ZodType } from 'zod';
import { incarnationId } from '../../src-shared/domain/ids.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { DigestResponse } from '../../src-shared/protocol/digest.ts';
import { ENDPOINTS, POKE_PATH } from '../../src-shared/protocol/endpoints.ts';
import type { SignInResponse } from '../../src-shared/protocol/enrol.ts';
import { MAX_PUSH_BYTES, MAX_PUSH_MUTATIONS } from '../../src-shared/protocol/limits.ts';
import type { PushResponse } from '../../src-shared/protocol/receipt.ts';
import { OLDEST_SERVED_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { digestAt } from '../change-feed/digest.ts';
import { findDivergence } from '../change-feed/divergence.ts';
import { cursorOf, xidOfCursor } from '../change-feed/cursor.ts';
import { readSnapshot } from '../change-feed/gate.ts';
import { pageJson, pullPage } from '../change-feed/pull.ts';
import { scopesOfDevice } from '../change-feed/scopes.ts';
import type { CentralDb } from '../db/schema.ts';
import { deviceOfRequest, noteSeen, type Device } from '../identity/device.ts';
import { enrolDevice } from '../identity/enrol.ts';
import { signInOnDesk } from '../identity/sign-in.ts';
import { LAST_SEEN_EVERY_MS } from '../limits.ts';
import { FIGURES } from '../metrics.ts';
import { incarnationCodes } from '../mutations/authenticate.ts';
import { pushMutations } from '../mutations/push.ts';
import { logFault } from './errors.ts';
import type { CentralServices } from './services.ts';

const SERVED = Array.from(
  { length: PROTOCOL_VERSION - OLDEST_SERVED_PROTOCOL_VERSION + 1 },
  (_, index) => OLDEST_SERVED_PROTOCOL_VERSION + index,
);

/**
 * A push's frame. Its elements are read one by one, later: a bad one must not fail its neighbours, as it would if the
 * whole were parsed by ENDPOINTS.push.request.
 */
const pushFrame = z.object({
  incarnationId,
  mutations: z.array(z.unknown()).min(1).max(MAX_PUSH_MUTATIONS),
});

export function registerSyncRoutes(server: FastifyInstance, services: CentralServices): void {
  const desks = new SeenDesks(services);
  server.post(ENDPOINTS.enrol.path, (request) =>
    enrolDevice(services.db, services.epoch, read(ENDPOINTS.enrol.request, request)),
  );
  server.post(ENDPOINTS.signIn.path, (request) => answerSignIn(services, desks, request));
  server.post(ENDPOINTS.push.path, { bodyLimit: MAX_PUSH_BYTES }, (request) => answerPush(services, desks, request));
  server.post(ENDPOINTS.pull.path, (request, reply) =>
    answerPull(services, desks, request).then((json) => reply.type('application/json; charset=utf-8').send(json)),
  );
  server.post(ENDPOINTS.digest.path, (request) => answerDigest(services, desks, request));
  server.get(POKE_PATH, (request, reply) => openPokeStream(services, desks, request, reply));
}

/** Finds the device of a request, and notes now and then that it was there. */
class SeenDesks {
  readonly #db: CentralDb;
  readonly #seen = new Map<string, number>();

  constructor(of: Pick<CentralServices, 'db'>) {
    this.#db = of.db;
  }

  async deviceOf(request: FastifyRequest): Promise<Device> {
    const device = await deviceOfRequest(this.#db, request.headers.authorization);
    const now = Date.now();
    if (now - (this.#seen.get(device.deviceId) ?? 0) > LAST_SEEN_EVERY_MS) {
      this.#seen.set(device.deviceId, now);
      await noteSeen(this.#db, device.deviceId);
    }
    return device;
  }
}

async function answerSignIn(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<SignInResponse> {
  const device = await desks.deviceOf(request);
  return signInOnDesk(services.db, device, read(ENDPOINTS.signIn.request, request));
}

async function answerPush(services: CentralServices, desks: SeenDesks, request: FastifyRequest): Promise<PushResponse> {
  const { db, epoch, metrics, watcher } = services;
  const device = await desks.deviceOf(request);
  const frame = read(pushFrame, request);
  const incarnations = await incarnationCodes(db, device);
  if (!incarnations.has(frame.incarnationId)) {
    throw new AppError({ code: 'NOT_ALLOWED', retry: 'never' });
  }
  const outcomes = await pushMutations(
    {
      db,
      epoch,
      device,
      catalogue: services.catalogue,
      incarnations,
      logFault: (error) => logFault(request.log, error),
      committed: (xid) => watcher.committed(xid),
    },
    frame.mutations,
  );
  if (outcomes.length < frame.mutations.length) {
    request.log.warn({ given: frame.mutations.length, answered: outcomes.length }, 'mutations without an id');
  }
  metrics.count(FIGURES.pushes);
  for (const { outcome } of outcomes) metrics.count(FIGURES.mutations, 1, `{outcome="${outcome}"}`);
  return { epoch: epoch.epoch, now: Date.now(), outcomes };
}

async function answerPull(services: CentralServices, desks: SeenDesks, request: FastifyRequest): Promise<string> {
  const { db, epoch, metrics } = services;
  const device = await desks.deviceOf(request);
  const { cursor } = read(ENDPOINTS.pull.request, request);
  const page = await pullPage(db, { epoch: epoch.epoch, cursor, scopes: scopesOf(device) });
  metrics.count(FIGURES.pulls);
  metrics.count(FIGURES.changesSent, page.rows.length);
  return pageJson(epoch.epoch, page);
}

async function answerDigest(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<DigestResponse> {
  const { db, epoch, metrics } = services;
  const device = await desks.deviceOf(request);
  const { cursor } = read(ENDPOINTS.digest.request, request);
  const xid = xidOfCursor(cursor, epoch.epoch);
  const { tables, divergence } = await readSnapshot(db, async (tx) => ({
    tables: await digestAt(tx, { xid, scopes: scopesOf(device) }),
    divergence: await findDivergence(tx, device),
  }));
  if (divergence.length > 0) {
    metrics.count(FIGURES.divergences);
    const logId = logFault(request.log, new Error('the change feed and the tables differ'));
    request.log.error({ logId, divergence }, 'divergence');
    throw new AppError({ code: 'INTERNAL', retry: 'never', logId });
  }
  return { epoch: epoch.epoch, at: cursorOf(epoch.epoch, xid), tables };
}

async function openPokeStream(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const device = await desks.deviceOf(request);
  const { authorization } = request.headers;
  reply.hijack();
  services.streams.open(reply.raw, device, async () => {
    try {
      await deviceOfRequest(services.db, authorization);
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  });
}

/** @throws AppError UPGRADE_REQUIRED before anything else is looked at; ZodError for a wrong shape. */
function read<T>(schema: ZodType<T>, request: FastifyRequest): T {
  const version = (request.body as { protocol?: unknown } | null)?.protocol;
  if (typeof version === 'number' && !SERVED.includes(version)) {
    throw new AppError({ code: 'UPGRADE_REQUIRED', retry: 'after-upgrade', served: SERVED });
  }
  return schema.parse(request.body);
}

function scopesOf(device: Device): ReturnType<typeof scopesOfDevice> {
  return scopesOfDevice({ deviceId: device.deviceId, branchId: device.branch.branchId });
}
