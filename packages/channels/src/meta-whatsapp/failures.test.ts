import { describe, expect, it } from '@jest/globals';
import { type CodeLine, classIn, expectedClass } from '../conformance/code-classes.ts';
import { fixture } from '../conformance/fixture.ts';
import { metaFailureOf, metaFailures } from './failures.ts';

const codes: CodeLine[] = fixture('meta-whatsapp/fixtures/codes.json');

describe('metaFailures', () => {
  it('knows every documented code', () => {
    expect(codes.map(({ code }) => code).filter((code) => metaFailures[code] === undefined)).toEqual([]);
    expect(codes.length).toBe(52);
  });

  it.each(codes)('gives $code ($title) the class its judgement asks for', (line) => {
    const expected = expectedClass(line);
    if (line.code === '135000') expect(classIn(metaFailures, line.code)).toBe('transient');
    else if (expected !== undefined) expect(classIn(metaFailures, line.code)).toBe(expected);
  });

  it.each(codes.filter(({ scope }) => ['template', 'sender', 'account'].includes(scope)))(
    'opens the breaker for $code ($title) at $scope',
    ({ code, scope }) => {
      expect(metaFailures[code]?.[1]).toBe(scope);
    },
  );
});

describe('metaFailureOf', () => {
  it('reads the whole range of permission codes', () => {
    for (const code of [200, 201, 299]) {
      expect(metaFailureOf({ code })).toEqual({
        kind: 'not_permitted',
        scope: 'account',
        code: String(code),
      });
    }
  });

  it('tells an unknown phone number id from a bad parameter by its subcode', () => {
    expect(metaFailureOf({ code: 100, subcode: 33 }).kind).toBe('sender_not_approved');
    expect(metaFailureOf({ code: 100, subcode: 2 }).kind).toBe('bad_request');
  });

  it('keeps an unknown code verbatim, and no number in the detail', () => {
    expect(metaFailureOf({ code: 999999, details: 'for +1 415 555 2671' })).toEqual({
      kind: 'unknown',
      scope: 'request',
      code: '999999',
      detail: 'for +[number]',
    });
  });
});
