import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { PlaceAnswer } from '../../src-main/api/desk-services.ts';
import { copyOfOrder } from '../components/order-editor/draft-of-order.ts';
import { emptyDraft, isPristine } from '../components/order-editor/draft.ts';
import { OrderEditor } from '../components/order-editor/order-editor.tsx';
import { SavedNotice } from '../components/order-editor/saved-notice.tsx';
import { useDraft, type DraftInHand } from '../components/order-editor/use-draft.ts';
import { useDraftKeeping } from '../components/order-editor/use-draft-keeping.ts';
import { clockText } from '../components/when.tsx';
import { useDesk } from '../desk/desk-context.tsx';
import { customerDetail, orderDetail } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';

/** A new order; after saving, its number with its state, and the next one under the same keys. */
export function NewOrderPage() {
  const { t, language } = useText();
  const inHand = useDraft(emptyDraft);
  const { draft, dispatch } = inHand;
  const [saved, setSaved] = useState<PlaceAnswer>();
  const keeping = useDraftKeeping(draft, dispatch);
  useCustomerFromAddress(keeping.ready, dispatch);
  const copied = useCopyFromAddress(keeping.ready, inHand);
  if (!keeping.ready) return null;
  const notice =
    copied !== undefined && copied.orderId === draft.orderId ? (
      <p className="editor-notice" role="status">
        {t('editor.copied', { number: copied.number })}
        {copied.keptAside ? <span className="dim">{t('editor.keptAside')}</span> : null}
      </p>
    ) : saved === undefined && keeping.restoredAt !== null ? (
      <p className="editor-notice" role="status">
        {t('editor.restored', { time: clockText(keeping.restoredAt, language) })}
        <button type="button" className="link-button" onClick={keeping.startAnew}>
          {t('editor.startAnew')}
        </button>
      </p>
    ) : saved === undefined ? null : (
      <SavedNotice answer={saved} />
    );
  return (
    <OrderEditor
      inHand={inHand}
      notice={notice}
      onSaved={(answer) => {
        setSaved(answer);
        keeping.startAnew();
      }}
    />
  );
}

function useCustomerFromAddress(ready: boolean, dispatch: Parameters<typeof useDraftKeeping>[1]): void {
  const { customer } = useSearch({ from: '/new' });
  const navigate = useNavigate();
  const desk = useDesk();
  const queries = useQueryClient();
  useEffect(() => {
    if (!ready || customer === undefined) return;
    const fill = async (): Promise<void> => {
      const { customerId, code, name, phone } = await queries.fetchQuery(customerDetail(desk, customer));
      dispatch({ do: 'setCustomer', customer: { customerId, code, name, phone } });
      await navigate({ to: '/new', search: {}, replace: true });
    };
    // A customer that can't be read is picked by hand.
    fill().catch(() => undefined);
  }, [ready, customer, desk, queries, dispatch, navigate]);
}

interface Copied {
  /** Of the new draft. */
  orderId: string;
  /** Of the order that was copied. */
  number: string;
  /** Something else was being typed: it is kept, and comes back when the screen is opened again. */
  keptAside: boolean;
}

function useCopyFromAddress(ready: boolean, { dispatch, current }: DraftInHand): Copied | undefined {
  const { copy } = useSearch({ from: '/new' });
  const [copied, setCopied] = useState<Copied>();
  const navigate = useNavigate();
  const desk = useDesk();
  const queries = useQueryClient();
  useEffect(() => {
    if (!ready || copy === undefined) return;
    const fill = async (): Promise<void> => {
      const order = await queries.fetchQuery(orderDetail(desk, copy));
      const { customerId, code, name, phone } = await queries.fetchQuery(customerDetail(desk, order.customerId));
      const draft = copyOfOrder(order, { customerId, code, name, phone });
      setCopied({ orderId: draft.orderId, number: order.number, keptAside: !isPristine(current()) });
      dispatch({ do: 'load', draft });
      await navigate({ to: '/new', search: {}, replace: true });
    };
    // An order or a customer that can't be read is typed by hand.
    fill().catch(() => undefined);
  }, [ready, copy, desk, queries, dispatch, current, navigate]);
  return copied;
}
