/** The business day: the calendar day where the branch is, whatever the time zone of this machine. */
const MINUTE_MS = 60_000;

interface Calendar {
  format: Intl.DateTimeFormat;
  /** The minute that was asked for last, and its day: every zone's days begin on a whole minute. */
  minute: number;
  day: string;
}

const calendars = new Map<string, Calendar>();

/** @returns `YYYY-MM-DD`. */
export function businessDay(nowMs: number, timeZone: string): string {
  let calendar = calendars.get(timeZone);
  if (!calendar) {
    // Making a formatter takes longer than saving an order.
    const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    calendar = { format, minute: NaN, day: '' };
    calendars.set(timeZone, calendar);
  }
  const minute = Math.floor(nowMs / MINUTE_MS);
  if (calendar.minute !== minute) {
    calendar.minute = minute;
    calendar.day = calendar.format.format(nowMs);
  }
  return calendar.day;
}

/** The calendar day so many days after another; before it where they are less than nothing. */
export function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
