import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Claim, claimFolder } from './only-one.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'otp-claim-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const claimed = async (path: string): Promise<Claim> => {
  const claim = await claimFolder(path);
  if ('pid' in claim) throw new Error(`process ${claim.pid} has it`);
  return claim;
};

describe('claimFolder', () => {
  it('gives a folder to one at a time, and tells the next who has it', async () => {
    const claim = await claimed(folder);
    expect(await claimFolder(folder)).toEqual({ pid: process.pid, api: null });
    claim.tell('http://127.0.0.1:3000');
    expect(await claimFolder(folder)).toEqual({ pid: process.pid, api: 'http://127.0.0.1:3000' });
    await claim.release();
    await (await claimed(folder)).release();
  });

  it('takes over what a killed process left', async () => {
    const socket = join(folder, 'demo.sock');
    const die = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
    expect(spawnSync(process.execPath, ['-e', die]).signal).toBe('SIGKILL');
    expect(existsSync(socket)).toBe(true);
    await (await claimed(folder)).release();
  });

  it('also claims a folder whose path is too long for a socket', async () => {
    const deep = join(folder, 'a'.repeat(120));
    const claim = await claimed(deep);
    expect(await claimFolder(deep)).toEqual({ pid: process.pid, api: null });
    await claim.release();
  });
});
