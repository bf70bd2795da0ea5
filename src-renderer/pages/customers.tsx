import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import type { CustomerHit } from '../../src-main/api/desk-services.ts';
import { CustomerPanel } from '../components/customer-panel.tsx';
import { RecordPage } from '../components/record-page.tsx';
import { useStillFetching } from '../components/use-fill-words.ts';
import { usePagedRows } from '../components/use-paged-rows.ts';
import { When } from '../components/when.tsx';
import { useDesk } from '../desk/desk-context.tsx';
import { customerPage } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import type { RecordColumn } from '../ui/record-list.tsx';

export function CustomersPage() {
  const { t } = useText();
  const desk = useDesk();
  const navigate = useNavigate();
  const { text = '', open } = useSearch({ from: '/customers' });
  const list = useRef<HTMLDivElement>(null);
  const rows = usePagedRows<CustomerHit>(['customers', text], (page) => customerPage(desk, text, page));
  const columns = useCustomerColumns();
  const stillFetching = useStillFetching();
  const go = (search: { text: string; open: string | undefined }): void => {
    const next = { ...(search.text ? { text: search.text } : {}), ...(search.open ? { open: search.open } : {}) };
    void navigate({ to: '/customers', search: next, replace: true });
  };
  return (
    <RecordPage
      label={t('nav.customers')}
      detailLabel={t('customers.pick')}
      searchLabel={t('customers.searchLabel')}
      searchPlaceholder={t('customers.searchPlaceholder')}
      text={text}
      onText={(typed) => go({ text: typed, open })}
      columns={columns}
      rows={rows}
      idOf={(row) => row.customerId}
      openId={open}
      onOpen={(id) => go({ text, open: id })}
      listRef={list}
      empty={
        text === ''
          ? {
              what: t('customers.empty'),
              why: t('customers.emptyWhy'),
              action: { label: t('customers.emptyDo'), run: () => void navigate({ to: '/sync' }) },
            }
          : {
              what: t('customers.noMatch'),
              ...(stillFetching === undefined ? {} : { why: stillFetching }),
              action: { label: t('customers.noMatchDo'), run: () => go({ text: '', open }) },
            }
      }
      detail={
        open === undefined ? null : (
          <CustomerPanel key={open} customerId={open} onClose={() => go({ text, open: undefined })} />
        )
      }
    />
  );
}

function useCustomerColumns(): readonly RecordColumn<CustomerHit>[] {
  const { t } = useText();
  return useMemo(
    () => [
      { id: 'code', header: t('common.code'), track: '96px', cell: (row) => row.code },
      {
        id: 'name',
        header: t('common.name'),
        track: 'minmax(160px, 1fr)',
        cell: (row) => (
          <span className={row.active ? undefined : 'dim'}>
            {row.name}
            {row.active ? null : ` · ${t('common.inactive')}`}
          </span>
        ),
      },
      { id: 'phone', header: t('common.phone'), track: '128px', cell: (row) => row.phone ?? '' },
      { id: 'orders', header: t('customers.orders'), track: '64px', align: 'right', cell: (row) => row.orderCount },
      {
        id: 'last',
        header: t('customers.lastOrder'),
        track: '104px',
        align: 'right',
        cell: (row) =>
          row.lastOrderAt === null ? <span className="dim">{t('common.none')}</span> : <When at={row.lastOrderAt} />,
      },
    ],
    [t],
  );
}
