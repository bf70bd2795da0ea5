import { z } from 'zod';
import { calendarDate } from './calendar-date.ts';
import { customerId } from './ids.ts';
import { currency } from './money.ts';

/**
 * What a customer on terms owes, as of the row's version: the sum over their orders in that currency (credit.ts). Kept for
 * customers with terms only.
 */
export const account = z.object({
  customerId,
  currency,
  /** Of goods that were ordered and may yet leave, minor units. */
  onOrderMinor: z.int(),
  /** Of goods that left and are not paid, by the day until which they are to be; less than nothing where more was paid or came back. */
  due: z.array(z.tuple([calendarDate, z.int()])),
});
export type Account = z.infer<typeof account>;

/** What has left and is not paid, minor units. */
export function owedMinor({ due }: Pick<Account, 'due'>): number {
  return due.reduce((sum, [, minor]) => sum + minor, 0);
}

/** What counts against the limit: owed and on order. */
export function usedMinor(of: Pick<Account, 'due' | 'onOrderMinor'>): number {
  return owedMinor(of) + of.onOrderMinor;
}

/** What should have been paid before a day, and since which day the oldest of it; nothing below zero. */
export function overdueOn({ due }: Pick<Account, 'due'>, day: string): { minor: number; since: string | null } {
  const late = due.filter(([date]) => date < day);
  const minor = late.reduce((sum, [, open]) => sum + open, 0);
  if (minor <= 0) return { minor: 0, since: null };
  return { minor, since: late.find(([, open]) => open > 0)?.[0] ?? null };
}

/** How old what is owed is, from the day until which it was to be paid. */
export interface Aging {
  notDueMinor: number;
  to30Minor: number;
  to60Minor: number;
  to90Minor: number;
  olderMinor: number;
}

export function agingOn({ due }: Pick<Account, 'due'>, day: string): Aging {
  const aging: Aging = { notDueMinor: 0, to30Minor: 0, to60Minor: 0, to90Minor: 0, olderMinor: 0 };
  for (const [date, minor] of due) {
    const days = (Date.parse(day) - Date.parse(date)) / 86_400_000;
    if (days <= 0) aging.notDueMinor += minor;
    else if (days <= 30) aging.to30Minor += minor;
    else if (days <= 60) aging.to60Minor += minor;
    else if (days <= 90) aging.to90Minor += minor;
    else aging.olderMinor += minor;
  }
  return aging;
}
