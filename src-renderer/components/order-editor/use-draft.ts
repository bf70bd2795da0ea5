import { useCallback, useRef, useState } from 'react';
import type { OrderDraft } from './draft.ts';
import { draftReducer, type DraftAction } from './draft-reducer.ts';

export interface DraftInHand {
  draft: OrderDraft;
  dispatch: (action: DraftAction) => void;
  /** The draft as of the last action, also before it is drawn: saving must not miss the answer that has just come. */
  current: () => OrderDraft;
}

export function useDraft(start: () => OrderDraft): DraftInHand {
  const [draft, setDraft] = useState(start);
  const newest = useRef(draft);
  const dispatch = useCallback((action: DraftAction) => {
    newest.current = draftReducer(newest.current, action);
    setDraft(newest.current);
  }, []);
  const current = useCallback(() => newest.current, []);
  return { draft, dispatch, current };
}
