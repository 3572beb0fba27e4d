import { appEntry } from '@otp-relay/e2e/world';
import { freePort, startProcess } from '@otp-relay/testkit';
import { budgetOf } from '../forwarded/budget-of.ts';
import { forgedHeaders } from '../forwarded/forged-headers.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { judgeByResolver } from '../ssrf/by-resolver.ts';
import { judgeByWorker } from '../ssrf/by-worker.ts';
import { startCanary } from '../ssrf/canary.ts';
import { innerUrls } from '../ssrf/corpus.ts';
import { openStage, type Stage } from '../stage/open-stage.ts';

const promised = { urls: 300, tricks: 1_000 };
/** In the short form one URL of this many, and as much fewer tricks. */
const thinned = 4;

/** Tenants' URLs that lead inside, and callers who claim to be somebody else. */
export const stayOutside: Row = {
  rows: [23],
  title: 'SSRF and forged forwarding',
  quick: true,
  async run(context) {
    const stage = await openStage({ workers: 1 });
    try {
      return [await ssrf(context, stage), await forwarding(context, stage)];
    } finally {
      await stage.close();
    }
  },
};

async function ssrf({ short, log }: RowContext, stage: Stage): Promise<Figure> {
  const canary = await startCanary();
  try {
    const urls = innerUrls(canary.port).filter((_, index) => !short || index % thinned === 0);
    const byWorker = await judgeByWorker(urls, stage);
    log(`${byWorker.tried} URLs judged by a worker`);
    const byResolver = await judgeByResolver(canary);
    log(`${byResolver.tried} names and redirects judged`);
    const doubtful = [...byWorker.doubtful, ...byResolver.doubtful];
    for (const line of doubtful.slice(0, 20)) log(line);
    const tried = byWorker.tried + byResolver.tried;
    return {
      row: 23,
      figure: "tenants' URLs, rebound names and redirects that reached an inner service",
      value: `${canary.hits() + doubtful.length} of ${tried}`,
      target: '0 of 300',
      // A corpus of which nothing could have been answered would prove nothing.
      pass:
        canary.hits() === 0 &&
        doubtful.length === 0 &&
        (short || tried >= promised.urls) &&
        byResolver.answered > 0,
      ...(short && { bounded: true }),
      detail: `${byWorker.tried} URLs given to a worker, ${byResolver.tried} names and redirects; the canary listened on ${canary.addresses.length} addresses and was connected to ${canary.hits()} times`,
    };
  } finally {
    await canary.close();
  }
}

async function forwarding({ seed, short, log }: RowContext, stage: Stage): Promise<Figure> {
  const tricks = promised.tricks / (short ? thinned : 1);
  const port = await freePort();
  const trusting = await startProcess({
    args: [appEntry('api')],
    env: { ...stage.world.env, PORT: String(port), OTP_TRUSTED_PROXIES: '127.0.0.1' },
    readyWhen: /"msg":"ready"/,
  });
  const urls = [stage.world.apiUrl, `http://127.0.0.1:${port}`];
  const asked = { urls, endUserIp: '203.0.113.7' };
  const plain = await budgetOf(stage, { ...asked, requests: 50, headers: () => ({}) });
  const tricked = await budgetOf(stage, { ...asked, requests: tricks, headers: forgedHeaders(seed) });
  await trusting.stop();
  log(`${plain.accepted} of 50 without a claim, ${tricked.accepted} of ${tricks} with one each`);
  const extra = Math.max(0, tricked.accepted - plain.accepted);
  return {
    row: 23,
    figure: 'codes that forged X-Forwarded-For and its kin bought beyond the limit of one address',
    value: `${extra} of ${tricks}`,
    target: '0 of 1,000',
    ...(short && { bounded: true }),
    pass: extra === 0 && plain.accepted > 0 && tricked.accepted > 0 && tricked.broken === 0,
    detail: `two api processes, one that trusts a proxy; the limit let ${plain.accepted} pass, with claims ${tricked.accepted}; answers other than 201 and 429: ${tricked.broken}`,
  };
}
