import { z } from 'zod';

/** A calendar day of the branch, `YYYY-MM-DD`; days compare as text. */
export const calendarDate = z.iso.date();
