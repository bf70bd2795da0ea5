import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import { ErrorBlock } from '../components/error-block.tsx';
import { draftOfOrder } from '../components/order-editor/draft-of-order.ts';
import { OrderEditor } from '../components/order-editor/order-editor.tsx';
import { useDraft } from '../components/order-editor/use-draft.ts';
import { SyncStateMark } from '../components/sync-state-mark.tsx';
import { useDesk } from '../desk/desk-context.tsx';
import { orderDetail } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';

/** An order opened again in the grid it was typed in. Saving makes a change that supersedes what it mends. */
export function AmendOrderPage() {
  const { orderId } = useParams({ from: '/orders/$orderId/amend' });
  const { data: order, error, refetch } = useQuery(orderDetail(useDesk(), orderId));
  if (!order) return error ? <ErrorBlock error={error} retry={() => void refetch()} /> : null;
  return <AmendEditor key={orderId} order={order} />;
}

function AmendEditor({ order }: { order: OrderDetail }) {
  const { t } = useText();
  const navigate = useNavigate();
  // As it was when the person began: what changes meanwhile is told on saving, not slipped under the fingers.
  const inHand = useDraft(() => draftOfOrder(order));
  const back = (): void => void navigate({ to: '/orders', search: { open: order.orderId } });
  return (
    <OrderEditor
      inHand={inHand}
      onSaved={back}
      onBack={back}
      notice={
        <p className="editor-notice">
          <strong>{t('editor.amending', { number: order.number })}</strong>
          <SyncStateMark state={order.sync} issues={order.issues} />
        </p>
      }
    />
  );
}
