import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { channels, purposes } from '../channel.ts';
import { Secret } from '../secret.ts';
import { locales } from './locale.ts';
import type { TextRequest } from './render-text.ts';
import { renderText } from './render-text.ts';

const mail = (request: Partial<TextRequest> = {}) =>
  renderText({
    channel: 'email',
    purpose: 'auth',
    locale: 'en',
    code: new Secret('482913'),
    brand: 'Acme',
    lifeMs: 600_000,
    ...request,
  });

/** The tags of a text, attributes cut: what is left of a document when every word in it is taken away. */
const skeleton = (html: string) => html.match(/<[^>]*>/g)?.map((tag) => tag.replace(/\s.*$/s, '>'));

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.constantFrom('<script>alert(1)</script>', '"><img src=x>', "'", '&amp;', '$&$1', '{code}', '482913', ''),
);
const anything = fc.record({
  purpose: fc.constantFrom(...purposes),
  locale: fc.oneof(fc.constantFrom(...locales, 'es-AR'), fc.string({ maxLength: 12 })),
  code: fc.stringMatching(/^\d{4,10}$/),
  brand: hostile,
  lifeMs: fc.integer({ min: 0, max: 86_400_000 }),
  origin: fc.option(hostile, { nil: undefined }),
  androidHash: fc.option(hostile, { nil: undefined }),
  context: fc.oneof(
    fc.constant(undefined),
    fc.record({ amount: hostile, currency: hostile, payee: hostile }),
    fc.record({ documentTitle: hostile, documentHash: hostile }),
  ),
});

describe('an e-mail', () => {
  it('has the same words in text and html', () => {
    const { text, html } = mail();
    for (const sentence of text.split(/\n+|(?<=\.) /).filter(Boolean)) expect(html).toContain(sentence);
  });

  it('reads from right to left in Arabic, the code from left to right', () => {
    const { html } = mail({ locale: 'ar-EG' });
    expect(html).toContain('<html lang="ar" dir="rtl">');
    expect(html).toMatch(/<p class="code" dir="ltr"[^>]*>482913<\/p>/);
    expect(mail().html).toContain('<html lang="en" dir="ltr">');
  });

  it('is ready for dark mode and asks the network for nothing', () => {
    const { html = '' } = mail();
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('content="light dark"');
    expect(html).not.toMatch(/https?:|src=|href=|url\(|<img|<script|<link/);
  });

  it('holds the code neither in its subject nor in its preheader, even when the brand does', () => {
    for (const brand of ['Acme', '482913', 'Bank 482913 Ltd']) {
      const { subject, html = '' } = mail({ brand });
      expect(subject).not.toContain('482913');
      expect(/<title>(.*)<\/title>/.exec(html)?.[1]).not.toContain('482913');
      expect(/opacity:0">(.*)<\/div>/.exec(html)?.[1]).toBe('Do not share it. Expires in 10 min.');
    }
  });
});

describe('any text', () => {
  it('shows its code, its subject never does, and nothing a stranger typed becomes markup or a line', () => {
    const plain = skeleton(mail().html ?? '');
    fc.assert(
      fc.property(anything, fc.constantFrom(...channels), ({ code, ...request }, channel) => {
        const { text, subject, html } = renderText({ ...request, channel, code: new Secret(code) });
        expect(text).toContain(channel === 'voice' ? [...code].join(', ') : code);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be absent
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        if (channel === 'sms') expect(text.split('\n').length).toBeLessThanOrEqual(3);
        if (subject !== undefined) expect(subject).not.toContain(code);
        if (subject !== undefined) expect(subject).not.toContain('\n');
        if (html !== undefined) {
          expect(html).toContain(`>${code}</p>`);
          expect(skeleton(html)).toEqual(plain);
          expect(
            html.replace(/<style>.*<\/style>/s, '').replace(/&(amp|lt|gt|quot|#39);/g, ''),
          ).not.toContain('&');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
