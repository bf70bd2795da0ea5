import { useQuery } from '@tanstack/react-query';
import { useDesk } from '../../desk/desk-context.tsx';
import { safetyStatus } from '../../desk/queries.ts';
import { useText } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import './safety.css';

/** A full disk, told while there is still room for the orders at hand. */
export function SafetyBar() {
  const { t } = useText();
  const { data } = useQuery(safetyStatus(useDesk()));
  if (!data) return null;
  if (data.usingReserve) {
    return (
      <p className="safety-bar tone-needs" role="alert">
        <Icon name="alert" /> {t('safety.diskFull')}
      </p>
    );
  }
  if (data.copyProblem?.what !== 'orders') return null;
  return (
    <p className="safety-bar tone-waiting" role="status">
      <Icon name="alert" /> {t(`safety.copyProblem.${data.copyProblem.reason}`)}
    </p>
  );
}
