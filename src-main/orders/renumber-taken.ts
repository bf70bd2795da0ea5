/**
 * An order whose number another one had first. Two copies of a desk's file may have given one number twice before either
 * knew of the other; the second to arrive is refused, and gets a fresh number here, without a person: nothing is wrong
 * with what the customer ordered.
 *
 * Guarantees: what is sent again is the order as it was, under a new number, and stands in for what was refused; the
 * change of the number is shown until somebody has seen it. A refusal for more reasons than the number is left to people.
 */
import { sql } from 'kysely';
import type { MutationId } from '../../src-shared/domain/ids.ts';
import type { Actor } from '../../src-shared/mutations/actor.ts';
import type { MutationIntent } from '../../src-shared/mutations/registry.ts';
import { MUTATIONS } from '../../src-shared/mutations/registry.ts';
import { MAX_DEPENDS_ON } from '../../src-shared/protocol/limits.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import type { Signer } from '../identity/identity.ts';
import { signerOfSession } from '../identity/sessions.ts';
import { enqueue } from '../outbox/enqueue.ts';
import { readIssues, readLane, type StoredIntent } from '../outbox/intent.ts';
import { orderOfLane } from '../outbox/lane.ts';
import { rebuildOverlay } from '../replica/overlay.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import { nextNumber } from './next-number.ts';
import { noteNumberChange } from './notices.ts';
import { announceOrder } from './write-down.ts';
import type { OrderDeskParts } from './parts.ts';

interface TakenRow {
  lane: string;
  mutation_id: string;
  body: string;
  issues: string;
  answer: string;
}

const statements = perStore((store: Store) => ({
  // The last word of its lane: a later mutation has its own verdict to wait for.
  taken: store.query<Record<string, never>, TakenRow>(
    () => sql<TakenRow>`
      select lane, mutation_id, body, issues, answer from outbox
      where state = 'refused' and instr(issues, 'order.numberTaken') > 0
        and not exists (select 1 from outbox later where later.lane = outbox.lane and later.seq > outbox.seq)
      order by seq`,
  ),
}));

/** To be called when receipts have come, and when somebody has signed in. @returns how many orders it gave a number. */
export function renumberTaken(parts: OrderDeskParts): number {
  const { store, identity } = parts;
  const desk = identity.desk();
  if (!desk) return 0;
  let renumbered = 0;
  for (const row of statements(store).taken.all({})) {
    const orderId = orderOfLane(row.lane);
    const issues = readIssues(row.issues).filter(({ severity }) => severity === 'error');
    if (orderId === undefined || issues.length !== 1) continue;
    const intents = readLane(store, row.lane);
    const signer = identity.signer() ?? signerOfSession(store, sessionIn(row.body), parts.platform.now());
    const last = intents.at(-1);
    // Nobody is signed in, and who made it no longer is: it waits for the next who signs in.
    if (!last?.content || !signer) continue;
    store.transaction((tx) => writeAgain(parts, tx, { row, intents, last, signer }));
    announceOrder(parts, orderId);
    renumbered += 1;
  }
  return renumbered;
}

function sessionIn(body: string): string {
  return (JSON.parse(body) as { sessionId: string }).sessionId;
}

interface Again {
  row: TakenRow;
  intents: readonly StoredIntent[];
  last: StoredIntent;
  signer: Signer;
}

function writeAgain(parts: OrderDeskParts, tx: WriteTx, { row, intents, last, signer }: Again): void {
  const { store, platform } = parts;
  const desk = parts.identity.desk();
  if (!desk || !last.content) return;
  const { intent, effect } = last.content;
  const nowMs = platform.now();
  const mutationId = uuidV7(nowMs, platform.randomBytes(10)) as MutationId;
  const number = nextNumber(store, tx, desk);
  const again = { ...intent, args: { ...intent.args, number } } as MutationIntent;
  const body = JSON.stringify({
    id: mutationId,
    incarnationId: desk.incarnationId,
    lane: row.lane,
    dependsOn: intents.map((each) => each.mutationId).slice(-MAX_DEPENDS_ON),
    name: again.name,
    schemaVersion: MUTATIONS[again.name].schemaVersion,
    args: again.args,
    businessDate: businessDay(nowMs, desk.branch.timeZone),
    madeAt: nowMs,
    sessionId: signer.sessionId,
  });
  const by: Pick<Actor, 'userId' | 'userName'> = { userId: signer.userId, userName: signer.displayName };
  enqueue(store, tx, {
    mutationId,
    lane: row.lane,
    name: again.name,
    body,
    ...signer.sign(body),
    dependsOn: JSON.stringify(intents.map((each) => each.mutationId).slice(-MAX_DEPENDS_ON)),
    answer: JSON.stringify({ ...(JSON.parse(row.answer) as object), number, sync: 'waiting' }),
    effect: JSON.stringify({ ...effect, by: { ...effect.by, ...by } }),
    madeAt: nowMs,
  });
  const { orderId } = intent.args;
  noteNumberChange(store, tx, { orderId, from: intent.args.number, to: number, nowMs });
  rebuildOverlay(store, tx, orderId);
}
