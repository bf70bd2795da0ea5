/** F1: every key that works here, over the screen until any of Escape, F1 or the button closes it. */
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useKeys, useListedKeys, type KeyBinding } from './keys.tsx';
import './key-sheet.css';

export interface KeySheetProps {
  title: string;
  closeLabel: string;
  /** Keys that work everywhere and are not in the footer. */
  more: readonly KeyBinding[];
  onClose: () => void;
}

export function KeySheet({ title, closeLabel, more, onClose }: KeySheetProps) {
  const keys = useListedKeys();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useKeys([{ chord: 'F1', run: onClose }]);
  return (
    <dialog ref={dialog} className="key-sheet opens" aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      <dl>
        {[...keys, ...more].map((binding) => (
          <div key={binding.chord}>
            <dt>
              <kbd>{binding.chord}</kbd>
            </dt>
            <dd>{binding.label}</dd>
          </div>
        ))}
      </dl>
      <Button onClick={onClose}>{closeLabel}</Button>
    </dialog>
  );
}
