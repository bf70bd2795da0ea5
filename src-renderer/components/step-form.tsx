/** What a step has to be told: why, or how much of which line. It asks where it stands, and Escape leaves all as it is. */
import { Button, Checkbox, Input } from 'antd';
import { useId, useState } from 'react';
import type { GivenMoved, GivenStep, OrderDetail, OrderLineRow } from '../../src-main/api/desk-services.ts';
import { lineAllocatedBase, lineReturnableBase } from '../../src-shared/domain/lifecycle/fulfilment.ts';
import { MAX_REASON_LENGTH, MAX_TRACKING_LENGTH } from '../../src-shared/domain/order.ts';
import { thousandthsFromText, thousandthsToText } from '../../src-shared/domain/quantity.ts';
import { useText } from '../text/i18n.ts';

/** Steps that ask for a reason or for quantities first. */
export const ASKING = ['ship', 'closeRest', 'reject', 'hold', 'return'] as const;
export type AskingAction = (typeof ASKING)[number];

interface StepFormProps {
  action: AskingAction;
  order: OrderDetail;
  busy: boolean;
  onDo: (step: GivenStep['step']) => void;
  onKeep: () => void;
}

export function StepForm({ action, order, busy, onDo, onKeep }: StepFormProps) {
  const { t } = useText();
  const id = useId();
  const [reason, setReason] = useState('');
  const [tracking, setTracking] = useState('');
  const [restock, setRestock] = useState(true);
  const moves = action === 'ship' || action === 'return';
  const mostOf = action === 'ship' ? lineAllocatedBase : lineReturnableBase;
  // All that is set aside leaves, unless somebody says otherwise; what comes back is never all by itself.
  const [texts, setTexts] = useState(() =>
    order.lines.map((line) => (action === 'ship' ? thousandthsToText(mostOf(line)) : '')),
  );
  const moved = moves ? movedOf(texts) : [];
  const submit = (): void => {
    if (moved === undefined) return;
    if (action === 'ship')
      onDo({ do: 'ship', moved, ...(tracking.trim() === '' ? {} : { tracking: tracking.trim() }) });
    else if (action === 'return') onDo({ do: 'return', moved, reason: reason.trim(), restock });
    else onDo({ do: action, reason: reason.trim() });
  };
  return (
    <form
      className="cancel-form"
      aria-label={t(`order.action.${action}`)}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onKeep();
      }}
    >
      {moves ? <MovedLines order={order} texts={texts} mostOf={mostOf} onChange={setTexts} /> : null}
      {action === 'ship' ? (
        <Asked id={`${id}-tracking`} label={t('order.tracking')} max={MAX_TRACKING_LENGTH} onChange={setTracking} />
      ) : (
        <Asked
          id={`${id}-reason`}
          label={t('order.reasonAsked')}
          max={MAX_REASON_LENGTH}
          onChange={setReason}
          focus={!moves}
        />
      )}
      {action === 'return' ? (
        <Checkbox checked={restock} onChange={(event) => setRestock(event.target.checked)}>
          {t('order.restock')}
        </Checkbox>
      ) : null}
      <div>
        <Button type="primary" htmlType="submit" loading={busy} disabled={moved === undefined}>
          {t(`order.action.${action}`)}
        </Button>
        <Button onClick={onKeep}>{t('order.stepKeep')}</Button>
      </div>
    </form>
  );
}

function Asked(props: { id: string; label: string; max: number; focus?: boolean; onChange: (text: string) => void }) {
  return (
    <>
      <label htmlFor={props.id}>{props.label}</label>
      <Input
        id={props.id}
        autoFocus={props.focus ?? false}
        maxLength={props.max}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </>
  );
}

function MovedLines(props: {
  order: OrderDetail;
  texts: readonly string[];
  mostOf: (line: OrderLineRow) => number;
  onChange: (texts: string[]) => void;
}) {
  const { t } = useText();
  const { order, texts, mostOf, onChange } = props;
  const possible = order.lines.flatMap((line, index) => (mostOf(line) > 0 ? [{ line, index }] : []));
  const [first] = possible;
  return (
    <table className="lines">
      <tbody>
        {possible.map(({ line, index }) => (
          <tr key={index}>
            <td className="clip">
              {line.productCode} {line.productName}
            </td>
            <td className="num dim">{t('order.ofMost', { most: thousandthsToText(mostOf(line)) })}</td>
            <td style={{ width: 96 }}>
              <Input
                size="small"
                className="num"
                autoFocus={index === first?.index}
                aria-label={t('order.movedOf', { product: line.productCode })}
                status={thousandthsOf(texts[index]) === undefined ? 'error' : ''}
                value={texts[index]}
                onChange={(event) => onChange(texts.map((text, at) => (at === index ? event.target.value : text)))}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Of the base unit; nothing typed is none of it. */
function thousandthsOf(text = ''): number | undefined {
  return text.trim() === '' ? 0 : thousandthsFromText(text);
}

/** `undefined` while something that was typed is no number. */
function movedOf(texts: readonly string[]): GivenMoved | undefined {
  const quantities = texts.map(thousandthsOf);
  if (quantities.some((quantity) => quantity === undefined)) return undefined;
  return quantities.flatMap((quantityBase = 0, line) => (quantityBase === 0 ? [] : [{ line, quantityBase }]));
}
