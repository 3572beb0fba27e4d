/** A line of the scorecard: what is promised, whether or not a program measures it yet. */
export interface Target {
  readonly row: number;
  readonly figure: string;
  readonly target: string;
}

const promise = (row: number, figure: string, target: string): Target => ({ row, figure, target });

/**
 * All promises. "Lost": accepted, and neither accepted by a provider while the code lived nor ended in an explicit
 * failure reported to the tenant.
 */
export const targets: readonly Target[] = [
  promise(1, 'lost, workers killed with -9 200× during 20,000 verifications', '0'),
  promise(2, 'sent twice on one channel meanwhile', '≤ 0.5 %'),
  promise(3, "a dead worker's attempt picked up again", 'p99 ≤ 10 s'),
  promise(4, 'lost after total loss of Redis × 20 in 10,000', '0, resumed ≤ 15 s'),
  promise(5, 'Redis frozen or unreachable for 60 s', 'lost 0, crashes 0, answers ≤ 2 s'),
  promise(
    6,
    'API killed 100×, Postgres restarted 20× during 20,000 requests with client retries',
    'lost 0, extra verifications per Idempotency-Key 0, the only 5xx is 503',
  ),
  promise(7, 'sends after approved, canceled or expired', '0; provider TTL ≤ remaining life'),
  promise(8, 'invariants broken in random schedules with a crash between any two effects', '0 of 100,000'),
  promise(9, 'receipts duplicated 1–5×, any order, early, late', 'same final state in 100 % of 10,000'),
  promise(10, 'webhook answered at 3× the send rate', 'p50 ≤ 20 ms, p99 ≤ 250 ms'),
  promise(11, 'process clock off by ±10 min', 'accepted after expiry 0, refused before it 0'),
  promise(
    12,
    'two hours at half capacity, a graceful restart every 5 min',
    'RSS slope ≤ 2 %/h, Redis keys after drain = baseline, lost 0, duplicates 0',
  ),
  promise(13, 'guesses compared of 10,000 in parallel on one code, two API processes', '≤ 5'),
  promise(14, 'successes of 100 parallel correct checks × 1,000', 'exactly 1 each'),
  promise(
    15,
    'wrong checks accepted over resends, new verifications, channels',
    '≤ 20 a day, ≤ 100 in a row',
  ),
  promise(16, 'distribution of 10⁷ codes', 'χ² p > 0.001; Math.random nowhere'),
  promise(17, 'plaintext codes in stores, logs, traces, metrics, pages, webhooks', '0 hits in any encoding'),
  promise(18, 'wrong transaction context accepted', '0 of 100,000'),
  promise(
    19,
    'wrong, expired, used, unknown, locked told apart',
    'same status, body, headers; medians within 1 ms',
  ),
  promise(20, 'fuzzed webhooks', '1,000,000: 5xx 0, forged accepted 0, event-loop lag ≤ 200 ms'),
  promise(21, 'reads or writes of another tenant over every route × method × id', '0'),
  promise(22, 'routes that answer without credentials', '0 besides health, webhooks, JWKS, login'),
  promise(23, 'SSRF corpus reaching a canary; X-Forwarded-For tricks', '0 of 300; 0 of 1,000'),
  promise(
    24,
    'SMS-pumping simulation',
    'attack messages ≤ 1 %, false positives ≤ 0.5 %, block ≤ 60 s, non-allowed countries 0',
  ),
  promise(25, 'parallel caps: 1,000 resends; a budget of 100 with 5,000 requests', '1 send; exactly 100'),
  promise(26, 'lifecycle throughput ÷ the bare BullMQ loop', '≥ 0.5'),
  promise(27, "enqueue → provider p99 at 200/s ÷ the bare loop's", '≤ 2'),
  promise(28, 'fallback lateness (deadline → next provider call)', 'p99 ≤ 250 ms on Redis'),
];
