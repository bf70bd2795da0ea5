/** One refused change: in plain words what and why, the facts, and the repairs. One key sends the chosen ones. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import type { OrderDetail } from '../../src-main/api/desk-services.ts';
import type { SpokenIssue } from '../../src-main/api/spoken-issue.ts';
import type { AttentionItem } from '../../src-main/api/sync-services.ts';
import { issueText } from '../../src-shared/text/issue-text.ts';
import { useDesk } from '../desk/desk-context.tsx';
import { orderDetail, sessionState } from '../desk/queries.ts';
import { useText } from '../text/i18n.ts';
import { useKeys } from '../ui/keys.tsx';
import { amountText } from './amounts.ts';
import { AttentionEntry, type AttentionCardProps } from './attention-entry.tsx';
import { CancelForm } from './cancel-form.tsx';
import { LetGoButton } from './let-go-button.tsx';
import { isContentRepair, mendedLines, type ContentRepair } from './mended-lines.ts';
import { SetAside } from './set-aside.tsx';
import { useRepairWords } from './use-repair-words.ts';
import { useAgeText } from './when.tsx';

export function AttentionCard(card: AttentionCardProps) {
  const { entry, current } = card;
  const { t, language } = useText();
  const age = useAgeText();
  const navigate = useNavigate();
  const desk = useDesk();
  const { data: order } = useQuery(orderDetail(desk, entry.orderId));
  const { data: session } = useQuery(sessionState(desk));
  const [cancelling, setCancelling] = useState(false);
  const [chosen, setChosen] = useState<ReadonlyMap<number, number>>(new Map());
  const repairs = chosenRepairs(entry.issues, chosen);
  // Of an order that somebody else has changed, too, nothing is sent that was not compared with that.
  const conflict = order?.conflict != null;
  // One that somebody has cancelled or given out meanwhile can only be left as it is.
  const editable = order?.open !== false;
  const cancellable = order?.actions.includes('cancel') !== false;
  const mendable = repairs !== undefined && order !== undefined && entry.sync === 'refused' && !conflict;
  const emptied = mendable && mendedLines(order.lines, repairs).length === 0;
  const mend = useMutation({
    mutationFn: ({ of, by }: { of: OrderDetail; by: readonly ContentRepair[] }) =>
      desk.orders.amend.mutate({
        orderId: of.orderId,
        customerId: of.customerId,
        note: of.note,
        lines: mendedLines(of.lines, by),
        ...(by.some(({ kind }) => kind === 'askApproval') ? { approval: true } : {}),
      }),
  });
  const approvable = entry.sync === 'refused' && entry.issues.some(({ code }) => code === 'user.sessionInvalid');
  const mayApprove = approvable && !conflict && session?.user != null && session.user.role !== 'clerk';
  const approve = useMutation({ mutationFn: () => desk.orders.approve.mutate({ orderId: entry.orderId }) });
  const cancel = useMutation({
    mutationFn: (reason: string) => desk.orders.cancel.mutate({ orderId: entry.orderId, reason }),
  });
  const send = (): void => {
    if (mendable && !emptied && !mend.isPending) mend.mutate({ of: order, by: repairs });
  };
  const edit = (): void => void navigate({ to: '/orders/$orderId/amend', params: { orderId: entry.orderId } });
  useKeys(
    current
      ? [
          ...(mendable && !emptied ? [{ chord: 'Alt+R', label: t('attention.key.mend'), run: send }] : []),
          ...(mayApprove ? [{ chord: 'Alt+R', label: t('attention.key.approve'), run: () => approve.mutate() }] : []),
          ...(editable
            ? [{ chord: 'F2', label: t(conflict ? 'attention.key.compare' : 'attention.key.edit'), run: edit }]
            : []),
          ...(cancellable
            ? [{ chord: 'Ctrl+Delete', label: t('attention.key.cancel'), run: () => setCancelling(true) }]
            : []),
        ]
      : [],
  );
  const mayLetGo = order?.actions.includes('letGo') === true;
  const failure = mend.error ?? approve.error ?? cancel.error;
  const facts = (
    <>
      <span className="dim small">
        {t(entry.sync === 'refused' ? 'attention.at' : 'attention.madeAt', { age: age(entry.at) })}
      </span>
      <span className="num">
        {amountText(entry.totalMinor, entry.currency)} <span className="dim small">{entry.currency}</span>
      </span>
    </>
  );
  const actions = cancelling ? (
    <CancelForm
      busy={cancel.isPending}
      onCancel={(reason) => cancel.mutate(reason)}
      onKeep={() => setCancelling(false)}
    />
  ) : (
    <div className="attention-actions">
      {mendable && !emptied ? (
        <Button type="primary" loading={mend.isPending} onClick={send}>
          {t('attention.mend')}
          {current ? <kbd>Alt+R</kbd> : null}
        </Button>
      ) : null}
      {mayApprove ? (
        <Button type="primary" loading={approve.isPending} onClick={() => approve.mutate()}>
          {t('attention.approve')}
          {current ? <kbd>Alt+R</kbd> : null}
        </Button>
      ) : null}
      {editable ? (
        <Button type={conflict ? 'primary' : 'default'} onClick={edit}>
          {t(conflict ? 'attention.compare' : 'attention.edit')}
          {conflict && current ? <kbd>F2</kbd> : null}
        </Button>
      ) : null}
      {mayLetGo ? <LetGoButton orderId={entry.orderId} /> : null}
      {cancellable ? (
        <Button type="text" danger onClick={() => setCancelling(true)}>
          {t('attention.cancelOrder')}
        </Button>
      ) : null}
      {mend.isSuccess || approve.isSuccess ? (
        <span className="tone-settled" role="status">
          {t('attention.mended')}
        </span>
      ) : null}
    </div>
  );
  return (
    <AttentionEntry {...card} what={whatWords(t, entry)} facts={facts} failure={failure} actions={actions}>
      {entry.sync === 'refused' ? null : <SetAside entry={entry} />}
      {approvable && !mayApprove && !conflict ? <p className="dim">{t('attention.managerApproves')}</p> : null}
      <ul>
        {entry.issues.map((issue, at) => (
          <IssueRow
            key={`${issue.code}/${issue.path.join('/')}`}
            issue={issue}
            order={order}
            words={issueText(issue, language)}
            chosen={chosen.get(at) ?? 0}
            onChoose={(repair) => setChosen((before) => new Map(before).set(at, repair))}
          />
        ))}
      </ul>
      {editable ? null : (
        <p className="tone-waiting">{t('attention.closed', { state: t(`order.stage.${order.state}`) })}</p>
      )}
      {emptied ? <p className="tone-waiting">{t('attention.allRemoved')}</p> : null}
    </AttentionEntry>
  );
}

interface IssueRowProps {
  issue: SpokenIssue;
  order: OrderDetail | undefined;
  words: string;
  chosen: number;
  onChoose: (repair: number) => void;
}

function IssueRow({ issue, order, words, chosen, onChoose }: IssueRowProps) {
  const { t } = useText();
  const repairWords = useRepairWords();
  const index = typeof issue.path[1] === 'number' ? issue.path[1] : undefined;
  const line = index === undefined ? undefined : order?.lines[index];
  const repairs = issue.repairs.filter(isContentRepair);
  return (
    <li className="attention-issue">
      <span>
        {line && index !== undefined ? (
          <span className="dim">
            {t('attention.line', { line: index + 1, product: `${line.productCode} ${line.productName}` })}
            {' — '}
          </span>
        ) : null}
        {words}
      </span>
      {repairs.length === 0 && typeof issue.params['ask'] === 'string' ? (
        <span className="dim">
          {' '}
          {t(issue.params['ask'] === 'admin' ? 'attention.askAdmin' : 'attention.askManager')}
        </span>
      ) : null}
      {repairs.length === 0 ? null : (
        <span className="attention-repairs" role="group" aria-label={t('attention.choose', { line: (index ?? 0) + 1 })}>
          {repairs.map((repair, at) => (
            <button
              key={repair.kind}
              type="button"
              className="repair"
              aria-pressed={at === chosen}
              onClick={() => onChoose(at)}
            >
              {repairWords(repair, { currency: order?.currency ?? null })}
            </button>
          ))}
        </span>
      )}
    </li>
  );
}

/** One repair for each issue, the first unless another was chosen; `undefined` where an issue has none that can be sent. */
function chosenRepairs(
  issues: readonly SpokenIssue[],
  chosen: ReadonlyMap<number, number>,
): ContentRepair[] | undefined {
  const repairs: ContentRepair[] = [];
  for (const [at, issue] of issues.entries()) {
    if (issue.severity === 'warning') continue;
    const found = issue.repairs.filter(isContentRepair)[chosen.get(at) ?? 0];
    if (!found) return undefined;
    repairs.push(found);
  }
  return repairs.length > 0 ? repairs : undefined;
}

function whatWords(t: ReturnType<typeof useText>['t'], { name, sync }: AttentionItem): string {
  if (sync !== 'refused') return t(sync === 'held' ? 'attention.what.held' : 'attention.what.setAside');
  if (name === 'order.place' || name === 'order.amend' || name === 'order.cancel') return t(`attention.what.${name}`);
  return t('attention.what.other');
}
