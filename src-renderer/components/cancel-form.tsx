import { Button, Input } from 'antd';
import { useId, useState } from 'react';
import { useText } from '../text/i18n.ts';

/** Cancelling asks for its reason where it stands, and Escape keeps the order. */
export function CancelForm(props: { busy: boolean; onCancel: (reason: string) => void; onKeep: () => void }) {
  const { t } = useText();
  const id = useId();
  const [reason, setReason] = useState('');
  return (
    <form
      className="cancel-form"
      onSubmit={(event) => {
        event.preventDefault();
        props.onCancel(reason.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        props.onKeep();
      }}
    >
      <label htmlFor={id}>
        {t('order.cancelReason')} <span className="dim small">{t('order.cancelHint')}</span>
      </label>
      <Input id={id} autoFocus maxLength={2_000} value={reason} onChange={(event) => setReason(event.target.value)} />
      <div>
        <Button danger htmlType="submit" loading={props.busy}>
          {t('order.cancelDo')}
        </Button>
        <Button onClick={props.onKeep}>{t('order.cancelKeep')}</Button>
      </div>
    </form>
  );
}
