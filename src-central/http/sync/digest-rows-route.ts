/** A desk whose digest differs asks where: the buckets, the rows in them, and what central has in their place. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import type {
  DigestBucketsResponse,
  DigestRowsResponse,
  RowsResponse,
} from '../../../src-shared/protocol/digest-rows.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import type { Scope } from '../../../src-shared/protocol/scope.ts';
import { xidOfCursor } from '../../change-feed/cursor.ts';
import {
  digestBuckets,
  digestRows,
  olderDigestBuckets,
  olderDigestRows,
  rowsAt,
  type FoundRow,
} from '../../change-feed/digest-rows.ts';
import { isOlder, olderRowText } from '../../change-feed/older-rows.ts';
import { readSnapshot } from '../../change-feed/gate.ts';
import type { Device } from '../../identity/device.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerDigestRows(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.digestBuckets.path, (request) => answerBuckets(services, desks, request));
  server.post(ENDPOINTS.digestRows.path, (request) => answerDigestRows(services, desks, request));
  server.post(ENDPOINTS.rows.path, (request) => answerRows(services, desks, request));
}

async function answerBuckets(
  { db, epoch: { epoch } }: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<DigestBucketsResponse> {
  const device = await desks.deviceOf(request);
  const { cursor, scope, kind, protocol } = readRequest(ENDPOINTS.digestBuckets.request, request);
  assertOwn(device, [scope]);
  const place = { xid: xidOfCursor(cursor, epoch), scope, kind };
  const read = isOlder(protocol) ? olderDigestBuckets : digestBuckets;
  return { epoch, buckets: await readSnapshot(db, (tx) => read(tx, place)) };
}

async function answerDigestRows(
  { db, epoch: { epoch } }: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<DigestRowsResponse> {
  const device = await desks.deviceOf(request);
  const { cursor, scope, kind, buckets, protocol } = readRequest(ENDPOINTS.digestRows.request, request);
  assertOwn(device, [scope]);
  const place = { xid: xidOfCursor(cursor, epoch), scope, kind, buckets };
  const read = isOlder(protocol) ? olderDigestRows : digestRows;
  return { epoch, rows: await readSnapshot(db, (tx) => read(tx, place)) };
}

async function answerRows(
  { db, epoch: { epoch } }: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<RowsResponse> {
  const device = await desks.deviceOf(request);
  const { cursor, rows, protocol } = readRequest(ENDPOINTS.rows.request, request);
  const scopes = rows.map(({ scope }) => scope);
  assertOwn(device, scopes);
  const found = await readSnapshot(db, (tx) => rowsAt(tx, { xid: xidOfCursor(cursor, epoch), rows }));
  return { epoch, now: Date.now(), changes: found.map((row) => changeOf(row, protocol)) };
}

function changeOf(
  { scope, kind, key, rev, row_text: rowText }: FoundRow,
  protocol: number,
): RowsResponse['changes'][number] {
  const row = JSON.parse(isOlder(protocol) ? olderRowText(kind, rowText) : rowText) as unknown;
  // Central wrote it by the schema that its kind's name says.
  return { scope, kind, key, rev, op: 'put', row } as RowsResponse['changes'][number];
}

/** @throws AppError NOT_ALLOWED */
function assertOwn(device: Device, scopes: readonly Scope[]): void {
  if (scopes.every((scope) => device.scopes.includes(scope))) return;
  throw new AppError({ code: 'NOT_ALLOWED', retry: 'never' });
}
