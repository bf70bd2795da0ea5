/**
 * On whose behalf central works just now: the database writes it into its trail (migrations/central/0014-audit.ts).
 *
 * Guarantees: what `actingFor` calls, and whatever follows from it, writes in that name, through `writeTransaction`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { sql } from 'kysely';
import type { CentralTransaction } from './schema.ts';

export interface Actor {
  /** people: central's API. program: one that somebody has started at central. */
  via: 'people' | 'desk' | 'program';
  /** Null where it is nobody that central knows. */
  userId: string | null;
  userName: string;
  deviceId: string | null;
}

const acting = new AsyncLocalStorage<Actor>();

export function actingFor<T>(actor: Actor, work: () => T): T {
  return acting.run(actor, work);
}

export function currentActor(): Actor | undefined {
  return acting.getStore();
}

/** From here on until the transaction ends. */
export async function nameActor(tx: CentralTransaction, actor: Actor): Promise<void> {
  await sql`select set_config('orderdesk.actor', ${JSON.stringify(actor)}, true)`.execute(tx);
}
