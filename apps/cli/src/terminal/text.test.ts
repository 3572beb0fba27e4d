import { describe, expect, it } from '@jest/globals';
import { createPaint, wantsColor } from './paint.ts';
import { parseSpan, relative, sayLast, shortSpan } from './spans.ts';
import { table } from './table.ts';
import { clip, padEnd, printable, width, wrap } from './width.ts';

const plain = createPaint(false);
const colored = createPaint(true);

describe('paint', () => {
  it('colours only when asked to', () => {
    expect(colored('bad', 'no')).toBe('\u001b[31mno\u001b[0m');
    expect(plain('bad', 'no')).toBe('no');
    expect(colored('bad', '')).toBe('');
  });

  it.each([
    ['a terminal', { flag: undefined, noColor: undefined, term: 'xterm', isTty: true }, true],
    ['a pipe', { flag: undefined, noColor: undefined, term: 'xterm', isTty: false }, false],
    ['NO_COLOR', { flag: undefined, noColor: '1', term: 'xterm', isTty: true }, false],
    ['an empty NO_COLOR', { flag: undefined, noColor: '', term: 'xterm', isTty: true }, true],
    ['--color in a pipe', { flag: true, noColor: '1', term: undefined, isTty: false }, true],
    ['--no-color', { flag: false, noColor: undefined, term: 'xterm', isTty: true }, false],
    ['a dumb terminal', { flag: undefined, noColor: undefined, term: 'dumb', isTty: true }, false],
  ])('follows %s', (_, options, expected) => {
    expect(wantsColor(options)).toBe(expected);
  });
});

describe('width', () => {
  it('counts what a terminal shows', () => {
    expect(width('añb')).toBe(3);
    expect(width('e\u0301')).toBe(1);
    expect(width('寿司')).toBe(4);
    expect(width(colored('good', 'ok'))).toBe(2);
  });

  it('clips and pads to columns', () => {
    expect(clip('whatsapp', 5)).toBe('what…');
    expect(clip('寿司寿司', 5)).toBe('寿司…');
    expect(clip('sms', 5)).toBe('sms');
    expect(padEnd(colored('good', 'ok'), 4)).toBe('\u001b[32mok\u001b[0m  ');
  });

  it('disarms what a terminal would obey', () => {
    expect(printable('30003\u001b[2J\r\n\u202eabc')).toBe('30003\ufffd[2J\ufffd\ufffd\ufffdabc');
    expect(table([{ title: 'code' }], [[{ text: '\u001b]0;x\u0007' }]], { paint: plain, columns: 80 })).toBe(
      'code\n\ufffd]0;x\ufffd',
    );
  });

  it('wraps at spaces and leaves a long word whole', () => {
    expect(wrap('the phone is off', 9)).toEqual(['the phone', 'is off']);
    expect(wrap('a longestword b', 5)).toEqual(['a', 'longestword', 'b']);
  });
});

describe('spans', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['0s', undefined],
    ['1w', undefined],
    ['', undefined],
    ['-1h', undefined],
  ])('reads %p', (text, ms) => {
    expect(parseSpan(text)).toBe(ms);
  });

  it.each([
    [3_600_000, 'hour'],
    [7_200_000, '2 hours'],
    [5_400_000, '90 minutes'],
    [86_400_000, 'day'],
    [1_000, 'second'],
  ])('says %p', (ms, words) => {
    expect(sayLast(ms)).toBe(words);
  });

  it.each([
    [0, '0s'],
    [500_000, '8m 20s'],
    [7_200_000, '2h'],
    [7_205_000, '2h'],
    [273_600_000, '3d 4h'],
    [-5, '0s'],
  ])('shortens %p', (ms, text) => {
    expect(shortSpan(ms)).toBe(text);
  });

  it.each([
    [0, '+0.00s'],
    [310, '+0.31s'],
    [9_999, '+10.0s'],
    [25_300, '+25.3s'],
    [192_000, '+3m 12s'],
  ])('tells the time since the beginning, %p', (ms, text) => {
    expect(relative(ms)).toBe(text);
  });
});

describe('table', () => {
  const columns = [
    { title: 'name', shrinksTo: 4 },
    { title: 'count', align: 'right' as const },
  ];
  const rows = [
    [{ text: 'unreachable' }, { text: '12' }],
    [{ text: 'landline' }, { text: '3' }],
  ];

  it('is as wide as it needs', () => {
    expect(table(columns, rows, { paint: plain, columns: 80 }).split('\n')).toEqual([
      'name         count',
      'unreachable     12',
      'landline         3',
    ]);
  });

  it('shrinks what may shrink to fit the terminal', () => {
    expect(table(columns, rows, { paint: plain, columns: 13 }).split('\n')).toEqual([
      'name    count',
      'unrea…     12',
      'landl…      3',
    ]);
    expect(table(columns, rows, { paint: plain, columns: 3 }).split('\n')[1]).toBe('unr…     12');
  });

  it('colours the text, not the padding', () => {
    const text = table([{ title: 'a' }], [[{ text: 'b', tone: 'bad' }]], { paint: colored, columns: 80 });
    expect(text).toBe('\u001b[2ma\u001b[0m\n\u001b[31mb\u001b[0m');
  });
});
