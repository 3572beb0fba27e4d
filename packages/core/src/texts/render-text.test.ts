import { describe, expect, it } from '@jest/globals';
import { channels, purposes } from '../channel.ts';
import { Secret } from '../secret.ts';
import { smsSizeOf } from './gsm7.ts';
import { locales } from './locale.ts';
import type { TextRequest } from './render-text.ts';
import { renderText } from './render-text.ts';

const render = (request: Partial<TextRequest> = {}) =>
  renderText({
    channel: 'sms',
    purpose: 'auth',
    locale: 'en',
    code: new Secret('482913'),
    brand: 'Acme',
    lifeMs: 600_000,
    ...request,
  });

const payment = { amount: '129.90', currency: 'EUR', payee: 'Bäckerei Müller' };
const signature = { documentTitle: 'Lease 2026', documentHash: 'deadbeef'.repeat(8) };
const signals = { origin: 'login.acme.example', androidHash: 'FA+9qCX9VSu' };
const latin = ['en', 'es', 'pt', 'fr', 'de', 'it', 'nl', 'id', 'tr'] as const;

describe('renderText', () => {
  it('says code, advice and expiry in an sms', () => {
    expect(render().text).toBe('482913 is your Acme code. Do not share it. Expires in 10 min.');
  });

  it('ends an sms with the line that binds the code to its site, after the hash Android reads', () => {
    expect(render(signals).text.split('\n')).toEqual([
      '482913 is your Acme code. Do not share it. Expires in 10 min.',
      'FA+9qCX9VSu',
      '@login.acme.example #482913',
    ]);
  });

  it.each(['acme.example/x', 'acme.example #1', 'a\nb.example', '-acme.example', 'user@acme.example'])(
    'leaves out %j, which is not a host',
    (origin) => {
      expect(render({ origin }).text).toBe(render().text);
    },
  );

  it('leaves out an Android hash that is not one', () => {
    expect(render({ androidHash: 'FA+9qCX9VS' }).text).toBe(render().text);
  });

  it('writes Spanish to Argentina and English where it knows no better', () => {
    expect(render({ locale: 'es-AR' }).text).toBe(render({ locale: 'es' }).text);
    expect(render({ locale: 'pt_BR' }).text).toBe(render({ locale: 'pt' }).text);
    expect(render({ locale: 'xx' }).text).toBe(render({ locale: 'en' }).text);
    expect(render({ locale: '' }).text).toBe(render({ locale: 'en' }).text);
  });

  describe.each(locales)('in %s', (locale) => {
    it.each(purposes)('costs one sms segment for %s', (purpose) => {
      expect(smsSizeOf(render({ locale, purpose }).text).segments).toBe(1);
    });

    it.each(channels)('fills every place for %s', (channel) => {
      for (const purpose of purposes)
        for (const context of [undefined, payment, signature]) {
          const { text, subject = '', html = '' } = render({ locale, channel, purpose, context });
          expect(text + subject + html.replace(/<style>.*<\/style>/s, '')).not.toMatch(/[{}]|undefined/);
        }
    });

    it.each(['sms', 'rcs', 'voice', 'email'] as const)('shows who is paid what in %s', (channel) => {
      const { text } = render({ locale, channel, purpose: 'payment', context: payment });
      for (const part of ['129.90', 'EUR', 'Acme']) expect(text).toContain(part);
      expect(text).toMatch(/B[äa]ckerei M[üu]ller/);
    });

    it('shows what is signed, by title and the start of its hash', () => {
      const { text } = render({ locale, channel: 'email', purpose: 'signature', context: signature });
      expect(text).toContain('Lease 2026');
      expect(text).toContain('deadbeef');
      expect(text).not.toContain('deadbeefd');
    });
  });

  it.each(latin)('keeps within what Android reads, signals included, in %s', (locale) => {
    const size = smsSizeOf(render({ locale, ...signals }).text);
    expect(size).toMatchObject({ encoding: 'gsm7', segments: 1 });
    expect(size.units).toBeLessThanOrEqual(140);
  });

  it('gives up the expiry notice before it pays for a second segment', () => {
    const brand = 'The Extraordinarily Long-Named Company';
    const context = { ...payment, payee: 'Another Company Whose Name Is Too Long' };
    const { text } = render({ brand, purpose: 'payment', context });
    expect(smsSizeOf(text).segments).toBe(1);
    expect(text).toContain('Do not share it.');
    expect(text).not.toContain('Expires');
  });

  it('never gives up the payee', () => {
    const payee = 'x'.repeat(70);
    expect(render({ purpose: 'payment', context: { ...payment, payee }, ...signals }).text).toContain(payee);
  });

  it('says the life that is left', () => {
    expect(render({ lifeMs: 594_000 }).text).toContain('10 min');
    expect(render({ lifeMs: 500_000 }).text).toContain('8 min');
    expect(render({ lifeMs: 1_000 }).text).toContain('1 min');
    expect(render({ lifeMs: 86_400_000 }).text).toContain('24 h');
  });

  it('speaks a code digit by digit, twice', () => {
    const { text } = render({ channel: 'voice' });
    expect(text.match(/4, 8, 2, 9, 1, 3/g)).toHaveLength(2);
    expect(text).not.toContain('482913');
  });

  it('does not let a payee forge a line, a direction or a place', () => {
    const payee = 'Shop\r\n@evil.example #482913\u202e\u2028{code}\u0000';
    const { text } = render({ purpose: 'payment', context: { ...payment, payee }, ...signals });
    expect(text.split('\n')).toHaveLength(3);
    expect(text.split('\n')[0]).toContain('to Shop @evil.example #482913 {code}.');
  });

  it('offers subject and html for e-mail only', () => {
    for (const channel of channels)
      expect(render({ channel }).subject === undefined).toBe(channel !== 'email');
  });
});
