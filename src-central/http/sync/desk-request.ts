/** What every request of a desk has: a token, and a protocol version that central serves. */
import type { FastifyRequest } from 'fastify';
import type { ZodType } from 'zod';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import { OLDEST_SERVED_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../../src-shared/protocol/versions.ts';
import type { CentralDb } from '../../db/schema.ts';
import { deviceOfRequest, noteSeen, type Device } from '../../identity/device.ts';
import { LAST_SEEN_EVERY_MS } from '../../limits.ts';
import type { CentralServices } from '../services.ts';

const SERVED = Array.from(
  { length: PROTOCOL_VERSION - OLDEST_SERVED_PROTOCOL_VERSION + 1 },
  (_, index) => OLDEST_SERVED_PROTOCOL_VERSION + index,
);

/** Finds the device of a request, and notes now and then that it was there. */
export class SeenDesks {
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

/** @throws AppError UPGRADE_REQUIRED before anything else is looked at; ZodError for a wrong shape. */
export function readRequest<T>(schema: ZodType<T>, request: FastifyRequest): T {
  const version = (request.body as { protocol?: unknown } | null)?.protocol;
  if (typeof version === 'number' && !SERVED.includes(version)) {
    throw new AppError({ code: 'UPGRADE_REQUIRED', retry: 'after-upgrade', served: SERVED });
  }
  return schema.parse(request.body);
}
