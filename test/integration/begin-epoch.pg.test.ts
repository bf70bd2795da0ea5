// Goal: an epoch that begins on a feed of another cluster's positions loses nothing that is being written meanwhile, and its
// digests begin with it. Method: writers that are in the middle of it, held open by hand, on a real PostgreSQL.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { checkScopes, type ScopeFault } from '../../src-central/change-feed/check-scopes.ts';
import { foldFeed } from '../../src-central/change-feed/fold.ts';
import { readGate } from '../../src-central/change-feed/gate.ts';
import { putOf, recordChanges } from '../../src-central/change-feed/record-changes.ts';
import { readServerIdentity } from '../../src-central/db/server-identity.ts';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { beginEpoch } from '../../src-central/identity/begin-epoch.ts';
import { ensureEpoch } from '../../src-central/identity/epoch.ts';
import { CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import { startTestPostgres } from '../support/central-fixture.ts';
import { furnishHouse } from '../support/test-house.ts';

const postgres = await startTestPostgres();
let db: CentralDb;
let seen: string;

beforeEach(async () => {
  ({ db } = await postgres.createDatabase());
  seen = (await ensureEpoch(db, 'GBP')).epoch;
  await furnishHouse(db);
});
afterAll(() => postgres.stop());

/** Begins while `writing` is open, and not before it has ended; in a cluster that counts from far behind the feed's positions. */
async function beginBeside(writing: (tx: Parameters<typeof recordChanges>[0]) => Promise<unknown>): Promise<void> {
  await sql`update change set xid = (xid::text::bigint + 1000000)::text::xid8`.execute(db);
  const server = await readServerIdentity(db);
  let begun = false;
  let beginning: Promise<void> | undefined;
  await db.transaction().execute(async (tx) => {
    await writing(tx);
    beginning = beginEpoch(db, { reason: 'asked', seen, server }).finally(() => {
      begun = true;
    });
    await setTimeout(300);
    expect(begun).toBe(false);
  });
  await beginning;
}

async function faults(): Promise<ScopeFault[]> {
  const found: ScopeFault[] = [];
  await foldFeed(db, (await readGate(db)).horizon);
  await checkScopes(db, async (fault) => void found.push(fault));
  return found;
}

test('what somebody is writing past it is in the feed that it writes anew', async () => {
  await beginBeside(async (tx) => {
    const row = await tx
      .insertInto('customer_group')
      .values({ group_id: '019cac0f-2680-7601-829a-932c402098f0', code: 'VIP', name: 'Best' })
      .returningAll()
      .executeTakeFirstOrThrow();
    const group = { groupId: row.group_id, code: row.code, name: row.name };
    await recordChanges(tx, [putOf(CATALOGUE_SCOPE, 'customerGroup', group as never, row.rev)]);
  });
  expect(await faults()).toEqual([]);
  const { rows } = await sql`select key from change where kind = 'customerGroup'`.execute(db);
  expect(rows).toHaveLength(1);
});

test('a fold that has read the feed before writes nothing down for the one that stands there now', async () => {
  const gate = (await readGate(db)).horizon;
  // It has its sums, and waits for the row that says where it stands: at 0, as the new feed will.
  let folding: Promise<unknown> | undefined;
  await db.transaction().execute(async (tx) => {
    await sql`select from feed_state for update`.execute(tx);
    folding = foldFeed(db, gate);
    await setTimeout(300);
    await sql`update change set rev = rev + 1, row_hash = null where kind = 'product'`.execute(tx);
    await sql`update feed_state set rebuilt = rebuilt + 1`.execute(tx);
  });
  await folding;
  expect((await faults()).flatMap(({ wrongSums }) => wrongSums)).toEqual([]);
});

test('sums that a fold is just writing are of the feed before, and go with it', async () => {
  await beginBeside(async (tx) => {
    await sql`update feed_state set folded_to = '900000'`.execute(tx);
    await sql`insert into scope_digest (scope, kind, rows, sum) values ('catalogue', 'product', 4, 77)`.execute(tx);
  });
  const { rows } = await sql`select * from scope_digest`.execute(db);
  expect(rows).toEqual([]);
  expect(await faults()).toEqual([]);
});
