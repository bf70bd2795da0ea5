/** The customer of an order, picked by typing: code, name, pinyin initials or phone. */
import { useQuery } from '@tanstack/react-query';
import { useId, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from 'react';
import type { Issue } from '../../src-shared/domain/issue.ts';
import type { CustomerHit } from '../../src-main/api/desk-services.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { customerCandidates, customerDetail, searchCustomers } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { CandidateList, optionId } from '../ui/candidate-list.tsx';
import { MarkMatch } from '../ui/mark-match.tsx';
import { useAgeText } from './when.tsx';
import type { DraftCustomer } from './order-editor/draft.ts';

export interface CustomerPickHandle {
  focus: () => void;
  hasFocus: () => boolean;
  /** Resolves when no answer is outstanding: saving waits for it. */
  settled: () => Promise<void>;
}

export interface CustomerPickProps {
  customer: DraftCustomer | null;
  issue: string | undefined;
  /** Of the issue. */
  severity: Issue['severity'] | undefined;
  /** What would mend it with a key. */
  action: { label: string; run: () => void } | undefined;
  onChange: (customer: DraftCustomer | null) => void;
  /** The customer stands: go on to the lines. */
  onDone: () => void;
  ref: Ref<CustomerPickHandle>;
}

export function CustomerPick({ customer, issue, severity, action, onChange, onDone, ref }: CustomerPickProps) {
  const { t } = useText();
  const desk = useDesk();
  const field = useRef<HTMLInputElement>(null);
  const outstanding = useRef(Promise.resolve());
  const listId = useId();
  const issueId = useId();
  /** What is being typed; null while the chosen customer stands. */
  const [typed, setTyped] = useState<string | null>(null);
  const [composing, setComposing] = useState(false);
  const [focused, setFocused] = useState(false);
  const [highlighted, setHighlighted] = useState(0);
  const wanted = typed?.trim() ?? '';
  const {
    data: hits = [],
    isPlaceholderData,
    data,
  } = useQuery({
    ...customerCandidates(desk, wanted),
    enabled: wanted !== '' && !composing,
  });
  const open = focused && wanted !== '' && !composing && data !== undefined;
  const nameId = `${listId}-label`;

  useImperativeHandle(ref, () => ({
    focus: () => {
      field.current?.focus();
      field.current?.select();
    },
    hasFocus: () => document.activeElement === field.current,
    settled: () => outstanding.current,
  }));
  const fill = (hit: CustomerHit): void => {
    onChange({ customerId: hit.customerId, code: hit.code, name: hit.name, phone: hit.phone });
    setTyped(null);
  };
  const choose = (hit: CustomerHit): void => {
    fill(hit);
    onDone();
  };
  /** Enter may come before the answer: the hands go on to the lines, and the first of what is found counts. */
  const chooseFirst = (): void => {
    if (!isPlaceholderData && data) {
      if (hits[highlighted]) choose(hits[highlighted]);
      return;
    }
    onDone();
    const look = async (): Promise<void> => {
      // A call of its own: the field's query is cancelled when the field is left.
      const found = await searchCustomers(desk, wanted).catch(() => []);
      // Typed over meanwhile: then that counts.
      if (field.current?.value.trim() !== wanted) return;
      if (found[0]) fill(found[0]);
      else field.current.focus();
    };
    outstanding.current = look();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229) return;
    if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey && wanted !== '')) {
      event.preventDefault();
      if (wanted !== '') chooseFirst();
      else if (customer) onDone();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setHighlighted((at) => Math.max(0, Math.min(hits.length - 1, at + step)));
    } else if (event.key === 'Escape' && typed !== null) {
      event.preventDefault();
      setTyped(null);
    }
  };

  return (
    <div className="customer">
      <div className="customer-field">
        <label id={nameId} className="dim" htmlFor={`${listId}-field`}>
          {t('editor.customer')}
        </label>
        <input
          ref={field}
          id={`${listId}-field`}
          className="customer-input"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={open && hits.length > 0}
          {...(open && hits.length > 0
            ? { 'aria-controls': listId, 'aria-activedescendant': optionId(listId, highlighted) }
            : {})}
          aria-invalid={issue === undefined || severity === 'warning' ? undefined : true}
          aria-describedby={issue === undefined ? undefined : issueId}
          autoComplete="off"
          spellCheck={false}
          placeholder={t('editor.customerPlaceholder')}
          value={typed ?? customer?.name ?? ''}
          onChange={(event) => {
            setTyped(event.target.value);
            setHighlighted(0);
          }}
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
          onKeyDown={onKeyDown}
          onFocus={() => {
            setFocused(true);
            field.current?.select();
          }}
          onBlur={() => {
            setFocused(false);
            // Emptied on purpose: the order then has no customer. Half a name is not one either, and stays to be seen.
            if (typed !== null && wanted === '') {
              onChange(null);
              setTyped(null);
            }
          }}
        />
        {open ? (
          <CandidateList
            id={listId}
            label={t('editor.customers')}
            anchor={field}
            hits={hits}
            idOf={(hit) => hit.customerId}
            highlighted={highlighted}
            onPick={(at) => hits[at] && choose(hits[at])}
            columns="88px minmax(0, 1fr) 120px"
            widthPx={520}
            render={(hit) => <CustomerCandidate hit={hit} match={wanted} />}
            nothing={t('editor.noCustomer', { text: wanted })}
          />
        ) : null}
      </div>
      {issue === undefined ? (
        customer && <CustomerFacts customer={customer} />
      ) : (
        <span id={issueId} className={severity === 'warning' ? 'tone-waiting' : 'tone-needs'} role="status">
          {issue}
          {action ? ' ' : null}
          {action ? (
            <button type="button" className="link-button" onClick={action.run}>
              {action.label} <kbd>Alt+A</kbd>
            </button>
          ) : null}
        </span>
      )}
    </div>
  );
}

function CustomerCandidate({ hit, match }: { hit: CustomerHit; match: string }) {
  const { t } = useText();
  return (
    <>
      <span className="clip">
        <MarkMatch text={hit.code} match={match} />
      </span>
      <span className={hit.active ? 'clip' : 'clip dim'}>
        <MarkMatch text={hit.name} match={match} />
        {hit.active ? null : ` · ${t('common.inactive')}`}
      </span>
      <span className="clip num dim">
        <MarkMatch text={hit.phone ?? ''} match={match} />
      </span>
    </>
  );
}

function CustomerFacts({ customer }: { customer: DraftCustomer }) {
  const { t } = useText();
  const age = useAgeText();
  const { data } = useQuery(customerDetail(useDesk(), customer.customerId));
  const facts = data?.customerId === customer.customerId ? data : undefined;
  return (
    <div className="customer-facts small">
      {customer.code === '' ? null : <span>{customer.code}</span>}
      {customer.phone ? <span>{customer.phone}</span> : null}
      {facts?.lastOrderAt == null ? null : <span>{t('editor.lastOrder', { age: age(facts.lastOrderAt) })}</span>}
      {facts ? (
        <span>
          {facts.orderCount === 0 ? t('editor.noOrders') : t('editor.orderCount', { count: facts.orderCount })}
        </span>
      ) : null}
    </div>
  );
}
