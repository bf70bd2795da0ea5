/** An order: lines, total, note, what happened to it, where it stands, what can be done with it. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { errorWords } from '../desk/error-words.ts';
import { orderDetail } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { useKeys } from '../ui/keys.tsx';
import { amountText } from './amounts.ts';
import { CancelForm } from './cancel-form.tsx';
import { ErrorBlock } from './error-block.tsx';
import { QueueList } from './frame/sync-panel.tsx';
import { LetGoButton } from './let-go-button.tsx';
import { OrderRecordHistory } from './order-record-history.tsx';
import { OrderSteps } from './order-steps.tsx';
import { OrderLines } from './order-lines.tsx';
import { OthersHere } from './others-here.tsx';
import { PanelHead } from './panel-head.tsx';
import { SyncStateMark } from './sync-state-mark.tsx';
import { When } from './when.tsx';

export function OrderPanel({ orderId, onClose }: { orderId: string; onClose: () => void }) {
  const { data: order, error, refetch } = useQuery(orderDetail(useDesk(), orderId));
  if (!order) return error ? <ErrorBlock error={error} retry={() => void refetch()} /> : null;
  return <OrderRecord order={order} onClose={onClose} />;
}

function OrderRecord({ order, onClose }: { order: OrderDetail; onClose: () => void }) {
  const { t, language } = useText();
  const desk = useDesk();
  const navigate = useNavigate();
  const [cancelling, setCancelling] = useState(false);
  const [copied, setCopied] = useState(false);
  const cancel = useMutation({
    mutationFn: (reason: string) => desk.orders.cancel.mutate({ orderId: order.orderId, reason }),
    onSuccess: () => setCancelling(false),
  });
  const amend = (): void => void navigate({ to: '/orders/$orderId/amend', params: { orderId: order.orderId } });
  const copyToNew = (): void => void navigate({ to: '/new', search: { copy: order.orderId } });
  const copy = (): void => {
    void navigator.clipboard.writeText(order.number).then(() => setCopied(true));
  };
  useKeys([
    ...(order.open ? [{ chord: 'F2', label: t('orders.key.amend'), run: amend }] : []),
    { chord: 'Alt+N', label: t('orders.key.again'), run: copyToNew },
    { chord: 'Alt+C', label: t('orders.key.copy'), run: copy },
  ]);
  return (
    <article className="panel" aria-label={t('orders.detail', { number: order.number })}>
      <PanelHead title={order.number} onClose={onClose}>
        <SyncStateMark state={order.sync} issues={order.issues} />
      </PanelHead>
      {order.open ? <OthersHere orderId={order.orderId} editing={false} /> : null}
      <dl className="facts">
        <dt>{t('order.customer')}</dt>
        <dd>{order.customerName}</dd>
        <dt>{t('common.status')}</dt>
        <dd>
          {t(`order.stage.${order.state}`)}
          {order.hold ? (
            <span className="tone-waiting"> · {t('order.onHold', { reason: order.hold.reason })}</span>
          ) : null}
        </dd>
        <dt>{t('common.date')}</dt>
        <dd>
          {order.businessDate}{' '}
          <span className="dim">
            · <When at={order.madeAt} />
          </span>
        </dd>
        {order.paidMinor === 0 && order.openMinor >= 0 ? null : (
          <>
            <dt>{t('order.paid')}</dt>
            <dd>
              {amountText(order.paidMinor, order.currency)}{' '}
              <span className={order.openMinor < 0 ? 'tone-needs' : 'dim'}>
                · {t(order.openMinor < 0 ? 'order.overpaid' : 'order.stillOpen')}{' '}
                {amountText(Math.abs(order.openMinor), order.currency)}
              </span>
            </dd>
          </>
        )}
        {order.note === '' ? null : (
          <>
            <dt>{t('order.note')}</dt>
            <dd>{order.note}</dd>
          </>
        )}
      </dl>
      <div className="panel-actions">
        <Button disabled={!order.open} onClick={amend} title={order.open ? undefined : t('order.notOpen')}>
          {t('order.amend')} <kbd>F2</kbd>
        </Button>
        <Button onClick={copyToNew}>
          {t('order.again')} <kbd>Alt+N</kbd>
        </Button>
        <Button onClick={copy}>{copied ? t('order.copied') : t('order.copy')}</Button>
        <Button danger type="text" disabled={!order.actions.includes('cancel')} onClick={() => setCancelling(true)}>
          {t('order.cancel')}
        </Button>
        {order.actions.includes('letGo') ? <LetGoButton orderId={order.orderId} /> : null}
      </div>
      <OrderSteps order={order} />
      {cancelling ? (
        <CancelForm
          busy={cancel.isPending}
          onCancel={(reason) => cancel.mutate(reason)}
          onKeep={() => setCancelling(false)}
        />
      ) : null}
      {cancel.error ? (
        <p className="tone-needs" role="alert">
          {errorWords(cancel.error, language).sentence}
        </p>
      ) : null}
      <OrderLines order={order} />
      {order.queue.length === 0 ? null : (
        <section>
          <h3>{t('order.queue')}</h3>
          <QueueList queue={order.queue} ofOneOrder />
        </section>
      )}
      <OrderRecordHistory order={order} />
    </article>
  );
}
