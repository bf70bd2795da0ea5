/** What a person was typing when the program stopped: in the file, so that a crash or an update doesn't take it. */
import type { DeskServices, Draft } from '../api/desk-services.ts';
import { perStore, type Store } from '../store/store.ts';
import type { OrderDeskParts } from './parts.ts';

interface DraftRow {
  draft_id: string;
  content: string;
  updated_at: number;
}

const statements = perStore((store: Store) => ({
  all: store.query<Record<string, never>, DraftRow>((db) =>
    db.selectFrom('draft').selectAll().orderBy('updated_at', 'desc'),
  ),
  put: store.command<DraftRow, never>((db, p) =>
    db.replaceInto('draft').values({ draft_id: p.draft_id, content: p.content, updated_at: p.updated_at }),
  ),
  remove: store.command<{ id: string }, never>((db, p) => db.deleteFrom('draft').where('draft_id', '=', p.id)),
}));

export function drafts({ store, platform, notify }: OrderDeskParts): DeskServices['drafts'] {
  const { all, put, remove } = statements(store);
  const changed = (): void => notify({ topics: ['drafts'], orderIds: [] });
  return {
    list: () =>
      all.all({}).map((row): Draft => ({ draftId: row.draft_id, content: row.content, updatedAt: row.updated_at })),
    save: ({ draftId, content }) => {
      const updatedAt = platform.now();
      store.transaction((tx) => put.run(tx, { draft_id: draftId, content, updated_at: updatedAt }));
      changed();
      return { draftId, content, updatedAt };
    },
    discard: (draftId) => {
      store.transaction((tx) => remove.run(tx, { id: draftId }));
      changed();
    },
  };
}
