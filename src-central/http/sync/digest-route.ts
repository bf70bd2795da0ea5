/** A desk asks what its rows should come to. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import { addDigest, digestHex, type DigestResponse, type DigestTable } from '../../../src-shared/protocol/digest.ts';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { isKnownIn } from '../../../src-shared/protocol/kinds-since.ts';
import { raiseAlarm } from '../../alarms/alarms.ts';
import { xidOfCursor } from '../../change-feed/cursor.ts';
import { digestAt, type KindDigest } from '../../change-feed/digest.ts';
import { olderDigestAt } from '../../change-feed/older-digest.ts';
import { isOlder } from '../../change-feed/older-rows.ts';
import { findDivergence } from '../../change-feed/divergence.ts';
import { readSnapshot } from '../../change-feed/gate.ts';
import { VERIFY_MAX_ROWS } from '../../limits.ts';
import { FIGURES } from '../../metrics.ts';
import { logFault } from '../errors.ts';
import type { CentralServices } from '../services.ts';
import { readRequest, type SeenDesks } from './desk-request.ts';

export function registerDigest(server: FastifyInstance, services: CentralServices, desks: SeenDesks): void {
  server.post(ENDPOINTS.digest.path, (request) => answerDigest(services, desks, request));
}

type V1Response = Omit<DigestResponse, 'scopes'> & { tables: DigestTable };

async function answerDigest(
  services: CentralServices,
  desks: SeenDesks,
  request: FastifyRequest,
): Promise<DigestResponse | V1Response> {
  const { db, epoch } = services;
  const device = await desks.deviceOf(request);
  const { cursor, protocol, thorough } = readRequest(ENDPOINTS.digest.request, request);
  const xid = xidOfCursor(cursor, epoch.epoch);
  const { digests, divergence } = await readSnapshot(db, async (tx) => ({
    digests: isOlder(protocol)
      ? await olderDigestAt(tx, { xid, scopes: device.scopes, protocol })
      : await digestAt(tx, { xid, scopes: device.scopes }),
    divergence: thorough === true || protocol < 2 ? await findDivergence(tx, device.scopes, VERIFY_MAX_ROWS) : [],
  }));
  if (divergence.length > 0) {
    services.metrics.count(FIGURES.divergences);
    const logId = logFault(request.log, new Error('the change feed and the tables differ'));
    request.log.error({ logId, divergence }, 'divergence');
    for (const { kind, keys } of divergence) {
      await raiseAlarm(db, { deviceId: null, what: 'divergence', subject: `verify ${kind}`, detail: { keys } });
    }
    throw new AppError({ code: 'INTERNAL', retry: 'never', logId });
  }
  const head = { epoch: epoch.epoch, at: cursor };
  if (protocol < 2) return { ...head, tables: tableOfAll(digests) };
  const scopes = [...new Set(digests.map(({ scope }) => scope))];
  return {
    ...head,
    scopes: scopes.map((scope) => ({ scope, tables: tableOf(digests.filter((each) => each.scope === scope)) })),
  };
}

function tableOf(digests: readonly KindDigest[]): DigestTable {
  return Object.fromEntries(digests.map(({ kind, rows, sum }) => [kind, { rows, digest: digestHex(sum) }]));
}

/** Desks of protocol 1 know of no scopes, and have not all kinds. */
function tableOfAll(digests: readonly KindDigest[]): DigestTable {
  const sums = new Map<string, KindDigest>();
  for (const digest of digests) {
    if (!isKnownIn(digest.kind, 1)) continue;
    const sum = sums.get(digest.kind);
    const added = sum && { ...sum, rows: sum.rows + digest.rows, sum: addDigest(sum.sum, digest.sum) };
    sums.set(digest.kind, added ?? digest);
  }
  return tableOf([...sums.values()]);
}
