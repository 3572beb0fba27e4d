import { describe, expect, it } from '@jest/globals';
import { attemptIdOf, verificationIdOf } from './verification.ts';

const id = 'vrf_01jd3xq0v8k2m4n6p8r0s2t4w6';

describe('attempt ids', () => {
  it('are derived from verification, step and try, and lead back', () => {
    expect(attemptIdOf(id, 2, 13)).toBe('att_01jd3xq0v8k2m4n6p8r0s2t4w6_2_13');
    expect(verificationIdOf(attemptIdOf(id, 2, 13))).toBe(id);
  });

  it('suit BullMQ as job ids: no colon, not an integer', () => {
    expect(attemptIdOf(id, 0, 1)).toMatch(/^[a-z0-9_]+$/);
  });

  it.each([
    '',
    'att_',
    id,
    'att_01jd3xq0v8k2m4n6p8r0s2t4w6',
    'att_01jd3xq0v8k2m4n6p8r0s2t4w6_1',
    'att_01jd3xq0v8k2m4n6p8r0s2t4w6_1_1_1',
    ' att_01jd3xq0v8k2m4n6p8r0s2t4w6_1_1',
    'att_01jd3xq0v8k2m4n6p8r0s2t4w6_1_1\n',
    'att_01JD3XQ0V8K2M4N6P8R0S2T4W6_1_1',
  ])('refuses %j, which is not one of ours', (foreign) => {
    expect(verificationIdOf(foreign)).toBeUndefined();
  });
});
