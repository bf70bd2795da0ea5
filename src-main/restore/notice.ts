/** What a person has yet to be told of a restoring: in the file itself, until somebody has read it. */
import { z } from 'zod';
import type { RestoreNotice } from '../api/safety-services.ts';
import { readMeta, removeMeta, writeMeta } from '../store/meta.ts';
import type { Store, StoreReader, WriteTx } from '../store/store.ts';

const KEY = 'restore.notice';

const notice = z.object({
  id: z.string(),
  at: z.number(),
  reason: z.enum(['damaged', 'missing', 'behind']),
  base: z.enum(['own', 'copy', 'empty']),
  baseAt: z.number().nullable(),
  waiting: z.number(),
  broughtBack: z.number(),
  lost: z.array(z.object({ mutationId: z.string().nullable(), number: z.string().nullable() })),
  enrolled: z.boolean(),
  folder: z.string().nullable(),
}) satisfies z.ZodType<RestoreNotice>;

export function readNotice(store: StoreReader): RestoreNotice | null {
  const text = readMeta(store, KEY);
  return text === undefined ? null : notice.parse(JSON.parse(text));
}

export function writeNotice(store: Store, tx: WriteTx, of: RestoreNotice): void {
  writeMeta(store, tx, { key: KEY, value: JSON.stringify(of) });
}

/** @returns false where it was another, which is yet to be read. */
export function acknowledgeNotice(store: Store, id: string): boolean {
  if (readNotice(store)?.id !== id) return false;
  store.transaction((tx) => removeMeta(store, tx, KEY));
  return true;
}
