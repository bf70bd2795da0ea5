import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import type { MutationId } from '../../src-shared/domain/ids.ts';
import type { OrderEvent } from '../../src-shared/domain/order.ts';
import { voidedPayments } from '../../src-shared/domain/payments.ts';
import { useText } from '../text/i18n.ts';
import { amountText } from './amounts.ts';
import { When } from './when.tsx';

interface OrderHistoryProps {
  order: OrderDetail;
  /** A payment that was written down by mistake, by the mutation that wrote it. */
  onTakeBack: (ofPayment: MutationId) => void;
}

/** What happened to an order: what, who and from where, when, and its total since. */
export function OrderHistory({ order, onTakeBack }: OrderHistoryProps) {
  const { t } = useText();
  const takenBack = voidedPayments(order.history);
  /** The mutation of a payment that may be taken back. */
  const toTakeBack = ({ what, mutationId }: OrderEvent): MutationId | undefined => {
    const isMoney = what === 'paid' || what === 'refunded';
    const may = isMoney && order.actions.includes('voidPayment') && !takenBack.has(mutationId);
    return may ? (mutationId ?? undefined) : undefined;
  };
  return (
    <section>
      <h3>{t('order.history')}</h3>
      <ol className="history">
        {order.history.map((event) => (
          <li key={event.version}>
            <span>{t(`order.historyWhat.${event.what}`)}</span>
            <span className="clip dim">
              {[event.userName, atOffice(event) ? t('order.atOffice') : event.deviceName]
                .filter((part) => part !== '')
                .join(' · ')}
            </span>
            <span className="num">{amountText(event.totalMinor, order.currency)}</span>
            <span className="dim num">
              <When at={event.at} />
            </span>
            {event.tracking === undefined ? null : (
              <span className="history-reason dim">{t('order.trackedAs', { tracking: event.tracking })}</span>
            )}
            {event.creditMinor === undefined ? null : (
              <span className="history-reason dim">
                {t('order.credited', { amount: amountText(event.creditMinor, order.currency) })}
              </span>
            )}
            {event.payment === undefined ? null : (
              <span className="history-reason dim">
                {t(event.payment.reference === '' ? 'order.money' : 'order.moneyAs', {
                  amount: amountText(event.payment.minor, order.currency),
                  method: t(`payment.methods.${event.payment.method}`),
                  reference: event.payment.reference,
                })}
                <TakeBack of={toTakeBack(event)} onTakeBack={onTakeBack} />
              </span>
            )}
            {event.dueDate === undefined ? null : (
              <span className="history-reason dim">{t('order.dueOn', { date: event.dueDate })}</span>
            )}
            {event.reason === null || event.reason === '' ? null : (
              <span className="history-reason dim">
                {event.what === 'imported' ? event.reason : t('order.reason', { reason: event.reason })}
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** A person did it, and at no desk. */
function atOffice({ userId, deviceId }: OrderDetail['history'][number]): boolean {
  return userId !== null && deviceId === null;
}

function TakeBack({ of, onTakeBack }: { of: MutationId | undefined; onTakeBack: (ofPayment: MutationId) => void }) {
  const { t } = useText();
  if (of === undefined) return null;
  return (
    <>
      {' · '}
      <button type="button" className="link-button" onClick={() => onTakeBack(of)}>
        {t('order.action.voidPayment')}
      </button>
    </>
  );
}
