import type { Row } from './row.ts';
import { fuzzedWebhooks } from './rows/fuzzed-webhooks.ts';
import { killApi } from './rows/kill-api.ts';
import { killWorkersRow } from './rows/kill-workers.ts';
import { loseRedisRow } from './rows/lose-redis.ts';
import { receiptOrders } from './rows/receipt-orders.ts';
import { redisAway } from './rows/redis-away.ts';
import { simulation } from './rows/simulation.ts';
import { wrongClocksRow } from './rows/wrong-clocks.ts';

/** Every program of the scorecard, in the order it runs. A row without one is "not run". */
export const rows: readonly Row[] = [
  killWorkersRow, // 1, 2, 3
  loseRedisRow, // 4
  wrongClocksRow, // 11
  redisAway, // 5
  killApi, // 6
  simulation, // 8
  receiptOrders, // 9
  fuzzedWebhooks, // 20
];
