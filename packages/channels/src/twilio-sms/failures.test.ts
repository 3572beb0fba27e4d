import { describe, expect, it } from '@jest/globals';
import { type CodeLine, classIn, expectedClass } from '../conformance/code-classes.ts';
import { fixture } from '../conformance/fixture.ts';
import { twilioFailureOf, twilioFailures } from './failures.ts';

const codes: CodeLine[] = fixture('twilio-sms/fixtures/codes.json');

/** Where our class differs from the plain rule, and why. */
const exceptions: Readonly<Record<string, string>> = {
  // "Beware: the message may have been created."
  '20500': 'uncertain',
  // These come late and from the carrier: trying it once more would only lose the rest of the step's time.
  '30017': 'channel',
  '30410': 'channel',
};

describe('twilioFailures', () => {
  it('knows every documented code', () => {
    expect(codes.map(({ code }) => code).filter((code) => twilioFailures[code] === undefined)).toEqual([]);
    expect(codes.length).toBe(73);
  });

  it.each(codes)('gives $code ($title) the class its judgement asks for', (line) => {
    const expected = exceptions[line.code] ?? expectedClass(line);
    if (expected !== undefined) expect(classIn(twilioFailures, line.code)).toBe(expected);
  });

  it.each(codes.filter(({ scope }) => ['template', 'sender', 'account'].includes(scope)))(
    'opens the breaker for $code ($title) at $scope',
    ({ code, scope }) => {
      expect(twilioFailures[code]?.[1]).toBe(scope);
    },
  );

  it('keeps an unknown code verbatim, and no number in the detail', () => {
    expect(twilioFailureOf('29999', 'about +14155552671')).toEqual({
      kind: 'unknown',
      scope: 'request',
      code: '29999',
      detail: 'about +[number]',
    });
  });
});
