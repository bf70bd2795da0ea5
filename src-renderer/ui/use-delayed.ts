import { useEffect, useState } from 'react';

/** Sooner than this a skeleton would only flash. */
const SKELETON_AFTER_MS = 150;

/** True once `wanted` has been true for long enough to be worth showing. */
export function useDelayed(wanted: boolean): boolean {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!wanted) return;
    const timer = setTimeout(() => setShown(true), SKELETON_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setShown(false);
    };
  }, [wanted]);
  return wanted && shown;
}
