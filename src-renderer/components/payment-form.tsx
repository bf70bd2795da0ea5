/** Money that came in for an order, or goes back: how much, how, under which reference, on which day. */
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useId, useState } from 'react';
import type { GivenStep, OrderDetail } from '../../src-main/api/desk-services.ts';
import { businessDay } from '../../src-shared/domain/business-day.ts';
import { MAX_TRACKING_LENGTH, PAYMENT_METHODS, type Payment } from '../../src-shared/domain/order.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { sessionState } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { amountText } from './amounts.ts';
import { readAmount } from './read-amount.ts';

interface PaymentFormProps {
  action: 'pay' | 'refund';
  order: OrderDetail;
  busy: boolean;
  onDo: (step: GivenStep['step']) => void;
  onKeep: () => void;
}

export function PaymentForm({ action, order, busy, onDo, onKeep }: PaymentFormProps) {
  const { t } = useText();
  const id = useId();
  // All that is open, unless somebody says otherwise.
  const [amount, setAmount] = useState(() => plainAmount(Math.abs(order.openMinor), order.currency));
  const [method, setMethod] = useState<Payment['method']>('cash');
  const [reference, setReference] = useState('');
  const [openedAt] = useState(() => Date.now());
  const { data: session } = useQuery(sessionState(useDesk()));
  const today = businessDay(openedAt, session?.branch?.timeZone ?? 'UTC');
  const [chosen, setOn] = useState<string>();
  const on = chosen ?? today;
  const minor = readAmount(amount, order.currency);
  const possible = minor !== undefined && minor > 0 && on !== '';
  return (
    <form
      className="cancel-form"
      aria-label={t(`order.action.${action}`)}
      onSubmit={(event) => {
        event.preventDefault();
        if (possible) onDo({ do: action, minor, method, reference: reference.trim(), on });
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onKeep();
      }}
    >
      <label htmlFor={`${id}-amount`}>
        {t('payment.amount', { currency: order.currency })}{' '}
        <span className="dim">{t('payment.open', { amount: amountText(order.openMinor, order.currency) })}</span>
      </label>
      <Input
        id={`${id}-amount`}
        className="num"
        autoFocus
        status={possible ? '' : 'error'}
        value={amount}
        onChange={(event) => setAmount(event.target.value)}
        onFocus={(event) => event.target.select()}
      />
      <label htmlFor={`${id}-method`}>{t('payment.method')}</label>
      <Select
        id={`${id}-method`}
        value={method}
        onChange={setMethod}
        options={PAYMENT_METHODS.map((each) => ({ value: each, label: t(`payment.methods.${each}`) }))}
      />
      <label htmlFor={`${id}-reference`}>{t('payment.reference')}</label>
      <Input
        id={`${id}-reference`}
        maxLength={MAX_TRACKING_LENGTH}
        value={reference}
        onChange={(event) => setReference(event.target.value)}
      />
      <label htmlFor={`${id}-on`}>{t('payment.on')}</label>
      <Input id={`${id}-on`} type="date" value={on} onChange={(event) => setOn(event.target.value)} />
      <div>
        <Button type="primary" htmlType="submit" loading={busy} disabled={!possible}>
          {t(`order.action.${action}`)}
        </Button>
        <Button onClick={onKeep}>{t('order.stepKeep')}</Button>
      </div>
    </form>
  );
}

/** As it is typed: without the marks that group digits. */
function plainAmount(minor: number, currency: OrderDetail['currency']): string {
  return amountText(minor, currency).replaceAll(',', '');
}
