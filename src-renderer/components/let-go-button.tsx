import { useMutation } from '@tanstack/react-query';
import { useDesk } from '../desk/desk-context.tsx';
import { errorWords } from '../desk/error-words.ts';
import { useText } from '../text/i18n.ts';
import { SureButton } from './sure-button.tsx';

/** Ends a change of an order that was refused, and leaves the order as it stands. */
export function LetGoButton({ orderId }: { orderId: string }) {
  const { t, language } = useText();
  const desk = useDesk();
  const letGo = useMutation({ mutationFn: () => desk.orders.step.mutate({ orderId, step: { do: 'letGo' } }) });
  return (
    <>
      <SureButton
        label={t('attention.letGo')}
        sure={t('attention.letGoSure')}
        title={t('attention.letGoWhy')}
        busy={letGo.isPending}
        onSure={() => letGo.mutate()}
      />
      {letGo.error ? (
        <span className="tone-needs" role="alert">
          {errorWords(letGo.error, language).sentence}
        </span>
      ) : null}
    </>
  );
}
