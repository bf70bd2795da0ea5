/**
 * Saves an order, once however often the key is pressed: the order's id was made with the draft, so that a second try
 * after a lost answer is the same order.
 */
import { useCallback, useRef, useState } from 'react';
import type { PlaceAnswer } from '../../../src-main/api/desk-services.ts';
import { useDesk } from '../../desk/desk-context.tsx';
import { refusalIssues } from '../../desk/error-words.ts';
import type { OrderDraft } from './draft.ts';
import { orderRequest, placeIssues, type PlacedIssue } from './order-request.ts';

export interface Refusal {
  draft: OrderDraft;
  issues: PlacedIssue[];
}

export interface Saving {
  busy: boolean;
  /** Why the last try was refused; counts as long as the draft is the one that was refused. */
  refusal: Refusal | undefined;
  /** Any other failure of the last try. */
  failure: unknown;
  save: (draft: OrderDraft) => Promise<{ answer: PlaceAnswer } | { issues: PlacedIssue[] } | undefined>;
}

export function useSaving(): Saving {
  const desk = useDesk();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const [failure, setFailure] = useState<unknown>();
  const running = useRef(false);
  const save = useCallback(
    async (draft: OrderDraft) => {
      if (running.current) return undefined;
      running.current = true;
      setBusy(true);
      setFailure(undefined);
      const { given, keys } = orderRequest(draft);
      const order = { ...given, orderId: draft.orderId };
      try {
        const answer = draft.amends
          ? await desk.orders.amend.mutate({ ...order, baseVersion: draft.amends.baseVersion })
          : await desk.orders.place.mutate(order);
        setRefusal(undefined);
        return { answer };
      } catch (error) {
        const issues = refusalIssues(error);
        if (!issues) setFailure(error);
        const placed = placeIssues(issues ?? [], keys);
        if (issues) setRefusal({ draft, issues: placed });
        return { issues: placed };
      } finally {
        running.current = false;
        setBusy(false);
      }
    },
    [desk],
  );
  return { busy, refusal, failure, save };
}
