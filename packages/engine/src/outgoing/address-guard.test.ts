import { describe, expect, it } from '@jest/globals';
import { createAddressGuard } from './address-guard.ts';

describe('where a call may go', () => {
  const reachOf = createAddressGuard();

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '93.184.216.34',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450:4001:80b::200e',
  ])('%s is on the internet', (address) => expect(reachOf(address)).toBe('public'));

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::a00:1',
    '100::1',
    '2001::7f00:1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '3fff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '',
    'localhost',
    '127.1',
  ])('%s is not', (address) => expect(reachOf(address)).toBe('refused'));

  it('allows what the operator named, and nothing beside it', () => {
    const own = createAddressGuard(['10.0.0.0/8', '::1', '127.0.0.1/32']);
    expect(['10.9.9.9', '::1', '127.0.0.1'].map(own)).toEqual(['allowed', 'allowed', 'allowed']);
    expect(['11.0.0.1', '::2', '127.0.0.2', '192.168.0.1'].map(own)).toEqual([
      'public',
      'refused',
      'refused',
      'refused',
    ]);
  });

  it('takes no network it cannot read', () => {
    expect(() => createAddressGuard(['intranet'])).toThrow('intranet is not a network');
  });
});
