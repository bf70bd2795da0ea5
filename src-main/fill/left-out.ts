/**
 * After an update: fetches what central had left out for the build before, whose protocol did not have it. The position
 * in the feed is past those rows, so no pull would ever bring them.
 */
import { lacksSince } from '../../src-shared/protocol/kinds-since.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { heldScopes, refillScope } from '../replica/scopes.ts';
import { readMeta, writeMeta } from '../store/meta.ts';
import type { Store } from '../store/store.ts';

/** The version by which this file was filled and is kept up. Files of version 1 don't have it. */
const FED_BY = 'replica.protocol';

/** To be called before anything is pulled. Every row that is here stays on the screen meanwhile. */
export function fetchLeftOut(store: Store): void {
  const before = Number(readMeta(store, FED_BY) ?? 1);
  if (before === PROTOCOL_VERSION) return;
  store.transaction((tx) => {
    for (const { name } of heldScopes(store)) {
      if (lacksSince(before, name)) refillScope(store, tx, { name: name as Scope });
    }
    writeMeta(store, tx, { key: FED_BY, value: String(PROTOCOL_VERSION) });
  });
}
