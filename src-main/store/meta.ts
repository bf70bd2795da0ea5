/** Single facts about this file, by name. */
import { perStore, type Store, type StoreReader, type WriteTx } from './store.ts';

const reading = perStore((store: StoreReader) =>
  store.query<{ key: string }, { value: string }>((db, p) =>
    db.selectFrom('meta').select('value').where('key', '=', p.key),
  ),
);

const writing = perStore((store: Store) => ({
  put: store.command<{ key: string; value: string }, never>((db, p) =>
    db
      .insertInto('meta')
      .values({ key: p.key, value: p.value })
      .onConflict((oc) => oc.column('key').doUpdateSet({ value: p.value })),
  ),
  remove: store.command<{ key: string }, never>((db, p) => db.deleteFrom('meta').where('key', '=', p.key)),
}));

export function readMeta(store: StoreReader, key: string): string | undefined {
  return reading(store).get({ key })?.value;
}

export function writeMeta(store: Store, tx: WriteTx, of: { key: string; value: string }): void {
  writing(store).put.run(tx, of);
}

export function removeMeta(store: Store, tx: WriteTx, key: string): void {
  writing(store).remove.run(tx, { key });
}
