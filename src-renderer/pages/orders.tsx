import { DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import type { OrderFilter, OrderRow } from '../../src-main/api/desk-services.ts';
import { ORDER_STATES, type OrderState } from '../../src-shared/domain/lifecycle/order-state.ts';
import type { SyncState } from '../../src-shared/protocol/sync-state.ts';
import { amountText } from '../components/amounts.ts';
import { OrderPanel } from '../components/order-panel.tsx';
import { RecordPage } from '../components/record-page.tsx';
import { SyncStateMark } from '../components/sync-state-mark.tsx';
import { usePagedRows } from '../components/use-paged-rows.ts';
import { When } from '../components/when.tsx';
import { useDesk } from '../desk/desk-context.tsx';
import { orderPage } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import type { RecordColumn } from '../ui/record-list.tsx';
import type { OrdersSearch } from './orders-search.ts';

const STATES: readonly SyncState[] = ['waiting', 'sent', 'held', 'applied', 'refused', 'quarantined'];

export function OrdersPage() {
  const { t } = useText();
  const desk = useDesk();
  const navigate = useNavigate();
  const search = useSearch({ from: '/orders' });
  const list = useRef<HTMLDivElement>(null);
  const { open, ...filter } = search;
  const rows = usePagedRows<OrderRow>(['orders', filter], (page) =>
    orderPage(desk, filter satisfies OrderFilter, page),
  );
  const columns = useOrderColumns(open !== undefined);
  const go = (change: { [K in keyof OrdersSearch]: OrdersSearch[K] | undefined }): void => {
    const next = Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined && value !== '');
    void navigate({ to: '/orders', search: Object.fromEntries(next) as OrdersSearch, replace: true });
  };
  const filtered = Object.keys(filter).length > 0;
  return (
    <RecordPage
      label={t('nav.orders')}
      detailLabel={t('orders.pick')}
      searchLabel={t('orders.searchLabel')}
      searchPlaceholder={t('orders.searchPlaceholder')}
      text={filter.text ?? ''}
      onText={(text) => go({ text })}
      filters={<OrderFilters search={search} go={go} />}
      columns={columns}
      rows={rows}
      idOf={(row) => row.orderId}
      openId={open}
      onOpen={(id) => go({ open: id })}
      listRef={list}
      empty={
        filtered
          ? {
              what: t('orders.noMatch'),
              action: { label: t('orders.noMatchDo'), run: () => void navigate({ to: '/orders', search: {} }) },
            }
          : {
              what: t('orders.empty'),
              why: t('orders.emptyWhy'),
              action: { label: t('orders.emptyDo'), run: () => void navigate({ to: '/new' }) },
            }
      }
      detail={
        open === undefined ? null : <OrderPanel key={open} orderId={open} onClose={() => go({ open: undefined })} />
      }
    />
  );
}

function useOrderColumns(narrow: boolean): readonly RecordColumn<OrderRow>[] {
  const { t } = useText();
  return useMemo(() => {
    const all: RecordColumn<OrderRow>[] = [
      { id: 'number', header: t('order.number'), track: '136px', cell: (row) => row.number },
      { id: 'customer', header: t('order.customer'), track: 'minmax(120px, 1fr)', cell: (row) => row.customerName },
      { id: 'date', header: t('common.date'), track: '84px', cell: (row) => row.businessDate },
      { id: 'made', header: t('order.made'), track: '96px', cell: (row) => <When at={row.madeAt} /> },
      { id: 'lines', header: t('common.lines'), track: '48px', align: 'right', cell: (row) => row.lineCount },
      {
        id: 'total',
        header: t('common.total'),
        track: '96px',
        align: 'right',
        cell: (row) => amountText(row.totalMinor, row.currency),
      },
      { id: 'status', header: t('common.status'), track: '116px', cell: (row) => t(`order.stage.${row.state}`) },
      {
        id: 'sync',
        header: t('order.state'),
        track: narrow ? '136px' : '200px',
        cell: (row) => <SyncStateMark state={row.sync} />,
      },
    ];
    const beside = new Set(['made', 'lines', 'status']);
    return narrow ? all.filter(({ id }) => !beside.has(id)) : all;
  }, [t, narrow]);
}

interface OrderFiltersProps {
  search: OrdersSearch;
  go: (change: { [K in keyof OrdersSearch]: OrdersSearch[K] | undefined }) => void;
}

function OrderFilters({ search, go }: OrderFiltersProps) {
  const { t } = useText();
  const day = (text: string | undefined) => (text === undefined ? null : dayjs(text));
  return (
    <>
      <Select
        aria-label={t('common.status')}
        className="filter"
        allowClear
        placeholder={t('orders.allStatus')}
        value={search.state ?? null}
        options={ORDER_STATES.map((value) => ({ value, label: t(`order.stage.${value}`) }))}
        onChange={(state: OrderState | undefined) => go({ status: undefined, state: state ?? undefined })}
      />
      <Select
        aria-label={t('order.state')}
        className="filter filter-wide"
        allowClear
        placeholder={t('orders.allSync')}
        value={search.sync ?? null}
        options={STATES.map((value) => ({ value, label: t(`sync.state.${value}`) }))}
        onChange={(sync: SyncState | undefined) => go({ sync: sync ?? undefined })}
      />
      <DatePicker
        aria-label={t('orders.from')}
        placeholder={t('orders.from')}
        value={day(search.from)}
        onChange={(chosen) => go({ from: chosen?.format('YYYY-MM-DD') })}
      />
      <DatePicker
        aria-label={t('orders.to')}
        placeholder={t('orders.to')}
        value={day(search.to)}
        onChange={(chosen) => go({ to: chosen?.format('YYYY-MM-DD') })}
      />
    </>
  );
}
