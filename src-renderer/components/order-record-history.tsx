/** What happened to an order, and in it the payments that can be taken back, with a reason. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useId, useState } from 'react';
import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import { MAX_REASON_LENGTH } from '../../src-shared/domain/order.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { errorWords } from '../desk/error-words.ts';
import { orderDetail } from '../desk/queries.ts';
import type { MutationId } from '../../src-shared/domain/ids.ts';
import { useText } from '../text/i18n.ts';
import { OrderHistory } from './order-history.tsx';

export function OrderRecordHistory({ order }: { order: OrderDetail }) {
  const { t, language } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const id = useId();
  const [ofPayment, setOfPayment] = useState<MutationId>();
  const [reason, setReason] = useState('');
  const takeBack = useMutation({
    mutationFn: (of: { ofPayment: MutationId; reason: string }) =>
      desk.orders.step.mutate({
        orderId: order.orderId,
        baseVersion: order.version,
        step: { do: 'voidPayment', ...of },
      }),
    onSuccess: async () => {
      setOfPayment(undefined);
      setReason('');
      await queries.invalidateQueries({ queryKey: orderDetail(desk, order.orderId).queryKey });
    },
  });
  return (
    <>
      <OrderHistory order={order} onTakeBack={setOfPayment} />
      {ofPayment === undefined ? null : (
        <form
          className="cancel-form"
          aria-label={t('order.action.voidPayment')}
          onSubmit={(event) => {
            event.preventDefault();
            takeBack.mutate({ ofPayment, reason: reason.trim() });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setOfPayment(undefined);
          }}
        >
          <label htmlFor={`${id}-reason`}>{t('payment.takeBackWhy')}</label>
          <Input
            id={`${id}-reason`}
            autoFocus
            maxLength={MAX_REASON_LENGTH}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <div>
            <Button type="primary" danger htmlType="submit" loading={takeBack.isPending}>
              {t('order.action.voidPayment')}
            </Button>
            <Button onClick={() => setOfPayment(undefined)}>{t('order.stepKeep')}</Button>
          </div>
        </form>
      )}
      {takeBack.error ? (
        <p className="tone-needs" role="alert">
          {errorWords(takeBack.error, language).sentence}
        </p>
      ) : null}
    </>
  );
}
