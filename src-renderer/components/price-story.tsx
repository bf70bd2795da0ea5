import { useText } from '../text/i18n.ts';
import { storyRows, type ToldLine } from './price-story-rows.ts';
import { useUnitName } from './use-unit-name.ts';
import './price-story.css';

/** Where it floats. */
export const PRICE_STORY_PX = 380;
export const PRICE_STORY_HEIGHT_PX = 260;

/** Why a line costs what it costs, as an account that adds up. */
export function PriceStoryAccount({ of, product }: { of: ToldLine | undefined; product: string }) {
  const { t } = useText();
  const unitName = useUnitName();
  return (
    <div className="price-story">
      <h2>
        {t('story.title')} <kbd>Esc</kbd>
      </h2>
      <p className="dim clip">{product}</p>
      {of ? (
        <dl>
          {storyRows(of, { t, unitName }).map(({ id, kind, what, notes, value }) => (
            <div key={id} className={`price-story-${kind}`}>
              <dt>
                {what}
                {notes.map((note) => (
                  <span key={note} className="price-story-note">
                    {note}
                  </span>
                ))}
              </dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p className="dim">{t('story.notYet')}</p>
      )}
    </div>
  );
}
