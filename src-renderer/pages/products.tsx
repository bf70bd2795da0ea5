import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import type { ProductHit } from '../../src-main/api/desk-services.ts';
import { quantityText, unitPriceText } from '../components/amounts.ts';
import { ProductPanel } from '../components/product-panel.tsx';
import { RecordPage } from '../components/record-page.tsx';
import { useStillFetching } from '../components/use-fill-words.ts';
import { usePagedRows } from '../components/use-paged-rows.ts';
import { useUnitName } from '../components/use-unit-name.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { productPage } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import type { RecordColumn } from '../ui/record-list.tsx';

export function ProductsPage() {
  const { t } = useText();
  const desk = useDesk();
  const navigate = useNavigate();
  const { text = '', open } = useSearch({ from: '/products' });
  const list = useRef<HTMLDivElement>(null);
  const rows = usePagedRows<ProductHit>(['products', text], (page) => productPage(desk, text, page));
  const columns = useProductColumns();
  const stillFetching = useStillFetching();
  const go = (search: { text: string; open: string | undefined }): void => {
    const next = { ...(search.text ? { text: search.text } : {}), ...(search.open ? { open: search.open } : {}) };
    void navigate({ to: '/products', search: next, replace: true });
  };
  return (
    <RecordPage
      label={t('nav.products')}
      detailLabel={t('products.pick')}
      searchLabel={t('products.searchLabel')}
      searchPlaceholder={t('products.searchPlaceholder')}
      text={text}
      onText={(typed) => go({ text: typed, open })}
      columns={columns}
      rows={rows}
      idOf={(row) => row.productId}
      openId={open}
      onOpen={(id) => go({ text, open: id })}
      listRef={list}
      empty={
        text === ''
          ? {
              what: t('products.empty'),
              why: t('products.emptyWhy'),
              action: { label: t('products.emptyDo'), run: () => void navigate({ to: '/sync' }) },
            }
          : {
              what: t('products.noMatch'),
              ...(stillFetching === undefined ? {} : { why: stillFetching }),
              action: { label: t('products.noMatchDo'), run: () => go({ text: '', open }) },
            }
      }
      detail={
        open === undefined ? null : (
          <ProductPanel key={open} productId={open} onClose={() => go({ text, open: undefined })} />
        )
      }
    />
  );
}

function useProductColumns(): readonly RecordColumn<ProductHit>[] {
  const { t } = useText();
  const unitName = useUnitName();
  return useMemo(
    () => [
      { id: 'code', header: t('common.code'), track: '112px', cell: (row) => row.code },
      {
        id: 'name',
        header: t('common.name'),
        track: 'minmax(160px, 1fr)',
        cell: (row) => (
          <span className={row.active ? undefined : 'dim'}>
            {row.name}
            {row.nameAlt ? <span className="dim"> {row.nameAlt}</span> : null}
            {row.active ? null : ` · ${t('common.inactive')}`}
          </span>
        ),
      },
      { id: 'unit', header: t('order.line.unit'), track: '56px', cell: (row) => unitName(row.unit) },
      {
        id: 'price',
        header: t('products.price'),
        track: '88px',
        align: 'right',
        cell: (row) =>
          row.unitPrice === null ? (
            <span className="dim">{t('products.noPrice')}</span>
          ) : (
            unitPriceText(row.unitPrice, row.currency)
          ),
      },
      {
        id: 'available',
        header: t('products.available'),
        track: '88px',
        align: 'right',
        cell: (row) => (
          <span className={row.availableBase > 0 ? undefined : 'tone-waiting'}>{quantityText(row.availableBase)}</span>
        ),
      },
    ],
    [t, unitName],
  );
}
