import { setTimeout as delay } from 'node:timers/promises';
import { createEngine, createEvidence, keepTime, openHouse, tallyMetrics } from '@otp-relay/engine';
import { createLogger, health, metrics, orExit, shutdown } from '@otp-relay/runtime';
import { buildServer } from './build-server.ts';
import { printableSettings, readConfig } from './config.ts';
import { routes } from './routes.ts';

const settings = orExit(readConfig);
if (process.argv.includes('--print-config')) {
  console.log(JSON.stringify(printableSettings(settings), null, 2));
  process.exit(0);
}

if (process.argv.includes('--print-routes')) {
  console.log(
    JSON.stringify(routes.map(({ method, url, access }) => ({ method: [method].flat(), url, access }))),
  );
  process.exit(0);
}

const log = createLogger({ name: 'api', level: settings.LOG_LEVEL });
const drainMs = settings.OTP_DRAIN_MS ?? (settings.NODE_ENV === 'production' ? 5_000 : 0);
// A step gets half of what is left: twice the drain is the room it needs.
const stopping = shutdown({ log, timeoutMs: 10_000 + 2 * drainMs });

const house = await openHouse(settings, { name: 'otp-api', log });
stopping.onStop('house', house.close);

const time = await keepTime(house, log);
stopping.onStop('time', time.stop);

const counted = metrics({ defaults: true });
const engine = await createEngine({
  ...house,
  log,
  tally: tallyMetrics(counted),
  publicUrl: settings.OTP_PUBLIC_URL,
});
stopping.onStop('engine', engine.close);

const server = await buildServer({
  ...house,
  settings,
  engine,
  evidence: createEvidence(house.store, house.keys),
  metrics: counted,
  health: health({
    checks: {
      stopping: async () => (stopping.signal.aborted ? { reason: 'this process is stopping' } : undefined),
      postgres: () => house.store.now(),
      queue: () => house.producer.ready(900),
    },
  }),
  log,
});
stopping.onStop('server', () => server.close());
// Load balancers take a moment to see that this process is not ready; until then it answers as ever.
stopping.onStop('drain', () => delay(drainMs));

const url = await server.listen({ host: settings.HOST, port: settings.PORT });
log.info({ url, backend: house.backend.kind }, 'ready');
