/** The outbox as a file for central (src-shared/protocol/orders-out.ts), bytes and all. It changes nothing here. */
import { sql } from 'kysely';
import { ORDERS_OUT_FORMAT, type OrdersOut, type OrdersOutEntry } from '../../src-shared/protocol/orders-out.ts';
import type { DeskIdentity } from '../identity/identity.ts';
import { perStore, type StoreReader } from '../store/store.ts';

interface OutRow {
  mutation_id: string;
  seq: number;
  lane: string;
  name: string;
  state: string;
  reason: string | null;
  made_at: number;
  bytes: Buffer;
  body_hash: string;
  signature: string;
}

const statements = perStore((store: StoreReader) => ({
  // As bytes: what a damaged disk left is no text any more, and reading it as one would replace what is wrong in it.
  all: store.query<{ ids: string }, OutRow>(
    (_, p) => sql<OutRow>`
      select mutation_id, seq, lane, name, state, reason, made_at, cast(body as blob) as bytes, body_hash, signature
      from outbox where ${p.ids} = '' or mutation_id in (select value from json_each(nullif(${p.ids}, '')))
      order by seq`,
  ),
}));

/** @param mutationIds left out, all that is unsettled. */
export function ordersOut(
  store: StoreReader,
  of: { desk: DeskIdentity; nowMs: number; mutationIds: readonly string[] | undefined },
): OrdersOut {
  const { desk, nowMs, mutationIds } = of;
  const ids = mutationIds === undefined ? '' : JSON.stringify(mutationIds);
  return {
    format: ORDERS_OUT_FORMAT,
    version: 1,
    writtenAt: nowMs,
    device: { deviceId: desk.deviceId, name: desk.deviceName, incarnationId: desk.incarnationId },
    branchCode: desk.branch.code,
    entries: statements(store).all.all({ ids }).map(entryOf),
  };
}

function entryOf(row: OutRow): OrdersOutEntry {
  const text = row.bytes.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(row.bytes);
  return {
    id: row.mutation_id,
    seq: row.seq,
    lane: row.lane,
    name: row.name,
    state: row.state,
    reason: row.reason,
    madeAt: row.made_at,
    body: isText ? text : null,
    ...(isText ? {} : { bytes: row.bytes.toString('base64') }),
    bodyHash: row.body_hash,
    signature: row.signature,
  };
}
