import type { Repair } from '../../../src-shared/domain/issue.ts';
import { issueText } from '../../../src-shared/text/issue-text.ts';
import { useText } from '../../text/i18n.ts';
import { Icon } from '../../ui/icon.tsx';
import { quantityText } from '../amounts.ts';
import { useDiscountWords } from '../use-discount-words.ts';
import { isContentRepair } from '../mended-lines.ts';
import { useRepairWords } from '../use-repair-words.ts';
import type { GridRowProps } from './grid-row-props.ts';
import type { PlacedIssue } from './order-request.ts';

/** What is to be said of a line: what is wrong with it and its repairs, else what promotions took off and what is left. */
export function GridNotes(props: GridRowProps) {
  const { line, checked, issues } = props;
  const { t } = useText();
  const worst = issues.find((placed) => placed.issue.severity === 'error') ?? issues[0];
  const left =
    checked && line.product ? t('order.line.left', { text: quantityText(Math.max(0, checked.availableBase)) }) : '';
  if (worst) return <IssueNotes {...props} worst={worst} left={left} />;
  return (
    <span className="clip">
      <Promotions {...props} />
      <span className="dim">{left}</span>
    </span>
  );
}

function Promotions({ checked, currency }: GridRowProps) {
  const words = useDiscountWords()(checked?.story?.discounts ?? [], currency).join(' · ');
  if (words === '') return null;
  return (
    <span className="notes-promotions" title={words}>
      <Icon name="tag" /> {words} ·{' '}
    </span>
  );
}

interface IssueNotesProps extends GridRowProps {
  worst: PlacedIssue;
  left: string;
}

function IssueNotes({ line, index, active, currency, onRepair, worst, left }: IssueNotesProps) {
  const { t, language } = useText();
  const repairWords = useRepairWords();
  const { issue } = worst;
  const sentence = issueText(issue, language);
  const words = (repair: Repair): string => repairWords(repair, { currency });
  return (
    <span className={`notes tone-${issue.severity === 'error' ? 'needs' : 'waiting'}`}>
      <Icon name={issue.severity === 'error' ? 'alert' : 'clock'} />
      <span className="clip notes-words" title={sentence}>
        {issue.code === 'stock.short' ? left : sentence}
      </span>
      {issue.repairs.filter(isContentRepair).map((repair, at) => (
        <button
          key={repair.kind}
          type="button"
          tabIndex={-1}
          className="repair"
          aria-label={t('repair.forLine', { line: index + 1, what: words(repair) })}
          onClick={() => onRepair(line.key, repair)}
        >
          {words(repair)}
          {at === 0 && active ? <kbd>Alt+R</kbd> : null}
        </button>
      ))}
    </span>
  );
}
