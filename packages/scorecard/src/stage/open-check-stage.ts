import { appEntry } from '@otp-relay/e2e/world';
import { freePort, startProcess } from '@otp-relay/testkit';
import { Agent, request } from 'undici';
import { openStage, type Stage } from './open-stage.ts';

/** A guess's answer, as it came over the wire. */
export interface CheckAnswer {
  readonly status: number;
  readonly text: string;
  /** Without the date and the request's own id. */
  readonly headers: string;
  readonly ms: number;
}

/** An installation with two api processes, no worker, and no limit but those that guard the codes. */
export interface CheckStage extends Stage {
  /** A verification with this code; its recipient is somebody new unless given. */
  ask(code: string, more?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Guesses at one of the two processes. */
  check(process: number, id: string, code: string): Promise<CheckAnswer>;
  /** Guesses that were compared so far, by the metrics of both processes. */
  compared(): Promise<number>;
}

const parallel = 500;
/** Of everybody's requests only these wait for an answer of the one before. */
const pipelined = 10;

export async function openCheckStage(): Promise<CheckStage> {
  const stage = await openStage({
    workers: 0,
    tenant: {
      whatsappMs: 900_000,
      smsMs: 900_000,
      more: { limits: { recipient: null, tenant: null }, codes: { lifeMs: 600_000, maxChecks: 5 } },
    },
  });
  const { world } = stage;
  const port = await freePort();
  const second = await startProcess({
    args: [appEntry('api')],
    env: { ...world.env, PORT: String(port) },
    readyWhen: /"msg":"ready"/,
  }).catch(async (fault: unknown) => {
    await stage.close();
    throw fault;
  });
  const urls = [world.apiUrl, `http://127.0.0.1:${port}`] as const;
  const agent = new Agent({ connections: parallel, pipelining: pipelined, headersTimeout: 60_000 });
  let people = 0;

  return {
    ...stage,
    async ask(code, more = {}) {
      people += 1;
      const to = { email: `person-${people}@example.com` };
      return (await world.client.send({ to, code, ...more })).id;
    },
    async check(process, id, code) {
      const startedAt = performance.now();
      const answer = await request(`${urls[process % 2]}/v1/verifications/${id}/check`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
        dispatcher: agent,
        // Only so that requests may follow one another on a connection: none is ever repeated.
        idempotent: true,
      });
      const text = await answer.body.text();
      const ms = performance.now() - startedAt;
      const { date: _, 'x-request-id': __, ...headers } = answer.headers;
      return { status: answer.statusCode, text, headers: JSON.stringify(headers), ms };
    },
    async compared() {
      const counts = await Promise.all(urls.map(async (url) => comparedBy(await metricsOf(url))));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async close() {
      await agent.destroy();
      await second.stop();
      await stage.close();
    },
  };
}

const metricsOf = async (url: string): Promise<string> => (await request(`${url}/metrics`)).body.text();

const comparedBy = (metrics: string): number =>
  [...metrics.matchAll(/^otp_checks_total\{[^}]*outcome="(?:approved|wrong)"[^}]*\} (\d+)/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
