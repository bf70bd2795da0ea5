import type { CustomerMore } from '../../src-shared/domain/customer.ts';
import { useText } from '../text/i18n.ts';

/** What else is known of a customer: why no orders are taken, who looks after them, where they are and whom to ask. */
export function CustomerFacts({ more }: { more: CustomerMore }) {
  const { t } = useText();
  const { hold, salesperson, taxId, addresses = [], contacts = [] } = more;
  return (
    <>
      {hold ? (
        <p className={hold.kind === 'blocked' ? 'tone-needs' : 'tone-waiting'} role="status">
          {t(`customers.hold.${hold.kind}`, { reason: hold.reason })}
        </p>
      ) : null}
      {salesperson === undefined && taxId === undefined ? null : (
        <p className="dim">
          {[
            salesperson === undefined ? null : t('customers.salesperson', { name: salesperson }),
            taxId === undefined ? null : t('customers.taxId', { id: taxId }),
          ]
            .filter((part) => part !== null)
            .join(' · ')}
        </p>
      )}
      {addresses.length === 0 ? null : (
        <section>
          <h3>{t('customers.addresses')}</h3>
          <ul className="plain">
            {addresses.map((address) => (
              <li key={`${address.use}/${address.text}`}>
                <span className="dim">{t(`customers.address.${address.use}`)}</span> {address.text}
                <span className="dim"> {[address.contact, address.phone].filter(Boolean).join(' · ')}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {contacts.length === 0 ? null : (
        <section>
          <h3>{t('customers.contacts')}</h3>
          <ul className="plain">
            {contacts.map((contact) => (
              <li key={`${contact.name}/${contact.phone ?? ''}`}>
                {contact.name}
                <span className="dim"> {[contact.duty, contact.phone, contact.email].filter(Boolean).join(' · ')}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
