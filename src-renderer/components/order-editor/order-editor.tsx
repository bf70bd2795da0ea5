/**
 * Typing an order: customer, grid, note, totals. Everything is done by keys; saving works from anywhere in it. What is
 * wrong stands at its place, a bar counts it, and a refused save leads to the first of it.
 */
import { Input } from 'antd';
import type { InputRef } from 'antd';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { PlaceAnswer } from '../../../src-main/api/desk-services.ts';
import type { Repair } from '../../../src-shared/domain/issue.ts';
import { issueText } from '../../../src-shared/text/issue-text.ts';
import { errorWords } from '../../desk/error-words.ts';
import { useText } from '../../text/i18n.ts';
import { useKeys } from '../../ui/keys.tsx';
import { CustomerPick, type CustomerPickHandle } from '../customer-pick.tsx';
import { isContentRepair } from '../mended-lines.ts';
import { isPristine } from './draft.ts';
import { columnToMend, firstOf, groupByLine, isUnder, useIssues } from './editor-issues.ts';
import { useGridCursor } from './grid-cursor.ts';
import { OrderGrid, type OrderGridHandle } from './order-grid.tsx';
import type { PlacedIssue } from './order-request.ts';
import { rememberReasons } from './recent-reasons.ts';
import { TotalsBar } from './totals-bar.tsx';
import type { DraftInHand } from './use-draft.ts';
import { useOrderCheck } from './use-order-check.ts';
import { useProductChoice } from './use-product-choice.ts';
import { useSaving } from './use-saving.ts';
import { useUnitsOf } from './use-units-of.ts';
import './order-editor.css';

/** A key pressed twice saves one order; the second press must not complain about the empty one after it. */
const DOUBLE_PRESS_MS = 1_000;

export interface OrderEditorProps {
  inHand: DraftInHand;
  onSaved: (answer: PlaceAnswer) => void;
  /** What stands over the customer: the last saved order, a restored draft. */
  notice: ReactNode;
  onBack?: () => void;
  /** Somebody else has changed the order meanwhile; nothing was saved. */
  onOvertaken?: () => void;
}

