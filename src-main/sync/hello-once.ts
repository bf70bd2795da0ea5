/**
 * Says hello, so that central knows which file speaks. No timers: the sync loop and the simulation both call it.
 *
 * Guarantees: what the answer changes (incarnation, epoch, the life that is confirmed) changes in one transaction, so
 * that a crash leaves the file as it was, and the next hello gets the same answer. Orders, intents and journal stay.
 */
import { randomUUID } from 'node:crypto';
import type { HelloRequest, HelloResponse } from '../../src-shared/protocol/hello.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { moveToEpoch } from '../identity/enrolment-record.ts';
import { adoptIncarnation, highestSeq, suspectedOf } from '../identity/incarnation.ts';
import { beginLife, confirmLife, type Lives } from '../identity/lives.ts';
import { certificatesOf } from '../identity/sessions.ts';
import { newestReceipt } from '../outbox/journal.ts';
import { reofferSent } from '../outbox/sending.ts';
import { beginAnew } from '../replica/begin-anew.ts';
import { readPosition } from '../replica/cursor.ts';
import { BUILD } from './build.ts';
import { beginReoffer, hasUnknown } from './reoffer-once.ts';
import type { SyncLine } from './sync-line.ts';

interface Greeting {
  /** Begun in this run, and not confirmed yet. */
  lives: Lives | undefined;
  running: Promise<void> | undefined;
}

const greetings = new WeakMap<SyncLine, Greeting>();

/**
 * Runs `ask` once central knows this file; says hello first where it does not.
 *
 * @throws what `ask` throws. After EPOCH_CHANGED and HELLO_FIRST the next call says hello again.
 */
export async function greeted<T>(line: SyncLine, signal: AbortSignal | undefined, ask: () => Promise<T>): Promise<T> {
  if (line.life === undefined) await greet(line, signal);
  try {
    return await ask();
  } catch (error) {
    if (isStale(error)) line.life = undefined;
    throw error;
  }
}

function isStale(error: unknown): boolean {
  return error instanceof AppError && (error.data.code === 'EPOCH_CHANGED' || error.data.code === 'HELLO_FIRST');
}

/** One hello at a time: push and pull begin side by side. */
async function greet(line: SyncLine, signal: AbortSignal | undefined): Promise<void> {
  const greeting = greetings.get(line) ?? { lives: undefined, running: undefined };
  greetings.set(line, greeting);
  greeting.running ??= helloOnce(line, greeting, signal).finally(() => {
    greeting.running = undefined;
  });
  await greeting.running;
}

async function helloOnce(line: SyncLine, greeting: Greeting, signal: AbortSignal | undefined): Promise<void> {
  // The same again after a lost answer: central then knows it already.
  const lives = (greeting.lives ??= beginLife(line.store, randomUUID()));
  const answer = await line.transport.hello(helloOf(line, lives), { token: line.token, signal });
  const renamed = takeIn(line, answer, lives);
  greeting.lives = undefined;
  line.life = lives.now;
  if (renamed.forked === undefined && !renamed.newEpoch) return;
  reofferSent(line.store);
  line.onRenamed?.(renamed);
}

function helloOf(line: SyncLine, { before, now }: Lives): HelloRequest {
  const { store, epoch, incarnationId, incarnationCode, machine } = line;
  return {
    protocol: PROTOCOL_VERSION,
    epoch,
    cursor: readPosition(store).cursor,
    incarnationId,
    incarnationCode,
    life: { before, now },
    highestSeq: highestSeq(store),
    machine,
    build: BUILD,
    suspect: suspectedOf(store) ?? null,
    newest: newestReceipt(store, epoch),
    sessions: certificatesOf(store),
  };
}

function takeIn(line: SyncLine, answer: HelloResponse, lives: Lives) {
  const { store } = line;
  const position = readPosition(store);
  const newEpoch = answer.epoch !== line.epoch || (position.epoch !== undefined && position.epoch !== answer.epoch);
  const forked = answer.outcome === 'forked' ? answer : undefined;
  store.transaction((tx) => {
    if (forked) adoptIncarnation(store, tx, forked);
    if (newEpoch) {
      moveToEpoch(store, tx, answer.epoch);
      beginAnew(store, tx);
      beginReoffer(store, tx, answer.epoch);
    }
    // Also what central could not take back before, for want of its key.
    else if (hasUnknown(store, answer.epoch)) beginReoffer(store, tx, answer.epoch);
    confirmLife(store, tx, lives.now);
  });
  line.epoch = answer.epoch;
  if (forked) {
    line.incarnationId = forked.incarnationId;
    line.incarnationCode = forked.incarnationCode;
  }
  return { forked: forked?.reason, newEpoch };
}
