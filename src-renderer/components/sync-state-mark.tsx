/** Where an order stands, in the same words everywhere, with a shape beside the colour. */
import type { SpokenIssue } from '../../src-main/api/spoken-issue.ts';
import type { SyncState } from '../../src-shared/protocol/sync-state.ts';
import { issueText } from '../../src-shared/text/issue-text.ts';
import { useText } from '../text/i18n.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import './sync-state-mark.css';

export type Tone = 'settled' | 'waiting' | 'needs' | 'past';

export const STATE_LOOKS: Record<SyncState, { tone: Tone; icon: IconName }> = {
  local: { tone: 'past', icon: 'dash' },
  waiting: { tone: 'waiting', icon: 'clock' },
  sent: { tone: 'waiting', icon: 'clock' },
  held: { tone: 'waiting', icon: 'clock' },
  applied: { tone: 'settled', icon: 'check' },
  refused: { tone: 'needs', icon: 'alert' },
  superseded: { tone: 'past', icon: 'slash' },
  quarantined: { tone: 'needs', icon: 'alert' },
};

const NO_ISSUES: readonly SpokenIssue[] = [];

export function SyncStateMark({ state, issues = NO_ISSUES }: { state: SyncState; issues?: readonly SpokenIssue[] }) {
  const { t, language } = useText();
  const look = STATE_LOOKS[state];
  const words = t(`sync.state.${state}`);
  const why = state === 'refused' && issues[0] ? issueText(issues[0], language) : undefined;
  return (
    <span className={`state-mark tone-${look.tone}`} title={why}>
      <Icon name={look.icon} />
      <span className="clip">{why ? `${words}: ${why}` : words}</span>
    </span>
  );
}
