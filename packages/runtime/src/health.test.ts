import { describe, expect, it } from '@jest/globals';
import { health } from './health.ts';

describe('health', () => {
  it('is well when every check is, whatever a check answers', async () => {
    const report = await health({
      checks: { redis: async () => 'PONG', store: async () => ({ rows: [] }) },
    })();
    expect(report).toEqual({
      ok: true,
      checks: [
        { name: 'redis', ok: true, ms: expect.any(Number) },
        { name: 'store', ok: true, ms: expect.any(Number) },
      ],
    });
  });

  it('names each reason and leaks no message', async () => {
    const ask = health({
      timeoutMs: 20,
      checks: {
        behind: async () => ({ reason: 'migrations pending' }),
        refused: () => Promise.reject(Object.assign(new Error('redis://u:p@h'), { code: 'ECONNREFUSED' })),
        broken: () => {
          throw new TypeError('secret');
        },
        silent: () => new Promise(() => {}),
      },
    });
    const { ok, checks } = await ask();
    expect(ok).toBe(false);
    expect(checks.map(({ name, reason }) => [name, reason])).toEqual([
      ['behind', 'migrations pending'],
      ['refused', 'ECONNREFUSED'],
      ['broken', 'TypeError'],
      ['silent', 'no answer within 20 ms'],
    ]);
  });

  it('tells a check that its time is over', async () => {
    let given: AbortSignal | undefined;
    await health({
      timeoutMs: 10,
      checks: {
        slow: (signal) => {
          given = signal;
          return new Promise(() => {});
        },
      },
    })();
    expect(given?.aborted).toBe(true);
  });

  it('runs once for many askers and remembers for a while', async () => {
    let runs = 0;
    const checks = {
      count: async () => {
        runs += 1;
      },
    };
    const cached = health({ checks, cacheMs: 60_000 });
    await Promise.all(Array.from({ length: 100 }, cached));
    await cached();
    expect(runs).toBe(1);
    const fresh = health({ checks, cacheMs: 0 });
    await fresh();
    await fresh();
    expect(runs).toBe(3);
  });
});
