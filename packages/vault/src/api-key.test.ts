import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createApiKey, parseApiKey } from './api-key.ts';
import { createPepper, sameMac } from './pepper.ts';

const pepper = createPepper(randomBytes(32).toString('base64'));

describe('api keys', () => {
  it('name themselves, and only their hash is needed to recognise them', () => {
    const key = createApiKey(pepper, 'live');
    expect(key.secret.reveal()).toMatch(/^otp_live_[0-9a-z]{26}_[0-9a-z]{32}$/);
    expect(parseApiKey(key.secret.reveal())).toEqual({ id: key.id, mode: 'live' });
    expect(sameMac(key.hash, pepper.apiKeyHash(key.secret.reveal()))).toBe(true);
    expect(JSON.stringify(key)).not.toContain(key.secret.reveal());
  });

  it('are all different', () => {
    const keys = Array.from({ length: 1000 }, () => createApiKey(pepper, 'test').secret.reveal().slice(-32));
    expect(new Set(keys).size).toBe(1000);
  });

  it('refuses every prefix, extension and near miss', () => {
    const text = createApiKey(pepper, 'test').secret.reveal();
    for (let cut = 0; cut < text.length; cut += 1) expect(parseApiKey(text.slice(0, cut))).toBeUndefined();
    for (const other of [
      `${text}0`,
      ` ${text}`,
      `${text}\n`,
      text.toUpperCase(),
      text.replace('test', 'prod'),
    ]) {
      expect(parseApiKey(other)).toBeUndefined();
    }
  });
});
