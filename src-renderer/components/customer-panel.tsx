import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import type { CustomerDetail } from '../../src-main/api/desk-services.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { customerDetail } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { amountText, unitPriceText } from './amounts.ts';
import { CustomerCreditSection } from './customer-credit.tsx';
import { CustomerFacts } from './customer-facts.tsx';
import { ErrorBlock } from './error-block.tsx';
import { PanelHead } from './panel-head.tsx';
import { SyncStateMark } from './sync-state-mark.tsx';
import { TierUnit } from './tier-unit.tsx';
import { When } from './when.tsx';

/** A customer: own prices and recent orders, and a new order for it. */
export function CustomerPanel({ customerId, onClose }: { customerId: string; onClose: () => void }) {
  const { t } = useText();
  const navigate = useNavigate();
  const { data: customer, error, refetch } = useQuery(customerDetail(useDesk(), customerId));
  if (!customer) return error ? <ErrorBlock error={error} retry={() => void refetch()} /> : null;
  return (
    <article className="panel" aria-label={customer.name}>
      <PanelHead title={customer.name} onClose={onClose}>
        <p className="dim">
          {[
            customer.code,
            customer.phone,
            customer.groupName === null ? null : t('customers.group', { name: customer.groupName }),
            t(customer.active ? 'common.active' : 'common.inactive'),
          ]
            .filter((part) => part !== null)
            .join(' · ')}
        </p>
      </PanelHead>
      <CustomerFacts more={customer.more} />
      <div className="panel-actions">
        <Button
          disabled={!customer.active || customer.more.hold?.kind === 'blocked'}
          onClick={() => void navigate({ to: '/new', search: { customer: customer.customerId } })}
        >
          {t('customers.newOrder')}
        </Button>
      </div>
      {customer.credit ? <CustomerCreditSection credit={customer.credit} terms={customer.more.terms} /> : null}
      <RecentOrders customer={customer} />
      <OwnPrices customer={customer} />
    </article>
  );
}

function RecentOrders({ customer }: { customer: CustomerDetail }) {
  const { t } = useText();
  return (
    <section>
      <h3>{t('customers.recentOrders')}</h3>
      {customer.recentOrders.length === 0 ? (
        <p className="dim">{t('customers.noOrders')}</p>
      ) : (
        <table className="lines">
          <thead>
            <tr>
              <th style={{ width: 140 }}>{t('order.number')}</th>
              <th style={{ width: 92 }}>{t('order.made')}</th>
              <th>{t('order.state')}</th>
              <th className="num" style={{ width: 92 }}>
                {t('common.total')}
              </th>
            </tr>
          </thead>
          <tbody>
            {customer.recentOrders.map((order) => (
              <tr key={order.orderId}>
                <td>
                  <Link to="/orders" search={{ open: order.orderId }}>
                    {order.number}
                  </Link>
                </td>
                <td className="dim">
                  <When at={order.madeAt} />
                </td>
                <td>
                  <SyncStateMark state={order.sync} />
                </td>
                <td className="num">{amountText(order.totalMinor, order.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function OwnPrices({ customer }: { customer: CustomerDetail }) {
  const { t } = useText();
  return (
    <section>
      <h3>{t('customers.ownPrices')}</h3>
      {customer.ownPrices.length === 0 ? (
        <p className="dim">{t(customer.groupName === null ? 'customers.noOwnPrices' : 'customers.noOwnButGroup')}</p>
      ) : (
        <table className="lines">
          <thead>
            <tr>
              <th style={{ width: 88 }}>{t('common.code')}</th>
              <th>{t('common.name')}</th>
              <th style={{ width: 96 }}>{t('order.line.unit')}</th>
              <th className="num" style={{ width: 84 }}>
                {t('products.price')}
              </th>
            </tr>
          </thead>
          <tbody>
            {customer.ownPrices.map((price) => (
              <tr key={`${price.productId}/${price.unit}/${price.minQuantity}/${price.validFrom}`}>
                <td>
                  <Link to="/products" search={{ open: price.productId }}>
                    {price.productCode}
                  </Link>
                </td>
                <td>{price.productName}</td>
                <td>
                  <TierUnit of={price} />
                </td>
                <td className="num">{unitPriceText(price.unitPrice, price.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
