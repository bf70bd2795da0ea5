/**
 * The exchange with central as the desk's API shows it: what waits, what wants a person, how the line is. Times are
 * Unix milliseconds.
 */
import type { DayComparison } from '../../src-shared/domain/day-book.ts';
import type { Currency } from '../../src-shared/domain/money.ts';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import type { DigestTable } from '../../src-shared/protocol/digest.ts';
import type { OrderEditor } from '../../src-shared/protocol/order-presence.ts';
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
  /** Of a held one: what central misses. */
  waitsFor: WaitedFor[];
  /** Since when it is held; null while it is not. */
  heldSince: number | null;
}

/** An earlier mutation that a held one waits for. */
export interface WaitedFor {
  mutationId: string;
  /** Where it stands here, and what it is; null where it is not on its way from this desk. */
  state: SyncState | null;
  name: string | null;
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
  /** Set while a person holds sending back to look at a dry run; null while it goes on by itself. */
  heldBack: HeldBack | null;
  /** True after a long outage: what waits is old enough to be looked at before it is sent. */
  reviewOffered: boolean;
  cursor: string;
  /** Until when central's facts are known here; null before the first pull. */
  asOf: number | null;
  /** True while the first fill, or a long catch-up, is going on. */
  filling: boolean;
  /**
   * Of what this desk fetches whole: rows that are here, of how many about, and what comes next (null while the end is
   * waited for). Null when nothing is.
   */
  fill: { rows: number; ofRows: number; kind: RowKind | null } | null;
  /** What of the exchange stands still though the line is there; it is mended by itself. Null when all goes on. */
  stall: { runner: string; reason: 'hangs' | 'overdue' | 'not planned' | 'no receipts'; forMs: number } | null;
  roundTripMs: number | null;
  /** Central's clock less this machine's. */
  clockOffsetMs: number | null;
  /** Since when central can't tell what is new, because a writer of its database does not end; null when it can. */
  feedHeldSince: number | null;
}

/** A fault that was found in central's rows here. */
export interface AlarmRow {
  alarmId: string;
  /** `tooMany` faulty rows to name: the scope fills anew. `search`: an index did not find what is there. */
  what: 'rows' | 'tooMany' | 'search';
  at: number;
  /** The kind of rows. */
  kind: string;
  /** How many rows; the first few are named. */
  count: number;
  /** `label`: what people call it; empty where nobody does. */
  rows: { key: string; fault: 'missing' | 'extra' | 'different'; label: string }[];
  mended: boolean;
}

export interface VerifyAnswer {
  equal: boolean;
  at: string;
  here: DigestTable;
  central: DigestTable;
  /** Kinds of rows whose count or digest differed; they are mended by now, or an alarm says that they are not. */
  different: string[];
  /** Alarms that this verification raised. */
  alarms: number;
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
  /** True where nothing is to be done but to take note: of a number that changed. */
  notice: boolean;
  /** As in the queue. */
  waitsFor: WaitedFor[];
  heldSince: number | null;
}

export interface AttentionServices {
  list(language: Language): AttentionItem[];
  /** Somebody has seen what was done to this order by itself. */
  dismiss(orderId: string): void;
}

export interface HeldBack {
  since: number;
  /** When sending goes on by itself; null while the line is cut, for nothing could be sent. */
  until: number | null;
}

/** One order's mutation, as central would judge it now. */
export interface DryRunRow {
  mutationId: string;
  orderId: string;
  number: string;
  customerName: string;
  name: string;
  currency: Currency;
  outcome: 'applied' | 'refused' | 'held' | 'unreadable';
  /** As it was saved here, and at the prices of now; null where there is nothing to be told. */
  totalWasMinor: number;
  totalNowMinor: number | null;
  /** Lines whose price is another: ten-thousandths. */
  prices: { line: number; product: string; was: number; now: number }[];
  /** Lines that come to another amount, with promotions and tax: minor units. */
  amounts: { line: number; product: string; wasMinor: number; nowMinor: number }[];
  /** Lines that are short: thousandths of the base unit. */
  stock: { line: number; product: string; wantedBase: number; availableBase: number }[];
  /** What would be said of it, in words. */
  issues: SpokenIssue[];
}

export interface DryRunAnswer {
  /** As of when, by central's clock. */
  at: number;
  rows: DryRunRow[];
  /** Mutations further back in the queue that were not asked about. */
  notAsked: number;
}

export interface OrdersOutFile {
  fileName: string;
  /** JSON (src-shared/protocol/orders-out.ts). */
  text: string;
  entries: number;
}

export interface SyncServices {
  status(): SyncStatus;
  queue(language: Language): QueueEntry[];
  /** Asks for an attempt at once; resolves when it was made. */
  now(): Promise<SyncStatus>;
  verify(): Promise<VerifyAnswer>;
  /** The books of one business day of this desk's branch, here and at central. */
  compareDay(day: string): Promise<DayComparison>;
  /** Puts right what differs, and compares anew. */
  mendDay(day: string): Promise<DayComparison>;
  /** Says whether this desk has the order open to change it. @returns who else has; null where that can't be known. */
  presence(of: { orderId: string; editing: boolean }): Promise<OrderEditor[] | null>;
  /** Those that nobody has acknowledged, the newest first. */
  alarms(): AlarmRow[];
  acknowledgeAlarm(alarmId: string): AlarmRow[];
  /** What central would say to what waits, without sending it. */
  dryRun(language: Language): Promise<DryRunAnswer>;
  /** Holds sending back for a review, within a bound; or lets it go on at once. */
  holdBack(hold: boolean): SyncStatus;
  /** Unsettled mutations as a file that a person can carry to central; all of them, or those named. */
  ordersOut(mutationIds?: readonly string[]): OrdersOutFile;
}
