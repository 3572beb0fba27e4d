import { describe, expect, it } from '@jest/globals';
import { createHands } from './hands.ts';

describe('createHands', () => {
  it('gives as many as there are, one back for each', () => {
    const hands = createHands({ whatsapp: 2 }, { isClear: () => true });
    const [one, two] = [hands.take('whatsapp'), hands.take('whatsapp')];
    expect(hands.take('whatsapp')).toBeUndefined();
    one?.();
    one?.();
    expect(hands.take('whatsapp')).toBeDefined();
    expect(hands.take('whatsapp')).toBeUndefined();
    two?.();
    expect(hands.take('whatsapp')).toBeDefined();
  });

  it('gives none while somebody waits in the queue of the channel, nor for a channel without', () => {
    const hands = createHands({ whatsapp: 2, sms: 2 }, { isClear: (channel) => channel === 'sms' });
    expect(hands.take('whatsapp')).toBeUndefined();
    expect(hands.take('sms')).toBeDefined();
    expect(hands.take('email')).toBeUndefined();
  });
});
