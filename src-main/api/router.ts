/** The desk's whole API: what the renderer calls, over a MessagePort in the desktop program, over loopback else. */
import { customers } from './customers.ts';
import { drafts } from './drafts.ts';
import { events } from './events.ts';
import { orders } from './orders.ts';
import { products } from './products.ts';
import { safety } from './safety.ts';
import { session } from './session.ts';
import { attention, sync } from './sync.ts';
import { router } from './trpc.ts';

export const appRouter = router({ session, products, customers, orders, attention, sync, safety, drafts, events });

export type AppRouter = typeof appRouter;
