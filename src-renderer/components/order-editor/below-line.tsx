import type { Dispatch } from 'react';
import type { Issue } from '../../../src-shared/domain/issue.ts';
import type { Currency } from '../../../src-shared/domain/money.ts';
import { issueText } from '../../../src-shared/text/issue-text.ts';
import { useText } from '../../text/i18n.ts';
import { unitPriceText } from '../amounts.ts';
import type { DraftLine } from './draft.ts';
import type { DraftAction } from './draft-reducer.ts';
import { ManualReason } from './manual-reason.tsx';

export interface BelowLineProps {
  at: { top: number; left: number };
  issue: Issue | undefined;
  /** The id of the sentence about it. */
  sentenceId: string;
  /** Set while the line's price is one by hand, whose reason is asked for. */
  reason: { line: DraftLine; listUnitPrice: number | null; currency: Currency | null; offered: string[] } | undefined;
  /** The hands are to be at the reason. */
  wanted: boolean;
  dispatch: Dispatch<DraftAction>;
  onReasonDone: (to: 'next' | 'price') => void;
  onReasonLeft: () => void;
}

/** What hangs below the line under the cursor: the reason of its price, and what is wrong with it in one sentence. */
export function BelowLine({ at, issue, sentenceId, reason, ...props }: BelowLineProps) {
  const { language } = useText();
  return (
    <div className="below-line" style={at}>
      {reason ? (
        <ManualReason
          key={reason.line.key}
          line={reason.line}
          listPrice={reason.listUnitPrice === null ? '' : unitPriceText(reason.listUnitPrice, reason.currency)}
          offered={reason.offered}
          wanted={props.wanted}
          describedBy={issue ? sentenceId : undefined}
          missing={issue?.code === 'price.reasonMissing'}
          dispatch={props.dispatch}
          onDone={props.onReasonDone}
          onLeft={props.onReasonLeft}
        />
      ) : null}
      {issue ? (
        <p id={sentenceId} className={`callout callout-${issue.severity}`} role="status">
          {issueText(issue, language)}
        </p>
      ) : null}
    </div>
  );
}
