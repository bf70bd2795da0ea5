/** Ctrl+K: screens, orders, customers and products by a few letters, from anywhere. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Desk } from '../../desk/client.ts';
import { useDesk } from '../../desk/desk-context.tsx';
import { useText } from '../../text/i18n.ts';
import { useKeys } from '../../ui/keys.tsx';
import { MarkMatch } from '../../ui/mark-match.tsx';
import { useStillFetching } from '../use-fill-words.ts';
import { SCREENS } from './screens.ts';
import './find-palette.css';

const HITS_OF_A_KIND = 5;

interface Found {
  id: string;
  kind: 'screen' | 'order' | 'customer' | 'product';
  name: string;
  note: string;
  go: () => void;
}

export function FindPalette({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [highlighted, setHighlighted] = useState(0);
  const found = useFound(text.trim());
  const stillFetching = useStillFetching();
  useKeys([{ chord: 'Ctrl+K', run: onClose }]);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const go = (at: number): void => {
    const hit = found[at];
    if (!hit) return;
    onClose();
    hit.go();
  };
  return (
    <dialog ref={dialog} className="find opens" aria-label={t('find.title')} onClose={onClose}>
      <input
        className="find-input"
        role="combobox"
        aria-label={t('find.title')}
        aria-expanded={found.length > 0}
        aria-controls="find-list"
        aria-autocomplete="list"
        {...(found.length > 0 ? { 'aria-activedescendant': `find-${highlighted}` } : {})}
        placeholder={t('find.placeholder')}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setHighlighted(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229) return;
          if (event.key === 'Enter') go(highlighted);
          else if (event.key === 'ArrowDown') setHighlighted((at) => Math.min(found.length - 1, at + 1));
          else if (event.key === 'ArrowUp') setHighlighted((at) => Math.max(0, at - 1));
          else return;
          event.preventDefault();
        }}
      />
      <div id="find-list" role="listbox" aria-label={t('find.title')} className="find-list">
        {found.map((hit, at) => (
          // Chosen by the field's keys; the mouse is the other way.
          <div
            key={hit.id}
            id={`find-${at}`}
            role="option"
            aria-selected={at === highlighted}
            className={at === highlighted ? 'find-hit find-hit-on' : 'find-hit'}
            onMouseDown={(event) => {
              event.preventDefault();
              go(at);
            }}
          >
            <span className="dim small">{t(`find.${hit.kind}`)}</span>
            <span className="clip">
              <MarkMatch text={hit.name} match={text} />
            </span>
            <span className="clip dim num">{hit.note}</span>
          </div>
        ))}
      </div>
      {text.trim() !== '' && found.length === 0 ? (
        <p className="find-nothing dim" role="status">
          {t('find.nothing', { text: text.trim() })} {stillFetching}
        </p>
      ) : null}
    </dialog>
  );
}

function useFound(text: string): Found[] {
  const { t } = useText();
  const desk = useDesk();
  const navigate = useNavigate();
  const { data } = useQuery({
    queryKey: ['orders', 'find', text],
    queryFn: ({ signal }) => look(desk, text, signal),
    enabled: text !== '',
    placeholderData: keepPreviousData,
  });
  const screens = SCREENS.map((screen): Found => ({
    id: screen.to,
    kind: 'screen',
    name: t(`nav.${screen.text}`),
    note: `Alt ${SCREENS.indexOf(screen) + 1}`,
    go: () => void navigate({ to: screen.to }),
  })).filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
  if (!data || text === '') return screens;
  const orders = data.orders.map((order): Found => ({
    id: order.orderId,
    kind: 'order',
    name: order.number,
    note: order.customerName,
    go: () => void navigate({ to: '/orders', search: { open: order.orderId } }),
  }));
  const customers = data.customers.map((customer): Found => ({
    id: customer.customerId,
    kind: 'customer',
    name: customer.name,
    note: customer.code,
    go: () => void navigate({ to: '/customers', search: { open: customer.customerId } }),
  }));
  const products = data.products.map((product): Found => ({
    id: product.productId,
    kind: 'product',
    name: product.name,
    note: product.code,
    go: () => void navigate({ to: '/products', search: { open: product.productId } }),
  }));
  return [...screens, ...orders, ...customers, ...products];
}

async function look(desk: Desk, text: string, signal: AbortSignal) {
  const [orders, customers, products] = await Promise.all([
    desk.orders.list.query({ text, offset: 0, limit: HITS_OF_A_KIND }, { signal }),
    desk.customers.search.query({ text, limit: HITS_OF_A_KIND }, { signal }),
    desk.products.search.query({ text, limit: HITS_OF_A_KIND }, { signal }),
  ]);
  return { orders: orders.rows, customers, products };
}
