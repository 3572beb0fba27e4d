import { expect, it } from '@jest/globals';
import { freePort, startProcess, waitFor } from '@otp-relay/testkit';
import { appEntry, describeWorld } from './world/index.ts';

describeWorld('an api that is told to stop', (world) => {
  it('says so at /readyz first, answers meanwhile, and ends well', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const api = await startProcess({
      args: [appEntry('api')],
      env: { ...world().env, PORT: String(port), OTP_DRAIN_MS: '2500' },
      readyWhen: /"msg":"ready"/,
    });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    process.kill(api.pid, 'SIGTERM');
    const report = await waitFor('/readyz to say no', async () => {
      const answer = await fetch(`${url}/readyz`);
      return answer.status === 503
        ? ((await answer.json()) as { checks: { name: string; ok: boolean; reason?: string }[] })
        : undefined;
    });
    expect(report.checks).toContainEqual(
      expect.objectContaining({ name: 'stopping', ok: false, reason: 'this process is stopping' }),
    );
    const asked = await fetch(`${url}/v1/verifications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world().apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to: { email: 'late@example.test' } }),
    });
    expect(asked.status).toBe(201);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await api.waitForLine(/"msg":"stopped"/);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    await api.stop();
  });
});
