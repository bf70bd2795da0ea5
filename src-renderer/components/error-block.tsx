import { errorWords } from '../desk/error-words.ts';
import { useText } from '../text/i18n.ts';
import { StateBlock } from '../ui/state-block.tsx';

/** Where something could not be shown: what is so and why, and trying again where that can help. */
export function ErrorBlock({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t, language } = useText();
  const words = errorWords(error, language);
  const action = retry && words.remedy === 'retry' ? { label: t('common.retry'), run: retry } : undefined;
  return <StateBlock tone="needs" what={t('problem.title')} why={words.sentence} action={action} />;
}
