/** Faults that were found in the rows here: what, which rows by name, and whether they are put right. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import type { AlarmRow } from '../../src-main/api/sync-services.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { syncAlarms } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { Icon } from '../ui/icon.tsx';
import { kindWords } from './kind-words.ts';
import { When } from './when.tsx';

export function SyncAlarms() {
  const { t } = useText();
  const desk = useDesk();
  const queries = useQueryClient();
  const { data: alarms = [] } = useQuery(syncAlarms(desk));
  const acknowledge = useMutation({
    mutationFn: (alarmId: string) => desk.sync.acknowledgeAlarm.mutate({ alarmId }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sync', 'alarms'] }),
  });
  if (alarms.length === 0) return null;
  return (
    <section aria-label={t('sync.page.alarms')}>
      <h2>{t('sync.page.alarms')}</h2>
      <p className="dim small">{t('sync.page.alarmsWhy')}</p>
      <ul className="sync-alarms">
        {alarms.map((alarm) => (
          <li key={alarm.alarmId}>
            <AlarmWords alarm={alarm} />
            <Button
              size="small"
              loading={acknowledge.isPending && acknowledge.variables === alarm.alarmId}
              onClick={() => acknowledge.mutate(alarm.alarmId)}
            >
              {t('sync.page.acknowledge')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function AlarmWords({ alarm }: { alarm: AlarmRow }) {
  const { t } = useText();
  const { what, kind, count, rows, mended, at } = alarm;
  const words = {
    rows: t('sync.page.alarmRows', { count }),
    tooMany: t('sync.page.alarmTooMany'),
    search: t('sync.page.alarmSearch'),
  };
  return (
    <div>
      <p className={mended ? 'state-mark tone-settled' : 'state-mark tone-needs'}>
        <Icon name={mended ? 'check' : 'alert'} />
        {kindWords(t, kind)}: {words[what]} · {t(mended ? 'sync.page.mended' : 'sync.page.notMended')}
      </p>{' '}
      <span className="dim small">
        <When at={at} />
      </span>
      {rows.map(({ key, fault, label }) => (
        <div key={key} className="small">
          {label === '' ? <span className="mono">{key}</span> : label}{' '}
          <span className="dim">{t(`sync.page.fault.${fault}`)}</span>
        </div>
      ))}
      {count > rows.length && rows.length > 0 ? (
        <div className="dim small">{t('sync.page.moreRows', { count: count - rows.length })}</div>
      ) : null}
    </div>
  );
}
