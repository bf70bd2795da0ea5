/**
 * Actors: the simulated processes (a desk's life, a node of central, the office). They share one real process; whose
 * code is running follows the asynchronous context, so that a crash can end one of them and leave the others alone.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface Actor {
  readonly name: string;
  /** What a dead one planned never happens, and nobody hears its answers. */
  alive: boolean;
  /** Milliseconds by which its machine's clock is off. */
  clockErrorMs: number;
}

const context = new AsyncLocalStorage<Actor>();

export function actorNow(): Actor | undefined {
  return context.getStore();
}

/** Runs `work`, and all that comes of it, as the actor's. */
export function actAs<T>(actor: Actor, work: () => T): T {
  return context.run(actor, work);
}

export function newActor(name: string): Actor {
  return { name, alive: true, clockErrorMs: 0 };
}
