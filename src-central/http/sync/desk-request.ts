/** What every request of a desk has: a token, and a shape. Its protocol version was looked at before (served-versions.ts). */
import type { FastifyRequest } from 'fastify';
import type { ZodType } from 'zod';
import type { CentralDb } from '../../db/schema.ts';
import { deviceOfRequest, noteSeen, type Device } from '../../identity/device.ts';
import { LAST_SEEN_EVERY_MS } from '../../limits.ts';
import type { CentralServices } from '../services.ts';
import { versionOf } from './served-versions.ts';

/** Finds the device of a request, and notes now and then that it was there. */
export class SeenDesks {
  readonly #db: CentralDb;
  readonly #seen = new Map<string, number>();

  constructor(of: Pick<CentralServices, 'db'>) {
    this.#db = of.db;
  }

  async deviceOf(request: FastifyRequest): Promise<Device> {
    const device = await deviceOfRequest(this.#db, request.headers.authorization, versionOf(request));
    const now = Date.now();
    if (now - (this.#seen.get(device.deviceId) ?? 0) > LAST_SEEN_EVERY_MS) {
      this.#seen.set(device.deviceId, now);
      await noteSeen(this.#db, device.deviceId);
    }
    return device;
  }
}

/** @throws ZodError for a wrong shape. */
export function readRequest<T>(schema: ZodType<T>, request: FastifyRequest): T {
  return schema.parse(request.body);
}
