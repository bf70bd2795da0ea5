/** What people do at a desk. Everything goes through the desk's services, as a screen's clicks do. */
import { uuidV7 } from '../../../src-shared/domain/uuid-v7.ts';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import { lineAllocatedBase, lineReturnableBase } from '../../../src-shared/domain/lifecycle/fulfilment.ts';
import type { GivenMoved, GivenStep, OrderDetail } from '../../../src-main/api/desk-services.ts';
import type { Scene, Seat } from '../scene.ts';
import { notePromise } from '../invariants/promises.ts';
import { Violation } from '../violation.ts';

/** How many orders are for what is set aside, at a desk that has leases. */
const ORDERS_OF_LEASED = 0.6;

export const DOINGS = {
  place: 26,
  amend: 11,
  'amend together': 3,
  cancel: 4,
  step: 10,
  repair: 6,
  'ask again': 3,
  'look at the screens': 3,
  'sync now': 3,
  verify: 4,
} as const;
export type Doing = keyof typeof DOINGS;

/** How often a person who amends has looked at what another made of the order; else that is said on saving. */
const COMPARES = 0.7;
/** How often a refused change is let go of where its order stands. */
const LETS_GO = 0.3;

export function doAtDesk(scene: Scene, seat: Seat, doing: Doing): void {
  switch (doing) {
    case 'place':
      place(scene, seat);
      return undefined;
    case 'amend':
      return amend(scene, seat);
    case 'amend together':
      return amendTogether(scene, seat);
    case 'cancel':
      return cancel(scene, seat);
    case 'step':
      return step(scene, seat);
    case 'repair':
      return repair(scene, seat);
    case 'ask again':
      return askAgain(scene, seat);
    case 'look at the screens':
      return look(scene, seat);
    case 'verify':
      return scene.spawn('verify', () => verify(seat));
    case 'sync now':
      return scene.spawn('sync now', () => seat.desk.useToTheEnd((services) => services.sync.now()));
  }
}

/**
 * @param only the one line of the order; left out, whatever comes to mind.
 * @returns the order's id when it was saved.
 */
export function place(scene: Scene, seat: Seat, only?: { productId: string; pieces: number }): string | undefined {
  const { random, nowMs } = scene.world;
  const customers = scene.house.customers.get(seat.branch) ?? [];
  // A move that failed, or a database that was put back, may have left a branch without any.
  if (customers.length === 0) return undefined;
  const lines = only ? [{ productId: only.productId, unit: 'piece', quantity: only.pieces }] : someLines(scene, seat);
  const placed = {
    orderId: uuidV7(nowMs, random.bytes(10)),
    customerId: random.pick(customers),
    lines,
    note: '🎄 备注',
  };
  const answer = command(scene, seat, () => seat.desk.use((desk) => desk.orders.place(placed, 'en')));
  if (!answer) return undefined;
  scene.saved(seat, { orderId: placed.orderId, number: answer.number, placed });
  if (answer.issues.length > 0) scene.world.tally.hit('outcome: saved with a warning');
  noteMutation(seat, placed.orderId);
  notePromise(scene, seat, placed.orderId);
  return placed.orderId;
}

function someLines(scene: Scene, seat: Seat) {
  const { random } = scene.world;
  const setAside = random.chance(ORDERS_OF_LEASED) ? leasedProducts(seat) : [];
  return Array.from({ length: random.between(1, setAside.length > 0 ? 2 : 5) }, () => ({
    productId: random.pick(setAside.length > 0 ? setAside : scene.house.products),
    unit: random.chance(0.2) ? 'case' : 'piece',
    quantity: random.between(1, 9),
  }));
}

/** What its desk holds leases of. */
function leasedProducts({ desk }: Seat): string[] {
  return desk.ask('select distinct product_id from stock_lease order by 1').map((row) => String(row['product_id']));
}

/** While central moves on: both sides are compared at one position, so they are equal at any time. */
async function verify(seat: Seat): Promise<void> {
  const { name } = seat.desk;
  const { equal, different } = await seat.desk.use((desk) => desk.sync.verify());
  if (!equal) throw new Violation(`${name} differs from central in ${different.join()}, in the midst of work`);
}

