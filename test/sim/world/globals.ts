/**
 * Puts simulated time, chance and network in the place of the machine's, for a whole process. To be imported before
 * everything else: what has taken a function by its name keeps it. While no world is given, all is as it was.
 *
 * The code under test knows nothing of it: it calls `Date.now`, `setTimeout`, `http.request` and `randomUUID` as ever.
 */
import http, { type ClientRequest, type RequestOptions } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { actorNow } from './actor.ts';
import { workInPlace } from './in-place-zlib.ts';
import { real } from './real.ts';
import { seedCrypto } from './seeded-crypto.ts';
import { SimTimer, type SimTimers } from './timers.ts';

/** What a simulation puts in the machine's place. */
export interface SimulatedMachine {
  /** Unix milliseconds, the truth. */
  now(): number;
  timers: SimTimers;
  random(): number;
  randomBytes(count: number): Uint8Array;
  /** In the place of `http.request`, for hosts under `.sim`. */
  request: (url: string, options: RequestOptions) => ClientRequest;
  /** In the place of `fetch`: desks of earlier versions use it. */
  fetch: (url: string, init: RequestInit) => Promise<Response>;
}

let machine: SimulatedMachine | undefined;

/** From now on; `undefined` gives the real machine back. One at a time in a process. */
export function takeOver(by: SimulatedMachine | undefined): void {
  machine = by;
}

/** By the clock of the actor whose code is running. */
function clockNow(): number {
  return machine ? machine.now() + (actorNow()?.clockErrorMs ?? 0) : real.Date.now();
}

class SimulatedDate extends real.Date {
  constructor(...given: []) {
    if (given.length === 0) super(clockNow());
    else super(...given);
  }

  static override now(): number {
    return clockNow();
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof real.Date;
  }
}

const ownRandom = Math.random;
const ownRequest = http.request;
const ownFetch = globalThis.fetch;
const ownPerformanceNow = performance.now.bind(performance);
const { setInterval: ownSetInterval, clearInterval: ownClearInterval } = globalThis;
const ownTimeout = AbortSignal.timeout.bind(AbortSignal);

type Run = (...given: unknown[]) => void;

function install(): void {
  const plan =
    (repeating: boolean) =>
    (run: Run, delayMs = 0, ...given: unknown[]): unknown => {
      if (machine) return machine.timers.plan(() => run(...given), delayMs, repeating);
      return (repeating ? ownSetInterval : real.setTimeout)(run, delayMs, ...given);
    };
  const cancel =
    (own: (timer: never) => void) =>
    (timer: unknown): void => {
      if (timer instanceof SimTimer) timer.close();
      else own(timer as never);
    };
  Object.assign(globalThis, {
    Date: SimulatedDate,
    setTimeout: plan(false),
    setInterval: plan(true),
    clearTimeout: cancel(real.clearTimeout),
    clearInterval: cancel(ownClearInterval),
    fetch: (...given: [string, RequestInit]) => (machine ? machine.fetch(...given) : ownFetch(...given)),
  });
  Object.defineProperty(http, 'request', {
    value: (...given: [string, RequestOptions]) => (machine ? machine.request(...given) : ownRequest(...given)),
  });
  performance.now = () => (machine ? machine.now() : ownPerformanceNow());
  workInPlace();
  Math.random = () => (machine ? machine.random() : ownRandom());
  AbortSignal.timeout = (delayMs) => {
    if (!machine) return ownTimeout(delayMs);
    const abort = new AbortController();
    machine.timers.plan(() => abort.abort(new DOMException('The operation timed out.', 'TimeoutError')), delayMs);
    return abort.signal;
  };
  seedCrypto(() => machine && ((count) => machine?.randomBytes(count) ?? new Uint8Array(count)));
  syncBuiltinESMExports();
}

install();
