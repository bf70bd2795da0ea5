import { Button, Popover, Segmented } from 'antd';
import { useDesk } from '../../desk/desk-context.tsx';
import { switchLanguage, useText } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { chooseTheme, THEME_CHOICES, useTheme } from '../../ui/theme-choice.ts';
import type { Language } from '../../../src-shared/text/language.ts';
import type { SignedIn } from './signed-in.ts';

/** Who is signed in, at which branch's which desk; language, colours, signing out. */
export function PersonMenu({ session, user }: SignedIn) {
  const { t } = useText();
  return (
    <Popover trigger="click" placement="topLeft" arrow={false} content={<PersonPanel user={user} />}>
      <button type="button" className="person" title={t('person.open')}>
        <Icon name="person" />
        <span className="person-words">
          <span className="clip">{user.displayName}</span>
          <span className="clip small dim">
            {[session.branch?.name, session.device?.name].filter((part) => part !== undefined).join(' · ')}
          </span>
        </span>
      </button>
    </Popover>
  );
}

/** Language and colours, wherever a person looks for them: also before anybody has signed in. */
export function LanguageChoice() {
  const { t, language } = useText();
  return (
    <Segmented<Language>
      aria-label={t('person.language')}
      value={language}
      options={[
        { value: 'zh-CN', label: '中文' },
        { value: 'en', label: 'English' },
      ]}
      onChange={switchLanguage}
    />
  );
}

function PersonPanel({ user }: Pick<SignedIn, 'user'>) {
  const { t } = useText();
  const desk = useDesk();
  const { choice } = useTheme();
  return (
    <div className="person-panel">
      <p>
        {t('person.signedInAs', { name: user.displayName })}
        <span className="dim"> · {t(`person.role.${user.role}`)}</span>
      </p>
      <div>
        <span className="dim">{t('person.language')}</span>
        <LanguageChoice />
      </div>
      <div>
        <span className="dim">{t('person.theme')}</span>
        <Segmented
          aria-label={t('person.theme')}
          value={choice}
          options={THEME_CHOICES.map((value) => ({ value, label: t(`person.${value}`) }))}
          onChange={chooseTheme}
        />
      </div>
      <Button onClick={() => void desk.session.signOut.mutate()}>{t('person.signOut')}</Button>
    </div>
  );
}
