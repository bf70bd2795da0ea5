import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import { useText } from '../text/i18n.ts';
import { amountText } from './amounts.ts';
import { When } from './when.tsx';

interface OrderHistoryProps {
  order: OrderDetail;
  /** A payment that was written down by mistake, by the version that it was written in. */
  onTakeBack: (ofVersion: number) => void;
}

/** What happened to an order: what, who and from where, when, and its total since. */
export function OrderHistory({ order, onTakeBack }: OrderHistoryProps) {
  const { t } = useText();
  const takenBack = new Set(order.history.map(({ ofVersion }) => ofVersion));
  const mayTakeBack = (version: number): boolean =>
    order.actions.includes('voidPayment') &&
    !takenBack.has(version) &&
    order.history.some((each) => each.version === version && (each.what === 'paid' || each.what === 'refunded'));
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
                {mayTakeBack(event.version) ? ' · ' : null}
                {mayTakeBack(event.version) ? (
                  <button type="button" className="link-button" onClick={() => onTakeBack(event.version)}>
                    {t('order.action.voidPayment')}
                  </button>
                ) : null}
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
