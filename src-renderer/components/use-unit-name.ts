import { useCallback } from 'react';
import { useText } from '../text/i18n.ts';

/** The name of a unit: piece and case are translated, others show as they are written. */
export function useUnitName(): (unit: string) => string {
  const { t } = useText();
  return useCallback((unit: string) => (unit === 'piece' || unit === 'case' ? t(`unit.${unit}`) : unit), [t]);
}
