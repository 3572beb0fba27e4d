import { describe, expect, it } from '@jest/globals';
import { maskLine, maskText } from './mask-line.ts';

describe('maskText', () => {
  it.each([
    ['to +15550001111.', 'to +***11.'],
    ['+1 (555) 000-1111', '+***11'],
    ['+49.30.1234567', '+***67'],
    ['To=%2B15550001111&x=1', 'To=%2B15550001111&x=1'.replace('%2B15550001111', '+***11')],
    ['ann.lee@mail.example failed', '***@mail.example failed'],
    ['<ann@[10.0.0.1]>', '<***@[10.0.0.1]>'],
    ['root@localhost', '***@localhost'],
    ['jürgen@exämple.de', '***@exämple.de'],
    ['ann%40mail.example', '***%40mail.example'],
    ['redis://user:pw@host:6379', 'redis://user:***@host:6379'],
    ['/verify?code=482913&id=1', '/verify?code=[redacted]&id=1'],
    ['/send?id=1&to=ann', '/send?id=1&to=[redacted]'],
    ['body {\\"code\\":\\"482913\\",\\"id\\":1}', 'body {\\"code\\":\\"[redacted]\\",\\"id\\":1}'],
    ['body {\\"code\\": 482913}', 'body {\\"code\\": [redacted]}'],
  ])('%s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it.each([
    'a + b',
    '+123456',
    '2026-01-01T00:00:00+02:00',
    'node_modules/.pnpm/pino@10.4.0/node_modules/pino/lib/proto.js:213:9',
    'node_modules/@otp-relay/core/dist/index.js',
    'att_01jd3x0000000000000000000a_0_1',
    'why? because',
    '100 %',
  ])('leaves alone: %s', (text) => {
    expect(maskText(text)).toBe(text);
  });
});

describe('maskLine', () => {
  it('returns a clean line as it came', () => {
    const line =
      '{"level":30,"time":"2026-01-01T00:00:00.000Z","name":"worker","attempt":"att_1","msg":"accepted"}\n';
    expect(maskLine(line)).toBe(line);
  });

  it('keeps a failure’s code and hides a person’s', () => {
    const fields = {
      failure: { code: '63024', kind: 'not_on_whatsapp' },
      err: { code: 'ECONNRESET' },
      code: '482913',
      step: { code: '1234' },
    };
    expect(JSON.parse(maskLine(`${JSON.stringify(fields)}\n`))).toEqual({
      ...fields,
      code: '[redacted]',
      step: { code: '[redacted]' },
    });
  });

  it('always leaves valid JSON behind, whatever stands next to an address', () => {
    const around = ['\n', '\t', '"', '\\', '\u0001', '\u2028', 'é', '\\n', '😀', '', ' ', '\\\\', '/'];
    for (const before of around) {
      for (const after of around) {
        for (const address of ['ann@mail.example', '+15550001111', 'a@b', '/x?code=482913']) {
          const line = `${JSON.stringify({ msg: `${before}${address}${after}` })}\n`;
          const { msg } = JSON.parse(maskLine(line)) as { msg: string };
          expect(msg).not.toMatch(/ann|5550001111|482913/);
          if (!address.includes('=')) expect(msg.endsWith(after)).toBe(true);
        }
      }
    }
  });

  it('stays linear on hostile text', () => {
    for (const piece of ['@', '+1', '+1 (', 'a', 'a@', '%2B1', '\\"code\\":', '?code=', 'a.a-']) {
      const startedAt = performance.now();
      maskText(`${piece.repeat(100_000 / piece.length)} @ + % ? \\"`);
      expect([piece, performance.now() - startedAt < 500]).toEqual([piece, true]);
    }
  });
});
