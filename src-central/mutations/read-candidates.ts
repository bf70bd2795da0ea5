/** From a request's elements to mutations that can be judged; what can't be has its outcome already. */
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';
import type { CentralDb } from '../db/schema.ts';
import type { Device } from '../identity/device.ts';
import { authenticate } from './authenticate.ts';
import type { Candidate } from './judge-batch.ts';
import { readMutationIntent, readPushed, type ReadMutation } from './read-pushed.ts';

export interface ReadCandidates {
  candidates: Candidate[];
  outcomes: PushOutcome[];
}

/** An element without an id has no outcome. */
export async function readCandidates(
  of: { db: CentralDb; device: Device; incarnations: ReadonlyMap<string, string> },
  elements: readonly unknown[],
): Promise<ReadCandidates> {
  const outcomes: PushOutcome[] = [];
  const read: ReadMutation[] = [];
  for (const element of elements) {
    const reading = readPushed(element);
    if (reading.ok) read.push(reading.read);
    else if (reading.outcome) outcomes.push(reading.outcome);
  }
  const candidates: Candidate[] = [];
  const authentications = await authenticate(of, read);
  for (const [index, mutation] of read.entries()) {
    const authentication = authentications[index];
    if (!authentication?.ok) {
      if (authentication) outcomes.push(authentication.outcome);
      continue;
    }
    const intent = readMutationIntent(mutation);
    if (intent.ok) candidates.push({ ...mutation, intent: intent.intent, signed: authentication.signed });
    else outcomes.push(intent.outcome);
  }
  return { candidates, outcomes };
}
