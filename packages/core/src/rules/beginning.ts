import type { Rule } from './rule.ts';

export const beginning: readonly Rule[] = [
  {
    name: 'starts on the first step',
    rule: '4',
    route: ['whatsapp', 'sms'],
    given: [],
    becomes: {
      state: 'pending queued',
      attempts: ['0_1 queued'],
      effects: ['publish accepted', 'enqueue 0_1 on whatsapp'],
      entries: ['accepted', 'attempt_queued'],
      deadlineS: 5,
    },
  },
  {
    name: 'skips every step whose address is missing',
    rule: '4',
    route: ['whatsapp', 'sms', 'email'],
    addresses: { phone: 'absent' },
    given: [],
    becomes: {
      state: 'pending queued',
      attempts: ['0_1 skipped', '1_1 skipped', '2_1 queued'],
      effects: ['publish accepted', 'enqueue 2_1 on email'],
      entries: ['accepted', 'attempt_skipped', 'attempt_skipped', 'attempt_queued'],
    },
  },
  {
    name: 'is exhausted at once when no step can be tried',
    rule: '4',
    route: ['sms'],
    addresses: { phone: 'absent' },
    given: [],
    becomes: {
      state: 'pending exhausted',
      attempts: ['0_1 skipped'],
      effects: ['publish accepted', 'publish exhausted'],
      deadlineS: 600,
    },
  },
  {
    name: 'an empty route is exhausted at once',
    rule: '4',
    route: [],
    given: [],
    becomes: {
      state: 'pending exhausted',
      attempts: [],
      effects: ['publish accepted', 'publish exhausted'],
      deadlineS: 600,
    },
  },
  {
    name: "no step starts with less life than whatsapp's ttl",
    rule: '4.5',
    route: ['whatsapp', 'sms'],
    lifeS: 29,
    given: [],
    becomes: {
      state: 'pending queued',
      attempts: ['0_1 skipped', '1_1 queued'],
      effects: ['publish accepted', 'enqueue 1_1 on sms'],
    },
  },
  {
    name: "whatsapp starts with exactly its ttl's worth of life",
    rule: '4.5',
    route: ['whatsapp'],
    lifeS: 30,
    given: [],
    becomes: {
      state: 'pending queued',
      attempts: ['0_1 queued'],
      effects: ['publish accepted', 'enqueue 0_1 on whatsapp'],
    },
  },
  {
    name: 'a code that is already dead starts nothing',
    rule: '4.5',
    route: ['email'],
    lifeS: 0,
    given: [],
    becomes: {
      state: 'pending exhausted',
      attempts: ['0_1 skipped'],
      effects: ['publish accepted', 'publish exhausted'],
      deadlineS: 0,
    },
  },
];
