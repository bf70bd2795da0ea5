/** What can be done with an order besides changing what it asks for: reviews, hold, picking, shipping, receipt, return. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import type { GivenStep, OrderDetail } from '../../src-main/api/desk-services.ts';
import { lineAllocatedBase, lineOpenBase } from '../../src-shared/domain/lifecycle/fulfilment.ts';
import type { OrderAction } from '../../src-shared/domain/lifecycle/order-actions.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { orderDetail } from '../desk/queries.ts';
import { errorWords } from '../desk/error-words.ts';
import { useText } from '../text/i18n.ts';
import { PaymentForm } from './payment-form.tsx';
import { ASKING, StepForm, type AskingAction } from './step-form.tsx';

/** Those that are done by one press. */
const PLAIN: Partial<Record<OrderAction, GivenStep['step']>> = {
  approveOrder: { do: 'approve', review: 'order' },
  approveFinance: { do: 'approve', review: 'finance' },
  release: { do: 'release' },
  allocate: { do: 'allocate' },
  pick: { do: 'pick' },
  receive: { do: 'receive' },
  complete: { do: 'complete' },
};
export function OrderSteps({ order }: { order: OrderDetail }) {
  const { t, language } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<AskingAction | 'pay' | 'refund'>();
  const step = useMutation({
    mutationFn: (of: GivenStep['step']) =>
      desk.orders.step.mutate({ orderId: order.orderId, baseVersion: order.version, step: of }),
    // Until the screen shows it: the next step would build on the version before.
    onSuccess: async () => {
      setAsking(undefined);
      await queries.invalidateQueries({ queryKey: orderDetail(desk, order.orderId).queryKey });
    },
  });
  const steps = order.actions.flatMap((action) => (isStep(action) && isWorthOffering(action, order) ? [action] : []));
  if (steps.length === 0) return null;
  return (
    <section className="order-steps" aria-label={t('order.steps')}>
      <div className="panel-actions">
        {steps.map((action) => (
          <Button
            key={action}
            size="small"
            // Not `loading`: its mark is a word in the button's name, and stays there after it.
            disabled={step.isPending}
            onClick={() => {
              const plain = PLAIN[action];
              if (plain) step.mutate(plain);
              else setAsking(([...ASKING, 'pay', 'refund'] as const).find((each) => each === action));
            }}
          >
            {t(`order.action.${action}`)}
          </Button>
        ))}
      </div>
      {asking === 'pay' || asking === 'refund' ? (
        <PaymentForm
          key={asking}
          action={asking}
          order={order}
          busy={step.isPending}
          onDo={(of) => step.mutate(of)}
          onKeep={() => setAsking(undefined)}
        />
      ) : asking ? (
        <StepForm
          key={asking}
          action={asking}
          order={order}
          busy={step.isPending}
          onDo={(of) => step.mutate(of)}
          onKeep={() => setAsking(undefined)}
        />
      ) : null}
      {step.error ? (
        <p className="tone-needs" role="alert">
          {errorWords(step.error, language).sentence}
        </p>
      ) : null}
    </section>
  );
}

/** A payment is taken back where it stands: in the history; what changes the order, or gives that up, stands above. */
const ELSEWHERE = ['amend', 'cancel', 'voidPayment', 'letGo'] as const;
type StepAction = Exclude<OrderAction, (typeof ELSEWHERE)[number]>;

function isStep(action: OrderAction): action is StepAction {
  return !ELSEWHERE.some((each) => each === action);
}

/** What the state allows and the goods don't is not offered; the rules would refuse it. */
function isWorthOffering(action: StepAction, { lines, openMinor }: OrderDetail): boolean {
  switch (action) {
    case 'ship':
      return lines.some((line) => lineAllocatedBase(line) > 0);
    case 'closeRest':
      return lines.some((line) => lineOpenBase(line) > 0);
    case 'pay':
      return openMinor > 0;
    case 'refund':
      return openMinor < 0;
    case 'allocate':
      return lines.some(({ backorderBase }) => backorderBase !== undefined);
    case 'return':
      return lines.some(({ shippedBase }) => shippedBase !== undefined);
    default:
      return true;
  }
}
