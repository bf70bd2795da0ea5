/**
 * Which of central's addresses is asked. Any of them is as good as another, but the first is the one that a house
 * wants used: what works is stayed with, and while it isn't the first, the first is asked now and then whether it is
 * well again, and gone back to. The poke stream and the requests go to the same one.
 */
import { RETURN_PROBE_MS } from './limits.ts';

export interface Addresses {
  readonly count: number;
  /** The origin to ask; undefined when there is none. */
  now(): string | undefined;
  /** Moves on from an origin that failed, unless another request has done so already. */
  leave(origin: string): void;
  /** The first address when it is time to ask it; nobody else is told so until then. */
  dueProbe(): string | undefined;
  /** The first address answers again. */
  returnToFirst(): void;
}

export interface AddressesParts {
  monotonicNow: () => number;
  /** From 0 to 1: a thousand desks must not return in step. */
  random: () => number;
  probeMs?: number;
}

export function createAddresses(origins: readonly string[], parts: AddressesParts): Addresses {
  const { monotonicNow, random, probeMs = RETURN_PROBE_MS } = parts;
  let current = 0;
  let probeAt = Infinity;
  const planProbe = (): void => {
    probeAt = monotonicNow() + probeMs * (1 + random());
  };
  return {
    count: origins.length,
    now: () => origins[current],
    leave: (origin) => {
      if (origins[current] !== origin || origins.length < 2) return;
      current = (current + 1) % origins.length;
      planProbe();
    },
    dueProbe: () => {
      if (current === 0 || monotonicNow() < probeAt) return undefined;
      planProbe();
      return origins[0];
    },
    returnToFirst: () => {
      current = 0;
    },
  };
}
