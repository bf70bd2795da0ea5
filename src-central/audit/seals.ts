/**
 * Seals on the audit trail. The database refuses to change an entry; whoever owns it could still take that refusal
 * away. So every few minutes the entries that have come are chained to those before and signed with central's receipt
 * key, which lies outside of the database: an entry that was changed, removed or slipped in behind a seal shows.
 *
 * Not guaranteed: entries since the last seal, and seals that were cut off from the end together with their entries
 * (a restore does that, and begins an epoch, which the trail says).
 */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { lockNumber } from '../db/write-transaction.ts';
import type { AuditSealTable, CentralDb, CentralTransaction } from '../db/schema.ts';
import { sqlStateOf } from '../db/transient-fault.ts';
import type { ReceiptKey } from '../identity/receipt-key.ts';
import { SEAL_LOCK_MS, SEAL_MOST_ENTRIES } from './limits.ts';

const LOCK_NOT_AVAILABLE = '55P03';
const BEFORE_ALL = Number.MIN_SAFE_INTEGER;

/**
 * Seals what has come since the last one, SEAL_MOST_ENTRIES at most.
 *
 * @returns how many entries; undefined where a writer of entries would not end in time, to be tried again.
 */
export async function sealAudit(db: CentralDb, key: ReceiptKey, nowMs: number): Promise<number | undefined> {
  const settled = await settledTo(db);
  if (settled === undefined) return undefined;
  return db.transaction().execute(async (tx) => {
    // One central at a time.
    await sql`select pg_advisory_xact_lock(${String(lockNumber('audit seal'))}::bigint)`.execute(tx);
    const last = await lastSeal(tx);
    const from = last?.to_entry ?? BEFORE_ALL;
    const range = await readRange(tx, { after: from, upTo: settled, most: SEAL_MOST_ENTRIES });
    if (range.entries === 0) return 0;
    const digest = chained(last?.digest ?? '', range);
    await tx
      .insertInto('audit_seal')
      .values({
        to_entry: range.to,
        entries: range.entries,
        digest,
        signature: await key.sign(sealText(digest)),
        sealed_at: nowMs,
      })
      .execute();
    return range.entries;
  });
}

export interface SealsChecked {
  seals: number;
  entries: number;
  /** Of the last seal, Unix milliseconds; null where nothing is sealed yet. */
  sealedUpTo: number | null;
  /** The first seal that is not right, and what is wrong: its entries, or the seal itself. */
  broken: { sealId: number; sealedAt: number; what: 'entries' | 'signature' } | null;
}

/** Goes through the whole trail. */
export async function checkSeals(db: CentralDb, key: ReceiptKey, signal?: AbortSignal): Promise<SealsChecked> {
  const checked: SealsChecked = { seals: 0, entries: 0, sealedUpTo: null, broken: null };
  // From before the first id that the database gives: what was put there by hand shows, too.
  let [from, digest] = [BEFORE_ALL, ''];
  for (let seal = await sealAfter(db, from); seal; seal = await sealAfter(db, from)) {
    signal?.throwIfAborted();
    const range = await readRange(db, { after: from, upTo: seal.to_entry });
    digest = chained(digest, range);
    const isSigned = await key.verify(sealText(seal.digest), seal.signature);
    if (!isSigned || digest !== seal.digest) {
      const what = isSigned ? 'entries' : 'signature';
      return { ...checked, broken: { sealId: seal.seal_id, sealedAt: seal.sealed_at, what } };
    }
    from = seal.to_entry;
    checked.seals += 1;
    checked.entries += range.entries;
    checked.sealedUpTo = seal.sealed_at;
  }
  return checked;
}

/**
 * The last entry to which none can be added any more: ids are given out before their transactions end, so it waits, not
 * for long, until nobody is writing any.
 */
async function settledTo(db: CentralDb): Promise<number | undefined> {
  try {
    return await db.transaction().execute(async (tx) => {
      await sql`select set_config('lock_timeout', ${`${SEAL_LOCK_MS}ms`}, true)`.execute(tx);
      await sql`lock table audit_entry in share mode`.execute(tx);
      const row = await tx
        .selectFrom('audit_entry')
        .select((of) => of.fn.max('entry_id').as('last'))
        .executeTakeFirst();
      return row?.last ?? 0;
    });
  } catch (error) {
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return undefined;
    throw error;
  }
}

function lastSeal(tx: CentralTransaction): Promise<Pick<AuditSealTable, 'to_entry' | 'digest'> | undefined> {
  return tx
    .selectFrom('audit_seal')
    .select(['to_entry', 'digest'])
    .orderBy('to_entry', 'desc')
    .limit(1)
    .executeTakeFirst();
}

function sealAfter(db: CentralDb, entry: number) {
  return db
    .selectFrom('audit_seal')
    .selectAll()
    .where('to_entry', '>', entry)
    .orderBy('to_entry')
    .limit(1)
    .executeTakeFirst();
}

interface Range {
  to: number;
  entries: number;
  /** The SHA-256 of each entry, hex, one a line. */
  hashes: string;
}

/** What an entry says, by position: a column that comes later must not change what earlier seals are of. */
async function readRange(
  db: CentralDb | CentralTransaction,
  of: { after: number; upTo: number; most?: number },
): Promise<Range> {
  const { rows } = await sql<{ to: number | null; entries: number; hashes: string | null }>`
    select max(entry_id) as to, count(*) as entries, string_agg(hash, ${'\n'} order by entry_id) as hashes
    from (
      select entry_id, encode(sha256(convert_to(jsonb_build_array(entry_id, at, via, user_id, user_name, device_id,
        subject, key, label, branch_id, action, before, after)::text, 'UTF8')), 'hex') as hash
      from audit_entry
      where entry_id > ${of.after} and entry_id <= ${of.upTo}
      order by entry_id
      limit ${of.most ?? null}
    ) hashed
  `.execute(db);
  const [{ to, entries, hashes } = { to: null, entries: 0, hashes: null }] = rows;
  return { to: to ?? of.after, entries, hashes: hashes ?? '' };
}

function chained(before: string, { to, hashes }: Range): string {
  return createHash('sha256').update(`${before}\n${to}\n${hashes}`).digest('hex');
}

function sealText(digest: string): string {
  return `orderdesk audit seal\n${digest}`;
}
