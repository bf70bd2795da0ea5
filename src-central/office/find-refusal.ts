/** A refused mutation with what its kept text says. */
import { sql } from 'kysely';
import type { Branch } from '../../src-shared/domain/branch.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { mutationBody, type MutationBody } from '../../src-shared/protocol/mutation.ts';
import { readIntent, type MutationIntent } from '../../src-shared/mutations/registry.ts';
import { branchOf } from '../db/rows.ts';
import type { CentralDb, CentralTransaction } from '../db/schema.ts';
import { knownReceipt } from '../mutations/load-batch.ts';
import type { ReceiptRow } from '../mutations/read-batch-rows.ts';
import type { KnownReceipt } from '../mutations/batch-state.ts';

export interface Refusal {
  receipt: KnownReceipt;
  /** Undefined where no schema of this central reads it: it can be let go of, and not be mended here. */
  content: { body: MutationBody; intent: MutationIntent } | undefined;
}

/** @throws AppError NOT_FOUND when no such mutation was refused. */
export async function branchOfRefusal(db: CentralDb, mutationId: string): Promise<Branch> {
  const row = await db
    .selectFrom('receipt')
    .innerJoin('device', 'device.device_id', 'receipt.device_id')
    .innerJoin('branch', 'branch.branch_id', 'device.branch_id')
    .where('mutation_id', '=', mutationId)
    .where('verdict', '=', 'refused')
    .selectAll('branch')
    .executeTakeFirst();
  if (!row) throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: `refused mutation ${mutationId}` });
  return branchOf(row);
}

/** The refusals of the mutation's lane that nobody has dealt with yet, oldest first; itself among them while it is one. */
export async function openRefusals(
  tx: CentralDb | CentralTransaction,
  of: { mutationId: string; branchId: string },
): Promise<Refusal[]> {
  const { rows } = await sql<ReceiptRow>`
    select r.*, d.branch_id from receipt r join device d using (device_id)
    where r.lane = (select lane from receipt where mutation_id = ${of.mutationId}) and d.branch_id = ${of.branchId}
      and r.verdict = 'refused' and r.superseded_by is null
    order by r.judged_at, r.seq
  `.execute(tx);
  return rows.map((row) => refusalOf(row));
}

export function refusalOf(row: ReceiptRow): Refusal {
  const receipt = knownReceipt(row);
  return { receipt, content: receipt.refusedBody === null ? undefined : contentOf(receipt.refusedBody) };
}

function contentOf(text: string): Refusal['content'] {
  const body = mutationBody.safeParse(JSON.parse(text));
  if (!body.success) return undefined;
  const read = readIntent(body.data.name, body.data.schemaVersion, body.data.args);
  return read.ok ? { body: body.data, intent: read.intent } : undefined;
}
