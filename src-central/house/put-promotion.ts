/**
 * Makes a promotion, or puts another in place of the one of that code. Orders that are judged from then on are priced by
 * it, on every node: the migration's trigger moves the catalogue's version (mutations/catalogue-memory.ts).
 */
import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Promotion } from '../../src-shared/domain/pricing/promotion.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { putOf, recordChanges } from '../change-feed/record-changes.ts';
import { CATALOGUE_LOCK } from '../db/lock-keys.ts';
import type { CentralDb, CentralTransaction, PromotionTable } from '../db/schema.ts';
import { writeTransaction } from '../db/write-transaction.ts';
import { firstUnknown } from './promotion-names.ts';
import { sameCode } from './same-code.ts';
import type { Unknown, Written } from './written.ts';

export type NewPromotion = Omit<Promotion, 'promotionId'>;

export async function putPromotion(db: CentralDb, of: NewPromotion): Promise<Written<Promotion> | Unknown> {
  return writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
    const unknown = await firstUnknown(tx, of);
    if (unknown !== undefined) return { outcome: 'unknown', what: unknown };
    const before = await promotionByCode(tx, of.code);
    const promotionId = (before?.promotion_id ?? randomUUID()) as Promotion['promotionId'];
    return writePromotion(tx, before, { ...of, promotionId, code: before?.code ?? of.code });
  });
}

/** It runs for no order that is judged from now on, also not for one of a day on which it ran. */
export async function endPromotion(db: CentralDb, code: string): Promise<Written<Promotion> | Unknown> {
  return writeTransaction(db, [CATALOGUE_LOCK], async (tx) => {
    const before = await promotionByCode(tx, code);
    if (!before) return { outcome: 'unknown', what: `promotion ${code}` };
    return writePromotion(tx, before, { ...before.document, active: false });
  });
}

async function promotionByCode(tx: CentralTransaction, code: string): Promise<Selectable<PromotionTable> | undefined> {
  return tx.selectFrom('promotion').selectAll().where(sameCode(code)).executeTakeFirst();
}

async function writePromotion(
  tx: CentralTransaction,
  before: Selectable<PromotionTable> | undefined,
  row: Promotion,
): Promise<Written<Promotion>> {
  const document = canonicalJson(row);
  if (before && canonicalJson(before.document) === document) return { outcome: 'unchanged', row, xid: undefined };
  const { rev } = await tx
    .insertInto('promotion')
    .values({ promotion_id: row.promotionId, code: row.code, document })
    .onConflict((there) =>
      there.column('promotion_id').doUpdateSet((now) => ({ document, rev: now('promotion.rev', '+', 1) })),
    )
    .returning('rev')
    .executeTakeFirstOrThrow();
  const xid = await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'promotion', row, rev)]);
  return { outcome: before ? 'changed' : 'new', row, xid };
}
