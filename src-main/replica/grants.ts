/**
 * What central gives and takes. A grant's row is written like any other; here is what follows from it.
 *
 * A scope that is taken away and given back within one page has been away: its changes in between were not sent. So it
 * leaves, rows and all, and is filled anew.
 */
import type { Change } from '../../src-shared/protocol/change.ts';
import { perStore, type Store, type StoreReader, type WriteTx } from '../store/store.ts';
import { rowWriters } from './row-writers.ts';
import { ensureScope, findScope, heldScopes, leaveScope } from './scopes.ts';

const grantedScopes = perStore((store: StoreReader) =>
  store.query<Record<string, never>, { scope: string }>((db) => db.selectFrom('scope_grant').select('scope')),
);

/** To be called before the page's other rows are written; the grants are then old news to them. */
export function followGrants(store: Store, tx: WriteTx, changes: readonly Change[]): void {
  const { grant } = rowWriters(store);
  for (const change of changes) {
    if (change.kind !== 'grant') continue;
    const scopeId = ensureScope(store, tx, { name: change.scope, state: 'joined' });
    const stamp = { rev: change.rev, scopeId };
    if (change.op === 'remove') {
      if (grant.remove(tx, change.key, stamp)) leaveScope(store, tx, change.key as Change['scope']);
    } else if (grant.put(tx, change.row, stamp) && !findScope(store, change.row.scope)) {
      ensureScope(store, tx, { name: change.row.scope, state: 'filling' });
    }
  }
}

/**
 * What is held without a grant, once all grants are known: months that central had let go of before this desk knew of
 * grants at all.
 */
export function leaveUngranted(store: Store, tx: WriteTx): void {
  const granted = new Set(
    grantedScopes(store)
      .all({})
      .map(({ scope }) => scope),
  );
  if (granted.size === 0) return;
  const held = heldScopes(store);
  // While the grants themselves are being fetched, some may be missing.
  if (held.some(({ name, state }) => name.startsWith('device:') && state === 'filling')) return;
  for (const { name, state } of held) {
    if ((state === 'joined' || state === 'filling') && !granted.has(name))
      leaveScope(store, tx, name as Change['scope']);
  }
}
