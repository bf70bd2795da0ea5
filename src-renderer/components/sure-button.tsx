import { Button } from 'antd';
import { useState } from 'react';

interface SureButtonProps {
  label: string;
  /** What it says once it was pressed: the second press does it, going elsewhere takes it back. */
  sure: string;
  title?: string;
  busy: boolean;
  onSure: () => void;
}

/** For what can't be taken back: pressed twice. */
export function SureButton({ label, sure, title, busy, onSure }: SureButtonProps) {
  const [asked, setAsked] = useState(false);
  return (
    <Button
      danger={asked}
      loading={busy}
      title={title}
      onBlur={() => setAsked(false)}
      onClick={() => {
        setAsked(!asked);
        if (asked) onSure();
      }}
    >
      {asked ? sure : label}
    </Button>
  );
}
