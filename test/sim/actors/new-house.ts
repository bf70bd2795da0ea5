/**
 * A second house on the same PostgreSQL, with a database that is empty: two nodes of central start on it at once, and
 * are killed before or after any statement of their migration, until so many have been. Its transactions hold the other
 * database's feed back now and then, for the gate is the cluster's.
 */
import { migrateCentral } from '../../../src-central/db/migrate.ts';
import type { GatedStatement } from '../database/statement-gate.ts';
import { NEW_HOUSE } from '../limits.ts';
import type { Actor } from '../world/actor.ts';
import type { World } from '../world/world.ts';
import { SimNode, type NodeParts } from './sim-node.ts';

export class NewHouse {
  readonly nodes: SimNode[];
  /** When its nodes begin and when the schema was found to be right. */
  state: 'not begun' | 'beginning' | 'up' = 'not begun';
  /** Lives that are still to be cut off. */
  kills: number;
  readonly #world: World;
  readonly #migrated = new Set<SimNode>();
  /** Statements of each life until it is. */
  readonly #left = new Map<Actor, number>();

  constructor(parts: Omit<NodeParts, 'name' | 'prepare' | 'chunkRows'>) {
    this.#world = parts.world;
    this.kills = NEW_HOUSE.kills;
    this.nodes = ['m1', 'm2'].map((name) => {
      const node: SimNode = new SimNode({
        ...parts,
        name,
        chunkRows: undefined,
        prepare: async (db) => {
          this.#migrated.delete(node);
          await migrateCentral(db);
          this.#migrated.add(node);
        },
      });
      return node;
    });
  }

  /** The node that is to die with this statement, if it is one of a migration. */
  dyingWith(statement: GatedStatement): SimNode | undefined {
    const { actor } = statement;
    const node = this.nodes.find((each) => each.actor === actor);
    if (!node || this.kills === 0 || this.#migrated.has(node)) return undefined;
    const left = (this.#left.get(actor) ?? this.#world.random.between(1, NEW_HOUSE.statements)) - 1;
    this.#left.set(actor, left);
    if (left > 0) return undefined;
    this.kills -= 1;
    return node;
  }
}
