import { describe, expect, it } from '@jest/globals';
import { keyBody } from './admin.ts';
import { fieldProblems } from './problems.ts';
import { retentionConfig } from './retention-config.ts';

describe('retention', () => {
  it('is 30 days and 7 unless a tenant says otherwise', () => {
    expect(retentionConfig.parse(undefined)).toEqual({ verificationDays: 30, receiptDays: 7 });
    expect(retentionConfig.parse({ receiptDays: 1 })).toEqual({ verificationDays: 30, receiptDays: 1 });
  });

  it.each([0, -1, 1.5, 3_651, '30', null])('is not %p days', (verificationDays) => {
    const parsed = retentionConfig.safeParse({ verificationDays });
    expect(parsed.success ? [] : fieldProblems(parsed.error).map(({ path }) => path)).toEqual([
      'verificationDays',
    ]);
  });
});

describe('a new API key', () => {
  it('may send, check and read unless more is asked for, and is live', () => {
    expect(keyBody.parse({})).toEqual({ name: 'unnamed', scopes: ['send', 'check', 'read'], mode: 'live' });
  });

  it('is no administrator when it is a test key', () => {
    const parsed = keyBody.safeParse({ mode: 'test', scopes: ['read', 'admin'] });
    expect(parsed.success ? [] : fieldProblems(parsed.error)).toMatchObject([{ path: 'scopes' }]);
  });
});
