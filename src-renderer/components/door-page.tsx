/** The screens before the screens: connecting a desk and signing in look alike, and can be read in both languages. */
import { useId, type ReactNode } from 'react';
import { useText } from '../text/i18n.ts';
import { LanguageChoice } from './frame/person-menu.tsx';
import './door-page.css';

export interface DoorPageProps {
  title: string;
  lead: string;
  problem: string | undefined;
  onSubmit: () => void;
  children: ReactNode;
}

export function DoorPage({ title, lead, problem, onSubmit, children }: DoorPageProps) {
  const { t } = useText();
  return (
    <main className="door">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <p className="door-name">{t('app.name')}</p>
        <h1>{title}</h1>
        <p className="dim">{lead}</p>
        {children}
        {problem === undefined ? null : (
          <p className="tone-needs" role="alert">
            {problem}
          </p>
        )}
        <LanguageChoice />
      </form>
    </main>
  );
}

interface FieldProps {
  label: string;
  hint?: string;
  problem?: string | undefined;
  children: (id: string) => ReactNode;
}

export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId();
  return (
    <div className="door-field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {hint === undefined ? null : <span className="dim small">{hint}</span>}
      {problem === undefined ? null : (
        <span className="tone-needs small" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
