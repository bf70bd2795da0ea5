/** What a screen says when it has nothing to show: what is so, why, and the one thing to do. */
import { Button } from 'antd';
import type { ReactNode } from 'react';
import './state-block.css';

export interface StateBlockProps {
  what: ReactNode;
  why?: ReactNode;
  action?: { label: string; run: () => void } | undefined;
  tone?: 'plain' | 'needs';
}

export function StateBlock({ what, why, action, tone = 'plain' }: StateBlockProps) {
  return (
    <div className={`state-block state-block-${tone}`} role={tone === 'needs' ? 'alert' : 'status'}>
      <p className="state-block-what">{what}</p>
      {why ? <p className="dim">{why}</p> : null}
      {action ? (
        <Button className="state-block-do" onClick={action.run}>
          {action.label}
        </Button>
      ) : null}
    </div>
  );
}
