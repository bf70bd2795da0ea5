import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useDesk } from '../../desk/desk-context.tsx';
import { syncStatus } from '../../desk/queries.ts';
import { useText } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { PersonMenu } from './person-menu.tsx';
import { SCREENS } from './screens.ts';
import type { SignedIn } from './signed-in.ts';

/** The screens, with their keys; icons only where it is narrow. Below them, who is at which desk. */
export function NavRail({ session, user }: SignedIn) {
  const { t } = useText();
  const { data: status } = useQuery(syncStatus(useDesk()));
  const needs = status?.needsAttention ?? 0;
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      <p className="nav-name">{t('app.name')}</p>
      <ul>
        {SCREENS.map((screen, at) => (
          <li key={screen.to}>
            <Link to={screen.to} className="nav-link" activeProps={{ className: 'nav-link nav-link-here' }}>
              <Icon name={screen.icon} />
              <span className="nav-words">{t(`nav.${screen.text}`)}</span>
              {screen.text === 'attention' && needs > 0 ? (
                <span className="nav-count">{needs}</span>
              ) : (
                // Beside the count it would cut the words off.
                <kbd className="nav-key" aria-hidden="true">
                  Alt {at + 1}
                </kbd>
              )}
            </Link>
          </li>
        ))}
      </ul>
      <PersonMenu session={session} user={user} />
    </nav>
  );
}
