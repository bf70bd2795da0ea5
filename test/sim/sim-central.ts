/** Central for the simulation: the real program in this process, on a real PostgreSQL, one database for each seed. */
import { sql } from 'kysely';
import type { CentralDb } from '../../src-central/db/schema.ts';
import { isTransientFault } from '../../src-central/db/transient-fault.ts';
import { startTestCentral, type TestPostgres } from '../support/central-fixture.ts';
import { setOnHand, TEST_PASSWORD } from '../support/test-house.ts';
import type { Enrolment } from './sim-desk.ts';

/** Few enough that two desks soon want the same last pieces. */
const ON_HAND_PIECES = 60;

/** More than the pool has connections. */
const RECONNECT_ATTEMPTS = 50;

export interface SimCentral {
  url: string;
  db: CentralDb;
  /** Of the branch whose desks are simulated: what is sold by the piece and the case, and who buys. */
  catalogue: { customers: string[]; products: string[] };
  invitation(): Promise<Enrolment>;
  restart(): Promise<void>;
  /** Ends every connection of central to its database, once, while `work` is under way. */
  killConnectionsDuring(work: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function startSimCentral(postgres: TestPostgres): Promise<SimCentral> {
  // Faults of the database are this simulation's own doing: the log would only hide its report.
  const central = await startTestCentral(postgres, { logLevel: 'silent' });
  const { pudong, products, customers } = central.house;
  const sold = ['P1', 'P3', 'P4', 'P5'].map((code) => products[code]);
  for (const product of sold) {
    await setOnHand(central.db, { branch: pudong, product, onHand: ON_HAND_PIECES * 1_000 });
  }
  return {
    url: central.url,
    db: central.db,
    catalogue: {
      products: sold.flatMap((product) => (product ? [product.productId] : [])),
      customers: ['C1', 'C2'].flatMap((code) => customers[code]?.customerId ?? []),
    },
    invitation: async () => ({
      code: await central.createEnrolmentCode(pudong.code),
      userName: 'clerk',
      password: TEST_PASSWORD,
    }),
    restart: () => whenConnected(() => central.restart()),
    killConnectionsDuring: async (work) => {
      const working = work();
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(central.db);
      await working;
      await whenConnected(() => sql`select 1`.execute(central.db));
    },
    stop: () => central.stop(),
  };
}

/** The pool learns of its dead connections one by one; what meets one meanwhile is tried again, as its keeper would. */
async function whenConnected<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === RECONNECT_ATTEMPTS || !isTransientFault(error)) throw error;
    }
  }
}
