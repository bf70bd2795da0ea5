/**
 * Who keeps central's database: takes backups of it, has a standby that follows it, and puts the one or the other in its
 * place. What the house may forget is told to the desks by backups that are real: `newest` is never older than what they
 * were told of.
 */
import { ClusterBackup, untilWritable, type ComesBackAs } from '../database/cluster-backup.ts';
import type { SimPostgres } from '../database/sim-postgres.ts';
import type { Control } from '../database/control.ts';
import type { OrdersOfThePast } from '../invariants/journals.ts';
import type { Seen } from '../../../src-central/identity/witness.ts';
import { LEAST_STEPS_LOST, RESTORING_SEEDS, STANDBY_SEEDS } from '../limits.ts';
import type { SeededRandom } from '../world/seeded-random.ts';

export interface Kept {
  backup: ClusterBackup;
  /** When it began. */
  atMs: number;
  atStep: number;
  /** The nodes' witnesses as they lay beside it. */
  witnesses: ReadonlyMap<string, Seen | undefined>;
  /** At which step the standby heard of the log for the last time; undefined once its cluster has gone. */
  heardAtStep: number | undefined;
}

export class DatabaseKeeper {
  readonly #postgres: SimPostgres;
  /** Whether this seed's database is put back from backups, and whether it has a standby: both cost time. */
  restores = false;
  hasStandby = false;
  newest: Kept | undefined;
  /** When a desk's file went back in time for the last time: what central loses with it is on no disk any more. */
  deskForgotAtStep = -1;
  /** It has gone back, and the desks may be the only ones yet that have what is lost. */
  desksMustRemember = false;
  /** The orders that there were, each time it went back since the last quiet point. */
  readonly pasts: OrdersOfThePast[] = [];
  #taken = 0;

  constructor(postgres: SimPostgres) {
    this.#postgres = postgres;
  }

  plan(random: SeededRandom): void {
    this.restores = random.chance(RESTORING_SEEDS);
    this.hasStandby = random.chance(STANDBY_SEEDS);
  }

  /** So that something is lost, and nothing of it to a desk as well. */
  mayGoBackTo(atStep: number | undefined, steps: number): boolean {
    if (atStep === undefined || steps - atStep < LEAST_STEPS_LOST) return false;
    return this.deskForgotAtStep <= atStep;
  }

  async backUp(of: Omit<Kept, 'backup' | 'heardAtStep'>): Promise<void> {
    this.#taken += 1;
    const backup = await ClusterBackup.take(this.#postgres, `backup-${this.#taken}`);
    this.newest?.backup.remove();
    this.newest = { ...of, backup, heardAtStep: of.atStep };
  }

  async streamLog(kept: Kept, atStep: number): Promise<void> {
    await kept.backup.streamLog();
    kept.heardAtStep = atStep;
  }

  /** While nobody is connected but the simulation itself. */
  async putInPlace(kept: Kept, as: ComesBackAs, control: Control): Promise<void> {
    await control.whileAlone(async () => {
      await this.#postgres.restart(() => kept.backup.putInPlace(as));
      await untilWritable(this.#postgres.url, as);
    });
    // What it followed is not there any more.
    kept.heardAtStep = undefined;
    this.desksMustRemember = true;
  }
}
