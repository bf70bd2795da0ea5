import type { CustomerCredit } from '../../src-main/api/desk-services.ts';
import type { CreditTerms } from '../../src-shared/domain/customer.ts';
import { useText } from '../text/i18n.ts';
import { amountText } from './amounts.ts';

const AGES = ['notDueMinor', 'to30Minor', 'to60Minor', 'to90Minor', 'olderMinor'] as const;

/** What a customer on terms may owe, and what they owe, by its age. */
export function CustomerCreditSection({ credit, terms }: { credit: CustomerCredit; terms: CreditTerms | undefined }) {
  const { t } = useText();
  const amount = (minor: number): string => amountText(minor, credit.currency);
  const { limitMinor, usedMinor, onOrderMinor, aging } = credit;
  const left = limitMinor === null ? null : limitMinor - usedMinor;
  return (
    <section aria-label={t('credit.title')}>
      <h3>{t('credit.title')}</h3>
      <p>
        {terms ? t('credit.terms', { count: terms.days }) : t('credit.noTerms')}
        {limitMinor === null ? null : ` · ${t('credit.limit', { amount: amount(limitMinor) })}`}
        {left === null ? null : (
          <>
            {' · '}
            <span className={left < 0 ? 'tone-needs' : ''}>
              {t(left < 0 ? 'credit.over' : 'credit.left', { amount: amount(Math.abs(left)) })}
            </span>
          </>
        )}
      </p>
      <table className="lines">
        <thead>
          <tr>
            <th className="num">{t('credit.onOrder')}</th>
            {AGES.map((age) => (
              <th key={age} className="num">
                {t(`credit.age.${age}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <td className="num">{amount(onOrderMinor)}</td>
            {AGES.map((age) => (
              <td key={age} className={age !== 'notDueMinor' && aging[age] > 0 ? 'num tone-needs' : 'num'}>
                {amount(aging[age])}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </section>
  );
}
