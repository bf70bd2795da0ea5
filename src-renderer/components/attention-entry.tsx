/** One entry of the attention list: what is so, with which order, and what can be done. What it says is its card's. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AttentionItem } from '../../src-main/api/sync-services.ts';
import { errorWords } from '../desk/error-words.ts';
import { useText } from '../text/i18n.ts';
import { Icon } from '../ui/icon.tsx';

/** What every card of the list is given. */
export interface AttentionCardProps {
  entry: AttentionItem;
  current: boolean;
  onChoose: () => void;
}

interface AttentionEntryProps extends AttentionCardProps {
  what: string;
  /** Besides number and customer. */
  facts?: ReactNode;
  failure: unknown;
  /** Buttons, or a form in their place. */
  actions: ReactNode;
  children: ReactNode;
}

export function AttentionEntry(of: AttentionEntryProps) {
  const { entry, current, failure } = of;
  const { language } = useText();
  return (
    <li
      className={current ? 'attention-card attention-card-current' : 'attention-card'}
      aria-current={current || undefined}
      onMouseDown={of.onChoose}
    >
      <article className="attention-body" aria-label={entry.number}>
        <header className="attention-head">
          <span className="attention-what tone-needs">
            <Icon name="alert" />
            {of.what}
          </span>
          <Link to="/orders" search={{ open: entry.orderId }}>
            {entry.number}
          </Link>
          <span className="clip">{entry.customerName}</span>
          {of.facts}
        </header>
        {of.children}
        {failure ? (
          <p className="tone-needs" role="alert">
            {errorWords(failure, language).sentence}
          </p>
        ) : null}
        {of.actions}
      </article>
    </li>
  );
}
