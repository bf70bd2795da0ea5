/**
 * Takes in what desks bring back after central was set back.
 *
 * Guarantees: what is taken is kept by central from then on, whether it can be settled yet or not, so that a desk need
 * not come twice; each takes effect once, however often and in whatever order it is brought; nothing is taken without
 * central's own proof that it had been settled.
 */
import { mutationId } from '../../src-shared/domain/ids.ts';
import { reofferedMutation, type ReofferOutcome, type ReofferedMutation } from '../../src-shared/protocol/reoffer.ts';
import { sql } from 'kysely';
import { uuidArray } from '../db/array-literals.ts';
import type { CentralDb } from '../db/schema.ts';
import { isProven } from '../change-feed/receipt-proofs.ts';
import type { Device } from '../identity/device.ts';
import type { ReceiptKey } from '../identity/receipt-key.ts';
import { readMutationIntent, readPushed } from '../mutations/read-pushed.ts';
import { settleLanes, type ReturnContext } from './settle-again.ts';

export interface ReofferContext extends ReturnContext {
  device: Device;
  key: ReceiptKey;
}

/** Which of these central has neither a receipt for nor keeps already. */
export async function missingOf(db: CentralDb, device: Device, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${uuidArray(ids)}::uuid[]) with ordinality as asked (id, place)
    where not exists (select 1 from receipt where mutation_id = id and device_id = ${device.deviceId})
      and not exists (select 1 from reoffered where mutation_id = id)
    order by place
  `.execute(db);
  return rows.map((row) => row.id);
}

export async function takeBack(context: ReofferContext, elements: readonly unknown[]): Promise<ReofferOutcome[]> {
  const outcomes: ReofferOutcome[] = [];
  const taken: { offer: ReofferedMutation; lane: string }[] = [];
  for (const element of elements) {
    const read = await readOffer(context, element);
    if ('offer' in read) taken.push(read);
    else if (read.outcome) outcomes.push(read.outcome);
  }
  if (taken.length === 0) return outcomes;
  await context.db
    .insertInto('reoffered')
    .values(
      taken.map(({ offer, lane }) => ({
        mutation_id: offer.id,
        device_id: context.device.deviceId,
        lane,
        offer: JSON.stringify(offer),
        why: 'dependency' as const,
        missing: '[]',
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await settleLanes(context, [...new Set(taken.map(({ lane }) => lane))]);
  const still = await stillWaiting(
    context.db,
    taken.map(({ offer }) => offer.id),
  );
  for (const { offer } of taken) outcomes.push({ id: offer.id, outcome: still.has(offer.id) ? 'kept' : 'known' });
  return outcomes;
}

async function stillWaiting(db: CentralDb, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.selectFrom('reoffered').select('mutation_id').where('mutation_id', 'in', ids).execute();
  return new Set(rows.map((row) => row.mutation_id));
}

type Read = { offer: ReofferedMutation; lane: string } | { outcome: ReofferOutcome | undefined };

async function readOffer(context: ReofferContext, element: unknown): Promise<Read> {
  const parsed = reofferedMutation.safeParse(element);
  if (!parsed.success) {
    const id = mutationId.safeParse((element as { id?: unknown } | null)?.id);
    return { outcome: id.success ? { id: id.data, outcome: 'unreadable', reason: 'envelope' } : undefined };
  }
  const offer = parsed.data;
  const { id } = offer;
  if (!(await isProven(context.key, { ...offer, mutationId: id }))) {
    await noteUnproven(context, offer);
    return { outcome: { id, outcome: 'unproven' } };
  }
  const pushed = readPushed(offer);
  if (!pushed.ok) return { outcome: { id, outcome: 'unreadable', reason: 'body' } };
  const intent = readMutationIntent(pushed.read);
  if (!intent.ok) return { outcome: { id, outcome: 'unreadable', reason: 'intent' } };
  return { offer, lane: pushed.read.body.lane };
}

/** By another key than this central's: the file of the key was not put back, or somebody tries. Noted once. */
async function noteUnproven({ db, epoch, device }: ReofferContext, offer: ReofferedMutation): Promise<void> {
  const { epoch: provenIn, position } = offer.proof;
  const details = JSON.stringify({ deviceId: device.deviceId, provenIn, position });
  await sql`
    insert into recovery_finding (epoch, kind, mutation_id, details)
    select ${epoch.epoch}::uuid, 'unproven', ${offer.id}::uuid, ${details}::jsonb
    where not exists (select 1 from recovery_finding where mutation_id = ${offer.id}::uuid and kind = 'unproven')
  `.execute(db);
}
