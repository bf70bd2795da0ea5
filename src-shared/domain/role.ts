import { z } from 'zod';

/** What a person is in the house. A manager may what a clerk may, an admin what a manager may, in every branch. */
export const role = z.enum(['clerk', 'manager', 'admin']);
export type Role = z.infer<typeof role>;
