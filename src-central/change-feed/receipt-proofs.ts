/**
 * Proofs of receipts, made when they are sent and not when they are written: a push holds no lock for a signature, and
 * the row that digests are made of stays as it is in every version of the protocol. The same receipt has the same proof
 * whenever it is asked for.
 */
import { sql } from 'kysely';
import { receiptText, type ProvenReceipt, type ReceiptProof } from '../../src-shared/protocol/proof.ts';
import { uuidArray } from '../db/array-literals.ts';
import type { CentralDb } from '../db/schema.ts';
import { lifeOfPosition, type Epoch } from '../identity/epoch.ts';
import type { ReceiptKey } from '../identity/receipt-key.ts';

interface PositionRow {
  mutation_id: ProvenReceipt['mutationId'];
  body_hash: string;
  verdict: ProvenReceipt['verdict'];
  judged_at: number;
  position: number;
}

export interface Proved {
  judgedAt: number;
  proof: ReceiptProof;
}

/** Of those of a device's receipts that are there, by mutation. */
export async function proveReceipts(
  of: { db: CentralDb; epoch: Epoch; key: ReceiptKey },
  deviceId: string,
  mutationIds: readonly string[],
): Promise<Map<string, Proved>> {
  if (mutationIds.length === 0) return new Map();
  const { rows } = await sql<PositionRow>`
    select mutation_id, body_hash, verdict, judged_at, position from receipt
    where mutation_id = any(${uuidArray(mutationIds)}::uuid[]) and device_id = ${deviceId}
  `.execute(of.db);
  const proved = await Promise.all(
    rows.map(async (row): Promise<[string, Proved]> => {
      const { mutation_id: mutationId, body_hash: bodyHash, verdict, judged_at: judgedAt, position } = row;
      const proof = { epoch: lifeOfPosition(of.epoch, position), position };
      const signature = await of.key.sign(receiptText({ mutationId, bodyHash, verdict, judgedAt, proof }));
      return [mutationId, { judgedAt, proof: { ...proof, signature } }];
    }),
  );
  return new Map(proved);
}

export async function isProven(key: ReceiptKey, receipt: ProvenReceipt): Promise<boolean> {
  return key.verify(receiptText(receipt), receipt.proof.signature);
}
