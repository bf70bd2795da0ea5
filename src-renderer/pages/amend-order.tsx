import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { OrderDetail, OrderSide } from '../../src-main/api/desk-services.ts';
import { lastSaid } from '../../src-shared/domain/order-difference.ts';
import { CompareVersions } from '../components/compare-versions/compare-versions.tsx';
import { compareVersions, mergedDraft, type Versions } from '../components/compare-versions/versions.ts';
import { ErrorBlock } from '../components/error-block.tsx';
import type { OrderDraft } from '../components/order-editor/draft.ts';
import { draftOfOrder, sideOfOrder } from '../components/order-editor/draft-of-order.ts';
import { OrderEditor } from '../components/order-editor/order-editor.tsx';
import { useDraft } from '../components/order-editor/use-draft.ts';
import { OthersHere } from '../components/others-here.tsx';
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
  const desk = useDesk();
  const navigate = useNavigate();
  // As it was when the person began: what changes meanwhile is told on saving, not slipped under the fingers.
  const inHand = useDraft(() => draftOfOrder(order));
  const [begun, setBegun] = useState(() => sideOfOrder(order));
  const [versions, setVersions] = useState(() => versionsIn(order));
  const [movedOn, setMovedOn] = useState(false);
  const back = (): void => void navigate({ to: '/orders', search: { open: order.orderId } });
  const goOn = (draft: OrderDraft, theirs: OrderSide): void => {
    inHand.dispatch({ do: 'load', draft });
    setBegun(theirs);
    setVersions(undefined);
  };
  // What was refused is ended by that; what was only typed has been nowhere yet.
  const leave = useMutation({
    mutationFn: async () => {
      const now = await desk.orders.get.query({ orderId: order.orderId });
      if (now.actions.includes('letGo')) {
        await desk.orders.step.mutate({ orderId: order.orderId, step: { do: 'letGo' } });
      }
    },
    onSuccess: back,
  });
  const overtaken = async (): Promise<void> => {
    const now = await desk.orders.get.query({ orderId: order.orderId });
    const found = versionsIn(now) ?? versionsSince(now, begun);
    const draft = inHand.current();
    const toChoose = compareVersions(draft, found).some(({ madeBy }) => madeBy !== 'ours');
    setMovedOn(!toChoose);
    if (toChoose) setVersions(found);
    else goOn(mergedDraft(draft, found, new Map()), found.theirs);
  };
  if (versions) {
    return (
      <CompareVersions
        number={order.number}
        draft={inHand.draft}
        versions={versions}
        onChosen={(draft) => (draft ? goOn(draft, versions.theirs) : leave.mutate())}
        failure={leave.error}
        onBack={back}
      />
    );
  }
  return (
    <OrderEditor
      inHand={inHand}
      onSaved={back}
      onBack={back}
      onOvertaken={() => void overtaken()}
      notice={
        <p className="editor-notice">
          <strong>{t('editor.amending', { number: order.number })}</strong>
          <SyncStateMark state={order.sync} issues={order.issues} />
          <OthersHere orderId={order.orderId} editing />
          {movedOn ? (
            <span className="tone-waiting" role="status">
              {t('compare.movedOn')}
            </span>
          ) : null}
        </p>
      }
    />
  );
}

function versionsIn({ conflict, currency }: OrderDetail): Versions | undefined {
  return conflict ? { ...conflict, currency } : undefined;
}

/** Of an order that was changed while it was being typed. */
function versionsSince(now: OrderDetail, base: OrderSide): Versions {
  const { currency, version, history } = now;
  return { currency, version, by: lastSaid(history) ?? null, theirs: sideOfOrder(now), base };
}