function askAgain(scene: Scene, seat: Seat): void {
  if (seat.saved.size === 0) return;
  const { placed, number, orderId } = scene.world.random.pick([...seat.saved.values()]);
  const again = command(scene, seat, () => seat.desk.use((desk) => desk.orders.place(placed, 'en')));
  if (again && again.number !== number) throw new Violation(`${orderId} was ${number} and is ${again.number}`);
}

/** Any order the desk can see may be amended, also another desk's: those two then meet at central. */
function amend(scene: Scene, seat: Seat): void {
  const order = anyOrder(scene, seat);
  if (order) amendOrder(scene, seat, order);
}

/** Every desk of the branch that has the order changes it, in its own way, before it hears of the others. */
function amendTogether(scene: Scene, seat: Seat): void {
  const order = anyOrder(scene, seat);
  if (!order?.open) return;
  scene.world.tally.hit('step: several amend one order');
  for (const each of scene.seats) {
    if (each.branch !== seat.branch || !each.desk.services) continue;
    const theirs = each.desk.use((desk) => {
      const { rows } = desk.orders.list({ text: order.number, offset: 0, limit: 1 });
      return rows[0] && desk.orders.get(rows[0].orderId, 'en');
    });
    if (theirs) amendOrder(scene, each, theirs);
  }
}

function amendOrder(scene: Scene, seat: Seat, order: OrderDetail): void {
  if (!order.open) return;
  const { random } = scene.world;
  const lines = order.lines.map(({ productId, unit, quantity }) => ({
    productId,
    unit,
    quantity: Math.max(1, quantity + random.between(-4, 4)),
  }));
  const { orderId, customerId, note } = order;
  const amended = { orderId, customerId, lines, note, ...(random.chance(COMPARES) ? seen(scene, order) : {}) };
  command(scene, seat, () => seat.desk.use((desk) => desk.orders.amend(amended, 'en')));
}

/** What a person names who has compared the own change with another's. */
function seen(scene: Scene, { conflict }: OrderDetail): { baseVersion?: number } {
  if (!conflict) return {};
  scene.world.tally.hit('step: a person compares two changes');
  return { baseVersion: conflict.version };
}

function cancel(scene: Scene, seat: Seat): void {
  const order = anyOrder(scene, seat);
  if (!order?.open) return;
  const { orderId } = order;
  const answer = command(scene, seat, () =>
    seat.desk.use((desk) => desk.orders.cancel({ orderId, reason: '客户取消' }, 'en')),
  );
  if (answer) noteMutation(seat, orderId);
}

/** Takes an order a step further: whatever its state and this person's role allow. */
function step(scene: Scene, seat: Seat): void {
  const order = anyOrder(scene, seat);
  const steps = order ? stepsOf(order) : [];
  if (!order || steps.length === 0) return;
  const taken = scene.world.random.pick(steps);
  const { orderId } = order;
  const answer = command(scene, seat, () => seat.desk.use((desk) => desk.orders.step({ orderId, step: taken }, 'en')));
  if (!answer) return;
  scene.world.tally.hit(`step: an order, ${taken.do}`);
  noteMutation(seat, orderId);
}

function stepsOf({ actions, lines, openMinor, history }: OrderDetail): GivenStep['step'][] {
  const moved = (of: (line: OrderDetail['lines'][number]) => number): GivenMoved =>
    lines
      .map((line, index) => ({ line: index, quantityBase: of(line) }))
      .filter(({ quantityBase }) => quantityBase > 0);
  const leaves = moved(lineAllocatedBase);
  const back = moved(lineReturnableBase);
  return actions.flatMap((action): GivenStep['step'][] => {
    switch (action) {
      case 'ship':
        return leaves.length === 0
          ? []
          : [
              { do: 'ship', moved: leaves },
              { do: 'ship', moved: leaves.slice(0, 1) },
            ];
      case 'return':
        return back.length === 0 ? [] : [{ do: 'return', moved: back, reason: '破损', restock: true }];
      case 'pay':
      case 'refund': {
        const minor = action === 'pay' ? openMinor : -openMinor;
        const money = { method: 'cash' as const, reference: '收据', on: '2026-06-15' };
        return minor > 0 ? [{ do: action, minor: Math.ceil(minor / 2), ...money }] : [];
      }
      case 'voidPayment': {
        const ofPayment = history.findLast(({ payment }) => payment)?.mutationId;
        return ofPayment ? [{ do: 'voidPayment', ofPayment, reason: '记错' }] : [];
      }
      case 'letGo':
        return [{ do: 'letGo' }];
      case 'approveOrder':
      case 'approveFinance':
        return [{ do: 'approve', review: action === 'approveFinance' ? 'finance' : 'order' }];
      case 'hold':
      case 'reject':
      case 'closeRest':
        return [{ do: action, reason: '缺货' }];
      case 'release':
      case 'allocate':
      case 'pick':
      case 'receive':
      case 'complete':
        return [{ do: action }];
      default:
        return [];
    }
  });
}

