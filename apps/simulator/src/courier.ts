import { Agent, request } from 'undici';

export type Post = {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly timeoutMs: number;
};

/** The HTTP status answered, or why there was none (`ECONNREFUSED`), and after how long: null when nothing was posted. */
export type Answer = { readonly status: number | string; readonly afterMs: number | null };

/** Why nothing was posted. */
export const unposted = (why: string): Answer => ({ status: why, afterMs: null });

/** Carries webhooks over kept-alive connections. It reports how a post ended and never throws. */
export class Courier {
  readonly #agent = new Agent({ connections: 64, pipelining: 1, keepAliveTimeout: 30_000 });
  #inFlight = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  async post(post: Post): Promise<Answer> {
    const startedAt = performance.now();
    const status = await this.#statusOf(post);
    return { status, afterMs: Math.round(performance.now() - startedAt) };
  }

  async #statusOf(post: Post): Promise<number | string> {
    this.#inFlight += 1;
    try {
      const answer = await request(post.url, {
        method: 'POST',
        dispatcher: this.#agent,
        headers: post.headers,
        body: post.body,
        headersTimeout: post.timeoutMs,
        bodyTimeout: post.timeoutMs,
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch (fault) {
      return reasonOf(fault);
    } finally {
      this.#inFlight -= 1;
    }
  }

  async get(url: string, timeoutMs: number): Promise<{ status: number; body: string } | { reason: string }> {
    try {
      const answer = await request(url, { dispatcher: this.#agent, headersTimeout: timeoutMs });
      return { status: answer.statusCode, body: await answer.body.text() };
    } catch (fault) {
      return { reason: reasonOf(fault) };
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function reasonOf(fault: unknown): string {
  return fault instanceof Error ? ((fault as NodeJS.ErrnoException).code ?? fault.message) : String(fault);
}
