import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@otp-relay/testkit';
import { demandPort, host, pickPort } from './pick-port.ts';

let taken: number;
let server: Server;
beforeAll(async () => {
  taken = await freePort();
  server = createServer();
  await new Promise<void>((resolve) => server.listen(taken, host, () => resolve()));
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

describe('pickPort', () => {
  it('takes what is wished when it is free', async () => {
    const wished = await freePort();
    expect(await pickPort(wished)).toEqual({ port: wished, remark: '' });
  });

  it('takes another when it is not, and says so', async () => {
    const picked = await pickPort(taken);
    expect(picked.port).not.toBe(taken);
    expect(picked.remark).toBe(` (${taken} is taken)`);
  });

  it('never takes the one to avoid', async () => {
    const wished = await freePort();
    expect((await pickPort(wished, wished)).port).not.toBe(wished);
  });
});

describe('demandPort', () => {
  it('takes any port for 0', async () => {
    expect((await demandPort(0)).port).toBeGreaterThan(0);
  });

  it('names a port that is taken, and what to do', async () => {
    await expect(demandPort(taken)).rejects.toMatchObject({
      message: `Port ${taken} is taken by another process.`,
      fix: expect.stringContaining('leave --port out'),
      exitCode: 1,
    });
  });
});
