import { perStore, type StoreReader } from '../store/store.ts';

const statements = perStore((store: StoreReader) => ({
  byId: store.query<{ id: string }, { name: string }>((db, p) =>
    db.selectFrom('customer').select('name').where('customer_id', '=', p.id),
  ),
}));

/** '' for a customer that is not in this desk's scopes. */
export function customerNameOf(store: StoreReader, customerId: string): string {
  return statements(store).byId.get({ id: customerId })?.name ?? '';
}
