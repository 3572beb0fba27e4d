import { describe, expect, it } from '@jest/globals';
import { type AbuseMode, type AbuseRule, abuseLimits, abuseRules, modeOf } from './abuse-rule.ts';
import { type Judging, judge, type Seen } from './judge.ts';
import { noTraffic, runAround, slotOf, type Traffic } from './traffic.ts';

const quiet: Seen = {
  prefix: { ...noTraffic, sends: 1 },
  everywhere: { ...noTraffic, sends: 1 },
  tenants: 1,
  line: 5_000,
  unusedLines: [5_000],
  countryHour: noTraffic,
  countryRecent: noTraffic,
  usual: { sends: 7_000, converted: 5_600, spanMs: 604_800_000 },
  unapproved: 0,
  standing: [],
};
const traffic = (
  sends: number,
  converted: number,
  settledSends = sends,
  settledConverted = converted,
): Traffic => ({
  sends,
  converted,
  settledSends,
  settledConverted,
});
const far = [100, 1_000, 2_000, 3_000, 4_000, 6_000];
const byDefault: Judging = { modeOf: (rule) => abuseRules[rule][0], limits: abuseLimits };
const said = (seen: Partial<Seen>, judging = byDefault) =>
  judge({ ...quiet, unusedLines: far, ...seen }, judging);

describe('the rules that look at traffic', () => {
  it('say nothing of quiet traffic', () => {
    expect(judge(quiet, byDefault)).toEqual({ mode: 'allow', reasons: [], fresh: [] });
  });

  it.each<[string, Partial<Seen>, AbuseRule | undefined]>([
    ['ten codes to one prefix are nobody’s business', { prefix: traffic(10, 0) }, undefined],
    ['the eleventh that nobody uses is', { prefix: traffic(11, 0, 8, 0) }, 'prefix'],
    ['unless one in five of those who had time uses them', { prefix: traffic(11, 2, 10, 2) }, undefined],
    ['nobody is judged before there was time to', { prefix: traffic(30, 0, 4, 0) }, undefined],
    ['but so many at once are', { prefix: traffic(31, 0, 0, 0) }, 'prefix'],
    [
      'one person who asks again and again is not',
      { prefix: traffic(40, 0), unusedLines: [5_000, 5_000] },
      undefined,
    ],
    [
      'all tenants together may have three times as many',
      { everywhere: traffic(30, 0), tenants: 9 },
      undefined,
    ],
    ['and no more', { everywhere: traffic(31, 0), tenants: 9 }, 'prefix_everywhere'],
    ['one tenant alone is no “everywhere”', { everywhere: traffic(400, 0), tenants: 1 }, undefined],
    ['four neighbours may be a family', { unusedLines: [4_990, 4_995, 5_008] }, undefined],
    ['five are a machine', { unusedLines: [4_980, 4_990, 5_000, 5_010, 5_018] }, 'adjacent'],
    ['five that are not near are not', { unusedLines: [4_000, 4_011, 5_000, 6_000, 6_011] }, undefined],
    ['a country needs fifty codes to be judged', { countryHour: traffic(49, 0) }, undefined],
    ['fifty of which under a third of the usual are used', { countryHour: traffic(50, 11) }, 'country'],
    ['a third is enough', { countryHour: traffic(50, 12) }, undefined],
    ['a crowd hides no surge of unused codes', { countryRecent: traffic(200, 90) }, 'country'],
    ['a rush of people who use their codes is no surge', { countryRecent: traffic(2_000, 1_500) }, undefined],
  ])('%s', (_, seen, rule) => {
    expect(said(seen).fresh).toEqual(rule ? [rule] : []);
  });

  it('degrade a country at first, and block it when hardly any code is used any more', () => {
    const dead = { countryHour: traffic(100, 1) };
    expect(said(dead).mode).toBe('degrade');
    expect(said({ ...dead, standing: ['country'] }).mode).toBe('block');
    expect(said({ countryHour: traffic(100, 10), standing: ['country'] }).mode).toBe('degrade');
    const mild = { ...byDefault, modeOf: (): AbuseMode => 'degrade' };
    expect(said({ ...dead, standing: ['country'] }, mild).mode).toBe('degrade');
  });

  it('stand for as long as they stand, with the mode the tenant wants now', () => {
    expect(said({ standing: ['provider_fraud'] })).toMatchObject({ mode: 'degrade', fresh: [] });
    const monitoring: Judging = { ...byDefault, modeOf: () => 'monitor' };
    expect(said({ standing: ['prefix'] }, monitoring)).toMatchObject({ mode: 'monitor' });
    const off: Judging = { ...byDefault, modeOf: () => 'allow' };
    expect(said({ standing: ['prefix'], prefix: traffic(99, 0) }, off)).toEqual({
      mode: 'allow',
      reasons: [],
      fresh: [],
    });
  });

  it('give the strongest mode and every reason', () => {
    const both = said({ prefix: traffic(50, 0), standing: ['provider_fraud'] });
    expect(both.mode).toBe('block');
    expect(both.reasons.map(({ rule, mode }) => [rule, mode])).toEqual([
      ['prefix', 'block'],
      ['provider_fraud', 'degrade'],
    ]);
  });
});

describe('modes', () => {
  const wishes = {
    mode: 'block',
    rules: { prefix: 'degrade' },
    countries: { DE: { prefix: 'monitor' } },
  } as const;
  it('are the country’s, else the tenant’s, else the default, and never more than the tenant’s most', () => {
    expect(modeOf(wishes, 'prefix', 'DE')).toBe('monitor');
    expect(modeOf(wishes, 'prefix', 'FR')).toBe('degrade');
    expect(modeOf(wishes, 'prefix', null)).toBe('degrade');
    expect(modeOf(wishes, 'adjacent', 'DE')).toBe('block');
    expect(modeOf({ ...wishes, mode: 'monitor' }, 'adjacent', 'DE')).toBe('monitor');
    expect(modeOf({ ...wishes, mode: 'allow' }, 'prefix', 'DE')).toBe('allow');
  });
});

describe('time and neighbours', () => {
  it('cut time in slots', () => {
    expect(slotOf(44_999, 15_000)).toBe(30_000);
    expect(slotOf(45_000, 15_000)).toBe(45_000);
  });

  it('a run is as long as its gaps are small, whatever the order and however often a number comes', () => {
    expect(runAround(50, [60, 40, 40, 70, 90], 10)).toBe(4);
    expect(runAround(0, [], 10)).toBe(1);
    expect(runAround(9_999, [9_990, 9_985, 0], 10)).toBe(3);
  });
});
