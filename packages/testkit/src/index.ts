export { startBrowser, type TestBrowser, type Visit } from './browser.ts';
export { describeOnBothBackends, type TestBackend } from './describe-on-both-backends.ts';
export { describeWithBrowser } from './describe-with-browser.ts';
export { describeWithRedis } from './describe-with-redis.ts';
export { freePort } from './free-port.ts';
export { reportNotRun } from './not-run.ts';
export { type TestDatabase, testDatabase } from './postgres.ts';
export { startPostgres } from './postgres-server.ts';
export {
  type LineMatch,
  type ProcessEnd,
  type ProcessOptions,
  type RunningProcess,
  startProcess,
} from './processes.ts';
export { redisAvailable, startRedis, type TestRedis } from './redis.ts';
export { openTcpProxy, type TcpProxy, type Weather } from './tcp-proxy.ts';
export { waitFor } from './wait-for.ts';
