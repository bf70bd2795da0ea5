import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { PRESENCE_EVERY_MS } from '../../src-shared/protocol/limits.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { useText } from '../text/i18n.ts';
import { clockText } from './when.tsx';

/** Who else has this order open to change it, while head office can say; and with `editing`, that it is open here. */
export function OthersHere({ orderId, editing }: { orderId: string; editing: boolean }) {
  const { t, language } = useText();
  const desk = useDesk();
  const { data: others } = useQuery({
    queryKey: ['presence', orderId, editing],
    queryFn: () => desk.sync.presence.mutate({ orderId, editing }),
    refetchInterval: PRESENCE_EVERY_MS,
    // Also where the window is behind another: the order is open all the same.
    refetchIntervalInBackground: editing,
    retry: false,
    gcTime: 0,
  });
  useEffect(() => {
    if (!editing) return undefined;
    return () => void desk.sync.presence.mutate({ orderId, editing: false }).catch(() => undefined);
  }, [desk, orderId, editing]);
  if (!others || others.length === 0) return null;
  return (
    <span className="tone-waiting" role="status">
      {others
        .map(({ userName, deviceName, since }) =>
          t('order.openAt', { user: userName, desk: deviceName, time: clockText(since, language) }),
        )
        .join(' · ')}
    </span>
  );
}
