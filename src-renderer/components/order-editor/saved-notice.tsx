import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { PlaceAnswer } from '../../../src-main/api/desk-services.ts';
import { useDesk } from '../../desk/desk-context.tsx';
import { orderDetail } from '../../desk/queries.ts';
import { useText } from '../../text/i18n.ts';
import { amountText } from '../amounts.ts';
import { SyncStateMark } from '../sync-state-mark.tsx';

/** The order that was just saved: its number, and where it stands, as it goes on its way. */
export function SavedNotice({ answer }: { answer: PlaceAnswer }) {
  const { t } = useText();
  const { data } = useQuery(orderDetail(useDesk(), answer.orderId));
  return (
    <p className="editor-notice" role="status">
      <span>{t('editor.saved')}</span>
      <Link to="/orders" search={{ open: answer.orderId }}>
        {answer.number}
      </Link>
      <span className="clip dim">{data?.customerName}</span>
      <span>
        {amountText(answer.totalMinor, answer.currency)} <span className="dim small">{answer.currency}</span>
      </span>
      <SyncStateMark state={data?.sync ?? answer.sync} issues={data?.issues ?? []} />
    </p>
  );
}