/** What a person does with an order that needs attention: the repair that is offered, or the order is cancelled. */
function repair(scene: Scene, seat: Seat): void {
  seat.desk.use((desk) => {
    const waiting = desk.attention.list('en');
    if (waiting.length === 0) return;
    // Refused placings are many: a change of an order that stands is looked at first now and then.
    const changes = waiting.filter(({ name }) => name !== 'order.place' && name !== '');
    const first = scene.world.random.pick(changes.length > 0 && scene.world.random.chance(0.5) ? changes : waiting);
    if (first.notice) return desk.attention.dismiss(first.orderId);
    const order = desk.orders.get(first.orderId, 'en');
    const repairs = first.issues.flatMap((issue) => issue.repairs);
    const lines = order.lines.flatMap(({ productId, unit, quantity }, index) => {
      const mend = repairs.find((one) => 'line' in one && one.line === index);
      if (mend?.kind === 'removeLine') return [];
      const taken = mend && 'quantity' in mend ? mend.quantity / 1_000 : quantity;
      return [{ productId, unit, quantity: taken }];
    });
    const { orderId, customerId, note } = order;
    const approval = repairs.some(({ kind }) => kind === 'askApproval');
    scene.world.tally.hit('step: a person repairs a refusal');
    if (order.actions.includes('letGo') && scene.world.random.chance(LETS_GO)) {
      scene.world.tally.hit('step: a person lets a refusal go');
      const left = command(scene, seat, () => desk.orders.step({ orderId, step: { do: 'letGo' } }, 'en'));
      if (left) noteMutation(seat, orderId);
      return;
    }
    const answer = command(scene, seat, () =>
      lines.length === 0 || repairs.length === 0
        ? desk.orders.cancel({ orderId, reason: '无货' }, 'en')
        : desk.orders.amend({ orderId, customerId, lines, note, approval, ...seen(scene, order) }, 'en'),
    );
    if (answer) noteMutation(seat, orderId);
  });
}

/** Reads must not fail, whatever else goes on. */
function look(scene: Scene, seat: Seat): void {
  const product = scene.world.random.pick(scene.house.products);
  seat.desk.use((desk) => {
    desk.orders.list({ offset: 0, limit: 50 });
    desk.attention.list('zh-CN');
    desk.sync.status();
    desk.sync.queue('zh-CN');
    desk.products.get(product);
    desk.customers.list({ offset: 0, limit: 20 });
  });
}

function anyOrder(scene: Scene, seat: Seat): OrderDetail | undefined {
  return seat.desk.use((desk) => {
    const { rows } = desk.orders.list({ offset: 0, limit: 30 });
    return rows.length === 0 ? undefined : desk.orders.get(scene.world.random.pick(rows).orderId, 'en');
  });
}

/** The intent that was just saved is the last of its order's queue. */
function noteMutation(seat: Seat, orderId: string): void {
  const last = seat.desk.use((desk) => desk.orders.get(orderId, 'en')).queue.at(-1);
  if (last) seat.mutations.add(last.mutationId);
}

/** Errors that a person is told in words, and that save nothing. */
const SAID_IN_WORDS: ReadonlySet<string> = new Set(['INPUT', 'SIGNED_OUT', 'DISK_FULL', 'NOT_ALLOWED', 'NOT_FOUND']);

/** A command may be refused at once, in words; then nothing was saved, and that is an outcome. */
function command<T>(scene: Scene, seat: Seat, work: () => T): T | undefined {
  try {
    const answer = work();
    // It died after a commit in there: nobody has seen the answer.
    return seat.desk.dead ? undefined : answer;
  } catch (error) {
    if (!(error instanceof AppError) || !SAID_IN_WORDS.has(error.data.code)) throw error;
    const { data } = error;
    scene.world.tally.hit(
      `outcome: not taken, ${data.code === 'INPUT' ? (data.issues[0]?.code ?? 'no reason') : data.code}`,
    );
    return undefined;
  }
}
