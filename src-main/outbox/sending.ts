/**
 * What happens to mutations on their way, short of a receipt. None of it ends one: `applied` and `refused` in a push's
 * answer are hints, and the state stays `sent` until the receipt comes by the feed, with its effect.
 */
import { sql } from 'kysely';
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';
import { GARBLED_ATTEMPTS } from './limits.ts';
import { reasonText } from './reason.ts';

const statements = perStore((store: Store) => ({
  sent: store.command<{ id: string; now: number }, never>(
    (_, p) => sql<never>`
      update outbox set state = 'sent', reason = null, last_sent_at = ${p.now}, attempts = attempts + 1
      where mutation_id = ${p.id} and state in ('waiting', 'sent', 'held')`,
  ),
  answered: store.command<{ id: string; state: string; reason: string | null; now: number }, never>(
    (_, p) => sql<never>`
      update outbox set state = ${p.state}, reason = ${p.reason}, last_sent_at = coalesce(last_sent_at, ${p.now}),
        held_since = case ${p.state} when 'held' then coalesce(held_since, ${p.now}) end
      where mutation_id = ${p.id} and state in ('waiting', 'sent', 'held')`,
  ),
  // Most answers say what is written already: writing it again would cost the whole row, and a wait for the disk.
  isSent: store.query<{ id: string }, { seq: number }>(
    (_, p) => sql<{ seq: number }>`
      select seq from outbox
      where mutation_id = ${p.id} and state = 'sent' and reason is null and last_sent_at is not null
        and held_since is null`,
  ),
  attempts: store.query<{ id: string }, { attempts: number }>((db, p) =>
    db.selectFrom('outbox').select('attempts').where('mutation_id', '=', p.id),
  ),
  // A quarantined one is offered again too where central may have learnt to read it, or who signed it; not when the order
  // has since got a later mutation, whose content stands for it. One that only builds on it waits for it.
  reoffer: store.command<{ sentUpTo: number; now: number }, never>(
    (_, p) => sql<never>`
      update outbox set state = case state when 'quarantined' then 'waiting' else state end, last_sent_at = null
      where (state in ('sent', 'held') and (last_sent_at <= ${p.sentUpTo} or last_sent_at > ${p.now}))
        or (state = 'quarantined' and (reason like 'unreadable%' or reason like 'unauthentic%')
          and not exists (select 1 from outbox later where later.lane = outbox.lane and later.seq > outbox.seq
            and not exists (select 1 from json_each(later.depends_on) needed where needed.value = outbox.mutation_id))
          and not exists (select 1 from journal later where later.lane = outbox.lane and later.seq > outbox.seq))`,
  ),
}));

/** To be called before the request leaves: afterwards, a crash would send again at once what may have arrived. */
export function markSent(store: Store, ids: readonly string[], nowMs: number): void {
  if (ids.length === 0) return;
  store.transaction((tx) => {
    for (const id of ids) statements(store).sent.run(tx, { id, now: nowMs });
  });
}

/** Notes what a push was answered. */
export function noteOutcomes(store: Store, outcomes: readonly PushOutcome[], nowMs: number): void {
  const { isSent } = statements(store);
  const news = outcomes.filter(
    ({ id, outcome }) => !((outcome === 'applied' || outcome === 'refused') && isSent.get({ id })),
  );
  if (news.length === 0) return;
  store.transaction((tx) => {
    for (const outcome of news) noteOutcome(store, tx, { outcome, nowMs });
  });
}

/** How often a mutation has been offered. */
export function sentTimes(store: Store, id: string): number {
  return statements(store).attempts.get({ id })?.attempts ?? 0;
}

function noteOutcome(store: Store, tx: WriteTx, { outcome, nowMs }: { outcome: PushOutcome; nowMs: number }): void {
  const note = (state: string, reason: string | null): void => {
    statements(store).answered.run(tx, { id: outcome.id, state, reason, now: nowMs });
  };
  switch (outcome.outcome) {
    case 'applied':
    case 'refused':
      return note('sent', null);
    case 'held':
      return note('held', reasonText('waitsFor', outcome.missing.join(' ')));
    case 'unreadable':
      return note('quarantined', reasonText('unreadable', outcome.reason));
    case 'unauthentic':
      // Its bytes were right when they left (next-batch.ts), so the way has spoilt them: offered again, like one whose
      // answer was lost. A person hears of it when it goes on.
      if (outcome.reason === 'hash' && sentTimes(store, outcome.id) < GARBLED_ATTEMPTS) return note('sent', null);
      return note('quarantined', reasonText('unauthentic', outcome.reason));
    case 'mismatch':
      return note('quarantined', reasonText('mismatch', `central has ${outcome.knownHash}`));
  }
}

/**
 * At start, and when the line is back: whatever has no receipt is due at once.
 *
 * @param of.sentUpTo only what was sent by then, by this machine's clock: what was sent afterwards has gone over the new
 *                    line. A time of sending that lies ahead of `nowMs` says nothing and counts as before.
 */
export function reofferSent(store: Store, of?: { sentUpTo: number; nowMs: number }): void {
  const { sentUpTo = Number.MAX_SAFE_INTEGER, nowMs = Number.MAX_SAFE_INTEGER } = of ?? {};
  store.transaction((tx) => statements(store).reoffer.run(tx, { sentUpTo, now: nowMs }));
}
