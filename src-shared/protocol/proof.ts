/**
 * What lets a receipt outlive the database that it is in: central's signature over it, by a key that is kept elsewhere.
 * After a restore it shows which mutations had been settled, to a central that has forgotten them.
 */
import { z } from 'zod';
import { mutationId } from '../domain/ids.ts';

const bodyHash = z.string().regex(/^[0-9a-f]{64}$/);

export const receiptProof = z.object({
  /** The epoch in which it was judged. */
  epoch: z.uuid(),
  /** Where it stands among the receipts of that epoch; those of one order stand in the order of their judging. */
  position: z.int().nonnegative(),
  /** Ed25519 by central's receipt key over the UTF-8 bytes of `receiptText`, base64. */
  signature: z.string().max(100),
});
export type ReceiptProof = z.infer<typeof receiptProof>;

/** A receipt's unchanging part with its proof. What supersedes a refused one may come later and is not in it. */
export const provenReceipt = z.object({
  mutationId,
  bodyHash,
  verdict: z.enum(['applied', 'refused']),
  judgedAt: z.int(),
  proof: receiptProof,
});
export type ProvenReceipt = z.infer<typeof provenReceipt>;

/** What is signed. */
export function receiptText(of: Omit<ProvenReceipt, 'proof'> & { proof: Omit<ReceiptProof, 'signature'> }): string {
  const { mutationId: id, bodyHash: hash, verdict, judgedAt, proof } = of;
  return ['orderdesk receipt', proof.epoch, proof.position, id, hash, verdict, judgedAt].join('\n');
}

/** A person's sign-in on a desk, as central would have to learn it again when it has forgotten it. */
export const sessionCertificate = z.object({
  sessionId: z.uuid(),
  userId: z.uuid(),
  publicKey: z.string().min(40).max(200),
  expiresAt: z.int(),
  /** Ed25519 by central's receipt key over the UTF-8 bytes of `sessionText`, base64. */
  certificate: z.string().max(100),
});
export type SessionCertificate = z.infer<typeof sessionCertificate>;

/** What is signed of a sign-in. `deviceId`: the desk's, by its token. */
export function sessionText(of: Omit<SessionCertificate, 'certificate'>, deviceId: string): string {
  return ['orderdesk session', of.sessionId, of.userId, deviceId, of.publicKey, of.expiresAt].join('\n');
}
