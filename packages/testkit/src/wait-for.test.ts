import { describe, expect, it } from '@jest/globals';
import { waitFor } from './wait-for.ts';

describe('waitFor', () => {
  it('gives back what it waited for', async () => {
    let polls = 0;
    expect(await waitFor('three polls', () => (++polls === 3 ? 'three' : undefined))).toBe('three');
  });

  it('names the condition and the last value it saw', async () => {
    const waiting = waitFor('the row', () => false, { timeoutMs: 30 });
    await expect(waiting).rejects.toThrow('Waited 30 ms for the row; last value: false');
  });

  it('takes a throw for not yet, and shows it when time is up', async () => {
    const waiting = waitFor(
      'the answer',
      () => {
        throw new Error('connection refused');
      },
      { timeoutMs: 30 },
    );
    await expect(waiting).rejects.toThrow(/for the answer; last fault: Error: connection refused/);
  });
});
