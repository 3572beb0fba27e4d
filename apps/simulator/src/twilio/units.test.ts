import { describe, expect, it } from '@jest/globals';
import { isRetried, readCallbackUrl } from './connection-overrides.ts';
import { segmentCount } from './segments.ts';

describe('readCallbackUrl', () => {
  it('splits the fragment off the URL that is called', () => {
    expect(readCallbackUrl('https://a.test/cb?x=1#rc=5&rp=all&rt=2000')).toMatchObject({
      url: 'https://a.test/cb?x=1',
      overrides: { retries: 5, readTimeoutMs: 2_000, totalTimeoutMs: 15_000 },
    });
  });

  it('keeps the defaults where the fragment is absent or out of range', () => {
    const { overrides } = readCallbackUrl('https://a.test/cb#rc=9&rt=x');
    expect(overrides).toMatchObject({ retries: 1, readTimeoutMs: 15_000 });
    expect([...overrides.policy]).toEqual(['ct']);
  });
});

describe('isRetried', () => {
  const policy = (rp: string) => readCallbackUrl(`https://a.test/#rp=${rp}`).overrides;

  it.each([
    ['ct', 'ECONNREFUSED', true],
    ['ct', 'UND_ERR_HEADERS_TIMEOUT', false],
    ['ct', 503, false],
    ['rt', 'UND_ERR_HEADERS_TIMEOUT', true],
    ['5xx', 503, true],
    ['5xx', 404, false],
    ['4xx,5xx', 404, true],
    ['all', 'ECONNREFUSED', true],
    ['all', 200, false],
  ])('rp=%s and %s: %s', (rp, answer, retried) => {
    expect(isRetried(policy(rp), answer)).toBe(retried);
  });
});

describe('segmentCount', () => {
  it.each([
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['€'.repeat(80), 1],
    ['€'.repeat(81), 2],
    ['ó'.repeat(70), 1],
    ['ó'.repeat(71), 2],
    ['👍'.repeat(36), 2],
  ])('%s needs %i', (text, parts) => {
    expect(segmentCount(text)).toBe(parts);
  });
});
