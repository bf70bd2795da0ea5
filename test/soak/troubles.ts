/** What goes wrong, at random and several at a time: lines, programs, the database. Each mends itself after a while. */
import type { Faults } from '../fault-proxy/faults.ts';
import type { Chance } from '../fault-proxy/random.ts';
import { TROUBLE_EVERY_MS, TROUBLE_LONGEST_MS, TROUBLE_SHORTEST_MS } from './limits.ts';
import type { Stage } from './stage.ts';

export interface Troubles {
  /** Lets nothing new go wrong, and resolves when all that did is mended. @throws what could not be. */
  rest(): Promise<void>;
}

interface Occasion {
  stage: Stage;
  chance: Chance;
  /** Resolves when this trouble has lasted long enough. */
  lasting: () => Promise<void>;
}

type Trouble = (of: Occasion) => Promise<void>;

const LINE_FAULTS: Record<string, (chance: Chance) => Partial<Faults>> = {
  'slow line': (chance) => ({ latencyMs: 100 + chance.below(1_400), jitterMs: chance.below(600) }),
  'narrow line': (chance) => ({ bytesPerSecond: 2_000 + chance.below(30_000) }),
  'resets in exchanges': () => ({ resetRate: 0.4 }),
  'black hole': () => ({ up: 'drop', down: 'drop' }),
  'nothing goes up': () => ({ up: 'drop' }),
  'nothing comes down': () => ({ down: 'drop' }),
  'connections broken at once': () => ({ accept: 'reset' }),
  'connections refused': () => ({ accept: 'refuse' }),
  'slow to connect': () => ({ acceptDelayMs: 3_000 }),
  'bits turned over': () => ({ corruptRate: 0.3 }),
  'bodies cut short': () => ({ truncateRate: 0.2 }),
};

const TROUBLES: Record<string, Trouble> = {
  ...Object.fromEntries(
    Object.entries(LINE_FAULTS).map(([name, faults]): [string, Trouble] => [
      name,
      async ({ stage, chance, lasting }) => {
        const { line } = chance.pick(stage.desks);
        await line.set(faults(chance));
        await lasting();
        await line.heal();
      },
    ]),
  ),
  'all connections reset': ({ stage, chance }) => Promise.resolve(chance.pick(stage.desks).line.resetAll()),
  'connections half-open': ({ stage, chance }) => Promise.resolve(chance.pick(stage.desks).line.forgetAll()),
  'desk killed': async ({ stage, chance, lasting }) => {
    const desk = chance.pick(stage.desks);
    const { program } = desk;
    if (!program) return;
    desk.program = null;
    await program.kill();
    await lasting();
    await desk.start();
  },
  'desk hung': async ({ stage, chance, lasting }) => {
    const { program } = chance.pick(stage.desks);
    program?.hang();
    await lasting();
    program?.resume();
  },
  'central killed': once('central', async ({ stage, lasting }) => {
    await stage.central?.kill();
    await lasting();
    await stage.startCentral();
  }),
  'central hung': once('central', async ({ stage, lasting }) => {
    stage.central?.hang();
    await lasting();
    stage.central?.resume();
  }),
  'PostgreSQL killed': once('PostgreSQL', ({ stage }) => stage.postgres.killAndRestart()),
  'a backend of PostgreSQL killed': once('PostgreSQL', ({ stage }) => stage.postgres.killOneBackend()),
  'PostgreSQL hung': once('PostgreSQL', async ({ stage, lasting }) => {
    const resume = await stage.postgres.hang();
    await lasting();
    resume();
  }),
  "central's line to PostgreSQL reset": ({ stage }) => Promise.resolve(stage.postgres.line.resetAll()),
};

const NAMES = Object.keys(TROUBLES);

/** Each of these strikes something that there is but one of: not twice at a time. */
function once(what: string, trouble: Trouble): Trouble {
  return async (of) => {
    const struck = struckOn.get(of.stage) ?? new Set();
    struckOn.set(of.stage, struck);
    if (struck.has(what)) return;
    struck.add(what);
    await trouble(of).finally(() => struck.delete(what));
  };
}
const struckOn = new WeakMap<Stage, Set<string>>();

/** @param counts how often each has struck; added to. */
export function makeTrouble(stage: Stage, chance: Chance, counts: Record<string, number>): Troubles {
  const under = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const calm = new AbortController();
  const lasting = (): Promise<void> =>
    wait(TROUBLE_SHORTEST_MS + chance.below(TROUBLE_LONGEST_MS - TROUBLE_SHORTEST_MS), calm.signal);
  const bag = new Bag(chance);
  const go = async (): Promise<void> => {
    while (!calm.signal.aborted) {
      const name = bag.next();
      counts[name] = (counts[name] ?? 0) + 1;
      const trouble = (TROUBLES[name]?.({ stage, chance, lasting }) ?? Promise.resolve())
        .catch((error: unknown) => void failures.push(error))
        .finally(() => under.delete(trouble));
      under.add(trouble);
      await wait(TROUBLE_EVERY_MS * chance.next(), calm.signal);
    }
  };
  const done = go();
  return {
    rest: async () => {
      calm.abort();
      await done;
      await Promise.all(under);
      if (failures.length > 0) throw new AggregateError(failures, `not mended: ${failures.map(String).join('; ')}`);
      for (const { line } of stage.desks) await line.heal();
    },
  };
}

/** Every trouble once, in an order of chance, and again: none may be left out of a short run. */
class Bag {
  readonly #chance: Chance;
  #left: string[] = [];

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  next(): string {
    if (this.#left.length === 0) this.#left = [...NAMES];
    const [name = ''] = this.#left.splice(this.#chance.below(this.#left.length), 1);
    return name;
  }
}

function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
