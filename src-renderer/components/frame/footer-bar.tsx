import { useQuery } from '@tanstack/react-query';
import { useDesk } from '../../desk/desk-context.tsx';
import { syncStatus } from '../../desk/queries.ts';
import { useText } from '../../text/i18n.ts';
import { useListedKeys } from '../../ui/keys.tsx';
import { clockText } from '../when.tsx';

/** The keys that work here, and how old prices and stock are. */
export function FooterBar() {
  const { t, language } = useText();
  const keys = useListedKeys();
  const { data: status } = useQuery(syncStatus(useDesk()));
  const asOf = status?.asOf ?? null;
  const time = asOf === null ? '' : clockText(asOf, language);
  return (
    <footer className="footer">
      <ul className="footer-keys">
        {keys.map((binding) => (
          <li key={binding.chord}>
            <kbd>{binding.chord}</kbd> {binding.label}
          </li>
        ))}
      </ul>
      <span className="footer-facts">
        {asOf === null
          ? t('footer.noFacts')
          : `${t('footer.pricesAsOf', { time })} · ${status?.link === 'online' ? t('footer.stockLive') : t('footer.stockAsOf', { time })}`}
      </span>
    </footer>
  );
}
