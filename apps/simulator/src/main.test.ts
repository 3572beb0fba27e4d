import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

describe('the program', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says once that it is ready, and ends cleanly on %s',
    async (signal) => {
      const main = new URL('../dist/main.js', import.meta.url).pathname;
      child = spawn(process.execPath, [main], {
        env: { PATH: process.env.PATH, PORT: '0', SMTP_PORT: '0' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      await once(child.stdout!, 'data');
      const ready = JSON.parse(output) as { ready: boolean; http: string; smtp: number };
      expect(ready).toEqual({
        ready: true,
        http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        smtp: expect.any(Number),
      });
      // A call that is never answered must not hold the shutdown.
      const hanging = fetch(`${ready.http}/_sim/messages?to=nobody&waitMs=60000`).catch(() => 'cut');
      expect((await fetch(`${ready.http}/_sim/health`)).status).toBe(200);
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(await hanging).toBe('cut');
      expect(output.trim().split('\n')).toHaveLength(1);
    },
  );
});
