/** What a benchmark asks of a desk in a process of its own, and what it answers. */
import type { GivenOrder } from '../../src-main/api/desk-services.ts';

export type NewOrder = GivenOrder & { orderId: string };

/** Milliseconds of a clock that all processes of the machine share. */
export type Moment = [orderId: string, atMs: number];

export interface Ask {
  open: { dataDir: string; centralUrl: string };
  enrol: { centralUrl: string; code: string; userName: string; password: string };
  /** Until its first fill is done. */
  filled: object;
  place: { orders: NewOrder[] };
  /** So many each second; answers when each was saved. */
  placeAtPace: { orders: NewOrder[]; perSecond: number };
  /** Until nothing waits any more. */
  settled: object;
  /** From now on: when each order came into sight here. */
  watch: object;
  seen: object;
  close: object;
}

export interface Answer {
  open: { atMs: number };
  enrol: object;
  filled: object;
  place: object;
  placeAtPace: { saved: Moment[] };
  settled: { atMs: number };
  watch: object;
  seen: { seen: Moment[] };
  close: object;
}

export type Message = { [W in keyof Ask]: { what: W; of: Ask[W] } }[keyof Ask];
export type Reply = { failed: string } | { answer: Answer[keyof Answer] };

export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1_000_000;
}
