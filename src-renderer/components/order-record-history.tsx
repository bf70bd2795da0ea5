/** What happened to an order, and in it the payments that can be taken back, with a reason. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useId, useState } from 'react';
import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import { MAX_REASON_LENGTH } from '../../src-shared/domain/order.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { errorWords } from '../desk/error-words.ts';
import { orderDetail } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { OrderHistory } from './order-history.tsx';

export function OrderRecordHistory({ order }: { order: OrderDetail }) {
  const { t, language } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const id = useId();
  const [ofVersion, setOfVersion] = useState<number>();
  const [reason, setReason] = useState('');
  const takeBack = useMutation({
    mutationFn: (of: { ofVersion: number; reason: string }) =>
      desk.orders.step.mutate({
        orderId: order.orderId,
        baseVersion: order.version,
        step: { do: 'voidPayment', ...of },
      }),
    onSuccess: async () => {
      setOfVersion(undefined);
      setReason('');
      await queries.invalidateQueries({ queryKey: orderDetail(desk, order.orderId).queryKey });
    },
  });
  return (
    <>
      <OrderHistory order={order} onTakeBack={setOfVersion} />
      {ofVersion === undefined ? null : (
        <form
          className="cancel-form"
          aria-label={t('order.action.voidPayment')}
          onSubmit={(event) => {
            event.preventDefault();
            takeBack.mutate({ ofVersion, reason: reason.trim() });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setOfVersion(undefined);
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
            <Button onClick={() => setOfVersion(undefined)}>{t('order.stepKeep')}</Button>
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
