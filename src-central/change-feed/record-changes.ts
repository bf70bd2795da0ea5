/**
 * Writes row versions to the change feed, in the transaction that made them: a crash leaves both or neither.
 *
 * It records what it is given. That `rev` has grown with the row, and that every row is in the right scope (scopes.ts),
 * is the writer's to see to; the digest finds what was missed.
 */
import { sql, type RawBuilder } from 'kysely';
import type { RowKind, RowOf } from '../../src-shared/protocol/change.ts';
import { rowKey } from '../../src-shared/protocol/change.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import { MAX_TRANSACTION_CHANGES } from '../../src-shared/protocol/limits.ts';
import { integerArray, JSON_SEPARATOR, jsonList, textArray } from '../db/array-literals.ts';
import type { CentralTransaction } from '../db/schema.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { rowHashOf } from './row-hash.ts';

export interface RecordedChange {
  scope: Scope;
  kind: RowKind;
  key: string;
  rev: number;
  /** The row's canonical JSON; null where the row left the scope or is gone. */
  rowJson: string | null;
}

/** A change that says "this row now reads so". */
export function putOf<K extends RowKind>(scope: Scope, kind: K, row: RowOf<K>, rev: number): RecordedChange {
  return { scope, kind, key: rowKey(kind, row), rev, rowJson: canonicalJson(row) };
}

const recordedCounts = new WeakMap<CentralTransaction, number>();

/**
 * @returns the transaction's id, digits: when the gate has passed it, readers see the changes.
 * @throws RangeError past MAX_TRANSACTION_CHANGES in one transaction: cut the work into several.
 */
export async function recordChanges(
  tx: CentralTransaction,
  changes: readonly RecordedChange[],
): Promise<string | undefined> {
  if (changes.length === 0) return undefined;
  const { rows } = await sql<{ xid: string }>`
    with recorded as (${recording(tx, changes)}) select pg_current_xact_id()::text as xid
  `.execute(tx);
  return rows[0]?.xid;
}

/**
 * The statement that records them, for whoever writes the rows by the same one; it returns nothing.
 *
 * @throws RangeError as `recordChanges`: what is asked for counts as recorded.
 */
export function recording(tx: CentralTransaction, changes: readonly RecordedChange[]): RawBuilder<unknown> {
  const count = (recordedCounts.get(tx) ?? 0) + changes.length;
  if (count > MAX_TRANSACTION_CHANGES) {
    throw new RangeError(`${count} changes in one transaction, at most ${MAX_TRANSACTION_CHANGES} are allowed`);
  }
  recordedCounts.set(tx, count);
  return sql`
    insert into change (scope, kind, key, op, rev, row_json, row_hash)
    select scope, kind, key, case when row_text is null then 'remove' else 'put' end, rev, row_text::json,
      ${rowHashOf(sql`row_text`)}
    from unnest(
      ${textArray(changes.map((change) => change.scope))}::text[],
      ${textArray(changes.map((change) => change.kind))}::text[],
      ${textArray(changes.map((change) => change.key))}::text[],
      ${integerArray(changes.map((change) => change.rev))}::bigint[],
      string_to_array(${jsonList(changes.map((change) => change.rowJson))}::text, ${JSON_SEPARATOR}::text, '')
    ) as given (scope, kind, key, rev, row_text)`;
}
