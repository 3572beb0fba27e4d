import { describe, expect, it } from '@jest/globals';
import { readRecipient } from './recipient.ts';

describe('readRecipient', () => {
  it('normalises and masks a phone', () => {
    expect(readRecipient({ phone: '+5511987654321' })).toEqual({
      phone: '+5511987654321',
      callingCode: '55',
      country: 'BR',
      possibleCountries: [],
      numberType: 'MOBILE',
      masked: '+55 ••• 21',
    });
  });

  it('normalises the domain of a mailbox, never its local part', () => {
    expect(readRecipient({ email: 'Ana.Lima@Example.COM' })).toEqual({
      email: 'Ana.Lima@example.com',
      callingCode: null,
      country: null,
      possibleCountries: [],
      numberType: null,
      masked: 'A•••@example.com',
    });
  });

  it('names an impossible number without quoting it', () => {
    const refused = readRecipient({ phone: '+15550' });
    expect(refused).toHaveProperty('problem.path', 'to.phone');
    expect(JSON.stringify(refused)).not.toContain('15550');
  });
});
