import { useQuery } from '@tanstack/react-query';
import type { CopyFacts, SafetyStatus } from '../../../src-main/api/safety-services.ts';
import { useDesk } from '../../desk/desk-context.tsx';
import { safetyStatus } from '../../desk/queries.ts';
import { useText } from '../../text/i18n.ts';
import { When } from '../when.tsx';

/** How safe the orders are on this PC: when they were copied last, and whether the file was found sound. */
export function SafetyFacts() {
  const { t } = useText();
  const { data } = useQuery(safetyStatus(useDesk()));
  if (!data) return null;
  return (
    <dl className="facts sync-facts">
      <dt>{t('safety.ordersCopy')}</dt>
      <dd>
        <Copied copy={data.ordersCopy} />
        {data.copyProblem ? (
          <span className="tone-waiting"> · {t(`safety.copyProblem.${data.copyProblem.reason}`)}</span>
        ) : null}
      </dd>
      <dt>{t('safety.wholeCopy')}</dt>
      <dd>
        <Copied copy={data.wholeCopy} />
      </dd>
      <dt>{t('safety.file')}</dt>
      <dd>
        <Checked check={data.check} />
      </dd>
    </dl>
  );
}

function Copied({ copy }: { copy: CopyFacts | null }) {
  const { t } = useText();
  return copy === null ? <span className="dim">{t('safety.noCopy')}</span> : <When at={copy.at} />;
}

function Checked({ check }: { check: SafetyStatus['check'] }) {
  const { t } = useText();
  if (check === null) return <span className="dim">{t('safety.notChecked')}</span>;
  return (
    <>
      <span className={check.sound ? 'tone-settled' : 'tone-needs'}>
        {t(check.sound ? 'safety.sound' : 'safety.damaged')}
      </span>{' '}
      · <When at={check.at} />
    </>
  );
}
