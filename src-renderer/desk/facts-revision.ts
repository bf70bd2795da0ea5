/** Counts how often prices, stock, products or customers changed: what is being typed is then checked again. */
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let revision = 0;

export function noteFactsChanged(): void {
  revision += 1;
  for (const listener of listeners) listener();
}

export function useFactsRevision(): number {
  return useSyncExternalStore(subscribe, () => revision);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
