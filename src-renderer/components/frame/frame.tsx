/** The frame of every screen: navigation, one bar above, the keys and the age of the facts below. */
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { useText } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { KeySheet } from '../../ui/key-sheet.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { FindPalette } from './find-palette.tsx';
import { SafetyBar } from '../safety/safety-bar.tsx';
import { FooterBar } from './footer-bar.tsx';
import { NavRail } from './nav-rail.tsx';
import type { SignedIn } from './signed-in.ts';
import { SCREENS } from './screens.ts';
import { SyncPill } from './sync-pill.tsx';
import './frame.css';

export function Frame({ session, user, children }: SignedIn & { children: ReactNode }) {
  const { t } = useText();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [over, setOver] = useState<'keys' | 'find' | null>(null);
  const screen = SCREENS.find(({ to }) => pathname.startsWith(to));
  const title = screen ? t(`nav.${screen.text}`) : t('app.name');
  useEffect(() => {
    document.title = `${title} · ${t('app.name')}`;
  }, [title, t]);
  useKeys([
    { chord: 'F1', label: t('keys.show'), run: () => setOver('keys') },
    ...SCREENS.map(({ to }, at) => ({ chord: `Alt+${at + 1}`, run: () => void navigate({ to }) })),
    { chord: 'Ctrl+K', run: () => setOver('find') },
  ]);
  return (
    <div className="frame">
      <NavRail session={session} user={user} />
      <div className="frame-main">
        <header className="frame-bar">
          <h1>{title}</h1>
          <button type="button" className="find-button" onClick={() => setOver('find')}>
            <Icon name="search" />
            <span>{t('keys.find')}</span>
            <kbd>Ctrl K</kbd>
          </button>
          <SyncPill />
        </header>
        <SafetyBar />
        <main className="frame-screen">{children}</main>
        <FooterBar />
      </div>
      {over === 'keys' ? (
        <KeySheet
          title={t('keys.title')}
          closeLabel={t('common.close')}
          more={[
            { chord: `Alt+1 … ${SCREENS.length}`, label: t('keys.screens') },
            { chord: 'Ctrl+K', label: t('keys.find') },
          ]}
          onClose={() => setOver(null)}
        />
      ) : null}
      {over === 'find' ? <FindPalette onClose={() => setOver(null)} /> : null}
    </div>
  );
}
