/**
 * The exchange with central as the desk's API shows it: what waits, what wants a person, how the line is. Times are
 * Unix milliseconds.
 */
import type { Currency } from '../../src-shared/domain/money.ts';
import type { DigestTable } from '../../src-shared/protocol/digest.ts';
import type { LinkState, SyncState } from '../../src-shared/protocol/sync-state.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { SpokenIssue } from './spoken-issue.ts';

/** One mutation of an order on its way. */
export interface QueueEntry {
  mutationId: string;
  seq: number;
  name: string;
  orderId: string;
  number: string;
  customerName: string;
  totalMinor: number;
  currency: Currency;
  state: SyncState;
  madeAt: number;
  lastSentAt: number | null;
  attempts: number;
  issues: SpokenIssue[];
  /** Why it is held or quarantined, null else. */
  reason: string | null;
}

export interface SyncStatus {
  link: LinkState;
  /** Since when the link is in this state. */
  linkSince: number;
  /** Why, where it is not online: a code for the screen. */
  linkReason: string | null;
  /** Mutations that have no receipt yet (refused and quarantined ones not counted). */
  waiting: number;
  /** Age of the oldest of them. */
  oldestWaitingMs: number | null;
  /** Orders that wait for a person. */
  needsAttention: number;
  cursor: string;
  /** Until when central's facts are known here; null before the first pull. */
  asOf: number | null;
  /** True while the first fill, or a long catch-up, is going on. */
  filling: boolean;
  roundTripMs: number | null;
  /** Central's clock less this machine's. */
  clockOffsetMs: number | null;
}

export interface VerifyAnswer {
  equal: boolean;
  at: string;
  here: DigestTable;
  central: DigestTable;
  /** Kinds of rows whose count or digest differs. */
  different: string[];
}

export interface AttentionItem {
  orderId: string;
  number: string;
  customerName: string;
  totalMinor: number;
  currency: Currency;
  sync: SyncState;
  /** Which mutation of it waits for a person. */
  mutationId: string;
  name: string;
  at: number;
  issues: SpokenIssue[];
  reason: string | null;
}

export interface AttentionServices {
  list(language: Language): AttentionItem[];
}

export interface SyncServices {
  status(): SyncStatus;
  queue(language: Language): QueueEntry[];
  /** Asks for an attempt at once; resolves when it was made. */
  now(): Promise<SyncStatus>;
  verify(): Promise<VerifyAnswer>;
}
