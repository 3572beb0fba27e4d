import {
  countCalls,
  createEngine,
  createEvidence,
  keepTime,
  openHouse,
  startCourier,
  startRetention,
  startSealer,
  tallyMetrics,
} from '@otp-relay/engine';
import { createLogger, health, metrics, orExit, shutdown } from '@otp-relay/runtime';
import { concurrencyOf, readConfig } from './config.ts';
import { startConsumers } from './consumers.ts';
import { serveOps } from './ops.ts';

const config = orExit(readConfig);
const log = createLogger({ name: 'worker', level: config.LOG_LEVEL });
const stopping = shutdown({ log, timeoutMs: config.OTP_GRACE_MS + 5_000 });

const house = await openHouse(config, { name: 'otp-worker', log });
stopping.onStop('house', house.close);

const time = await keepTime(house, log);
stopping.onStop('time', time.stop);

const counted = metrics({ defaults: true });
const engine = await createEngine({
  ...house,
  log,
  tally: tallyMetrics(counted),
  publicUrl: config.OTP_PUBLIC_URL,
  hands: concurrencyOf(config),
});
stopping.onStop('engine', engine.close);

const sweeper = engine.startSweeper();
stopping.onStop('sweeper', sweeper.stop);

const retention = startRetention({ ...house, log });
stopping.onStop('retention', retention.stop);

const sealer = startSealer(createEvidence(house.store, house.keys), { clock: house.clock, log });
stopping.onStop('sealer', sealer.stop);

const courier = startCourier({ ...house, log, count: countCalls(counted) });
stopping.onStop('courier', () => courier.stop({ graceMs: config.OTP_GRACE_MS }), {
  timeoutMs: config.OTP_GRACE_MS + 2_000,
});

if (config.OTP_OPS_PORT !== undefined) {
  const checks = { postgres: () => house.store.now(), queue: () => house.producer.ready(900) };
  const address = { host: config.OTP_OPS_HOST, port: config.OTP_OPS_PORT };
  const ops = await serveOps(address, health({ checks }), counted);
  stopping.onStop('ops', ops.close);
}

const consumers = await startConsumers(engine, courier, house, config, log);
stopping.onStop('consumers', () => consumers.close(config.OTP_GRACE_MS), {
  timeoutMs: config.OTP_GRACE_MS + 2_000,
});

log.info({ backend: house.backend.kind }, 'ready');
