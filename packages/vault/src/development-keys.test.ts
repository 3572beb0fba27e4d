import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { developmentKeys } from './development-keys.ts';
import { createKeyRing } from './key-ring.ts';
import { createPepper } from './pepper.ts';

const dirs: string[] = [];
function freshDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'otp-dev-keys-'));
  dirs.push(dir);
  return dir;
}
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

describe('developmentKeys', () => {
  it('makes usable keys once, readable by their owner only', () => {
    const dir = join(freshDir(), 'nested');
    const keys = developmentKeys(dir);
    expect(createKeyRing(keys.OTP_KEYS).current).toBe(1);
    expect(createPepper(keys.OTP_PEPPER).apiKeyHash('k')).toHaveLength(32);
    expect(developmentKeys(dir)).toEqual(keys);
    expect(statSync(join(dir, 'dev-keys.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['dev-keys.json']);
  });

  it('gives eight processes that start together the same keys', async () => {
    const dir = freshDir();
    const built = new URL('../dist/index.js', import.meta.url).href;
    const script = `import { developmentKeys } from ${JSON.stringify(built)};
      process.stdout.write(JSON.stringify(developmentKeys(${JSON.stringify(dir)})));`;
    const start = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    const printed = await Promise.all(Array.from({ length: 8 }, start));
    expect(new Set(printed.map(({ stdout }) => stdout))).toEqual(
      new Set([JSON.stringify(developmentKeys(dir))]),
    );
    expect(readdirSync(dir)).toEqual(['dev-keys.json']);
  });

  it('refuses a damaged file and says what to do', () => {
    const dir = freshDir();
    writeFileSync(join(dir, 'dev-keys.json'), '{"OTP_KEYS":""}');
    expect(() => developmentKeys(dir)).toThrow(/OTP_VAULT_DEV_KEYS: .*Delete .*dev-keys\.json/);
  });
});
