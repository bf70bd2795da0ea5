/** The people at one desk: they place, amend and cancel orders all the time, whatever else happens. */
import { TRPCClientError } from '@trpc/client';
import type { AppRouter } from '../../src-main/api/router.ts';
import type { Chance } from '../fault-proxy/random.ts';
import { newOrderId } from '../support/office.ts';
import type { Ledger, Told } from './ledger.ts';
import { ACT_DEADLINE_MS, ACT_EVERY_MS } from './limits.ts';
import type { SoakDesk, Stage } from './stage.ts';

export interface People {
  /** Resolves when the act that is under way has its answer, or none. */
  rest(): Promise<void>;
}

export function putToWork(parts: { stage: Stage; desk: SoakDesk; ledger: Ledger; chance: Chance }): People {
  const rest = new AbortController();
  const work = async (): Promise<void> => {
    while (!rest.signal.aborted) {
      await actOnce(parts);
      await new Promise((resolve) => setTimeout(resolve, ACT_EVERY_MS * parts.chance.next()));
    }
  };
  const done = work();
  return {
    rest: () => {
      rest.abort();
      return done;
    },
  };
}

async function actOnce({ stage, desk, ledger, chance }: Parameters<typeof putToWork>[0]): Promise<void> {
  const { program } = desk;
  if (!program) return;
  const { api } = program;
  const known = ledger.saved().filter((told) => branchOf(stage, told) === desk.branch);
  const dice = chance.next();
  const found = known.length > 0 && dice > 0.6 ? known.slice(-40)[chance.below(Math.min(40, known.length))] : undefined;
  const signal = AbortSignal.timeout(ACT_DEADLINE_MS);
  if (!found) {
    const orderId = newOrderId();
    const told = ledger.asked(orderId, desk.index);
    const order = { orderId, ...contentOf(stage, desk, chance) };
    await heard({ ledger, told, what: 'place' }, async () => {
      told.number = (await api.orders.place.mutate(order, { signal })).number;
    });
    // The answer got lost: people ask again, and must get what was saved, once.
    const again = told.unanswered > 0 ? desk.program?.api : undefined;
    if (again) {
      await heard({ ledger, told, what: 'place again' }, async () => {
        told.number = (await again.orders.place.mutate(order)).number;
        told.unanswered -= 1;
      });
    }
  } else if (dice > 0.92) {
    await heard({ ledger, told: found, what: 'cancel' }, () =>
      api.orders.cancel.mutate({ orderId: found.orderId, reason: 'soak' }, { signal }),
    );
  } else {
    const content = contentOf(stage, desk, chance);
    await heard({ ledger, told: found, what: 'amend' }, () =>
      api.orders.amend.mutate({ orderId: found.orderId, ...content }, { signal }),
    );
  }
}

function branchOf(stage: Stage, told: Told): string | undefined {
  return stage.desks[told.desk]?.branch;
}

function contentOf({ house }: Stage, desk: SoakDesk, chance: Chance) {
  const customer = house.customers[desk.branch === 'PD' ? chance.pick(['C1', 'C2']) : 'C3'];
  const codes = ['P1', 'P3', 'P4', 'P5'].filter(() => chance.happens(0.6));
  return {
    customerId: customer?.customerId ?? '',
    lines: (codes.length > 0 ? codes : ['P1']).map((code) => ({
      productId: house.products[code]?.productId ?? '',
      unit: 'piece',
      quantity: 1 + chance.below(code === 'P5' ? 4 : 20),
    })),
    note: chance.happens(0.2) ? '请送到后门' : '',
  };
}

/** Whether the desk said that it is saved, said no, or said nothing. */
async function heard(
  { ledger, told, what }: { ledger: Ledger; told: Told; what: string },
  act: () => Promise<unknown>,
): Promise<void> {
  try {
    await act();
    told.acknowledged += 1;
    ledger.count(`${what}: saved`);
  } catch (error) {
    if (error instanceof TRPCClientError && error.data) {
      // The desk's own rules, or a desk that restarts: nothing was saved.
      ledger.count(`${what}: not taken (${codeOf(error)})`);
      return;
    }
    told.unanswered += 1;
    ledger.count(`${what}: no answer`);
  }
}

function codeOf(error: TRPCClientError<AppRouter>): string {
  const data: { app?: { code?: string }; code?: string } = error.data ?? {};
  return data.app?.code ?? data.code ?? 'unknown';
}
