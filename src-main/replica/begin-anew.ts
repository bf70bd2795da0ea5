/**
 * Central's database was set back: its rows count their versions anew, and positions of before say nothing. What is here
 * stays on the screen, older than anything that comes, until a fill has brought what central has now. The desk's own
 * intents stay.
 *
 * Verdicts of before go at once: taken for central's word, they would end what central has forgotten, and it would never
 * be brought back. So does what was set aside for this desk.
 */
import type { Scope } from '../../src-shared/protocol/scope.ts';
import { perStore, type Store, type WriteTx } from '../store/store.ts';
import { forgetPosition } from './cursor.ts';
import { heldScopes, refillScope } from './scopes.ts';
import { forgetStaged } from './staged-pages.ts';

const statements = perStore((store: Store) => [
  store.command<Record<string, never>, never>((db) => db.deleteFrom('receipt')),
  store.command<Record<string, never>, never>((db) => db.deleteFrom('stock_lease')),
]);

/** In the transaction that adopts the new epoch; without a position the desk begins a fill by itself. */
export function beginAnew(store: Store, tx: WriteTx): void {
  for (const statement of statements(store)) statement.run(tx, {});
  for (const { name } of heldScopes(store)) refillScope(store, tx, { name: name as Scope, evenFilling: true });
  forgetStaged(store, tx);
  forgetPosition(store, tx);
}
