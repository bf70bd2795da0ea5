/** The desks' API: src-shared/protocol/endpoints.ts says what goes up and down, docs/protocol.md what it means. */
import type { FastifyInstance } from 'fastify';
import { ENDPOINTS } from '../../../src-shared/protocol/endpoints.ts';
import { reconcileGrants } from '../../grants/grants.ts';
import { enrolDevice } from '../../identity/enrol.ts';
import type { CentralServices } from '../services.ts';
import { readDeskBodies } from './desk-bodies.ts';
import { readRequest, SeenDesks } from './desk-request.ts';
import { registerDayBook } from './day-book-route.ts';
import { registerDigest } from './digest-route.ts';
import { registerDryRun } from './dry-run-route.ts';
import { registerFill } from './fill-route.ts';
import { registerHello } from './hello-route.ts';
import { registerLeases } from './lease-route.ts';
import { registerOrderPresence } from './order-presence-route.ts';
import { registerPoke } from './poke-route.ts';
import { registerProofs } from './proofs-route.ts';
import { registerPull } from './pull-route.ts';
import { registerPush } from './push-route.ts';
import { registerDigestRows } from './digest-rows-route.ts';
import { registerReoffer } from './reoffer-route.ts';
import { registerReport } from './report-route.ts';
import { refuseUnserved } from './served-versions.ts';
import { registerSignIn } from './sign-in-route.ts';

export function registerSyncRoutes(server: FastifyInstance, services: CentralServices): void {
  // Apart from the other routes: how bodies are read is for desks alone.
  void server.register((scope, _options, done) => {
    readDeskBodies(scope);
    refuseUnserved(scope, services.served);
    registerAll(scope, services);
    done();
  });
}

function registerAll(server: FastifyInstance, services: CentralServices): void {
  const desks = new SeenDesks(services);
  server.post(ENDPOINTS.enrol.path, (request) =>
    enrolDevice(
      {
        db: services.db,
        epoch: services.epoch,
        grantScopes: (tx, deviceId) => reconcileGrants(tx, [deviceId], Date.now()),
        committed: (xid) => services.watcher.committed(xid),
      },
      readRequest(ENDPOINTS.enrol.request, request),
    ),
  );
  for (const register of [
    registerHello,
    registerReoffer,
    registerProofs,
    registerSignIn,
    registerPush,
    registerDryRun,
    registerPull,
    registerDigest,
    registerFill,
    registerLeases,
    registerPoke,
    registerDigestRows,
    registerDayBook,
    registerOrderPresence,
    registerReport,
  ]) {
    register(server, services, desks);
  }
}
