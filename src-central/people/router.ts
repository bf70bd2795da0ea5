/** Central's API for people (tRPC): signing in, enrolling desks, users, branches, devices, orders, the house's rules. */
import { alarmsRouter } from './alarms.ts';
import { auditRouter } from './audit.ts';
import { authRouter } from './auth.ts';
import { branchesRouter } from './branches.ts';
import { customerGroupsRouter } from './customer-groups.ts';
import { customersRouter } from './customers.ts';
import { devicesRouter, enrolmentRouter } from './devices.ts';
import { invoicesRouter } from './invoices.ts';
import { leasesRouter } from './leases.ts';
import { numbersRouter } from './numbers.ts';
import { ordersRouter } from './orders.ts';
import { policiesRouter } from './policies.ts';
import { promotionsRouter } from './promotions.ts';
import { refusalsRouter } from './refusals.ts';
import { recoveryRouter } from './recovery.ts';
import { router } from './trpc.ts';
import { usersRouter } from './users.ts';

export const peopleRouter = router({
  alarms: alarmsRouter,
  audit: auditRouter,
  auth: authRouter,
  branches: branchesRouter,
  customerGroups: customerGroupsRouter,
  customers: customersRouter,
  devices: devicesRouter,
  enrolment: enrolmentRouter,
  invoices: invoicesRouter,
  leases: leasesRouter,
  numbers: numbersRouter,
  orders: ordersRouter,
  policies: policiesRouter,
  promotions: promotionsRouter,
  refusals: refusalsRouter,
  recovery: recoveryRouter,
  users: usersRouter,
});
export type PeopleRouter = typeof peopleRouter;
