import { describe, expect, it } from '@jest/globals';
import { networkOf } from './network-of.ts';

const name = (ip: string): string | undefined => networkOf(ip)?.name;

describe('the network of an address', () => {
  it('is an IPv4 address itself', () => {
    expect(networkOf('203.0.113.7')).toEqual({ name: '203.0.113.7', masked: '203.0.113.•••' });
  });

  it('is the /64 of an IPv6 address, however it is written', () => {
    const same = [
      '2001:db8:1:2::1',
      '2001:DB8:1:2:ffff:ffff:ffff:ffff',
      '2001:0db8:0001:0002:0:0:0:9',
      '2001:db8:1:2::%eth0',
    ];
    expect(new Set(same.map(name))).toEqual(new Set(['20010db800010002']));
    expect(name('2001:db8:1:3::1')).not.toBe(name(same[0] as string));
    expect(networkOf('2001:db8:1:2::1')?.masked).toBe('2001:db8:1:•••');
    expect(name('::1')).toBe('0000000000000000');
    expect(name('1::')).toBe('0001000000000000');
  });

  it('is the IPv4 address inside an IPv6 one', () => {
    expect(name('::ffff:203.0.113.7')).toBe('203.0.113.7');
    expect(name('::FFFF:cb00:7107')).toBe('203.0.113.7');
    expect(name('64:ff9b::203.0.113.7')).toBe('0064ff9b00000000');
  });

  it.each([
    '',
    'localhost',
    '256.1.1.1',
    '1.2.3',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '::1.2.3',
  ])('is nothing for %j', (ip) => {
    expect(networkOf(ip)).toBeUndefined();
  });
});
