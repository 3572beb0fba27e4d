import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Secret } from './secret.ts';

const code = '482913';
const secret = new Secret(code);

describe('Secret', () => {
  it.each<[string, () => string]>([
    ['String()', () => String(secret)],
    ['a template literal', () => `${secret}`],
    ['concatenation', () => `code: ${[secret, secret].join()}`],
    ['JSON.stringify', () => JSON.stringify({ code: secret, list: [secret] })],
    ['util.inspect', () => inspect({ code: secret }, { depth: 10, showHidden: true })],
    ['util.inspect of a map', () => inspect(new Map([['code', secret]]), { depth: 10 })],
    ['an error message', () => String(new Error(`cannot send ${secret}`, { cause: secret }))],
    ['an inspected error with the secret as its cause', () => inspect(new Error('no', { cause: secret }))],
    ['Object.entries', () => JSON.stringify(Object.entries(secret))],
    ['a spread copy', () => JSON.stringify({ ...secret })],
    ['a structured clone', () => inspect(structuredClone(secret))],
  ])('does not show in %s', (_name, show) => {
    expect(show()).not.toContain(code);
  });

  it.each<[string, () => string]>([
    ['String()', () => String(secret)],
    ['JSON', () => JSON.parse(JSON.stringify(secret)) as string],
    ['inspect', () => inspect(secret)],
  ])('says [secret] in %s', (_name, show) => {
    expect(show()).toBe('[secret]');
  });

  it('is no number', () => {
    expect(Number(secret)).toBeNaN();
  });

  it('gives itself away only when asked', () => {
    expect(secret.reveal()).toBe(code);
  });
});
