import type { Row } from './row.ts';
import { codeDistribution } from './rows/code-distribution.ts';
import { cumulativeGuesses } from './rows/cumulative-guesses.ts';
import { foreignTenants } from './rows/foreign-tenants.ts';
import { fuzzedWebhooks } from './rows/fuzzed-webhooks.ts';
import { hiddenCodes } from './rows/hidden-codes.ts';
import { killApi } from './rows/kill-api.ts';
import { killWorkers } from './rows/kill-workers.ts';
import { lateFallbacks } from './rows/late-fallbacks.ts';
import { lateSendsRow } from './rows/late-sends.ts';
import { loseRedis } from './rows/lose-redis.ts';
import { openRoutes } from './rows/open-routes.ts';
import { parallelCaps } from './rows/parallel-caps.ts';
import { parallelChecks } from './rows/parallel-checks.ts';
import { parallelGuesses } from './rows/parallel-guesses.ts';
import { receiptOrders } from './rows/receipt-orders.ts';
import { redisAway } from './rows/redis-away.ts';
import { sameAnswers } from './rows/same-answers.ts';
import { simulation } from './rows/simulation.ts';
import { smsPumping } from './rows/sms-pumping.ts';
import { speed } from './rows/speed.ts';
import { stayOutside } from './rows/stay-outside.ts';
import { webhookAnswers } from './rows/webhook-answers.ts';
import { wrongClocks } from './rows/wrong-clocks.ts';
import { wrongContexts } from './rows/wrong-contexts.ts';

/** Every program of the scorecard, in the order it runs. A row without one is "not run". */
export const rows: readonly Row[] = [
  killWorkers, // 1, 2, 3
  loseRedis, // 4
  redisAway, // 5
  killApi, // 6
  lateSendsRow, // 7
  simulation, // 8
  receiptOrders, // 9
  webhookAnswers, // 10
  wrongClocks, // 11
  parallelGuesses, // 13
  parallelChecks, // 14
  cumulativeGuesses, // 15
  codeDistribution, // 16
  hiddenCodes, // 17
  wrongContexts, // 18
  sameAnswers, // 19
  fuzzedWebhooks, // 20
  foreignTenants, // 21
  openRoutes, // 22
  stayOutside, // 23
  smsPumping, // 24
  parallelCaps, // 25
  speed, // 26, 27
  lateFallbacks, // 28
];
