import type { ReactNode } from 'react';
import { useText } from '../text/i18n.ts';
import { Icon } from '../ui/icon.tsx';

/** The head of an open record: what it is, one line about it, closing. */
export function PanelHead({ title, children, onClose }: { title: string; children: ReactNode; onClose: () => void }) {
  const { t } = useText();
  return (
    <header className="panel-head">
      <div className="panel-title">
        <h2>{title}</h2>
        {children}
      </div>
      <button type="button" className="panel-close" aria-label={t('common.close')} onClick={onClose}>
        <Icon name="cross" />
      </button>
    </header>
  );
}
