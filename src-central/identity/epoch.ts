/**
 * The epoch: the life of this one database. It is bound to the cluster's system identifier, so that a copy restored
 * elsewhere does not pass for the original and hand out positions and numbers a second time.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Currency } from '../../src-shared/domain/money.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { CentralDb } from '../db/schema.ts';

export interface Epoch {
  epoch: string;
  currency: Currency;
}

/** Its message is for people. */
export class EpochError extends Error {}

/**
 * Makes the epoch at the first start and compares it at every other.
 *
 * @param currency the house's currency, for a new database; an old one keeps its own.
 * @throws EpochError when the database lives in another cluster than the one it began in.
 */
export async function ensureEpoch(db: CentralDb, currency: Currency): Promise<Epoch> {
  const { rows } = await sql<{ id: string }>`select system_identifier::text as id from pg_control_system()`.execute(db);
  const systemIdentifier = rows[0]?.id ?? '';
  await db
    .insertInto('epoch')
    .values({ epoch: randomUUID(), system_identifier: systemIdentifier, currency })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const found = await db.selectFrom('epoch').selectAll().executeTakeFirstOrThrow();
  if (found.system_identifier !== systemIdentifier) {
    throw new EpochError(
      'This database was begun in another PostgreSQL cluster ' +
        `(${found.system_identifier}, here it is ${systemIdentifier}): it was restored or copied. ` +
        'Desks would be given positions and numbers a second time, so central does not start on it. ' +
        'Start it on the original database.',
    );
  }
  return { epoch: found.epoch, currency: found.currency as Currency };
}

/** What a desk is answered that speaks of another life of this database than the one it is in. */
export function epochChanged(epoch: string): AppError {
  return new AppError({ code: 'EPOCH_CHANGED', retry: 'later', epoch });
}