export function OrderEditor({ inHand, onSaved, notice, onBack, onOvertaken }: OrderEditorProps) {
  const { draft, dispatch, current } = inHand;
  const { t, language } = useText();
  const moves = useGridCursor();
  const { cursor, moveTo } = moves;
  const customer = useRef<CustomerPickHandle>(null);
  const grid = useRef<OrderGridHandle>(null);
  const note = useRef<InputRef>(null);
  const [why, setWhy] = useState(false);
  const line = draft.lines[Math.min(cursor.row, draft.lines.length - 1)];
  const customerId = draft.customer?.customerId ?? null;
  const choice = useProductChoice(line?.sought?.text ?? null, customerId, dispatch);
  const { checked, error: checkError } = useOrderCheck(draft);
  const saving = useSaving();
  const issues = useIssues({ draft, checked, refusal: saving.refusal, cursor });
  const byLine = useMemo(() => groupByLine(issues), [issues]);
  useUnitsOf(line, dispatch);

  const goTo = useCallback(
    (placed: PlacedIssue | undefined) => {
      if (placed?.at.place === 'note') note.current?.focus();
      else if (placed?.at.place === 'line') {
        const { key, column } = placed.at;
        const row = current().lines.findIndex((each) => each.key === key);
        if (placed.issue.code === 'price.reasonMissing') grid.current?.focusReason(row);
        else grid.current?.focusCell(row, columnToMend(column, placed));
      } else if (placed?.at.place === 'customer') customer.current?.focus();
      else grid.current?.focus();
    },
    [current],
  );
  const { orderId } = draft;
  const amends = draft.amends !== null;
  useEffect(() => {
    // Where the hands begin: a new order at its customer, one that is amended at its lines.
    if (amends) grid.current?.focus();
    else customer.current?.focus();
  }, [orderId, amends]);
  const savedAt = useRef(Number.NEGATIVE_INFINITY);
  const save = async (): Promise<void> => {
    await Promise.all([choice.settled(), customer.current?.settled()]);
    grid.current?.settle();
    const given = current();
    if (isPristine(given) && performance.now() - savedAt.current < DOUBLE_PRESS_MS) return;
    const result = await saving.save(given);
    if (result && 'answer' in result) {
      savedAt.current = performance.now();
      rememberReasons(given);
      moveTo(0, 'code');
      setWhy(false);
      onSaved(result.answer);
      customer.current?.focus();
    } else if (onOvertaken && result?.issues.some(({ issue }) => issue.code === 'order.changed')) onOvertaken();
    else if (result) goTo(firstOf(result.issues));
  };
  const nextProblem = (): void => {
    const at = issues.findIndex((placed) => {
      if (customer.current?.hasFocus()) return placed.at.place === 'customer';
      return grid.current?.hasFocus() && isUnder(placed, line?.key, cursor.column);
    });
    goTo(issues[(at + 1) % issues.length]);
  };
  const repair = useCallback(
    (key: string, of: Repair) => {
      dispatch({ do: 'repair', line: key, repair: of });
      grid.current?.focus();
    },
    [dispatch],
  );
  const nextArea = (): void => {
    if (customer.current?.hasFocus()) grid.current?.focus();
    else if (grid.current?.hasFocus()) note.current?.focus();
    else customer.current?.focus();
  };
  const askApproval = (): void => dispatch({ do: 'askApproval' });
  const approvable = issues.some(({ issue }) => issue.repairs.some((each) => each.kind === 'askApproval'));
  const lineRepair = line
    ? byLine.get(line.key)?.flatMap(({ issue }) => issue.repairs.filter(isContentRepair))[0]
    : undefined;
  useKeys([
    // The screen's own key, on the screen: back to its beginning.
    ...(draft.amends ? [] : [{ chord: 'Alt+1', run: () => customer.current?.focus() }]),
    { chord: 'F2', label: t('editor.key.edit'), run: () => grid.current?.focus() },
    { chord: 'F6', label: t('editor.key.area'), run: nextArea },
    ...(issues.length > 0 ? [{ chord: 'F7', label: t('editor.key.problem'), run: nextProblem }] : []),
    { chord: 'F8', label: t('editor.key.save'), run: () => void save() },
    { chord: 'Ctrl+S', run: () => void save() },
    {
      chord: 'Ctrl+Delete',
      label: t('editor.key.remove'),
      run: () => line && grid.current?.hasFocus() && dispatch({ do: 'removeLine', line: line.key }),
    },
    ...(line && lineRepair
      ? [{ chord: 'Alt+R', label: t('editor.key.repair'), run: () => repair(line.key, lineRepair) }]
      : []),
    ...(approvable ? [{ chord: 'Alt+A', label: t('repair.askApproval'), run: askApproval }] : []),
    {
      chord: 'Alt+W',
      label: t('story.key'),
      run: () => {
        setWhy(!why);
        grid.current?.focus();
      },
    },
    ...(why ? [{ chord: 'Escape', run: () => setWhy(false) }] : []),
    ...(onBack ? [{ chord: 'Alt+Backspace', label: t('editor.key.back'), run: onBack }] : []),
  ]);

  const noteIssue = issues.find(({ at }) => at.place === 'note');
  const customerIssue = issues.find(({ at }) => at.place === 'customer');
  const orderIssue = issues.find(({ at }) => at.place === 'order');
  const trouble = saving.failure ?? checkError;
  return (
    <section
      className="editor"
      aria-label={draft.amends ? t('editor.amending', { number: draft.amends.number }) : t('nav.newOrder')}
    >
      {notice}
      <CustomerPick
        ref={customer}
        customer={draft.customer}
        issue={customerIssue ? issueText(customerIssue.issue, language) : undefined}
        severity={customerIssue?.issue.severity}
        action={approvable ? { label: t('repair.askApproval'), run: askApproval } : undefined}
        onChange={(chosen) => dispatch({ do: 'setCustomer', customer: chosen })}
        onDone={() => grid.current?.focus()}
      />
      <OrderGrid
        ref={grid}
        draft={draft}
        dispatch={dispatch}
        moves={moves}
        choice={choice}
        checked={checked}
        issues={byLine}
        onRepair={repair}
        why={why}
        onWhy={setWhy}
      />
      {trouble === undefined ? null : (
        <p className="editor-trouble" role="alert">
          {saving.failure === undefined
            ? t('editor.checkLate', { why: errorWords(trouble, language).sentence })
            : errorWords(trouble, language).sentence}
        </p>
      )}
      {orderIssue ? (
        <p className="editor-trouble" role="alert">
          {issueText(orderIssue.issue, language)}
        </p>
      ) : null}
      <div className="editor-foot">
        <label className="editor-note">
          <span className="dim">{t('editor.note')}</span>
          <Input
            ref={note}
            variant="borderless"
            placeholder={t('editor.notePlaceholder')}
            value={draft.note}
            status={noteIssue ? 'error' : ''}
            aria-invalid={noteIssue !== undefined}
            onChange={(event) => dispatch({ do: 'setNote', note: event.target.value })}
          />
          {noteIssue ? (
            <span className="tone-needs small" role="status">
              {issueText(noteIssue.issue, language)}
            </span>
          ) : null}
        </label>
        <TotalsBar
          answer={checked?.answer}
          problems={issues.length}
          approval={draft.approval}
          onlyDoubts={issues.every(({ issue }) => issue.severity === 'warning')}
          onNextProblem={nextProblem}
          onSave={() => void save()}
          busy={saving.busy}
          amends={draft.amends !== null}
        />
      </div>
    </section>
  );
}
