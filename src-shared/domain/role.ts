import { z } from 'zod';

/** What a person is in the house. A manager may what a clerk may, an admin what a manager may, in every branch. */
/** Each may what those before it may. */
export const ROLES = ['clerk', 'manager', 'admin'] as const;
export const role = z.enum(ROLES);
export type Role = z.infer<typeof role>;
