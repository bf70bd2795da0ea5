/** The desk's own rows as a restore deals with them, wherever they were read: in a copy or in what is left of a file. */
import { OUTBOX_STATES, type OutboxState } from '../outbox/lane.ts';

export interface OwnMutation {
  mutationId: string;
  /** Its place in the outbox; null where that could not be read. */
  seq: number | null;
  lane: string;
  name: string;
  /** The signed text: proven by its hash, or by its signature. */
  body: string;
  bodyHash: string;
  signature: string;
  /** JSON, as the outbox has it. */
  dependsOn: string;
  /** Null where it could not be read: it is not signed, and is made anew as far as that goes. */
  answer: string | null;
  effect: string | null;
  state: OutboxState | 'settled';
  reason: string | null;
  madeAt: number;
  attempts: number;
}

export interface OwnSession {
  session_id: string;
  user_id: string;
  user_name: string;
  display_name: string;
  role: string;
  branch_id: string | null;
  private_key: string;
  expires_at: number;
  signed_in_at: number;
  signed_out_at: number | null;
  public_key: string | null;
  certificate: string | null;
}

export interface OwnDraft {
  draft_id: string;
  content: string;
  updated_at: number;
}

/** A row that is one of the outbox's, and can't be proven to be what was signed. */
export interface BrokenRow {
  mutationId: string | null;
  number: string | null;
  /** Whether its page lists it: what lies on a page unlisted may have been settled long ago. */
  isListed: boolean;
  /** What is left of it. */
  bytes: Buffer;
}

export interface OwnRows {
  from: 'copy' | 'salvage';
  mutations: OwnMutation[];
  broken: BrokenRow[];
  sessions: OwnSession[];
  drafts: OwnDraft[];
  counters: Map<string, number>;
  meta: Map<string, string>;
}

export function isOutboxState(text: unknown): text is OutboxState {
  return OUTBOX_STATES.some((state) => state === text);
}

/** In a text that may be half a JSON, the number of the order that it is about. */
export function numberIn(text: string): string | null {
  return /"number":"([A-Z0-9-]{8,40})"/.exec(text)?.[1] ?? null;
}
