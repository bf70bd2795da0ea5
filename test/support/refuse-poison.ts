/** A database that will not take orders with the note "poison": a fault of one mutation, which no rule foresees. */
import { sql } from 'kysely';
import type { CentralDb } from '../../src-central/db/schema.ts';

export async function refusePoison(db: CentralDb): Promise<void> {
  await sql`
    create function refuse_poison() returns trigger language plpgsql as $$
    begin if new.note = 'poison' then raise exception 'poison'; end if; return new; end $$
  `.execute(db);
  await sql`
    create trigger refuse_poison before insert on sales_order for each row execute function refuse_poison()
  `.execute(db);
}
