import { describe, expect, it } from '@jest/globals';
import { defaultFaultRetries, faultRetryDelayMs, reconnectDelayMs } from './settings.ts';

describe('settings', () => {
  it('waits longer after every fault, up to a bound, with half of it random', () => {
    const longest = [1, 2, 3, 9, 100].map((made) => faultRetryDelayMs(defaultFaultRetries, made, () => 1));
    expect(longest).toEqual([200, 400, 800, 15_000, 15_000]);
    expect(faultRetryDelayMs(defaultFaultRetries, 3, () => 0)).toBe(400);
  });

  it('reconnects within a second, however long the outage', () => {
    expect([1, 2, 1_000].map(reconnectDelayMs)).toEqual([100, 200, 1_000]);
  });
});
