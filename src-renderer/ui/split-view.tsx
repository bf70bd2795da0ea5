/** A list with the open record beside it where there is room (1,440 px), over it where there is not. */
import type { ReactNode } from 'react';
import './split-view.css';

export function SplitView({ list, detail, label }: { list: ReactNode; detail: ReactNode | null; label: string }) {
  return (
    <div className="split">
      <div className="split-list">{list}</div>
      <aside className={detail ? 'split-detail split-detail-open' : 'split-detail'} aria-label={label}>
        {detail}
      </aside>
    </div>
  );
}
